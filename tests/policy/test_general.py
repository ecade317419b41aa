"""General policies: beside others, only when asked for, as an excerpt, and citing several sources, some by section alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from perdiem.codes.book import open_book
from perdiem.model.errors import PolicyError
from perdiem.pipeline.answer import Answer, answers
from perdiem.pipeline.session import Session
from perdiem.policy.cases import draw
from perdiem.policy.compile import choose
from perdiem.policy.read import Policy, read_policy
from perdiem.policy.verify import verify_policy

HEAD = """
[policy]
id        = "{id}"
title     = "A policy"
{more}
version   = "1"
effective = 2024-06-01

[policy.source]
key    = "own"
name   = "A text that was read"
sha256 = "{zeros}"
read   = 2026-11-21

[[policy.also_sources]]
key  = "other"
name = "A text of which no copy was kept"
read = 2026-11-21

[scope]
claims_with = ["A4221..A4226", "J0000..J9999"]
{scope}

[[rule]]
id      = "first-word"
kind    = "{kind}"
on      = {on}
{fields}
cite    = {cite}
says    = "A sentence."
[rule.outcome]
{outcomes}
"""

MARKED = '{ section = "One", line = 1, words = 2, fingerprint = "sha256:00" }'
BY_SECTION = '{ source = "other", section = "Two" }'
DENY = 'listed = { effect = "deny", group = "CO", carc = "97", rarc = ["M15"], message = "{code} falls", fix = "none" }'
PEND = 'listed = { effect = "pend", message = "{code} is asked about", asks = "what it was for" }'


def policy(folder: Path, id_: str, more: str = "", **given: str) -> Policy:
    parts = {"scope": "", "kind": "listed", "on": '["A4222"]', "fields": "", "cite": MARKED, "outcomes": DENY, **given}
    file = folder / f"{id_}.toml"
    filled = HEAD
    for name, text in {"id": id_, "more": more, "zeros": "0" * 64, **parts}.items():
        filled = filled.replace("{" + name + "}", text)
    file.write_text(filled, encoding="utf-8")
    return read_policy(file)


def judged(policies: list[Policy], *lines: dict[str, Any], forced: tuple[str, ...] = (), payer: str = "84980") -> list[Answer]:
    with Session(policies, forced=forced) as session:
        [answer] = answers(session.judge(draw([{"payer": payer, "line": list(lines)}], "")))
        return list(answer["lines"])


BAG = {"code": "A4222", "days": "2024-06-03..2024-06-09"}
DRUG = {"code": "J0696", "days": "2024-06-03..2024-06-09"}


# ---------------------------------------------------------------- beside others


def test_a_general_policy_speaks_where_a_payers_names_it(tmp_path: Path) -> None:
    """Its denial stands, with its own name; the line's own policy has nothing to say of it."""
    own = policy(tmp_path, "own-words", 'payer = "bcbstx"\nbeside = ["general"]', on='["J0696"]', outcomes=PEND)
    general = policy(tmp_path, "general")
    bag, drug = judged([own, general], BAG, DRUG)
    assert (bag["verdict"], [f["policy"] for f in bag["findings"]]) == ("deny", ["general@2024-06-01"])
    assert (drug["verdict"], [f["policy"] for f in drug["findings"]]) == ("pend", ["own-words@2024-06-01"])


def test_a_general_policy_that_nobody_names_is_silent(tmp_path: Path) -> None:
    own = policy(tmp_path, "own-words", 'payer = "bcbstx"', on='["J0696"]', outcomes=PEND)
    general = policy(tmp_path, "general")
    assert choose([own, general], ()) == [own]
    assert judged([own, general], BAG)[0]["verdict"] == "pay"


def test_a_general_policy_speaks_to_no_other_payer(tmp_path: Path) -> None:
    own = policy(tmp_path, "own-words", 'payer = "bcbstx"\nbeside = ["general"]', on='["J0696"]', outcomes=PEND)
    general = policy(tmp_path, "general")
    assert judged([own, general], BAG, payer="00000")[0]["verdict"] == "unedited"


def test_a_general_policy_speaks_on_the_days_of_both(tmp_path: Path) -> None:
    """The payer's own begins in June, the general one on the sixth: the days before that are not denied, so the line pends."""
    own = policy(tmp_path, "own-words", 'payer = "bcbstx"\nbeside = ["general"]', on='["J0696"]', outcomes=PEND)
    general = replace(policy(tmp_path, "general"), effective=date(2024, 6, 6))
    assert judged([own, general], BAG)[0]["verdict"] == "pend"
    assert judged([own, general], {**BAG, "days": "2024-06-06..2024-06-09"})[0]["verdict"] == "deny"
    assert judged([own, general], {**BAG, "days": "2024-06-03..2024-06-05"})[0]["verdict"] == "pay"
    assert judged([own, general], {**BAG, "days": "2024-05-20"})[0]["verdict"] == "unedited"


