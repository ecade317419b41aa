"""Coverage: the tiles hold every word of the source, name every rule, and say so plainly when they do not."""

from __future__ import annotations

import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from perdiem.cli import main
from perdiem.formats.coverage_page import DARK, LIGHT, MARKS, coverage_page
from perdiem.model.errors import PolicyError
from perdiem.policy.citation import fingerprint, fold, read_text
from perdiem.policy.coverage import coverage, page, read_coverage, wording
from perdiem.policy.read import Policy, read_policies, read_policy
from perdiem.policy.tiles import KINDS, read_tiles
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
    file = source_file(policy, SOURCES)
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
    file = source_file(policy, SOURCES)
    assert file is not None
    source = read_text(file).tokens
    runs = {source[i : i + 8] for i in range(len(source) - 7)}
    ours = tuple(fold(policy.folder.joinpath("coverage.toml").read_text("utf-8")))
    assert [ours[i : i + 8] for i in range(len(ours) - 7) if ours[i : i + 8] in runs] == []


# ------------------------------------------------------------------------------------------- a small source

TEXT = """Birds

No owl is paid by day (see below).
• J0001 Owl, barn; each
hoots, do not bill with J0002

The nest is not on the bill. Further words.
"""
RULES = {"no-owl-by-day": (3, "No owl is paid by day"), "not-with-the-other": (5, "do not bill with J0002")}
TILES: list[dict[str, Any]] = [
    {"line": 1, "text": "Birds", "is": "heading"},
    {"line": 3, "text": "No owl is paid by day (see below).", "is": "rules", "rules": ["no-owl-by-day"]},
    {"line": 4, "text": "J0001 Owl, barn; each hoots,", "is": "defines", "codes": ["J0001"]},
    {"line": 5, "text": "do not bill with J0002", "is": "rules", "rules": ["not-with-the-other"], "codes": ["J0001"]},
    {"line": 7, "text": "The nest is not on the bill.", "is": "unseeable", "because": "Nests are elsewhere <here>."},
    {"line": 7, "text": "Further words.", "is": "background", "because": "Says little."},
]  # fmt: skip
WORDS = len(fold(TEXT))


def small(folder: Path, tiles: list[dict[str, Any]] | None = None, words: int = WORDS, text: str = TEXT, raw: str = "") -> Policy:
    """A policy of two rules on the small source, with its coverage beside it; ``raw`` replaces the coverage's text."""
    sha256 = hashlib.sha256(TEXT.encode()).hexdigest()
    rules = "".join(
        f"""
[[rule]]
id = "{id}"
kind = "listed"
on = ["J0001"]
says = "Ours: {id} & more."
cite = {{ section = "Birds", line = {line}, words = {len(fold(cited))}, fingerprint = "{fingerprint(fold(cited))}" }}
[rule.outcome]
listed = {{ effect = "advise", message = "look" }}
"""
        for id, (line, cited) in RULES.items()
    )
    file = folder / "nest" / "birds" / "2024-01-01.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        f"""
[policy]
id = "birds"
title = "Birds"
payer = "nest"
version = "1"
effective = 2024-01-01
paid_by_day = []
[policy.source]
key = "900"
name = "The birds"
sha256 = "{sha256}"
read = 2024-01-01
[scope]
claims_with = []
{rules}"""
    )
    rows = "".join(f"  {{ {', '.join(f'{k} = {json.dumps(v)}' for k, v in row(t).items())} }},\n" for t in tiles or TILES)
    file.with_name("coverage.toml").write_text(raw or f'source = {{ words = {words}, sha256 = "{sha256}" }}\ntile = [\n{rows}]\n')
    (folder / "900_birds.txt").write_text(text)
    return read_policy(file)


def row(tile: dict[str, Any]) -> dict[str, Any]:
    """A tile as the file has it, from one that gives its words."""
    given = dict(tile)
    if "text" in given:
        tokens = fold(given.pop("text"))
        given = {"words": len(tokens), "fingerprint": fingerprint(tokens), **given}
    return {"section": "Birds", **given}


def faults(folder: Path, tiles: list[dict[str, Any]] | None = None, words: int = WORDS, text: str = TEXT) -> list[str]:
    policy = small(folder, tiles, words, text)
    return list(coverage(policy, read_text(folder / "900_birds.txt")).faults)


def changed(number: int, **fields: Any) -> list[dict[str, Any]]:
    """The tiles with one of them changed; None takes a field away."""
    tiles = [dict(tile) for tile in TILES]
    tiles[number] = {name: value for name, value in {**tiles[number], **fields}.items() if value is not None}
    return tiles


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


# ------------------------------------------------------------------------------------------- the report


def test_neighbours_that_are_alike_fold_into_one_row(tmp_path: Path) -> None:
    tiles = [*changed(2, text="J0001 Owl,"), *TILES[3:]]
    tiles[3:4] = [{"line": 4, "text": "barn; each hoots,", "is": "defines", "codes": ["J0003"]}, dict(TILES[3])]
    tiles = [*tiles[:5], *TILES[4:]]
    covered = coverage(small(tmp_path, tiles), None)
    folded = [s for s in page(covered).stretches if s.kind == "defines"]
    assert [(s.tiles, s.words, s.codes) for s in folded] == [(2, 5, ("J0001", "J0003"))]


class _Html(HTMLParser):
    """Tags in balance, and what a page must have."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(html: str) -> _Html:
    reader = _Html()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.parametrize("broken", [False, True])
