"""explain: one claim drawn day by day, and each finding said with its citation."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from perdiem.cli.check import Columns, Earlier, Paths, Policies, Sheet, history_told, judging, tables_asked
from perdiem.cli.on_file import Held, held
from perdiem.formats import picture, report
from perdiem.pipeline.explain import LEGEND, ClaimNumbers, Picture, draw, not_found
from perdiem.pipeline.ledger import Account
from perdiem.pipeline.session import Run
from perdiem.policy.verify import quotes


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
    with judging(paths, policy, history, tables_asked(columns, sheet), held(on_file)) as (runs, earlier):
        for run in runs:
            account.add(run)
            numbers.add(run)
            drawn += [(run, one) for one in draw(run, claim)]
    history_told(earlier)
    accounts = account.close()
    if not drawn:
        near = numbers.near(claim)
        if near and claim not in near:  # where the answer would stand, not in the error: an error may end in a log
            typer.echo(f"claims with numbers like {claim}: {report.printable(', '.join(near))}")
        if accounts["skipped"]:
            typer.echo("claims that the history holds already are left out; without --history they are drawn too", err=True)
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
