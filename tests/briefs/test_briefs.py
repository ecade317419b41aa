"""Briefs of codes: every section, few gaps, links to rules, and statements that a judged claim bears out."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import perdiem
from perdiem.cli import main
from perdiem.guide.brief import ROLES, SECTIONS, brief_of, counted
from perdiem.guide.known import Known, codes_of
from perdiem.guide.statements import PARTS, Statement
from perdiem.model.errors import PolicyError
from perdiem.model.page import Facts, Figure, Gap, Missing, Page, Table, cells, plain, walk
from perdiem.pipeline.session import Session
from perdiem.policy.cases import Case, draw
from perdiem.policy.citation import read_text
from perdiem.policy.payers import read_payers
from perdiem.policy.read import Policy, read_policies

SOURCES = Path(__file__).parents[3] / "shared" / "sources"
NAMED = (
    *("A4221", "A4222", "A4223", "A4224", "A4225", "A4230", "A4231", "A4232", "A4305", "A4306", "K0552", "K0455"),
    *("99601", "99602", "G0068", "G0069", "G0070", "G0088", "G0089", "G0090", "S9810"),
    *("E0779", "E0780", "E0781", "E0782", "E0783", "E0784", "E0785", "E0786", "E0787", "E0791"),
)


def required(known: Known) -> list[str]:
    """The codes of which a full brief is promised: those named, and every per diem of the book."""
    return [*NAMED, *(facts.code for facts in known.book.codes.values() if facts.kind_of == "per diem")]


def text_of(page: Page) -> str:
    return " ".join(plain(cell) for section in walk(page.sections) for block in section.blocks for cell in cells(block))


# ------------------------------------------------------------------------------------------- what a brief holds


def test_every_required_brief_is_whole(all_known: Known) -> None:
    codes = required(all_known)
    assert len(codes) >= 95
    for code in codes:
        page = brief_of(all_known, code)
        assert tuple(section.id for section in page.sections) == SECTIONS
        assert all(section.blocks for section in page.sections), code
        asked, missing = counted(page.sections)
        assert 3 * missing <= asked, f"{code}: {missing} of {asked} facts are missing"
        empty = {s.id for s in page.sections if all(isinstance(block, Missing) for block in s.blocks)}
        assert empty == {"benchmarks"}, f"{code}: {empty}"


def test_every_code_of_the_book_has_a_brief_and_no_empty_cell(all_known: Known) -> None:
    for code in all_known.book.codes:
        page = brief_of(all_known, code)
        for section in page.sections:
            for cell in (cell for block in section.blocks for cell in cells(block)):
                assert plain(cell).strip(), f"{code}, {section.id}: a blank"
                assert "{" not in plain(cell), f"{code}, {section.id}: {plain(cell)}"


def test_the_five_payers_stand_in_every_brief_and_none_is_guessed(all_known: Known) -> None:
    for code in ("A4222", "S9500", "J0696"):
        payers = next(s for s in brief_of(all_known, code).sections if s.id == "payers")
        rows = next(block for block in payers.blocks if isinstance(block, Table)).rows
        names = [plain(row[0]) for row in rows]
        assert names == ["Aetna", "Blue Cross Blue Shield", "Cigna", "UnitedHealthcare", "Medicare"]
        for name, cell in zip(names, (row[1] for row in rows), strict=True):
            if name in ("Aetna", "Cigna", "UnitedHealthcare"):
                assert isinstance(cell, Missing)
                assert cell.gap == Gap.NO_POLICY


def test_the_share_of_missing_facts_is_printed(all_known: Known) -> None:
    page = brief_of(all_known, "A4222")
    asked, missing = counted(page.sections)
    assert f"{missing} of {asked} facts are not available" in plain(page.foot)
    facts = [cell for s in page.sections for b in s.blocks if isinstance(b, Facts) for _, cell in b.pairs]
    assert missing >= sum(isinstance(cell, Missing) for cell in facts)


def test_a4223_tells_what_its_own_source_gets_wrong_or_leaves_out(all_known: Known) -> None:
    told = text_of(brief_of(all_known, "A4223"))
    for wanted in ("bcbstx-cpcp019#supplies-in-per-diem", "no-pump-code-beside-a-pump", "lot numbers", "A4222"):
        assert wanted in told
    related = next(s for s in brief_of(all_known, "A4223").sections if s.id == "related")
    assert any(isinstance(block, Figure) and "A4222" in block.svg for block in related.blocks)


def test_conflicts_of_the_register_are_shown(all_known: Known) -> None:
    told = text_of(brief_of(all_known, "E0779"))
    assert "003" in told
    assert "shifted by one row" in told


def test_as_of_a_day_only_rules_in_force_speak() -> None:
    from datetime import date

    before = perdiem.brief("S9500", on=date(2024, 4, 21))
    assert "bcbstx-cpcp019@2024-04-22" not in text_of(before)
    assert "bcbstx-cpcp019@2024-04-22" in text_of(perdiem.brief("S9500", on=date(2024, 4, 22)))


def test_one_payer_alone(all_known: Known) -> None:
    page = brief_of(all_known, "A4222", payer="medicare")
    denials = next(s for s in page.sections if s.id == "denials")
    told = " ".join(plain(cell) for block in denials.blocks for cell in cells(block))
    assert "medicare-external-infusion-pumps#" in told
    assert "bcbstx" not in told
    payers, *others = (section for section in page.sections if section.id != "summary")
    rows = next(block for block in payers.blocks if isinstance(block, Table)).rows
    assert "bcbstx-cpcp019" in plain(rows[1][1])  # who else has rules is still told
    assert "bcbstx-cpcp019#" not in " ".join(plain(c) for s in others if s.id != "conflicts" for b in s.blocks for c in cells(b))
    with pytest.raises(PolicyError, match="knows no payer 'nobody'"):
        brief_of(all_known, "A4222", payer="nobody")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_its_sections(all_known: Known, role: Any) -> None:
    ids = [section.id for section in brief_of(all_known, "A4222", role=role).sections]
    assert ids[0] == "summary"
    assert ids[-1] == "sources"
    assert ("questions" in ids) == (role == "biller")
    assert len(ids) < len(SECTIONS)


def test_a_code_that_nobody_knows_is_told_with_codes_near_it() -> None:
    with pytest.raises(PolicyError, match=r"Near to it: .*A4223"):
        perdiem.brief("A4229")


# ------------------------------------------------------------------------------------------- statements


def statements(known: Known) -> list[tuple[Statement, list[str]]]:
    return [
        (said, [code for code, facts in known.book.codes.items() if file.sets.holds(said.of, facts)])
        for file in known.statements
        for said in file.statements
    ]


def test_statements_speak_of_codes_and_name_what_is_there(all_known: Known) -> None:
    ids = {f"{by.policy.id}#{by.rule.id}": by for by in all_known.rules}
    for said, codes in statements(all_known):
        assert codes, f"{said.where} speaks of no code"
        for code in codes:
            assert "{" not in said.told(all_known.book.codes[code]) + said.asked(all_known.book.codes[code])
        assert set(said.modifiers) <= set(all_known.book.modifiers), said.where
        assert set(said.places) <= set(all_known.book.places), said.where
        assert set(said.codes) <= set(all_known.book.codes), said.where
        if said.rule:
            by = ids[said.rule]
            words = " ".join(outcome.fix for outcome in by.rule.outcomes.values())
            for code in codes:
                judged = code in all_known.selected[by] or any(code in of for of in all_known.looked_for[by].values())
                assert judged or code in words, f"{said.where}: {said.rule} has nothing to do with {code}"


def test_a_statement_that_is_a_rule_has_a_case_that_shows_it(all_known: Known) -> None:
    shown = {said.where for said, _ in statements(all_known) if said.rule and not said.case}
    assert not shown


@cache
def judged(policy: str, case: str) -> tuple[dict[str, Any], ...]:
    """What became of the lines of a case: code, verdict, and the outcomes of rules that it met."""
    of, chosen = _case(policy, case)
    payer = next((p for p in read_payers() if p.id == of.payer), None)
    named: dict[str, str] = {"payer": "ANY"}
    if payer:
        named = {"payer": min(payer.ids)} if payer.ids else {"payer_name": min(payer.names)}
    claims = [claim if {"payer", "payer_name"} & set(claim) else {**named, **claim} for claim in chosen.claims]
    earlier = None
    if chosen.history is not None:
        told = [claim if {"payer", "payer_name"} & set(claim) else {**named, **claim} for claim in chosen.history]
        earlier = draw(told, "ANY", earlier=True)
    with Session(read_policies(), forced=(of.id,) if of.on_request else ()) as session:
        run = session.judge(draw(claims, "ANY"), history=earlier)
    met: dict[int, set[str]] = {}
    for row in run.finding.to_pylist():
        met.setdefault(row["line_no"], set()).add(run.compiled.rule(row["rule_no"])[1].id)
    lines = [line for claim in chosen.claims for line in claim["line"]]
    decided = run.decision.to_pylist()
    return tuple(
        {"code": line["code"], "expect": line["expect"], "verdict": row["verdict"], "rules": met.get(row["line_no"], set())}
        for line, row in zip(lines, decided, strict=True)
    )


def _case(policy: str, case: str) -> tuple[Policy, Case]:
    from perdiem.policy.cases import read_cases

    for of in reversed(read_policies()):
        if of.id == policy:
            return of, next(one for one in read_cases(of) if one.id == case)
    raise AssertionError(policy)


def test_what_statements_say_of_rules_is_what_claims_meet(all_known: Known) -> None:
    """Each case that a statement names is judged: its lines become what was written by hand, and the rule is met or spared."""
    named = {(said.rule.partition("#")[0], said.case): set[str]() for said, _ in statements(all_known) if said.case}
    for said, _ in statements(all_known):
        if said.case:
            named[(said.rule.partition("#")[0], said.case)].add(said.rule.partition("#")[2])
    assert len(named) > 40
    met = 0
    for (policy, case), rules in named.items():
        lines = judged(policy, case)
        for line in lines:
            assert line["verdict"] == line["expect"].split()[0].rstrip(","), f"{policy}, {case}: {line}"
        met += bool(rules & {rule for line in lines for rule in line["rules"]})
    assert met >= 0.8 * len(named), "most cases that statements name must meet the rule; the others show where it is silent"


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the sources' texts are not ours to ship; ../shared/sources has them")
def test_citations_of_statements_stand_in_their_sources(all_known: Known) -> None:
    from perdiem.policy.citation import places

    texts = {file.name[:3]: read_text(file) for file in SOURCES.iterdir()}
    cited = [said for said, _ in statements(all_known) if said.cite and said.cite.fingerprint]
    assert len(cited) >= 20
    for said in cited:
        assert said.cite
        text = texts[said.cite.source]
        found = places(text, said.cite.words, said.cite.fingerprint)
        assert [text.lines[at] for at in found] == [said.cite.line], said.where


def test_denials_name_cases_that_meet_them(all_known: Known) -> None:
    """The case beside a denial gives that very outcome, by its own word, which test_cases judges."""
    for code in ("A4222", "S9500", "99602", "S9366"):
        for judging in all_known.judging(code):
            for name in judging.by.rule.outcomes:
                case = all_known.case_of(judging.by, name, code)
                if case:
                    assert f"{judging.by.rule.id}.{name}" in case.gives
                    assert codes_of(case)


def test_parts_are_all_used(all_known: Known) -> None:
    assert {said.part for said, _ in statements(all_known)} >= set(PARTS) - {"documents"}


# ------------------------------------------------------------------------------------------- the command


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["perdiem", *words])
    with pytest.raises(SystemExit) as stopped:
        main()
    told = capsys.readouterr()
    return int(stopped.value.code or 0), told.out, told.err


def test_command_writes_every_format(capsys: Any, monkeypatch: Any, tmp_path: Path) -> None:
    status, out, _ = run(capsys, monkeypatch, "brief", "a4222", "--role", "biller")
    assert status == 0
    assert out.startswith("# A4222: ")
    for name, start in (("b.html", b"\n<!DOCTYPE"), ("b.json", b"{"), ("b.pdf", b"%PDF"), ("b.md", b"# A4222")):
        status, _, _ = run(capsys, monkeypatch, "brief", "A4222", "--out", str(tmp_path / name))
        assert status == 0
        assert (tmp_path / name).read_bytes().lstrip().startswith(start.lstrip())
    assert [s["id"] for s in json.loads((tmp_path / "b.json").read_text())["sections"]] == list(SECTIONS)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["brief"], "no code is named"),
        (["brief", "A4229"], "Near to it: "),
        (["brief", "A4222", "--format", "docx"], "no format 'docx'"),
        (["brief", "A4222", "--format", "pdf"], "Name a file with --out"),
        (["brief", "A4222", "--role", "nurse"], "Roles are biller, manager, payer"),
        (["brief", "A4222", "--payer", "nobody"], "knows no payer"),
        (["brief", "--all"], "--out"),
        (["brief", "A4222", "--all", "--out", "x"], "--on alone"),
    ],
)
def test_wrong_usage_is_told(capsys: Any, monkeypatch: Any, words: list[str], said: str) -> None:
    status, _, err = run(capsys, monkeypatch, *words)
    assert status == 2
    assert said in err


def test_claims_fill_the_benchmarks(capsys: Any, monkeypatch: Any) -> None:
    claims = Path(__file__).parents[2] / "examples" / "week-23.837"
    status, out, _ = run(capsys, monkeypatch, "brief", "S9500", "--claims", str(claims), "--format", "json")
    assert status == 0
    figures = next(s for s in json.loads(out)["sections"] if s["id"] == "benchmarks")["blocks"][0]["facts"]
    assert figures[0] == {
        "term": "Members",
        "text": None,
        "missing": {"reason": str(Gap.TOO_FEW), "words": "fewer than 11 members, or kept back for such"},
    }
