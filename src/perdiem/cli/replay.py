"""replay: an earlier answer made again, or what has changed since."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from perdiem.cli.check import Earlier, earlier_claims, history_told
from perdiem.pipeline.replay import read_run, replay


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
    with earlier_claims(history) as earlier:
        changes, written = replay(read_run(file), inputs or file.parent, earlier)
    history_told(earlier)
    for change in changes:
        typer.echo(change)
    if changes:
        raise typer.Exit(1)
    typer.echo(f"same answer: {written.record['output']}")
