"""Cuts the bytes of a file into interchanges and transaction sets, and checks their envelopes.

An interchange runs from its ISA to the next ISA or the end of the file. Its line ends are noise (unless one
is the terminator), leading blanks of a segment too, empty segments are none. Whatever lies between sets is
handed on as well, so that no claim is lost unseen. Source: X12.5 and X12.6, control segments ISA to IEA.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from perdiem.formats.columns import Shelf
from perdiem.formats.isa import LINE_ENDS, NOISE, Header, headers

_NOISE = NOISE.decode("ascii")
ENVELOPE = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA"})
HEADS = frozenset(name[:2] for name in ENVELOPE)
PADDING = NOISE + b"\xef\xbb\xbf"
"""Bytes that mean nothing before the first ISA and after the last segment, as line ends do."""

_PLAIN = re.compile(r"[0-9]{1,9}|[0-9]{6}X[0-9]{3}[A-Z0-9]{0,3}")  # a number or a guide, no word
_BLANK = [""] * 9


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of segments: one transaction set from its ST on (``kind`` = ST01), or what lies outside any (``""``).

    ``first`` is the ordinal of its first segment in the file, the file's first ISA being 1. ``ending``:
    ``closed`` by its SE or another envelope segment, ``cut`` where the interchange ends without one, ``torn``
    where it ends inside a segment.
    """

    kind: str
    guide: str
    control: str
    interchange: str
    element: str
    component: str
    segments: list[str]
    first: int
    ending: Literal["closed", "cut", "torn"]


def stretches(data: bytes, shelf: Shelf) -> Iterator[Stretch]:
    """The sets of a file in order, and the runs between them; faults of the envelope are told as warnings.

    A file without a readable ISA yields nothing and tells nothing: name it with ``content.refusal`` first.
    """
    found = headers(data)
    if found and data[: found[0].start].strip(PADDING + LINE_ENDS):
        tell_unread(found[0].start, shelf)
    ordinal = 0
    for header, end in zip(found, [*(h.start for h in found[1:]), len(data)], strict=True):
        ordinal += 1
        text, torn = _text(data[header.end : end], header, ordinal, shelf)
        segments = [kept for raw in text.split(chr(header.terminator[0])) if (kept := raw.lstrip(_NOISE))]
        yield from Envelope(header, segments, ordinal, torn, shelf).walk()
        ordinal += len(segments)


def tell_unread(size: int, shelf: Shelf) -> None:
    """Tells that a file begins with so many bytes that belong to no interchange."""
    shelf.tell(
        0,
        "refused",
        f"The first {size} bytes come before the first readable ISA and are not read; claims in them "
        "are not counted. Remove them, or repair the ISA.",
    )


def tell_header(header: Header, utf8: bool, ordinal: int, shelf: Shelf) -> None:
    """Tells what is odd of an interchange as a whole: the widths of its ISA, the bytes of its text."""
    if not header.well_formed:
        shelf.tell(
            ordinal,
            "warning",
            "An element of this ISA has not the width that X12 fixes; many receivers refuse it. "
            "The separators could be told, so the interchange is read.",
        )
    if not utf8:
        shelf.tell(
            ordinal,
            "warning",
            "This interchange is not UTF-8 and is read as Latin-1; accented letters in names may come out wrong.",
        )


def shown(text: str) -> str:
    """A control value as it may be shown: as it is if a number or a guide, else a word, for it may be a name."""
    if not text:
        return "nothing"
    return text if _PLAIN.fullmatch(text) else "something unreadable"


def _text(body: bytes, header: Header, ordinal: int, shelf: Shelf) -> tuple[str, bool]:
    body = body.translate(None, header.line_noise)
    bare = body.rstrip(PADDING)
    torn = bool(bare) and not bare.endswith(header.terminator)
    try:
        text, utf8 = body.decode("utf-8"), True
    except UnicodeDecodeError:
        text, utf8 = body.decode("latin-1"), False
    tell_header(header, utf8, ordinal, shelf)
    return text, torn


