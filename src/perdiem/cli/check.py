"""check, explain and replay: claims in, cited answers out."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from perdiem.formats import picture, report
from perdiem.pipeline.answer import answers
from perdiem.pipeline.check import Run, check
from perdiem.pipeline.explain import LEGEND, explain
from perdiem.pipeline.ledger import ledger
from perdiem.pipeline.replay import fingerprint, portable, read_run, replay, run_record
from perdiem.policy.citation import quote
from perdiem.policy.verify import source_file

FORMATS = ("table", "jsonl", "csv")
_WAIT = 2.0  # seconds before progress is shown

Paths = Annotated[list[str], typer.Argument(help="837P files, folders, globs, gzip or zip of them, or - for standard input.")]
Policies = Annotated[list[str], typer.Option("--policy", help="Apply this policy whatever the payer (repeatable).", metavar="ID")]


class _Progress:
    """A line on standard error, shown only on a terminal and only once work has taken two seconds."""

    def __init__(self) -> None:
        self.began, self.shown = time.monotonic(), False

    def __call__(self, what: str, done: int, of: int) -> None:
        if sys.stderr.isatty() and time.monotonic() - self.began > _WAIT:
            self.shown = True
            sys.stderr.write(f"\r\x1b[K{what}: {100 * done // max(of, 1)} %")
            sys.stderr.flush()

    def close(self) -> None:
        if self.shown:
            sys.stderr.write("\r\x1b[K")


def _run(paths: list[str], policy: list[str]) -> Run:
    progress = _Progress()
    try:
        return check(paths, policy=policy, stdin=sys.stdin.buffer, progress=progress)
    finally:
        progress.close()


def _format(name: str) -> str:
    if name not in FORMATS:
        raise typer.BadParameter(f"{name!r} is not built; perdiem writes {', '.join(FORMATS)}")
    return name


def check_command(
    paths: Paths,
    policy: Policies = [],  # noqa: B006  (typer reads the default, nobody changes it)
    format: Annotated[str, typer.Option("--format", callback=_format, help="table, jsonl or csv.")] = "table",
    out: Annotated[Path | None, typer.Option(help="Write the answer here, and its run.json beside it.")] = None,
    ledger_file: Annotated[Path | None, typer.Option("--ledger", help="Write the ledger here as JSON.")] = None,
    every: Annotated[bool, typer.Option("--all", help="In a table, show paid lines too.")] = False,
) -> None:
    """Judge every service line: pay, partial, deny, pend or unedited, with the place in the policy.

    Exit status: 0 all claims were read and judged, whatever the verdicts; 1 some input was set aside (listed,
    the rest is judged); 2 wrong usage, or nothing could be read.

    Examples:

      perdiem check week.837

      perdiem check inbox/ --format jsonl --out week.jsonl --ledger week.json

      zcat batch.gz | perdiem check - --format csv
    """
    run = _run(paths, policy)
    accounts = ledger(run)
    options = {"paths": portable(paths), "policy": list(policy), "format": format, "all": every}
    if out is not None:
        written = list(_written(run, options))
        out.write_text("".join(written), encoding="utf-8", newline="")
        record = run_record(run, options, fingerprint(written))
        Path(f"{out}.run.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    elif format == "table":
        report.table(answers(run), sys.stdout, every)
    else:
        for part in _written(run, options):
            sys.stdout.write(part)
    sys.stdout.flush()
    report.ledger_text(accounts, sys.stderr)
    if ledger_file is not None:
        ledger_file.write_text(json.dumps(accounts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    raise typer.Exit(_status(accounts))


def _written(run: Run, options: dict[str, Any]) -> Iterator[str]:
    """The answer as text under the options of a run."""
    if options["format"] == "jsonl":
        return report.jsonl(answers(run))
    if options["format"] == "csv":
        return report.csv_rows(answers(run))
    return report.table_text(answers(run), options["all"])


def _status(accounts: dict[str, Any]) -> int:
    if not accounts["judged"]:
        return 2
    return int(any(problem["weight"] != "warning" for problem in accounts["problems"]))


def explain_command(
    paths: Paths,
    claim: Annotated[str, typer.Option("--claim", help="The claim number, CLM01.")],
    policy: Policies = [],  # noqa: B006
    sources: Annotated[Path | None, typer.Option(help="Folder with your copies of the policies' texts, to quote them.")] = None,
) -> None:
    """Draw one claim, days across and lines down, then say each finding with its citation and the fix.

    The whole input is judged, since some rules look at the member's other claims.

    Example:

      perdiem explain week.837 --claim C10
    """
    run = _run(paths, policy)
    drawn = explain(run, claim)
    report.ledger_text(ledger(run), sys.stdout, problems=False)
    reasons = run.book.reasons

    def meaning(list_: str, code: str) -> str:
        return reasons[list_, code].label if (list_, code) in reasons else ""

    for one in drawn:
        picture.show(one, LEGEND, sys.stdout, meaning, _words(run, sources))


def _words(run: Run, sources: Path | None) -> dict[str, str]:
    """The cited sentences from the reader's own copies, by fingerprint."""
    if sources is None:
        return {}
    if not sources.is_dir():
        raise typer.BadParameter(f"{sources.name!r} is no folder", param_hint="--sources")
    found = {}
    for owner in {p.name: p for p in run.compiled.policy_of}.values():
        file = source_file(owner, sources)
        for rule in owner.rules if file else ():
            text = quote(file, rule.cite) if file else None
            if text:
                found[rule.cite.fingerprint] = text
    return found


def replay_command(
    record: Annotated[Path, typer.Argument(metavar="RUN", help="A run.json, or the output it stands beside.")],
    inputs: Annotated[Path | None, typer.Option(help="Folder of the input files; default: the record's folder.")] = None,
) -> None:
    """Make the answer of an earlier run again, or say what has changed since.

    Exit status: 0 the same answer; 1 something changed; 2 the record or an input cannot be read.

    Example:

      perdiem replay week.jsonl.run.json --inputs inbox/
    """
    file = record if record.suffix == ".json" and record.name.endswith("run.json") else Path(f"{record}.run.json")
    replayed = replay(read_run(file), inputs or file.parent, _written)
    if not replayed.changes:
        typer.echo(f"same answer: {replayed.record['output']}")
        return
    for change in replayed.changes:
        typer.echo(change)
    raise typer.Exit(1)
