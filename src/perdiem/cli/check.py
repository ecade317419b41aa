"""check: claims in, cited answers out; and what the other commands that read claims share with it."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from perdiem.cli.on_file import Held, held, noted, recorded
from perdiem.cli.outputs import apart, stdin_once
from perdiem.formats import report
from perdiem.formats.source import standard_input
from perdiem.formats.tabular.header import NOTHING, Asked, asked
from perdiem.model.errors import FormatError
from perdiem.model.on_file import OnFile
from perdiem.model.whole import whole
from perdiem.pipeline.answer import answers
from perdiem.pipeline.bulk import judge_all
from perdiem.pipeline.check import loaded_policies
from perdiem.pipeline.output import FORMATS, TEXT_FORMATS, Written, files_of, write_files, write_text
from perdiem.pipeline.replay import portable
from perdiem.pipeline.session import Run

if TYPE_CHECKING:
    from perdiem.pipeline.history import History

_WAIT = 2.0  # seconds before progress is shown

Paths = Annotated[
    list[str],
    typer.Argument(
        help="837P files or tables (CSV, Parquet, Excel), folders, globs, gzip or zip of them, or - for standard input."
    ),
]
Policies = Annotated[list[str], typer.Option("--policy", help="Apply this policy whatever the payer (repeatable).", metavar="ID")]

Earlier = Annotated[str | None, typer.Option("--history", help="Earlier claims: a history store, or claim files.", metavar="PATH")]

Columns = Annotated[
    list[str], typer.Option("--columns", help="Columns of tables: field=column, several by commas (repeatable).", metavar="MAP")
]
Sheet = Annotated[str | None, typer.Option("--sheet", help="Read this sheet of a workbook, not the first that fits.")]


def tables_asked(columns: list[str], sheet: str | None) -> Asked:
    """What is said of tables; how their columns are taken is told on standard error, once for each way."""
    told: set[str] = set()

    def tell(source: str, mapping: str) -> None:
        if mapping not in told:
            told.add(mapping)
            sys.stderr.write(f"columns of {source}: {mapping}\n")

    return asked(columns, sheet, tell)


class Progress:
    """A line on standard error, shown only on a terminal and only once work has taken two seconds."""

    def __init__(self) -> None:
        self.began, self.shown = time.monotonic(), False

    def __call__(self, what: str, done: int, of: int) -> None:
        if sys.stderr.isatty() and time.monotonic() - self.began > _WAIT:
            self.shown = True
            sys.stderr.write(f"\r\x1b[K{what}: {100 * done // max(of, 1)} %")
            sys.stderr.flush()

    def close(self) -> None:
        """Clear the line."""
        if self.shown:
            sys.stderr.write("\r\x1b[K")


def earlier_claims(
    path: str | None, progress: Callable[[str, int, int], None] | None = None, tables: Asked = NOTHING
) -> AbstractContextManager[History | None]:
    """The history at a path, open; nothing where none is named."""
    if not path:
        return nullcontext()
    from perdiem.store.history import open_history

    return open_history(path, progress, tables)


def history_told(history: History | None) -> bool:
    """Tell on standard error what is wrong with the files of a history; returns whether some of it was set aside."""
    problems = history.problems if history else ()
    report.problems_text(({**problem, "source": f"history {problem['source']}"} for problem in problems), sys.stderr)
    return any(problem["weight"] != "warning" for problem in problems)


@contextmanager
def judging(
    paths: list[str], policy: list[str], history: str | None, tables: Asked, papers: OnFile | None = None
) -> Iterator[tuple[Iterator[Run], History | None]]:
    """The runs of the inputs, to be taken one by one, with progress shown and cleared."""
    stdin_once(paths, history)
    progress = Progress()
    try:
        with earlier_claims(history, progress, tables.leniently()) as earlier:
            policies = loaded_policies(policy)
            given: dict[str, Any] = {"stdin": standard_input(), "progress": progress, "tables": tables, "on_file": papers}
            yield noted(judge_all(paths, policies, forced=policy, history=earlier, **given), papers), earlier
    finally:
        progress.close()


def _say(text: str) -> None:
    """Write to standard output; a reader that has heard enough is no fault."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None


def _format(name: str) -> str:
    if name not in FORMATS:
        raise typer.BadParameter(f"{name!r} is not built; perdiem writes {', '.join(FORMATS)}")
    return name


