"""Looks through the bytes of one large source once, in pieces: its interchanges, and how they are encoded.

So the reading that follows knows of each interchange where it ends and what its bytes mean, as the split-based
reader does, without holding it.
"""

from __future__ import annotations

import codecs
import hashlib
import io
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from perdiem.formats.archive import GZIP, LIMITS, Limits, Unpacking
from perdiem.formats.content import BLANK, SAMPLE
from perdiem.formats.isa import LINE_ENDS, LONGEST, START, Header, header_at
from perdiem.formats.x12 import PADDING

_PIECE = 1 << 18  # bytes; what is copied stays in the processor's cache


class Stream(Protocol):
    """Bytes from first to last; at the end, none."""

    def read(self, size: int, /) -> bytes:
        """At most so many of the next bytes."""

    def close(self) -> None:
        """Lets go of what is open."""


class Digested:
    """A stream whose SHA-256 is taken, in a thread beside, as it is read."""

    def __init__(self, stream: Stream, beside: Executor) -> None:
        self._stream, self._beside = stream, beside
        self._sha = hashlib.sha256()
        self._last: Future[None] | None = None

    def read(self, size: int, /) -> bytes:
        """At most so many of the next bytes."""
        data = self._stream.read(size)
        self._wait()
        self._last = self._beside.submit(self._sha.update, data)
        return data

    def close(self) -> None:
        """Lets go of what is open."""
        self._stream.close()

    def sha256(self) -> str:
        """Of all that was read."""
        self._wait()
        return self._sha.hexdigest()

    def _wait(self) -> None:
        if self._last is not None:
            self._last.result()


Opens = Callable[[], Stream]


def opens(path: Path | None, data: bytes, limits: Limits = LIMITS) -> Opens:
    """How to read the bytes from the start again: of a plain or gzip file, or as they are."""
    if path is None:
        return lambda: io.BytesIO(data)
    with path.open("rb") as file:
        packed = file.read(2) == GZIP
    return (lambda: Unpacking(path, limits)) if packed else (lambda: path.open("rb", buffering=0))


@dataclass(frozen=True, slots=True)
class Interchange:
    """One interchange: its bytes from ``start`` (after the ISA) to ``end``, whether they end inside a segment,
    and whether they are ASCII, else UTF-8, else Latin-1."""

    header: Header
    start: int
    end: int
    torn: bool
    ascii: bool
    utf8: bool


@dataclass(frozen=True, slots=True)
class Survey:
    """What a source is: size, first bytes, whether all are blank, whether some come before the first ISA."""

    size: int
    start: bytes
    blank: bool
    unread: bool
    interchanges: list[Interchange]


def survey(stream: Stream, piece: int = _PIECE) -> Survey:
    """The survey of a stream that stands at its start; what the stream raises goes through."""
    look = _Look()
    while data := stream.read(piece):
        look.take(data)
    look.take(b"", last=True)
    return look.result()


class _Look:
    def __init__(self) -> None:
        self.size = self.base = 0  # bytes seen, and bytes before those held
        self.start = self.held = b""
        self.blank, self.unread = True, False
        self.bodies: list[_Body] = []

    def take(self, data: bytes, last: bool = False) -> None:
        self.size += len(data)
        if len(self.start) < SAMPLE:
            self.start = (self.start + data)[:SAMPLE]
        if self.blank and data.strip(BLANK):
            self.blank = False
        held = self.held + data if self.held else data
        done = at = 0
        keep = len(held) if last else max(len(held) - 3, 0)
        while match := START.search(held, at):
            at = match.start()
            if not last and at + LONGEST > len(held):
                keep = at
                break
            header = header_at(held, at)
            if header is None:
                at = match.end()
                continue
            self.pass_on(held[done:at])
            done = at = header.end
            end = self.base + header.end
            self.bodies.append(_Body(replace(header, start=self.base + header.start, end=end)))
        keep = max(keep, done)
        self.pass_on(held[done:keep])
        self.base += keep
        self.held = held[keep:]

    def pass_on(self, data: bytes) -> None:
        if self.bodies:
            self.bodies[-1].take(data)
        elif data.strip(PADDING + LINE_ENDS):
            self.unread = True

    def result(self) -> Survey:
        ends = [*(body.header.start for body in self.bodies[1:]), self.size]
        found = [body.result(end) for body, end in zip(self.bodies, ends, strict=True)] if self.bodies else []
        return Survey(self.size, self.start, self.blank, self.unread, found)


class _Body:
    """What lies between two ISA headers, taken piece by piece."""

    def __init__(self, header: Header) -> None:
        self.header = header
        self.ascii = self.utf8 = True
        self.last = b""  # the last byte that is not padding
        self.padding = PADDING + header.line_noise
        self.decoder = codecs.getincrementaldecoder("utf-8")()

    def take(self, data: bytes) -> None:
        if bare := data[-64:].rstrip(self.padding) or data.rstrip(self.padding):
            self.last = bare[-1:]
        if self.ascii and not data.isascii():
            self.ascii = False
        if not self.ascii and self.utf8:
            self.decode(data.translate(None, self.header.line_noise))

    def decode(self, data: bytes, final: bool = False) -> None:
        try:
            self.decoder.decode(data, final)
        except UnicodeDecodeError:
            self.utf8 = False

    def result(self, end: int) -> Interchange:
        if not self.ascii and self.utf8:
            self.decode(b"", final=True)
        torn = bool(self.last) and self.last != self.header.terminator
        return Interchange(self.header, self.header.end, end, torn, self.ascii, self.utf8)
