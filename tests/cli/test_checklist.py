"""checklist, and --on-file: papers listed, ticked, missing; and nothing that changes without a list."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from perdiem.edits.documents import Documents
from perdiem.formats.intake import read
from perdiem.guide.checklist import MOST, checklist, missing
from perdiem.model.errors import FormatError, PolicyError
from perdiem.pipeline.answer import answers
from perdiem.pipeline.bulk import Sizes, judge_all
from perdiem.pipeline.check import judge
from perdiem.pipeline.on_file import load_on_file
from perdiem.policy.read import read_policies

from .command import perdiem

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
WEEK = EXAMPLES / "week-23.837"
SIX = ("order", "therapy-plan", "preparation-notes", "administration-record", "delivery-record", "visit-record")


def papers(folder: Path, *rows: str) -> Path:
    file = folder / "papers.csv"
    file.write_text("claim_id,document,line\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return file


def test_a_code_has_its_papers_and_places() -> None:
    told = perdiem("checklist", "A4222", "--payer", "medicare-dme", "--on", "2024-06-03")
    assert told.status == 0
    for words in ("Before the first service", "Record of cassettes or bags", "001, Documentation requirements, line 9",
                  "Not available (not in the sources)", "with modifier GA", "Sources"):  # fmt: skip
        assert words in told.out
    before = perdiem("checklist", "E0781", "--payer", "medicare-dme", "--on", "2022-12-31").out
    after = perdiem("checklist", "E0781", "--payer", "medicare-dme", "--on", "2023-01-01").out
    assert "With the claim" in before
    assert "No longer sent" not in before
    assert "No longer sent" in after
    assert "asked for until 2022-12-31" in after
    assert "no source of the library asks for a paper" in perdiem("checklist", "J0696", "--on", "2024-06-03").out


@pytest.mark.parametrize("form", ["md", "html", "pdf", "json", "table"])
def test_every_form_holds_every_paper(tmp_path: Path, form: str) -> None:
    out = tmp_path / f"list.{form}"
    assert perdiem("checklist", "A4231", "--on", "2024-06-03", "--format", form, "--out", out).status == 0
    raw = out.read_bytes()
    if form == "pdf":
        assert raw.startswith(b"%PDF")
        return
    text = raw.decode()
    assert all(name in text for name in ("Order", "Dispensing record", "Training record"))
    boxes = {"md": "- [ ]", "html": 'type="checkbox"', "table": "□"}
    assert text.count(boxes[form]) == 4 if form in boxes else json.loads(text)


def test_claims_have_their_own_lists_and_a_list_of_papers_ticks_them(tmp_path: Path) -> None:
    held = papers(tmp_path, "HI-0001,order,", "HI-0001,therapy-plan,1", *(f"HI-0002,{paper}," for paper in SIX))
    page = checklist(WEEK, claims=["HI-0001", "HI-0002", "HI-0003"], on_file=load_on_file(held))
    [one, two, three] = page.sections[:3]
    there = [[tick.there for block in s.blocks if hasattr(block, "rows") for tick in block.rows] for s in (one, two, three)]
    assert there[0] == [True, False, False, False, False]  # the plan is there for line 1 alone
    assert set(there[1]) == {True}
    assert set(there[2]) == {None}  # the list says nothing of this claim
    assert missing(page) == 4
    told = perdiem("checklist", WEEK, "--claim", "HI-0001", "--on-file", held)
    assert told.status == 1
    assert "missing for line 2" in told.out
    assert perdiem("checklist", WEEK, "--claim", "HI-0002", "--on-file", held).status == 0
    every = papers(tmp_path, "*,,")
    assert missing(checklist(WEEK, claims=["HI-0003"], on_file=load_on_file(every))) > 0


def test_wrong_usage_is_told() -> None:
    for words, said in (
        (("checklist", "ZZZZ9"), "the book does not know it"),
        (("checklist", "absent.837"), "absent.837: is no file or folder that is there"),
        (("checklist", "nowhere/A4222"), "A4222: is no file or folder that is there"),
        (("checklist", "A4222", "--payer", "nobody"), "is no payer and no policy"),
        (("checklist", "A4222", "--claim", "X"), "only claims have a number"),
        (("checklist", WEEK, "--claim", "X"), "holds no such claim"),
        (("checklist", WEEK, "--on", "2024-06-03"), "claims say their own days"),
        (("checklist", "A4222", "--format", "docx"), "no format 'docx'"),
        (("checklist", "A4222", "--format", "pdf"), "no text for a terminal"),
        (("checklist", WEEK, "--out", WEEK), "would be written over"),
    ):
        told = perdiem(*words)
        assert told.status == 2, words
        assert said in told.err, words
    assert MOST > 100
    with pytest.raises(PolicyError):
        checklist("ZZZZ9")
    with pytest.raises(FormatError):
        checklist("A4222", claims=["X"])


def test_what_a_file_could_not_give_is_told(tmp_path: Path) -> None:
    refused = tmp_path / "bad.837"
    refused.write_bytes(b"\x00\x01\xff" * 900)
    none = perdiem("checklist", refused)
    assert (none.status, none.out) == (2, "")
    assert "refused  bad.837: These are binary data" in none.err
    assert "holds no claim that can be read" in none.err
    some = perdiem("checklist", EXAMPLES / "broken.837")
    assert some.status == 1
    assert "rejected  broken.837, segment 39, claim HI-0092: SV104" in some.err
    assert "Claim HI-0091" in some.out
    assert "HI-0092" not in some.out
    assert perdiem("checklist", WEEK, "--claim", "HI-0001").err == ""


def without_rules_of_documents() -> list:  # type: ignore[type-arg]
    return [replace(p, rules=tuple(r for r in p.rules if not isinstance(r, Documents))) for p in read_policies()]


def test_without_a_list_nothing_changes(tmp_path: Path) -> None:
    """Every example claim gets the answer that it gets where no rule of documents exists; and so does a claim no list names."""
    batch = read([EXAMPLES])
    plain = list(answers(judge(batch, without_rules_of_documents())))
    assert list(answers(judge(batch, read_policies()))) == plain
    of_others = load_on_file(papers(tmp_path, "NOBODY,order,"))
    assert list(answers(judge(batch, read_policies(), on_file=of_others))) == plain


def test_with_a_list_only_the_claims_it_speaks_of_change(tmp_path: Path) -> None:
    batch = read([EXAMPLES])
    plain = {a["claim_id"]: a for a in answers(judge(batch, read_policies()))}
    held = load_on_file(papers(tmp_path, "HI-0001,order,", "HI-0001,therapy-plan,"))
    told = {a["claim_id"]: a for a in answers(judge(batch, read_policies(), on_file=held))}
    assert [claim for claim in plain if plain[claim] != told[claim]] == ["HI-0001"]
    assert [line["verdict"] for line in told["HI-0001"]["lines"]] == ["pend", "pend"]
    whole = load_on_file(papers(tmp_path, "*,,"))
    asked = [a for a in answers(judge(batch, read_policies(), on_file=whole)) for line in a["lines"] for f in line["findings"]
             if f["kind"] == "documents"]  # fmt: skip
    assert len({a["claim_id"] for a in asked}) > 5


def test_parts_and_chunks_change_nothing(tmp_path: Path) -> None:
    held = load_on_file(papers(tmp_path, "*,,", "HI-0002,order,"))
    whole = [a for run in judge_all([EXAMPLES], read_policies(), on_file=held) for a in answers(run)]
    cut = Sizes(chunk=7, whole=7, part=7)
    assert [a for run in judge_all([EXAMPLES], read_policies(), on_file=held, sizes=cut) for a in answers(run)] == whole


def test_the_commands_take_the_list_and_replay_keeps_it(tmp_path: Path) -> None:
    held, out = papers(tmp_path, "HI-0001,order,", "GONE,order,"), tmp_path / "a.csv"
    inputs = tmp_path / "in"
    inputs.mkdir()
    week = inputs / "week.837"
    week.write_bytes(WEEK.read_bytes())
    told = perdiem("check", week, "--on-file", held, "--format", "csv", "--out", out)
    assert told.status == 0
    assert "papers.csv names claims that are not in the input: GONE" in told.err
    [first, second] = [row for row in csv.DictReader(out.read_text("utf-8").splitlines()) if row["claim_id"] == "HI-0001"]
    assert (first["verdict"], second["verdict"]) == ("pend", "pend")
    assert "the plan of care for" in first["asks"]
    record = f"{out}.run.json"
    assert "papers.csv: is not in the folder" in perdiem("replay", record, "--inputs", inputs).err
    (inputs / "papers.csv").write_bytes(held.read_bytes())
    assert perdiem("replay", record, "--inputs", inputs).out.startswith("same answer")
    (inputs / "papers.csv").write_bytes(held.read_bytes() + b"HI-0001,therapy-plan,\n")
    changed = perdiem("replay", record, "--inputs", inputs)
    assert changed.status == 1
    assert "the list of what is on file has changed" in changed.out
    drawn = perdiem("explain", week, "--claim", "HI-0001", "--on-file", held)
    assert "the plan of care is not on file" in drawn.out
    unknown = perdiem("check", week, "--on-file", papers(tmp_path, "HI-0001,ordre,"))
    assert (unknown.status, "Did you mean order?" in unknown.err) == (2, True)
    assert perdiem("check", week, "--on-file", held, "--out", held, "--format", "csv").status == 2


def test_explain_says_where_sources_disagree() -> None:
    pumps = perdiem("explain", WEEK, "--claim", "HI-0008")
    assert pumps.status == 0
    assert "sources disagree" in pumps.out
