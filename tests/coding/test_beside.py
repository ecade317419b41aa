"""What stands beside the drug: supplies by payer, pumps, nurses' minutes, Medicare's visits, and what is said where nothing is."""

from __future__ import annotations

import pytest

from perdiem.coding.beside import further_hours
from perdiem.coding.choices import choices, unit_citation
from perdiem.model.order import Schedule
from perdiem.policy.citation import places, read_text

from .orders import MONDAY, about, lines, one, told


@pytest.mark.parametrize(
    ("minutes", "hours"),
    [
        (1, 0),
        (60, 0),
        (119, 0),
        (120, 0),
        (121, 0),
        (150, 0),
        (151, 1),
        (180, 1),
        (210, 1),
        (211, 2),
        (270, 2),
        (271, 3),
        (330, 3),
        (331, 4),
    ],
)
def test_minutes_of_a_visit(minutes: int, hours: int) -> None:
    assert further_hours(minutes) == hours
    found = one(drug="cefazolin", dose="2 g", every="8h", days=7, visits=f"{MONDAY}={minutes}")
    wanted = [("99601", "", 1)] + ([("99602", "", hours)] if hours else [])
    assert told(found)[2:] == wanted


def test_two_visits_of_a_day_stand_on_one_line() -> None:
    found = one(drug="cefazolin", dose="2 g", every="8h", days=7, visits=f"{MONDAY}=60;{MONDAY}=151;2024-06-05=90")
    assert told(found)[2:] == [("99601", "", 2), ("99602", "", 1), ("99601", "", 1)]


@pytest.mark.parametrize(
    ("drug", "dose", "route", "first", "later"),
    [
        ("milrinone", "20 mg", "IV", "G0088", "G0068"),
        ("hizentra", "20 g", "SC", "G0089", "G0069"),
        ("5-FU", "1 g", "IV", "G0090", "G0070"),
    ],
)
def test_visits_that_medicare_pays(drug: str, dose: str, route: str, first: str, later: str) -> None:
    fields = {"drug": drug, "dose": dose, "route": route, "every": "daily", "days": 7, "payer": "medicare-dme"}
    for said, code, units in (("yes", first, 6), ("no", later, 6), (None, later, None)):
        visit = f"{MONDAY}=90" + (f":first={said}" if said else "")
        found = one(**fields, visits=visit)
        assert [(line.code, line.units) for line in lines(found, "visit")] == [(code, units)]
        assert ("visit" in about(found)) is (said is None)


def test_one_visit_a_day_is_paid_and_uneven_minutes_are_asked() -> None:
    visits = f"{MONDAY}=60:first=no;{MONDAY}=100:first=no"
    found = one(drug="milrinone", dose="20 mg", every="daily", days=7, payer="medicare-dme", visits=visits)
    assert [(line.code, line.units) for line in lines(found, "visit")] == [("G0068", 7)]
    assert "minutes" in about(found)
    assert any(remark.about == "visits" for remark in found.remarks)


def test_supplies_inside_the_per_diem_are_not_billed_and_it_is_said_why() -> None:
    found = one(drug="cefazolin", dose="2 g", every="8h", days=7, payer="bcbstx", pump="E0781 RR")
    assert not lines(found, "supply")
    assert not lines(found, "pump")
    remark = next(remark for remark in found.remarks if remark.about == "supplies")
    assert remark.cite is not None
    assert (remark.cite.source, remark.cite.line) == ("003", 615)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"pump": "E0781 RR"}, [("E0781", "RR", 1), ("A4221", "", 2), ("A4222", "", 14)]),
        ({"pump": "E0779 RR", "method": "syringe"}, [("E0779", "RR", 1), ("A4221", "", 2), ("K0552", "", 14)]),
        ({"pump": "E0781 NU"}, [("E0781", "NU", 1), ("A4221", "", 2), ("A4222", "", 14)]),
        ({"pump": "E0781"}, [("E0781", "", None), ("A4221", "", 2), ("A4222", "", 14)]),
        ({"pump": "E0781 RR", "attested": "KX"}, [("E0781", "RR KX", 1), ("A4221", "KX", 2), ("A4222", "KX", 14)]),
        ({}, []),
        ({"pump": "E0607 RR"}, []),
    ],
)
def test_supplies_that_medicare_takes_apart(fields: dict[str, str], expected: list[tuple[str, str, int | None]]) -> None:
    found = one(drug="milrinone", dose="20 mg", every="daily", days=14, payer="medicare-dme", multi_dose="yes", **fields)
    assert told(found)[1:] == expected
    assert ("pump" in about(found)) is (not fields or fields["pump"] in ("E0781", "E0607 RR"))
    assert ("coverage" in about(found)) is ("attested" not in fields)
    assert not lines(found, "per diem")


def test_insulin_pumps_have_supplies_of_their_own() -> None:
    fields = {"drug": "J1817", "rate": "1 units/h", "every": "continuous", "days": 15, "payer": "medicare-dme", "pump": "E0784 RR"}
    assert told(one(**fields))[1:] == [("E0784", "RR", 1), ("A4224", "", 3), ("A4225", "", None)]
    found = one(**fields, cartridges=5)
    assert told(found)[1:] == [("E0784", "RR", 1), ("A4224", "", 3), ("A4225", "", 5)]


def test_rent_is_one_line_a_month() -> None:
    found = one(drug="milrinone", dose="20 mg", every="daily", days=40, payer="medicare-dme", pump="E0781 RR")
    assert [str(line.from_date) for line in lines(found, "pump")] == ["2024-06-03", "2024-07-03"]


@pytest.mark.parametrize(("first", "asked"), [("2022-12-01", False), ("2023-01-01", True)])
def test_coverage_is_asked_from_its_first_day(first: str, asked: bool) -> None:
    found = one(drug="milrinone", dose="20 mg", every="daily", days=7, payer="medicare-dme", pump="E0781 RR", first=first)
    assert ("coverage" in about(found)) is asked


def test_medicare_asks_for_the_containers() -> None:
    fields = {"drug": "milrinone", "dose": "20 mg", "every": "daily", "days": 7, "payer": "medicare-dme", "pump": "E0781 RR"}
    assert "vials" in about(one(**fields))
    assert "vials" not in about(one(**fields, vials="20 mg"))
    assert told(one(**fields, vials="20 mg"))[0] == ("J2260", "JZ", 28)


def test_under_the_skin_by_a_pump() -> None:
    fields = {"drug": "hizentra", "dose": "20 g", "every": "weekly", "days": 7, "payer": "medicare-dme", "pump": "E0779 RR"}
    assert told(one(**fields, route="SC", vials="10 g"))[0] == ("J1559", "JB JZ", 200)


def test_examples_are_where_they_are_cited(sources: dict[str, str]) -> None:
    text = read_text(sources["003"])  # type: ignore[arg-type]
    for row in choices()["units"]["example"]:
        found = places(text, row["words"], row["fingerprint"])
        assert row["line"] in {text.lines[at] for at in found}
    assert unit_citation(Schedule(hours=8)).line == 235
    assert unit_citation(Schedule(months=1)).line == 240
    assert unit_citation(Schedule(weekdays=(0,))).line == 233
