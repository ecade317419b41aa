"""Units of drugs: the dose examples of the fact sheet, waste and its modifiers, codes that changed, products to choose."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perdiem.coding.amounts import in_unit, read_amount, unit_of
from perdiem.coding.waste import fill
from perdiem.model.order import Amount

from .orders import about, lines, one, told, units


@pytest.mark.parametrize(
    ("drug", "dose", "code", "expected"),
    [
        ("ceftriaxone", "2 g", "J0696", 8), ("daptomycin", "420 mg", "J0878", 420), ("meropenem", "1 g", "J2185", 10),
        ("pip-tazo", "4.5 g", "J2543", 4), ("ertapenem", "1 g", "J1335", 2), ("cefepime", "2 g", "J0692", 4),
        ("infliximab", "350 mg", "J1745", 35), ("gammagard", "30 g", "J1569", 60), ("hizentra", "20 g", "J1559", 200),
        ("5-FU", "3,800 mg", "J9190", 8), ("milrinone", "20 mg", "J2260", 4), ("dobutamine", "500 mg", "J1250", 2),
        ("epoprostenol", "1.5 mg", "J1325", 3), ("deferoxamine", "2 g", "J0895", 4),
        ("alpha-1 proteinase inhibitor", "4,200 mg", "J0256", 420), ("imiglucerase", "2,400 U", "J1786", 240),
        ("penicillin G", "20 million units", "J2540", 34), ("lipids", "50 g", "B4185", 5), ("J3480", "40 mEq", "J3480", 20),
    ],
)  # fmt: skip
def test_units_of_one_dose(drug: str, dose: str, code: str, expected: int) -> None:
    assert units(one(drug=drug, dose=dose, every="once"), code) == expected


def test_units_are_counted_for_each_dose_and_not_for_their_sum() -> None:
    assert told(one(drug="cefazolin", dose="2 g", every="8h", days=1))[1] == ("J0690", "", 12)
    assert told(one(drug="cefazolin", dose="2 g", every="8h", days=7)) == [("S9502", "", 7), ("J0690", "", 84)]
    assert units(one(drug="cefazolin", dose="1.2 g", every="8h", days=1), "J0690") == 9  # not 8: three doses of 3


@pytest.mark.parametrize(("first", "expected"), [("2024-06-03", ("J3370", "", 3)), ("2026-02-02", ("J3373", "", 125))])
def test_vancomycin_before_and_after_the_change(first: str, expected: tuple[str, str, int]) -> None:
    found = one(drug="vancomycin", dose="1.25 g", every="once", first=first)
    assert told(found)[-1] == expected
    assert "code" not in about(found)


def test_between_the_two_lists_the_code_is_asked_and_not_guessed() -> None:
    found = one(drug="vancomycin", dose="1.25 g", every="12h", first="2025-08-04", days=7)
    assert [code for code, _, _ in told(found)] == ["S9501"]
    assert "code" in about(found)


def test_a_course_across_a_change_is_cut_there() -> None:
    found = one(drug="hydromorphone", dose="2 mg", every="24h", first="2024-09-29", days=4)
    assert told(found)[1:] == [("J1170", "", 2), ("J1171", "", 40)]


def test_a_code_that_has_ended_is_asked_about() -> None:
    found = one(drug="J1170", dose="2 mg", every="24h", first="2024-09-30", days=2)
    assert told(found)[1:] == [("J1170", "", 1)]
    assert "J1171 followed it" in next(q.asks for q in found.questions if q.about == "code")


@pytest.mark.parametrize("drug", ["IVIG", "SCIG", "factor VIII", "oritavancin"])
def test_a_name_of_several_products_is_asked(drug: str) -> None:
    found = one(drug=drug, dose="30 g", every="10d", doses=3)
    assert "product" in about(found)
    assert not lines(found, "drug")
    assert sum(line.units or 0 for line in lines(found, "per diem")) == 3


def test_a_drug_that_nobody_knows_is_asked() -> None:
    found = one(drug="zorblaxin", dose="1 g", every="8h", days=7)
    assert not found.lines
    assert about(found) == {"drug"}


def test_a_dose_that_does_not_fit_the_unit_is_asked() -> None:
    found = one(drug="cefazolin", dose="10 mL", every="8h", days=7)
    assert told(found)[1] == ("J0690", "", None)
    assert "dose" in about(found)


@pytest.mark.parametrize(
    ("drug", "dose", "vials", "multi", "expected"),
    [
        ("infliximab", "350 mg", "100 mg", "", [("J1745", "", 35), ("J1745", "JW", 5)]),
        ("daptomycin", "95 mg", "100 mg", "", [("J0878", "", 95), ("J0878", "JW", 5)]),
        ("amikacin", "70 mg", "100 mg", "", [("J0278", "JZ", 1)]),
        ("amikacin", "150 mg", "100 mg", "", [("J0278", "JZ", 2)]),
        ("ceftriaxone", "2 g", "1 g", "", [("J0696", "JZ", 8)]),
        ("infliximab", "350 mg", "100 mg", "yes", [("J1745", "", 35)]),
        ("daptomycin", "420 mg", "350 mg;500 mg", "", [("J0878", "", 420), ("J0878", "JW", 80)]),
    ],
)
def test_waste_by_the_scenarios(drug: str, dose: str, vials: str, multi: str, expected: list[tuple[str, str, int]]) -> None:
    """Units left in single-dose containers: a line of their own, or nothing left, or neither for containers of several doses."""
    fields = {"multi_dose": multi} if multi else {}
    found = one(drug=drug, dose=dose, vials=vials, every="once", **fields)
    assert told(found)[1:] == expected


def test_nothing_left_is_not_told_before_its_first_day() -> None:
    assert told(one(drug="ceftriaxone", dose="2 g", vials="1 g", every="once", first="2023-06-30"))[1:] == [("J0696", "", 8)]
    assert told(one(drug="ceftriaxone", dose="2 g", vials="1 g", every="once", first="2023-07-01"))[1:] == [("J0696", "JZ", 8)]


def test_waste_is_counted_for_each_dose() -> None:
    assert told(one(drug="daptomycin", dose="420 mg", vials="500 mg", every="24h", days=7))[1:] == [
        ("J0878", "", 2940),
        ("J0878", "JW", 560),
    ]


amounts = st.builds(Amount, st.decimals(Decimal("0.1"), 5000, places=1), st.just("mg"))


@given(
    amounts,
    st.sampled_from(["10 mg", "500 mg", "0.1 mg", "1 g", "1.125 g"]),
    st.lists(st.sampled_from([50, 100, 250, 350, 500]), min_size=1, max_size=3),
)
def test_containers_hold_the_dose_and_no_smaller_number_of_units_does(dose: Amount, unit: str, sizes: list[int]) -> None:
    basis = unit_of(unit)
    assert basis is not None
    vials = [Amount(Decimal(size), "mg") for size in sizes]
    filled = fill(dose, basis, vials)
    assert filled is not None
    one_unit = in_unit(basis, "mg")
    assert one_unit is not None
    assert one_unit * (filled.units - 1) < dose.value <= one_unit * filled.units
    held = sum((in_unit(size, "mg") or Decimal(0)) * n for size, n in filled.opened)
    assert held >= dose.value
    assert held - dose.value < min(sizes)  # one container fewer of the smallest size would not do
    assert filled.wasted == max(held // one_unit - filled.units, 0)


@pytest.mark.parametrize("text", ["2", "g", "2 bananas", "-1 g", "1,00 g", "1 g 2 g", "", "g 2"])
def test_no_amount(text: str) -> None:
    assert read_amount(text) is None


@given(st.decimals(Decimal("0.001"), 10**6, places=3), st.sampled_from([("g", "mg", 1000), ("mg", "mcg", 1000), ("L", "mL", 1000)]))
def test_conversion_is_exact_and_comes_back(value: Decimal, units_: tuple[str, str, int]) -> None:
    large, small, factor = units_
    there = in_unit(Amount(value, large), small)
    assert there == value * factor
    assert in_unit(Amount(there, small), large) == value
    assert in_unit(Amount(value, large), "kcal") is None
