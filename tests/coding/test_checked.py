"""What the coder writes passes the check of the payer's policy, or has the findings that the orders deserve."""

from __future__ import annotations

import io
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from judge.to_837 import to_837
from perdiem.model.order import Coded
from perdiem.pipeline.answer import answers
from perdiem.pipeline.check import check

from .orders import coded

DRUGS = [
    ("cefazolin", "2 g"), ("ceftriaxone", "1 g"), ("vancomycin", "1.25 g"), ("daptomycin", "420 mg"), ("infliximab", "350 mg"),
    ("privigen", "30 g"), ("morphine", "10 mg"), ("5-FU", "1 g"), ("milrinone", "20 mg"), ("furosemide", "40 mg"), ("TPN", "2 L"),
    ("normal saline", "1 L"), ("B4150", "1500 kcal"), ("hizentra", "20 g"), ("vedolizumab", "300 mg"), ("J7190", "2000 units"),
]  # fmt: skip
EVERY = ["3h", "4h", "6h", "8h", "12h", "24h", "36h", "48h", "72h", "daily", "weekly", "10d", "continuous", "M-W-F", "BID"]
DESERVED = {
    "nutrition-that-day": "no order names the products in the bag",
    "solution-purpose": "hydration beside another infusion",
    "not-together": "a general code beside one that states an interval",
    "same-day-twice": "a fourth therapy of the same code",
    "billed-twice": "one order given twice; the coder asks about it",
}

CEFAZOLIN = {"drug": "cefazolin", "dose": "2 g", "days": 1, "payer": "bcbstx", "pos": "12"}

one_order = st.builds(
    lambda drug, every, begin, days: {
        "drug": drug[0], "dose": drug[1], "every": every, "from": str(date(2024, 6, 3) + timedelta(days=begin)), "days": days,
        "payer": "bcbstx", "pos": "12",
    },
    st.sampled_from(DRUGS), st.sampled_from(EVERY), st.integers(0, 12), st.integers(1, 24),
)  # fmt: skip
members = st.lists(st.lists(one_order, min_size=1, max_size=4), min_size=1, max_size=12)


def as_claim(found: Coded, number: int) -> dict[str, Any]:
    """The complete lines as one compact claim of one member."""
    lines = [
        {
            "code": line.code,
            "mods": list(line.modifiers),
            "units": int(line.units or 0),
            "from": str(line.from_date),
            "to": str(line.to_date),
        }
        for line in found.lines
        if line.complete
    ]
    return {"id": f"O{number}", "member": f"M{number}", "pos": "12", "lines": lines}


def judged(claims: list[dict[str, Any]], *policy: str) -> list[dict[str, Any]]:
    return list(answers(check(["-"], stdin=io.BytesIO(to_837(claims).encode()), policy=policy)))


# no shrinking: each try is a whole check
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.reuse, Phase.generate])
@given(members)
def test_what_is_coded_passes_the_check(orders: list[list[dict[str, Any]]]) -> None:
    claims = [as_claim(coded(*some), number) for number, some in enumerate(orders, 1)]
    claims = [claim for claim in claims if claim["lines"]]
    if not claims:
        return
    for answer in judged(claims):
        for line in answer["lines"]:
            against = {finding["rule"] for finding in line["findings"] if finding["effect"] in ("deny", "pend")}
            assert against <= set(DESERVED), (line["code"], line["modifiers"], line["findings"])
            assert line["verdict"] == "pay" or against


@settings(max_examples=100, deadline=None)
@given(st.lists(one_order, min_size=2, max_size=5))
@example([CEFAZOLIN | {"every": "3h", "from": "2024-06-03"}, CEFAZOLIN | {"every": "M-W-F", "from": "2024-06-04"}])
def test_each_day_has_one_therapy_without_modifier_and_one_second(orders: list[dict[str, Any]]) -> None:
    """On each day of a member the therapies stand in the orders' order: none, second, third and so on; nothing is lost."""
    by_day: defaultdict[date, list[str]] = defaultdict(list)
    found = coded(*orders)
    for line in found.lines:
        if line.role == "per diem" and not line.days:  # no infusion falls into the course: asked, and nothing counted
            assert line.units is None
            assert ("schedule", line.order_id) in {(question.about, question.order_id) for question in found.questions}
        elif line.role == "per diem":
            assert line.units == len(line.days) == ((line.to_date or date.max) - (line.from_date or date.max)).days + 1
            for day in line.days:
                by_day[day].append(" ".join(line.modifiers))
    for day, modifiers in by_day.items():
        assert modifiers == ["", "SH", "SJ", "SJ", "SJ"][: len(modifiers)], day
    courses = [course for course, order in zip(found.courses, found.orders, strict=True)]
    assert sum(len(course.days) for course in courses) == sum(map(len, by_day.values()))


def test_the_check_sees_what_the_coder_would_get_wrong() -> None:
    """The test above would fail: a unit too many, and a second therapy without its modifier."""
    week = {"from": "2024-06-03", "days": 7, "payer": "bcbstx", "pos": "12"}
    claim = as_claim(
        coded(
            {"drug": "cefazolin", "dose": "2 g", "every": "8h", **week},
            {"drug": "privigen", "dose": "30 g", "every": "daily", **week},
        ),
        1,
    )
    assert {line["verdict"] for line in judged([claim])[0]["lines"]} == {"pay"}
    claim["lines"][0]["units"] = 8
    claim["lines"][2]["mods"] = []
    assert [line["verdict"] for line in judged([claim])[0]["lines"]] == ["partial", "pay", "deny", "pay"]


def test_a_pump_claim_of_medicare_passes() -> None:
    found = coded(
        {
            "drug": "milrinone", "rate": "0.9 mg/h", "every": "continuous", "from": "2024-06-03", "days": 14,
            "payer": "medicare-dme", "pump": "E0781 RR", "attested": "KX", "vials": "20 mg", "pos": "12",
        }
    )  # fmt: skip
    claim = {**as_claim(found, 1), "payer": {"id": "18003", "name": "CGS DME MAC"}}
    answer = judged([claim], "medicare-external-infusion-pumps")[0]
    assert [line["verdict"] for line in answer["lines"]] == ["pay"] * 5
