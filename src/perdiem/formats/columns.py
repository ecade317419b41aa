"""Gathers what the readers find, cell after cell, and turns it into the Arrow tables of a batch.

Cells are held flat (row after row in one list), so adding a row is one call, taking back the rows of a
broken claim is one deletion, and a column is a slice. No object is kept per claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from perdiem.model.schema import CLAIM, DAY, LINE, MONEY, OTHER_PAYER, PROBLEM, QUANTITY, REJECTED, Census, Table

_SEAL_AT = 1_000_000  # cells of one table held as Python values before they become Arrow arrays


class Rows:
    """The rows of one table: money in cents, quantities in thousandths, days since 1970-01-01, until sealed."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.cells: list[Any] = []
        self._width = len(table.columns)
        self._sealed = 0
        self._batches: list[pa.RecordBatch] = []

    def __len__(self) -> int:
        return self._sealed + len(self.cells) // self._width

    def add(self, row: Sequence[Any]) -> None:
        """Adds one row, its cells in the order of the table's columns."""
        self.cells.extend(row)

    def cut_back(self, mark: int) -> None:
        """Takes back every cell after ``mark``, an earlier ``len(rows.cells)``."""
        del self.cells[mark:]

    def place(self, rows: pa.RecordBatch) -> None:
        """Adds rows of the table's schema that were made as Arrow."""
        self.seal()
        self._sealed += rows.num_rows
        self._batches.append(rows)

    def skip(self, rows: int) -> None:
        """Counts rows that the bulk reader made elsewhere and that stand before the next one added."""
        self._sealed += rows

    def drain(self) -> list[pa.RecordBatch]:
        """The rows since the last drain; the count, and so the numbering, goes on."""
        self.seal()
        batches, self._batches = self._batches, []
        return batches

    def seal(self, least: int = 1) -> None:
        """Turns the cells into Arrow arrays once there are at least so many; marks taken before are void."""
        if len(self.cells) < max(least, 1):
            return
        schema = self.table.arrow
        arrays = [_array(self.cells[at :: self._width], field.type) for at, field in enumerate(schema)]
        self._sealed += len(self.cells) // self._width
        self._batches.append(pa.RecordBatch.from_arrays(arrays, schema=schema))
        self.cells = []

    def arrow(self) -> pa.Table:
        """All rows so far as one Arrow table of the schema."""
        self.seal()
        return pa.Table.from_batches(self._batches, schema=self.table.arrow)


class Shelf:
    """The five tables being filled, the name of the source that is being read, and of those that were cut short."""

    def __init__(self) -> None:
        self.claim, self.line, self.other_payer = Rows(CLAIM), Rows(LINE), Rows(OTHER_PAYER)
        self.problem, self.rejected = Rows(PROBLEM), Rows(REJECTED)
        self.source = ""
        self.cut: set[str] = set()
        self.counted_in = "segment"
        self._told: list[tuple[str, int, str | None, str, str, str, int | None, int | None]] = []

    def tell(self, segment: int, weight: str, problem: str, claim_id: str | None = None, held: Census | None = None) -> None:
        """Notes one problem of the current source; ``weight`` is rejected, refused or warning.

        held: what a refused source seems to hold all the same.
        """
        unread = (held.claims, held.charge_cents) if held else (None, None)
        self._told.append((self.source, segment, claim_id, weight, problem, self.counted_in, *unread))

    def set_aside(self, segment: int, claim_id: str | None, charge: int, lines: int) -> None:
        """Counts one claim that is not read: the ordinal of its CLM, its charge in cents, its service lines."""
        self.rejected.add((self.source, segment, claim_id, charge, lines))

    def begin(self, source: str) -> None:
        """Ends the last source, its problems in the order of its segments or rows, and begins the next."""
        self._told.sort(key=lambda told: told[1])
        for told in self._told:
            self.problem.add(told)
        self._told.clear()
        self.source, self.counted_in = source, "segment"

    def ease(self) -> None:
        """Between two claims: moves what has piled up into Arrow memory."""
        for rows in (self.claim, self.line, self.other_payer):
            rows.seal(_SEAL_AT)


class Spot:
    """Where the reader stands: the ordinal of its segment, its claim, and what it found wrong with that claim."""

    __slots__ = ("claim_id", "faults", "ordinal", "shelf")

    def __init__(self, shelf: Shelf, ordinal: int) -> None:
        self.shelf = shelf
        self.ordinal = ordinal
        self.claim_id: str | None = None
        self.faults: list[tuple[int, str]] = []

    def warn(self, problem: str, at: int = 0) -> None:
        """Something is odd, the claim is still read; ``at`` is the segment, else the one the reader stands on."""
        self.shelf.tell(at or self.ordinal, "warning", problem, self.claim_id)

    def fault(self, problem: str, at: int = 0) -> None:
        """Something keeps the claim from being read; ``at`` as for warn."""
        self.faults.append((at or self.ordinal, problem))


def _array(cells: list[Any], kind: pa.DataType) -> pa.Array:
    if kind in (MONEY, QUANTITY):
        return scaled(pa.array(cells, pa.int64()), kind)
    if kind == DAY:
        return pa.array(cells, pa.int32()).cast(DAY)
    return pa.array(cells, kind)


def scaled(numbers: pa.Array, kind: pa.DataType) -> pa.Array:
    """Cents or thousandths (int64) as decimals: the same 128-bit integers, read with the point in its place."""
    whole = numbers.cast(pa.decimal128(19, 0))
    whole = pa.concat_arrays([whole])  # a slice would keep its offset
    return pa.Array.from_buffers(kind, len(whole), whole.buffers(), whole.null_count, whole.offset)
