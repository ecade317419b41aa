"""Choices: the tables of library/coding - which code an interval, volume or mode takes, what a payer bills apart, and why."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from perdiem.codes.book import LIBRARY, Book
from perdiem.coding.amounts import in_unit, times
from perdiem.model.citation import Citation
from perdiem.model.order import Amount, Order, Schedule
from perdiem.policy.read import read_policies

Toml = Mapping[str, Any]


@dataclass(frozen=True)
class Choice:
    """A code for an order, why, and its source; asks: what is left open; fits: whether the order tells that it is this one."""

    code: str
    why: str
    cite: Citation
    asks: str = ""
    fits: bool = True


@cache
def choices() -> Toml:
    """``library/coding/choices.toml``."""
    return tomllib.loads((LIBRARY / "coding" / "choices.toml").read_text("utf-8"))


@cache
def payer_row(payer: str) -> Toml:
    """How a payer of the library is billed; the row without an id speaks for payers without one of their own."""
    rows: list[Toml] = choices()["payer"]
    return next((row for row in rows if row["id"] == payer), rows[-1])


@cache
def rule_citation(policy: str, rule: str) -> Citation:
    """Where a rule of a loaded policy stands."""
    return next(r.cite for p in read_policies() if p.id == policy for r in p.rules if r.id == rule)


def cited(row: Toml, code: str = "") -> Citation:
    """The place that a row names; a code's own row cites the official name of the code."""
    section = row.get("section") or f"official name of {code or row['code']}"
    return Citation(row["source"], section, row.get("line", 0), row.get("words", 0), row.get("fingerprint", ""))


def litres_a_day(order: Order) -> Decimal | None:
    """Litres of a day: the volume stated, else doses of a day times their volume; None where the order does not tell."""
    if order.volume is not None:
        return in_unit(order.volume, "L")
    if order.dose is None:
        return None
    litres, schedule = in_unit(order.dose, "L"), order.schedule
    if litres is None or schedule is None or schedule.months or (schedule.interval or 24) < 1:
        return None
    between = schedule.interval
    if between is not None and between < 24 and 24 % between:
        return None
    return in_unit(times(order.dose, Decimal(24 // between if between and between < 24 else schedule.times or 1)), "L")


def modes_of(order: Order) -> set[str]:
    """How it is given, in the words of the table: the method, continuous or intermittent, infusion or injection."""
    modes = {order.method} if order.method else set[str]()
    if _continuous(order.schedule) or (order.over is not None and order.over >= int(choices()["long_infusion"])):
        return modes | {"continuous", "infusion"}
    if order.schedule is not None and order.method not in ("injection", "implanted"):
        modes.add("intermittent")
    if order.over is not None or order.method == "pump":
        return modes | {"infusion"}
    return modes | {"injection"} if order.route in ("SC", "IM") else modes


def _continuous(schedule: Schedule | None) -> bool:
    return schedule is not None and schedule.continuous


def per_diem(order: Order, family: str, drug: str, book: Book) -> list[Choice]:
    """The per diem of a therapy for an order; none where no row fits, and several where the order must say which.

    family: a family of the book. drug: the drug's code, or empty. Every question stands in ``asks``.
    """
    rows = [row for row in choices()["choice"] if row["family"] == family]
    if not rows:
        therapy = next((t for t in book.therapies if t.family == family), None)
        codes = therapy.per_diems if therapy else ()
        asks = choices()["not_a_mode"].get(family, "which of them it is") if len(codes) > 1 else ""
        return [
            Choice(code, f"the per diem of {family}", Citation(book.look_up(code).source, _named(code)), asks) for code in codes
        ]
    found = _by_interval(order, rows) or _by_litres(order, rows) or _by_mode(order, rows) or _by_drug(drug, rows)
    if found:
        return [found]
    general = next((row for row in rows if row.get("general")), None)
    if general is not None:
        by_interval = any("hours" in row for row in rows)
        asks = "" if by_interval and order.schedule else general["asks"]  # an interval without a code of its own is no question
        return [Choice(general["code"], f"the general per diem of {family}: {_why_general(order, rows)}", cited(general), asks)]
    codes = tuple(dict.fromkeys(row["code"] for row in rows))
    asks = choices()["not_a_mode"][family]
    return [Choice(code, family, cited(next(r for r in rows if r["code"] == code)), asks, False) for code in codes]


def _named(code: str) -> str:
    return f"official name of {code}"


def _by_interval(order: Order, rows: list[Toml]) -> Choice | None:
    schedule = order.schedule
    if schedule is None or schedule.continuous or (order.over or 0) >= int(choices()["long_infusion"]):
        return None
    row = next((row for row in rows if row.get("hours") == schedule.interval and schedule.interval), None)
    return Choice(row["code"], f"{row['family']}, {schedule.said}", cited(row)) if row else None


def _by_litres(order: Order, rows: list[Toml]) -> Choice | None:
    bands = [row for row in rows if "litres" in row or row.get("more")]
    litres = litres_a_day(order) if bands else None
    if litres is None or litres <= 0:
        return None
    row = next((row for row in bands if "litres" in row and litres <= row["litres"]), bands[-1])
    return Choice(row["code"], f"{row['family']}, {litres:f} L a day", cited(row))


def _by_mode(order: Order, rows: list[Toml]) -> Choice | None:
    wanted = modes_of(order)
    row = next((row for row in rows if row.get("mode") in wanted), None)
    return Choice(row["code"], f"{row['family']}, {row['mode']}", cited(row)) if row else None


def _by_drug(drug: str, rows: list[Toml]) -> Choice | None:
    row = next((row for row in rows if drug in row.get("drugs", ())), None)
    return Choice(row["code"], f"{row['family']}, {drug}", cited(row)) if row else None


def _why_general(order: Order, rows: list[Toml]) -> str:
    if any("hours" in row for row in rows):
        return f"{order.schedule.said} has no code of its own" if order.schedule else "no interval is stated"
    if any("litres" in row for row in rows):
        return "no daily volume is stated"
    return "the order does not say how it is given"


def unit_citation(schedule: Schedule | None) -> Citation:
    """Which example shows how the units of a schedule are counted; the first where none is of that schedule."""
    table = choices()["units"]
    rows: list[Toml] = table["example"]
    months, hours = (schedule.months, schedule.interval) if schedule else (None, None)
    row = next((r for r in rows if (r.get("months") == months and months) or (r.get("hours") == hours and hours)), rows[0])
    return cited({**row, "source": table["source"], "section": table["section"]})


def amount_a_day(order: Order) -> Amount | None:
    """What a rate makes in a day."""
    return times(order.rate, Decimal(24)) if order.rate is not None else None
