"""The site: it builds without a warning and without the network, holds every page, and loads nothing from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .pages import DOCS, ROOT

_LOADS = re.compile(r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"?([^\"\s>]+)|<link\b[^>]*\bhref=\"?([^\"\s>]+)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    ran = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(out)],
        cwd=ROOT,
        env={**os.environ, **nowhere, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return out


def test_every_page_is_built(site: Path) -> None:
    for page in DOCS.rglob("*.md"):
        assert (site / page.relative_to(DOCS).with_suffix(".html")).is_file(), page.name
    for name in ("glossary", "changelog", "contributing", "stories"):
        assert (site / f"{name}.html").is_file()


def test_no_script_is_served(site: Path) -> None:
    assert not list(site.rglob("*.py"))


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        for pair in _LOADS.findall(page.read_text("utf-8")):
            for place in filter(None, pair):
                assert not re.match(r"(?:https?:)?//", place), f"{page.name}: {place}"
    styles = "\n".join(file.read_text("utf-8") for file in site.rglob("*.css"))
    assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", styles)


def test_links_and_pictures_of_the_site_lead_somewhere(site: Path) -> None:
    marks: dict[Path, set[str]] = {}
    for page in site.rglob("*.html"):
        if page.name == "404.html":
            continue
        text = page.read_text("utf-8")
        for place, mark in re.findall(r'(?:href|src)="([^"#?]*)(?:\?[^"#]*)?(#[^"]*)?"', text):
            if re.match(r"[a-z]+:", place):
                continue
            target = (page.parent / place).resolve() if place else page
            target = target / "index.html" if target.is_dir() else target
            assert target.is_file(), f"{page.relative_to(site)}: {place}"
            if mark and target.suffix == ".html":
                if target not in marks:
                    marks[target] = set(re.findall(r'\bid="([^"]*)"', target.read_text("utf-8")))
                assert mark[1:] in marks[target] | {"", "__top"}, f"{page.relative_to(site)}: {place}{mark}"


def test_the_navigation_leads_to_every_page(site: Path) -> None:
    """From each page every other can be reached by the links of the navigation."""
    text = "\n".join((site / name).read_text("utf-8") for name in ("index.html", "tutorial.html", "commands.html", "floors.html"))
    for page in site.rglob("*.html"):
        if page.name != "404.html":
            assert f'href="{page.relative_to(site).as_posix()}"' in text, page.name


@pytest.mark.parametrize("name", ["index.html", "how-to/biller.html"])
def test_from_disk_the_search_finds_and_the_logo_leads_home(browser: Any, site: Path, name: str) -> None:
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((site / name).as_uri())
    page.click(".md-search__input")
    page.keyboard.type("glossary", delay=20)
    found = page.locator(".md-search-result__link").first
    assert (site / "glossary.html").as_uri() in found.evaluate("link => link.href")
    assert page.locator("a.md-logo").first.evaluate("link => link.href") == (site / "index.html").as_uri()
    assert not errors
    page.close()
