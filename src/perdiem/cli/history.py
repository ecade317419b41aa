"""history add and show: keep earlier claims in a store, so that check can look beyond the batch."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from perdiem.cli.check import Columns, Progress, Sheet, tables_asked
from perdiem.formats.report import problems_text
from perdiem.model.errors import FormatError
from perdiem.store.add import add
from perdiem.store.manifest import MANIFEST, read_manifest, refuse_lost

history_app = typer.Typer(no_args_is_help=True, help="A store of earlier claims, for the rules that look beyond the batch.")

Store = Annotated[Path, typer.Option("--store", help="The store's folder.", metavar="DIR")]


@history_app.command("add")
def add_command(
    paths: Annotated[list[str], typer.Argument(help="Claim files, folders, globs, or - for standard input.")],
    store: Store,
    columns: Columns = [],  # noqa: B006
    sheet: Sheet = None,
) -> None:
    """Add claims to a store: whole or not at all, and no file twice. A file that ends without its trailer is refused.

    Exit status: 0 all were added or held already; 1 some input was set aside; 2 nothing could be read.

    Example:

      perdiem history add 2024/*.837 --store claims-store
    """
    progress = Progress()
    try:
        told = add(store, paths, progress, tables_asked(columns, sheet))
    finally:
        progress.close()
    typer.echo(f"added {told['claims']} claims with {told['lines']} lines")
    for name in told["held"]:
        typer.echo(f"held already: {name}")
    problems_text(told["problems"], sys.stderr)
    if any(problem["weight"] != "warning" for problem in told["problems"]):
        raise typer.Exit(1 if told["claims"] or told["held"] else 2)


@history_app.command("show")
def show_command(store: Store) -> None:
    """Show what a store holds: its additions in order, with claims, days and files.

    Example:

      perdiem history show --store claims-store
    """
    if not (store / MANIFEST).is_file():
        refuse_lost(store)
        raise FormatError(store.name, "holds no history", "perdiem history add FILES --store DIR begins one")
    shown = Table(box=None, padding=(0, 2), header_style="bold")
    for column in ("addition", "claims", "lines", "first day", "last day", "files"):
        shown.add_column(column, justify="right" if column in ("claims", "lines") else "left", no_wrap=column != "files")
    additions = read_manifest(store)["additions"]
    for addition in additions:
        first, last = min(f["from"] for f in addition["files"]), max(f["to"] for f in addition["files"])
        names = ", ".join(entry["name"] for entry in addition["inputs"])
        shown.add_row(addition["id"], str(addition["claims"]), str(addition["lines"]), first, last, escape(names))
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 120, highlight=False)
    console.print(shown)
    held = sum(a["claims"] for a in additions)
    console.print(f"{held} claim{'' if held == 1 else 's'} in {len(additions)} addition{'' if len(additions) == 1 else 's'}")
