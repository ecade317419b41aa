"""Coverage: the tiles hold every word of the source, name every rule, and say so plainly when they do not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from birds import TEXT, TILES, WORDS, changed, faults, small

from perdiem.model.errors import PolicyError
from perdiem.policy.citation import fold, read_text
from perdiem.policy.coverage import coverage, page, read_coverage, wording
from perdiem.policy.read import Policy, read_policies
from perdiem.policy.tiles import read_tiles
from perdiem.policy.verify import source_file

SOURCES = Path(__file__).parents[3] / "shared" / "sources"
needs_texts = pytest.mark.skipif(not SOURCES.is_dir(), reason="the payers' texts are not ours to ship; ../shared/sources has them")

TILED = [pytest.param(p, id=p.name) for p in read_policies() if p.folder.joinpath("coverage.toml").is_file()]


# ------------------------------------------------------------------------------------------- the library


def test_the_home_infusion_policy_is_tiled() -> None:
    assert "bcbstx-cpcp019@2024-04-22" in [p.id for p in TILED]


@pytest.mark.parametrize("policy", TILED)
def test_tiles_add_up_and_name_every_rule(policy: Policy) -> None:
    total, tiles = read_tiles(policy)
    covered = coverage(policy, None)
    assert sum(tile.cite.words for tile in tiles) == total == sum(covered.words.values())
    assert {rule.id for rule in policy.rules} == {rule for tile in tiles for rule in tile.rules}
    assert [tile.first for tile in tiles] == [sum(t.cite.words for t in tiles[:n]) for n in range(len(tiles))]
    assert covered.whole
    assert not covered.verified


@needs_texts
@pytest.mark.parametrize("policy", TILED)
def test_every_word_of_the_source_is_in_a_tile(policy: Policy) -> None:
    """Also: the citations of each rule lie on tiles that name it, or there would be faults."""
    file = source_file(policy.sources[0], SOURCES)
    assert file is not None
    text = read_text(file)
    covered = coverage(policy, text)
    assert covered.faults == ()
    assert covered.total == len(text.tokens)
    assert covered.verified
    assert [word for shown in wording(covered, file) for word in fold(shown)] == list(text.tokens)


@needs_texts
@pytest.mark.parametrize("policy", TILED)
def test_no_sentence_of_the_source_is_copied(policy: Policy) -> None:
    file = source_file(policy.sources[0], SOURCES)
    assert file is not None
    source = read_text(file).tokens
    runs = {source[i : i + 8] for i in range(len(source) - 7)}
    ours = tuple(fold(policy.folder.joinpath("coverage.toml").read_text("utf-8")))
    assert [ours[i : i + 8] for i in range(len(ours) - 7) if ours[i : i + 8] in runs] == []


# ------------------------------------------------------------------------------------------- a small source


def test_a_whole_text_has_no_faults_and_gives_its_words(tmp_path: Path) -> None:
    policy = small(tmp_path)
    file = tmp_path / "900_birds.txt"
    covered = coverage(policy, read_text(file))
    assert covered.faults == ()
    assert wording(covered, file) == tuple(tile["text"] for tile in TILES)
    assert covered.words == {"rules": 13, "open": 0, "defines": 5, "unseeable": 7, "background": 2, "heading": 1}


def test_wraps_and_marks_do_not_matter(tmp_path: Path) -> None:
    text = TEXT.replace("\n", " ").replace("•", "*").replace("(", "“")
    assert faults(tmp_path, text=text) == []


def test_a_changed_word_is_told_by_its_tile(tmp_path: Path) -> None:
    policy = small(tmp_path, text=TEXT.replace("hoots", "sings"))
    file = tmp_path / "900_birds.txt"
    covered = coverage(policy, read_text(file))
    assert covered.standings == ("found", "found", "missing", "found", "found", "found")
    assert covered.faults == ("the tile of line 4 (Birds, 5 words from word 10) is missing",)
    assert wording(covered, file)[2:4] == ("", "do not bill with J0002")
    assert "line 4" in page(covered).standing


LONGER = TEXT.replace("The nest", "Lo and behold: the nest")
TWICE = changed(3, line=4, text="hoots, do not bill with J0002")
MISNAMED = changed(3, rules=["no-owl-by-day"])


@pytest.mark.parametrize(
    ("tiles", "words", "text", "told"),
    [
        pytest.param(TILES, WORDS, LONGER, "a gap of 3 words before the tile of line 7", id="gap"),
        pytest.param(TWICE, WORDS + 1, TEXT, "(Birds, 6 words from word 15) overlaps the one before it by 1 words", id="overlap"),
        pytest.param(TILES, WORDS, TEXT + "And more.", "2 words after the last tile are in no tile", id="left over"),
        pytest.param(TILES, WORDS, TEXT.replace("words.", ""), "1 words beyond the end", id="beyond the end"),
        pytest.param(TILES[:-1], WORDS, TEXT, f"the tiles hold {WORDS - 2} words, the source {WORDS}", id="sum"),
        pytest.param(changed(4, line=6), WORDS, TEXT, "stands on line 7", id="line"),
        pytest.param(MISNAMED, WORDS, TEXT, "no tile names the rule not-with-the-other", id="unnamed"),
        pytest.param(MISNAMED, WORDS, TEXT, "no tile under line 5, which not-with-the-other cites", id="uncited"),
        pytest.param(TILES, WORDS, "Something else altogether.", "the tile of line 1", id="another text"),
    ],
)
def test_what_is_broken_is_told(tmp_path: Path, tiles: list[dict[str, Any]], words: int, text: str, told: str) -> None:
    found = faults(tmp_path, tiles, words, text)
    assert any(told in fault for fault in found), found


def test_one_slip_is_told_once(tmp_path: Path) -> None:
    assert len(faults(tmp_path, text=LONGER)) == 1


@pytest.mark.parametrize(
    ("tiles", "told"),
    [
        (changed(1, rules=["no-hawk"]), "birds has no rule 'no-hawk'"),
        (changed(1, rules=None), "rules without rules"),
        (changed(1, rules="no-owl-by-day"), "rules and codes are lists of text"),
        (changed(0, **{"is": "title"}), "no kind of tile 'title'"),
        (changed(0, **{"is": None}), "no kind of tile None"),
        (changed(4, because=None), "unseeable without because"),
        (changed(5, because=""), "background without because"),
        (changed(2, codes=None), "defines without codes"),
        (changed(2, codes=["owl"]), "'owl' is neither a code nor a range"),
        (changed(2, rules=["no-owl-by-day"]), "defines knows no 'rules'"),
        (changed(0, because="a title"), "heading knows no 'because'"),
        (changed(0, **{"is": "open"}), "open without because"),
        (changed(0, line=None), "heading without line"),
        (changed(0, line="1"), "whole numbers"),
        (changed(0, line=True), "whole numbers"),
        (changed(0, words=-1), "whole numbers"),
        (changed(0, section=7), "are text"),
        (changed(0, fingerprint="sha256:00"), "the fingerprint is not"),
    ],
)
def test_malformed_tiles_are_refused(tmp_path: Path, tiles: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(PolicyError, match=re.escape(told)) as refused:
        read_coverage(small(tmp_path, tiles))
    assert refused.value.where.startswith("coverage of birds@2024-01-01, tile ")
    assert refused.value.do


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("tile = [", "not TOML"),
        ("tile = []", "'source' is missing"),
        ("source = 7", "is missing"),
        ('source = { words = 3, sha256 = "" }', "'tile' is missing"),
        ('source = { words = 3, sha256 = "00" }\ntile = []', "another copy of the source"),
        ('source = { words = "3", sha256 = "00" }\ntile = []', "source.words is no count"),
        ('source = { words = 3, sha256 = "00" }\ntile = 7', "tile is no list"),
    ],
)
def test_malformed_files_are_refused(tmp_path: Path, raw: str, told: str) -> None:
    with pytest.raises(PolicyError, match=re.escape(told)):
        read_coverage(small(tmp_path, raw=raw))


def test_a_policy_without_coverage_is_refused(tmp_path: Path) -> None:
    policy = small(tmp_path)
    (tmp_path / "nest" / "birds" / "coverage.toml").unlink()
    with pytest.raises(PolicyError, match=r"no coverage\.toml"):
        read_coverage(policy)


def test_open_words_may_name_the_rules_that_read_a_part(tmp_path: Path) -> None:
    tiles = changed(5, **{"is": "open", "rules": ["no-owl-by-day"], "codes": ["J0001..J0009"]})
    covered = coverage(small(tmp_path, tiles), None)
    assert covered.tiles[-1].rules == ("no-owl-by-day",)
    assert covered.words["open"] == 2
