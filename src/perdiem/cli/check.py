"""check, explain and replay: claims in, cited answers out."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from perdiem.cli.on_file import Held, held, noted, recorded
from perdiem.formats import picture, report
from perdiem.formats.intake import holds_claims
from perdiem.formats.tabular.header import Asked, asked
from perdiem.model.errors import FormatError
from perdiem.model.on_file import OnFile
from perdiem.pipeline.answer import answers
from perdiem.pipeline.bulk import judge_all
from perdiem.pipeline.check import loaded_policies
from perdiem.pipeline.explain import LEGEND, ClaimNumbers, Picture, draw, not_found
from perdiem.pipeline.history import History
from perdiem.pipeline.ledger import Account
from perdiem.pipeline.output import FORMATS, TEXT_FORMATS, Written, write_parquet, write_text, write_workbook
from perdiem.pipeline.replay import portable, read_run, replay
from perdiem.pipeline.session import Run
from perdiem.policy.verify import quotes
from perdiem.store.history import open_history

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


@contextmanager
def judging(
    paths: list[str], policy: list[str], history: str | None, tables: Asked, papers: OnFile | None = None
) -> Iterator[tuple[Iterator[Run], History | None]]:
    """The runs of the inputs, to be taken one by one, with progress shown and cleared."""
    progress = Progress()
    try:
        with open_history(history, progress, tables.leniently()) if history else nullcontext() as earlier:
            policies = loaded_policies(policy)
            given: dict[str, Any] = {"stdin": standard_input(), "progress": progress, "tables": tables, "on_file": papers}
            yield noted(judge_all(paths, policies, forced=policy, history=earlier, **given), papers), earlier
    finally:
        progress.close()


def standard_input() -> BinaryIO:
    """Standard input as bytes; empty where the program was started without one."""
    return sys.stdin.buffer if sys.stdin else BytesIO()


def _say(text: str) -> None:
    """Write to standard output; a reader that has heard enough is no fault."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None


def apart(paths: list[str], *written: Path | None) -> None:
    """Refuse outputs that would write over an input or each other, or have nowhere to go, before anything is read."""
    if "" in paths:
        raise FormatError("an empty name", "is no file", "Name a file or folder, or . for this folder")
    inputs = [Path(path) for path in paths if path != "-"]
    outputs = [out for out in written if out is not None]
    for out in outputs:
        if str(out) == "-":
            raise FormatError("-", "is standard output, which is used where no file is named", "Leave the option out")
        if out.exists() and any(_is_input(out, path) for path in inputs):
            raise FormatError(out.name, "is one of the inputs, and would be written over", "Name another file")
        if not out.absolute().parent.is_dir():
            raise FormatError(str(out.parent), "is no folder, so nothing can be written there", "Make it, or name another")
    if len({out.absolute() for out in outputs}) < len(outputs):
        raise FormatError(outputs[0].name, "is named for the answer and for the ledger", "Name two files")


def _is_input(out: Path, path: Path) -> bool:
    if path.is_dir():  # an answer of last week may be written over, claims may not
        return out.is_file() and path.resolve() in out.resolve().parents and holds_claims(out)
    return path.exists() and out.samefile(path)


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

    Exit status: 0 all claims were read and judged, whatever the verdicts; 1 some input was set aside (listed,
    the rest is judged); 2 wrong usage, or nothing could be read.

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
    apart([*paths, str(on_file)] if on_file else paths, out, ledger_file)
    papers = held(on_file)
    options = {"paths": portable(paths), "policy": list(policy), "format": format, "all": every}
    options |= {"columns": columns} if columns else {}
    options |= ({"sheet": sheet} if sheet else {}) | recorded(papers)
    with judging(paths, policy, history, tables_asked(columns, sheet), papers) as (runs, earlier):
        written = _write(runs, options, out, earlier)
    report.ledger_text(written.ledger, sys.stderr)
    if waiting := written.ledger["lines_awaiting_release"]:
        lines = f"{waiting} line{' waits' if waiting == 1 else 's wait'}"
        typer.echo(f"{lines} for the HCPCS release that was in force; load it with: perdiem codes import FILE", err=True)
    if ledger_file is not None:
        _put(ledger_file, json.dumps(written.ledger, indent=1, ensure_ascii=False) + "\n")
    raise typer.Exit(_status(written.ledger))


