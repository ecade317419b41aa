"""checklist: the papers that a code or the claims of a file need, to tick off."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from rich.console import Console
from rich.markup import escape

from perdiem.cli.check import Columns, Sheet, tables_asked
from perdiem.cli.on_file import Held, held
from perdiem.cli.outputs import apart, form_of
from perdiem.formats import report
from perdiem.formats.page import FORMATS, written
from perdiem.guide.checklist import checklist, missing
from perdiem.model.page import Page, Ticks, cells, plain, walk
from perdiem.model.whole import whole

FORMS = ("table", *FORMATS)
MARKS = {True: "✔", False: "✖", None: "□"}


def checklist_command(
    what: Annotated[str, typer.Argument(metavar="CODE|CLAIMFILE", help="A code of the code book, or a file of claims.")],
    payer: Annotated[str, typer.Option(help="A payer or policy, by id; of claims, in place of what they say.", metavar="ID")] = "",
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of service, for a code; default today.")] = None,
    claim: Annotated[list[str], typer.Option("--claim", help="Only this claim of the file (repeatable).")] = [],  # noqa: B006
    on_file: Held = None,
    format: Annotated[str, typer.Option("--format", help="table, md, html, pdf or json; by default as --out ends.")] = "",
    out: Annotated[Path | None, typer.Option(help="Write the list here.")] = None,
    columns: Columns = [],  # noqa: B006
    sheet: Sheet = None,
) -> None:
    """List the papers that a code or each claim needs: what each must hold, who writes or signs it, when, and where it says so.

    Days count: a paper that was asked for only until some day is told as no longer sent after it. With a list of what is on
    file each paper says whether it is there. HTML and PDF have boxes to tick.

    Exit status: 0 fine; 1 a paper is missing by the list that was given, or some input was set aside (listed); 2 wrong usage, or
    nothing that can be read.

    Examples:

      perdiem checklist A4222 --payer medicare-dme

      perdiem checklist week.837 --on-file papers.csv

      perdiem checklist week.837 --claim HI-0001 --out HI-0001.pdf
    """
    form = form_of(format, out, FORMS, "table", "checklist")
    apart([what, on_file], out)
    tables, problems = tables_asked(columns, sheet), list[dict[str, Any]]()
    given: dict[str, Any] = {"claims": claim, "on_file": held(on_file), "tables": tables, "tell": problems.append}
    try:
        page = checklist(what, payer, on.date() if on else None, **given)
    finally:
        report.problems_text(problems, sys.stderr)
    if out is None:
        _put(page, form, sys.stdout)
    else:
        with whole(out) as (place,):
            if form == "pdf":
                place.write_bytes(written(page, form))
            else:
                with place.open("w", encoding="utf-8", newline="") as file:
                    _put(page, form, file)
    aside = any(problem["weight"] != "warning" for problem in problems)
    raise typer.Exit(int(aside or missing(page) > 0))


def _put(page: Page, form: str, to: TextIO) -> None:
    if form == "table":
        _show(page, Console(file=to, width=None if to.isatty() else 120, highlight=False))
    else:
        to.write(written(page, form).decode())


def _show(page: Page, console: Console) -> None:
    day = f", on {page.as_of}" if page.as_of else ""
    console.print(f"[bold]{escape(page.title)}[/]\n{escape(page.subtitle)}{day}")
    for section in walk(page.sections):
        console.print(f"\n[bold]{escape(section.title)}[/]")
        for block in section.blocks:
            if isinstance(block, Ticks):
                for tick in block.rows:
                    console.print(f"  {MARKS[tick.there]} {escape(plain(tick.wanted))}")
                    console.print(f"      {escape(plain(tick.note))}")
                    console.print(f"      {escape(plain(tick.source))}", style="dim")
            else:
                for cell in cells(block):
                    console.print(f"  {escape(plain(cell))}")
    console.print(f"\n{escape(plain(page.foot))}", style="dim")
