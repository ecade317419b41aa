"""Reads a table of claims whole or in windows, and counts it: the way from a source to rows in the claim tables."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa

from perdiem.formats.archive import GZIP, OFFICE, Unpacking
from perdiem.formats.columns import Shelf
from perdiem.formats.source import Source, unreadable
from perdiem.formats.spooled import RefusedError
from perdiem.formats.tabular import faults
from perdiem.formats.tabular.grid import WINDOW, Grid, RefusedTableError
from perdiem.formats.tabular.header import Asked, UnmatchedError
from perdiem.model.schema import Census

if TYPE_CHECKING:
    from perdiem.formats.tabular.claims import Told

SAMPLE = 1 << 16  # bytes in which a header is looked for
_PARQUET = b"PAR1"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_PIECE = 1 << 20
_BELOW_HEADER = 2  # the first row of a table without a title
_MARKS = b"\xef\xbb\xbf \t\r\n"

Progress = Callable[[str, int, int], None]


class Reading:
    """One table about to be read; ``windows`` reads it."""

    def __init__(self, source: Source, grid: Grid | None, problem: str | None = None) -> None:
        self.source, self._grid, self._problem = source, grid, problem

    def sha256(self) -> str:
        """The fingerprint of the bytes, as unpacked."""
        digest = hashlib.sha256()
        try:
            with _opened(self.source) as stream:
                while piece := stream.read(_PIECE):
                    digest.update(piece)
        except (OSError, RefusedError):
            return hashlib.sha256().hexdigest()
        return digest.hexdigest()

    def windows(self, shelf: Shelf, progress: Progress | None, ask: Asked, window: int = WINDOW) -> Iterator[Census]:
        """Reads window after window into ``shelf``, and gives the census of each; never raises for what a table holds."""
        from perdiem.formats.tabular.claims import Told, read_window  # not before there is a table to read
        from perdiem.formats.tabular.count import Counting
        from perdiem.formats.tabular.survey import survey

        shelf.counted_in = "row"
        grid, told = self._grid, Told()
        try:
            if grid is None:
                raise RefusedTableError(self._problem or "")
            found = survey(grid, window)
            if not found.rows:
                raise RefusedTableError(faults.NO_ROWS)
            if ask.tell is not None:
                above = f"; header in row {grid.first - 1}" if grid.first > _BELOW_HEADER else ""
                ask.tell(self.source.name, grid.mapping.told() + above)
            counting, done = Counting(grid), 0
            for some in _cut(grid.batches(), found.cuts):
                read_window(some, grid.first + done, grid.mapping, found.orders, shelf, told)
                done += some.num_rows
                if progress is not None:
                    progress(self.source.name, done, found.rows)
                yield counting.until(done)
        except (RefusedTableError, UnmatchedError, RefusedError) as refused:
            shelf.tell(0, "refused", str(refused))
            return
        except OSError as error:
            shelf.tell(0, "refused", unreadable(error, ""))
            return
        _tell(grid, found.scattered, [name for name, order in found.orders.items() if order.day_first], told, shelf)


def find_table(source: Source, ask: Asked) -> Reading | None:
    """The table that a source holds, by its content; None where it is none, or cannot even be opened."""
    if source.problem is not None:
        return None
    try:
        with _opened(source) as stream:
            start = stream.read(SAMPLE)
            if start.startswith((_PARQUET, _OLD_OFFICE)) or OFFICE.match(start):
                held = replace(source, data=source.data or start + stream.read(), path=None)
                return Reading(source, _binary(held, source, ask))
        if not start.lstrip(_MARKS) or start.lstrip(_MARKS).startswith(b"ISA"):
            return None
        from perdiem.formats.tabular.text import find_text

        grid = find_text(lambda: _opened(source), start, ask)
        return Reading(source, grid) if grid is not None else None
    except (RefusedTableError, UnmatchedError) as refused:
        return Reading(source, None, str(refused))
    except (OSError, RefusedError):
        return None


def _binary(held: Source, source: Source, ask: Asked) -> Grid:
    if not held.data.startswith(_PARQUET):
        from perdiem.formats.tabular.workbook import find_sheet

        return find_sheet(held.data, ask)
    from perdiem.formats.tabular.parquet import find_parquet

    plain = source.path is not None and not _packed(source)
    return find_parquet(source.path if plain and source.path is not None else held.data, ask)


def _opened(source: Source) -> BinaryIO:
    if source.path is None:
        return io.BytesIO(source.data)
    return io.BufferedReader(_Unpacked(Unpacking(source.path)), _PIECE) if _packed(source) else source.path.open("rb")


def _packed(source: Source) -> bool:
    if source.path is None:
        return False
    with source.path.open("rb") as file:
        return file.read(2) == GZIP


class _Unpacked(io.RawIOBase):
    """An unpacking gzip file as a plain stream."""

    def __init__(self, inner: Unpacking) -> None:
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        piece = self._inner.read(len(into))
        into[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._inner.close()
        super().close()


def _cut(batches: Iterator[pa.RecordBatch], cuts: list[int]) -> Iterator[pa.Table]:
    """The rows again as one table for each window."""
    held: list[pa.RecordBatch] = []
    begin = seen = 0
    for end in cuts:
        while seen < end:
            batch = next(batches)
            seen += batch.num_rows
            held.append(batch)
        rows = pa.Table.from_batches(held)
        yield rows.slice(0, end - begin)
        held, begin = rows.slice(end - begin).to_batches(), end


def _tell(grid: Grid, scattered: int, turned: list[str], told: Told, shelf: Shelf) -> None:
    """What is said of a table as a whole, once it is read."""
    at = grid.mapping.at
    for note in grid.notes:
        shelf.tell(0, "warning", note)
    if "member_id" not in at:
        shelf.tell(0, "warning", faults.NO_MEMBER_COLUMN)
    if "payer" not in at and "payer_name" not in at:
        shelf.tell(0, "warning", faults.NO_PAYER_COLUMN)
    for name in turned:
        shelf.tell(0, "warning", faults.DAY_FIRST.format(column=grid.mapping.column(name)))
    if scattered:
        shelf.tell(0, "warning", faults.SCATTERED.format(rows=scattered))
    many = {"totals": faults.TOTALS, "padded": faults.PADDED_NDC, "short": faults.SHORT_NDC}
    one = {"totals": faults.ONE_TOTAL, "padded": faults.ONE_PADDED_NDC, "short": faults.ONE_SHORT_NDC}
    for what, row in told.first.items():
        column = grid.mapping.column("ndc") if "ndc" in at else ""
        words = one[what] if told.count[what] == 1 else many[what]
        shelf.tell(row, "warning", words.format(count=told.count[what], column=column))
