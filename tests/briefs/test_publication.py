"""The publication: no broken link, no time of its making, the same bytes again, and everything on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from perdiem.guide import publication
from perdiem.guide.known import Known
from perdiem.guide.publication import pages, publish

_LINK = re.compile(r'href="([^"]+)"')
_ID = re.compile(r'\bid="([^"]+)"')


def test_no_broken_link(site: Path) -> None:
    ids = {file.name: set(_ID.findall(file.read_text("utf-8"))) for file in site.glob("*.html")}
    broken = set()
    for file in site.glob("*.html"):
        for link in set(_LINK.findall(file.read_text("utf-8"))):
            name, _, place = link.partition("#")
            target = name or file.name
            if target == "feed.xml":
                continue
            if target not in ids or (place and place not in ids[target]):
                broken.add((file.name, link))
    assert not broken, sorted(broken)[:10]


def test_ids_are_unique_on_every_page(site: Path) -> None:
    for file in site.glob("*.html"):
        found = _ID.findall(file.read_text("utf-8"))
        assert len(found) == len(set(found)), file.name


def test_every_code_policy_and_payer_has_a_page_and_the_index_leads_to_it(site: Path, all_known: Known) -> None:
    index = (site / "index.html").read_text("utf-8")
    names = [*all_known.book.codes, *(f"policy-{p.id}-{p.effective}" for p in all_known.policies)]
    names += [f"payer-{s.payer.id}" for brand in all_known.brands for s in brand.payers]
    for name in names:
        assert (site / f"{name}.html").is_file()
        assert f'href="{name}.html"' in index


def test_the_same_library_gives_the_same_bytes(site: Path, all_known: Known) -> None:
    some = {"index", "conflicts", "A4222", "S9500"}
    again = {}
    for name, html in pages(all_known):
        if name in some:
            again[name] = html
        if len(again) == len(some):
            break
    assert {name: (site / f"{name}.html").read_text("utf-8") for name in some} == again


def test_a_policy_page_shows_rules_readings_and_every_word(site: Path) -> None:
    page = (site / "policy-bcbstx-cpcp019-2024-04-22.html").read_text("utf-8")
    assert 'id="drug-that-day"' in page
    assert "The text, stretch by stretch" in page
    assert "100.0 %" not in page  # no kind of tile is all of it
    assert "is not tiled" in (site / "policy-bcbsne-home-infusion-billing-2022-09-19.html").read_text("utf-8")


def test_the_feed_is_sound_and_bears_the_days_of_reading(site: Path) -> None:
    space = "{http://www.w3.org/2005/Atom}"
    root = ElementTree.fromstring((site / "feed.xml").read_text("utf-8"))
    days = [entry.findtext(f"{space}updated") for entry in root.iter(f"{space}entry")]
    assert days == sorted(days, reverse=True)
    assert all((site / link.attrib["href"]).is_file() for link in root.iter(f"{space}link"))
    assert root.findtext(f"{space}updated") == days[0]


def test_all_pages_are_replaced_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails, be it the making of a page or the writing of one: nothing of an edition stands among an older one."""

    def some(known: Known) -> Iterator[tuple[str, str]]:
        yield "index", "new"
        yield "conflicts", "new"
        raise OSError("the machine")

    old = {"index.html": "old", "feed.xml": "old", "mine.html": "my own"}
    for name, text in old.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(publication, "pages", some)
    with pytest.raises(OSError, match="the machine"):
        publish(tmp_path)
    monkeypatch.setattr(publication, "pages", lambda known: [("index", "new"), ("nowhere/conflicts", "new")])
    with pytest.raises(FileNotFoundError):
        publish(tmp_path)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == old
    monkeypatch.setattr(publication, "pages", lambda known: [("index", "new"), ("conflicts", "new")])
    assert publish(tmp_path) == 2
    assert {file.name for file in tmp_path.iterdir()} == {*old, "conflicts.html"}
    assert (tmp_path / "index.html").read_text() == "new"
