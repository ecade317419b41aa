"""Counts claims, service lines and charges in raw bytes without the parser, for the ledger to be held against.

It knows the separators of each ISA and nothing else of the envelope: every CLM segment of an interchange is
a claim, every SV1 after a CLM is a line of it until a segment that must end the claim (HL, ST, SE, GS, GE,
IEA, or an ISA too damaged to be one), and a CLM02 that is no amount counts 0.
"""

from __future__ import annotations

import re

from perdiem.formats.isa import NOISE, Header, headers
from perdiem.model.schema import Census

_AMOUNT = re.compile(rb"(-?)0*([0-9]{0,16})(?:\.([0-9]{0,2})0*)?")
_LONGEST_AMOUNT = 40


def count(data: bytes) -> Census:
    """Claims, lines and charge cents of all interchanges of one file; all 0 where it holds no ISA. Never raises."""
    found = headers(data)
    total = Census()
    for header, end in zip(found, [*(h.start for h in found[1:]), len(data)], strict=True):
        total = add(total, Counting(header).count(data[header.end : end]))
    return total


def add(one: Census, other: Census) -> Census:
    """The sum of two counts."""
    return Census(one.claims + other.claims, one.lines + other.lines, one.charge_cents + other.charge_cents)


class Counting:
    """The count of one interchange, in one piece or in several that are cut after a terminator."""

    def __init__(self, header: Header) -> None:
        end, element = re.escape(header.terminator), re.escape(header.element)
        value = b"(?:" + element + b"([^" + element + end + b"]*))?"
        self._segment = re.compile(
            b"(?:\\A|" + end + b")[" + re.escape(NOISE) + b"]*"
            b"(CLM|SV1|HL|ST|SE|GS|GE|IEA|ISA)(?=" + element + b"|" + end + b"|\\Z)" + value + value
        )
        self._line_noise = header.line_noise
        self.in_claim = False

    def count(self, body: bytes) -> Census:
        """The count of the next piece."""
        claims = lines = cents = 0
        for match in self._segment.finditer(body.translate(None, self._line_noise)):
            name = match[1]
            if name == b"SV1":
                lines += self.in_claim
            else:
                self.in_claim = name == b"CLM"
                if self.in_claim:
                    claims += 1
                    cents += _cents(match[3] or b"")
        return Census(claims, lines, cents)


def _cents(value: bytes) -> int:
    text = value.strip(b" ")
    match = _AMOUNT.fullmatch(text) if len(text) <= _LONGEST_AMOUNT else None
    if match is None or not any(48 <= byte <= 57 for byte in text):
        return 0
    size = int(match[2] or b"0") * 100 + int((match[3] or b"").ljust(2, b"0"))
    return -size if match[1] else size
