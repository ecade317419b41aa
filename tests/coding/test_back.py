"""From order to claim and back: 2,000 orders come back as they were, and whatever is changed on the way is found."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pytest

from perdiem.codes.book import open_book
from perdiem.coding.back import Billed, billed_lines, implied, meaning, ordered_lines
from perdiem.coding.choices import choices
from perdiem.coding.claims import claims_of
from perdiem.coding.differences import EFFECT, KIND, Difference, differences
from perdiem.coding.order import code_orders
from perdiem.model.errors import FormatError
from perdiem.model.order import Amount, Coded, Order, Schedule

COUNT = 2_000
BOOK = open_book()
ANTI_INFECTIVES = ("cefazolin", "ceftriaxone", "meropenem", "vancomycin", "ertapenem")
SCHEDULES = [
    *(Schedule(hours=h) for h in (3, 4, 6, 8, 12, 24, 36, 48, 72)),
    Schedule(days=7),
    Schedule(days=10),
    Schedule(months=1),
]
LITRES = ("0.8", "1", "1.5", "2", "2.4", "3", "3.5")
MODES = ("gravity", "pump", "bolus")


def amount(value: str, unit: str) -> Amount:
    return Amount(Decimal(value), unit)


def drawn(number: int, draw: random.Random) -> Order:
    """An order of one member: an anti-infective, nutrition by vein or tube, an enzyme, or immune globulin."""
    base = Order(
        f"O{number}", "", member_id=f"M{number}", payer=draw.choice(["bcbstx", ""]), place="12", diagnoses=("A419",), route="IV",
        first_day=date(2024, 6, 3) + timedelta(draw.randrange(90)), days=draw.randrange(1, 41),
    )  # fmt: skip
    sort = draw.randrange(8)
    if sort < 4:
        dose = amount(str(draw.randrange(1, 9) * 250), "mg")
        return replace(base, drug=draw.choice(ANTI_INFECTIVES), dose=dose, schedule=draw.choice(SCHEDULES))
    if sort == 4:
        return replace(base, drug="TPN", volume=amount(draw.choice(LITRES), "L"), schedule=Schedule(hours=24))
    if sort == 5:
        return replace(
            base, drug="B4150", route="enteral", method=draw.choice(MODES), dose=amount("1500", "kcal"), schedule=Schedule(hours=24)
        )
    if sort == 6:
        return replace(base, drug="J1786", dose=amount(str(draw.randrange(1, 9) * 400), "units"), schedule=Schedule(days=14))
    return replace(
        base, drug="J1569", dose=amount(str(draw.randrange(1, 9) * 5), "g"), schedule=Schedule(days=draw.choice([7, 10, 21]))
    )


@cache
def coded() -> Coded:
    draw = random.Random("orders and back")
    return code_orders([drawn(number, draw) for number in range(COUNT)], BOOK)


@cache
def claimed() -> tuple[Billed, ...]:
    """The lines of the claims that the orders become."""
    return tuple(billed_lines(claims_of(coded(), None)))


def test_orders_come_back_without_a_difference() -> None:
    assert len(coded().orders) == COUNT
    assert {line.order_id for line in coded().lines} == {order.order_id for order in coded().orders}
    assert differences(ordered_lines(coded()), claimed(), BOOK) == []


def test_what_a_claim_implies_is_what_was_ordered() -> None:
    by_member = {order.member_id: order for order in coded().orders}
    courses = {course.order_id: course for course in coded().courses}
    said: dict[str, set[str]] = {}
    for one in implied(claimed(), BOOK):
        order, course = by_member[one.member_id], courses[by_member[one.member_id].order_id]
        assert (one.first, one.last) == (course.days[0], course.days[-1])
        if one.role == "per diem":
            assert one.units == len(course.days)
            said.setdefault(one.family, set()).add(one.says)
            hours = order.schedule.interval if order.schedule and one.family == "anti-infective" else None
            if hours in (3, 4, 6, 8, 12, 24):
                assert one.says == f"every {hours} hours"
            if one.family == "enteral":
                assert one.says == order.method
    assert {"every 3 hours", "every 24 hours", "interval not stated"} <= said["anti-infective"]
    assert said["tpn"] == {"up to 1 L a day", "above 1 up to 2 L a day", "above 2 up to 3 L a day", "above 3 L a day"}
    assert said["enteral"] == set(MODES)


def test_the_dose_of_a_day_comes_back_where_its_units_are_whole() -> None:
    order = Order(
        "O1", "cefazolin", member_id="M1", dose=amount("2", "g"), schedule=Schedule(hours=8), first_day=date(2024, 6, 3), days=7
    )
    [drug] = [one for one in implied(ordered_lines(code_orders([order], BOOK)), BOOK) if one.role == "drug"]
    assert drug.dose_a_day == amount("6000", "mg")


def other_code(code: str) -> str | None:
    """Another per diem of the same family."""
    said = meaning(code, BOOK)
    rows = choices()["choice"]
    return next((row["code"] for row in rows if said and row["family"] == said.family and row["code"] != code), None)


def changes(lines: list[Billed], draw: random.Random) -> Iterator[tuple[str, list[Billed]]]:
    """Ways to spoil the lines of one member, each with what must be told of it."""
    therapies = [n for n, line in enumerate(lines) if meaning(line.code, BOOK)]
    drugs = [n for n, line in enumerate(lines) if n not in therapies]
    at = therapies[0]
    first = lines[at]
    if len(therapies) == 1:
        yield "missing therapy", lines[:at] + lines[at + 1 :]
        other = other_code(first.code)
        if other:
            about = {"anti-infective": "interval", "tpn": "volume", "enteral": "mode"}[meaning(first.code, BOOK).family]  # type: ignore[union-attr]
            yield about, [replace(first, code=other) if n == at else line for n, line in enumerate(lines)]
    yield "units", [replace(first, units=first.units + 1) if n == at else line for n, line in enumerate(lines)]  # type: ignore[operator]
    later = [replace(line, last=line.last + timedelta(draw.randrange(1, 5))) for line in lines if line.last]
    yield "days", later
    yield "extra therapy", [*lines, replace(first, code="S9338" if first.code != "S9338" else "S9357")]
    for n in drugs[:1]:
        if not lines[n].modifiers:
            yield "missing drug", [line for line in lines if line.code != lines[n].code]
            yield "extra drug", [*lines, replace(lines[n], code="J1335" if lines[n].code != "J1335" else "J0696")]


def test_a_planted_difference_is_always_found() -> None:
    draw = random.Random("planted")
    wanted: dict[str, list[Billed]] = {}
    for line in ordered_lines(coded()):
        wanted.setdefault(line.member_id, []).append(line)
    planted: dict[str, int] = {}
    for member in sorted(wanted)[::8]:
        for about, lines in changes(wanted[member], draw):
            told = differences(wanted[member], lines, BOOK)
            assert about in {one.about for one in told}, (member, about, told)
            planted[about] = planted.get(about, 0) + 1
    assert min(planted.values()) >= 10, planted
    assert set(planted) == {
        "missing therapy", "interval", "volume", "mode", "units", "days", "extra therapy", "missing drug", "extra drug"
    }  # fmt: skip


def test_a_difference_tells_both_sides_and_its_place() -> None:
    order = Order(
        "O1", "cefazolin", member_id="M1", dose=amount("2", "g"), schedule=Schedule(hours=8), first_day=date(2024, 6, 3), days=7
    )
    lines = list(ordered_lines(code_orders([order], BOOK)))
    spoiled = [replace(line, name="C1", code="S9501") if line.code == "S9502" else replace(line, name="C1") for line in lines]
    assert (KIND, EFFECT) == ("order", "advise")
    [told] = differences(lines, spoiled, BOOK)
    assert told == Difference(
        "M1", "interval", "S9502", "S9502, every 8 hours", "S9501, every 12 hours", ("O1",), ("C1",), told.cite
    )  # fmt: skip
    assert told.cite.place == "hcpcs-2025, official name of S9502"


def test_therapies_are_paired_by_their_drugs_before_their_codes() -> None:
    """Two therapies ordered and one billed: the one whose drug is billed has another interval, the other is missing."""
    week = {"member_id": "M1", "first_day": date(2024, 6, 3), "days": 7, "route": "IV"}
    cefazolin = Order("O1", "cefazolin", dose=amount("2", "g"), schedule=Schedule(hours=6), **week)
    ertapenem = Order("O2", "ertapenem", dose=amount("1", "g"), schedule=Schedule(hours=24), **week)
    wanted = list(ordered_lines(code_orders([cefazolin, ertapenem], BOOK)))
    billed = replace(cefazolin, schedule=Schedule(hours=8))
    lines = [replace(line, name="C1") for line in ordered_lines(code_orders([billed], BOOK))]
    told = {one.about: one for one in differences(wanted, lines, BOOK) if one.about in ("interval", "missing therapy")}
    assert told["interval"].ordered.startswith("S9503")
    assert told["interval"].billed.startswith("S9502")
    assert told["missing therapy"].code == "S9500"


def test_what_cannot_be_billed_yet_is_told() -> None:
    open_order = Order("O1", "cefazolin", member_id="M1", dose=amount("2", "g"), first_day=date(2024, 6, 3), days=7)
    with pytest.raises(FormatError, match="cannot be billed yet: order O1 leaves open how often"):
        claims_of(code_orders([open_order], BOOK), None)
    whole = replace(open_order, schedule=Schedule(hours=8))
    with pytest.raises(FormatError, match=r"gives S9502, for which provider.toml has no charge. Answer .* charge for one unit"):
        claims_of(code_orders([whole], BOOK), {"J0690": Decimal(2)})
    both = code_orders([open_order, replace(whole, order_id="O2", member_id="M2")], BOOK)
    found = list[str]()
    claims_of(both, {}, faults=found)
    assert [fault.partition(", for")[0].partition(" how")[0] for fault in found] == [
        "order O1 leaves open", "order O1 gives S9494, J0690", "order O2 gives S9502, J0690"
    ]  # fmt: skip
    batch = claims_of(code_orders([whole], BOOK), {"J0690": Decimal(2), "S9502": Decimal("110.555")})
    assert [row["charge"] for row in batch.line.to_pylist()] == [Decimal("773.89"), Decimal("168.00")]
    assert batch.claim["charge"][0].as_py() == Decimal("941.89")
