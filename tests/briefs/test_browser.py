"""The publication in a real browser: no violation of accessibility rules, no sideways scrolling, search by keyboard alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

SHOWN = (
    "index", "conflicts", "A4222", "A4231", "S9500", "99602", "J0696",
    "policy-bcbstx-cpcp019-2024-04-22", "payer-bcbstx", "payer-aetna",
)  # fmt: skip


def opened(browser: Any, site: Path, name: str, width: int = 1280, dark: bool = False, scripts: bool = True) -> Any:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", java_script_enabled=scripts
    )
    page = context.new_page()
    page.goto((site / f"{name}.html").as_uri())
    return page


@pytest.mark.parametrize("dark", [False, True], ids=["light and wide", "dark and narrow"])
@pytest.mark.parametrize("name", SHOWN)
def test_no_violation(browser: Any, site: Path, name: str, dark: bool) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = opened(browser, site, name, width=320 if dark else 1280, dark=dark)
    found = axe.run(page).response["violations"]
    page.context.close()
    assert not found, [(v["id"], v["help"], [node["html"][:120] for node in v["nodes"][:3]]) for v in found]


@pytest.mark.parametrize("name", SHOWN)
def test_no_sideways_scrolling_at_320_pixels(browser: Any, site: Path, name: str) -> None:
    page = opened(browser, site, name, width=320)
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.context.close()
    assert wide <= 320


def test_search_by_keyboard(browser: Any, site: Path) -> None:
    page = opened(browser, site, "index")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "wanted"
    page.keyboard.type("every 24 hours")
    assert page.locator("#found li").all_inner_texts()[0].startswith("S9500 ")
    assert page.locator("#found-count").inner_text() == "1 page"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/S9500.html")
    page.context.close()


def test_skip_link_is_reached_first_and_works(browser: Any, site: Path) -> None:
    page = opened(browser, site, "A4222")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.context.close()


def test_without_scripts_the_search_is_hidden_and_every_code_is_linked(browser: Any, site: Path) -> None:
    page = opened(browser, site, "index", scripts=False)
    assert not page.locator("#search").is_visible()
    page.locator('main a[href="K0552.html"]').first.click()
    assert page.title().startswith("K0552: ")
    page.context.close()


def test_nothing_is_fetched_from_elsewhere(browser: Any, site: Path) -> None:
    context = browser.new_context()
    page, asked = context.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / "index.html").as_uri())
    context.close()
    assert asked == [(site / "index.html").as_uri()]
