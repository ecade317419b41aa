"""Prices as a table for the terminal, JSON and CSV; it knows shapes, no contract."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table

from perdiem.formats.report import MARKS, STYLES, legible, safe

Row = dict[str, Any]
LINE_COLUMNS = (
    "claim_id", "source", "line", "code", "modifiers", "from", "to", "units", "charge", "verdict", "pay_units", "pend_units",
    "deny_units", "allowed", "pended", "denied", "unedited", "lacks", "contract", "how",
)  # fmt: skip
STAKE_COLUMNS = ("what", "effect", "lines", "charge", "expected", "unpriced_lines")


def lines_table(rows: Iterable[Row], totals: Row, out: TextIO) -> None:
    """Lines with their money and how it comes about, then the totals."""
    console = Console(file=out, width=None if out.isatty() else 160, highlight=False)
    shown = Table(box=None, padding=(0, 1), header_style="bold", expand=False)
    for column in ("claim", "line", "code", "units", "charge", "verdict", "allowed", "pending", "denied"):
        shown.add_column(column, justify="left" if column in ("claim", "code", "verdict") else "right", no_wrap=True)
    shown.add_column("how", ratio=1, overflow="fold")
    before = None
    for row in rows:
        claim = "" if row["claim_id"] == before else legible(row["claim_id"])
        before = row["claim_id"]
        mark = f"[{STYLES[row['verdict']]}]{MARKS[row['verdict']]} {row['verdict']}[/]"
        code = legible(f"{row['code']} {row['modifiers']}".strip())
        sums = (
            ["-", "", ""]
            if row["lacks"]
            else [_sum(row["allowed"] + row["unedited"], True), _sum(row["pended"]), _sum(row["denied"])]
        )
        units = f"{row['units']:f}".rstrip("0").rstrip(".")
        shown.add_row(claim, str(row["line"]), code, units, f"{row['charge']:.2f}", mark, *sums, legible("; ".join(row["how"])))
    if shown.row_count:
        console.print(shown)
    totals_text(totals, console)


def totals_text(totals: Row, console: Console) -> None:
    """The sums of a batch: what is owed, what waits, what was denied, what has no price."""
    least, most = totals["expected"]
    console.print(f"[bold]expected[/]  ${least}" + (f" to ${most}, once what pends is answered" if most != least else ""))
    parts = [("denied", "deny_charge", "denied"), ("pending", "pend_charge", "pended"), ("unedited", "unedited_charge", "unedited")]
    for name, charge, money in parts:
        if Decimal(totals[charge]):
            console.print(f"[bold]{name}[/]  ${totals[charge]} charged, of which ${totals[money]} would be owed by the contract")
    for lacking in totals["unpriced"]:
        lines = f"{lacking['lines']} line{'' if lacking['lines'] == 1 else 's'}"
        console.print(f"[bold]not priced[/]  {lines}, ${lacking['charge']} charged: {lacking['lacks']}")


def stakes_table(rows: Iterable[Row], by: str, totals: Row, out: TextIO) -> None:
    """Money at stake by rule, reason, claim or line, then the totals."""
    console = Console(file=out, width=None if out.isatty() else 160, highlight=False)
    shown = Table(box=None, padding=(0, 1), header_style="bold", expand=False)
    for column in (by, "effect", "lines", "charge", "at stake", "not priced"):
        shown.add_column(column, justify="left" if column in (by, "effect") else "right", no_wrap=True)
    for row in rows:
        mark = f"[{STYLES[row['effect']]}]{MARKS[row['effect']]} {row['effect']}[/]"
        shown.add_row(
            legible(row["what"]), mark, str(row["lines"]), row["charge"], row["expected"], str(row["unpriced_lines"] or "")
        )
    if shown.row_count:
        console.print(shown)
    totals_text(totals, console)


def csv_text(rows: Iterable[Row], columns: tuple[str, ...]) -> Iterator[str]:
    """Rows as CSV with a heading; what is not known is empty."""
    buffer = StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: safe(_cell(value)) for key, value in row.items()})
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def json_text(told: Row) -> str:
    """One JSON document; money is text, units are numbers, days ISO."""
    return json.dumps(told, ensure_ascii=False, indent=1, default=_plain) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        if value.as_tuple().exponent == -2:
            return f"{value:.2f}"
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(type(value).__name__)


def _cell(value: object) -> Any:
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if isinstance(value, Decimal):
        return f"{value:.2f}" if value.as_tuple().exponent == -2 else f"{value:f}".rstrip("0").rstrip(".")
    return value.isoformat() if isinstance(value, date) else value


def _sum(value: Decimal, always: bool = False) -> str:
    return f"{value:.2f}" if value or always else ""
