"""Reads the service lines of one 837P claim: LX, SV1, dates, drug, numbers and notes.

A line lies between two LX. It is read only with exactly one SV1 that names a code, a charge and units, and
with a date of service; anything less is a fault of the claim. Source: ASC X12N 005010X222A1, loops 2400, 2410.
"""

from __future__ import annotations

from perdiem.formats import faults
from perdiem.formats.columns import Shelf, Spot
from perdiem.formats.elements import cents, day, thousandths

LONGEST_SPAN = 731  # days of one line, two years with a leap day
_LONGEST_CODE = 48  # characters, X12 element 234


class ServiceLines:
    """The line at hand and its claim's sums; methods named in the reader's tables take one split segment, padded."""

    def __init__(self, spot: Spot, shelf: Shelf, component: str) -> None:
        self.spot, self.shelf, self.component = spot, shelf, component
        self.begin_claim()

    def begin_claim(self) -> None:
        """Forgets the lines of the claim before."""
        self.services = 0  # SV1 segments of the claim, also faulty ones
        self.charge = 0  # cents of all readable SV102
        self._numbers: set[int] = set()
        self._open = False
        self._opened = 0  # LX segments of the claim

    def begin(self, parts: list[str]) -> None:
        """LX: ends the line before and begins one."""
        self.end()
        self._open = True
        self._opened += 1
        self._at = self.spot.ordinal
        self._segment = 0  # of its SV1, 0 while there is none
        self._service: tuple[object, ...] = ()
        self._dates: tuple[str, str] | None = None
        self._span: tuple[int, int] | None = None
        self._ndc: str | None = None
        self._ndc_unit: str | None = None
        self._prescription: str | None = None
        self._control: str | None = None
        self._note: str | None = None
        self._ndc_quantity: int | None = None
        self._drugs = 0
        text = parts[1].strip(" ")
        if text.isascii() and text.isdigit() and len(text) <= 6:
            self._number = int(text)
            if self._number in self._numbers:
                self.spot.warn(faults.SAME_LX)
            elif self._number != self._opened:
                self.spot.warn(faults.SKIPPED_LX)
        else:
            self._number = self._opened
            self.spot.warn(faults.BAD_LX)
        self._numbers.add(self._number)

    @property
    def line_no(self) -> int | None:
        """The batch-wide number that the line at hand will get."""
        return len(self.shelf.line) + 1 if self._open else None

    def service(self, parts: list[str]) -> None:
        """SV1: what was done, charged, and how much of it."""
        self.services += 1
        if not self._open:
            self.spot.fault(faults.NO_LX)
            return
        if self._segment:
            self.spot.fault(faults.SECOND_SERVICE)
            return
        self._segment = self.spot.ordinal
        what = [bit.strip(" ") for bit in parts[1].split(self.component, 6)] + [""] * 6
        code = what[1].upper()
        if not code:
            self.spot.fault(faults.NO_CODE)
        elif len(code) > _LONGEST_CODE:
            self.spot.fault(faults.LONG_CODE)
        charge, units = cents(parts[2].strip(" ")), thousandths(parts[4].strip(" "))
        if charge is None:
            self.spot.fault(faults.NO_CHARGE)
        elif charge < 0:
            self.spot.fault(faults.NEGATIVE_CHARGE)
        else:
            self.charge += charge
        if units is None:
            self.spot.fault(faults.NO_UNITS)
        elif units < 0:
            self.spot.fault(faults.NEGATIVE_UNITS)
        pointers = [bit for raw in parts[7].split(self.component) if (bit := raw.strip(" "))]
        self._service = (
            what[0] or None,
            code,
            what[2].upper() or None,
            what[3].upper() or None,
            what[4].upper() or None,
            what[5].upper() or None,
            what[6] or None,
            charge,
            parts[3].strip(" ") or None,
            units,
            parts[5].strip(" ") or None,
            pointers or None,
        )

    def date(self, parts: list[str]) -> None:
        """DTP 472: the days of service; other dates are not kept."""
        if parts[1].strip(" ") != "472":
            return
        stated = parts[2].strip(" "), parts[3].strip(" ")
        if self._dates is None:
            self._dates = stated
            self._span = self._days(*stated)
        elif stated == self._dates:
            self.spot.warn(faults.SAME_DATE)
        else:
            self.spot.fault(faults.TWO_DATES)

    def drug(self, parts: list[str]) -> None:
        """LIN: the NDC."""
        self._drugs += 1
        if self._drugs > 1:
            self.spot.warn(faults.SECOND_DRUG)
        elif parts[2].strip(" ") == "N4":
            self._ndc = parts[3].strip(" ") or None

    def drug_quantity(self, parts: list[str]) -> None:
        """CTP: quantity and unit of the NDC."""
        value = parts[4].strip(" ")
        quantity = thousandths(value) if value else None
        if value and (quantity is None or quantity < 0):
            self.spot.fault(faults.NO_QUANTITY)
        elif self._drugs <= 1:
            self._ndc_quantity = quantity
            self._ndc_unit = parts[5].split(self.component)[0].strip(" ") or None

    def number(self, parts: list[str]) -> None:
        """REF: prescription (XZ) and the submitter's line number (6R)."""
        kind = parts[1].strip(" ")
        if kind == "XZ":
            self._prescription = parts[2].strip(" ") or None
        elif kind == "6R":
            self._control = parts[2].strip(" ") or None

    def remark(self, parts: list[str]) -> None:
        """NTE: several are joined by a space."""
        text = parts[2].strip(" ")
        if text:
            self._note = f"{self._note} {text}" if self._note else text

    def end(self) -> None:
        """Ends the line at hand: a row, or a fault of the claim."""
        if not self._open:
            return
        self._open = False
        if not self._segment:
            self.spot.fault(faults.NO_SERVICE, self._at)
        elif self._dates is None:
            self.spot.fault(faults.NO_DATE, self._segment)
        elif self._span is not None and not self.spot.faults:
            line, claim = len(self.shelf.line) + 1, len(self.shelf.claim) + 1
            drug = (self._ndc, self._ndc_quantity, self._ndc_unit, self._prescription, self._control, self._note)
            self.shelf.line.add((line, claim, self._number, *self._service, *self._span, *drug, self._segment))

    def _days(self, form: str, value: str) -> tuple[int, int] | None:
        if form == "D8":
            first = last = day(value)
        elif form == "RD8":
            start, _, stop = value.partition("-")
            first, last = day(start), day(stop)
        else:
            first = last = None
        if first is None or last is None:
            self.spot.fault(faults.BAD_DATE)
        elif last < first:
            self.spot.fault(faults.BACKWARD_SPAN)
        elif last - first >= LONGEST_SPAN:
            self.spot.fault(faults.LONG_SPAN)
        else:
            return first, last
        return None
