"""The engine and the judge of part B (Medicare's external infusion pumps) agree, with earlier claims at hand and without."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from judge.judge import judge as part_a
from judge.pumps import claim_of
from judge.pumps import judge as part_b
from judge.pumps_cases import CASES
from judge.pumps_generate import generate
from perdiem.policy.read import read_policies
from perdiem.store.history import open_history

from .claims import Claim, run_of
from .history import runs, write
from .test_judge_agrees import Both, differences, outcomes_of

POLICY = "medicare-external-infusion-pumps"


def opinion(claims: list[Claim], history: list[Claim] | None = None) -> dict[tuple[int, int], dict[str, Any]]:
    """Part B for claims to a DME MAC, part A for all others: the two payers' claims stand in one file."""
    pumps, home = part_b(claims, history), part_a(claims, history)
    medicare = [claim_of(at, claim).of_payer for at, claim in enumerate(claims)]
    return {(c, n): pumps[c, n] if medicare[c] else home[c, n] for c, n in home}


def judged(folder: Path, now: list[Claim], earlier: list[Claim] | None) -> Both:
    if earlier is None:
        return Both(now, run_of(now), opinion(now))
    write(folder / "earlier.837", earlier, 1)
    with open_history(folder / "earlier.837") as history:
        (run,) = runs([write(folder / "now.837", now, 2)], history)
    return Both(now, run, opinion(now, earlier))


def agree(both: Both) -> None:
    assert POLICY in {policy.id for policy in read_policies()}
    assert both.run.batch.problem.num_rows == 0
    apart = differences(both)
    assert not apart, f"{len(apart)} lines differ; the first:\n" + "\n".join(apart[:5])


@pytest.mark.parametrize(("seed", "count"), [(1, 2000), (2, 600), (3, 600)])
def test_engine_and_judge_agree_on_pumps(tmp_path: Path, seed: int, count: int) -> None:
    agree(judged(tmp_path, generate(seed, count), None))


def test_the_claims_meet_every_rule_and_outcome_for_pumps(tmp_path: Path) -> None:
    wanted, seen = outcomes_of(judged(tmp_path, generate(1, 2000), None), POLICY)
    assert wanted
    without = {"code-life.not_in_release"}  # no release is loaded here; the policy's cases draw one
    assert wanted - seen == without, "no generated claim gives these outcomes"


@pytest.mark.parametrize(("seed", "count"), [(11, 1200), (12, 600)])
def test_engine_and_judge_agree_on_pumps_with_history(tmp_path: Path, seed: int, count: int) -> None:
    rng = random.Random(f"pumps of old {seed}")
    claims = generate(seed, count)
    old = [rng.random() < 0.45 for _ in claims]
    now = [c for c, before in zip(claims, old, strict=True) if not before]
    agree(judged(tmp_path, now, [c for c, before in zip(claims, old, strict=True) if before]))


def test_history_reaches_as_far_back_whatever_else_is_billed(tmp_path: Path) -> None:
    """Each member alone, so that no other member's older claim opens the days in which history is looked for."""
    claims = [c for c in generate(21, 200) if c["payer"]["id"] == "18003"]
    members = [m for m, n in Counter(c["member"] for c in claims).items() if n > 1][:30]
    for n, member in enumerate(members):
        *earlier, now = (c for c in claims if c["member"] == member)
        folder = tmp_path / str(n)
        folder.mkdir()
        agree(judged(folder, [now], earlier))


@pytest.mark.parametrize(("claims", "history"), [c[1:3] for c in CASES], ids=[c[0] for c in CASES])
def test_engine_gives_the_answers_worked_out_by_hand(tmp_path: Path, claims: list[Claim], history: list[Claim] | None) -> None:
    agree(judged(tmp_path, claims, history))
