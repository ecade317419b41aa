"""Walks through one interchange window by window: control segments here, clean claims to the compiled pass, the rest to
the split-based readers, each unit in its turn.

A unit runs from a CLM, HL or control segment to the next one, an SE with the unit before it; between two units of
a set nothing is open but the parties in force. So any unit can be read by either reader, and only what is plainly clean
need go to the fast one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple, Protocol

from perdiem.formats.bulk.names import Levels
from perdiem.formats.bulk.survey import Interchange
from perdiem.formats.claim_837p import Reader
from perdiem.formats.columns import Shelf
from perdiem.formats.isa import NOISE
from perdiem.formats.refused import CURRENT, Aside, is_837p
from perdiem.formats.x12 import ENVELOPE, HEADS, Envelope, Stretch, tell_header

_NOISE = NOISE.decode("ascii")
_BLANK = [""] * 9


class Ended(NamedTuple):
    """Where the pass ended, the reader of the set it ended in, and how many sets it began."""

    pos: int
    reader: Reader
    sets: int


class Pass(Protocol):
    """The compiled pass: takes a window, then reads clean units of it."""

    def window(self, data: bytes, stop: int) -> None:
        """A new window, to be read up to ``stop``; what was found in the last one is kept."""

    def begin(self, reader: Reader) -> None:
        """A new set."""

    def run(self, reader: Reader, guide: str | None, start: int, stop: int) -> Ended:
        """Reads clean units, and says where it ended: at ``stop``, or where a unit begins that is not its.

        ``guide`` is the ST03 that clean sets after this one would have, None where there can be none.
        """

    def yield_to(self, reader: Reader) -> None:
        """Before the split-based reader reads: gives it the parties and numbers in force."""


Ending = Literal["closed", "cut", "torn"]


class Walk(Envelope):
    """One interchange; ``ahead`` opens its bytes again after so many of them, without line noise."""

    def __init__(
        self, found: Interchange, ordinal: int, shelf: Shelf, fast: Pass | None, ahead: Callable[[], Iterator[bytes]]
    ) -> None:
        super().__init__(found.header, [], ordinal, found.torn, shelf)
        self.terminator = found.header.terminator
        self.encoding = "utf-8" if found.utf8 else "latin-1"
        self.fast, self.ahead = fast, ahead
        self.seen = 0  # segments of the interchange so far
        self.heads: set[str] = set()  # first letters of segments, while there is no set
        self.consumer: Reader | Aside | None = None  # of the stretch at hand
        self.data = b""
        end, element = re.escape(found.header.terminator), re.escape(found.header.element)
        ends, noise = b"(?=" + element + b"|" + end + rb"|\Z)", b"[" + re.escape(NOISE) + b"]*"
        control = b"ISA|GS|ST|SE|GE|IEA"
        self.unit = re.compile(end + noise + b"(?:CLM|HL|ISA|GS|ST|GE|IEA)" + ends)  # an SE may still harm the claim before it
        self.control_here = re.compile(noise + b"(?:" + control + b")" + ends)
        self.control_segment = re.compile(end + noise + b"(?:" + control + b")" + ends)
        self.service = re.compile(end + noise + b"(?:(SV1" + element + b"[^" + end + b"]*)|(?:" + control + b")" + ends + b")")
        tell_header(found.header, found.utf8, ordinal, shelf)

    @property
    def open(self) -> bool:
        """Whether a claim is open, so that no chunk may end here."""
        return self.consumer is not None and self.consumer.open

    def take(self, data: bytes, stop: int, closed: bool) -> None:
        """Reads a window up to ``stop``, which is just after a terminator or the end; ``closed``: a unit begins there."""
        self.data = data
        if self.fast is not None:
            self.fast.window(data, stop)
        pos, limit = 0, stop if closed else self._last_unit(data, stop) + 1
        while pos < stop:
            if self.fast is not None and isinstance(self.consumer, Reader) and not self.consumer.open:
                pos = self._run(self.consumer, pos, limit)
                if pos >= stop:
                    break
            end = self._end_of_unit(pos, stop)
            self._split(pos, end)
            if self.consumer is not None and (end < stop or closed):
                self.consumer.end_claim()
            pos = end

    def finish(self) -> None:
        """The end of the interchange."""
        if self.begins < self.seen:
            self._finish("torn" if self.torn else "cut")
        self._end(self.seen, self.heads)

    def held_back(self, data: bytes) -> tuple[int, bool]:
        """Where a window should end that is followed by more, and whether a unit begins there.

        That is its last unit, or the last ST whose first service is not in it; else after its last segment.
        """
        complete = data.rfind(self.terminator) + 1
        unit = self._last_unit(data, complete)
        if unit < 0:
            return complete, False
        service = self._last("SV1", data, 0, complete)
        begun = self._last("ST", data, max(service, 0), complete)
        return (min(unit, begun) if begun > 0 else unit) + 1, True

    def _last_unit(self, data: bytes, stop: int) -> int:
        claim = self._last("CLM", data, 0, stop)
        return max(claim, self._last("HL", data, max(claim, 0), stop))

    def _last(self, name: str, data: bytes, start: int, stop: int) -> int:
        return data.rfind(self.terminator + (name + self.element).encode("ascii"), start, stop)

    def _run(self, reader: Reader, pos: int, stop: int) -> int:
        assert self.fast is not None
        reader.spot.ordinal = self.ordinal + self.seen
        if pos >= stop:
            return pos
        ended = self.fast.run(reader, self._guide(reader), pos, stop)
        self.seen = ended.reader.spot.ordinal - self.ordinal
        if ended.sets:
            self.consumer, first = ended.reader, ended.reader.stretch.first
            self.sets += ended.sets
            self.sets_of_group += ended.sets
            self.begins = first - self.ordinal - 1
            if self.opened is not None:
                self.opened = [*self.opened[:2], ended.reader.stretch.control, *self.opened[3:]]
        return ended.pos

    def _guide(self, reader: Reader) -> str | None:
        """ST03 of this set, if sets with the same one are read without a word; None if not."""
        if self.group is None or self.opened is None or reader.stretch.guide not in CURRENT:
            return None
        stated, of_group = self.opened[3], self.group[8]
        return stated if not stated or not of_group or stated == of_group else None

    def _end_of_unit(self, pos: int, stop: int) -> int:
        if self.fast is None:
            return stop
        aside = isinstance(self.consumer, Aside) and not self.control_here.match(self.data, pos)
        pattern = self.control_segment if aside else self.unit
        found = pattern.search(self.data, pos)
        return min(found.start() + 1, stop) if found else stop

    def _split(self, pos: int, end: int) -> None:
        text = self.data[pos:end].decode(self.encoding)
        segments = [kept for raw in text.split(chr(self.terminator[0])) if (kept := raw.lstrip(_NOISE))]
        begin = 0
        for at, segment in enumerate(segments):
            if segment[:2] in HEADS:
                parts = segment.split(self.element)
                if parts[0] in ENVELOPE:
                    self._feed(segments[begin:at])
                    self._control([part.strip(" ") for part in parts] + _BLANK, segment, segments[at + 1 :], end)
                    begin = at + 1
        self._feed(segments[begin:])

    def _control(self, parts: list[str], segment: str, rest: list[str], end: int) -> None:
        if parts[0] == "SE":
            self._se(self.seen, parts)
            self._feed([segment])
            self._finish("closed")
            self.opened, self.begins = None, self.seen
            return
        if self.seen > self.begins:
            self._finish("closed")
        self.begins = self.seen
        self._open_or_close(parts[0], self.seen, parts)
        if parts[0] == "ST":
            self._begin(self._first_service(rest, end))
        self._feed([segment])

    def _feed(self, segments: list[str]) -> None:
        if not segments:
            return
        if self.consumer is None:
            self._begin([])
        if self.sets == 0:
            self.heads.update(segment[:3] for segment in segments)
        consumer = self.consumer
        assert consumer is not None
        if isinstance(consumer, Reader):
            if self.fast is not None:
                self.fast.yield_to(consumer)
            consumer.spot.ordinal = self.ordinal + self.seen
        consumer.feed(segments)
        self.seen += len(segments)

    def _begin(self, services: list[str]) -> None:
        """A new stretch; of its segments, only the first service is known."""
        opened, group = self.opened or _BLANK, self.group or _BLANK
        kind, guide, first = (opened[1] or "?") if self.opened else "", opened[3] or group[8], self.ordinal + 1 + self.begins
        stretch = Stretch(kind, guide, opened[2], self.control, self.element, self.component, services, first, "closed")
        if not is_837p(stretch, self.shelf):
            self.consumer = Aside(stretch, self.shelf)
            return
        self.consumer = reader = Reader(stretch, self.shelf)
        reader.parties.levels = Levels()
        if self.fast is not None:
            self.fast.begin(reader)

    def _finish(self, ending: Ending) -> None:
        consumer, self.consumer = self.consumer, None
        if consumer is not None:
            consumer.finish(ending)

    def _first_service(self, rest: list[str], end: int) -> list[str]:
        """The first SV1 of the set that begins, which tells its separators: here, in the window, or in what follows."""
        for segment in rest:
            name = segment.split(self.element, 1)[0]
            if name in ENVELOPE:
                return []
            if segment.startswith("SV1" + self.element):
                return [segment]
        held = self.data[max(end - 1, 0) :]
        pieces = self.ahead()
        while True:
            found = self.service.search(held)
            if found is None or found.end() == len(held):
                piece = next(pieces, None)
                if piece is not None:
                    held = held[max(held.rfind(self.terminator), 0) :] + piece
                    continue
            service = found[1] if found else None
            return [service.decode(self.encoding)] if service else []