def test_whose_denial_gives_the_reason(tmp_path: Path) -> None:
    """Of two denials that of the payer's own policy gives the reason, and both are told."""
    reason = DENY.replace('"97", rarc = ["M15"]', '"96", rarc = ["N130"]')
    own = policy(tmp_path, "own-words", 'payer = "bcbstx"\nbeside = ["general"]', outcomes=reason)
    general = policy(tmp_path, "general")
    [bag] = judged([general, own], BAG)
    assert [(a["carc"], a["units"]) for a in bag["adjustments"]] == [("96", 1)]
    assert {f["policy"] for f in bag["findings"]} == {"own-words@2024-06-01", "general@2024-06-01"}


def test_asking_for_a_policy_brings_what_stands_beside_it(tmp_path: Path) -> None:
    own = policy(tmp_path, "own-words", 'payer = "bcbstx"\nbeside = ["general"]', on='["J0696"]', outcomes=PEND)
    general, another = policy(tmp_path, "general"), policy(tmp_path, "another")
    assert choose([another, general, own], ("own-words",)) == [own, general]
    assert judged([another, general, own], BAG, forced=("own-words",), payer="00000")[0]["verdict"] == "deny"


# ---------------------------------------------------------------- only when asked for


def test_a_policy_on_request_waits(tmp_path: Path) -> None:
    waiting = policy(tmp_path, "waiting", "on_request = true")
    assert judged([waiting], BAG)[0]["verdict"] == "unedited"
    assert judged([waiting], BAG, forced=("waiting",))[0]["verdict"] == "deny"
    own = policy(tmp_path, "own-words", 'payer = "bcbstx"\non_request = true')
    assert judged([own], BAG)[0]["verdict"] == "unedited"


# ---------------------------------------------------------------- excerpts


def test_an_excerpt_says_nothing_of_other_codes(tmp_path: Path) -> None:
    part = policy(tmp_path, "part", 'payer = "bcbstx"\nexcerpt = true', scope='lines_with = ["A4222"]')
    bag, drug = judged([part], BAG, DRUG)
    assert (bag["verdict"], drug["verdict"]) == ("deny", "unedited")
    assert "excerpt" in drug["because"]
    [early] = judged([part], {**DRUG, "days": "2024-05-20"})
    assert "excerpt" not in early["because"]


@pytest.mark.parametrize(("more", "scope"), [("excerpt = true", ""), ("", 'lines_with = ["A4222"]')])
def test_an_excerpt_names_its_codes_and_nobody_else_does(tmp_path: Path, more: str, scope: str) -> None:
    with pytest.raises(PolicyError, match="excerpt"):
        policy(tmp_path, "part", more, scope=scope)


# ---------------------------------------------------------------- several sources


def test_a_section_of_which_no_copy_was_read_is_never_passed(tmp_path: Path) -> None:
    cited = policy(tmp_path, "cited", 'payer = "bcbstx"', cite=BY_SECTION)
    verified = verify_policy(cited, tmp_path, open_book())
    assert verified.citations == {"unverified": 1}
    assert any("no copy of other was read" in fault.what for fault in verified.faults)
    [bag] = judged([cited], BAG)
    assert bag["findings"][0]["cite"] == {"source": "other", "section": "Two", "line": None, "words": None, "fingerprint": None}


def test_a_source_that_is_not_named_cannot_be_cited(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no source of the policy"):
        policy(tmp_path, "cited", cite='{ source = "elsewhere", section = "Two" }')


def test_a_source_with_a_copy_is_cited_by_its_words(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="missing"):
        policy(tmp_path, "cited", cite='{ source = "own", section = "Two" }')


# ---------------------------------------------------------------- lists of modifiers


@pytest.mark.parametrize(
    ("kind", "fields"),
    [("one_modifier", 'values = { allwed = ["KX"] }'), ("equipment", 'wrong = ["E0781"]\nreach = { rent = ["RR"] }')],
)
def test_a_misspelt_list_is_refused(tmp_path: Path, kind: str, fields: str) -> None:
    outcome = DENY.replace("listed =", "none =" if kind == "one_modifier" else "wrong =")
    with pytest.raises(PolicyError, match="no list"):
        policy(tmp_path, "listing", kind=kind, fields=fields, outcomes=outcome)


def test_a_modifier_that_the_book_does_not_know_is_told(tmp_path: Path) -> None:
    outcome = DENY.replace("listed =", "none =")
    given = policy(tmp_path, "listing", kind="one_modifier", fields='values = { allowed = ["KX", "Q!"] }', outcomes=outcome)
    assert any("modifier Q!" in fault.what for fault in verify_policy(given, None, open_book()).faults)
