"""write: claims as an 837P file, from tables or from other 837P files."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from perdiem.cli.check import Columns, Paths, Sheet, tables_asked
from perdiem.cli.outputs import apart
from perdiem.cli.streams import OUTPUT
from perdiem.formats.intake import read
from perdiem.formats.members import read_members
from perdiem.formats.provider import read_provider
from perdiem.formats.source import standard_input
from perdiem.formats.write_837p import write_837p
from perdiem.model.durable import writing
from perdiem.model.schema import Batch
from perdiem.model.whole import whole

ProviderFile = Annotated[Path, typer.Option("--provider", help="Who bills: provider.toml.", metavar="FILE")]
MembersFile = Annotated[
    Path | None, typer.Option("--members", help="Who the members are, where claims do not say: members.csv.", metavar="FILE")
]
At = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="Day and time that the file bears; else its last day of service."),
]
Out = Annotated[Path | None, typer.Option(help="Write the 837P here; else to standard output.")]


def write_command(
    paths: Paths,
    provider: ProviderFile,
    members: MembersFile = None,
    at: At = None,
    out: Out = None,
    columns: Columns = [],  # noqa: B006  (typer reads the default, nobody changes it)
    sheet: Sheet = None,
) -> None:
    """Write claims as an 837P (005010X222A1), to be sent to a payer or clearinghouse.

    Reading the file gives the same claims again. The same claims, files and --at give the same bytes. Either all claims
    that could be read are written, or none, and each that lacks something is named with what it lacks.

    Exit status: 0 every claim is written; 1 some input could not be read (listed), the rest is written; 2 a claim lacks what
    an 837P must say, wrong usage, or nothing could be read.

    Examples:

      perdiem write week.837 --provider provider.toml --members members.csv --out again.837
    """
    apart([*paths, provider, members], out)
    batch = read(paths, stdin=standard_input(), tables=tables_asked(columns, sheet))
    told = tell_problems(batch)
    put(write_837p(batch, read_provider(provider), read_members(members) if members else None, at), out)
    raise typer.Exit(int(told))


def tell_problems(batch: Batch) -> bool:
    """Tell what could not be read on standard error; whether anything could not."""
    lost = False
    for row in batch.problem.to_pylist():
        lost |= row["weight"] != "warning"
        claim = f", claim {row['claim_id']}" if row["claim_id"] else ""
        typer.echo(f"{row['weight']}  {row['source']}, {row['counted_in']} {row['segment']}{claim}: {row['problem']}", err=True)
    return lost


def put(parts: Iterable[bytes], out: Path | None) -> None:
    """Write bytes to a file, whole or not at all, or to standard output."""
    if out is None:
        made = b"".join(parts)
        with writing(OUTPUT):
            sys.stdout.buffer.write(made)
            sys.stdout.buffer.flush()
        return
    with whole(out) as (place,), place.open("wb") as file:
        for part in parts:
            file.write(part)