class Envelope:
    """One walk over one interchange: cuts it at the control segments and compares their counts and numbers."""

    def __init__(self, header: Header, segments: list[str], ordinal: int, torn: bool, shelf: Shelf) -> None:
        self.element = chr(header.element[0])
        self.component = chr(header.component[0])
        self.control = header.control.decode("latin-1").strip(" ")
        self.segments, self.ordinal, self.torn, self.shelf = segments, ordinal, torn, shelf
        self.group: list[str] | None = None  # the open GS
        self.opened: list[str] | None = None  # the open ST
        self.begins = 0  # index of the first segment of the stretch at hand
        self.sets = self.groups = self.sets_of_group = 0
        self.closed = False

    def walk(self) -> Iterator[Stretch]:
        """The stretches of the interchange, each with its envelope checked."""
        element = self.element
        for at, segment in enumerate(self.segments):
            if segment[:2] not in HEADS:
                continue
            parts = segment.split(element)
            name = parts[0]
            if name not in ENVELOPE:
                continue
            parts = [part.strip(" ") for part in parts] + _BLANK
            if name == "SE":
                self._se(at, parts)
                yield self._stretch(at + 1, "closed")
                self.opened = None
                continue
            if at > self.begins:
                yield self._stretch(at, "closed")
            self.begins = at
            self._open_or_close(name, at, parts)
        if self.begins < len(self.segments):
            yield self._stretch(len(self.segments), "torn" if self.torn else "cut")
        self._end(len(self.segments), {segment[:3] for segment in self.segments})

    def _stretch(self, stop: int, ending: Literal["closed", "cut", "torn"]) -> Stretch:
        start, self.begins = self.begins, stop
        opened, group = self.opened or _BLANK, self.group or _BLANK
        guide = opened[3] or group[8]
        segments = self.segments[start:stop]
        first = self.ordinal + 1 + start
        kind = opened[1] or "?" if self.opened else ""
        return Stretch(kind, guide, opened[2], self.control, self.element, self.component, segments, first, ending)

    def _open_or_close(self, name: str, at: int, parts: list[str]) -> None:
        if self.opened is not None:
            self._warn(at, "SE is missing before this segment: the set may have lost its end. Ask for the file again.")
            self.opened = None
        if name == "ST":
            self.opened = parts
            self.sets += 1
            self.sets_of_group += 1
            if self.group is None:
                self._warn(at, "This set stands in no group (GS); its guide is known only from ST03.")
            elif parts[3] and self.group[8] and parts[3] != self.group[8]:
                self._warn(at, "ST03 names another guide than GS08; ST03 is followed.")
        elif name == "GE":
            self._ge(at, parts)
        elif name == "IEA":
            self._iea(at, parts)
        elif self.group is not None:
            self._warn(at, "GE is missing before this segment: sets of the group may be lost. Ask for the file again.")
            self.group = None
        if name == "ISA":
            self._warn(at, "An ISA here cannot be read; the segments after it are read with the separators before it.")
        if name == "GS":
            self.group, self.sets_of_group = parts, 0
            self.groups += 1

    def _se(self, at: int, parts: list[str]) -> None:
        if self.opened is None:
            self._warn(at, "SE without an ST: the set it ends cannot be told. Ask for the file again.")
            return
        self._count(at, "SE01", parts[1], at + 1 - self.begins, "segments of the set")
        self._same(at, "SE02", parts[2], "ST02", self.opened[2])

    def _ge(self, at: int, parts: list[str]) -> None:
        if self.group is None:
            self._warn(at, "GE without a GS: the group it ends cannot be told. Ask for the file again.")
            return
        self._count(at, "GE01", parts[1], self.sets_of_group, "sets of the group")
        self._same(at, "GE02", parts[2], "GS06", self.group[6])
        self.group = None

    def _iea(self, at: int, parts: list[str]) -> None:
        if self.group is not None:
            self._warn(at, "GE is missing before this IEA: sets of the group may be lost. Ask for the file again.")
            self.group = None
        self._count(at, "IEA01", parts[1], self.groups, "groups of the interchange")
        self._same(at, "IEA02", parts[2], "ISA13", self.control)
        self.closed = True

    def _end(self, total: int, heads: set[str]) -> None:
        last = total - 1
        missing = [name for name, gone in (("SE", self.opened), ("GE", self.group)) if gone is not None]
        missing += [] if self.closed else ["IEA"]
        if missing:
            names = ", ".join(missing)
            self._warn(last, f"The interchange ends without {names}: it may have been cut short. Ask for it again.")
            self.shelf.cut.add(self.shelf.source)
        if not self.sets and "CLM" not in heads:
            held = "TA1" in heads
            what = "only acknowledgments of interchanges (TA1)" if held else "no transaction set (ST)"
            self.shelf.tell(
                self.ordinal,
                "refused",
                f"This interchange holds {what}, so there are no claims in it to judge. Give an 837P file.",
            )

    def _count(self, at: int, name: str, stated: str, seen: int, what: str) -> None:
        if not (stated.isascii() and stated.isdigit() and stated.lstrip("0") == str(seen).lstrip("0")):
            self._warn(
                at,
                f"{name} states {shown(stated)} {what}, there are {seen}: something may be missing or doubled. "
                "Compare with the sender's file.",
            )

    def _same(self, at: int, name: str, stated: str, other: str, wanted: str) -> None:
        if stated != wanted and not (stated.isdigit() and stated.lstrip("0") == wanted.lstrip("0")):
            self._warn(
                at,
                f"{name} ({shown(stated)}) is not the control number of {other} ({shown(wanted)}): the trailer may "
                "belong to something else. Compare with the sender's file.",
            )

    def _warn(self, at: int, problem: str) -> None:
        self.shelf.tell(self.ordinal + 1 + at, "warning", problem)
