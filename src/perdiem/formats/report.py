"""Reports: answers as a table for the terminal, JSON lines and CSV; it knows shapes, no policy."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any, TextIO

from rich.console import Console
from rich.markup import escape
from rich.table import Table

MARKS = {"pay": "✔", "partial": "◐", "deny": "✖", "pend": "?", "unedited": "–"}
STYLES = {"pay": "green", "partial": "yellow", "deny": "red", "pend": "magenta", "unedited": "dim"}

CSV_COLUMNS = (
    "claim_id", "payer", "member_id", "source", "position", "line", "code", "modifiers", "from", "to", "pos", "units",
    "charge", "verdict", "pay_units", "deny_units", "pend_units", "unjudged_days", "reasons", "rules", "why", "asks", "cites",
)  # fmt: skip

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Answer = dict[str, Any]


def legible(text: str) -> str:
    """Text from a claim as a terminal may show it: no markup, and a dot for anything that is not printable."""
    return escape("".join(c if c.isprintable() else "·" for c in text))


def jsonl(answers: Iterable[Answer]) -> Iterator[str]:
    """One claim a line, keys in the contract's order, without spaces to spare."""
    for answer in answers:
        yield json.dumps(answer, ensure_ascii=False) + "\n"


def csv_rows(answers: Iterable[Answer]) -> Iterator[str]:
    """One service line a row; several reasons, rules or places are joined by ``; ``."""
    buffer = StringIO()
    writer = csv.DictWriter(buffer, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for answer in answers:
        for line in answer["lines"]:
            writer.writerow({key: _safe(value) for key, value in _flat(answer, line).items()})
        yield _drain(buffer)
    yield _drain(buffer)


def reason(adjustment: Answer) -> str:
    """``CO-151 N345``: group, CARC and RARC as billers write them."""
    return " ".join([f"{adjustment['group']}-{adjustment['carc']}", *adjustment["rarc"]])


def table(answers: Iterable[Answer], out: TextIO, every: bool = False) -> None:
    """Lines that need a look, one row each with its first reason in words; ``every`` shows paid lines too."""
    console = Console(file=out, width=None if out.isatty() else 160, highlight=False)
    shown = Table(box=None, padding=(0, 1), header_style="bold", expand=False)
    for column in ("claim", "line", "code", "days", "units", "verdict", "pay", "deny", "pend", "reason"):
        right = column in ("line", "units", "pay", "deny", "pend")
        shown.add_column(column, justify="right" if right else "left", no_wrap=column != "reason")
    shown.add_column("why", ratio=1)
    last, hidden = None, 0
    for answer in answers:
        for line in answer["lines"]:
            if not every and line["verdict"] in ("pay", "unedited"):
                hidden += 1
                continue
            name = answer["claim_id"] if last is not answer else ""
            last = answer
            shown.add_row(*map(str, _cells(name, line)), style=None)
    if shown.row_count:
        console.print(shown)
    if hidden:
        console.print(f"{hidden} more lines are paid or unedited (--all shows them)", style="dim")


def table_text(answers: Iterable[Answer], every: bool = False) -> Iterator[str]:
    """The table as plain text, for a file."""
    out = StringIO()
    table(answers, out, every)
    yield out.getvalue()


def ledger_text(ledger: dict[str, Any], out: TextIO, problems: bool = True) -> None:
    """The ledger as text: what came in, what became of it, and every problem with its place."""
    console = Console(file=out, width=None if out.isatty() else 160, highlight=False)
    console.print(
        f"[bold]ledger[/]  {ledger['claims_in']} claims in = {ledger['judged']} judged + {ledger['rejected']} rejected; "
        f"${ledger['charge_in']} in = ${ledger['charge_judged']} judged + ${ledger['charge_rejected']} rejected"
    )
    verdicts = "  ".join(f"[{STYLES[v]}]{MARKS[v]} {v} {n}[/]" for v, n in ledger["verdicts"].items())
    console.print(f"[bold]lines[/]   {ledger['lines_in']} in: {verdicts}")
    for problem in ledger["problems"] if problems else ():
        segment = f", segment {problem['segment']}" if problem["segment"] else ""
        place = problem["source"] + segment + (f", claim {problem['claim_id']}" if problem["claim_id"] else "")
        console.print(f"[bold]{problem['weight']}[/]  {legible(place)}: {legible(problem['problem'])}")


def _cells(name: str, line: Answer) -> list[str]:
    verdict = line["verdict"]
    days = line["from"] if line["from"] == line["to"] else f"{line['from']}..{line['to'][5:]}"
    speaking = [f for f in line["findings"] if f["effect"] in ("deny", "pend") and not f.get("note")] or line["findings"]
    asks = line.get("asks", [])
    span = f" on {line['from']}" + (f" to {line['to']}" if line["to"] != line["from"] else "")
    why = speaking[0]["message"].replace(span, "") if speaking else ""
    if asks:
        why = f"{why}; needed: {asks[0]}" if why else f"needed: {asks[0]}"
    reasons = ", ".join(map(reason, line["adjustments"]))
    units = ["" if line[k] in (None, 0) else str(line[k]) for k in ("pay_units", "deny_units", "pend_units")]
    mark = f"[{STYLES[verdict]}]{MARKS[verdict]} {verdict}[/]"
    code = " ".join([line["code"], *line["modifiers"]])
    return [legible(name), str(line["line"]), legible(code), days, str(line["units"]), mark, *units, reasons, legible(why)]


def _flat(answer: Answer, line: Answer) -> dict[str, Any]:
    speaking = [f for f in line["findings"] if f["effect"] in ("deny", "pend")]
    cites = [f"{f['cite']['source']}:L{f['cite']['line']}" for f in speaking]
    return {
        **{key: answer[key] for key in ("claim_id", "payer", "member_id", "source", "position")},
        **{key: line[key] for key in CSV_COLUMNS[5:18]},
        "modifiers": " ".join(line["modifiers"]),
        "reasons": "; ".join(map(reason, line["adjustments"])),
        "rules": "; ".join(f["rule"] for f in speaking),
        "why": "; ".join(f["message"] for f in speaking),
        "asks": "; ".join(line.get("asks", [])),
        "cites": "; ".join(cites),
    }


def _safe(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _drain(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
