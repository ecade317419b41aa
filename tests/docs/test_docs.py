"""The documents: the picture is what the program says today; links lead somewhere; words are ours."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from perdiem import check
from perdiem.policy.citation import fingerprint

from .pages import PAGES, ROOT, script

_LINK = re.compile(r"\]\(([^)#]+)?(#[^)]*)?\)")
_NOUN = re.compile(r"^\*\*(.+?)\.\*\* ", re.MULTILINE)
NOUNS = {
    *("Batch", "Case", "Citation", "Claim", "Code book", "Code set", "Conflict", "Contract", "Decision", "Effect", "Finding"),
    *("Kind", "Ledger", "Line", "Member-day", "Order", "Outcome", "Policy", "Rule", "Run", "Scope", "Selector", "Stage", "Verdict"),
}


def test_the_picture_is_current() -> None:
    assert (ROOT / "docs" / "pictures" / "explain.svg").read_text("utf-8") == script("pictures").picture(), "run: make docs"


def test_the_picture_loads_nothing_from_elsewhere() -> None:
    page = (ROOT / "docs" / "pictures" / "explain.svg").read_text("utf-8")
    assert not re.search(r"url\((?!#)|href=|@import|<script", page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for place, mark in _LINK.findall(page.read_text("utf-8")):
        if place.startswith("https://"):
            continue
        target = page.parent / place if place else page
        assert target.exists(), f"{page.name}: {place}"
        if mark:
            headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE)
            assert mark[1:] in {re.sub(r"[^\w -]", "", h).strip().lower().replace(" ", "-") for h in headings}


def test_the_glossary_holds_the_nouns_in_order() -> None:
    ours, field = (ROOT / "GLOSSARY.md").read_text("utf-8").split("\n## ")[1:]
    assert set(_NOUN.findall(ours)) >= NOUNS
    for part in (ours, field):
        nouns = [noun.casefold() for noun in _NOUN.findall(part)]
        assert nouns == sorted(nouns)


def test_decisions_are_numbered_without_gaps() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text("utf-8")
        assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Consequence")), page.name


def test_the_list_of_decisions_names_each_once() -> None:
    """That it is current, ``test_the_reference_is_current`` holds; this one counts without the script that writes it."""
    folder = ROOT / "docs" / "decisions"
    rows = [line for line in (folder / "index.md").read_text("utf-8").splitlines() if re.match(r"\| \d+ \|", line)]
    pages = sorted(folder.glob("[0-9]*.md"))
    assert len(rows) == len(pages)
    for row, page in zip(rows, pages, strict=True):
        number, link, told = row.strip("| ").split(" | ")
        assert int(number) == int(page.name[:4])
        assert link.endswith(f"]({page.name})")
        assert len(told.split()) > 3, row


def test_every_floor_has_its_paragraph() -> None:
    text = (ROOT / "docs" / "floors.md").read_text("utf-8")
    floors = {path.name for path in (ROOT / "src" / "perdiem").iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert floors <= set(re.findall(r"\*\*(\w+)[.*]", text))


def test_formats_are_named_where_the_recipe_says() -> None:
    found = re.search(r"`FORMATS`\s+of `([\w/]+\.py)`", (ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert found
    assert re.search("^FORMATS = ", (ROOT / "src" / "perdiem" / found[1]).read_text("utf-8"), re.MULTILINE)


def test_the_recipe_for_a_fingerprint_works() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    found = re.search(r'python -c "(.*?)" < sentence.txt', page, re.DOTALL)
    assert found
    code = found[1].replace("\\\n", "")
    sentence = "Seven  days,\nSEVEN units."
    ran = subprocess.run([sys.executable, "-c", code], input=sentence, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["4", fingerprint(["seven", "days", "seven", "units"])]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pages_keep_to_the_words_of_the_house(page: Path) -> None:
    said = re.findall(r"[a-z]+", page.read_text("utf-8").casefold())
    assert not {"hit", "hits", "alert", "alerts", "score", "scores", "flag", "flags", "utils", "helper", "helpers"} & set(said)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_readers_are_not_told_how_a_page_is_written(page: Path) -> None:
    assert "do not edit" not in re.sub(r"<!--.*?-->", "", page.read_text("utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pages_name_no_machine(page: Path) -> None:
    assert not re.search(r"(?<![\w.])/(?:home|work|tmp|root|usr|Users)/", page.read_text("utf-8"))


def test_checking_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refused)
    assert check([str(ROOT / "examples" / "week-23.837")]).batch.claim.num_rows == 22
