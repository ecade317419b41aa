"""Workbooks as a grid: xlsx, xlsm, xlsb, xls and ods, read by python-calamine (``perdiem[excel]``)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import pyarrow as pa

from perdiem.formats.archive import LIMITS, ZIPS
from perdiem.formats.tabular import faults
from perdiem.formats.tabular.grid import BATCH, RefusedTableError, batch_of, text_of
from perdiem.formats.tabular.header import Asked, Mapping, UnmatchedError, headed, match

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_WHAT = "Excel or OpenDocument workbook"
_BOMB = "The workbook unpacks to far more than its size: it may be made to fill the machine and is not read."


class SheetGrid:
    """One sheet of a workbook."""

    def __init__(self, sheet: CalamineSheet, at: int, mapping: Mapping) -> None:
        self.sheet, self.first, self.mapping = sheet, at + 1, mapping
        self.notes: tuple[str, ...] = ()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """As Grid.batches says."""
        rows = islice(iter(self.sheet.iter_rows()), self.first - 1, None)
        while some := list(islice(rows, BATCH)):
            yield batch_of(some, self.mapping, len(self.mapping.head))

    def plain(self, fields: Sequence[str]) -> Iterator[Sequence[str]]:
        """As Grid.plain says."""
        at = [self.mapping.at[name] for name in fields]
        for number, row in enumerate(self.sheet.iter_rows(), 1):
            if number >= self.first:
                yield [text_of(row[n]) for n in at]


def find_sheet(data: bytes, ask: Asked) -> SheetGrid:
    """The sheet that is asked for, else the first whose header matches.

    Raises RefusedTableError where the workbook cannot be read, UnmatchedError where no sheet holds claims.
    """
    try:
        from python_calamine import CalamineWorkbook
    except ImportError:
        raise RefusedTableError(faults.NO_EXCEL) from None
    _bound(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = book.sheet_names
        if ask.sheet is not None and ask.sheet not in names:
            raise RefusedTableError(faults.NO_SUCH_SHEET.format(seen=", ".join(names)))
        problem: UnmatchedError | None = None
        for name in names if ask.sheet is None else [ask.sheet]:
            sheet = book.get_sheet_by_name(name)
            head = headed(([text_of(cell) for cell in row] for row in sheet.iter_rows()), ask)
            if head is None:
                continue
            try:
                return SheetGrid(sheet, head[0], match(head[1], ask))
            except UnmatchedError as error:
                problem = _closer(problem, error)
    except (RefusedTableError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of the reader is no Exception
        raise RefusedTableError(faults.DAMAGED.format(what=_WHAT)) from None
    raise problem or RefusedTableError(faults.NO_ROWS)


def _closer(one: UnmatchedError | None, other: UnmatchedError) -> UnmatchedError:
    """The problem of the sheet that seems meant: one that has a header."""
    plain = faults.NOT_TOLD.partition("{")[0]
    return other if one is None or str(one).startswith(plain) else one


def _bound(data: bytes) -> None:
    if not data.startswith(ZIPS):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, IndexError):
        raise RefusedTableError(faults.DAMAGED.format(what=_WHAT)) from None
    if size > LIMITS.total or (size > LIMITS.free and size > LIMITS.ratio * len(data)):
        raise RefusedTableError(_BOMB)
