"""Finds where the interchanges of a file begin, and which separators each one uses.

An ISA header is recognised by shape, not by place: ``ISA``, a separator, sixteen elements, most of them of
the width that X12 fixes. So garbage before it, wrapped lines or a few damaged characters do not hide it,
and a person called Lisa is no interchange. Source: X12.5 interchange control structure (fixed-width ISA).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NOISE = b" \t\x00\x0b\x0c\x1a"
"""Bytes that mean nothing before a segment; no separator can be one of them."""

LINE_ENDS = b"\r\n"

START = re.compile(rb"ISA[^A-Za-z0-9\s\x00\x1a\x80-\xff]")
_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1)  # ISA01 to ISA15
_LIKENESS = 10  # elements of the right width that make a header
LONGEST = 400
"""Bytes in which a header must lie: it has 106, wrapping and padding add some."""


@dataclass(frozen=True, slots=True)
class Header:
    """One ISA: ``start`` and ``end`` are byte offsets, ``end`` is just after its terminator; separators are one byte.

    ``well_formed`` is false where some element has not the width that X12 fixes.
    """

    start: int
    end: int
    element: bytes
    component: bytes
    repetition: bytes
    terminator: bytes
    control: bytes
    well_formed: bool

    @property
    def line_noise(self) -> bytes:
        """The line-end bytes that carry no meaning in this interchange: all but a terminator among them."""
        return LINE_ENDS.replace(self.terminator, b"")


def headers(data: bytes) -> list[Header]:
    """All ISA headers of a file in order, never overlapping; empty where the bytes are not X12."""
    found: list[Header] = []
    end = 0
    for match in START.finditer(data):
        if match.start() < end:
            continue
        header = header_at(data, match.start())
        if header is not None:
            found.append(header)
            end = header.end
    return found


def header_at(data: bytes, start: int) -> Header | None:
    """The header that begins at this byte, where START matches, or None."""
    element = data[start + 3 : start + 4]
    parts = data[start : start + LONGEST].split(element, 16)
    if len(parts) < 17:
        return None
    tail = parts[16].lstrip(LINE_ENDS)
    component, terminator = tail[:1], tail[1:2]
    if not _separates(component) or not (_separates(terminator) or terminator in (b"\r", b"\n")):
        return None
    if component == terminator or element == terminator:
        return None
    fields = [part.translate(None, LINE_ENDS) for part in parts[1:16]]
    likeness = sum(len(field) == width for field, width in zip(fields, _WIDTHS, strict=True))
    if likeness < _LIKENESS:
        return None
    skipped = len(parts[16]) - len(tail)
    end = start + sum(map(len, parts[:16])) + 16 + skipped + 2
    return Header(start, end, element, component, fields[10], terminator, fields[12], likeness == len(_WIDTHS))


def _separates(byte: bytes) -> bool:
    return len(byte) == 1 and byte.isascii() and not byte.isalnum() and byte not in NOISE and byte not in LINE_ENDS
