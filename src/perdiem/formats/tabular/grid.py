"""A grid: the cells of a table as text, batch by batch, whatever the file; and the text that a typed cell is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

import pyarrow as pa

from perdiem.formats.tabular.header import Mapping

WINDOW = 100_000  # rows read at a time, where claims end so often
BATCH = 16_384  # rows turned into columns at a time
_EXACT = 10**15  # whole numbers that a spreadsheet keeps to the last digit


class Grid(Protocol):
    """A table with its columns matched; it can be read from its start again and again."""

    mapping: Mapping
    first: int
    """The number of the first row below the header, as an editor of such files counts from 1."""
    notes: tuple[str, ...]
    """What is to be told of the table as a whole."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows below the header, blank ones too: a text column for each field, and ``overlong``: too many cells."""

    def plain(self, fields: Sequence[str]) -> Iterator[Sequence[str]]:
        """The same rows once more for the census, as text, some fields of each."""


class RefusedTableError(Exception):
    """Why a table is not read, in words for the user."""


def batch_of(rows: Sequence[Sequence[Any]], mapping: Mapping, width: int) -> pa.RecordBatch:
    """Rows of cells turned into text columns; a row may be shorter than the header."""
    columns = [pa.array([text_of(row[at]) if at < len(row) else None for row in rows], pa.string()) for at in mapping.at.values()]
    overlong = pa.array([len(row) > width and any(text_of(cell) for cell in row[width:]) for row in rows], pa.bool_())
    return pa.RecordBatch.from_arrays([*columns, overlong], [*mapping.at, "overlong"])


def text_of(cell: Any) -> str:
    """A cell as text: days in ISO form, numbers as a spreadsheet shows them in full, lists with spaces."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, float):
        if cell != cell:  # not a number: how some programs leave a cell empty
            return ""
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else f"{cell:.15G}"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    if isinstance(cell, list):
        return " ".join(map(text_of, cell))
    return str(cell)
