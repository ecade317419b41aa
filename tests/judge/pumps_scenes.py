"""Scenes that a generated claim to a DME MAC is put together from: pumps, their supplies and drugs, deliveries."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from . import material
from .scenes import length, put

Claim = dict[str, Any]

GENERAL = ["E0779", "E0780", "E0781", "E0791", "K0455"]
INSULIN = ["E0784", "E0787"]
IMPLANTED = ["E0782", "E0783", "E0785", "E0786"]
DISPOSABLE = ["A4305", "A4306", "A9274"]
DRUGS = ["J2260", "J1250", "J0895", "J9190", "J1559", "J3370", "J0690", "J2270", "J7799", "J1817", "J9999", "Q5103"]
OTHER_DRUGS = ["J0997", "S0199", "B4197", "B4150", "P9016", "J8499", "J3480", "S5000", "J1200", "B4185", "C9399", "J7356"]
OTHER_DRUGS += ["J1170", "J7682", "J2930"]
FLUIDS = ["J7030", "J7040", "J7050", "J7060", "J7070", "J7120", "J7131", "A4216", "A4217", "A4218"]
STRANGERS = ["E0776", "T1999", "S9500", "99601", "A4244", "J1642", "A9900", "B9004", "B4220", "G0069", "E1390", "A4212"]
OURS = [
    {"name": "CGS DME MAC JURISDICTION C", "id": "18003"},
    {"name": "CGS DME MAC JURISDICTION B", "id": "17013"},
    {"name": "NORIDIAN DME MAC JURISDICTION A", "id": "16013"},
    {"name": "NORIDIAN DME MAC JURISDICTION D", "id": "19003"},
]
OTHERS = [{"name": "AETNA", "id": "60054"}, material.OURS[0], {"name": "NOVITAS PART B", "id": "04412"}]


@dataclass
class Case:
    """One member's doings around one date; what coverage modifier its supplier usually adds."""

    rng: random.Random
    member: str
    base: date

    def day(self) -> date:
        return self.base + timedelta(self.rng.choice([0, 0, 0, 1, 3, 7, 14, -1, -5]))

    def span(self) -> tuple[date, date]:
        first = self.day()
        return first, first + timedelta(self.rng.choice([0, 0, 3, 6, 6, 6, 6, 7, 13, 13, 14, 27, 29]))

    def coverage(self) -> list[str]:
        roll = self.rng.random()
        if roll < 0.74:
            return ["KX"]
        if roll < 0.81:
            return []
        several = [["KX", "GA"], ["GY", "GZ"], ["KX", "GY"], ["GA", "GZ", "KX"], ["KX", "KX"], ["GX"], ["GY", "00"]]
        return self.rng.choice([["GA"], ["GZ"], ["GY"], self.rng.choice(several)])


def pump_line(e: Case, claim: Claim, code: str, own: list[str] | None = None) -> None:
    rng = e.rng
    if own is None:
        own = rng.choice([["RR"], ["RR"], ["RR"], ["RR"], ["NU"], ["UE"], [], ["RR", "NU"], ["RB"], ["RA"]])
    first = e.base + timedelta(rng.choice([0, 0, 0, 0, 0, -3, 5, -20, -29, -30, -31, -32, -60]))
    last = first + timedelta(rng.choice([0, 0, 0, 0, 6, 29, 30, 31, 39]))
    put(claim, code, 1, first, last, mods=[*own, *e.coverage()][:4])


def pump(e: Case, claim: Claim) -> None:
    rng = e.rng
    pump_line(e, claim, rng.choice([*GENERAL, *GENERAL, *INSULIN, rng.choice(IMPLANTED)]))


def second_pump(e: Case, claim: Claim) -> None:
    for _ in range(e.rng.choice([1, 2])):
        pump_line(e, claim, "K0455")


def beside_pump(e: Case, claim: Claim, code: str) -> None:
    """Mostly a bought pump that weekly supplies are for."""
    if e.rng.random() < 0.6:
        pump_line(e, claim, "E0784" if code == "A4224" else "E0781", ["NU"])


def weekly(e: Case, claim: Claim) -> None:
    """One or several spans, some shared."""
    rng = e.rng
    code = rng.choice(["A4221", "A4221", "A4224"])
    beside_pump(e, claim, code)
    first, last = e.span()
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        weeks = (length(first, last) + 6) // 7
        units = weeks if rng.random() < 0.6 else rng.choice([0, 1, 2, 3, 4, 5, weeks + 1, weeks + 0.5])
        put(claim, code, units, first, last, mods=e.coverage())
        first = first + timedelta(rng.choice([0, 3, 6, 7, 7]))
        last = max(first, last + timedelta(rng.choice([0, 3, 7, 7])))


def delivery(e: Case, claim: Claim) -> None:
    """Single dates: within four weeks or beyond, alone or added up."""
    rng, day = e.rng, e.day()
    code = rng.choice(["A4221", "A4221", "A4224"])
    beside_pump(e, claim, code)
    for _ in range(rng.choice([1, 1, 2, 3])):
        put(claim, code, rng.choice([1, 2, 2, 3, 4, 4, 5, 8]), day, day, mods=e.coverage())


