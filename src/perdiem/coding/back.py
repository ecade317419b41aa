"""back: from billed lines to the orders that they imply - therapy, interval, volume or mode, days, and drug by the day.

A per diem code says what was ordered as far as its name does: an interval, a band of litres a day, or a way of giving. A drug
line says how much. What no line says (the times of the doses, on which days of a span they fall) is left out, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from perdiem.codes.book import Book
from perdiem.coding.amounts import unit_of
from perdiem.coding.choices import choices, cited
from perdiem.model.citation import Citation
from perdiem.model.order import Amount, Coded
from perdiem.model.schema import MODIFIERS, Batch


@dataclass(frozen=True)
class Billed:
    """One line that was billed, or that an order gives: what a claim shows of it. units are empty where nobody knows them yet."""

    name: str  # of its claim or order
    member_id: str
    code: str
    modifiers: tuple[str, ...]
    units: Decimal | None
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Meaning:
    """What a per diem code says: its family, and hours between doses, litres a day (above, up to), or a way of giving."""

    code: str
    family: str
    about: str  # interval, volume, mode, or therapy where the code says no more
    says: str
    cite: Citation


@dataclass(frozen=True)
class Implied:
    """The order that lines of one member under one code imply.

    role: per diem, drug or waste. units: summed; empty where one is not known. dose_a_day: units of a drug by the amount of its
    unit, spread over the days of its lines, such as 6000 mg; empty where that does not come out even. names: the claims or orders.
    """

    member_id: str
    role: str
    code: str
    family: str
    says: str
    units: Decimal | None
    first: date | None
    last: date | None
    dose_a_day: Amount | None
    names: tuple[str, ...]
    cite: Citation


def billed_lines(batch: Batch) -> Iterator[Billed]:
    """The lines of claims, in input order."""
    claims = {row["claim_no"]: row for row in batch.claim.select(["claim_no", "claim_id", "member_id"]).to_pylist()}
    for line in batch.line.to_pylist():
        claim = claims[line["claim_no"]]
        modifiers = tuple(line[name] for name in MODIFIERS if line[name])
        yield Billed(
            claim["claim_id"], claim["member_id"] or "", line["code"], modifiers, line["units"], line["from_date"], line["to_date"]
        )


def ordered_lines(coded: Coded) -> Iterator[Billed]:
    """The lines that orders give, in their order."""
    for line in coded.lines:
        yield Billed(line.order_id, line.member_id, line.code, line.modifiers, line.units, line.from_date, line.to_date)


def meaning(code: str, book: Book) -> Meaning | None:
    """What a per diem code says of the order; None where it is no per diem of a therapy."""
    rows: list[dict[str, Any]] = choices()["choice"]
    for at, row in enumerate(rows):
        if row["code"] == code:
            return Meaning(code, row["family"], *_said(row, rows[:at]), cited(row))
    therapy = next((t for t in book.therapies if code in t.per_diems), None)
    if therapy is None:
        return None
    return Meaning(code, therapy.family, "therapy", therapy.family, Citation(book.look_up(code).source, f"official name of {code}"))


def _said(row: dict[str, Any], before: list[dict[str, Any]]) -> tuple[str, str]:
    if "hours" in row:
        return "interval", f"every {row['hours']} hours"
    below = max((r["litres"] for r in before if r["family"] == row["family"] and "litres" in r), default=0)
    if "litres" in row:
        return "volume", f"above {below} up to {row['litres']} L a day" if below else f"up to {row['litres']} L a day"
    if row.get("more"):
        return "volume", f"above {below} L a day"
    if "mode" in row:
        return "mode", row["mode"]
    of_family = [r for r in choices()["choice"] if r["family"] == row["family"]]
    about = "interval" if any("hours" in r for r in of_family) else "volume" if any("litres" in r for r in of_family) else "mode"
    return about, f"{about} not stated"


def implied(lines: Iterable[Billed], book: Book) -> list[Implied]:
    """What the lines imply, one for each member, code and role, by member and code.

    Lines of one code are taken together whatever their modifiers of concurrency, so a span that was split is whole again. Lines
    that are neither a per diem of a therapy nor a drug are left out: supplies and visits follow from the therapy.
    """
    found: dict[tuple[str, str, str], list[Billed]] = {}
    discarded = choices()["waste"]["discarded"]
    for line in lines:
        role = "per diem" if meaning(line.code, book) else "drug" if book.look_up(line.code).drug_line else ""
        if role == "drug" and discarded in line.modifiers:
            role = "waste"
        if role:
            found.setdefault((line.member_id, line.code, role), []).append(line)
    return [_one(key, found[key], book) for key in sorted(found)]


def _days(lines: list[Billed]) -> set[date]:
    spans = [(line.first, (line.last - line.first).days) for line in lines if line.first and line.last]
    return {first + timedelta(n) for first, length in spans for n in range(length + 1)}


def _one(key: tuple[str, str, str], lines: list[Billed], book: Book) -> Implied:
    member_id, code, role = key
    units = None if any(line.units is None for line in lines) else sum((line.units or Decimal(0) for line in lines), Decimal(0))
    first = min((line.first for line in lines if line.first), default=None)
    last = max((line.last for line in lines if line.last), default=None)
    names = tuple(dict.fromkeys(line.name for line in lines))
    facts, said = book.look_up(code), meaning(code, book)
    if said is not None:
        return Implied(member_id, role, code, said.family, said.says, units, first, last, None, names, said.cite)
    family = facts.families[0] if facts.families else ""
    basis, days = unit_of(facts.unit_basis), len(_days(lines))
    each = (units * basis.value / days).normalize() if units is not None and basis and days else None
    dose = Amount(each, basis.unit) if each is not None and basis and each == round(each, 3) else None
    cite = Citation(facts.source, f"unit of {code}: {facts.unit_basis}")
    return Implied(member_id, role, code, family, facts.label, units, first, last, dose, names, cite)
