"""codes show and search: what the code book holds of a code, and which codes a word finds."""

from __future__ import annotations

import sys
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from perdiem.cli.conflicts import conflicts_command
from perdiem.cli.releases import forget_command, import_command, releases_command
from perdiem.codes.book import Book, CodeFacts, open_book
from perdiem.codes.official import texts
from perdiem.codes.register import conflicts
from perdiem.codes.search import search
from perdiem.model.errors import PolicyError

codes_app = typer.Typer(no_args_is_help=True, help="The code book: what is known of codes, dated and sourced.")
codes_app.command("import")(import_command)
codes_app.command("releases")(releases_command)
codes_app.command("forget")(forget_command)
codes_app.command("conflicts")(conflicts_command)


def _console() -> Console:
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else 120, highlight=False)


@codes_app.command("show")
def show_command(
    code: Annotated[str, typer.Argument(help="A HCPCS code, modifier, place of service, CARC or RARC.")],
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As of this date; default today.")] = None,
) -> None:
    """Show what the book says of a code, as of a date.

    Examples:

      perdiem codes show S9500

      perdiem codes show J1170 --on 2024-10-01
    """
    book, wanted = open_book(), code.strip().upper()
    day = on.date() if on else date.today()  # noqa: DTZ011  (a reader's own today)
    small, told = _small(book, wanted), texts(wanted)
    facts = book.look_up(wanted)
    if not small and not told and facts.kind_of == "unknown" and not facts.known:
        raise PolicyError(f"code {wanted}", "the book does not know it", "perdiem codes search WORD finds codes by label")
    console = _console()
    for list_, label, note, source in small:
        console.print(f"[bold]{escape(wanted)}[/]  {list_}: {escape(label)}" + (f" ({escape(note)})" if note else ""))
        console.print(f"  source: {escape(source)}", style="dim")
    if facts.kind_of != "unknown" or facts.known:
        _show(console, book, facts, day)
    elif not small:
        console.print(f"[bold]{escape(wanted)}[/]")
    for title, release, text in told:
        console.print(f"  official text from your release {escape(release)} ({title}): {escape(text)}")
    if found := conflicts(wanted):
        told_of = f"{len(found)} place{'' if len(found) == 1 else 's'} where sources disagree"
        console.print(f"  conflicts: {told_of} (perdiem codes conflicts {escape(wanted)})")


def _show(console: Console, book: Book, facts: CodeFacts, day: date) -> None:
    console.print(f"[bold]{facts.code}[/]  {escape(facts.label or _unlabelled(facts))}")
    therapy = book.therapy_of(facts.code)
    rows = {
        "on " + day.isoformat(): _life(facts, day),
        "class": facts.kind_of,
        "unit": facts.unit_basis,
        "routes": ", ".join(facts.routes),
        "therapy": therapy.family if therapy else ", ".join(facts.families),
        "nutrition part": facts.component,
        "not with": ", ".join(facts.excludes),
        "successor": ", ".join(facts.successor),
        "descriptor": facts.descriptor,
        "note": facts.note,
        "source": facts.source,
        "release": facts.release if facts.release != facts.source else "",
    }
    for name, value in rows.items():
        if value:
            console.print(f"  {name}: {escape(value)}")


def _unlabelled(facts: CodeFacts) -> str:
    return "known from a release alone" if facts.known else "no row of its own; the book knows only its range"


def _life(facts: CodeFacts, day: date) -> str:
    if not facts.known:
        return "not known to exist"
    if facts.end and day > facts.end:
        return f"ended {facts.end}"
    if facts.start and day < facts.start:
        return f"begins {facts.start}"
    return "in the book" + ("" if facts.start else ", its first day is not sourced")


def _small(book: Book, wanted: str) -> list[tuple[str, str, str, str]]:
    found = [("modifier", n.label, n.note, n.source) for n in [book.modifiers.get(wanted)] if n]
    found += [("place of service", n.label, n.note, n.source) for n in [book.places.get(wanted)] if n]
    return found + [(key[0], n.label, n.note, n.source) for key, n in book.reasons.items() if key[1] == wanted]


@codes_app.command("search")
def search_command(
    words: Annotated[
        list[str], typer.Argument(help="Words of a label, class or therapy, the beginning of a code, or @ and a set of the book.")
    ],
    limit: Annotated[int, typer.Option(min=1, help="At most so many rows.")] = 25,
) -> None:
    """Find codes by label, class, therapy or the beginning of the code, or all codes of a set.

    A set is written as in a policy: @drug (every drug line), a class (@flush, "@per diem"), @family:tpn (drugs of a
    therapy), @therapy:tpn (its per diems), @all. Words beside it choose among its codes.

    Exit status: 0 codes were found; 1 none; 2 wrong usage, or no such set.

    Examples:

      perdiem codes search vancomycin

      perdiem codes search @therapy:anti-infective

      perdiem codes search @drug morphine
    """
    found = search(open_book(), " ".join(words))
    console = _console()
    if not found:
        console.print(f"nothing in the book matches {escape(' '.join(words))!r}")
        raise typer.Exit(1)
    shown = Table(box=None, padding=(0, 2), header_style="bold")
    for column in ("code", "label", "class", "therapy"):
        shown.add_column(column, no_wrap=column != "label")
    for facts in found[:limit]:
        therapy = open_book().therapy_of(facts.code)
        shown.add_row(facts.code, escape(facts.label), facts.kind_of, therapy.family if therapy else ", ".join(facts.families))
    console.print(shown)
    if len(found) > limit:
        console.print(f"{len(found) - limit} more (--limit shows them)", style="dim")
