"""codes conflicts: where the documents contradict each other, and where the releases that you imported do."""

from __future__ import annotations

import csv
import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from perdiem.codes.conflicts import Difference, differences
from perdiem.codes.register import conflicts
from perdiem.codes.releases import loaded
from perdiem.codes.texts import read_texts
from perdiem.model.conflict import STATES, Conflict

FORMATS = ("table", "json", "csv")
COLUMNS = ("between", "id", "codes", "field", "about", "source", "place", "says", "followed", "why", "status", "rules")


def _format(name: str) -> str:
    if name not in FORMATS:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(FORMATS)}")
    return name


def conflicts_command(
    code: Annotated[str | None, typer.Argument(metavar="[CODE]", help="Only conflicts about this code; default all.")] = None,
    format: Annotated[str, typer.Option("--format", callback=_format, help="table, json, or csv (one row a side).")] = "table",
) -> None:
    """Show where sources say different things of a code: who says what, where, which is followed, and why.

    Two sorts are told apart: conflicts between the documents that perdiem's rules are read from (or inside one of them, or
    against the official code set), each checked by hand; and differences between the releases that you imported yourself.

    Exit status: 0, also where no conflict is known; 2 wrong usage.

    Examples:

      perdiem codes conflicts A4221

      perdiem codes conflicts --format csv
    """
    wanted = code.strip().upper() if code else None
    told = conflicts(wanted)
    found = [one for one in differences(loaded()) if wanted in (None, one.code)]
    if format == "json":
        print(json.dumps({"documents": [document(one) for one in told], "releases": [_release(one) for one in found]}, indent=1))
    elif format == "csv":
        writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for one in told for row in _rows(one))
        writer.writerows({"between": "releases", **row} for one in found for row in _release_rows(one))
    else:
        _show(Console(file=sys.stdout, width=None if sys.stdout.isatty() else 120, highlight=False), wanted, told, found)


def document(conflict: Conflict) -> dict[str, object]:
    """A conflict as JSON tells it, each side with its citation."""
    sides = [
        {
            "source": side.cite.source,
            "section": side.cite.section,
            **({"line": side.cite.line} if side.cite.line else {}),
            **({"words": side.cite.words, "fingerprint": side.cite.fingerprint} if side.cite.fingerprint else {}),
            "says": side.says,
        }
        for side in conflict.sides
    ]
    heads = ("id", "codes", "field", "about", "followed", "why", "status", "rules", "checked")
    return {**{name: getattr(conflict, name) for name in heads}, "sides": sides}


def _release(found: Difference) -> dict[str, str]:
    return {"code": found.code, "one": found.one, "other": found.other, "what": found.what, "followed": found.followed}


def _rows(conflict: Conflict) -> list[dict[str, str]]:
    head = {name: getattr(conflict, name) for name in ("id", "field", "about", "followed", "why", "status")}
    head |= {"between": "documents", "codes": " ".join(conflict.codes), "rules": " ".join(conflict.rules)}
    return [{**head, "source": s.cite.source, "place": _place(s.cite.section, s.cite.line), "says": s.says} for s in conflict.sides]


def _release_rows(found: Difference) -> list[dict[str, str]]:
    head = {"codes": found.code, "about": found.what, "followed": found.followed}
    return [{**head, "source": source} for source in (found.one, found.other)]


def _place(section: str, line: int) -> str:
    return f"{section}, line {line}" if line else section


def _show(console: Console, wanted: str | None, told: tuple[Conflict, ...], found: list[Difference]) -> None:
    texts = read_texts()
    of = f" about {escape(wanted)}" if wanted else ""
    console.print(f"[bold]Between documents[/]: {_count(len(told), 'conflict')}{of}")
    for conflict in told:
        codes = ", ".join(conflict.codes) or "no code"
        console.print(f"\n[bold]{codes}[/]  {escape(conflict.field)}: {escape(conflict.about)}  \\[{conflict.status}]")
        for side in conflict.sides:
            console.print(f"  {escape(side.cite.source)}: {escape(side.says)}")
            console.print(f"    {escape(_place(side.cite.section, side.cite.line))}", style="dim")
        console.print(f"  followed: {escape(conflict.followed)}. {escape(conflict.why)}")
        if conflict.checked:
            console.print(f"  checked: {escape(conflict.checked)}", style="dim")
        for rule in conflict.rules:
            console.print(f"  rests on it: {rule}", style="dim")
    cited = [key for key in texts if any(side.cite.source == key for conflict in told for side in conflict.sides)]
    if cited:
        console.print("\nsources")
        for key in cited:
            unread = "" if texts[key].sha256 or texts[key].table else " (no copy at hand)"
            console.print(f"  {escape(key)}: {escape(texts[key].name)}{unread}", style="dim")
        states = dict.fromkeys(conflict.status for conflict in told)
        console.print("status: " + "; ".join(f"{state}, {STATES[state]}" for state in states), style="dim")
    console.print(f"\n[bold]Between releases that you imported[/]: {_count(len(found), 'difference')}{of}")
    for one in found:
        console.print(
            f"  {one.code}: {escape(one.what)} ({escape(one.one)}, {escape(one.other)}); followed: {escape(one.followed)}"
        )


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
