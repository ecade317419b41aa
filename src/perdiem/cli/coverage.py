"""policy coverage: every word of a policy's source, what it is, and whether it still stands there."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from perdiem.cli.outputs import apart, form_of
from perdiem.formats.coverage_page import MARKS, Page, Stretch, coverage_page
from perdiem.model.errors import PolicyError
from perdiem.model.whole import whole
from perdiem.policy.citation import read_text
from perdiem.policy.coverage import coverage, page, wording
from perdiem.policy.read import Policy, read_policies
from perdiem.policy.verify import source_file

FORMATS = ("table", "html")
_FILLS = {"rules": "█", "open": "▲", "defines": "▓", "unseeable": "░", "background": "·", "heading": "─"}
_STYLES = {"rules": "green", "open": "red", "defines": "blue", "unseeable": "magenta", "background": "dim", "heading": "dim"}
_WIDTH = 40  # of the longest bar; less where the terminal is narrow
_BESIDE = 80  # columns that the rest of its row takes
_LEAST = 6
_FEW = 6  # codes named one by one; more are shown as first, last and their number


def coverage_command(
    policy: Annotated[str, typer.Argument(metavar="ID", help="A policy, as id (its newest version) or id@effective.")],
    sources: Annotated[Path | None, typer.Option(help="Folder with your own copies of the payers' texts.")] = None,
    format: Annotated[str, typer.Option("--format", help="table or html; by default as --out ends, else table.")] = "",
    out: Annotated[Path | None, typer.Option(help="Write the report here.")] = None,
) -> None:
    """Show what every word of a policy's source is: the ground of rules, a code's description, or why it is neither.

    Exit status: 0 whole (unverified without the text); 1 a tile is broken or words are left out; 2 wrong usage.

    Examples:

      perdiem policy coverage bcbstx-cpcp019

      perdiem policy coverage bcbstx-cpcp019 --sources texts/ --out coverage.html
    """
    form = form_of(format, out, FORMATS, "table", "report of coverage")
    chosen = _policy(policy)
    if sources is not None and not sources.is_dir():
        raise PolicyError("--sources", f"{sources.name!r} is no folder", "Name the folder that holds the payers' texts")
    file = source_file(chosen.sources[0], sources)
    apart([file], out)
    covered = coverage(chosen, read_text(file) if file else None)
    shown = page(covered, wording(covered, file) if file else ())
    if out is not None:
        with whole(out) as (place,), place.open("w", encoding="utf-8", newline="") as target:
            _write(shown, form, target)
    else:
        _write(shown, form, sys.stdout)
    raise typer.Exit(0 if covered.whole else 1)


def _policy(name: str) -> Policy:
    found = [p for p in read_policies() if name in (p.id, p.name)]
    if not found:
        raise PolicyError("policy coverage", f"no policy {name!r}", "perdiem policy list shows those loaded")
    return found[-1]  # by effective date: the newest


def _write(shown: Page, format: str, out: TextIO) -> None:
    if format == "html":
        out.write(coverage_page(shown))
    else:
        _table(shown, Console(file=out, width=None if out.isatty() else 120, highlight=False))


def _table(shown: Page, console: Console) -> None:
    console.print(f"[bold]{escape(shown.title)}[/]\n{escape(shown.source)}\n{escape(shown.standing)}")
    for fault in shown.faults:
        console.print(f"  fault: {escape(fault)}")
    console.print()
    console.print(_shares(shown, max(_LEAST, min(_WIDTH, console.width - _BESIDE))))
    says = {rule.id: rule.says for rule in shown.rules}
    for section, stretches in groupby(shown.stretches, lambda stretch: stretch.section):
        console.print(f"\n[bold]{escape(section)}[/]")
        rows = Table(box=None, padding=(0, 1), header_style="dim")
        for column, right in (("line", True), ("is", False), ("words", True), ("standing", False)):
            rows.add_column(column, justify="right" if right else "left", no_wrap=True)
        rows.add_column("rests on, says or describes", ratio=1)
        for stretch in stretches:
            kind = Text(f"{MARKS[stretch.kind]} {stretch.kind}", _STYLES[stretch.kind])
            rows.add_row(stretch.place, kind, str(stretch.words), stretch.standing, _reading(stretch, says))
        console.print(rows)
    _rules(shown, console)


def _rules(shown: Page, console: Console) -> None:
    console.print("\n[bold]The rules and where they rest[/]")
    for rule in shown.rules:
        lines = ", ".join(stretch.place for stretch in shown.stretches if rule.id in stretch.rules)
        console.print(f"\n [bold]{escape(rule.id)}[/]")
        for label, text in (("", rule.says), ("reading: ", rule.reading), ("doubt: ", rule.doubt), ("lines: ", lines)):
            if text:
                console.print(Padding(Text(label + text, "dim" if label else ""), (0, 0, 0, 3)))


def _shares(shown: Page, longest_bar: int) -> Table:
    words, tiles = sum(s.words for s in shown.shares), sum(s.tiles for s in shown.shares)
    longest = max((s.part for s in shown.shares), default=0) or 1
    rows = Table(box=None, padding=(0, 1), header_style="dim", show_footer=True, footer_style="bold")
    for column, foot, right in (("kind", "all", False), ("tiles", tiles, True), ("words", words, True), ("part", "", True)):
        rows.add_column(column, str(foot), justify="right" if right else "left", no_wrap=True)
    rows.add_column("", no_wrap=True)
    rows.add_column("meaning", ratio=1)
    for s in shown.shares:
        bar = _FILLS[s.kind] * round(longest_bar * s.part / longest) or (_FILLS[s.kind] if s.words else "")
        style = _STYLES[s.kind]
        name = Text(f"{MARKS[s.kind]} {s.kind}", style)
        rows.add_row(name, str(s.tiles), str(s.words), f"{100 * s.part:.1f} %", Text(bar, style), s.meaning)
    return rows


def _reading(stretch: Stretch, says: dict[str, str]) -> Text:
    """What each rule of a place says, why no rule rests on it, the codes it speaks of, and the text where it is at hand."""
    codes = ", ".join(stretch.codes)
    if len(stretch.codes) > _FEW:
        codes = f"{stretch.codes[0]} to {stretch.codes[-1]}, {len(stretch.codes)} codes"
    told = Text()
    for rule in stretch.rules:
        told.append("\n" if told else "").append(rule, "bold").append(f": {says[rule]}")
    count = f"{stretch.tiles} tiles" if stretch.tiles > 1 else ""
    parts = [stretch.because, f"{'of' if stretch.rules else 'describes'} {codes}" if codes else "", count]
    if more := "; ".join(part.rstrip(".") for part in parts if part):
        told.append(("\n" if told else "") + more)
    for text in stretch.text:
        told.append(("\n" if told else "") + text, "dim")
    return told
