"""The engine and the independent judge, who have never seen each other, give the same answers to 5,000 claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from judge.generate import generate
from judge.judge import judge as opinion
from perdiem.codes.book import Book, Named, open_book
from perdiem.pipeline.answer import answers
from perdiem.pipeline.check import Run
from perdiem.policy.read import read_policies

from .claims import Claim, claim, judged, line, run_of

SEED, COUNT = 1, 5000
UNITS = ("pay_units", "deny_units", "pend_units")
CANNOT_OCCUR = {
    "named-in-both-lists.listed": "no sourced NDC of the brand is in products.csv; see test_a_brand_named_in_both_lists",
    "blood-that-day.wrong_code": "no blood product of codes.csv has ended; see test_blood_billed_with_an_ended_code",
    "code-life.not_in_release": "no release is loaded; the policy's cases draw one",
}


@dataclass(frozen=True)
class Both:
    """Generated claims, the engine's run, and the judge's answers by (claim, line)."""

    claims: list[Claim]
    run: Run
    wanted: dict[tuple[int, int], dict[str, Any]]


@pytest.fixture(scope="module")
def both() -> Both:
    claims = generate(SEED, COUNT)
    return Both(claims, run_of(claims), opinion(claims))


Told = tuple[str, tuple[Decimal | None, ...], tuple[Any, ...]]


def engine_says(run: Run) -> Iterator[Told]:
    """Verdict, units and adjustments of each line, in order."""
    for row in run.decision.to_pylist():
        adjusted = tuple((a["group"], a["carc"], tuple(a["rarc"]), a["units"]) for a in row["adjustments"])
        yield row["verdict"], tuple(row[u] for u in UNITS), adjusted


def judge_says(wanted: dict[str, Any]) -> Told:
    units = tuple(None if wanted[u] is None else Decimal(str(wanted[u])) for u in UNITS)
    adjusted = ((a["group"], a["carc"], tuple(a["rarc"]), Decimal(str(a["units"]))) for a in wanted["adjustments"])
    return wanted["verdict"], units, tuple(adjusted)


def differences(both: Both) -> list[str]:
    found_on: dict[int, list[str]] = {}
    for f in both.run.finding.to_pylist():
        _, rule = both.run.compiled.rule(f["rule_no"])
        found_on.setdefault(f["line_no"], []).append(f"{rule.id}.{f['outcome']}")
    told, apart = list(engine_says(both.run)), []
    places = [(c, n) for c, one in enumerate(both.claims) for n in range(len(one["lines"]))]
    assert len(told) == len(places)
    for line_no, (c, n) in enumerate(places, 1):
        wanted = judge_says(both.wanted[c, n])
        if told[line_no - 1] != wanted:
            beside = "\n".join(
                f"    {at + 1}: {x['code']} {' '.join(x['mods'])} {x['from']}..{x['to']} x{x['units']}"
                for at, x in enumerate(both.claims[c]["lines"])
            )
            apart.append(
                f"claim {both.claims[c]['id']} line {n + 1}\n  engine {told[line_no - 1]}\n  judge  {wanted}"
                f"\n  engine found {found_on.get(line_no, [])}\n  judge found {both.wanted[c, n]['rules']}\n{beside}"
            )
    return apart


def test_engine_and_judge_agree_on_every_line(both: Both) -> None:
    assert both.run.batch.claim.num_rows == COUNT
    assert both.run.batch.problem.num_rows == 0
    apart = differences(both)
    assert not apart, f"{len(apart)} lines differ; the first:\n" + "\n".join(apart[:5])


def test_the_claims_meet_every_rule_and_outcome(both: Both) -> None:
    met = Counter((f["rule_no"], f["outcome"]) for f in both.run.finding.to_pylist())
    seen = {f"{both.run.compiled.rule(no)[1].id}.{outcome}" for no, outcome in met}
    compiled = both.run.compiled
    judged = [rule for policy, rule in zip(compiled.policy_of, compiled.rules, strict=True) if policy.id == "bcbstx-cpcp019"]
    wanted = {f"{rule.id}.{name}" for rule in judged for name in rule.outcomes}
    assert wanted - seen - set(CANNOT_OCCUR) == set(), "no generated claim gives these outcomes"
    assert set(CANNOT_OCCUR) <= wanted - seen, "these do occur: take them from the list"
    verdicts = Counter(row["verdict"] for row in both.run.decision.to_pylist())
    assert all(verdicts[v] > 300 for v in ("pay", "partial", "deny", "pend", "unedited")), verdicts


def test_the_judge_is_not_the_engine() -> None:
    """The two share tables of codes and nothing else: the judge imports nothing of perdiem."""
    import judge as second_opinion

    folder = second_opinion.__path__[0]
    import ast
    from pathlib import Path

    for path in Path(folder).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not any(name.split(".")[0] == "perdiem" for name in names), path.name


def with_product(component: str, ndc9: str = "999990001") -> Book:
    book = open_book()
    return replace(book, products={**book.products, ndc9: Named(ndc9, "a product of this test", component)})


def told(run: Run) -> list[tuple[str, list[str]]]:
    """Verdict and findings (rule.outcome) of each line."""
    return [
        (said["verdict"], [f"{f['rule']}.{f['outcome']}" for f in said["findings"]])
        for answer in answers(run)
        for said in answer["lines"]
    ]


TPN = line("S9365")
PART = line("B4168", ndc="99999000101")


def test_a_brand_named_in_both_lists() -> None:
    """FreAmine pends wherever it stands, beside a nutrition per diem or not; HBC and other products do not."""
    for lines in ([TPN, PART], [PART]):
        verdict, found = told(judged([claim(*lines)], book=with_product("freamine")))[-1]
        assert (verdict, found) == ("pend", ["named-in-both-lists.listed"])
    assert told(judged([claim(TPN, PART)], book=with_product("stress amino acids")))[-1] == ("pay", [])
    verdict, found = told(judged([claim(TPN, PART)], book=with_product("amino acids")))[-1]
    assert (verdict, found) == ("deny", ["nutrition-parts.with_service"])
    verdict, found = told(judged([claim(TPN, PART)]))[-1]
    assert (verdict, found) == ("deny", ["nutrition-parts.with_service"])


def test_blood_billed_with_an_ended_code() -> None:
    """A wrong code for the blood leaves the transfusion a question, not a denial."""
    book = open_book()
    ended = replace(book, codes={**book.codes, "P9016": replace(book.codes["P9016"], end=date(2024, 6, 5))})
    claims = [claim(line("S9538"), line("P9016"))]
    assert told(judged(claims))[0] == ("pay", [])
    per_diem, blood = told(judged(claims, book=ended))
    assert per_diem == ("pend", ["blood-that-day.wrong_code"])
    assert blood[1] == ["code-life.ended"]
    decision = judged(claims, book=ended).decision.to_pylist()[0]
    assert (decision["pay_units"], decision["pend_units"]) == (3, 4)


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_other_claims_agree_too(seed: int) -> None:
    claims = generate(seed * 1009, 700)
    apart = differences(Both(claims, run_of(claims), opinion(claims)))
    assert not apart, f"{len(apart)} lines differ; the first:\n" + "\n".join(apart[:5])


def test_every_policy_here_has_its_judge() -> None:
    """Excerpts, and what speaks only on request or beside others, deny next to nothing; the pumps wait for a judge of their own."""
    judged = {policy.id for policy in read_policies() if policy.payer and not (policy.excerpt or policy.on_request)}
    waiting = {"medicare-external-infusion-pumps"}
    assert judged - waiting == {"bcbstx-cpcp019"}, "a new policy needs a second opinion too"
