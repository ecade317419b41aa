"""The shared acceptance claims through the command line: every line agrees."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from .command import NO_SHARED, SHARED, perdiem
from .test_shapes import check_answer

CASES = SHARED / "cases" / "claims.json"
CLAIMS = json.loads(CASES.read_text()) if CASES.exists() else []
pytestmark = pytest.mark.skipif(not CLAIMS, reason=NO_SHARED)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    spec = importlib.util.spec_from_file_location("build837", SHARED / "tools" / "build837.py")
    assert spec
    assert spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    file: Path = tmp_path_factory.mktemp("cases") / "cases.837"
    file.write_text(tool.interchange(CLAIMS))
    done = perdiem("check", file, "--format", "jsonl")
    assert done.status == 0, done.err
    return {answer["claim_id"]: answer for answer in done.answers}


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["id"])
def test_every_expected_line_agrees(claim: dict[str, Any], answers: dict[str, dict[str, Any]]) -> None:
    answer = answers[claim["id"]]
    check_answer(answer)
    lines = {said["line"]: said for said in answer["lines"]}
    for wanted in claim["expect"]:
        said = lines[wanted["line"]]
        assert said["verdict"] == wanted["verdict"], (wanted, said)
        for units in ("pay_units", "deny_units", "pend_units"):
            assert units not in wanted or said[units] == wanted[units], (wanted, said)
        if wanted.get("carc"):
            reasons = [(a["group"], a["carc"]) for a in said["adjustments"]]
            remarks = {r for a in said["adjustments"] for r in a["rarc"]}
            assert (wanted.get("group", "CO"), wanted["carc"]) in reasons, (wanted, said)
            assert not wanted.get("rarc") or wanted["rarc"] in remarks, (wanted, said)


def test_the_cases_are_many() -> None:
    assert len(CLAIMS) >= 15
    assert sum(len(claim["expect"]) for claim in CLAIMS) >= len(CLAIMS)
