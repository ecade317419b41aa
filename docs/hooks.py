"""Gives the site the pages that live at the root of the repository, and mends links between the two.

A hook of mkdocs (see mkdocs.yml). A page of docs/ links to ``../GLOSSARY.md``, which works in the repository; in the
site the same link leads to the glossary's own page.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

ROOT = Path(__file__).parent.parent
PAGES = {
    "GLOSSARY.md": "glossary.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "examples/README.md": "stories.md",
}
ALSO = {"README.md": "index.md", "docs/decisions": "decisions/index.md"}

_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def on_config(config: Any) -> Any:
    """Puts all pages of a folder where the navigation says ``folder/*``."""
    for part in config.nav:
        for entry in (entry for entries in part.values() for entry in entries):
            for title, place in entry.items():
                if place.endswith("/*"):
                    found = sorted((ROOT / "docs" / place[:-2]).glob("*.md"), key=lambda page: (page.stem != "index", page.name))
                    entry[title] = [page.relative_to(ROOT / "docs").as_posix() for page in found]
    return config


def on_files(files: Any, config: Any) -> Any:
    """Adds the root's pages to those of docs/."""
    for name, page in PAGES.items():
        text = (ROOT / name).read_text("utf-8")
        files.append(File.generated(config, page, content=mended(text, posixpath.dirname(name), "")))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Leads links out of docs/ to the pages of the site."""
    if page.file.src_uri in PAGES.values():
        return markdown
    folder = posixpath.dirname(page.file.src_uri)
    return mended(markdown, posixpath.join("docs", folder), folder)


def mended(markdown: str, folder: str, here: str) -> str:
    """Links of a page, written for its folder in the repository, as they lead from a folder of the site."""

    def lead(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, link[1]))
        page = (PAGES | ALSO).get(target) or (target[5:] if target.startswith("docs/") else "")
        return f"]({posixpath.relpath(page, here or '.')}" if page else link[0]

    return _LINK.sub(lead, markdown)
