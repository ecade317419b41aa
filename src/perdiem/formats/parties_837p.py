"""Keeps who a claim of an 837P set is about: billing provider, subscriber, payer and patient, level by level.

Each HL forgets what its level says: a new billing provider (20) forgets the subscriber, a new subscriber
(22) the payer and the patient, a new patient (23) the patient before. Where the levels contradict each other
``doubt`` says so until the next subscriber, and the claims below are set aside: nothing of one member may
reach another.
Source: ASC X12N 005010X222A1, loops 2000A to 2010CA.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.formats import faults
from perdiem.formats.columns import Spot
from perdiem.formats.elements import day

_PARENT = {"22": "20", "23": "22"}


@dataclass(slots=True)
class Person:
    """A subscriber or patient: NM103, NM104, NM109, DMG02 as days since 1970-01-01, DMG03."""

    last: str | None = None
    first: str | None = None
    number: str | None = None
    birth: int | None = None
    sex: str | None = None
    named: bool = False


@dataclass(slots=True)
class Firm:
    """A billing provider or payer: NM103, NM108, NM109, and the taxonomy of a provider."""

    name: str | None = None
    qualifier: str | None = None
    number: str | None = None
    taxonomy: str | None = None
    named: bool = False


class Parties:
    """The parties in force at the segment the reader stands on; every method takes one split segment, padded."""

    def __init__(self, spot: Spot) -> None:
        self.spot = spot
        self.level = ""
        self.doubt = faults.NO_SUBSCRIBER
        self.provider, self.payer = Firm(), Firm()
        self.subscriber, self.patient = Person(), Person()
        self.filing: str | None = None
        self.subscriber_relation: str | None = None
        self.patient_relation: str | None = None
        self.described: Person | None = None  # whom a DMG would describe
        self.levels: dict[str, str] = {}  # HL01: HL03
        self.above: dict[str, str] = {}  # level: HL01 in force

    @property
    def relation(self) -> str | None:
        """PAT01 where the patient has a level of his own, else SBR02."""
        return self.patient_relation if self.level == "23" else self.subscriber_relation

    @property
    def treated(self) -> Person:
        """The patient of the level in force."""
        return self.patient if self.level == "23" else self.subscriber

    def hierarchy(self, parts: list[str]) -> None:
        """HL: a new level, and what it forgets."""
        number, parent, level = (part.strip(" ") for part in parts[1:4])
        self.level, self.described = level, None
        self.patient, self.patient_relation = Person(), None
        if level == "22":
            self.doubt = ""
        elif level != "23":
            self.doubt = faults.NO_SUBSCRIBER if level == "20" else faults.LOST_LEVEL
        if level != "23":
            self.above.pop("22", None)
            self.subscriber, self.payer = Person(), Firm()
            self.filing = self.subscriber_relation = None
        if level == "20" or (level not in _PARENT and not parent):
            self.provider = Firm()
        self._check_parent(parent, level)
        if number in self.levels:
            self.spot.warn(faults.SAME_LEVEL)
        self.levels[number] = level
        self.above[level] = number

    def lose(self) -> None:
        """A segment came that only follows an HL which is not there: the claims below cannot be attributed."""
        self.doubt = faults.LOST_LEVEL

    def subscription(self, parts: list[str]) -> None:
        """SBR of 2000B."""
        if self.level != "22":
            self.lose()
        self.subscriber_relation = parts[2].strip(" ") or None
        self.filing = parts[9].strip(" ") or None

    def relationship(self, parts: list[str]) -> None:
        """PAT of 2000C; the PAT of 2000B states no relation."""
        if self.level == "23":
            self.patient_relation = parts[1].strip(" ") or None

    def specialty(self, parts: list[str]) -> None:
        """PRV of 2000A."""
        if parts[1].strip(" ") == "BI" and self.level not in _PARENT:
            self.provider.taxonomy = parts[3].strip(" ") or None

    def birth(self, parts: list[str]) -> None:
        """DMG of 2010BA or 2010CA, of whoever was named last."""
        if self.described is None:
            return
        value = parts[2].strip(" ")
        self.described.birth = day(value) if parts[1].strip(" ") == "D8" else None
        self.described.sex = parts[3].strip(" ") or None
        if value and self.described.birth is None:
            self.spot.warn(faults.BAD_BIRTH)

    def name(self, parts: list[str]) -> None:
        """NM1 before the claim: 85 billing provider, IL subscriber, PR payer, QC patient."""
        entity = parts[1].strip(" ")
        self.described = None
        if entity == "85":
            before, stated = self.provider, _firm(parts)
            if not before.named or (before.name, before.number) == (stated.name, stated.number):
                stated.taxonomy = before.taxonomy  # PRV comes before its NM1
            self.provider = stated
        elif entity == "PR":
            stated = _firm(parts)
            if self.payer.named and stated != self.payer:
                self.doubt = faults.TWO_PAYERS
            self.payer = stated
            if self.level != "22":
                self.lose()
        elif entity == "IL":
            self.subscriber = self._one_only(self.subscriber, _person(parts))
            if self.level != "22":
                self.lose()
        elif entity == "QC":
            self.patient = self._one_only(self.patient, _person(parts))

    def _one_only(self, before: Person, stated: Person) -> Person:
        self.described = stated
        if before.named and (before.last, before.first, before.number) != (stated.last, stated.first, stated.number):
            self.lose()
        return stated

    def _check_parent(self, parent: str, level: str) -> None:
        wanted = _PARENT.get(level)
        if wanted is None:
            return
        if self.levels.get(parent) != wanted:
            self.spot.warn(faults.BAD_PARENT)
        elif self.above.get(wanted) != parent:
            self.doubt = faults.OTHER_PARENT


def _person(parts: list[str]) -> Person:
    last, first, number = (parts[at].strip(" ") or None for at in (3, 4, 9))
    return Person(last, first, number, named=True)


def _firm(parts: list[str]) -> Firm:
    name, qualifier, number = (parts[at].strip(" ") or None for at in (3, 8, 9))
    return Firm(name, qualifier, number, named=True)
