"""Drawn contracts and judged lines, and a second way to price them: plain Python, day after day, with its own arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa

from perdiem.engine.embedded import Engine
from perdiem.model.schema import CLAIM, LINE
from perdiem.pipeline.decide import decide  # noqa: F401  (its docstring is the shape of the decisions drawn here)
from perdiem.pricing.contract import Contract, read_contract
from perdiem.pricing.price import price_lines
from perdiem.pricing.rates import contract_tables

MONDAY = date(2024, 6, 3)
HEAD = "code,modifiers,unit,from,to,amount\n"
CENT = Decimal("0.01")
CONTRACT = """
[contract]
id = "drawn"
title = "Drawn"
payer_ids = ["P1"]
effective = 2024-01-01
until = 2024-12-31
lesser_of_charge = {lesser}

[[schedule]]
file = "rates.csv"

[[reduction]]
modifier = "SH"
percent = 50

[[reduction]]
modifier = "SJ"
percent = 0
"""


def contract(folder: Path, rates: str, *, lesser: bool = False, text: str = CONTRACT, more: str = "") -> Contract:
    """A contract of these rates, written and read."""
    (folder / "rates.csv").write_text(HEAD + rates, encoding="utf-8")
    file = folder / "contract.toml"
    file.write_text(text.replace("{lesser}", str(lesser).lower()) + more, encoding="utf-8")
    return read_contract(file)


@dataclass
class Judged:
    """One line as it comes out of the judgement: ``days`` says of each day whether it is paid, denied or pending."""

    code: str
    days: str  # one letter a day: p paid, d denied, w waiting; of a line that is paid whole one letter for all
    units: Decimal
    charge: Decimal
    modifiers: tuple[str, ...] = ()
    by_day: bool = True
    first: date = MONDAY
    span: int = 0  # of a line that is paid whole: its days
    verdict: str = ""
    parts: dict[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.verdict == "unedited":
            return
        if self.by_day:
            pay = min(self.units, Decimal(self.days.count("p")))
            pend = min(self.units - pay, Decimal(self.days.count("w")))
        else:
            pay = self.units if self.days == "p" else Decimal(0)
            pend = self.units if self.days == "w" else Decimal(0)
        self.parts = {"pay": pay, "pend": pend, "deny": self.units - pay - pend}
        told = [name for name, units in self.parts.items() if units]
        self.verdict = "pend" if pend else told[0] if len(told) == 1 else "partial" if told else "pay"

    @property
    def last(self) -> date:
        return self.first + timedelta((len(self.days) if self.by_day else self.span or 1) - 1)


def priced(lines: list[Judged], contracts: list[Contract], threads: int = 1) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the program makes of the lines: prices and arithmetic."""
    rows, decisions, judged = [], [], []
    for number, one in enumerate(lines, 1):
        mods = dict(zip(("mod1", "mod2", "mod3", "mod4"), one.modifiers, strict=False))
        rows.append({"line_no": number, "claim_no": 1, "lx": number, "code": one.code, "charge": one.charge, "units": one.units,
                     "from_date": one.first, "to_date": one.last, **mods})  # fmt: skip
        parts = {f"{name}_units": one.parts.get(name) for name in ("pay", "pend", "deny")}
        decisions.append({"line_no": number, "claim_no": 1, "verdict": one.verdict, "fold": "", "paid_by_day": one.by_day, **parts})
        if one.by_day:
            for at, letter in enumerate(one.days):
                day = one.first + timedelta(at)
                if letter != "p":
                    judged.append({"line_no": number, "first_day": day, "last_day": day, "denied": letter == "d"})
    units = pa.decimal128(18, 3)
    shapes = {
        "decision": pa.schema({"line_no": pa.int64(), "claim_no": pa.int64(), "verdict": pa.string(), "fold": pa.string(),
                               "paid_by_day": pa.bool_(), "pay_units": units, "pend_units": units, "deny_units": units}),
        "judged_day": pa.schema({"line_no": pa.int64(), "first_day": pa.date32(), "last_day": pa.date32(), "denied": pa.bool_()}),
    }  # fmt: skip
    claim = {
        "claim_no": 1,
        "claim_id": "C1",
        "charge": sum((one.charge for one in lines), Decimal()),
        "source": "drawn",
        "payer_id": "P1",
    }
    with Engine(threads=threads) as engine:
        engine.load("claim", pa.Table.from_pylist([claim], CLAIM.arrow.append(pa.field("payer", pa.string()))))
        engine.load("line", pa.Table.from_pylist(rows, LINE.arrow))
        engine.load("decision", pa.Table.from_pylist(decisions, shapes["decision"]))
        engine.load("judged_day", pa.Table.from_pylist(judged, shapes["judged_day"]))
        for name, table in contract_tables(contracts, {one.code for one in lines}).items():
            engine.load(name, table)
        price_lines(engine)
        found = engine.rows("select * from line_price order by line_no").to_pylist()
        return found, engine.rows("select * from price_step order by line_no, part, first_day").to_pylist()


Rates = dict[str, list[tuple[date, date, Decimal]]]


def by_hand(one: Judged, rates: Rates, lesser: bool) -> dict[str, Decimal] | None:
    """The money of a line with rates by unit: each unit at the rate of its day, kept as fractions until the line is whole."""
    share = Fraction(0) if "SJ" in one.modifiers else Fraction(1, 2) if "SH" in one.modifiers else Fraction(1)
    values = dict.fromkeys(("pay", "pend", "deny"), Fraction(0))
    left = dict(one.parts)
    for at, letter in enumerate(one.days) if one.by_day else ():
        part = {"p": "pay", "w": "pend", "d": "deny"}[letter]
        taken = min(left[part], Decimal(1))
        left[part] -= taken
        if taken:
            rate = rate_on(rates, one.code, one.first + timedelta(at))
            if rate is None:
                return None
            values[part] += Fraction(taken) * Fraction(rate) * share
    for part, units in left.items():
        if units:
            rate = rate_on(rates, one.code, one.last if one.by_day else one.first)
            if rate is None:
                return None
            values[part] += Fraction(units) * Fraction(rate) * share
    sums, upto, before, units = {}, Fraction(0), Decimal(0), Decimal(0)
    for part in ("pay", "pend", "deny"):
        upto += values[part]
        units += one.parts[part]
        money = half_up(upto)
        if lesser:
            money = min(money, half_up(Fraction(one.charge) * Fraction(units) / Fraction(one.units)) if one.units else one.charge)
        sums[part], before = money - before, money
    return sums


def rate_on(rates: Rates, code: str, day: date) -> Decimal | None:
    return next((amount for first, last, amount in rates.get(code, ()) if first <= day <= last), None)


def half_up(value: Fraction) -> Decimal:
    scaled = value * 100 + Fraction(1, 2)
    return Decimal(scaled.numerator // scaled.denominator).scaleb(-2).quantize(CENT, ROUND_HALF_UP)
