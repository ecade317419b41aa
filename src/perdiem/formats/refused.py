"""Tells 837P sets from all others, and sets the claims of the others aside one by one.

Source: X12 transaction set and guide identifiers (ST01; ST03 or GS08).
"""

from __future__ import annotations

from collections.abc import Iterable

from perdiem.formats.claim_837p import LONGEST_CLAIM_ID
from perdiem.formats.columns import Shelf
from perdiem.formats.elements import cents
from perdiem.formats.x12 import Stretch, shown

_PROFESSIONAL = "005010X222"
CURRENT = (_PROFESSIONAL + "A1", _PROFESSIONAL + "A2")
_CLAIM_GUIDES = {
    "005010X222": "a professional claim of an addendum that this version does not know",
    "005010X223": "837I, institutional claims",
    "005010X224": "837D, dental claims",
    "004010X096": "837I of the old version 4010, institutional claims",
    "004010X097": "837D of the old version 4010, dental claims",
    "004010X098": "837P of the old version 4010, professional claims",
}
_SETS = {
    "270": "an eligibility question",
    "271": "an eligibility answer",
    "276": "a claim status question",
    "277": "a claim status answer",
    "278": "a request or answer on prior authorization",
    "820": "a premium payment",
    "834": "an enrollment",
    "835": "a remittance",
    "997": "an acknowledgment",
    "999": "an acknowledgment",
}


def is_837p(stretch: Stretch, shelf: Shelf) -> bool:
    """True for an 837 set of guide 005010X222, its addenda A1 or A2; plain 005010X222 is told as a warning."""
    if stretch.kind != "837":
        return False
    if stretch.guide == _PROFESSIONAL:
        shelf.tell(
            stretch.first,
            "warning",
            "The set names guide 005010X222 without its addendum A1, which trading partners require; it is read as A1.",
        )
        return True
    return stretch.guide in CURRENT


def set_aside(stretch: Stretch, shelf: Shelf) -> None:
    """Counts every claim (CLM) of a run that is not 837P as rejected, its SV1 as lines, and says once what it is."""
    aside = Aside(stretch, shelf)
    aside.feed(stretch.segments)
    aside.finish()


class Aside:
    """The counting of one such run, whole or fed piece by piece; ``open`` while a claim is being counted."""

    def __init__(self, stretch: Stretch, shelf: Shelf) -> None:
        self.stretch, self.shelf = stretch, shelf
        self._ordinal = stretch.first - 1
        self._claims = self._lines = self._charge = 0
        self._at = 0  # the CLM of the claim at hand, 0 while there is none
        self._claim_id: str | None = None

    @property
    def open(self) -> bool:
        """Whether a claim has begun that no later segment has ended."""
        return self._at > 0

    def feed(self, segments: Iterable[str]) -> None:
        """Counts the next segments of the run."""
        for segment in segments:
            self._ordinal += 1
            parts = segment.split(self.stretch.element, 3)
            if parts[0] == "SV1":
                self._lines += self.open
            elif parts[0] in ("CLM", "HL"):
                self.end_claim()
                if parts[0] == "CLM":
                    self._claims, self._at = self._claims + 1, self._ordinal
                    parts += ["", ""]
                    self._claim_id = parts[1].strip(" ")[:LONGEST_CLAIM_ID] or None
                    self._charge = cents(parts[2].strip(" ")) or 0

    def end_claim(self) -> None:
        """Ends the claim at hand, if there is one: one rejected row."""
        if self._at:
            self.shelf.set_aside(self._at, self._claim_id, self._charge, self._lines)
        self._at = self._lines = 0

    def finish(self, ending: str = "closed") -> None:
        """Ends the run, however it ends, and says once what it was."""
        self.end_claim()
        stretch, claims = self.stretch, self._claims
        if stretch.kind:
            self.shelf.tell(stretch.first, "refused", _about(stretch, claims))
        elif claims:
            self.shelf.tell(
                stretch.first,
                "refused",
                f"{claims} claims (CLM) stand outside any transaction set: an ST is missing or damaged, so their guide is "
                "unknown and they are set aside. Repair the ST and send them again.",
            )


def _about(stretch: Stretch, claims: int) -> str:
    count = f"all its claims ({claims}) are set aside" if claims else "nothing of it is judged"
    if stretch.kind == "837":
        known = _CLAIM_GUIDES.get(stretch.guide[:10])
        what = f"{known} ({shown(stretch.guide)})" if known else f"an 837 of unknown guide ({shown(stretch.guide)})"
        return f"This set is {what}; perdiem reads 837P 005010X222A1 and A2 only, so {count}. Give the 837P."
    what = _SETS.get(stretch.kind, "no claim file")
    rest = f", so {count}" if claims else ""
    return f"This set is {shown(stretch.kind)} ({what}); perdiem judges 837P claims{rest}. Give the 837P."
