"""Says what a file is that is not X12, from its first bytes, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from perdiem.formats.isa import headers
from perdiem.formats.tabular import faults
from perdiem.model.schema import Census

_BOM = b"\xef\xbb\xbf"
BLANK = b" \t\r\n\x00" + _BOM
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"I\x00S\x00A\x00", b"\x00I\x00S\x00A")  # UTF-16
_EBCDIC = b"\xc9\xe2\xc1"  # ISA
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


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file is not read, in words for the user, and the claims that it seems to hold all the same."""

    why: str
    held: Census


def refusal(data: bytes) -> str | None:
    """Why a file cannot be read as X12, in words for the user; None where it holds a readable ISA."""
    return refusal_of(data[:SAMPLE], blank=not data.strip(BLANK), readable=lambda: bool(headers(data)))


def refusal_of(start: bytes, blank: bool, readable: Callable[[], bool]) -> str | None:
    """The same from the first SAMPLE bytes, whether all bytes are BLANK, and whether an ISA can be read."""
    if blank:
        return "The file is empty, so there are no claims in it. Check how it was made and sent."
    return _of_another_kind(start) or (None if readable() else " ".join(_without_isa(_head(start))).rstrip())


def counted_refusal(start: bytes, held: Census) -> Refusal | None:
    """The refusal of a file without a readable ISA that seems to hold so many claims; None for what is no X12 at all."""
    if _of_another_kind(start) is not None:
        return None
    what, do = _without_isa(_head(start))
    seems = "claim (CLM) seems to stand in it and is" if held.claims == 1 else "claims (CLM) seem to stand in it and are"
    return Refusal(f"{what} About {held.claims} {seems} not read. {do}", held)


def _head(start: bytes) -> bytes:
    return start.removeprefix(_BOM).lstrip(b" \t\r\n\x00")


def _of_another_kind(start: bytes) -> str | None:
    """Why bytes are refused that say by themselves that they are something else."""
    head = _head(start)
    for magic, name, group in _MAGIC:
        if head.startswith(magic):
            return f"This is {name}, not X12; " + (_ONLY if group else "claims are read from 837P files and tables only. " + _GIVE)
    if start.startswith(_WIDE):
        return "The file is text in UTF-16, and X12 is plain ASCII or UTF-8. Save it as UTF-8 and give it again."
    if head.startswith(_EBCDIC):
        return "The file is text in EBCDIC, and X12 is plain ASCII or UTF-8 here. Have it sent as ASCII, or convert it first."
    if head[:1] in (b"{", b"["):
        return "This is JSON (perhaps FHIR), not X12; " + _ONLY
    if head[:1] == b"<":
        return "This is XML or a web page, not X12; " + _ONLY
    return None


def _without_isa(head: bytes) -> tuple[str, str]:
    """What is wrong with other bytes without a readable ISA, and what to do."""
    if head.startswith(b"ISA"):
        return "The ISA at the start is cut short or damaged, so the separators are unknown.", "Ask for the file again."
    if _SEGMENT.match(head):
        what = "These are X12 segments without the ISA that must open them, so the separators are unknown."
        return what, "Ask for the whole interchange."
    noise = sum(byte < 9 or 13 < byte < 32 for byte in head)
    if noise * 20 > len(head):
        return "These are binary data, not X12: no ISA can be found in them.", _GIVE
    if _tabular(head):
        return faults.NO_HEADER, ""
    return "The file is not X12: no ISA can be found in it.", _GIVE


def _tabular(head: bytes) -> bool:
    rows = head.splitlines()[:3]
    return any(len({row.count(mark) for row in rows[:2]} - {0, 1}) == 1 for mark in (b",", b";", b"\t", b"|"))
