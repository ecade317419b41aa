"""Per diems: the seven unit rows, every interval, every volume band, every mode of the rulings' part D."""

from __future__ import annotations

from typing import Any

import pytest

from .orders import about, coded, lines, one, told, units

ANTI_INFECTIVE = {"drug": "ceftriaxone", "dose": "1 g", "route": "IV"}


@pytest.mark.parametrize(
    ("every", "length", "code", "expected", "line"),
    [
        ("4h", {"days": 7}, "S9504", 7, 233),
        ("8h", {"days": 7}, "S9502", 7, 235),
        ("12h", {"days": 7}, "S9501", 7, 236),
        ("24h", {"days": 7}, "S9500", 7, 237),
        ("10d", {"days": 30}, "S9494", 3, 238),
        ("weekly", {"days": 7}, "S9494", 1, 239),
        ("weekly", {"days": 28}, "S9494", 4, 239),
        ("monthly", {"months": 1}, "S9494", 1, 240),
        ("monthly", {"months": 3}, "S9494", 3, 240),
    ],
)
def test_the_unit_rows(every: str, length: dict[str, int], code: str, expected: int, line: int) -> None:
    """The table of examples: however many doses, days are units; each line cites the row it follows."""
    found = one(**ANTI_INFECTIVE, every=every, **length)
    assert units(found, code) == expected
    assert {cite.line for one_line in lines(found, "per diem") for cite in one_line.also} == {line}


@pytest.mark.parametrize(
    ("every", "code", "expected", "general"),
    [
        ("3h", "S9497", 7, False), ("4h", "S9504", 7, False), ("6h", "S9503", 7, False), ("8h", "S9502", 7, False),
        ("12h", "S9501", 7, False), ("24h", "S9500", 7, False), ("daily", "S9500", 7, False), ("BID", "S9501", 7, False),
        ("TID", "S9502", 7, False), ("QID", "S9503", 7, False), ("continuous", "S9494", 7, True), ("36h", "S9494", 5, True),
        ("48h", "S9494", 4, True), ("72h", "S9494", 3, True), ("18h", "S9494", 7, True), ("M-W-F", "S9494", 3, True),
    ],
)  # fmt: skip
def test_intervals_of_anti_infectives(every: str, code: str, expected: int, general: bool) -> None:
    """An interval without a code of its own takes the general code, which the line says; with an interval nothing is open."""
    found = one(**ANTI_INFECTIVE, every=every, days=7)
    assert {line.code for line in lines(found, "per diem")} == {code}
    assert units(found, code) == expected
    assert all(("has no code of its own" in line.why) is general for line in lines(found, "per diem"))
    assert "therapy" not in about(found)
    assert "therapy" in about(one(**ANTI_INFECTIVE, days=7)), "without an interval the code itself is open"


def test_days_of_odd_intervals_are_those_on_which_an_infusion_starts() -> None:
    spans = {
        every: [(line.from_date.day, line.to_date.day) for line in lines(one(**ANTI_INFECTIVE, every=every, days=7), "per diem")]  # type: ignore[union-attr]
        for every in ("36h", "48h", "72h")
    }
    assert spans == {"36h": [(3, 4), (6, 7), (9, 9)], "48h": [(3, 3), (5, 5), (7, 7), (9, 9)], "72h": [(3, 3), (6, 6), (9, 9)]}


def test_without_an_interval_the_general_code_is_proposed_without_units() -> None:
    found = one(**ANTI_INFECTIVE, days=7)
    assert told(found) == [("S9494", "", None), ("J0696", "", None)]
    assert {"interval", "therapy"} <= about(found)


@pytest.mark.parametrize("missing", ["first", "days"])
def test_without_a_day_or_a_length_nothing_is_counted(missing: str) -> None:
    found = one(**ANTI_INFECTIVE, every="24h", **{"days": 7, missing: None})
    assert all(line.units is None for line in found.lines)
    assert {"first": "first day", "days": "length"}[missing] in about(found)


@pytest.mark.parametrize(
    ("volume", "tpn", "hydration"),
    [
        ("0.8 L", "S9365", "S9374"), ("1 L", "S9365", "S9374"), ("1000 mL", "S9365", "S9374"), ("1001 mL", "S9366", "S9375"),
        ("2 L", "S9366", "S9375"), ("2.1 L", "S9367", "S9376"), ("3000 mL", "S9367", "S9376"), ("3.5 L", "S9368", "S9377"),
        (None, "S9364", "S9373"),
    ],
)  # fmt: skip
def test_volume_bands(volume: str | None, tpn: str, hydration: str) -> None:
    for drug, code in (("TPN", tpn), ("hydration", hydration)):
        found = one(drug=drug, volume=volume, every="daily", days=7)
        assert told(found) == [(code, "", 7)]
        assert ("therapy" in about(found)) is (volume is None)


