"""The list of decisions: each with its number, its title and the first sentence of what was decided."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from reference_policies import WRITTEN

FOLDER = Path(__file__).parent / "decisions"


def decision_page() -> dict[str, str]:
    """The list of decisions, by name of the page."""
    return {"decisions/index.md": "\n".join(_list())}


def _list() -> Iterator[str]:
    yield f"# Decisions\n\n{WRITTEN}\n"
    yield "Why perdiem is built as it is. Each page says what was to be decided, what was, and what follows from it.\n"
    yield "| no. | decision | in a sentence |\n|--:|---|---|"
    for file in sorted(FOLDER.glob("[0-9]*.md")):
        text = file.read_text("utf-8")
        number, title = re.findall(r"\A# (\d+)\. (.+)", text)[0]
        yield f"| {number} | [{title}]({file.name}) | {_first_sentence(text)} |"


def _first_sentence(text: str) -> str:
    """Of what was decided, whether it stands as text or as the first point of a list."""
    decided = text.split("**Decision.**")[1].strip()
    told = " ".join(decided.removeprefix("- ").split("\n\n")[0].split())
    return re.split(r"(?<=[.:;]) (?=[A-Z`])", told)[0].rstrip(":;")