def supplies(e: Case, claim: Claim) -> None:
    rng = e.rng
    for _ in range(rng.choice([1, 1, 2, 3])):
        first, last = e.span()
        code = rng.choice(["A4222", "A4222", "K0552", "A4225", "A4223", "A4221", "A4224", "A4226"])
        put(claim, code, rng.randint(1, 9), first, last, mods=e.coverage())


def drug(e: Case, claim: Claim, code: str = "") -> None:
    rng = e.rng
    first, last = e.span()
    code = code or rng.choice([*DRUGS, *DRUGS, *OTHER_DRUGS])
    waste = rng.choice([["JZ"], ["JZ"], ["JZ"], [], ["JW"], ["JW", "JZ"]])
    put(claim, code, length(first, last) * 4, first, last, mods=[*e.coverage(), *waste][:4])


def needs_k0455(e: Case, claim: Claim) -> None:
    rng = e.rng
    with_pump = rng.random()
    if with_pump < 0.5:
        pump_line(e, claim, "K0455")
    elif with_pump < 0.75:
        pump_line(e, claim, rng.choice(["E0781", "E0784", "E0779", "E0783"]))
    drug(e, claim, rng.choice(["J1325", "J3285"]))


def fluids(e: Case, claim: Claim) -> None:
    first, last = e.span()
    mods = e.rng.choice([[], [], ["KX"], ["JW", "JZ"], ["GY"]])
    put(claim, e.rng.choice(FLUIDS), length(first, last), first, last, mods=mods)


def cassettes_and_fluids(e: Case, claim: Claim) -> None:
    first, last = e.span()
    put(claim, "A4222", length(first, last), first, last, mods=e.coverage())
    if e.rng.random() < 0.3:
        first, last = e.span()
    put(claim, e.rng.choice(FLUIDS), length(first, last), first, last)


def therapy(e: Case, claim: Claim) -> None:
    """What belongs together: a pump, its weekly supplies, cassettes, the drug."""
    rng = e.rng
    insulin = rng.random() < 0.25
    if rng.random() < 0.8:
        code = rng.choice(INSULIN if insulin else GENERAL)
        pump_line(e, claim, code if rng.random() < 0.85 else rng.choice([*GENERAL, *INSULIN]))
    first, last = e.span()
    weeks = (length(first, last) + 6) // 7
    put(claim, "A4224" if insulin else "A4221", weeks, first, last, mods=e.coverage())
    if insulin:
        put(claim, "A4225", 4, first, last, mods=e.coverage())
    else:
        put(claim, rng.choice(["A4222", "A4222", "K0552"]), length(first, last), first, last, mods=e.coverage())
    mods = [*e.coverage(), rng.choice(["JZ", "JZ", "JW"])][:4]
    put(claim, "J1817" if insulin else rng.choice(DRUGS), 28, first, last, mods=mods)


def disposable(e: Case, claim: Claim) -> None:
    """A disposable device and its drug, with or without a pump beside it."""
    rng = e.rng
    first, last = e.span()
    put(claim, rng.choice(DISPOSABLE), 7, first, last, mods=rng.choice([[], ["GY"], ["KX"], ["GY", "KX"], ["GA"]]))
    if rng.random() < 0.8:
        drug(e, claim, rng.choice(["", "", "J7040", "J1325"]))
    if rng.random() < 0.2:
        pump(e, claim)


def insulin_sets(e: Case, claim: Claim) -> None:
    first, last = e.span()
    put(claim, e.rng.choice(["A4230", "A4231", "A4232"]), 10, first, last, mods=e.coverage())


def batteries(e: Case, claim: Claim) -> None:
    rng = e.rng
    if rng.random() < 0.6:
        pump_line(e, claim, rng.choice([*GENERAL, *INSULIN]), rng.choice([["RR"], ["RR"], ["NU"], ["NU", "RR"], []]))
    first, last = e.span()
    put(claim, rng.choice(["K0601", "K0602", "K0603", "K0604", "K0605"]), 2, first, last, mods=e.coverage())


def strangers(e: Case, claim: Claim) -> None:
    first, last = e.span()
    units = e.rng.choice([1, length(first, last), length(first, last) + 2, 2.5])
    put(claim, e.rng.choice(STRANGERS), units, first, last, mods=e.rng.choice([[], ["KX"], ["RR"]]))


SCENES: list[Callable[[Case, Claim], None]] = [
    *[therapy] * 7, *[pump] * 3, second_pump, second_pump, *[weekly] * 4, *[delivery] * 2, *[supplies] * 3, *[drug] * 2,
    *[needs_k0455] * 2, fluids, *[cassettes_and_fluids] * 3, *[disposable] * 2, insulin_sets, *[batteries] * 2, strangers,
]  # fmt: skip
