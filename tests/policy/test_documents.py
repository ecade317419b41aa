"""The library of documents: what a code needs, under whom and when; what ended; and that it is read strictly."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from perdiem.codes.book import LIBRARY, open_book
from perdiem.codes.sets import CodeSets
from perdiem.edits.documents import Documents
from perdiem.model.errors import PolicyError
from perdiem.policy.documents import documents, ended, needed, read_documents
from perdiem.policy.payers import read_payers
from perdiem.policy.read import read_policies

DAY = date(2024, 6, 3)


def ids(*told: object, **options: object) -> list[str]:
    return [one.document.id for one in needed(*told, **options)]  # type: ignore[arg-type]


def test_what_the_sources_ask_for() -> None:
    four = ["order", "therapy-plan", "administration-record", "delivery-record"]
    assert ids("S9500", "bcbstx", DAY) == four
    assert set(ids("J0696", "bcbstx", DAY)) == {*four, "preparation-notes"}
    assert ids("S9500", "bcbstx", date(2024, 4, 21)) == []  # the day before the policy takes effect
    assert ids("S9500", "bcbstx-cpcp019", DAY) == four
    assert ids("A4222", "", DAY) == ["order", "therapy-plan", "bag-record", "pharmacy-invoice", "progress-notes"]
    assert ids("A4231", "", DAY) == ["order", "pump-and-set", "dispensing-record", "training-record"]
    assert {"order", "clinical-notes", "failed-treatments", "long-term-need"} <= set(ids("A4306", "", DAY))
    assert ids("a4223", "", DAY) == ["administration-record"]
    assert ids("99602", "bcbsm", DAY) == ["visit-record"]
    assert ids("J0696", "", DAY) == []


def test_demands_of_a_modifier_stand_only_where_a_line_bears_it() -> None:
    assert "signed-notice" in ids("A4222", "medicare-dme", DAY)
    assert "signed-notice" in ids("A4222", "medicare-dme", DAY, modifiers=["GA"])
    assert "signed-notice" not in ids("A4222", "medicare-dme", DAY, modifiers=["KX"])


def test_the_information_form_went_with_the_claim_until_it_was_rejected() -> None:
    last, first = date(2022, 12, 31), date(2023, 1, 1)
    assert "dme-information-form" in ids("E0781", "medicare-dme", last)
    assert ended("E0781", "medicare-dme", last) == ()
    assert "dme-information-form" not in ids("E0781", "medicare-dme", first)
    [gone] = ended("E0781", "medicare-dme", first)
    assert gone.document.id == "dme-information-form"
    assert "rejected" in gone.demands[0].after


def test_every_term_names_a_code_and_every_payer_is_one() -> None:
    sets, payers = CodeSets(open_book(), {}, "documents"), {payer.id for payer in read_payers()}
    for document in documents():
        for demand in document.demands:
            assert sets.members(demand.codes), document.id
            assert set(demand.of) <= payers | {"any"}, document.id


def test_a_rule_of_documents_asks_for_what_the_library_says_is_needed() -> None:
    """Each rule names a paper, and the paper is demanded for some code that the rule judges, at the place that the rule cites."""
    rules = [(p, rule) for p in read_policies() for rule in p.rules if isinstance(rule, Documents)]
    assert len(rules) >= 18
    for policy, rule in rules:
        document = next(d for d in documents() if d.id == rule.document)
        asking = {policy.payer, policy.id, "any"} - {""}
        cites = [demand.cite for demand in document.demands if asking & set(demand.of)]
        assert (rule.cite.source, rule.cite.section, rule.cite.line) in [(c.source, c.section, c.line) for c in cites], rule.id


def test_an_unknown_payer_is_told() -> None:
    with pytest.raises(PolicyError, match="'nobody' is no payer and no policy"):
        needed("S9500", "nobody")


def demand(**change: str) -> str:
    said = {"of": '["any"]', "codes": '["A4222"]', "when": '"first"', "says": '"So."', "holds": "[]",
            "cite": '{ source = "A52507", section = "Here" }', **change}  # fmt: skip
    return "[[document.demand]]\n" + "".join(f"{key} = {value}\n" for key, value in said.items() if value)


def paper(id_: str = '"order"', more: str = "") -> str:
    return f'[[document]]\nid = {id_}\nname = "Order"\nby = "the prescriber"\n{more}'


def written(folder: Path, text: str) -> Path:
    (folder / "documents.toml").write_text(text, encoding="utf-8")
    (folder / "texts.toml").write_text((LIBRARY / "texts.toml").read_text("utf-8"), encoding="utf-8")
    return folder


def test_a_sound_paper_is_read(tmp_path: Path) -> None:
    [one] = read_documents(written(tmp_path, paper() + demand(since="2023-01-01")))
    assert (one.id, one.demands[0].since, one.demands[0].until) == ("order", date(2023, 1, 1), date.max)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[document]", "not TOML"),
        ("[[paper]]\n", "holds something besides"),
        (paper(), "demand is missing"),
        (paper(more="demand = []\n"), "nobody asks for it"),
        (paper(more='demand = ["x"]\n'), "demand 1: is no table"),
        (paper('"An Order"') + demand(), "no phrase"),
        (paper(more='colour = "red"\n') + demand(), "unknown field 'colour'"),
        (paper() + demand(colour='"red"'), "unknown field 'colour'"),
        (paper() + demand(when='"soon"'), "'soon' is no time"),
        (paper() + demand(of="[]"), "of is empty"),
        (paper() + demand(codes="[{}]"), "codes holds something that is no text"),
        (paper() + demand(holds=""), "holds is missing"),
        (paper() + demand(since="2023-01-02", until="2023-01-01"), "ends before it begins"),
        (paper() + demand(after='"Send none."'), "does not end"),
        (paper() + demand(since='"2023-01-02"'), "no value of since"),
        (paper() + demand(cite='{ source = "X", section = "Y" }'), "no text 'X'"),
        (paper() + demand(cite='{ source = "001", section = "Y" }'), "001 is not cited so"),
        (paper() + demand() + paper() + demand(), "two papers have the id order"),
    ],
)
def test_a_bad_paper_is_refused_with_where_and_what(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PolicyError) as told:
        read_documents(written(tmp_path, text))
    assert said in str(told.value)
    assert told.value.do
