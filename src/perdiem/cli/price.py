"""price: what a contract owes for claims, what waits, and what was denied, in money."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from perdiem.cli.check import Columns, Earlier, Paths, Policies, Sheet, concluded, history_told, judging, tables_asked
from perdiem.cli.outputs import apart
from perdiem.formats import money, report
from perdiem.model.whole import UnwantedError, whole
from perdiem.pipeline.ledger import Account
from perdiem.pipeline.price import Priced, Pricer, Totals, claim_totals, priced_lines
from perdiem.pipeline.session import Run
from perdiem.pipeline.stakes import BY, SORTS, Stakes
from perdiem.pricing.contract import read_contracts

FORMATS = ("table", "json", "csv")
Contracts = Annotated[list[Path], typer.Option("--contract", help="The contract: a TOML file (repeatable).", metavar="FILE")]


def _among(name: str | None, known: tuple[str, ...]) -> str | None:
    if name is not None and name not in known:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(known)}")
    return name


def price_command(
    paths: Paths,
    contract: Contracts,
    policy: Policies = [],  # noqa: B006  (typer reads the default, nobody changes it)
    history: Earlier = None,
    by: Annotated[
        str | None, typer.Option(callback=lambda name: _among(name, BY), help="Money at stake by rule, carc, claim or line.")
    ] = None,
    sort: Annotated[
        str | None, typer.Option(callback=lambda name: _among(name, SORTS), help="order (of input), money or charge.")
    ] = None,
    format: Annotated[
        str, typer.Option("--format", callback=lambda name: _among(name, FORMATS), help="table, json or csv.")
    ] = "table",
    out: Annotated[Path | None, typer.Option(help="Write the answer here.")] = None,
    columns: Columns = [],  # noqa: B006
    sheet: Sheet = None,
) -> None:
    """Judge claims, then price every line by the contract: what is owed, what waits, what was denied, and how it comes about.

    Only payable units are owed, each at the rate of its day. A line of which any unit has no rate is not priced, and says why;
    it is never worth 0. Without --by the lines are listed; with it the money that denials and questions put at stake.

    Exit status: 0 every claim is judged, whatever it is worth; 1 some input or history was set aside (listed); 2 wrong
    usage, a faulty contract, or nothing could be read (what stands at --out stays as it is).

    Examples:

      perdiem price week.837 --contract contract.toml

      perdiem price week.837 --contract contract.toml --by rule --sort money

      perdiem price week.837 --contract contract.toml --format csv --out prices.csv
    """
    apart([*paths, history, *contract], out)
    contracts = read_contracts(contract)
    account, totals = Account(), Totals()
    with judging(paths, policy, history, tables_asked(columns, sheet)) as (runs, earlier), Pricer(contracts) as pricer:
        told = _stakes(_priced(runs, pricer, account, totals), by, sort) if by else None
        rows = list(told) if told is not None else _sorted(_priced(runs, pricer, account, totals), sort)
        _put(rows, totals, by, format, out, account)
    accounts = account.close()
    report.ledger_text(accounts, sys.stderr)
    set_aside = history_told(earlier)
    raise typer.Exit(concluded(accounts) or int(set_aside))


def _priced(runs: Iterable[Run], pricer: Pricer, account: Account, totals: Totals) -> Iterator[Priced]:
    for run in runs:
        account.add(run)
        priced = pricer.price(run)
        totals.add(priced.line)
        yield priced


def _stakes(priced: Iterable[Priced], by: str, sort: str | None) -> list[dict[str, Any]]:
    found = Stakes(by)
    for one in priced:
        found.add(one)
    return [stake.told() for stake in found.sorted(sort or SORTS[1])]


def _sorted(priced: Iterable[Priced], sort: str | None) -> Iterable[dict[str, Any]]:
    rows = (row for one in priced for row in priced_lines(one))
    if sort in (None, SORTS[0]):
        return rows
    if sort == SORTS[2]:
        return sorted(rows, key=lambda row: -row["charge"])
    return sorted(rows, key=lambda row: (-((row["pended"] or 0) + (row["denied"] or 0)), -row["charge"]))


def _put(rows: Iterable[dict[str, Any]], totals: Totals, by: str | None, format: str, out: Path | None, account: Account) -> None:
    """Write the answer; where no claim could be read, what stands in its place stays."""
    if out is None:
        _tell(rows, totals, by, format, sys.stdout)
        return
    with whole(out) as (file,), file.open("w", encoding="utf-8", newline="") as to:
        _tell(rows, totals, by, format, to)
        if account.nothing:
            raise UnwantedError


def _tell(rows: Iterable[dict[str, Any]], totals: Totals, by: str | None, format: str, to: TextIO) -> None:
    if format == "csv":
        for part in money.csv_text(rows, money.STAKE_COLUMNS if by else money.LINE_COLUMNS):
            to.write(part)
        return
    held = list(rows)
    if format == "json":
        sums = {"claims": claim_totals(held)} if not by else {}
        to.write(money.json_text({"by" if by else "lines": held, **sums, "totals": totals.told()}))
    elif by:
        money.stakes_table(held, by, totals.told(), to)
    else:
        money.lines_table(held, totals.told(), to)
