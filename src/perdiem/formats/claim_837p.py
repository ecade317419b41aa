"""Reads the claims of one 837P transaction set into the claim tables, segment by segment.

What a segment means depends on where it stands, so the reader holds one table of meanings for each place
(before a claim, in it, in its other payers, in its lines) and swaps them. A claim that cannot be read
leaves problems and one rejected row; the next goes on. Source: ASC X12N 005010X222A1 and A2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from perdiem.formats import faults
from perdiem.formats.columns import Shelf, Spot
from perdiem.formats.elements import cents
from perdiem.formats.line_837p import ServiceLines
from perdiem.formats.other_payer_837p import OtherPayers
from perdiem.formats.parties_837p import Parties
from perdiem.formats.x12 import Stretch

LONGEST_CLAIM_ID = 38  # characters, X12 element 1028
_LONGEST_SEGMENT = 4000  # characters; the longest an 837P can hold stays far below
_MOST_FAULTS = 20  # problem rows of one claim
_DIAGNOSES = frozenset({"ABK", "ABF", "BK", "BF"})
_PARTIES = frozenset({"85", "87", "PE", "IL", "PR", "QC"})  # NM101 that open a new loop 2010 once lines have begun
_EASE_EVERY = 2048  # claims between two looks at memory and two ticks
_BLANK = [""] * 20
_QUALIFIED = re.compile(r"[A-Z]{2}([!-/:-@\[-`{-~])[A-Z0-9]")  # the qualifier HC, any separator, a code

Tick = Callable[[int], None]
_Meanings = dict[str, Callable[[list[str]], None]]


def read_837p(stretch: Stretch, shelf: Shelf, tick: Tick | None = None) -> None:
    """Reads one 837P set: rows into the five tables of ``shelf``, never an exception.

    ``tick`` is called now and then with the number of segments of the set read so far.
    """
    Reader(stretch, shelf, tick).read()


class Reader:
    """Reads one 837P set, whole or fed piece by piece; ``open`` while a claim is being read."""

    def __init__(self, stretch: Stretch, shelf: Shelf, tick: Tick | None = None) -> None:
        self.stretch, self.shelf, self.tick = stretch, shelf, tick
        self.spot = Spot(shelf, stretch.first - 1)
        self.parties = Parties(self.spot)
        self.component = self.component_in_use()
        self.lines = ServiceLines(self.spot, shelf, self.component)
        self.others = OtherPayers(self.spot, shelf)
        self.claims = self.strays = 0
        self.open = False
        parties, lines, others = self.parties, self.lines, self.others
        always: _Meanings = {"HL": self.level, "CLM": self.claim}
        within: _Meanings = {
            **always, "LX": self.line, "SV1": lines.service, "SV2": self.other_service, "SV3": self.other_service,
        }  # fmt: skip
        self.before: _Meanings = {
            **always, "SBR": parties.subscription, "PAT": parties.relationship, "PRV": parties.specialty,
            "NM1": parties.name, "DMG": parties.birth, "SV1": self.stray,
        }  # fmt: skip
        self.in_claim: _Meanings = {
            **within, "REF": self.number, "HI": self.diagnosis, "NM1": self.name, "SBR": self.other_payer,
        }  # fmt: skip
        self.in_payer: _Meanings = {
            **within, "SBR": others.begin, "NM1": others.name, "AMT": others.amount, "CAS": others.adjustment,
        }  # fmt: skip
        self.in_line: _Meanings = {
            **within, "DTP": lines.date, "LIN": lines.drug, "CTP": lines.drug_quantity, "REF": lines.number,
            "NTE": lines.remark, "SVD": self.paid, "CAS": others.line_adjustment, "AMT": others.line_amount,
            "NM1": self.line_name, "SBR": self.lost_level, "HI": self.lost_claim,
        }  # fmt: skip
        self.means = self.before

    def read(self) -> None:
        """Reads the segments of the stretch."""
        self.feed(self.stretch.segments)
        self.finish(self.stretch.ending)

    def feed(self, segments: Iterable[str]) -> None:
        """Reads the next segments of the set."""
        spot, element = self.spot, self.stretch.element
        for segment in segments:
            spot.ordinal += 1
            parts = segment.split(element)
            act = self.means.get(parts[0])
            if act is not None:
                act(parts + _BLANK)
            if len(segment) > _LONGEST_SEGMENT:
                self.overlong()

    def finish(self, ending: str) -> None:
        """Ends the set: its last claim, and what can be told only now."""
        self.end_claim(ending)
        if self.strays:
            self.shelf.tell(
                self.stretch.first,
                "refused",
                f"{self.strays} service lines (SV1) of this set stand in no claim, so they are not judged: a CLM or an "
                "HL is missing or out of place. Repair the set and send it again.",
            )
        if not self.claims:
            self.shelf.tell(
                self.stretch.first,
                "refused",
                "This 837P set holds no claim (CLM), so there is nothing to judge. Ask for the whole file.",
            )

    def component_in_use(self) -> str:
        """The component separator: that of ISA16, unless the first SV1 plainly uses another."""
        stretch, start = self.stretch, "SV1" + self.stretch.element
        first = next((segment for segment in stretch.segments if segment.startswith(start)), "")
        other = _QUALIFIED.match(first, len(start))
        if other is None or other[1] in (stretch.component, stretch.element):
            return stretch.component
        self.spot.warn(faults.OTHER_COMPONENT, stretch.first)
        return other[1]

    def level(self, parts: list[str]) -> None:
        """HL: a new level ends the claim and forgets the parties below it."""
        self.end_claim()
        self.parties.hierarchy(parts)

    def claim(self, parts: list[str]) -> None:
        """CLM: ends the claim before it and begins one."""
        self.end_claim()
        self.open = True
        self.claims += 1
        if self.claims % _EASE_EVERY == 0:
            self.shelf.ease()
            if self.tick is not None:
                self.tick(self.spot.ordinal - self.stretch.first)
        self.means = self.in_claim
        self.marks = len(self.shelf.line.cells), len(self.shelf.other_payer.cells)
        self.lines.begin_claim()
        self.others.begin_claim()
        spot = self.spot
        self.at = spot.ordinal
        stated = parts[1].strip(" ")
        spot.claim_id = stated[:LONGEST_CLAIM_ID] or None
        self.charge = cents(parts[2].strip(" "))
        where = [bit.strip(" ") or None for bit in parts[5].split(self.component)]
        self.place, self.facility_qualifier, self.frequency = [*where, None, None][:3]
        self.original_ref: str | None = None
        self.prior_auth: str | None = None
        self.rendering_npi: str | None = None
        self.facility_name: str | None = None
        self.diagnoses: list[str] = []
        self.plain = True  # no NM1 yet: REF still speaks of the claim itself
        self.other_services = 0
        if not stated:
            spot.fault(faults.NO_CLAIM_ID)
        elif len(stated) > LONGEST_CLAIM_ID:
            spot.fault(faults.LONG_CLAIM_ID)
        if self.charge is None:
            spot.fault(faults.NO_CLAIM_CHARGE)
        elif self.charge < 0:
            spot.fault(faults.NEGATIVE_CLAIM_CHARGE)
        if self.parties.doubt:
            spot.fault(self.parties.doubt)

    def number(self, parts: list[str]) -> None:
        """REF of a claim: what it replaces (F8), or its prior authorisation (G1)."""
        kind = parts[1].strip(" ")
        if kind == "F8" and self.plain:
            self.original_ref = parts[2].strip(" ") or None
        elif kind == "G1" and self.plain:
            self.prior_auth = parts[2].strip(" ") or None

    def diagnosis(self, parts: list[str]) -> None:
        """HI: diagnoses in order."""
        for composite in parts[1:]:
            if composite:
                kind, _, rest = composite.partition(self.component)
                code = rest.split(self.component, 1)[0].strip(" ").replace(".", "").upper()
                if code and kind.strip(" ") in _DIAGNOSES:
                    self.diagnoses.append(code)

    def name(self, parts: list[str]) -> None:
        """NM1 of a claim: the rendering provider (2310B) or the service facility (2310C)."""
        self.plain = False
        entity = parts[1].strip(" ")
        if entity == "82":
            self.rendering_npi = parts[9].strip(" ") or None
        elif entity == "77":
            self.facility_name = parts[3].strip(" ") or None

    def other_payer(self, parts: list[str]) -> None:
        """SBR of a claim: another payer begins (2320)."""
        self.means = self.in_payer
        self.others.begin(parts)

    def line(self, parts: list[str]) -> None:
        """LX: a service line begins."""
        self.means = self.in_line
        self.lines.begin(parts)
        self.others.begin_line()

    def paid(self, parts: list[str]) -> None:
        """SVD of a line: what another payer paid for it (2430)."""
        self.others.paid(parts, self.lines.line_no)

    def line_name(self, parts: list[str]) -> None:
        """NM1 of a line: one that belongs to a level shows that the level was lost."""
        if parts[1].strip(" ") in _PARTIES:
            self.parties.name(parts)
            self.parties.lose()

    def lost_level(self, parts: list[str]) -> None:
        """A subscriber's segment inside a claim: a level was lost, so whose claims follow is not known."""
        self.parties.subscription(parts)
        self.parties.lose()

    def lost_claim(self, parts: list[str]) -> None:
        """A segment that shows that a CLM was lost."""
        self.spot.fault(faults.LOST_CLAIM)

    def other_service(self, parts: list[str]) -> None:
        """SV2 or SV3: a service of another kind of claim."""
        self.other_services += 1

    def stray(self, parts: list[str]) -> None:
        """A segment of a line that stands in no claim."""
        self.strays += 1

    def overlong(self) -> None:
        """A segment longer than any claim needs."""
        if self.open:
            self.spot.fault(faults.OVERLONG)
        else:
            self.spot.warn(faults.OVERLONG)

    def end_claim(self, ending: str = "closed") -> None:
        """Ends the claim that is open, if one is: rows, or problems and one rejected row."""
        if not self.open:
            return
        self.open, self.means = False, self.before
        spot, lines = self.spot, self.lines
        lines.end()
        if not lines.services:
            spot.fault(faults.OTHER_LINES if self.other_services else faults.NO_LINES, self.at)
        if ending != "closed":
            self._cut_short(ending)
        if spot.faults:
            self._reject()
        else:
            self._keep()
        spot.claim_id = None
        spot.faults = []

    def _cut_short(self, ending: str) -> None:
        if ending == "torn" or self.lines.charge != self.charge:
            self.spot.fault(faults.CUT_SHORT, self.at)
        else:
            self.spot.warn(faults.NO_TRAILER, self.at)

    def _reject(self) -> None:
        spot, shelf, claim_id = self.spot, self.shelf, self.spot.claim_id
        shelf.line.cut_back(self.marks[0])
        shelf.other_payer.cut_back(self.marks[1])
        for at, fault in spot.faults[:_MOST_FAULTS]:
            shelf.tell(at, "rejected", fault, claim_id)
        more = len(spot.faults) - _MOST_FAULTS
        if more > 0:
            told = f"The claim has {more} more faults that are not listed. Correct these first."
            shelf.tell(self.at, "rejected", told, claim_id)
        shelf.set_aside(self.at, claim_id, self.charge or 0, self.lines.services)

    def _keep(self) -> None:
        parties, spot, stretch = self.parties, self.spot, self.stretch
        payer, provider, patient = parties.payer, parties.provider, parties.treated
        if self.lines.charge != self.charge:
            spot.warn(faults.SUM_DIFFERS, self.at)
        if not parties.subscriber.number:
            spot.warn(faults.NO_MEMBER, self.at)
        if parties.level == "23" and not patient.named:
            spot.warn(faults.NO_PATIENT, self.at)
        if not payer.number and not payer.name:
            spot.warn(faults.NO_PAYER, self.at)
        self.shelf.claim.add(
            (
                len(self.shelf.claim) + 1, spot.claim_id, self.charge,
                self.place, self.facility_qualifier, self.frequency,
                self.original_ref, self.prior_auth, payer.qualifier, payer.number, payer.name, parties.filing,
                parties.subscriber.number, parties.relation, patient.last, patient.first, patient.birth, patient.sex,
                provider.number, provider.taxonomy, provider.name, self.rendering_npi, self.facility_name,
                self.diagnoses, self.shelf.source, stretch.interchange or None, stretch.control or None, self.at,
            )
        )  # fmt: skip
