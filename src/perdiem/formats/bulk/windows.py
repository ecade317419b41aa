"""Runs the compiled pass over the windows of an interchange, and merges its rows with those of the split-based reader.

The census of a window is compiled too, and counts claims, lines and cents from bytes alone, by nothing that the pass uses.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from perdiem.formats.bulk import columns
from perdiem.formats.bulk import names as n
from perdiem.formats.bulk.compiled import compiled
from perdiem.formats.bulk.names import Levels
from perdiem.formats.bulk.parties import ZONE, Context
from perdiem.formats.bulk.scan import scan
from perdiem.formats.bulk.walk import Ended
from perdiem.formats.census import Counting
from perdiem.formats.claim_837p import Reader
from perdiem.formats.columns import Shelf
from perdiem.formats.isa import NOISE, Header
from perdiem.model.schema import Census

_ODD = frozenset(b".- ")  # separators that the pass takes for something else
_LONGEST_AMOUNT, _MOST_DIGITS = 40, 12  # of the census

Array = Any
Batches = tuple[list[pa.RecordBatch], list[pa.RecordBatch], list[pa.RecordBatch]]


class Pass:
    """The compiled pass with its memory, for one reading of any number of interchanges one after another."""

    def __init__(self, shelf: Shelf, window: int, beside: Executor) -> None:
        self.shelf, self._beside = shelf, beside
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

    def interchange(self, header: Header, control: str, counting: Counting) -> None:
        """A new interchange, with its separators and its count."""
        self._header, self._interchange, self._counting = header, control or None, counting
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

    def window(self, data: bytes, stop: int) -> None:
        """A new window, to be read up to ``stop``; what was found in the last one has been handed over."""
        self._context.window(data)
        self._length = len(data)
        self._counted = self._beside.submit(self._count, self._context.buf, ZONE + stop)

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

    def census(self) -> Census | None:
        """The independent count of the window; None where an amount is beyond it."""
        return self._counted.result()

    def _count(self, buf: Array, stop: int) -> Census | None:
        """The count, in a thread beside the pass, which only reads these bytes too."""
        header, counting = self._header, self._counting
        state = np.array([counting.in_claim, 0, 0, 0], np.int64)
        sort = np.zeros(256, np.bool_)
        sort[list(NOISE)] = True
        if not _count(buf, ZONE, stop, header.element[0], header.terminator[0], sort, state):
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


@compiled
def _count(buf: Array, start: int, stop: int, element: int, end: int, noise: Array, state: Array) -> bool:
    """Adds to ``state``: whether a claim is open, claims, lines, cents; False where an amount is too great to add here."""
    pos = start
    while pos < stop:
        while pos < stop and noise[buf[pos]]:
            pos += 1
        name = pos
        while pos < stop and buf[pos] != element and buf[pos] != end:
            pos += 1
        length = pos - name
        first = buf[name] if length else 0
        second = buf[name + 1] if length > 1 else 0
        third = buf[name + 2] if length > 2 else 0
        if length == 3 and first == 83 and second == 86 and third == 49:  # SV1
            state[2] += state[0]
        elif length == 3 and first == 67 and second == 76 and third == 77:  # CLM
            state[0] = 1
            state[1] += 1
            while pos < stop and buf[pos] != end:
                pos += 1
                if pos < stop and buf[pos] == element:
                    break
            a = pos + 1
            if pos < stop and buf[pos] == element:
                pos = a
                while pos < stop and buf[pos] != element and buf[pos] != end:
                    pos += 1
                cents = _cents(buf, a, pos)
                if cents == -(1 << 62):
                    return False
                state[3] += cents
        elif (
            (length == 3 and first == 73 and ((second == 69 and third == 65) or (second == 83 and third == 65)))  # IEA, ISA
            or (length == 2 and first == 71 and (second == 83 or second == 69))  # GS, GE
            or (length == 2 and first == 83 and (second == 84 or second == 69))  # ST, SE
            or (length == 2 and first == 72 and second == 76)  # HL
        ):
            state[0] = 0
        while pos < stop and buf[pos] != end:
            pos += 1
        pos += 1
    return True


@compiled
def _cents(buf: Array, a: int, b: int) -> int:
    while a < b and buf[a] == 32:
        a += 1
    while a < b and buf[b - 1] == 32:
        b -= 1
    if b - a > _LONGEST_AMOUNT:
        return 0
    sign = 1
    if a < b and buf[a] == 45:
        sign = -1
        a += 1
    value = digits = seen = 0
    while a < b and 48 <= buf[a] <= 57:
        value = value * 10 + int(buf[a]) - 48
        digits += value > 0
        seen += 1
        a += 1
        if digits > _MOST_DIGITS:
            return -(1 << 62)
    places = 0
    if a < b and buf[a] == 46:
        a += 1
        while a < b and places < 2 and 48 <= buf[a] <= 57:
            value = value * 10 + int(buf[a]) - 48
            places += 1
            a += 1
        seen += places
        while a < b and buf[a] == 48:
            a += 1
    if a < b or seen == 0:
        return 0
    while places < 2:
        value *= 10
        places += 1
    return sign * value
