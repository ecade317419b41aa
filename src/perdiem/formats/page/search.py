"""Search in a publication: a field, its rows and a small program, all inside the page; without scripts it stays hidden."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files


def search_field(rows: Sequence[tuple[str, str, str, str]]) -> str:
    """The markup of a search over rows of name, label, address and further words."""
    data = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'{_read("search.html")}<script type="application/json" id="rows">{data}</script>'


def search_script() -> str:
    """The program that searches."""
    return _read("search.js")


def _read(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8")
