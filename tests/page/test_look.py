"""How pages look in a real browser, on a phone and on a screen: each thing on its line, nothing cut, no words too small to read."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from perdiem.formats.coverage_page import coverage_page
from perdiem.formats.page import to_html
from perdiem.model.page import Figure, Page, Section, Table, Tick, Ticks, words
from perdiem.policy.coverage import coverage
from perdiem.policy.coverage import page as covered
from perdiem.policy.read import read_policies

PHONE, SCREEN = 390, 1200
PLOT = (
    '<svg xmlns="http://www.w3.org/2000/svg" class="marks" width="740" height="90" viewBox="0 0 740 90"><text y="20">x</text></svg>'
)


@pytest.fixture(params=[PHONE, SCREEN])
def sheet(browser: Any, request: pytest.FixtureRequest) -> Any:
    page = browser.new_page(viewport={"width": request.param, "height": 900})
    yield page
    assert page.evaluate("document.documentElement.scrollWidth") <= request.param
    page.close()


def shown(sheet: Any, *blocks: Any) -> Any:
    sheet.set_content(to_html(Page("Title", "", None, (Section("one", "One", blocks),))))
    return sheet


def test_a_tick_has_paper_signer_and_source_on_lines_of_their_own(sheet: Any) -> None:
    tick = Tick(words("the order for the drug " * 12), words("the prescriber; lines 1, 2 " * 6), words("003, line 49 " * 12))
    page = shown(sheet, Ticks((tick,)))
    parts = [page.locator(f"ul.ticks {part}").bounding_box() for part in ("label > span", "li > .note", "li > .cite")]
    for above, below in pairwise(parts):
        assert above["y"] + above["height"] <= below["y"] + 1
        assert abs(above["x"] - below["x"]) < 1, "wrapped text does not fall back under the box"
    box = page.locator("ul.ticks input").bounding_box()
    assert box["x"] + box["width"] < parts[0]["x"]


def test_a_plot_keeps_its_size_on_a_phone_and_scrolls_in_its_box(sheet: Any) -> None:
    page = shown(sheet, Figure(PLOT, "in words"))
    assert page.locator(".drawing svg").bounding_box()["width"] == 740
    assert page.locator(".drawing").get_attribute("tabindex") == "0", "who has no mouse can scroll it too"


def test_an_empty_cell_makes_no_line_on_a_phone(sheet: Any) -> None:
    page = shown(sheet, Table("T", ("a", "b", "why"), ((words("1"), words("2"), ()),)))
    assert page.locator("td", has_text="2").is_visible()
    assert page.locator("td[data-head=why]").is_visible() == (page.viewport_size["width"] == SCREEN)


def test_coverage_is_read_without_scrolling_sideways(sheet: Any, tmp_path: Path) -> None:
    policy = next(policy for policy in read_policies() if (policy.folder / "coverage.toml").is_file())
    file = tmp_path / "coverage.html"
    file.write_text(coverage_page(covered(coverage(policy, None))), "utf-8")
    sheet.goto(file.as_uri())
    assert not sheet.evaluate("[...document.querySelectorAll('.scroll')].some(box => box.scrollWidth > box.clientWidth)")
    readings = sheet.locator("td[data-head='Our reading']", has_text=" ").first
    told = readings.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert ("attr" in told or "Our reading" in told) == (sheet.viewport_size["width"] == PHONE)
    rows = sheet.locator("tr[role=row]").count()
    assert rows > 10
    assert sheet.locator("tr").count() == rows
