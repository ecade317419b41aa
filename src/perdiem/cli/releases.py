"""codes import, releases and forget: official code files on this machine, what is loaded of them, and how to be rid of it."""

from __future__ import annotations

import hashlib
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from perdiem.codes.conflicts import Difference, differences
from perdiem.codes.imports import Imported, Wishes, import_file
from perdiem.codes.keeping import forget
from perdiem.codes.releases import Release, loaded, releases_folder
from perdiem.codes.shapes import SETTINGS, SHAPES
from perdiem.model.errors import FormatError
from perdiem.policy.ncci import renew

_PERIODS = {3: "quarter", 6: "half-year", 12: "year"}  # by months
_FEW = 10  # bad rows or conflicts told one by one


def _kind(name: str | None) -> str | None:
    if name is not None and name.replace("-", "_") not in SHAPES:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(kind.replace('_', '-') for kind in SHAPES)}")
    return name and name.replace("-", "_")


def _setting(name: str) -> str:
    if name and name not in SETTINGS:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(SETTINGS)}")
    return name


def import_command(
    files: Annotated[list[Path], typer.Argument(help="Official files as published: text, CSV, Excel, gzip or zip of them.")],
    effective: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day; else as the file tells.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; else the end of its period.")] = None,
    kind: Annotated[str | None, typer.Option(callback=_kind, help="Take the file as this kind, if it can be.")] = None,
    setting: Annotated[str, typer.Option(callback=_setting, help="Of NCCI edits: practitioner, outpatient or dme.")] = "",
    complete: Annotated[
        bool | None, typer.Option("--complete/--partial", help="A HCPCS file holds all codes, or a part; else by its size.")
    ] = None,
    accept_bad_rows: Annotated[bool, typer.Option("--accept-bad-rows", help="Import even if one row in a hundred is bad.")] = False,
) -> None:
    """Import official code files into your data folder: HCPCS, modifiers, places, NCCI edits, ASP, ICD-10-CM, reasons,
    the DMEPOS fee schedule, and Medicare's figures of DMEPOS use.

    A file is known by its content. What is no release, or does not tell its first day, is refused with the reason.
    Importing a file again changes nothing. The files stay yours: nothing leaves this machine. NCCI edits become policies
    (cms-ncci, cms-ncci-dme) that speak beside those of payers that follow them.

    Exit status: 0 all is loaded; 1 some files were refused; 2 all were, or wrong usage.

    Examples:

      perdiem codes import HCPC2026_JAN_ANWEB.txt

      perdiem codes import anweb_2019.csv --effective 2019-01-01
    """
    wishes = Wishes(
        effective=_day(effective), until=_day(until), kind=kind, setting=setting, complete=complete, accept_bad_rows=accept_bad_rows
    )
    refused = 0
    for file in files:
        try:
            _tell(import_file(file, wishes))
        except FormatError as error:
            refused += 1
            typer.echo(f"refused: {error.where} {error.what}.\n{error.do}.", err=True)
    _follow()
    if refused:
        raise typer.Exit(2 if refused == len(files) else 1)


def _follow() -> None:
    """The policies that stand for NCCI edits follow the releases that are loaded."""
    written, removed = renew()
    for verb, names in (("wrote", written), ("removed", removed)):
        for name in names:
            typer.echo(f"{verb} policy {name.removesuffix('.toml').replace('/', '@')}")


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _tell(told: Imported) -> None:
    for release in told.new:
        typer.echo(f"loaded {release.id}: {_rows(release)}, {_days(release)}")
    for release in told.held:
        typer.echo(f"held already: {release.id}")
    for member, bad in told.bad.items():
        where = f"{told.file}: {member}" if member else told.file
        typer.echo(f"{len(bad)} bad row{'' if len(bad) == 1 else 's'} left out of {where}", err=True)
        for row in bad[:_FEW]:
            typer.echo(f"  line {row.line}: {row.why}", err=True)
        if len(bad) > _FEW:
            typer.echo(f"  and {len(bad) - _FEW} more", err=True)
    for note in told.notes:
        typer.echo(f"note: {note}", err=True)


def _rows(release: Release) -> str:
    whole = ", complete" if release.complete else ""
    return f"{release.rows} row{'' if release.rows == 1 else 's'}{whole}"


def _days(release: Release) -> str:
    if release.until:
        return f"{release.effective} to {release.until}"
    if release.last is None:
        return f"from {release.effective} until a later release"
    return f"{release.effective} to {release.last} (the end of its {_PERIODS[SHAPES[release.kind].months]})"


def releases_command(
    every: Annotated[bool, typer.Option("--conflicts", help="Tell every conflict between releases, not the first ones.")] = False,
) -> None:
    """List the releases that are loaded: kind, days, rows, the file each came from, and where they contradict each other.

    Exit status: 0 all are sound; 1 a stored release is missing or damaged.

    Example:

      perdiem codes releases
    """
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 120, highlight=False, soft_wrap=True)
    releases = loaded()
    if not releases:
        console.print("no release is loaded; perdiem codes import FILE loads one")
        return
    broken = [release for release in releases if not _sound(release)]
    for release in releases:
        shape = SHAPES[release.kind]
        title = f"{shape.title}, {release.setting}" if release.setting else shape.title
        console.print(f"[bold]{release.id}[/]  {title}")
        console.print(f"  {_rows(release)}; {_days(release)}")
        member = f", {escape(release.member)}" if release.member else ""
        left = f"; {release.left_out} bad rows left out" if release.left_out else ""
        console.print(f"  from {escape(release.file)}{member}, read as {release.layout}; first day from {release.dated_by}{left}")
        console.print(f"  sha256 {release.sha256}", style="dim")
        if release in broken:
            console.print(f"  damaged: forget it, and import {escape(release.file)} again")
    sound = [release for release in releases if release not in broken]
    _tell_conflicts(console, differences(sound), every)
    if broken:
        raise typer.Exit(1)


def _sound(release: Release) -> bool:
    try:
        data = (releases_folder() / f"{release.id}.parquet").read_bytes()
    except OSError:
        return False
    return hashlib.sha256(data).hexdigest() == release.stored


def _tell_conflicts(console: Console, found: list[Difference], every: bool) -> None:
    if not found:
        return
    console.print(f"\n{len(found)} conflict{'' if len(found) == 1 else 's'}")
    for one in found if every else found[:_FEW]:
        console.print(f"  {one.code}: {one.what} ({one.one}, {one.other}); followed: {one.followed}")
    if len(found) > _FEW and not every:
        console.print(f"  and {len(found) - _FEW} more (--conflicts shows them)", style="dim")


def forget_command(
    releases: Annotated[list[str], typer.Argument(metavar="RELEASE", help="A release, or a beginning that only one has.")],
) -> None:
    """Remove releases from your data folder; all that are named, or none.

    Example:

      perdiem codes forget hcpcs-2019-01-01
    """
    for release in forget(releases):
        typer.echo(f"forgot {release.id}, from {release.file}")
    _follow()
