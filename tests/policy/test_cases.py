"""Each policy's cases: drawn claims must get the answers that were written by hand, alone and all together.

A line says what it expects in one sentence::

    expect  = verdict [units] [","] [reasons]
    verdict = pay | partial | deny | pend | unedited
    units   = one or more of: pay N, pend N, deny N (units of the line; what is not named is 0)
    reasons = reason {"; " reason}             all reasons of the line, in the order of the rules
    reason  = GROUP-CARC {RARC} [xN]           N units carry it; without xN the only reason carries all denied units

Without units ``pay``, ``deny`` and ``pend`` take every unit of the line; ``partial`` always names them; an
``unedited`` line has neither units nor reasons. Examples: ``pay``; ``deny CO-97 M15``; ``deny OA-18``;
``partial pay 4 deny 3, CO-151 N345``; ``pend``; ``pend pay 2 pend 2 deny 3, CO-151 N345``;
``deny CO-151 N345 x3; CO-4 N822 x4``; ``unedited``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from world import world

from perdiem.codes.book import open_book
from perdiem.model.errors import PolicyError
from perdiem.pipeline.session import Run, Session
from perdiem.policy.cases import Case, HeldPaper, draw, on_file, read_cases, read_undrawable
from perdiem.policy.payers import read_payers
from perdiem.policy.read import Policy

WORLD, POLICIES = world()  # the library, and what follows from the releases that its cases draw

_REASON = re.compile(r"([A-Z]{2})-(\w+)((?: [A-Z]+\d+)*)(?: x([\d.]+))?")
_UNITS = ("pay", "pend", "deny")


EVERY_CASE = [pytest.param(policy, case, id=f"{policy.id}-{case.id}") for policy in POLICIES for case in read_cases(policy)]


@pytest.fixture(autouse=True)
def data(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of an empty data folder of each test: the one with the drawn releases."""
    monkeypatch.setenv("PERDIEM_DATA", str(WORLD))


def _payer(policy: Policy) -> dict[str, str]:
    """What a claim to the policy's payer says in 2010BB: an id, or a name where no id is known; anybody for a general policy."""
    for payer in read_payers():
        if payer.id == policy.payer:
            return {"payer": min(payer.ids)} if payer.ids else {"payer_name": min(payer.names)}
    return {"payer": "ANY"}


