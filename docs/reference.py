"""Writes the reference pages from the program and its library, so that they cannot go stale."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

import typer.main
from reference_codes import codes_page
from reference_decisions import decision_page
from reference_policies import policy_pages
from reference_register import register_pages
from reference_tables import columns_page, tables_page

from perdiem.cli import app
from perdiem.edits import KINDS
from perdiem.edits.rule import LINES, LINKS, LISTING, PAIRS, VALUES, Lines, Outcome, Rule

HERE = Path(__file__).parent
HEAD = frozenset(f.name for f in fields(Rule))
SORTS = {
    LINES: "selector of lines",
    VALUES: "values by outcome",
    PAIRS: "pairs of codes",
    LINKS: "rules of this policy",
    LISTING: "fingerprints of imported releases",
}

KINDS_INTRO = """\
# Kinds

<!-- Written by `python docs/reference.py`; do not edit. -->

A rule in a policy file names one of these kinds and gives its fields.
What each outcome leads to (deny, pend, advise, warn, pay), with its codes and words, stands in the policy.
Kinds run in stages: a kind reads only what earlier stages found.
"""

COMMANDS_INTRO = """\
# Commands

<!-- Written by `python docs/reference.py`; do not edit. -->

`perdiem COMMAND --help` says the same.
"""


def kinds_page() -> str:
    """The reference of kinds, in the order in which they run."""
    order = sorted(KINDS.values(), key=lambda kind: (kind.stage, kind.kind))
    return "\n".join([KINDS_INTRO, *_common(), *(text for kind in order for text in _kind(kind))])


def _common() -> Iterator[str]:
    yield "## What every rule has\n"
    yield _words(Rule.__doc__) + "\n"
    yield from _table([f for f in fields(Rule) if f.name != "outcomes"])
    yield "\n### A selector of lines\n"
    yield _words(Lines.__doc__) + "\n"
    yield "\n### An outcome\n"
    yield _words(Outcome.__doc__) + "\n"


def _kind(kind: type[Rule]) -> Iterator[str]:
    yield f"\n## {kind.kind}\n"
    yield f"Stage {kind.stage}.\n"
    text = sys.modules[kind.__module__].__doc__ or ""
    yield _words(text.partition(": ")[2] if text.startswith(f"{kind.kind}: ") else text, capital=True) + "\n"
    yield _words(kind.__doc__) + "\n"
    own = [f for f in fields(kind) if f.name not in HEAD]
    yield from _table(own) if own else ["It has no fields of its own.\n"]
    yield "\n| outcome | when |\n|---|---|"
    yield from (f"| `{name}` | {meaning} |" for name, meaning in kind.ends.items())


def _table(of: list[Field[Any]]) -> Iterator[str]:
    yield "| field | what it is | default |\n|---|---|---|"
    for field in of:
        sort = SORTS.get(field.metadata.get("as", ""), f"`{field.type}`".replace(" | ", "` or `").replace("`None`", "none"))
        yield f"| `{field.name}` | {sort} | {_default(field)} |"


def _default(field: Field[Any]) -> str:
    if field.default is MISSING:
        return "empty" if field.default_factory is not MISSING else "required"
    if field.default == (Lines(),):
        return "all lines"
    return "none" if field.default in ((), None, "") else f"`{field.default}`"


def _words(text: str | None, capital: bool = False) -> str:
    """A docstring as Markdown: no indent, double backquotes single."""
    lines = [line.strip() for line in (text or "").strip().splitlines()]
    told = "\n".join(lines).replace("``", "`")
    return told[:1].upper() + told[1:] if capital else told


def commands_page() -> str:
    """The reference of commands, from the program's own help."""
    return "\n".join([COMMANDS_INTRO, *_command(typer.main.get_command(app), "perdiem")])


def _command(command: Any, name: str) -> Iterator[str]:
    below = getattr(command, "commands", {})
    yield f"\n## {name}\n"
    yield _help(command.help) + "\n"
    options = [p for p in command.params if p.name != "help"]
    if options:
        yield "| argument or option | meaning | default |\n|---|---|---|"
        yield from (_option(p) for p in options)
    if below:
        yield "\nCommands: " + ", ".join(f"`{name} {sub}`" for sub in below) + "\n"
    for sub, inner in below.items():
        yield from _command(inner, f"{name} {sub}")


def _option(option: Any) -> str:
    named = option.param_type_name == "argument"
    name = re.sub(r"[^A-Z]", "", option.metavar or option.name.upper()) if named else ", ".join(option.opts)
    default = option.default
    plain = "required" if option.required else f"`{default}`" if default not in (None, False, (), [], "") else "none"
    again = ", may be repeated" if getattr(option, "multiple", False) or option.nargs == -1 else ""
    return f"| `{name}`{again} | {option.help or ''} | {'off' if default is False else plain} |"


def _help(text: str | None) -> str:
    """Paragraphs as they stand; indented lines, which are commands to type, as code."""
    out = []
    for part in (text or "").strip().split("\n\n"):
        lines = part.strip().splitlines()
        is_code = all(line.strip().startswith(("perdiem ", "zcat ")) for line in lines)
        out.append("\n".join(f"    {line.strip()}" if is_code else line.strip() for line in lines))
    return "\n\n".join(out)


def build() -> dict[str, str]:
    """Every page that this script writes, by name."""
    pages = {
        "kinds.md": kinds_page(),
        "commands.md": commands_page(),
        "tables.md": tables_page(),
        "columns.md": columns_page(),
        "code-book.md": codes_page(),
        **decision_page(),
        **policy_pages(),
        **register_pages(),
    }
    return {name: text.rstrip() + "\n" for name, text in pages.items()}


def main() -> int:
    for name, text in build().items():
        (HERE / name).parent.mkdir(exist_ok=True)
        (HERE / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
