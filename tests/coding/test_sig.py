"""The sig's grammar: what each clause says, and that what is not understood is asked by name."""

from __future__ import annotations

from typing import Any

import pytest

from perdiem.coding.drugs import drug_names
from perdiem.coding.sig import read_schedule, read_sig
from perdiem.model.order import Amount, Schedule

from .orders import about, coded, told


def said(text: str, year: int | None = None) -> dict[str, Any]:
    sig = read_sig(text, drug_names(), year)
    assert not sig.asks, sig.asks
    return {k: v.said if isinstance(v, Schedule) else str(v) if isinstance(v, Amount) else v for k, v in sig.fields.items()}


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("cefazolin 2 g IV q8h x 7 days", {"dose": "2 g", "route": "IV", "schedule": "every 8 hours", "days": 7}),
        ("TPN 2 L nightly over 12 h", {"dose": "2 L", "schedule": "every day", "over": 12}),
        ("IVIG 30 g q10d x 3", {"dose": "30 g", "schedule": "every 10 days", "doses": 3}),
        ("ceftriaxone 1 g daily", {"dose": "1 g", "schedule": "every day"}),
        ("cefepime 2 grams TID", {"dose": "2 g", "schedule": "3 times a day"}),
        ("cefepime 2 g twice daily", {"dose": "2 g", "schedule": "2 times a day"}),
        ("meropenem 1 g QID for 2 weeks", {"dose": "1 g", "schedule": "4 times a day", "days": 14}),
        ("infliximab 350 mg weekly x 4 doses", {"dose": "350 mg", "schedule": "every 7 days", "doses": 4}),
        ("infliximab 350 mg every 8 weeks", {"dose": "350 mg", "schedule": "every 56 days"}),
        ("gamunex-c 40 g monthly for 3 months", {"dose": "40 g", "schedule": "every month", "months": 3}),
        ("ertapenem 1 g M-W-F", {"dose": "1 g", "schedule": "on Mon, Wed, Fri"}),
        ("ertapenem 1 g on Mon, Wed and Friday", {"dose": "1 g", "schedule": "on Mon, Wed, Fri"}),
        ("ertapenem 1 g q48h", {"dose": "1 g", "schedule": "every 48 hours"}),
        ("ertapenem 1 g every other day", {"dose": "1 g", "schedule": "every 2 days"}),
        ("morphine 2 mg/h continuous SC", {"rate": "2 mg", "schedule": "continuous", "route": "SC"}),
        ("pip-tazo 13.5 g 24 h infusion daily", {"dose": "13.5 g", "over": 24, "schedule": "every day"}),
        ("TPN 1.5 L/day", {"volume": "1.5 L"}),
        ("vancomycin 1.25 g in 250 mL NS q12h", {"dose": "1.25 g", "diluent": "250 mL NS", "schedule": "every 12 hours"}),
        ("infliximab 350 mg once from 100 mg vials", {"dose": "350 mg", "schedule": "once", "vials": (Amount(100, "mg"),)}),  # type: ignore[arg-type]
        ("heparin 5,000 units subcut BID", {"dose": "5000 units", "route": "SC", "schedule": "2 times a day"}),
        ("B4150 1500 kcal daily by gravity", {"dose": "1500 kcal", "schedule": "every day", "method": "gravity"}),
        ("hydration NS 1 L IV daily x 3 d", {"diluent": "NS", "dose": "1 L", "route": "IV", "schedule": "every day", "days": 3}),
        ("penicillin G 20 million units continuous", {"dose": "20 million units", "schedule": "continuous"}),
    ],
)  # fmt: skip
def test_clauses(text: str, fields: dict[str, Any]) -> None:
    found = said(text)
    found.pop("drug")
    assert found == fields


def test_days_with_and_without_a_year() -> None:
    text = "vancomycin 1.25 g in 250 mL NS q12h from 6/3 for 10 d"
    assert said(text, 2024)["first_day"].isoformat() == "2024-06-03"
    assert [what for what, _ in read_sig(text, drug_names()).asks] == ["first day"]
    assert said("cefazolin 2 g q8h from 6/3/24 to 6/9/24")["last_day"].isoformat() == "2024-06-09"
    assert [asks for _, asks in read_sig("cefazolin 2 g q8h from 2/30/2024", drug_names()).asks] == [
        "which day 2/30/2024 is: the calendar has none like it"
    ]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("cefazolin 2 g q8h prn", ["prn"]),
        ("cefazolin 2 g q4-6h", ["q4-6h"]),
        ("cefazolin 2 g q8h then 1 g q12h", ["then", "1", "g", "q12h"]),
        ("ertapenem 1 g three times a week", ["three", "times", "week"]),
        ("cefazolin 2 g q8h divided", ["divided"]),
        ("cefazolin two grams q8h", ["grams"]),
        ("cefazolin 2 g biweekly", ["biweekly"]),
    ],
)
def test_every_word_that_is_not_understood_is_asked(text: str, left: list[str]) -> None:
    asks = [asks for what, asks in read_sig(text, drug_names()).asks if what == "sig"]
    assert [word.split("'")[1] for word in asks][-len(left) :] == left


@pytest.mark.parametrize("words", ["prn", "divided over 5 days", "then stop", "(see note)"])
def test_nothing_is_counted_while_a_word_is_not_understood(words: str) -> None:
    found = coded({"sig": f"cefazolin 2 g q8h x 7 days {words}", "from": "2024-06-03", "visits": "2024-06-03=60"})
    assert [line.code for line in found.lines] == ["S9502", "J0690", "99601"]
    assert all(line.units is None and line.why.endswith("units wait for what is asked") for line in found.lines)
    assert "sig" in about(found)


def test_a_way_into_a_vein_is_understood_and_changes_nothing() -> None:
    assert told(coded({"sig": "cefazolin 2 g q8h x 7 days via PICC line", "from": "2024-06-03"})) == [
        ("S9502", "", 7),
        ("J0690", "", 84),
    ]


@pytest.mark.parametrize("text", ["cefazolin 2 g PO q8h x 7 days", "privigen 30 g SC weekly x 4", "hizentra 20 g IV weekly x 4"])
def test_a_route_that_the_drug_does_not_take_is_asked_and_nothing_is_coded(text: str) -> None:
    found = coded({"sig": text, "from": "2024-06-03"})
    assert not found.lines
    assert "route" in about(found)


@pytest.mark.parametrize("text", ["cefazolin 2 g q8h x 7", "cefazolin 2 g TID x 10", "cefazolin 2 g x 3"])
def test_doses_or_days_is_asked_where_it_matters(text: str) -> None:
    assert [what for what, _ in read_sig(text, drug_names()).asks] == ["length"]


@pytest.mark.parametrize("text", ["q", "7", "8 bananas", "q0h", "every", "8h 12h", "x 3", "daily 2 g"])
def test_no_schedule(text: str) -> None:
    assert read_schedule(text) is None


def test_fields_beat_the_sig_and_answer_its_questions() -> None:
    found = coded({"sig": "cefazolin 2 g IV q8h x 7", "from": "2024-06-03", "days": "7"})
    assert told(found) == [("S9502", "", 7), ("J0690", "", 84)]
    assert "length" not in about(found)
    assert told(coded({"sig": "cefazolin 2 g IV q8h x 7 days from 6/3", "dose": "1 g"}, year=2024)) == [
        ("S9502", "", 7),
        ("J0690", "", 42),
    ]
