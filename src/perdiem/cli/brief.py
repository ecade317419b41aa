"""brief: what is known of a code before it is billed, as a page; or all pages as a publication."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, get_args

import typer

from perdiem.cli.outputs import apart, form_of
from perdiem.formats import report
from perdiem.formats.page import FORMATS, written
from perdiem.guide.brief import ROLES, Role, brief
from perdiem.guide.publication import publish
from perdiem.model.errors import PolicyError
from perdiem.model.whole import whole
from perdiem.pipeline.ledger import Account

Form = Literal["md", "html", "pdf", "json"]


def brief_command(
    code: Annotated[str, typer.Argument(help="A code of the code book.")] = "",
    all_: Annotated[bool, typer.Option("--all", help="Every code, policy and payer, as linked pages in the folder --out.")] = False,
    payer: Annotated[str, typer.Option(help="Only the rules of this brand or payer, by id (policy list --payers).")] = "",
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; default the last on which a source was read.")
    ] = None,
    role: Annotated[str, typer.Option(help="The sections for one reader: biller, manager or payer.")] = "",
    claims: Annotated[Path | None, typer.Option(help="Your claims: their figures fill the benchmarks.")] = None,
    format: Annotated[str, typer.Option("--format", help="md, html, pdf or json; by default as --out ends, else md.")] = "",
    out: Annotated[Path | None, typer.Option(help="Write the page here; with --all, the folder.")] = None,
) -> None:
    """Show what is known of a code: payers, documents, modifiers, denials and how to prevent them, codes near it, sources.

    Everything is drawn from the rules that judge claims, the code book and the library's texts. A fact that none of them holds
    is told as not available, with the reason.

    Exit status: 0 fine; 1 some of the claims were set aside (listed, the rest is counted); 2 wrong usage, a code that nobody
    knows, claims of which none can be read, or a file that cannot be written.

    Examples:

      perdiem brief A4222

      perdiem brief S9500 --payer bcbstx --role biller --out s9500.pdf

      perdiem brief --all --out site/
    """
    day = on.date() if on else None
    if all_:
        if code or payer or role or format or claims or out is None:
            raise PolicyError("brief --all", "it takes --out FOLDER and --on alone", "Example: perdiem brief --all --out site/")
        apart([], folder=out)
        pages = publish(out, day)
        typer.echo(f"{pages} pages in {out}", err=True)
        return
    if not code:
        raise PolicyError("brief", "no code is named", "Name one, or write every page with --all --out FOLDER")
    form = form_of(format, out, FORMATS, "md", "brief")
    if role and role not in ROLES:
        raise PolicyError("--role", f"no role {role!r}", f"Roles are {', '.join(ROLES)}")
    chosen: Role = next(r for r in get_args(Role) if r == role)
    apart([claims], out)
    account = Account()
    try:
        page = written(brief(code, payer, day, chosen, claims, account=account), form)
    finally:
        report.problems_text(account.problems, sys.stderr)
    if out is None:
        sys.stdout.write(page.decode())
    else:
        with whole(out) as (file,):
            file.write_bytes(page)
    raise typer.Exit(int(any(problem["weight"] != "warning" for problem in account.problems)))