def test_the_page_is_sound_html(tmp_path: Path, broken: bool) -> None:
    policy = small(tmp_path, text=TEXT.replace("hoots", "<hoots>") + "<script>alert(1)</script>" * broken)
    file = tmp_path / "900_birds.txt"
    covered = coverage(policy, read_text(file))
    read = parsed(coverage_page(page(covered, wording(covered, file))))
    tags = [tag for tag, _ in read.seen]
    assert ("html", {"lang": "en"}) in read.seen
    assert tags.count("h1") == tags.count("title") == 1
    assert not {"script", "link", "img", "iframe"} & set(tags)
    assert all(attrs.get("scope") for tag, attrs in read.seen if tag == "th")
    assert tags.count("table") == tags.count("caption") == tags.count("thead")
    ids = [attrs["id"] for _, attrs in read.seen if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = [str(attrs["href"]) for tag, attrs in read.seen if tag == "a"]
    assert links
    assert all(link[1:] in ids for link in links)
    assert "No owl is paid by day (see below)." in read.text
    assert "Nests are elsewhere <here>." in read.text
    assert "Ours: no-owl-by-day & more." in read.text
    assert ("What is broken" in read.text) is broken


def test_without_the_text_every_place_is_unverified(tmp_path: Path) -> None:
    read = parsed(coverage_page(page(coverage(small(tmp_path), None))))
    assert read.text.count("unverified") == len(TILES)
    assert "Unverified: no text" in read.text
    assert "No owl" not in read.text


def test_every_kind_has_its_own_mark() -> None:
    assert list(MARKS) == list(KINDS)
    assert len(set(MARKS.values())) == len(KINDS)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_can_be_read(scheme: dict[str, str]) -> None:
    def light(colour: str) -> float:
        parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for name, colour in scheme.items():
        low, high = sorted((light(scheme["ground"]), light(colour)))
        assert name == "ground" or (high + 0.05) / (low + 0.05) >= 4.5, name


# ------------------------------------------------------------------------------------------- the command


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["perdiem", "policy", "coverage", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


def test_the_command_without_texts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "bcbstx-cpcp019") == 0
    out = capsys.readouterr().out
    assert "unverified: no text" in out
    assert "drug-that-day" in out
    assert all(f"{mark} {kind}" in out for kind, mark in MARKS.items())


@needs_texts
def test_the_command_with_texts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(monkeypatch, "bcbstx-cpcp019@2024-04-22", "--sources", str(SOURCES)) == 0
    assert "whole: every tile stands where it says" in capsys.readouterr().out
    target = tmp_path / "coverage.html"
    assert run(monkeypatch, "bcbstx-cpcp019", "--sources", str(SOURCES), "--format", "html", "--out", str(target)) == 0
    assert capsys.readouterr().out == ""
    assert "Whole: every tile stands where it says" in parsed(target.read_text("utf-8")).text


def test_the_command_with_another_text(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "003_other.txt").write_text("Not this policy at all.")
    assert run(monkeypatch, "bcbstx-cpcp019", "--sources", str(tmp_path)) == 1
    assert "fault: the tile of line 2 (Preamble, 30 words from word 1) is missing" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [("no-such-policy",), ("bcbstx-cpcp019", "--format", "pdf"), ("bcbstx-cpcp019", "--sources", "no-such-folder"), ()],
)
def test_wrong_usage(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    assert run(monkeypatch, *arguments) == 2
    assert "Traceback" not in capsys.readouterr().err