def _told_payer(policy: Policy, claims: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Claims of a case, each to the policy's payer unless it names one of its own."""
    return [claim if {"payer", "payer_name"} & set(claim) else {**_payer(policy), **claim} for claim in claims]


def _forced(policy: Policy) -> tuple[str, ...]:
    """A policy that waits to be asked for is asked for."""
    return (policy.id,) if policy.on_request else ()


def _sentence(verdict: str, units: dict[str, Decimal], reasons: Sequence[tuple[str, str, Sequence[str], Decimal]]) -> str:
    """One canonical sentence, the same for what is expected and for what was answered."""
    said = [verdict, *(f"{name} {units[name].normalize():f}" for name in _UNITS if units.get(name))]
    why = [" ".join([f"{group}-{carc}", *rarc, f"x{n.normalize():f}"]) for group, carc, rarc, n in reasons]
    return " ".join(said) + "".join(f"; {reason}" for reason in why)


def read_expect(text: str, billed: Decimal) -> str:
    """The canonical sentence of an ``expect``; ValueError where it does not follow the grammar."""
    words = text.split()
    verdict = words.pop(0).rstrip(",")
    if verdict not in ("pay", "partial", "deny", "pend", "unedited"):
        raise ValueError(f"no verdict {verdict!r} in {text!r}")
    units: dict[str, Decimal] = {}
    while len(words) > 1 and words[0] in _UNITS:
        name, number = words.pop(0), words.pop(0).rstrip(",")
        units[name] = Decimal(number)
    if not units and verdict in _UNITS:
        units = {verdict: billed}
    if (verdict == "unedited") == bool(units) or (units and sum(units.values()) != billed):
        raise ValueError(f"the units of {text!r} are not the {billed} of the line")
    rest = " ".join(words)
    found = [_REASON.fullmatch(part) for part in rest.split("; ")] if rest else []
    denied = units.get("deny", Decimal(0))
    reasons = []
    for match in found:
        if match is None or (match[4] is None and len(found) > 1):
            raise ValueError(f"reasons of {text!r} cannot be read")
        reasons.append((match[1], match[2], match[3].split(), Decimal(match[4]) if match[4] else denied))
    if sum((n for *_, n in reasons), Decimal(0)) != denied or bool(reasons) != bool(denied):
        raise ValueError(f"the reasons of {text!r} do not add up to its denied units")
    return _sentence(verdict, units, reasons)


def _wanted(claims: Sequence[dict[str, Any]]) -> dict[str, str]:
    """What each line must become: one sentence by claim, line and code."""
    return {
        f"claim {number} line {lx} {line['code']}": read_expect(line["expect"], Decimal(str(line.get("units", 1))))
        for number, claim in enumerate(claims, 1)
        for lx, line in enumerate(claim["line"], 1)
    }


def _answered(run: Run) -> list[str]:
    """What each line became, in line order."""
    return [
        _sentence(
            row["verdict"],
            {name: row[f"{name}_units"] for name in _UNITS if row[f"{name}_units"] is not None},
            [(a["group"], a["carc"], a["rarc"] or (), a["units"]) for a in row["adjustments"]],
        )
        for row in run.decision.to_pylist()
    ]


def _met(run: Run) -> list[tuple[int, str]]:
    """Every outcome met, as line number and ``rule.outcome``; none on a line of history."""
    assert all(row["line_no"] > 0 for row in run.finding.to_pylist())
    return [(row["line_no"], f"{run.compiled.rule(row['rule_no'])[1].id}.{row['outcome']}") for row in run.finding.to_pylist()]


def _outcomes(policy: Policy) -> set[str]:
    return {f"{rule.id}.{outcome}" for rule in policy.rules for outcome in rule.outcomes}


def _told_apart(case: Case, drawn: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Some claims of a case with member and claim numbers that no other case has."""
    mark = {"member": "M1"}
    claims = []
    for number, claim in enumerate(drawn, 1):
        own = {key: f"{case.id}/{claim.get(key, mark.get(key))}" for key in ("member", "original_ref") if key in {**mark, **claim}}
        claims.append({**claim, **own, "id": f"{case.id}/{claim.get('id', number)}"})
    return claims


@cache
def _together() -> dict[tuple[str, str], tuple[list[str], set[str]]]:
    """Answers and outcomes of every case, all cases of all policies judged as one batch: those with a history and those without."""
    told = {}
    groups = dict.fromkeys(
        (_forced(policy), case.history is not None, case.release, case.on_file is not None)
        for policy in POLICIES
        for case in read_cases(policy)
    )
    for forced, with_history, release, listed in groups:
        held: list[HeldPaper] = []
        placed: list[tuple[tuple[str, str], int]] = []
        claims: list[dict[str, Any]] = []
        earlier: list[dict[str, Any]] = []
        for policy in [p for p in POLICIES if _forced(p) == forced]:
            for case in read_cases(policy):
                if (case.history is not None, case.release, case.on_file is not None) == (with_history, release, listed):
                    last = case
                    placed.append(((policy.name, case.id), sum(len(claim["line"]) for claim in case.claims)))
                    claims += _told_payer(policy, _told_apart(case, case.claims))
                    held += [(f"{case.id}/{claim}", line, paper) for claim, line, paper in case.on_file or ()]
                    earlier += _told_payer(policy, _told_apart(case, case.history or ()))
        run = _judged(last, claims, earlier if with_history else None, forced, held if listed else None)
        answers, met = _answered(run), _met(run)
        start = 0
        for key, size in placed:
            told[key] = (answers[start : start + size], {name for no, name in met if start < no <= start + size})
            start += size
    return told


def _judged(
    case: Case,
    claims: Sequence[dict[str, Any]],
    history: Sequence[dict[str, Any]] | None,
    forced: tuple[str, ...],
    held: Sequence[HeldPaper] | None,
) -> Run:
    with Session(POLICIES, forced=forced, book=case.book(open_book()), on_file=on_file(held)) as session:
        return session.judge(draw(claims, ""), history=None if history is None else draw(history, "", earlier=True))


@pytest.mark.parametrize(("policy", "case"), EVERY_CASE)
def test_case_gets_what_it_expects(policy: Policy, case: Case) -> None:
    history = None if case.history is None else _told_payer(policy, case.history)
    run = _judged(case, _told_payer(policy, case.claims), history, _forced(policy), case.on_file)
    wanted = _wanted(case.claims)
    assert dict(zip(wanted, _answered(run), strict=True)) == wanted
    met = {name for _, name in _met(run)}
    assert set(case.gives) <= met, f"not met: {sorted(set(case.gives) - met)}; met: {sorted(met)}"
    assert not set(case.spares) & met, f"met although spared: {sorted(set(case.spares) & met)}"


@pytest.mark.parametrize(("policy", "case"), EVERY_CASE)
def test_case_gets_the_same_among_all_others(policy: Policy, case: Case) -> None:
    answers, met = _together()[policy.name, case.id]
    wanted = _wanted(case.claims)
    assert dict(zip(wanted, answers, strict=True)) == wanted
    assert set(case.gives) <= met
    assert not set(case.spares) & met


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_every_outcome_has_a_case_that_gives_it_and_one_that_does_not(policy: Policy) -> None:
    cases = read_cases(policy)
    outcomes, undrawable = _outcomes(policy), set(read_undrawable(policy))
    gives = {name for case in cases for name in case.gives}
    spares = {name for case in cases for name in case.spares}
    assert undrawable <= outcomes - gives
    assert sorted(outcomes - undrawable - gives) == []
    assert sorted(outcomes - spares) == []
    assert sorted((gives | spares) - outcomes) == []


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_what_history_decides_has_cases_with_and_without_it(policy: Policy) -> None:
    """An outcome that waits for history is given with one and without one, and spared by a history that shows more."""
    waiting = {f"{rule.id}.{name}" for rule in policy.rules for name, outcome in rule.outcomes.items() if outcome.with_history}
    cases = read_cases(policy)
    assert waiting - {name for case in cases if case.history is not None for name in case.gives} == set()
    assert waiting - {name for case in cases if case.history is None for name in case.gives} == set()
    assert waiting - {name for case in cases if case.history for name in case.spares} == set()


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_cases_have_names_of_their_own_and_never_say_both(policy: Policy) -> None:
    cases = read_cases(policy)
    assert len({case.id for case in cases}) == len(cases)
    assert len({case.title for case in cases}) == len(cases)
    assert [case.id for case in cases if set(case.gives) & set(case.spares)] == []


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_every_version_has_a_case_on_the_day_before_it_takes_effect(policy: Policy) -> None:
    """One that speaks beside others leaves such a line to them."""
    before = policy.effective.toordinal() - 1
    days = {(line["days"], line["expect"]) for case in read_cases(policy) for claim in case.claims for line in claim["line"]}
    assert any(
        day == policy.effective.fromordinal(before).isoformat() and (not policy.payer or "unedited" in told) for day, told in days
    )


def test_expect_is_read_strictly() -> None:
    assert read_expect("pay", Decimal(7)) == "pay pay 7"
    assert read_expect("deny OA-18", Decimal(2)) == "deny deny 2; OA-18 x2"
    assert read_expect("partial pay 4 deny 3, CO-151 N345", Decimal(7)) == "partial pay 4 deny 3; CO-151 N345 x3"
    assert read_expect("deny CO-151 N345 x3; CO-4 N822 x4", Decimal(7)) == "deny deny 7; CO-151 N345 x3; CO-4 N822 x4"
    for wrong in ("paid", "partial CO-151", "deny", "pay CO-97", "deny CO-151 x3; CO-4", "pend pay 2 pend 4", "unedited pay 7"):
        with pytest.raises(ValueError, match=re.escape(wrong.split()[0])):
            read_expect(wrong, Decimal(7))


def _policy_with(folder: Path, cases: str) -> Policy:
    (folder / "cases.toml").write_text(cases, encoding="utf-8")
    return replace(POLICIES[0], folder=folder)


def test_what_every_claim_has_is_said_once_and_may_be_said_otherwise(tmp_path: Path) -> None:
    line = '{ code = "J0696", days = "2024-06-03", expect = "pay" }'
    cases = f"""
every_claim = {{ taxonomy = "AAA", pos = "13" }}
[[case]]
id = "one"
title = "One"
claim = [{{ line = [{line}] }}, {{ taxonomy = "BBB", pos = "", line = [{line}] }}]
history = [{{ line = [{line}] }}]
"""
    [case] = read_cases(_policy_with(tmp_path, cases))
    drawn = draw(case.claims, "84980").claim
    assert drawn.column("billing_taxonomy").to_pylist() == ["AAA", "BBB"]
    assert drawn.column("place").to_pylist() == ["13", None]
    assert draw(case.history or (), "84980", earlier=True).claim.column("billing_taxonomy").to_pylist() == ["AAA"]


def test_no_taxonomy_is_filled_in(tmp_path: Path) -> None:
    """It may bring a claim into scope, so that a case without one must be out of scope by it."""
    drawn = draw([{"line": [{"code": "J0696", "days": "2024-06-03"}]}], "84980").claim
    assert drawn.column("billing_taxonomy").to_pylist() == [None]
    assert drawn.column("place").to_pylist() == ["12"]


def test_what_a_claim_cannot_share_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="every_claim knows no 'taxonomies'"):
        read_cases(_policy_with(tmp_path, 'every_claim = { taxonomies = ["AAA"] }\n'))
