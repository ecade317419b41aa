"""Grids: the texts and worksheets of a file, packed or not, as lines and as rows of cells; it knows no meaning.

A cell is text as a person would read it: a whole number without a point, a day as ISO, nothing as "".
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any

from perdiem.formats.archive import LIMITS, ZIPS, Limits, unpack
from perdiem.formats.spooled import Held
from perdiem.model.errors import FormatError

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_MARKS = ("\t", "|", ";", ",")
_LOOK = 40  # lines that tell how cells are parted

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Grid:
    """One text or worksheet. name: of the member or sheet, "" for the file itself. cells: of a worksheet, else from ``text``."""

    name: str
    text: str = ""
    cells: list[Row] = field(default_factory=list)

    @cached_property
    def lines(self) -> list[str]:
        """The lines of a text, as they stand; none for a worksheet."""
        return self.text.splitlines()

    @cached_property
    def rows(self) -> list[Row]:
        """The rows that are not empty, each with the number of its last line; cells without spaces around."""
        return self.cells or list(_parted(self.text))


def read_grids(path: Path, limits: Limits = LIMITS) -> tuple[str, list[Grid], list[str]]:
    """A file's SHA-256, its texts and worksheets, and in words what of it could not be read.

    Raises FormatError where the file is none, or nothing in it can be read.
    """
    import hashlib

    if not path.is_file():
        raise FormatError(path.name or ".", "is no file", "Name the file of a release as it was published")
    data = path.read_bytes()
    grids, unread = list[Grid](), list[str]()
    for member in unpack(Held(data), limits):
        try:
            if member.problem is not None:
                unread.append(f"{member.name or path.name}: {member.problem.rstrip('.')}")
            elif member.data:
                grids += _grids(member.name, member.data, limits)
        except FormatError as error:
            unread.append(f"{member.name or path.name}: {error.what}. {error.do}")
    if not grids:
        what = unread[0].partition(": ")[2] if unread else "it is empty"
        raise FormatError(path.name, f"cannot be read: {what}", "Name the file of a release as it was published")
    return hashlib.sha256(data).hexdigest(), grids, unread


def _grids(name: str, data: bytes, limits: Limits) -> Iterator[Grid]:
    if data.startswith((*ZIPS, _OLD_EXCEL)):
        yield from _worksheets(name, data, limits)
    elif b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FormatError(name, "it is neither text nor a workbook", "Save it as CSV")
    else:
        yield Grid(name, _decoded(data))


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _parted(text: str) -> Iterator[Row]:
    begin = text.splitlines()[:_LOOK]
    mark = max(_MARKS, key=lambda m: sum(line.count(m) for line in begin))
    plain = mark == "\t" and '\t"' not in text[:100_000]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, quoting=csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:  # a cell beyond all measure: whoever reads the row finds it wanting
            continue
        if cells is None:
            return
        row = [" ".join(cell.split()) if "\n" in cell else cell.strip() for cell in cells]
        if any(row):
            yield reader.line_num, row


def _worksheets(name: str, data: bytes, limits: Limits) -> Iterator[Grid]:
    try:
        from python_calamine import CalamineWorkbook
    except ImportError as error:
        do = "Install it with: pip install 'perdiem[excel]'. Or save the sheet as CSV"
        raise FormatError(name, "it is a workbook, and the reader of workbooks is not installed", do) from error
    damaged = FormatError(name, "the workbook is damaged, locked, or no workbook", "Open it, and save the sheet as CSV")
    if data.startswith(ZIPS):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                size = sum(info.file_size for info in packed.infolist())
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, IndexError):
            raise damaged from None
        if size > limits.total or (size > limits.free and size > limits.ratio * len(data)):
            raise FormatError(name, "the workbook unpacks to far more than its size", "Save the sheet as CSV")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [(sheet, book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)) for sheet in book.sheet_names]
    except Exception:  # of several sorts, some not exported
        raise damaged from None
    for sheet, rows in sheets:
        cells = [(number, [_cell(value) for value in row]) for number, row in enumerate(rows, 1)]
        filled = [(number, row) for number, row in cells if any(row)]
        if filled:
            yield Grid(name if len(sheets) == 1 else f"{name} {sheet}".strip(), cells=filled)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, date | time):
        return value.isoformat()
    return " ".join(str(value).split())
