"""Counts the claims that a file seems to hold although no ISA of it can be read, so that its refusal says what is missing.

The separators are guessed: those that most often stand around the names of 837P segments. What is counted by a guess is told
beside the accounts and is no part of them.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Protocol

from perdiem.formats.census import Counting, add
from perdiem.formats.content import BLANK, SAMPLE, Refusal, counted_refusal
from perdiem.formats.isa import LONGEST, Header, headers
from perdiem.model.schema import Census

_FIRST = 1 << 16  # bytes in which the separators are looked for
_PIECE = 1 << 20
_NAMED = re.compile(
    rb"([^A-Za-z0-9 \t\x00\x80-\xff])[ \t\x00\r\n]*(?:GS|ST|BHT|HL|NM1|CLM|HI|LX|SV1|DTP|SE)([^A-Za-z0-9\s\x80-\xff])"
)
_LEAST = 2  # segments that two separators must set apart
_MOST = 10**17  # cents; more is no sum of charges but noise


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes:
        """At most so many of the next bytes, none at the end."""


def unread(stream: _Stream) -> Refusal | None:
    """Why a file is refused that seems to hold claims; None where it holds none or an ISA can be read.

    The stream stands at its start. What it raises goes through.
    """
    first = _filled(stream, _FIRST)
    if not first.strip(BLANK) or headers(first):
        return None
    held = Census()
    separators = _guessed(first)
    counting = Counting(Header(0, 0, separators[1], b"", b"", separators[0], b"", False)) if separators else None
    carried, tail, piece = b"", b"", first
    while piece:
        if headers(tail + piece):
            return None
        tail = (tail + piece)[-LONGEST:]
        if counting is not None and separators is not None:
            whole, end, rest = (carried + piece).rpartition(separators[0])
            held = add(held, counting.count(whole + end))
            carried = rest
        piece = stream.read(_PIECE)
    if counting is not None:
        held = add(held, counting.count(carried))
    if not 0 <= held.charge_cents < _MOST:
        held = Census(held.claims, held.lines, 0)
    return counted_refusal(first[:SAMPLE], held) if held.claims else None


def _filled(stream: _Stream, size: int) -> bytes:
    data = b""
    while len(data) < size and (piece := stream.read(size - len(data))):
        data += piece
    return data


def _guessed(data: bytes) -> tuple[bytes, bytes] | None:
    """The most probable terminator and element separator."""
    met = Counter((m[1], m[2]) for m in _NAMED.finditer(data) if m[1] != m[2])
    likely = met.most_common(1)
    return likely[0][0] if likely and likely[0][1] >= _LEAST else None
