"""The rulings' "Words": lines as sets of days, members, findings and the stages that may read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from . import codes as c

EFFECTIVE = date(2024, 4, 22)
# the printed order
ORDER = ["A20", "A1", "A16", "A3", "A24", "A17", "A12", "A4", "A5", "A6", "A7", "A13", "A19"]
ORDER += ["A9", "A18", "A11", "A10", "A8", "A15", "A2", "A14"]
STAGE = {"A12": 2, "A13": 3, "A9": 4, "A18": 4, "A11": 4, "A8": 4, "A15": 4, "A14": 5}  # all others: 1
NO_MODIFIER = {"00", "000"}


@dataclass(frozen=True)
class Finding:
    rule: str
    effect: str  # deny or pend
    reason: tuple[str, str, tuple[str, ...]] = ("", "", ())  # group, CARC, RARCs of a denial


def deny(rule: str, carc: str, rarc: str = "", group: str = "CO") -> Finding:
    return Finding(rule, "deny", (group, carc, (rarc,) if rarc else ()))


def pend(rule: str) -> Finding:
    return Finding(rule, "pend")


@dataclass(eq=False)
class Line:
    claim: Claim
    at: tuple[int, int]
    code: str
    mods: frozenset[str]
    units: Decimal
    first: date
    last: date
    pos: str
    ndc: str
    findings: dict[date, list[Finding]] = field(default_factory=dict)

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(n) for n in range((self.last - self.first).days + 1)]

    @property
    def days_in_force(self) -> list[date]:
        return [d for d in self.days if d >= EFFECTIVE]

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def find(self, day: date, finding: Finding) -> None:
        if self.claim.earlier:  # a finding never falls on a line of history
            return
        if day >= EFFECTIVE and finding not in self.findings.setdefault(day, []):
            self.findings[day].append(finding)

    def find_always(self, finding: Finding) -> None:
        for day in self.days_in_force:
            self.find(day, finding)

    def denied(self, day: date, through: int = 5) -> bool:
        return any(f.effect == "deny" and STAGE.get(f.rule, 1) <= through for f in self.findings.get(day, ()))

    def pending(self, day: date) -> bool:
        return not self.denied(day) and any(f.effect == "pend" for f in self.findings.get(day, ()))

    def denied_by(self, rules: str, day: date | None = None) -> bool:
        found = self.findings.get(day, []) if day else [f for fs in self.findings.values() for f in fs]
        return any(f.effect == "deny" and f.rule in rules.split() for f in found)


@dataclass(eq=False)
class Claim:
    at: int
    id: str
    of_payer: bool
    payer: str
    npi: str
    taxonomy: str
    member: tuple[Any, ...]
    frequency: str
    original: str
    lines: list[Line] = field(default_factory=list)
    withdrawn: bool = False
    earlier: bool = False  # of the history
    file: str = ""  # where it stands

    @property
    def by_code(self) -> bool:
        return any(c.home_infusion(line.code) for line in self.lines)

    @property
    def in_scope(self) -> bool:
        return self.of_payer and (self.by_code or self.taxonomy in ("3336H0001X", "251F00000X"))


@dataclass(eq=False)
class Member:
    """One member's lines, all claims of the payer, history first, then in input order.

    Those out of scope and those of history are seen but never judged. history: whether one was given, whatever it holds.
    """

    history: bool = False
    lines: list[Line] = field(default_factory=list)

    @property
    def judged(self) -> list[Line]:
        return [line for line in self.lines if line.claim.in_scope and not line.claim.earlier]

    def on(self, day: date) -> list[Line]:
        return [line for line in self.lines if line.holds(day)]
