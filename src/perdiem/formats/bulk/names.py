"""Names for the numbers that the compiled pass works with, and the memory that they stand in: codes of X12 as integers,
places in its arrays, and the level of every HL of a set in one byte each, for a set may hold millions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple


def _code(text: str) -> int:
    return int.from_bytes(text.encode("ascii"), "big")


ISA, GS, ST, SE, GE, IEA = map(_code, ("ISA", "GS", "ST", "SE", "GE", "IEA"))
HL, SBR, PAT, PRV, NM1, DMG, CLM, REF, HI = map(_code, ("HL", "SBR", "PAT", "PRV", "NM1", "DMG", "CLM", "REF", "HI"))
LX, SV1, SV2, SV3, DTP, LIN, CTP, NTE = map(_code, ("LX", "SV1", "SV2", "SV3", "DTP", "LIN", "CTP", "NTE"))
SVD, CAS, AMT = map(_code, ("SVD", "CAS", "AMT"))
IL, PR, QC, PE, E82, E77, E85, E87 = map(_code, ("IL", "PR", "QC", "PE", "82", "77", "85", "87"))
E837 = _code("837")
L20, L22, L23, BI, D8, RD8, E472, N4, XZ, R6 = map(_code, ("20", "22", "23", "BI", "D8", "RD8", "472", "N4", "XZ", "6R"))
F8, G1, ABK, ABF, BK, BF = map(_code, ("F8", "G1", "ABK", "ABF", "BK", "BF"))

PLAIN, ELEMENT, TERMINATOR, WIDE, NOISE = range(5)  # what a byte is
BEFORE, IN_CLAIM, IN_PAYER, IN_LINE = range(4)  # where a segment stands, as in the split-based reader
DONE, STOPPED, FULL = range(3)  # why the pass ended: all read, a segment that is not its, no room for rows
LONGEST_SEGMENT = 4000  # bytes; at most so many characters, so the split-based reader says nothing
MOST_ELEMENTS = 60
LONGEST_CLAIM_ID, LONGEST_CODE, LONGEST_SPAN = 38, 48, 731
NO_BIRTH = -(1 << 62)
NO_TEXT = -1  # start of the second half of a kind that has none

# counts, working and as they were when the unit began
N_CLAIM, N_LINE, N_DIAGNOSIS, N_POINTER, N_OTHER, N_CLAIM_NO, N_LINE_NO, N_SEQUENCE, N_ORDINAL = range(9)
N_SET_AT, N_SET_CLAIM_NO, N_SETS, N_ALIKE, N_SIZE = range(9, 14)  # of the set at hand; sets passed; may more be

# the parties in force: numbers, and bounds of texts
LEVEL, DOUBT, PERSON, TOP, ABOVE_20, ABOVE_22, BLOCKED, SUBSCRIBER_BIRTH, PATIENT_BIRTH = range(9)
PROVIDER_NAMED, PAYER_NAMED, SUBSCRIBER_NAMED, PATIENT_NAMED, PARTY_SIZE = range(9, 14)
NO_DOUBT, NO_SUBSCRIBER = 0, 1  # of DOUBT; more are named by the context
NOBODY, SUBSCRIBER, PATIENT = range(3)  # of PERSON
FILING, SUBSCRIBER_RELATION, PATIENT_RELATION, PAYER_QUALIFIER, PAYER_ID, PAYER_NAME = range(6)
SUBSCRIBER_LAST, SUBSCRIBER_FIRST, SUBSCRIBER_NUMBER, SUBSCRIBER_SEX = range(6, 10)
PATIENT_LAST, PATIENT_FIRST, PATIENT_NUMBER, PATIENT_SEX = range(10, 14)
PROVIDER_NAME, PROVIDER_QUALIFIER, PROVIDER_NUMBER, PROVIDER_TAXONOMY, SET_NO, GUIDE, PARTY_TEXTS = range(14, 21)

# the unit at hand
(U_MODE, U_PLAIN, U_CHARGE, U_SUM, U_SERVICES, U_OPENED, U_LINE, U_SEGMENT, U_DATED, U_DRUGS, U_PAID, U_OTHER_LINE,
 U_OTHER_A, U_OTHER_B, U_MARK, U_LEVEL, U_SIZE) = range(17)  # fmt: skip

# columns of the rows made; texts in the order of the schema
(C_ID, C_PLACE, C_FACILITY_QUALIFIER, C_FREQUENCY, C_ORIGINAL, C_PRIOR, C_PAYER_QUALIFIER, C_PAYER_ID, C_PAYER_NAME, C_FILING,
 C_MEMBER, C_RELATION, C_LAST, C_FIRST, C_SEX, C_NPI, C_TAXONOMY, C_BILLING_NAME, C_RENDERING, C_FACILITY, C_SET_NO,
 CLAIM_TEXTS) = range(22)  # fmt: skip
C_NO, C_CHARGE, C_BIRTH, C_SEGMENT, CLAIM_NUMBERS = range(5)
(B_QUALIFIER, B_CODE, B_MOD1, B_MOD2, B_MOD3, B_MOD4, B_DESCRIPTION, B_BASIS, B_PLACE, B_NDC, B_NDC_UNIT, B_PRESCRIPTION,
 B_CONTROL, B_NOTE, LINE_TEXTS) = range(15)  # fmt: skip
B_NO, B_CLAIM_NO, B_LX, B_CHARGE, B_UNITS, B_FROM, B_TO, B_QUANTITY, B_SEGMENT, LINE_NUMBERS = range(10)
O_PAYER, O_KIND, O_REASON, OTHER_TEXTS = range(4)
O_CLAIM_NO, O_LINE_NO, O_AMOUNT, O_SEQUENCE, OTHER_NUMBERS = range(5)

_LEVELS = {"20": 20, "22": 22, "23": 23}
_OTHER = 1  # any other level; which one, nobody asks
_JUMP = 1000  # numbers that may be left out before one is kept as text
_LONGEST = 9


class Marks(NamedTuple):
    """The separators of an interchange, and what each byte is."""

    sort: Any
    element: int
    component: int
    terminator: int


class Parties(NamedTuple):
    """The parties in force: numbers, bounds of texts, and the level of each HL01."""

    number: Any
    text: Any
    levels: Any


class Rows(NamedTuple):
    """Room for the rows of one window: bounds of texts ``[start or length, column, row]``, numbers ``[column, row]``;
    of lists, the bounds of their items and the number of items up to each row."""

    claim_text: Any
    claim: Any
    diagnosis: Any
    diagnosis_end: Any
    line_text: Any
    line: Any
    pointer: Any
    pointer_end: Any
    other_text: Any
    other: Any


class Scratch(NamedTuple):
    """Memory of the pass itself: the cuts of a segment, the unit at hand, and what was so when it began."""

    cuts: Any
    unit: Any
    counts: Any
    number: Any
    text: Any


class Levels(dict[str, str]):
    """HL03 by HL01, as a dict; plain numbers that grow are kept as bytes, all others as what they are."""

    def __init__(self) -> None:
        super().__init__()
        self.codes = bytearray(1)
        self.top = 0  # the greatest plain number

    def room(self, more: int) -> bytearray:
        """The codes by number, 0 where there is none, with room for so many numbers after the greatest."""
        need = self.top + 1 + more
        if len(self.codes) < need:
            self.codes = self.codes + bytearray(2 * need - len(self.codes))
        return self.codes

    def plain(self, number: str) -> int:
        """The number where it is written plainly and not far above the greatest, else 0."""
        if number.isascii() and number.isdigit() and number[0] != "0" and len(number) <= _LONGEST:
            value = int(number)
            return value if value <= self.top + _JUMP else 0
        return 0

    def __setitem__(self, number: str, level: str) -> None:
        value = 0 if super().__contains__(number) else self.plain(number)
        if not value:
            super().__setitem__(number, level)
            return
        self.room(_JUMP + 1)[value] = _LEVELS.get(level, _OTHER)
        self.top = max(self.top, value)

    def __contains__(self, number: object) -> bool:
        value = self.plain(number) if isinstance(number, str) else 0
        return bool(value and value < len(self.codes) and self.codes[value]) or super().__contains__(number)

    def get(self, number: str, default: str | None = None) -> str | None:  # type: ignore[override]
        """The level of an HL number, as a dict gives it."""
        value = self.plain(number)
        if value and value < len(self.codes) and self.codes[value]:
            code = self.codes[value]
            return str(code) if code != _OTHER else "other"
        return super().get(number, default)

    def irregular(self) -> Iterator[str]:
        """The numbers that are kept as text."""
        return super().__iter__()
