"""Runs the compiled pass over the windows of an interchange and merges its rows with those of the split-based reader."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from perdiem.formats import bulk_columns as columns
from perdiem.formats import bulk_names as n
from perdiem.formats.bulk_census import count
from perdiem.formats.bulk_context import ZONE, Context
from perdiem.formats.bulk_levels import Levels
from perdiem.formats.bulk_scan import scan
from perdiem.formats.bulk_walk import Ended
from perdiem.formats.census import Counting
from perdiem.formats.claim_837p import Reader
from perdiem.formats.columns import Shelf
from perdiem.formats.isa import NOISE, Header
from perdiem.model.schema import Census

_ODD = frozenset(b".- ")  # separators that the pass takes for something else

Array = Any
Batches = tuple[list[pa.RecordBatch], list[pa.RecordBatch], list[pa.RecordBatch]]


class Pass:
    """The compiled pass with its memory, for one reading of any number of interchanges one after another."""

    def __init__(self, shelf: Shelf, window: int) -> None:
        self.shelf = shelf
        self._context = Context(2 * window)
        self._rows = columns.room(window)
        self._scratch = n.Scratch(
            np.zeros(n.MOST_ELEMENTS + 2, np.int64),
            np.zeros(n.U_SIZE, np.int64),
            np.zeros(n.N_SIZE, np.int64),
            np.zeros(n.PARTY_SIZE, np.int64),
            np.zeros((2, n.PARTY_TEXTS), np.int64),
        )
        self._at = np.zeros(n.N_SIZE, np.int64)
        self._drained = [0, 0, 0]  # rows of each table that were handed over
        self._made: Batches = ([], [], [])

    def interchange(self, header: Header, control: str) -> None:
        """A new interchange, with its separators."""
        self._header, self._interchange = header, control or None
        self._marks: n.Marks | None = None
        self._length = 0

    def begin(self, reader: Reader) -> None:
        """A new set."""
        self._context.forget()
        element, component, end = self._header.element[0], reader.component.encode("latin-1")[0], self._header.terminator[0]
        self._marks = None
        if len({element, component, end}) == 3 and not _ODD & {element, component, end}:
            sort = np.full(256, n.PLAIN, np.uint8)
            sort[128:] = n.WIDE
            sort[list(NOISE)] = n.NOISE
            sort[element], sort[end] = n.ELEMENT, n.TERMINATOR
            self._marks = n.Marks(sort, element, component, end)

    def window(self, data: bytes) -> None:
        """A new window; what was found in the last one has been handed over."""
        self._context.window(data)
        self._length = len(data)

    def run(self, reader: Reader, guide: str | None, start: int, stop: int) -> Ended:
        """Reads clean units, and says where it ended: at ``stop``, or where a unit begins that is not its.

        ``guide`` is the ST03 that clean sets after this one would have, None where there can be none.
        """
        levels, sets = reader.parties.levels, 0
        assert isinstance(levels, Levels)
        names = reader.stretch.control, guide or ""
        if self._marks is None or not self._context.take(reader.parties, levels, names):
            return Ended(start, reader, 0)
        shelf, at = self.shelf, self._at
        at[n.N_ALIKE] = guide is not None and not reader.strays and reader.component == reader.stretch.component
        while True:
            at[n.N_SET_AT], at[n.N_SETS] = reader.stretch.first, 0
            at[n.N_SET_CLAIM_NO] = len(shelf.claim) - reader.claims
            before = at.tolist()
            at[n.N_CLAIM_NO], at[n.N_LINE_NO] = len(shelf.claim), len(shelf.line)
            at[n.N_SEQUENCE] = len(shelf.other_payer) - before[n.N_OTHER]
            at[n.N_ORDINAL] = reader.spot.ordinal
            parties = self._context.lend(self._length)
            ended, why = scan(self._context.buf, start + ZONE, stop + ZONE, self._marks, parties, self._rows, at, self._scratch)
            after = at.tolist()
            if after[n.N_SETS]:
                sets += after[n.N_SETS]
                reader = self._reader(reader, after[n.N_SET_AT])
            reader.claims = after[n.N_CLAIM_NO] - after[n.N_SET_CLAIM_NO]
            for rows, name in ((shelf.claim, n.N_CLAIM), (shelf.line, n.N_LINE), (shelf.other_payer, n.N_OTHER)):
                rows.skip(after[name] - before[name])
            reader.spot.ordinal = after[n.N_ORDINAL]
            start = ended - ZONE
            if why != n.FULL or not after[n.N_CLAIM]:
                return Ended(int(start), reader, sets)
            self.end()

    def _reader(self, reader: Reader, first: int) -> Reader:
        """The reader of a later set, of which no segment is known here."""
        control = self._context.set_no()
        later = Reader(replace(reader.stretch, control=control, first=first, segments=[]), self.shelf)
        later.parties.levels = reader.parties.levels
        later.parties.levels.clear()
        return later

    def yield_to(self, reader: Reader) -> None:
        """Before the split-based reader reads: gives it the parties in force."""
        self._context.give(reader.parties)

    def end(self) -> None:
        """Makes the rows found Arrow batches, in their order with those that the split-based reader made meanwhile."""
        shelf, buf, rows, found = self.shelf, self._context.buf, self._rows, self._at.tolist()
        claims, lines, others = found[n.N_CLAIM], found[n.N_LINE], found[n.N_OTHER]
        fast = (
            columns.claims(buf, rows, claims, shelf.source, self._interchange) if claims else None,
            columns.lines(buf, rows, lines) if lines else None,
            columns.others(buf, rows, others) if others else None,
        )
        places = (rows.claim[n.C_NO, :claims] - 1, rows.line[n.B_NO, :lines] - 1, rows.other[n.O_SEQUENCE, :others])
        for at, table in enumerate((shelf.claim, shelf.line, shelf.other_payer)):
            self._made[at].extend(_merged(fast[at], places[at] - self._drained[at], table.drain()))
            self._drained[at] = len(table)
        self._at[: n.N_OTHER + 1] = 0

    def hand_over(self) -> Batches:
        """The batches made since the last time, of claims, lines and other payers."""
        made, self._made = self._made, ([], [], [])
        return made

    def census(self, counting: Counting, stop: int) -> Census | None:
        """The independent count of the window up to ``stop``; None where an amount is beyond it."""
        header = self._header
        state = np.array([counting.in_claim, 0, 0, 0], np.int64)
        sort = np.zeros(256, np.bool_)
        sort[list(NOISE)] = True
        if not count(self._context.buf, ZONE, ZONE + stop, header.element[0], header.terminator[0], sort, state):
            return None
        in_claim, claims, lines, cents = state.tolist()
        counting.in_claim = bool(in_claim)
        return Census(claims, lines, cents)


def _merged(fast: pa.RecordBatch | None, places: Array, slow: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
    if fast is None:
        return slow
    if not slow:
        return [fast]
    both = pa.concat_batches([fast, *slow])
    order = np.full(both.num_rows, -1, np.int64)
    order[places] = np.arange(fast.num_rows)
    order[order < 0] = np.arange(fast.num_rows, both.num_rows)
    return [both.take(pa.array(order))]
