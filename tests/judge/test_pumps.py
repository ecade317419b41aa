"""The judge of part B gives the answers worked out by hand; and its generator keeps its promises."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from .pumps import judge
from .pumps_cases import CASES, Row
from .pumps_generate import coverage, generate
from .pumps_rules import month_from
from .test_acceptance import CASES as ACCEPTANCE
from .to_837 import to_837


def as_text(answer: dict[str, Any]) -> str:
    reasons = [f"{x['group']}-{x['carc']} {' '.join(x['rarc'])} x{x['units']}" for x in answer["adjustments"]]
    units = "/".join(str(answer[f"{u}_units"]) for u in ("pay", "deny", "pend"))
    return " ".join([f"{answer['verdict']} {units}", *reasons])


@pytest.mark.parametrize(("claims", "history", "answers"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_answer(claims: list[Row], history: list[Row] | None, answers: list[str]) -> None:
    assert [as_text(a) for a in judge(claims, history).values()] == answers


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2024-06-03", "2024-07-02"),
        ("2024-01-31", "2024-02-28"),
        ("2023-01-31", "2023-02-27"),
        ("2023-01-29", "2023-02-27"),
        ("2024-12-31", "2025-01-30"),
        ("2024-02-29", "2024-03-28"),
    ],
)
def test_a_rental_month(first: str, last: str) -> None:
    assert month_from(date.fromisoformat(first)) == date.fromisoformat(last)


@pytest.mark.skipif(not ACCEPTANCE.exists(), reason="the shared acceptance claims are not at hand")
def test_judge_agrees_with_the_acceptance_claim() -> None:
    (shared,) = [c for c in json.loads(ACCEPTANCE.read_text("utf-8")) if c["policy"].startswith("medicare")]
    answers = judge([shared])
    for n, want in enumerate(shared["expect"]):
        got = answers[0, n]
        assert got["verdict"] == want["verdict"]
        assert got["pay_units"] == want.get("pay_units", got["pay_units"])
        reasons = [(a["group"], a["carc"], *a["rarc"]) for a in got["adjustments"]]
        assert reasons == ([(want["group"], want["carc"], want["rarc"])] if "carc" in want else [])


def test_generated_claims_keep_their_promises() -> None:
    claims = generate(7, 1200)
    assert claims == generate(7, 1200)
    assert len({c["id"] for c in claims}) == len(claims) == 1200
    for row in (row for c in claims for row in c["lines"]):
        assert 0 <= (date.fromisoformat(row["to"]) - date.fromisoformat(row["from"])).days < 75
        assert row["units"] >= 0
        assert len(row["mods"]) <= 4
    assert to_837(claims).count("~\nCLM*") == 1200


def test_every_ruling_fires() -> None:
    met, verdicts = coverage(generate(1, 2000))
    assert {name.split()[0] for name in met if met[name]} == {"A20", *(f"B{n}" for n in (1, 2, 3, 4, 5, 7, 8, 9, 10, 11))}
    assert min(met.values()) > 5
    assert all(verdicts[v] > 40 for v in ("pay", "partial", "deny", "pend", "unedited"))


def test_units_add_up() -> None:
    claims = generate(11, 1200)
    for (c, n), answer in judge(claims).items():
        if answer["verdict"] != "unedited":
            units = answer["pay_units"] + answer["deny_units"] + answer["pend_units"]
            assert units == claims[c]["lines"][n]["units"]
            assert sum(a["units"] for a in answer["adjustments"]) == answer["deny_units"]
