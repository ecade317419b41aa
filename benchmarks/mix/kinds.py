"""The kinds of claim, how often each is met, and the service lines of one week of each."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from mix.therapies import BESIDE, FLUIDS, FORMULAS, INFUSIONS, NUTRITION, Therapy

LATER = ("", "SH", "SJ")  # modifier of the first, second and third therapy of a day
THREE = 0.1  # share of concurrent claims with three therapies
BY_DAY = {"one therapy": 0.75, "concurrent": 0.3, "tpn": 0.7, "hydration": 0.7, "enteral": 0.2}
"""Share of claims that bill the drug day by day; the others bill it once for the week."""
VISITED = 0.5  # share of infusion claims with nursing visits on them


class Line(NamedTuple):
    """One service line; days are counted from the Monday of its week, the amount is in cents."""

    part: str  # per diem, drug, or other
    code: str
    modifier: str
    units: int
    cents: int
    first: int
    last: int
    ndc: str = ""


@dataclass(frozen=True, eq=False)
class Plan:
    """What a member receives each week: the lines of a claim without error. Equal plans are one object."""

    kind: str
    supplier: str
    lines: tuple[Line, ...]
    diagnoses: tuple[str, ...]


def draw(rng: random.Random) -> Plan:
    """One plan, its kind as often as KINDS says."""
    roll, kind = rng.random(), ""
    for kind, share, _ in KINDS:  # noqa: B007
        roll -= share
        if roll < 0:
            break
    return _MAKERS[kind](rng)


def _one(rng: random.Random) -> Plan:
    therapy = rng.choices(_INFUSION, _WEIGHT)[0]
    return _infusion("one therapy", (therapy,), rng)


def _concurrent(rng: random.Random) -> Plan:
    wanted = 3 if rng.random() < THREE else 2
    therapies: list[Therapy] = []
    while len(therapies) < wanted:
        one = rng.choice(BESIDE)
        if one.family not in {therapy.family for therapy in therapies}:
            therapies.append(one)
    return _infusion("concurrent", tuple(therapies), rng)


def _of(kind: str, therapies: Sequence[Therapy]) -> Callable[[random.Random], Plan]:
    return lambda rng: _infusion(kind, (rng.choice(therapies),), rng)


def _infusion(kind: str, therapies: tuple[Therapy, ...], rng: random.Random) -> Plan:
    doses = tuple(rng.choice(therapy.doses) for therapy in therapies)
    visits = rng.choice((1, 1, 2)) if kind != "enteral" and rng.random() < VISITED else 0
    return _plan(kind, therapies, doses, rng.random() < BY_DAY[kind], visits)


@cache
def _plan(kind: str, therapies: tuple[Therapy, ...], doses: tuple[int, ...], by_day: bool, visits: int) -> Plan:
    lines: list[Line] = []
    for therapy, dose, modifier in zip(therapies, doses, LATER, strict=False):
        days, first, last = len(therapy.days), therapy.days[0], therapy.days[-1]
        whole = last - first + 1 == days
        spans = [(first, last)] if whole else [(day, day) for day in therapy.days]
        for begin, end in spans:
            units = end - begin + 1
            lines.append(Line("per diem", therapy.per_diem, modifier, units, units * therapy.per_diem_cents, begin, end))
        for begin, end in spans if not by_day else [(day, day) for day in therapy.days]:
            units = (end - begin + 1) * dose
            amount, ndc = units * therapy.drug_cents, "" if by_day and days > 3 else therapy.ndc
            lines.append(Line("drug", therapy.drug, therapy.modifier, units, amount, begin, end, ndc))
    for visit in range(visits):
        lines += _visit(3 * visit)
    return Plan(kind, "pharmacy", tuple(lines), therapies[0].diagnoses)


def _visit(day: int, hours: int = 1) -> list[Line]:
    visit = Line("other", "99601", "", 1, 18000, day, day)
    return [visit, Line("other", "99602", "", hours, 8000 * hours, day, day)]


@cache
def _nursing(visits: int, hours: int) -> Plan:
    lines = [line for day in range(0, 2 * visits, 2) for line in _visit(day, hours)]
    return Plan("nursing", "nursing", tuple(lines), ("Z452", "A419"))


@cache
def _supplies(lumens: int) -> Plan:
    lines = (
        Line("per diem", ("S5498", "S5501")[lumens - 1], "", 7, 7 * 2900, 0, 6),
        Line("other", "A4216", "", 14 * lumens, 14 * lumens * 45, 0, 6),
        Line("other", "J1642", "", 70 * lumens, 70 * lumens * 12, 0, 6),
        Line("other", "A4221", "", 1, 2350, 0, 0),
        Line("other", "A6257", "", 2, 700, 0, 6),
    )
    return Plan("supplies", "pharmacy", lines, ("Z452",))


@cache
def _pump(cassettes: int) -> Plan:
    lines = (
        Line("other", "E0781", "RR", 1, 29500, 0, 6),
        Line("other", "A4222", "", cassettes, cassettes * 5200, 0, 6),
        Line("other", "K0552", "", cassettes, cassettes * 310, 0, 6),
        Line("other", "A4221", "", 1, 2350, 0, 6),
    )
    return Plan("pump", "equipment", lines, ("C250",))


_WEIGHT, _INFUSION = (list(column) for column in zip(*INFUSIONS, strict=True))
KINDS: tuple[tuple[str, float, Callable[[random.Random], Plan]], ...] = (
    ("one therapy", 0.70, _one),
    ("concurrent", 0.08, _concurrent),
    ("tpn", 0.08, _of("tpn", NUTRITION)),
    ("hydration", 0.04, _of("hydration", FLUIDS)),
    ("enteral", 0.04, _of("enteral", FORMULAS)),
    ("nursing", 0.03, lambda rng: _nursing(rng.choice((2, 3)), rng.choice((1, 2)))),
    ("supplies", 0.02, lambda rng: _supplies(rng.choice((1, 2)))),
    ("pump", 0.01, lambda rng: _pump(rng.choice((2, 7)))),
)
"""Every kind of claim, its share of all claims, and how its plan is drawn."""
_MAKERS = {kind: maker for kind, _, maker in KINDS}
