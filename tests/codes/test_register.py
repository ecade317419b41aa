"""The register of conflicts: whole, checked against the texts, followed by the rules, and read strictly."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest

from cli.command import NO_SHARED, SHARED, perdiem
from perdiem.codes.book import LIBRARY, open_book
from perdiem.codes.register import EACH, conflicts, read_register, resting
from perdiem.codes.texts import read_texts
from perdiem.model.errors import PolicyError
from perdiem.policy.citation import fingerprint, fold
from perdiem.policy.places import verify_library
from perdiem.policy.read import read_policies

SOURCES = SHARED / "sources"
with_sources = pytest.mark.skipif(not SOURCES.is_dir(), reason=NO_SHARED)
RELEASES = {"hcpcs-2024-07": ("hcpcs_level2_2024_07.csv.gz", "hcpcs_code", "long_description"),
            "hcpcs-2019": ("hcpcs_anweb_2019.csv.gz", "HCPC", "LONG DESCRIPTION")}  # fmt: skip
SEEDS = {  # the rows of the product notes, and the entries that they became
    1: "e0779-hours", 2: "e0783-kind", 3: "e0782-programmable", 4: "s9373-name", 5: "home-therapy-or-infusion", 6: "a4306-kit",
    7: "a4221-what-for", 8: "a4320-what-for", 9: "access-or-administration", 10: "catheter-events", 11: "g-codes-of-2019",
    12: "supplies-beside-per-diem", 13: "diluents-twice-included", 14: "modifier-00", 15: "a4231-medicare",
}  # fmt: skip


def test_each_of_the_thirty_eight_has_one_entry() -> None:
    assert sorted(c.fact for c in conflicts() if c.fact) == list(range(1, 39))
    assert set(SEEDS.values()) <= {c.id for c in conflicts()}
    assert all(c.checked for c in conflicts())


@with_sources
def test_every_cited_sentence_stands_where_it_should() -> None:
    for told in verify_library(SOURCES, open_book()):
        assert told.faults == ()
        read = {key for key, text in read_texts().items() if text.sha256}
        assert set(told.citations) <= {"found", "unverified"}
        assert told.citations["found"] > 30
    cited = [side.cite for c in conflicts() for side in c.sides if side.cite.source in read]
    assert len(cited) > 50
    assert all(cite.fingerprint and cite.line for cite in cited)


def test_a_moved_or_missing_sentence_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "004_page.txt").write_text("Nothing that was cited stands here.", encoding="utf-8")
    [register, documents] = verify_library(tmp_path, open_book())
    assert any("a4306-kit, side 1" in fault and fault.endswith("is missing") for fault in register.faults)
    assert any("clinical-notes, demand 1" in fault for fault in documents.faults)
    assert register.word == "faulty"


@pytest.mark.skipif(not SHARED.is_dir(), reason=NO_SHARED)
@pytest.mark.parametrize("release", RELEASES)
def test_official_sides_are_what_the_release_says(release: str) -> None:
    file, code, text = RELEASES[release]
    with gzip.open(SHARED / "data" / "codes" / file, "rt", encoding="utf-8") as rows:
        said = {row[code]: fingerprint(fold(row[text])) for row in csv.DictReader(rows)}
    sides = [side.cite for c in conflicts() for side in c.sides if side.cite.source == release and side.cite.fingerprint]
    assert sides
    assert [cite.section for cite in sides if said.get(cite.section) != cite.fingerprint] == []


def test_rules_that_rest_on_a_conflict_exist_and_read_as_it_is_followed() -> None:
    rules = {f"{p.id}#{rule.id}": (p, rule) for p in read_policies() for rule in p.rules}
    for conflict in conflicts():
        assert set(conflict.rules) <= set(rules), conflict.id
        for name in conflict.rules:
            policy, rule = rules[name]
            own = {source.key for source in policy.sources}
            cited = {cite.source for cite in (rule.cite, *rule.also)}
            official = read_texts().get(conflict.followed)
            assert conflict.followed == EACH or (official and official.table) or conflict.followed in cited & own, (
                conflict.id,
                name,
            )


def test_the_ruling_on_the_pages_of_004_and_002_is_followed() -> None:
    followed = {c.id: c.followed for c in conflicts()}
    texts = read_texts()
    for id_ in ("a4306-kit", "a4221-what-for", "a4320-what-for", "modifier-52-for-quantity", "modifier-00"):
        assert texts[followed[id_]].table, id_


def test_what_rests_on_a_code() -> None:
    assert {c.id for c in resting("bcbstx-cpcp019#supplies-in-per-diem", "A4301")} >= {"supply-range", "implanted-included"}
    assert resting("bcbstx-cpcp019#home-only", "S9500")[0].id == "what-is-home"  # about no code, so about each
    assert resting("bcbstx-cpcp019#supplies-in-per-diem", "J0696") == ()


def test_the_command_tells_documents_and_releases_apart() -> None:
    told = perdiem("codes", "conflicts", "a4221")
    assert told.status == 0
    assert "Between documents: 2 conflicts about A4221" in told.out
    assert "Between releases that you imported: no differences about A4221" in told.out
    assert "followed: hcpcs-2024-07" in told.out
    none = perdiem("codes", "conflicts", "J0696")
    assert (none.status, "no conflicts about J0696" in none.out) == (0, True)
    whole = json.loads(perdiem("codes", "conflicts", "--format", "json").out)
    assert [entry["id"] for entry in whole["documents"]] == [c.id for c in conflicts()]
    rows = list(csv.DictReader(perdiem("codes", "conflicts", "--format", "csv").out.splitlines()))
    assert len(rows) == sum(len(c.sides) for c in conflicts())
    assert perdiem("codes", "conflicts", "--format", "xml").status == 2
    assert "2 places where sources disagree" in perdiem("codes", "show", "A4221", "--on", "2024-06-03").out


SIDE = '{ source = "A52507", section = "Here", says = "So." }'


def written(folder: Path, text: str) -> Path:
    (folder / "codes").mkdir()
    (folder / "codes" / "conflicts.toml").write_text(text, encoding="utf-8")
    (folder / "texts.toml").write_text((LIBRARY / "texts.toml").read_text("utf-8"), encoding="utf-8")
    return folder


def entry(**change: str) -> str:
    said = {"id": '"one"', "codes": '["A4221"]', "field": '"unit"', "about": '"weeks"', "followed": '"A52507"', "why": '"It is."',
            "status": '"open"', "sides": f"[{SIDE}, {SIDE}]", **change}  # fmt: skip
    return "[[conflict]]\n" + "".join(f"{key} = {value}\n" for key, value in said.items() if value)


def test_a_sound_entry_is_read(tmp_path: Path) -> None:
    [one] = read_register(written(tmp_path, entry()))
    assert one.speaks_of("A4221")
    assert not one.speaks_of("A4222")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[conflict", "not TOML"),
        ("[[other]]\n", "holds something besides"),
        (entry(colour='"red"'), "unknown field 'colour'"),
        (entry(why=""), "why is missing"),
        (entry(why='" "'), "no value of why"),
        (entry(fact='"3"'), "no value of fact"),
        (entry(id='"No Phrase"'), "no phrase"),
        (entry(status='"done"'), "no status 'done'"),
        (entry(followed='"003"'), "is no side"),
        (entry(codes='["A422"]'), "no code and no range"),
        (entry(codes='["A4222..A4221"]'), "no code and no range"),
        (entry(rules='["policy"]'), "names no rule"),
        (entry(sides=f"[{SIDE}]"), "one side alone"),
        (entry(sides=f'[{SIDE}, "A52507"]'), "side 2: is no table"),
        (entry(sides=f'[{SIDE}, {{ source = "X", section = "Y", says = "Z" }}]'), "no text 'X'"),
        (entry(sides=f'[{SIDE}, {{ source = "003", section = "Y", says = "Z" }}]'), "003 is not cited so"),
        (entry(sides=f'[{SIDE}, {{ source = "A52507", section = "Y", line = 3, says = "Z" }}]'), "A52507 is not cited so"),
        (entry(sides=f'[{SIDE}, {{ source = "A52507", section = "Y" }}]'), "says is missing"),
        (entry() + entry(), "two entries have the id one"),
    ],
)  # fmt: skip
def test_a_bad_entry_is_refused_with_where_and_what(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PolicyError) as told:
        read_register(written(tmp_path, text))
    assert said in str(told.value)
    assert told.value.do
