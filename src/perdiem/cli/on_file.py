"""--on-file: the list of papers that are held, as commands that judge claims take it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from perdiem.formats.report import printable
from perdiem.model.on_file import OnFile
from perdiem.pipeline.on_file import load_on_file, watched
from perdiem.pipeline.session import Run

_FEW = 5

Held = Annotated[
    Path | None,
    typer.Option(
        "--on-file",
        help="CSV of the papers that are held: claim_id, document[, line]. It is whole for each claim that it names (a row may "
        "name a claim alone), and for every claim where a row is * alone; of other claims it says nothing.",
        metavar="FILE",
    ),
]


def held(path: Path | None) -> OnFile | None:
    """The list that was named, if one was."""
    return load_on_file(path) if path else None


def noted(runs: Iterator[Run], papers: OnFile | None) -> Iterator[Run]:
    """The runs; claims of the list that are not among them are told on standard error."""
    return watched(runs, papers, lambda absent: _tell(papers, absent)) if papers else runs


def _tell(papers: OnFile, absent: list[str]) -> None:
    named = printable(", ".join(absent[:_FEW])) + (f" and {len(absent) - _FEW} more" if len(absent) > _FEW else "")
    typer.echo(f"note: {papers.name} names claims that are not in the input: {named}", err=True)


def recorded(papers: OnFile | None) -> dict[str, Any]:
    """The list as the record of a run keeps it."""
    return {"on_file": {"name": papers.name, "sha256": papers.sha256}} if papers else {}
