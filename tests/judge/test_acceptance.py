"""The judge itself agrees with the shared acceptance claims (Medicare's C38 is part B and not judged here)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .judge import judge

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "claims.json"
CLAIMS = [c for c in json.loads(CASES.read_text()) if not c["policy"].startswith("medicare")] if CASES.exists() else []


@pytest.mark.skipif(not CASES.exists(), reason="the shared acceptance claims are not at hand")
def test_cases_are_read() -> None:
    assert CLAIMS


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["id"])
def test_judge_agrees_with_acceptance_claim(claim: dict[str, Any]) -> None:
    answers = judge([claim])
    at = {line["line"]: n for n, line in enumerate(claim["lines"])}
    for want in claim["expect"]:
        got = answers[0, at[want["line"]]]
        assert got["verdict"] == want["verdict"], (want, got)
        for units in ("pay_units", "deny_units", "pend_units"):
            if units in want:
                assert got[units] == want[units], (want, got)
        if want.get("carc"):
            reasons = {(a["group"], a["carc"], *a["rarc"]) for a in got["adjustments"]}
            assert (want["group"], want["carc"], want["rarc"]) in reasons, (want, got)
