"""benchmark: what many claims show by code and payer, with intervals, expectations and peers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Annotated

import typer

from perdiem.cli.check import Columns, Earlier, Paths, Policies, Progress, Sheet, concluded, history_told, tables_asked
from perdiem.cli.outputs import apart, form_of, stdin_once
from perdiem.formats import report
from perdiem.formats.figures import to_csv, to_json
from perdiem.formats.page import written
from perdiem.formats.page.terminal import to_terminal
from perdiem.formats.plot import Plot, plots
from perdiem.guide.benchmark_page import benchmark_page
from perdiem.guide.utilisation import BY, SMALLEST, benchmark
from perdiem.model.benchmark import Benchmark
from perdiem.model.durable import made
from perdiem.model.page import Figure
from perdiem.model.whole import whole
from perdiem.pipeline.ledger import Account
from perdiem.store.history import open_history

FORMATS = ("table", "json", "csv", "md", "html", "pdf")
_SECTIONS = {"units-per-claim": "use", "denied": "use", "reasons": "reasons"}  # of a plot; any other is a measure


def _by(text: str) -> str:
    unknown = sorted(set(filter(None, text.split(","))) - set(BY))
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is none of {', '.join(BY)}")
    return text


def benchmark_command(
    paths: Paths,
    by: Annotated[str, typer.Option(callback=_by, help="What is told apart: code, payer, or both by a comma.")] = "code,payer",
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Lines that begin then or later.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Lines that begin then or before.")] = None,
    smallest: Annotated[int, typer.Option(min=1, help="Groups of fewer members are not shown.")] = SMALLEST,
    against: Annotated[str, typer.Option(help="Compare with this file of Medicare's use by geography.", metavar="RELEASE")] = "",
    area: Annotated[str, typer.Option(help="Compare with this state of the file, by name or FIPS code; else the nation.")] = "",
    policy: Policies = [],  # noqa: B006
    history: Earlier = None,
    format: Annotated[str, typer.Option("--format", help=f"{', '.join(FORMATS)}; by default as --out ends, else table.")] = "",
    out: Annotated[Path | None, typer.Option(help="Write it here.")] = None,
    plot_folder: Annotated[
        Path | None, typer.Option("--plots", help="Write plots into this folder, as SVG and PNG.", metavar="DIR")
    ] = None,
    columns: Columns = [],  # noqa: B006
    sheet: Sheet = None,
) -> None:
    """Tell what claims show together: units, rates, denials with their money, and measures beside what is expected.

    Every figure has its interval, or the reason why it is not available. Groups of fewer than eleven members are hidden, with
    others from which they could be worked out. Nothing leaves this machine.

    What could not be read is told with its reason. Where that is everything, or the history holds all, there is no report.

    Exit status: 0 all claims were counted; 1 some input or history was set aside; 2 none could be read, or wrong usage.

    Examples:

      perdiem benchmark week.837 --smallest 1

      perdiem benchmark week.837 --by code --format csv --out week.csv
    """
    if area and not against:
        raise typer.BadParameter("it needs the file that holds it; name one with --against", param_hint="--area")
    form = form_of(format, out, FORMATS, "table", "benchmark")
    stdin_once(paths, history)
    apart([*paths, history], out, folder=plot_folder)
    progress, tables, account = Progress(), tables_asked(columns, sheet), Account()
    try:
        with open_history(history, progress, tables.leniently()) if history else nullcontext() as earlier:
            told = benchmark(
                paths, by=by.split(","), first=_day(first), last=_day(last), smallest=smallest, against=against, area=area,
                policy=policy, history=earlier, stdin=sys.stdin.buffer if sys.stdin else None, progress=progress, tables=tables,
                account=account,
            )  # fmt: skip
    finally:
        progress.close()
    accounts = account.close()
    set_aside = history_told(earlier)
    if not accounts["judged"]:
        report.ledger_text(accounts, sys.stderr)
        raise typer.Exit(concluded(accounts))
    drawn = plots(told) if plot_folder or form in ("html", "pdf") else []
    if plot_folder:
        _draw(drawn, plot_folder, [*paths, history])
    _write(told, drawn, form, out)
    if told.rejected:
        typer.echo(f"{told.rejected} claim{'' if told.rejected == 1 else 's'} could not be read", err=True)
    report.problems_text(accounts["problems"], sys.stderr)
    raise typer.Exit(concluded(accounts) or int(set_aside))


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _write(told: Benchmark, drawn: list[Plot], format: str, out: Path | None) -> None:
    if format in ("json", "csv"):
        made = (to_json if format == "json" else to_csv)(told).encode()
    elif format != "table":
        made = written(benchmark_page(told, list(_figures(drawn))), format)
    elif out is None:
        to_terminal(benchmark_page(told), sys.stdout)
        return
    else:
        text = StringIO()
        to_terminal(benchmark_page(told), text)
        made = text.getvalue().encode()
    if out is None:
        sys.stdout.write(made.decode())
    else:
        with whole(out) as (file,):
            file.write_bytes(made)


def _figures(drawn: list[Plot]) -> Iterator[tuple[str, Figure]]:
    for plot in drawn:
        yield _SECTIONS.get(plot.name, "measures"), Figure(plot.svg(), plot.instead)  # the title stands in the drawing


def _draw(drawn: list[Plot], folder: Path, read: list[str | None]) -> None:
    """Each plot as SVG and PNG, and ``plots.md`` with what each shows in words."""
    names = [f"{plot.name}.{ending}" for plot in drawn for ending in ("svg", "png")]
    places = [folder / name for name in (*names, "plots.md")]
    apart(read, *places, folder=folder)
    said = [f"## {plot.title}\n\n![{plot.instead}]({plot.name}.svg)\n\n{plot.instead}\n" for plot in drawn]
    with made(folder), whole(*places) as files:
        for number, plot in enumerate(drawn):
            files[2 * number].write_text(plot.svg(), encoding="utf-8")
            files[2 * number + 1].write_bytes(plot.png())
        files[-1].write_text("\n".join(said), encoding="utf-8")
    typer.echo(f"{len(drawn)} plots are in {folder.name}" if drawn else "nothing is left to plot", err=True)