def test_the_volume_of_a_day_is_that_of_all_its_doses() -> None:
    found = one(drug="normal saline", dose="1 L", every="12h", days=5)
    assert told(found) == [("S9375", "", 5), ("J7030", "", 10)]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"drug": "morphine", "rate": "2 mg/h", "every": "continuous"}, "S9326"),
        ({"drug": "morphine", "dose": "48 mg", "every": "daily", "over": 24}, "S9326"),
        ({"drug": "morphine", "dose": "10 mg", "every": "4h"}, "S9327"),
        ({"drug": "ziconotide", "dose": "2 mcg", "every": "continuous", "method": "implanted"}, "S9328"),
        ({"drug": "morphine", "dose": "10 mg"}, "S9325"),
        ({"drug": "fluorouracil", "dose": "1 g", "every": "continuous"}, "S9330"),
        ({"drug": "5-FU", "dose": "3,800 mg", "every": "14d", "over": 46}, "S9330"),
        ({"drug": "cladribine", "dose": "9 mg", "every": "24h", "over": 2}, "S9331"),
        ({"drug": "J9190", "dose": "500 mg"}, "S9329"),
        ({"drug": "B4150", "dose": "1500 kcal", "every": "daily", "method": "gravity"}, "S9341"),
        ({"drug": "B4150", "dose": "1500 kcal", "every": "daily", "method": "pump"}, "S9342"),
        ({"drug": "B4150", "dose": "1500 kcal", "every": "continuous", "method": "pump"}, "S9342"),
        ({"drug": "B4150", "dose": "300 kcal", "every": "4h", "method": "bolus"}, "S9343"),
        ({"drug": "B4150", "dose": "1500 kcal", "every": "daily"}, "S9340"),
        ({"drug": "heparin", "rate": "1000 units/h", "every": "continuous"}, "S9336"),
        ({"drug": "enoxaparin", "dose": "40 mg", "every": "24h", "route": "SC"}, "S9372"),
        ({"drug": "ondansetron", "dose": "8 mg", "every": "8h", "over": "0.5"}, "S9351"),
        ({"drug": "metoclopramide", "dose": "10 mg", "every": "8h", "method": "injection"}, "S9370"),
        ({"drug": "J1817", "rate": "1 units/h", "every": "continuous"}, "S9353"),
        ({"drug": "privigen", "dose": "30 g", "every": "10d"}, "S9338"),
        ({"drug": "infliximab", "dose": "350 mg", "every": "weekly"}, "S9359"),
        ({"drug": "J7190", "dose": "2000 units", "every": "48h"}, "S9345"),
        ({"drug": "J0256", "dose": "4,200 mg", "every": "weekly"}, "S9346"),
        ({"drug": "imiglucerase", "dose": "2,400 units", "every": "14d"}, "S9357"),
        ({"drug": "epoprostenol", "dose": "1.5 mg", "every": "continuous"}, "S9347"),
        ({"drug": "milrinone", "dose": "20 mg", "every": "continuous"}, "S9348"),
        ({"drug": "deferoxamine", "dose": "2 g", "every": "daily"}, "S9355"),
        ({"drug": "furosemide", "dose": "40 mg", "every": "12h"}, "S9361"),
        ({"drug": "methylprednisolone", "dose": "1 g", "every": "24h"}, "S9490"),
        ({"drug": "terbutaline", "dose": "1 mg", "every": "continuous"}, "S9349"),
        ({"drug": "J0475", "dose": "10 mg", "every": "weekly", "method": "implanted"}, "S9363"),
        ({"drug": "P9016", "dose": "1 bag", "every": "once"}, "S9538"),
        ({"drug": "filgrastim", "dose": "300 mcg", "every": "daily", "route": "SC"}, "S9537"),
        ({"drug": "J2941", "dose": "1 mg", "every": "daily", "route": "SC"}, "S9558"),
        ({"drug": "J9214", "dose": "3 million units", "every": "M-W-F", "route": "SC"}, "S9559"),
        ({"drug": "J9217", "dose": "7.5 mg", "every": "monthly", "route": "IM"}, "S9560"),
        ({"drug": "vedolizumab", "dose": "300 mg", "every": "weekly"}, "S9379"),
        ({"drug": "catheter care", "every": "daily"}, "S5497"),
    ],
)
def test_modes_and_families(fields: dict[str, Any], code: str) -> None:
    assert {line.code for line in lines(one(**fields, days=14), "per diem")} == {code}


@pytest.mark.parametrize(("drug", "dose"), [("heparin", "5000 units"), ("ondansetron", "8 mg"), ("insulin for pump", "10 units")])
def test_infused_or_injected_is_asked_where_no_code_serves_both(drug: str, dose: str) -> None:
    found = one(drug=drug, dose=dose, every="12h", days=7, route="IV" if drug != "insulin for pump" else "SC")
    if drug == "insulin for pump":
        assert not lines(found, "per diem")
    assert "therapy" in about(found)
    assert not lines(found, "per diem")


def test_an_infusion_longer_than_a_day_counts_on_each_day_it_touches_and_is_asked_about() -> None:
    found = one(drug="5-FU", dose="3,800 mg", every="14d", over=46, doses=1)
    assert told(found) == [("S9330", "", 3), ("J9190", "", 8)]
    assert "times" in about(found)


def test_what_goes_into_the_bag_has_no_per_diem_of_its_own() -> None:
    bag = {"drug": "TPN", "volume": "2 L", "every": "daily", "from": "2024-06-03", "days": 7}
    lipid = {"drug": "intralipid", "dose": "50 g", "every": "daily", "from": "2024-06-03", "days": 7}
    assert told(coded(bag, lipid)) == [("S9366", "", 7), ("B4185", "", 35)]
    assert told(coded(lipid, bag)) == [("B4185", "", 35), ("S9366", "", 7)]
    alone = coded(lipid)
    assert told(alone) == [("B4185", "", 35)]
    assert "therapy" in about(alone)


def test_the_same_drug_in_two_orders_is_asked_about() -> None:
    first = {"drug": "cefazolin", "dose": "2 g", "every": "8h", "from": "2024-06-03", "days": 7}
    assert "order" in about(coded(first, first))
    assert "order" not in about(coded(first, {**first, "from": "2024-06-10"}))
