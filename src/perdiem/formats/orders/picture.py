"""Pictures of coded orders for the terminal: lines, the calendar of infusion days, questions and remarks; and lines as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from typing import TextIO

from rich.console import Console
from rich.table import Table

from perdiem.formats.report import legible, safe
from perdiem.model.document import WHEN
from perdiem.model.order import Coded, CodedLine, Course, Paper

CSV_COLUMNS = (
    "order", "member_id", "payer", "role", "code", "modifiers", "units", "from", "to", "pos", "ndc", "why", "cite",
)  # fmt: skip
_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_EMPTY = "·"


def show(coded: Coded, to: TextIO, width: int | None = None) -> None:
    """Lines, then for each order its calendar, then what is asked, what is not billed, what is needed, and what was set aside."""
    console = Console(file=to, width=width or (None if to.isatty() else 132), highlight=False, soft_wrap=False)
    if coded.lines:
        console.print(_lines(coded.lines))
    names = {order.order_id: order.drug for order in coded.orders}
    for course in coded.courses:
        if course.times:
            console.print(
                f"\norder {legible(course.order_id)}, {legible(names[course.order_id])}: {_counted(course)}", style="bold"
            )
            for row in calendar(course):
                console.print(f"  {row}")
    parts = (
        ("asked", [(q.order_id, f"{q.about}: {q.asks}") for q in coded.questions]),
        ("not billed, or taken for granted", [(n.order_id, _said(n.says, n.cite.place if n.cite else "")) for n in coded.remarks]),
        ("documents needed", [("", _paper(paper)) for paper in coded.papers]),
        ("set aside", [("", f"{one.source}, row {one.row}: {one.reason}") for one in coded.set_aside]),
    )
    for title, said in parts:
        if said:
            console.print(f"\n{title}", style="bold")
            table = Table(box=None, show_header=False, padding=(0, 1))
            table.add_column(overflow="fold", max_width=32)
            table.add_column(overflow="fold")
            for text, of in _grouped(said).items():
                table.add_row(legible(", ".join(of)), legible(text))
            console.print(table)


def _grouped(said: list[tuple[str, str]]) -> dict[str, list[str]]:
    """What is said, each once, with the orders it is said of."""
    found: dict[str, list[str]] = {}
    for order_id, text in said:
        found.setdefault(text, [])
        found[text] += [order_id] if order_id not in found[text] else []
    return found


def calendar(course: Course) -> Iterator[str]:
    """Weeks of the months of a course, one a row from Monday: how many doses begin on each day; ``+`` where one runs on."""
    doses: dict[date, int] = {}
    for moment in course.times:
        doses[moment.date()] = doses.get(moment.date(), 0) + 1
    yield " " * 9 + " ".join(f"{name:>3}" for name in _WEEKDAYS)
    first, last = course.days[0], course.days[-1]
    monday = first - timedelta(days=first.weekday())
    month = ""
    while monday <= last:
        week = [monday + timedelta(days=n) for n in range(7)]
        days = [day for day in week if first <= day <= last]
        begun = f"{days[0]:%Y-%m}"
        cells = " ".join(f"{_cell(day, first, last, doses, course):>3}" for day in week)
        if any(day in course.days for day in week):
            yield f"{begun if begun != month else '':<7}  {cells}   {days[0]:%m-%d}..{days[-1]:%m-%d}"
            month = begun
        monday += timedelta(days=7)


def _cell(day: date, first: date, last: date, doses: dict[date, int], course: Course) -> str:
    if not first <= day <= last:
        return ""
    return str(doses[day]) if day in doses else ("+" if day in course.days else _EMPTY)


def csv_rows(coded: Coded) -> str:
    """The lines as CSV, one a row; units are empty where the order does not tell them."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for line in coded.lines:
        writer.writerow(safe(cell) for cell in _row(line))
    return buffer.getvalue()


def _row(line: CodedLine) -> tuple[str, ...]:
    return (
        line.order_id, line.member_id, line.payer, line.role, line.code, " ".join(line.modifiers), _units(line),
        _iso(line.from_date), _iso(line.to_date), line.place, line.ndc, line.why, line.cite.place,
    )  # fmt: skip


def _lines(lines: tuple[CodedLine, ...]) -> Table:
    table = Table(box=None, padding=(0, 1))
    for name in ("order", "code", "days"):
        table.add_column(name, no_wrap=True)
    table.add_column("units", justify="right", no_wrap=True)
    table.add_column("why, and where it says so", overflow="fold")
    before = None
    for line in lines:
        cites = "; ".join(cite.place for cite in (line.cite, *line.also))
        shown = legible(line.order_id) if line.order_id != before else ""
        code = " ".join((line.code, *line.modifiers))
        table.add_row(shown, code, _span(line), _units(line) or "?", legible(f"{line.why} [{cites}]"))
        before = line.order_id
    return table


def _span(line: CodedLine) -> str:
    if line.from_date is None or line.to_date is None:
        return "?"
    return _iso(line.from_date) + (f"..{line.to_date:%m-%d}" if line.to_date != line.from_date else "")


def _counted(course: Course) -> str:
    doses, days = len(course.times), len(course.days)
    return f"{doses} dose{'' if doses == 1 else 's'} on {days} day{'' if days == 1 else 's'}"


def _units(line: CodedLine) -> str:
    return "" if line.units is None else f"{line.units:f}"


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _paper(paper: Paper) -> str:
    first = paper.needed.demands[0]
    more = f" and {len(paper.needed.demands) - 1} more" if len(paper.needed.demands) > 1 else ""
    return f"{paper.needed.document.name}, for {', '.join(paper.codes)}: {WHEN[first.when]} [{first.cite.place}{more}]"


def _said(says: str, place: str) -> str:
    return says + (f" [{place}]" if place else "")
