"""Scenes that a generated claim is put together from: therapies with their drugs, and what is billed beside them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from . import book, material

Line = dict[str, Any]
Claim = dict[str, Any]


@dataclass
class Episode:
    rng: random.Random
    member: str
    base: date

    @property
    def dependents(self) -> list[dict[str, str]]:
        ann = {"last": "ROE", "first": "ANN", "birth": "2001-05-06", "sex": "F"}
        return [ann, ann, {**ann, "first": "BEN", "sex": "M"}, {**ann, "birth": "2003-01-02"}]

    def span(self) -> tuple[date, date]:
        rng = self.rng
        first = self.base + timedelta(rng.choice([0, 0, 0, 0, 2, 3, 7, 7, 10, -3]))
        return first, first + timedelta(rng.choice([0, 2, 4, 6, 6, 6, 6, 9, 13, 29]))

    def day(self) -> date:
        return self.base + timedelta(self.rng.choice([0, 0, 1, 2, 3, 5, 8]))

    def some(self) -> tuple[date, date]:
        """A short or full span, for what is billed beside a therapy."""
        if self.rng.random() < 0.5:
            day = self.day()
            return day, day
        return self.span()


def put(claim: Claim, code: str, units: float, first: date, last: date, **more: Any) -> Line:
    line = {"code": code, "mods": [], "units": units, "from": first.isoformat(), "to": last.isoformat()}
    line |= {"charge": round(37.25 + 11.5 * float(units), 2)} | more
    if len(claim["lines"]) < 45:
        claim["lines"].append(line)
    return line


def length(first: date, last: date) -> int:
    return (last - first).days + 1


def therapies(e: Episode, claim: Claim, claims: list[Claim]) -> None:
    """One to four per diems, often on the same days, with or without the concurrency modifiers."""
    rng = e.rng
    count = rng.choice([1, 1, 1, 1, 2, 2, 2, 3, 4])
    first, last = e.span()
    for n in range(count):
        if n and rng.random() < 0.25:
            first, last = e.span()
        family = rng.choice(list(material.THERAPIES)) if rng.random() < 0.55 else rng.choice(["anti-infective", "tpn"])
        codes, drugs = material.THERAPIES[family]
        code = rng.choice(codes)
        right = [["SH"], ["SJ"], ["SJ"]][n - 1] if n else []
        mods = right if rng.random() < 0.6 else rng.choice([[], [], ["SH"], ["SJ"], ["SH", "SJ"]])
        put(claim, code, material.units_of(rng, length(first, last)), first, last, mods=mods)
        if rng.random() < 0.06 and len(codes) > 1:
            put(claim, rng.choice(codes), length(first, last), first, last, mods=rng.choice([[], ["SH"]]))
        if drugs:
            supply_drug(e, claim, claims, rng.choice(drugs), first, last)
    if rng.random() < 0.05:  # the same per diem again on some of its days
        again = rng.choice(claim["lines"])
        later = date.fromisoformat(again["from"]) + timedelta(rng.randint(0, 4))
        put(claim, again["code"], 3, later, later + timedelta(2), mods=list(again["mods"]))


def supply_drug(e: Episode, claim: Claim, claims: list[Claim], drug: str, first: date, last: date) -> None:
    rng = e.rng
    mods = ["JB"] if rng.random() < 0.04 else ["JZ"] if rng.random() < 0.2 else []
    days = [first + timedelta(n) for n in range(length(first, last))]
    roll = rng.random()
    if roll < 0.46:
        put(claim, drug, len(days) * 4, first, last, mods=mods)
    elif roll < 0.54:  # part of the days
        a, b = sorted([rng.choice(days), rng.choice(days)])
        put(claim, drug, 8, a, b, mods=mods)
    elif roll < 0.62:  # one lone date, inside or before
        day = first + timedelta(rng.choice([0, 0, 0, 1, -1, -3, -7, -8, -12, len(days)]))
        put(claim, drug, 40, day, day, mods=mods)
        if rng.random() < 0.2:
            put(claim, drug, 10, day, day, mods=mods)
    elif roll < 0.72:  # sparse single dates
        for day in sorted(rng.sample(days, min(len(days), rng.choice([2, 3, 5, 7])))):
            put(claim, drug, 4, day, day, mods=mods)
    elif roll < 0.8:  # another drug: of no family, of another family, unknown
        other = rng.choice([material.NO_FAMILY, material.UNKNOWN_DRUG, ["J1745", "J2405", "J0690", "B4150", "P9016"]])
        a, b = (first, last) if rng.random() < 0.6 else (days[0], days[len(days) // 2])
        put(claim, rng.choice(other), 5, a, b)
        if rng.random() < 0.3:
            put(claim, drug, 4, days[-1], days[-1], mods=mods)
    elif roll < 0.85:
        put(claim, rng.choice(material.UNCLASSIFIED), 2, first, last)
    elif roll < 0.92:  # on another claim, if there is one
        elsewhere = rng.choice(claims)
        put(elsewhere, drug, 12, first, rng.choice(days), mods=mods)
    elif roll < 0.95:
        put(claim, rng.choice(material.FLUSHES), 10, first, last)
        if rng.random() < 0.2:
            put(claim, "J1642", 30, first, last)


def supplies(e: Episode, claim: Claim) -> None:
    first, last = e.some()
    put(claim, e.rng.choice(material.SUPPLIES), e.rng.randint(1, 9), first, last)


def equipment(e: Episode, claim: Claim) -> None:
    first, last = e.some()
    mods = e.rng.choice([["RR"], ["RR"], ["NU"], [], ["RB"], ["MS"], ["RR", "MS"]])
    put(claim, e.rng.choice(material.EQUIPMENT), 1, first, last, mods=mods)


def batteries(e: Episode, claim: Claim) -> None:
    put(claim, e.rng.choice(material.BATTERIES), 2, e.base, e.base)


def flushes(e: Episode, claim: Claim) -> None:
    first, last = e.some()
    put(claim, e.rng.choice(material.FLUSHES), 20, first, last)


def heparin_only(e: Episode, claim: Claim) -> None:
    first, last = e.span()
    put(claim, "S9372", length(first, last), first, last)
    put(claim, "J1642", 30, first, last)
    if e.rng.random() < 0.3:
        put(claim, e.rng.choice(["A4216", "J7040", "J1644", "A4222"]), 7, first, last)


def fluids(e: Episode, claim: Claim) -> None:
    first, last = e.some()
    put(claim, e.rng.choice(material.FLUIDS), length(first, last), first, last)


def hydration(e: Episode, claim: Claim) -> None:
    first, last = e.span()
    days, mods = length(first, last), e.rng.choice([[], [], ["SH"], ["SJ"]])
    put(claim, e.rng.choice(material.THERAPIES["hydration"][0]), days, first, last, mods=mods)
    put(claim, e.rng.choice(material.FLUIDS), days, first, last)


def tpn_parts(e: Episode, claim: Claim) -> None:
    rng = e.rng
    first, last = e.some()
    for _ in range(rng.randint(1, 3)):
        code = rng.choice(material.TPN_PARTS)
        put(claim, code, length(first, last), first, last, **({"ndc": "00264320055"} if rng.random() < 0.05 else {}))
    if book.products() and rng.random() < 0.5:
        ndc = rng.choice(sorted(book.products())) + rng.choice(["00", "01", "20"])
        put(claim, rng.choice(material.PRODUCT_CODES), 5, first, last, ndc=ndc)


def tpn(e: Episode, claim: Claim) -> None:
    first, last = e.span()
    put(claim, e.rng.choice(material.THERAPIES["tpn"][0]), length(first, last), first, last)
    tpn_parts(e, claim)
    if e.rng.random() < 0.3:
        put(claim, "J3480", 14, first, last)


def enteral(e: Episode, claim: Claim) -> None:
    first, last = e.some()
    mods = e.rng.choice([[], ["BO"], ["BA"]])
    put(claim, e.rng.choice(material.THERAPIES["enteral"][1]), 20, first, last, mods=mods)


def injectables(e: Episode, claim: Claim) -> None:
    rng = e.rng
    first, last = e.some()
    put(claim, rng.choice(material.INJECTABLE), 10, first, last)
    if rng.random() < 0.4:
        put(claim, "99601", 1, first, first)
    if rng.random() < 0.3:
        put(claim, rng.choice(material.INCIDENTAL), length(first, last), first, last)


def self_injected(e: Episode, claim: Claim) -> None:
    first, last = e.span()
    code, drug = e.rng.choice([("S9338", "J1559"), ("S9353", "J1817"), ("S9345", "J7192"), ("S9372", "J1650")])
    put(claim, code, length(first, last), first, last)
    put(claim, drug, 40, first, last, mods=e.rng.choice([[], ["JB"]]))


def not_infusion(e: Episode, claim: Claim) -> None:
    first, last = e.some()
    put(
        claim,
        e.rng.choice([*material.ORAL, *material.INHALED, *material.HYALURONATE, *material.TOPICAL]),
        3,
        first,
        last,
    )


def incidental(e: Episode, claim: Claim) -> None:
    first, last = e.some()
    put(claim, e.rng.choice(material.INCIDENTAL), length(first, last), first, last)


def nursing(e: Episode, claim: Claim) -> None:
    first = e.day()
    if e.rng.random() < 0.7:
        put(claim, "99601", 1, first, first + timedelta(e.rng.choice([0, 0, 0, 2])))
    if e.rng.random() < 0.7:
        put(claim, "99602", 2, first, first + timedelta(e.rng.choice([0, 0, 1])))


def asked(e: Episode, claim: Claim) -> None:
    first, last = e.some()
    put(claim, e.rng.choice(material.ASKED), length(first, last), first, last)


def maternity(e: Episode, claim: Claim) -> None:
    first, last = e.some()
    put(claim, e.rng.choice(material.MATERNITY), material.units_of(e.rng, length(first, last)), first, last)


def services(e: Episode, claim: Claim) -> None:
    first, last = e.some()
    put(claim, e.rng.choice(material.SERVICES), 2, first, last)


def code_life(e: Episode, claim: Claim) -> None:
    first, last = e.some()
    put(claim, e.rng.choice([*material.ENDED, *material.UNKNOWN]), 2, first, last)


def ended_drug(e: Episode, claim: Claim) -> None:
    first, last = e.span()
    code, drug = e.rng.choice([("S9326", "J1170"), ("S9490", "J2930"), ("S9327", "J1170")])
    put(claim, code, length(first, last), first, last)
    put(claim, drug, 10, first, last - timedelta(e.rng.randint(0, min(2, length(first, last) - 1))))


def strangers(e: Episode, claim: Claim) -> None:
    first, last = e.some()
    put(claim, e.rng.choice(material.STRANGERS), e.rng.choice([1, 2, 2.5]), first, last)


ADDITIONS: list[Callable[[Episode, Claim], None]] = [
    *[supplies] * 4, *[equipment] * 3, batteries, *[flushes] * 2, heparin_only, *[fluids] * 3, *[hydration] * 2,
    *[tpn_parts] * 2, *[tpn] * 2, enteral, *[injectables] * 3, self_injected, *[not_infusion] * 2, incidental,
    *[nursing] * 3, asked, maternity, *[services] * 2, code_life, ended_drug, strangers,
]  # fmt: skip
