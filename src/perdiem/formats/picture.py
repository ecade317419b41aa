"""The picture of a claim on a terminal: days across, lines down, wrapped to the width at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Protocol, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from perdiem.formats.report import MARKS, STYLES, legible, reason

_COLOURS = {"✖": "red", "?": "magenta", "·": "dim", "-": "dim", "■": "cyan", "▲": "blue", "□": "default"}


class DrawnRow(Protocol):
    """One line: number, code, verdict and a mark per day."""

    line: int
    code: str
    verdict: str
    marks: dict[date, str]


class Drawn(Protocol):
    """A claim drawn."""

    answer: dict[str, Any]
    days: tuple[date, ...]
    rows: tuple[DrawnRow, ...]


Words = Callable[[str, str], str]


def show(picture: Any, legend: Iterable[tuple[str, str]], out: TextIO, meaning: Words, words: dict[str, str]) -> None:
    """Draw a claim and say its findings.

    meaning: what a reason code of a list (GROUP, CARC, RARC) means. words: the policy's own sentences by
    fingerprint, where they are at hand.
    """
    console = Console(file=out, width=None if out.isatty() else 120, highlight=False)
    answer = picture.answer
    verdict = answer["verdict"]
    console.print(
        f"\n[bold]claim {legible(answer['claim_id'])}[/]  {legible(answer['source'])}, claim {answer['position']}"
        f"  [{STYLES[verdict]}]{MARKS[verdict]} {verdict}[/]  ${answer['charge']}"
    )
    if "withdrawn_by" in answer:
        console.print(f"withdrawn by claim {legible(answer['withdrawn_by'])}: no rule applies to it")
        return
    first, last = picture.days[0], picture.days[-1]
    console.print(f"{first}" if first == last else f"{first} to {last}")
    for days in _wrap(picture, console.width):
        console.print(_grid(picture.rows, days))
    drawn = {mark for row in picture.rows for mark in row.marks.values()}
    entries = [f"{mark} {told}".replace(" ", "\u00a0") for mark, told in legend if mark in drawn]
    console.print(Text("   ".join(entries), style="dim"))
    for line in answer["lines"]:
        _say_line(console, line, meaning, words)
    console.print("\nPayable means under this policy; that a code is listed does not make it covered.", style="dim")


def _wrap(picture: Drawn, width: int) -> Iterator[list[date]]:
    """The days in runs that fit the width; a gap of a week or more is left out."""
    code = max(len(row.code) for row in picture.rows)
    room = max(1, (width - code - 21) // 3)
    runs: list[list[date]] = []
    for day in picture.days:
        if runs and (day - runs[-1][-1]).days < 7 and len(runs[-1]) < room:
            runs[-1].append(day)
        else:
            runs.append([day])
    yield from runs


def _grid(rows: Sequence[DrawnRow], days: list[date]) -> Table:
    grid = Table(box=None, padding=(0, 0), show_header=True, header_style="bold")
    grid.add_column("line", min_width=6, no_wrap=True)
    grid.add_column("code", min_width=max(len(row.code) for row in rows) + 2, no_wrap=True)
    month, shifts = "", []
    for day in days:
        new = f"{day:%Y-%m}" != month
        month = f"{day:%Y-%m}"
        shifts.append(new)
        grid.add_column(f"{day:%b}\n{day:%d}" if new else f"\n{day:%d}", justify="center", width=4 if new else 3, no_wrap=True)
    grid.add_column("", no_wrap=True)
    for row in rows:
        if not any(day in row.marks for day in days):
            continue
        cells = [_cell(row.marks.get(day, ""), shift) for day, shift in zip(days, shifts, strict=True)]
        told = Text(f" {MARKS[row.verdict]} {row.verdict}", style=STYLES[row.verdict])
        grid.add_row(str(row.line), legible(row.code), *cells, told)
    return grid


def _cell(mark: str, shift: bool) -> Text:
    """A day's mark; under the name of a month the column is one wider, and the mark one to the right."""
    return Text((" " if shift else "") + mark, style=_COLOURS.get(mark, "green"))


def _say_line(console: Console, line: dict[str, Any], meaning: Words, words: dict[str, str]) -> None:
    verdict = line["verdict"]
    told = {"pay": "paid", "deny": "denied", "pend": "pending"}
    units = ", ".join(f"{line[f'{k}_units']} {word}" for k, word in told.items() if line[f"{k}_units"])
    code = " ".join([line["code"], *line["modifiers"]])
    console.print(
        f"\n[bold]line {line['line']} {legible(code)}[/]  [{STYLES[verdict]}]{MARKS[verdict]} {verdict}[/]"
        + (f"  {units} of {line['units']}" if units else "")
        + (
            f"  ({line['unjudged_days']} day{'' if line['unjudged_days'] == 1 else 's'} before the policy takes effect)"
            if line["unjudged_days"]
            else ""
        )
    )
    if "because" in line:
        console.print(f"  {line['because']}")
    for adjustment in line["adjustments"]:
        means = [meaning("CARC", adjustment["carc"]), *(meaning("RARC", r) for r in adjustment["rarc"])]
        units = f"{adjustment['units']} unit{'' if adjustment['units'] == 1 else 's'}"
        console.print(f"  {reason(adjustment)} for {units}: {legible('; '.join(filter(None, means)))}")
    if not line["findings"] and verdict == "pay":
        console.print("  payable: no rule objects")
    for ask in [a for a in line.get("asks", []) if a not in {f.get("asks") for f in line["findings"]}]:
        console.print(f"  needed: {legible(ask)}")
    disclosed = list[dict[str, str]]()
    for finding in line["findings"]:
        _say_finding(console, finding, words)
        for conflict in finding.get("conflicts", ()):
            if conflict not in disclosed:  # several findings may rest on one; it is told with the first
                disclosed.append(conflict)
                _say_conflict(console, conflict)


def _say_finding(console: Console, finding: dict[str, Any], words: dict[str, str]) -> None:
    note = " (a note: it costs no unit)" if finding.get("note") else ""
    mark = "-" if note else MARKS.get(finding["effect"], "·")
    console.print(f"  {mark} {legible(finding['message'])}{note}")
    for name, label in (("fix", "fix"), ("asks", "needed")):
        if name in finding:
            console.print(f"    {label}: {legible(finding[name])}")
    cite = finding["cite"]
    line = f", line {cite['line']}" if cite["line"] else ""
    console.print(
        f"    {cite['section']}{line} of source {cite['source']} ({finding['policy']}#{finding['rule']})",
        style="dim",
    )
    if cite["fingerprint"] in words:
        console.print(f"    the policy's words: {legible(words[cite['fingerprint']])}", style="italic")
    if "doubt" in finding:
        console.print(f"    doubt: {legible(finding['doubt'])}", style="dim")


def _say_conflict(console: Console, conflict: dict[str, str]) -> None:
    on = f" on {legible(conflict['on'])}" if conflict["on"] else ""
    console.print(f"    sources disagree{on}: {conflict['about']}; followed: {conflict['followed']}", style="dim")
