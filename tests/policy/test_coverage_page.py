"""The coverage report: rows, page, colours, and the command that shows it."""

from __future__ import annotations

from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from birds import TEXT, TILES, changed, small
from rich.console import Console

from perdiem.cli import main
from perdiem.cli.coverage import _table
from perdiem.formats.coverage_page import DARK, LIGHT, MARKS, coverage_page
from perdiem.policy.citation import read_text
from perdiem.policy.coverage import coverage, page, wording
from perdiem.policy.read import read_policies
from perdiem.policy.tiles import KINDS

SOURCES = Path(__file__).parents[3] / "shared" / "sources"
needs_texts = pytest.mark.skipif(not SOURCES.is_dir(), reason="the payers' texts are not ours to ship; ../shared/sources has them")


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


def test_the_terminal_shows_what_rules_say_beside_their_places() -> None:
    """Legible in 80 columns: nothing is wider, and no cell is cut."""
    policy = next(p for p in read_policies() if p.id == "bcbstx-cpcp019")
    shown, out = page(coverage(policy, None)), StringIO()
    _table(shown, Console(file=out, width=80, highlight=False))
    text = out.getvalue()
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    beside, _, rules = text.partition("The rules and where they rest")
    said = " ".join(rules.split())
    column, cells = 0, list[str]()
    for row in beside.splitlines():
        column = row.find("rests on,") if "rests on," in row else column
        cells += row[column:].split()
    told = " ".join(cells)
    for rule in shown.rules:
        for words in (rule.says, rule.reading, rule.doubt):
            assert " ".join(words.split()) in said
        if any(rule.id in stretch.rules for stretch in shown.stretches):
            assert " ".join(rule.says.split()) in told, f"{rule.id} is not said beside its place"
