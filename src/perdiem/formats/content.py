"""Says what a file is that is not X12, from its first bytes, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from perdiem.formats.isa import headers
from perdiem.formats.source import Source
from perdiem.formats.tabular import faults
from perdiem.formats.tabular.header import NOTHING
from perdiem.formats.tabular.read import SAMPLE as TABLE_SAMPLE
from perdiem.formats.tabular.read import find_table

_BOM = b"\xef\xbb\xbf"
BLANK = b" \t\r\n\x00" + _BOM
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"I\x00S\x00A\x00", b"\x00I\x00S\x00A")  # UTF-16
_MAGIC = (
    (b"%PDF", "a PDF document", ""),
    (b"PK\x03\x04", "a zip archive or an Office document", ""),
    (b"ARROW1", "an Arrow file", "tabular"),
    (b"{\\rtf", "a text document (RTF)", ""),
    (b"UNA:+", "an EDIFACT file", ""),
    (b"UNB+", "an EDIFACT file", ""),
    (b"\x89PNG", "a picture", ""),
    (b"\xff\xd8\xff", "a picture", ""),
    (b"GIF8", "a picture", ""),
    (b"7z\xbc\xaf", "a 7z archive", ""),
    (b"BZh", "a bzip2 archive", ""),
    (b"\xfd7zXZ", "an xz archive", ""),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", ""),
)
_SEGMENT = re.compile(rb"(GS|ST|BHT|CLM|HL)[^A-Za-z0-9\s]")
SAMPLE = 4096  # bytes looked at
_GIVE = "Give an 837P file or a table."
_ONLY = "this version reads 837P files and tables only. Export the claims as 837P or CSV."


def refusal(data: bytes) -> str | None:
    """Why a file cannot be read as X12, in words for the user; None where it holds a readable ISA."""
    return refusal_of(data[:SAMPLE], blank=not data.strip(BLANK), readable=lambda: bool(headers(data)))


def refusal_of(start: bytes, blank: bool, readable: Callable[[], bool]) -> str | None:
    """The same from the first SAMPLE bytes, whether all bytes are BLANK, and whether an ISA can be read."""
    head = start.removeprefix(_BOM).lstrip(b" \t\r\n\x00")
    if blank:
        return "The file is empty, so there are no claims in it. Check how it was made and sent."
    for magic, name, group in _MAGIC:
        if head.startswith(magic):
            return f"This is {name}, not X12; " + (_ONLY if group else "claims are read from 837P files and tables only. " + _GIVE)
    if start.startswith(_WIDE):
        return "The file is text in UTF-16, and X12 is plain ASCII or UTF-8. Save it as UTF-8 and give it again."
    if head[:1] in (b"{", b"["):
        return "This is JSON (perhaps FHIR), not X12; " + _ONLY
    if head[:1] == b"<":
        return "This is XML or a web page, not X12; " + _ONLY
    if readable():
        return None
    return _without_isa(head)


def _without_isa(head: bytes) -> str:
    if head.startswith(b"ISA"):
        return "The ISA at the start is cut short or damaged, so the separators are unknown. Ask for the file again."
    if _SEGMENT.match(head):
        return (
            "These are X12 segments without the ISA that must open them, so the separators are unknown. "
            "Ask for the whole interchange."
        )
    noise = sum(byte < 9 or 13 < byte < 32 for byte in head)
    if noise * 20 > len(head):
        return "These are binary data, not X12: no ISA can be found in them. " + _GIVE
    if _tabular(head):
        return faults.NO_HEADER
    return "The file is not X12: no ISA can be found in it. " + _GIVE


def _tabular(head: bytes) -> bool:
    rows = head.splitlines()[:3]
    return any(len({row.count(mark) for row in rows[:2]} - {0, 1}) == 1 for mark in (b",", b";", b"\t", b"|"))


def holds_claims(file: Path) -> bool:
    """Whether a file may hold claims: X12 or a table by its content, or an archive."""
    with file.open("rb") as opened:
        head = opened.read(TABLE_SAMPLE)
    if head.startswith((b"\x1f\x8b", b"PK\x03\x04")) or find_table(Source(file.name, head), NOTHING) is not None:
        return True
    return bool(head) and refusal(head) is None