def check_command(
    paths: Paths,
    policy: Policies = [],  # noqa: B006  (typer reads the default, nobody changes it)
    history: Earlier = None,
    format: Annotated[str, typer.Option("--format", callback=_format, help="table, jsonl, csv, parquet or xlsx.")] = "table",
    out: Annotated[Path | None, typer.Option(help="Write the answer here, and its run.json beside it.")] = None,
    ledger_file: Annotated[Path | None, typer.Option("--ledger", help="Write the ledger here as JSON.")] = None,
    every: Annotated[bool, typer.Option("--all", help="In a table, show paid lines too.")] = False,
    columns: Columns = [],  # noqa: B006
    sheet: Sheet = None,
    on_file: Held = None,
) -> None:
    """Judge every service line: pay, partial, deny, pend or unedited, with the place in the policy.

    Exit status: 0 all claims were read and judged, whatever the verdicts, or the history holds them already; 1 some input,
    or some of the history, was set aside (listed, the rest is judged); 2 wrong usage, nothing could be read (what stands at
    --out stays as it is), or the answer could not be written.

    Examples:

      perdiem check week.837

      perdiem check inbox/ --format jsonl --out week.jsonl --ledger week.json

      perdiem check year.837.gz --history store/ --format parquet --out judged/

      zcat batch.gz | perdiem check - --format csv

      perdiem check week.837 --on-file papers.csv

      perdiem check export.csv --columns "code=Proc,from=DOS" --format xlsx --out worklist.xlsx
    """
    if format not in TEXT_FORMATS and out is None:
        what = "folder" if format == "parquet" else "file"
        raise typer.BadParameter(f"name the {what} to write with --out", param_hint=f"--format {format}")
    fits = Path.is_dir if format == "parquet" else Path.is_file
    if out is not None and out.exists() and not fits(out):
        what = "is not a folder" if format == "parquet" else "is not a file that the answer could take the place of"
        do = "Name another, or leave --out away to write to standard output" if format in TEXT_FORMATS else "Name another"
        raise FormatError(str(out), what, do)
    answer = files_of(out, format) if out is not None else []
    apart([*paths, history, on_file], *answer, ledger_file, folder=out if format == "parquet" else None)
    papers = held(on_file)
    options = {"paths": portable(paths), "policy": list(policy), "format": format, "all": every}
    options |= {"columns": columns} if columns else {}
    options |= ({"sheet": sheet} if sheet else {}) | recorded(papers)
    with judging(paths, policy, history, tables_asked(columns, sheet), papers) as (runs, earlier):
        written = _write(runs, options, out, earlier)
    report.ledger_text(written.ledger, sys.stderr)
    set_aside = history_told(earlier)
    _tell(written.ledger)
    if ledger_file is not None:
        ledger_file.parent.mkdir(parents=True, exist_ok=True)  # --out, where it was made and nothing came into it
        with whole(ledger_file) as (file,):
            file.write_text(json.dumps(written.ledger, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="")
    raise typer.Exit(concluded(written.ledger) or int(set_aside))


def _tell(ledger: dict[str, Any]) -> None:
    """What of the ledger asks the user to do something."""
    if waiting := ledger["lines_awaiting_release"]:
        lines = f"{waiting} line{' waits' if waiting == 1 else 's wait'}"
        typer.echo(f"{lines} for the HCPCS release that was in force; load it with: perdiem codes import FILE", err=True)
    if early := ledger["claims_withdrawn_early"]:
        said = "claim is withdrawn by one that stands before it" if early == 1 else "claims are withdrawn by others before them"
        typer.echo(f"{early} {said}; where a number is used again, give the first claim of that number too", err=True)
    if unitless := ledger["lines_of_no_units"]:
        lines = f"{unitless} line{' bills' if unitless == 1 else 's bill'}"
        typer.echo(f"{lines} 0 units, of which nothing can be paid or denied; correct the units and bill again", err=True)


def _write(runs: Iterator[Run], options: dict[str, Any], out: Path | None, history: History | None) -> Written:
    if out is None:
        if options["format"] == "table" and sys.stdout.isatty():
            return _show(runs, options, history)
        return write_text(runs, options, _say, history)
    return write_files(runs, options, out, history)


def _show(runs: Iterator[Run], options: dict[str, Any], history: History | None) -> Written:
    """The table in a terminal's own width and colours."""
    kept = list(runs)
    report.table((answer for run in kept for answer in answers(run)), sys.stdout, options["all"])
    return write_text(kept, options, lambda part: None, history)


def concluded(accounts: dict[str, Any]) -> int:
    """The exit status of claims that were judged; where the history held all of them, that is said, and is no failure."""
    if not accounts["judged"]:
        if not accounts["skipped"]:
            return 2
        typer.echo("every claim that could be read is in the history already, so none is judged again", err=True)
    return int(any(problem["weight"] != "warning" for problem in accounts["problems"]))
