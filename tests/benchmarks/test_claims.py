"""Drawn claims are the same for the same seed, as mixed as the README says, valid, readable, and wrong where they say so."""

from __future__ import annotations

import io
import logging
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from mix import errors
from mix.kinds import KINDS
from mix.write import Claim, Tally, drawn, earlier, write
from pyx12.params import params
from pyx12.x12n_document import x12n_document

from judge.judge import judge as opinion
from perdiem.pipeline.answer import Answer, answers
from perdiem.pipeline.check import Run, check

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
MEANS = {  # a finding that shows each sort of error; one of them stands on every struck claim
    errors.MISSING_SH: {"second-and-third-therapy.unmodified"},
    errors.UNITS: {"units-are-days.beyond_days"},
    errors.DRUG_MISSING: {"drug-that-day.none_on_claim", "nutrition-that-day.none_on_claim"},
    errors.WRONG_PLACE: {"home-only.elsewhere"},
    errors.DUPLICATE: {"same-day-twice.again", "billed-twice.again"},
    errors.GENERAL: {"not-together.together"},
    errors.SUPPLIES: {"supplies-in-per-diem.with_service"},
}


def text(claims: Iterable[Claim]) -> str:
    out = io.StringIO()
    write(claims, out)
    return out.getvalue()


def judged(claims: Iterable[Claim]) -> Run:
    return check(["-"], stdin=io.BytesIO(text(claims).encode("ascii")))


def spoken(answer: Answer) -> set[str]:
    return {f"{found['rule']}.{found['outcome']}" for line in answer["lines"] for found in line["findings"]}


@cache
def many() -> tuple[str, Tally]:
    out = io.StringIO()
    tally = write(drawn(5, 40_000, 0.01), out)
    return out.getvalue(), tally


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    assert text(drawn(1, 300, 0.05)) == text(drawn(1, 300, 0.05))
    assert text(drawn(1, 300, 0.05)) != text(drawn(2, 300, 0.05))
    assert text(earlier(1, 300, 2_000)) == text(earlier(1, 300, 2_000))
    arguments = ["--claims", "300", "--seed", "1", "--errors", "0.05", "--out", str(tmp_path / "a.837")]
    subprocess.run([sys.executable, str(BENCHMARKS / "make_claims.py"), *arguments], check=True, capture_output=True)
    assert (tmp_path / "a.837").read_bytes() == text(drawn(1, 300, 0.05)).encode("ascii")


def test_the_mix_is_the_documented_one() -> None:
    _, tally = many()
    assert tally.claims == 40_000
    assert sum(share for _, share, _ in KINDS) == pytest.approx(1)
    for kind, share, _ in KINDS:
        assert tally.kinds[kind] / tally.claims == pytest.approx(share, abs=0.02), kind
    assert 6.5 < tally.lines / tally.claims < 7.5
    for name in ("units above days", "drug missing", "wrong place", "supplies apart"):
        assert tally.errors[name] / tally.claims == pytest.approx(0.01, abs=0.003), name
    assert set(tally.errors) == {error.name for error in errors.ERRORS}


def test_the_readme_documents_the_mix() -> None:
    readme = (BENCHMARKS / "README.md").read_text("utf-8")
    for kind, share, _ in KINDS:
        assert f"| {kind} | {share * 100:.0f} % |" in readme
    for error in errors.ERRORS:
        assert f"| {error.name} | {error.meaning} |" in readme


def test_sets_members_providers_and_dates() -> None:
    written, tally = many()
    segments = [segment.split("*") for segment in written.split("~")]
    names = Counter(segment[0] for segment in segments)
    assert (names["ST"], names["SE"], names["CLM"], names["LX"]) == (8, 8, 40_000, tally.lines)
    assert tally.bytes == len(written)
    members = Counter(segment[9] for segment in segments if segment[:2] == ["NM1", "IL"])
    assert 3 < sum(members.values()) / len(members) < 5
    assert len({segment[9] for segment in segments if segment[:2] == ["NM1", "85"]}) == 18
    days = {segment[3][:8] for segment in segments if segment[:2] == ["DTP", "472"]}
    assert "20240501" < min(days) < max(days) < "20270101"
    assert names["PAT"] / names["CLM"] == pytest.approx(0.06, abs=0.02)


def test_pyx12_accepts_them() -> None:
    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    told = io.StringIO()
    assert x12n_document(params(), io.StringIO(text(drawn(1, 300, 0.1))), told, None), told.getvalue()[:2000]


def test_claims_without_error_are_read_and_paid() -> None:
    claims = list(drawn(3, 2_000))
    run = judged(claims)
    assert run.batch.problem.num_rows == 0
    assert run.batch.claim.num_rows == 2_000
    wanted = {"supplies": {"deny", "pend", "partial"}, "pump": {"unedited"}}
    for claim, answer in zip(claims, answers(run), strict=True):
        assert answer["verdict"] in wanted.get(claim.member.plan.kind, {"pay"}), (claim.name, spoken(answer))


@pytest.mark.parametrize("error", errors.ERRORS, ids=lambda error: error.name)
def test_every_sort_of_error_leads_to_findings(error: errors.Error) -> None:
    claims = list(drawn(4, 400, 1.0, (error,)))
    struck = {claim.name for claim in claims if claim.error is error}
    found = {answer["claim_id"]: spoken(answer) for answer in answers(judged(claims))}
    assert len(struck) > 10
    assert not {name for name in struck if not found[name] & MEANS[error]}


def test_too_high_a_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="at most one error"):
        next(drawn(1, 10, 0.2))


def test_history_is_of_the_same_members_before() -> None:
    current, past = list(drawn(6, 1_000)), list(earlier(6, 1_000, 9_000))
    assert 9_000 <= sum(claim.body.lines for claim in past) < 9_050
    assert {claim.member.subscriber for claim in past} <= {claim.member.subscriber for claim in current}
    here, there = ({(claim.member.subscriber, claim.body.text) for claim in some} for some in (current, past))
    assert len(here & there) == 5
    run = judged(past)
    assert run.batch.problem.num_rows == 0
    assert not {claim.name for claim in past} & {claim.name for claim in current}


def test_one_history_serves_smaller_files() -> None:
    past, smaller = list(earlier(6, 30_000, 60_000)), list(drawn(6, 10_000))
    members = {claim.member.subscriber for claim in smaller}
    theirs = [claim for claim in past if claim.member.subscriber in members]
    assert 0.3 < sum(claim.body.lines for claim in theirs) / 60_000 < 0.4
    here = {(claim.member.subscriber, claim.body.text) for claim in smaller}
    assert len(here & {(claim.member.subscriber, claim.body.text) for claim in theirs}) == 50


def test_the_judge_of_plain_objects_reads_them_alike() -> None:
    from figures.work import compact

    run = judged(drawn(8, 600, 0.1))
    wanted = opinion(compact(run.batch.claim.to_pylist(), run.batch.line.to_pylist()))
    verdicts = [verdict["verdict"] for _, verdict in sorted(wanted.items())]
    assert verdicts == run.decision["verdict"].to_pylist()


def test_every_claim_of_a_six_line_search_has_six_lines() -> None:
    from figures.work import six_line_claims

    one = next(six_line_claims())
    assert len(re.findall(r"~LX\*", one)) == 6
