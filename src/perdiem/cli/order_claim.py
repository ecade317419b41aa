"""order, beside the coding itself: orders written as an 837P, priced by a contract, and held against claims that were billed."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import typer
from rich.console import Console
from rich.table import Table

from perdiem.cli.write import put, tell_problems
from perdiem.codes.book import open_book
from perdiem.coding.back import billed_lines, implied, ordered_lines
from perdiem.coding.claims import claims_of
from perdiem.coding.differences import EFFECT, KIND, differences
from perdiem.formats import money
from perdiem.formats.intake import read
from perdiem.formats.members import read_members
from perdiem.formats.provider import read_provider
from perdiem.formats.report import legible
from perdiem.formats.write_837p import write_837p
from perdiem.model.errors import FormatError
from perdiem.model.order import Coded
from perdiem.model.whole import whole
from perdiem.pipeline.answer import cite
from perdiem.pipeline.check import judge, loaded_policies
from perdiem.pipeline.price import Pricer, Totals, priced_lines
from perdiem.pricing.contract import read_contracts


def write_orders(coded: Coded, provider: Path | None, members: Path | None, at: datetime | None, out: Path | None) -> None:
    """Coded orders as an 837P. Raises FormatError for all that is missing, BadParameter without a provider."""
    if provider is None:
        raise typer.BadParameter("name who bills with --provider", param_hint="--format 837p")
    who = read_provider(provider)
    npi = next(iter(who.billers)) if len(who.billers) == 1 else None
    faults = list[str]()
    batch = claims_of(coded, who.charges, npi, faults)
    put(write_837p(batch, who, read_members(members) if members else None, at, faults), out)


def expected(coded: Coded, contracts: Sequence[Path]) -> tuple[list[dict[str, Any]], Totals]:
    """What the contracts would pay for the lines of coded orders, judged as one batch, before any comparison with charges."""
    terms = [replace(one, lesser_of_charge=False) for one in read_contracts(contracts)]
    npi = next((one.providers[0] for one in terms if one.providers), None)
    run = judge(claims_of(coded, None, npi), loaded_policies())
    totals = Totals()
    with Pricer(terms) as pricer:
        priced = pricer.price(run)
    totals.add(priced.line)
    return list(priced_lines(priced)), totals


def show_expected(coded: Coded, contracts: Sequence[Path]) -> None:
    """The expected payment of orders on standard output."""
    rows, totals = expected(coded, contracts)
    sys.stdout.write("\nexpected payment, before any comparison with charges\n")
    money.lines_table(rows, totals.told(), sys.stdout)


def from_claim(claims: Sequence[str], coded: Coded | None, format: str, out: Path | None) -> bool:
    """Tell the orders that claims imply, or, beside orders, every difference; whether any was found or something set aside."""
    if format not in ("table", "json"):
        raise typer.BadParameter("with --from-claim it is table or json", param_hint="--format")
    batch = read(list(claims))
    lost = tell_problems(batch)
    if not batch.claim.num_rows:
        raise FormatError("the claims", "are none that can be read", "Name an 837P file or a table of claims")
    book = open_book()
    if coded is None:
        rows = [_implied(one) for one in implied(billed_lines(batch), book)]
    else:
        if any(not order.member_id for order in coded.orders):
            raise FormatError("the orders", "name no member, so they cannot be held against claims", "Add a column member_id")
        rows = [_difference(one) for one in differences(ordered_lines(coded), billed_lines(batch), book)]
    if out is None:
        _tell(rows, coded is None, format, sys.stdout)
    else:
        with whole(out) as (file,), file.open("w", encoding="utf-8", newline="") as to:
            _tell(rows, coded is None, format, to)
    return lost or (coded is not None and bool(rows))


def _tell(rows: list[dict[str, Any]], alone: bool, format: str, to: TextIO) -> None:
    if format == "json":
        to.write(json.dumps({"implied" if alone else "findings": rows}, indent=1, ensure_ascii=False) + "\n")
    else:
        _show(rows, to, "no therapy and no drug" if alone else "no difference")


def _implied(one: Any) -> dict[str, Any]:
    return {
        "member_id": one.member_id, "role": one.role, "code": one.code, "family": one.family, "says": one.says,
        "units": None if one.units is None else f"{one.units.normalize():f}", "from": str(one.first), "to": str(one.last),
        "dose_a_day": f"{one.dose_a_day.value:f} {one.dose_a_day.unit}" if one.dose_a_day else None,
        "claims": list(one.names), "cite": cite(one.cite),
    }  # fmt: skip


def _difference(one: Any) -> dict[str, Any]:
    return {
        "kind": KIND, "effect": EFFECT, "member_id": one.member_id, "about": one.about, "code": one.code, "ordered": one.ordered,
        "billed": one.billed, "orders": list(one.orders), "claims": list(one.claims), "cite": cite(one.cite),
    }  # fmt: skip


def _show(rows: list[dict[str, Any]], to: Any, nothing: str) -> None:
    console = Console(file=to, width=None if to.isatty() else 160, highlight=False)
    if not rows:
        console.print(nothing)
        return
    hidden = {"kind", "effect", "cite", "orders"} | ({"code"} if "ordered" in rows[0] else {"family"})
    shown = Table(box=None, padding=(0, 1), header_style="bold")
    columns = [name for name in rows[0] if name not in hidden]
    for name in (*columns, "where it says so"):
        shown.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        place = f"{row['cite']['source']}, {row['cite']['section']}"
        cells = [", ".join(row[name]) if isinstance(row[name], list) else str(row[name] or "") for name in columns]
        shown.add_row(*(legible(cell) for cell in (*cells, place)))
    console.print(shown)
