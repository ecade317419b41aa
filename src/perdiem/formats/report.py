"""Reports: answers as a table for the terminal, JSON lines and CSV; it knows shapes, no policy."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING, Any, TextIO

from perdiem.formats.tabular.marks import marked

if TYPE_CHECKING:
    from rich.console import Console

MARKS = {"pay": "✔", "partial": "◐", "deny": "✖", "pend": "?", "unedited": "–"}
STYLES = {"pay": "green", "partial": "yellow", "deny": "red", "pend": "magenta", "unedited": "dim"}

CSV_COLUMNS = (
    "claim_id", "payer", "member_id", "source", "position", "line", "code", "modifiers", "from", "to", "pos", "units",
    "charge", "verdict", "pay_units", "deny_units", "pend_units", "unjudged_days", "reasons", "rules", "why", "asks", "cites",
    "provider_npi", "ndc", "diagnoses", "taxonomy", "frequency", "original_ref",
)  # fmt: skip

Answer = dict[str, Any]


def printable(text: str) -> str:
    """Text from a claim with a dot for anything that is not printable."""
    return "".join(c if c.isprintable() else "·" for c in text)


def legible(text: str) -> str:
    """Text from a claim as a terminal may show it: printable, and no markup."""
    from rich.markup import escape

    return escape(printable(text))


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
            writer.writerow({key: safe(value) for key, value in flat(answer, line).items()})
        yield _drain(buffer)
    yield _drain(buffer)


def reason(adjustment: Answer) -> str:
    """``CO-151 N345``: group, CARC and RARC as billers write them."""
    return " ".join([f"{adjustment['group']}-{adjustment['carc']}", *adjustment["rarc"]])


def _console(out: TextIO) -> Console:
    from rich.console import Console  # not before something is drawn: the first answer need not wait for it

    return Console(file=out, width=None if out.isatty() else 160, highlight=False)


def table(answers: Iterable[Answer], out: TextIO, every: bool = False) -> None:
    """Lines that need a look, each with its reason in words and place; ``every`` shows paid lines too.

    A terminal too narrow for columns gets the facts on one row and the reason on the next.
    """
    console = _console(out)
    hidden = _Hidden(answers, every)
    (_columns if console.width >= _WIDE else _rows)(console, hidden)
    if hidden.count:
        console.print(
            f"{hidden.count} more line{' is' if hidden.count == 1 else 's are'} paid or unedited (--all shows them)", style="dim"
        )


_WIDE = 120


class _Hidden:
    """The lines to show, with their claims; counts those left out."""

    def __init__(self, answers: Iterable[Answer], every: bool) -> None:
        self._answers, self._every, self.count = answers, every, 0

    def __iter__(self) -> Iterator[tuple[Answer, Answer, bool]]:
        for answer in self._answers:
            first = True
            for line in answer["lines"]:
                if self._every or line["verdict"] not in ("pay", "unedited"):
                    yield answer, line, first
                    first = False
                else:
                    self.count += 1


def _columns(console: Console, lines: Iterable[tuple[Answer, Answer, bool]]) -> None:
    from rich.table import Table

    shown = Table(box=None, padding=(0, 1), header_style="bold", expand=False)
    for column in ("claim", "line", "code", "days", "units", "verdict", "pay", "deny", "pend", "reason"):
        right = column in ("line", "units", "pay", "deny", "pend")
        shown.add_column(column, justify="right" if right else "left", no_wrap=column != "reason")
    shown.add_column("why, and where it says so", ratio=1)
    for answer, line, first in lines:
        shown.add_row(*_cells(answer["claim_id"] if first else "", line))
    if shown.row_count:
        console.print(shown)


def _rows(console: Console, lines: Iterable[tuple[Answer, Answer, bool]]) -> None:
    from rich.padding import Padding

    for answer, line, first in lines:
        _, number, code, days, units, mark, pay, deny, pend, reasons, why = _cells("", line)
        if first:
            console.print(f"[bold]{legible(answer['claim_id'])}[/]")
        told = ", ".join(f"{n} {word}" for n, word in ((pay, "pay"), (deny, "deny"), (pend, "pend")) if n)
        console.print(Padding(f"{number}  {code}  {days}  {units} units  {mark}  {told}", (0, 0, 0, 2)))
        console.print(Padding(f"{reasons}  {why}".strip(), (0, 0, 0, 6)))


def table_text(answers: Iterable[Answer], every: bool = False) -> Iterator[str]:
    """The table as plain text, for a file."""
    out = StringIO()
    table(answers, out, every)
    yield out.getvalue()


def ledger_text(ledger: dict[str, Any], out: TextIO, problems: bool = True) -> None:
    """The ledger as text: what came in, what became of it, and every problem with its place."""
    console = _console(out)
    console.print(
        f"[bold]ledger[/]  {ledger['claims_in']} claim{'' if ledger['claims_in'] == 1 else 's'} in = {_parted(ledger, '', '{}')}; "
        f"${ledger['charge_in']} in = {_parted(ledger, 'charge_', '${}')}"
    )
    verdicts = "  ".join(f"[{STYLES[v]}]{MARKS[v]} {v} {n}[/]" for v, n in ledger["verdicts"].items())
    aside = "".join(f"  {word} {n}" for word in ("rejected", "skipped") if (n := ledger[f"lines_{word}"]))
    console.print(f"[bold]lines[/]   {ledger['lines_in']} in: {verdicts}{aside}")
    if ledger["unread"]:
        claims = "1 claim" if ledger["unread"] == 1 else f"{ledger['unread']} claims"
        charge = f"about ${ledger['charge_unread']}" if Decimal(ledger["charge_unread"]) else "of unknown charge"
        console.print(f"[bold]not read[/]  about {claims}, {charge}, in refused files; the sums above are without them")
    if problems:
        problems_text(ledger["problems"], out)


def problems_text(problems: Iterable[dict[str, Any]], out: TextIO) -> None:
    """Every problem on a row: how much it weighs, its place, and what it is."""
    console = _console(out)
    for problem in problems:
        place = problem_place(problem) + (f", claim {problem['claim_id']}" if problem["claim_id"] else "")
        console.print(f"[bold]{problem['weight']}[/]  {legible(place)}: {legible(problem['problem'])}")


def problem_place(problem: dict[str, Any]) -> str:
    """Where a problem stands: its source, and the segment of an 837P or the row of a table."""
    return str(problem["source"]) + (f", {problem['counted_in']} {problem['segment']}" if problem["segment"] else "")


def _parted(ledger: dict[str, Any], prefix: str, shape: str) -> str:
    """``46 judged + 1 rejected``, and skipped where there are any."""
    words = ["judged", "rejected", *(["skipped"] if ledger["skipped"] else [])]
    return " + ".join(f"{shape.format(ledger[prefix + word])} {word}" for word in words)


def _cells(name: str, line: Answer) -> list[str]:
    verdict = line["verdict"]
    same_year = line["from"][:5] == line["to"][:5]
    days = line["from"] if line["from"] == line["to"] else f"{line['from']}..{line['to'][5 if same_year else 0 :]}"
    reasons = ", ".join(map(reason, line["adjustments"]))
    units = ["" if line[k] in (None, 0) else str(line[k]) for k in ("pay_units", "deny_units", "pend_units")]
    mark = f"[{STYLES[verdict]}]{MARKS[verdict]} {verdict}[/]"
    code = " ".join([line["code"], *line["modifiers"]])
    return [legible(name), str(line["line"]), legible(code), days, str(line["units"]), mark, *units, reasons, legible(_why(line))]


def _why(line: Answer) -> str:
    """The first finding that speaks for a line, what is needed, and the place in the policy."""
    speaking = spoken(line) or line["findings"]
    span = f" on {line['from']}" + (f" to {line['to']}" if line["to"] != line["from"] else "")
    said = [speaking[0]["message"].replace(span, "")] if speaking else [line["because"]] if "because" in line else []
    if line.get("asks"):
        said.append(f"needed: {line['asks'][0]}")
    place = f" [{cited(speaking[0]['cite'])}]" if speaking else ""
    return "; ".join(said) + place


_FIRST = {"pend": ("pend", "deny", "warn")}


def spoken(line: Answer, notes: bool = False) -> list[dict[str, Any]]:
    """The findings that say why a line is judged so, those of its verdict first, warnings last.

    notes: with those of days that cost no unit.
    """
    order = _FIRST.get(line["verdict"], ("deny", "pend", "warn"))
    told = [f for f in line["findings"] if f["effect"] in order and (notes or not f.get("note"))]
    return sorted(told, key=lambda finding: order.index(finding["effect"]))


def flat(answer: Answer, line: Answer) -> dict[str, Any]:
    """One line of a whole answer as a row of CSV_COLUMNS."""
    speaking = spoken(line, notes=True)
    cites = [cited(f["cite"]) for f in speaking]
    return {
        **{key: answer[key] for key in ("claim_id", "payer", "member_id", "source", "position")},
        **{key: line[key] for key in CSV_COLUMNS[5:18]},
        "modifiers": " ".join(line["modifiers"]),
        "reasons": "; ".join(map(reason, line["adjustments"])),
        "rules": "; ".join(f["rule"] for f in speaking),
        "why": "; ".join(f["message"] for f in speaking),
        "asks": "; ".join(line.get("asks", [])),
        "cites": "; ".join(cites),
        "ndc": line.get("ndc"),
        "diagnoses": " ".join(answer.get("diagnoses", ())),
        **{key: answer.get(key) for key in ("provider_npi", "taxonomy", "frequency", "original_ref")},
    }


def cited(cite: dict[str, Any]) -> str:
    """A citation in few characters: the source and its line, or the source alone where no copy of it was read."""
    return f"{cite['source']}:L{cite['line']}" if cite["line"] else str(cite["source"])


def safe(value: Any) -> Any:
    """Text without control characters; what a spreadsheet would run as a formula gets a leading apostrophe."""
    if not isinstance(value, str):
        return value
    plain = printable(value)
    return f"'{plain}" if value != plain and marked(value) != value else marked(plain)


def _drain(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