def _write(runs: Iterator[Run], options: dict[str, Any], out: Path | None, history: History | None) -> Written:
    if out is None:
        if options["format"] == "table" and sys.stdout.isatty():
            return _show(runs, options, history)
        return write_text(runs, options, _say, history)
    if options["format"] == "parquet":
        written = write_parquet(runs, options, out, history)
        _put(out / "run.json", json.dumps(written.record, indent=1) + "\n")
        return written
    beside = out.with_name(out.name + ".part")
    try:
        if options["format"] == "xlsx":
            written = write_workbook(runs, options, beside, history)
        else:
            with beside.open("w", encoding="utf-8", newline="") as file:
                written = write_text(runs, options, file.write, history)
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)
    _put(Path(f"{out}.run.json"), json.dumps(written.record, indent=1) + "\n")
    return written


def _show(runs: Iterator[Run], options: dict[str, Any], history: History | None) -> Written:
    """The table in a terminal's own width and colours."""
    kept = list(runs)
    report.table((answer for run in kept for answer in answers(run)), sys.stdout, options["all"])
    return write_text(kept, options, lambda part: None, history)


def _put(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="")


def _status(accounts: dict[str, Any]) -> int:
    if not accounts["judged"]:
        return 2
    return int(any(problem["weight"] != "warning" for problem in accounts["problems"]))


def explain_command(
    paths: Paths,
    claim: Annotated[str, typer.Option("--claim", help="The claim number, CLM01.")],
    policy: Policies = [],  # noqa: B006
    history: Earlier = None,
    sources: Annotated[Path | None, typer.Option(help="Folder with your copies of the policies' texts, to quote them.")] = None,
    columns: Columns = [],  # noqa: B006
    sheet: Sheet = None,
    on_file: Held = None,
) -> None:
    """Draw one claim, days across and lines down, then say each finding with its citation and the fix.

    The whole input is judged, since some rules look at the member's other claims. Where no claim has that number, those with
    numbers like it are named.

    Exit status: 0 the claim was drawn; 2 no claim has that number, it was set aside, or wrong usage.

    Example:

      perdiem explain week.837 --claim C10
    """
    if sources is not None and not sources.is_dir():
        raise typer.BadParameter(f"{sources.name!r} is no folder", param_hint="--sources")
    account, numbers, drawn = Account(), ClaimNumbers(), list[tuple[Run, Picture]]()
    with judging(paths, policy, history, tables_asked(columns, sheet), held(on_file)) as (runs, _):
        for run in runs:
            account.add(run)
            numbers.add(run)
            drawn += [(run, one) for one in draw(run, claim)]
    accounts = account.close()
    if not drawn:
        near = numbers.near(claim)
        if near and claim not in near:  # where the answer would stand, not in the error: an error may end in a log
            typer.echo(f"claims with numbers like {claim}: {report.printable(', '.join(near))}")
        raise not_found(claim, accounts["problems"])
    report.ledger_text(accounts, sys.stdout, problems=False)
    for run, one in drawn:
        picture.show(one, LEGEND, sys.stdout, run.book.meaning, _words(run, sources))


def _words(run: Run, sources: Path | None) -> dict[str, str]:
    """The cited sentences from the reader's own copies, by fingerprint."""
    if sources is None:
        return {}
    owners = {p.name: p for p in run.compiled.policy_of}.values()
    return {mark: words for owner in owners for mark, words in quotes(owner, sources).items()}


def replay_command(
    record: Annotated[Path, typer.Argument(metavar="RUN", help="A run.json, or the output it stands beside.")],
    inputs: Annotated[Path | None, typer.Option(help="Folder of the input files; default: the record's folder.")] = None,
    history: Earlier = None,
) -> None:
    """Make the answer of an earlier run again, or say what has changed since.

    Exit status: 0 the same answer; 1 something changed; 2 the record or an input cannot be read.

    Example:

      perdiem replay week.jsonl.run.json --inputs inbox/
    """
    file = record if record.name.endswith("run.json") else record / "run.json" if record.is_dir() else Path(f"{record}.run.json")
    with open_history(history) if history else nullcontext() as earlier:
        changes, written = replay(read_run(file), inputs or file.parent, earlier)
    for change in changes:
        typer.echo(change)
    if changes:
        raise typer.Exit(1)
    typer.echo(f"same answer: {written.record['output']}")
