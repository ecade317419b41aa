"""Reads what other payers state for a claim or a line of an 837P: amounts paid, owed and adjusted.

Source: ASC X12N 005010X222A1, loops 2320 and 2330B (AMT, CAS, NM1*PR), 2430 (SVD, CAS, AMT).
"""

from __future__ import annotations

from perdiem.formats import faults
from perdiem.formats.columns import Shelf, Spot
from perdiem.formats.elements import cents

_PAYER_ID = 2  # the column of the other_payer table
_ADJUSTMENTS = range(2, 20, 3)  # CAS02, CAS05 ... CAS17: a reason, then its amount and quantity


class OtherPayers:
    """The other payer at hand; every method but begin_claim takes one split segment, padded."""

    def __init__(self, spot: Spot, shelf: Shelf) -> None:
        self.spot, self.shelf = spot, shelf
        self.begin_claim()

    def begin_claim(self) -> None:
        """Forgets the payers of the claim before."""
        self._mark = len(self.shelf.other_payer.cells)
        self._line: int | None = None
        self._payer: str | None = None
        self._paid = False

    def begin(self, parts: list[str]) -> None:
        """SBR of 2320: another payer; its id comes later, in 2330B."""
        self._mark = len(self.shelf.other_payer.cells)
        self._payer = None

    def name(self, parts: list[str]) -> None:
        """NM1 of 2330: the payer (PR) of the amounts since the SBR."""
        if parts[1].strip(" ") == "PR" and self._payer is None:
            self._payer = parts[9].strip(" ") or None
            cells = self.shelf.other_payer.cells
            for at in range(self._mark + _PAYER_ID, len(cells), 5):
                cells[at] = self._payer

    def begin_line(self) -> None:
        """A new line of the claim: no payer has stated anything for it yet."""
        self._paid = False

    def paid(self, parts: list[str], line: int | None) -> None:
        """SVD: what a payer paid for the line."""
        self._paid, self._line = True, line
        self._payer = parts[1].strip(" ") or None
        self._add("SVD", parts[2])

    def adjustment(self, parts: list[str]) -> None:
        """CAS: up to six reasons of one group, each with its amount."""
        group = parts[1].strip(" ")
        for at in _ADJUSTMENTS:
            reason = parts[at].strip(" ")
            if reason:
                self._add(f"{group}-{reason}", parts[at + 1])

    def line_adjustment(self, parts: list[str]) -> None:
        """CAS of 2430; without an SVD before it, it says nothing of any payer."""
        if self._paid:
            self.adjustment(parts)

    def amount(self, parts: list[str]) -> None:
        """AMT of 2320."""
        kind = parts[1].strip(" ")
        if kind:
            self._add(kind, parts[2])

    def line_amount(self, parts: list[str]) -> None:
        """AMT of 2430; the AMT of 2400 (tax, postage) is no other payer's."""
        if self._paid:
            self.amount(parts)

    def _add(self, kind: str, text: str) -> None:
        amount = cents(text.strip(" "))
        if amount is None:
            self.spot.warn(faults.BAD_OTHER_AMOUNT)
        self.shelf.other_payer.add((len(self.shelf.claim) + 1, self._line, self._payer, kind, amount))
