"""order: what the prescriber ordered in, the lines to bill out, and what is left to ask."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TextIO

import typer

from perdiem.cli.order_claim import from_claim, show_expected, write_orders
from perdiem.cli.outputs import apart
from perdiem.cli.write import At, MembersFile
from perdiem.coding.answer import as_json
from perdiem.coding.order import order
from perdiem.formats.orders import picture
from perdiem.formats.orders.read import read_orders
from perdiem.model.errors import FormatError
from perdiem.model.order import Coded, SetAside, Written
from perdiem.model.whole import whole

FORMATS = ("table", "json", "csv", "837p")
_ASKED = "order"  # where an order by options stands

Files = Annotated[list[str] | None, typer.Argument(help="Orders: CSV, Excel, JSON or FHIR MedicationRequest.", metavar="ORDERS")]
Visits = Annotated[
    list[str] | None,
    typer.Option(help="A nurse's visit, YYYY-MM-DD=MINUTES (repeatable).", metavar="DAY=MINUTES"),
]


def _format(name: str) -> str:
    if name not in FORMATS:
        raise typer.BadParameter(f"{name!r} is not built; perdiem writes {', '.join(FORMATS)}")
    return name


def order_command(
    paths: Files = None,
    sig: Annotated[str | None, typer.Option(help="The order as one typed line.", metavar="TEXT")] = None,
    drug: Annotated[str | None, typer.Option(help="Name, HCPCS code or therapy word such as TPN.")] = None,
    ndc: Annotated[str | None, typer.Option(help="Product number.")] = None,
    dose: Annotated[str | None, typer.Option(help='Amount of one dose, such as "2 g".')] = None,
    rate: Annotated[str | None, typer.Option(help='Amount an hour, such as "2 mg/h".')] = None,
    volume: Annotated[str | None, typer.Option(help='Volume of a day, such as "2 L".')] = None,
    every: Annotated[str | None, typer.Option(help="8h, 10d, daily, weekly, monthly, BID, M-W-F, continuous or once.")] = None,
    over: Annotated[str | None, typer.Option(help="Hours that one dose runs.")] = None,
    route: Annotated[str | None, typer.Option(help="IV, SC, IM, IT, epidural or enteral.")] = None,
    method: Annotated[str | None, typer.Option(help="gravity, pump, bolus, syringe, injection or implanted.")] = None,
    first: Annotated[str | None, typer.Option("--from", help="First day, YYYY-MM-DD.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day, inclusive.")] = None,
    days: Annotated[str | None, typer.Option(help="Days of the course.")] = None,
    months: Annotated[str | None, typer.Option(help="Months of the course.")] = None,
    doses: Annotated[str | None, typer.Option(help="Number of doses.")] = None,
    diluent: Annotated[str | None, typer.Option(help="Fluid that the drug is given in.")] = None,
    vial: Annotated[list[str] | None, typer.Option(help="Size of a single-dose container (repeatable).", metavar="AMOUNT")] = None,
    multi_dose: Annotated[bool, typer.Option("--multi-dose", help="The containers hold several doses.")] = False,
    payer: Annotated[str | None, typer.Option(help="Payer by id or name: what stands beside the drug.")] = None,
    pos: Annotated[str | None, typer.Option(help="Place of service.")] = None,
    visit: Visits = None,
    pump: Annotated[str | None, typer.Option(help="Code of the pump and its modifiers.")] = None,
    cartridges: Annotated[str | None, typer.Option(help="Cartridges of an insulin pump.")] = None,
    attested: Annotated[str | None, typer.Option(help="Modifier by which the supplier vouches for coverage.")] = None,
    member: Annotated[str | None, typer.Option(help="The member's number.")] = None,
    year: Annotated[int | None, typer.Option(help="Year of days written without one.", min=1990, max=2100)] = None,
    format: Annotated[str, typer.Option("--format", callback=_format, help="table, json, csv or 837p.")] = "table",
    out: Annotated[Path | None, typer.Option(help="Write the answer here.")] = None,
    diagnosis: Annotated[list[str] | None, typer.Option(help="Diagnosis code, without a point (repeatable).")] = None,
    provider: Annotated[Path | None, typer.Option(help="Of an 837P: who bills, provider.toml.", metavar="FILE")] = None,
    members: MembersFile = None,
    at: At = None,
    contract: Annotated[
        list[Path] | None, typer.Option(help="Show the expected payment by this contract (repeatable).", metavar="FILE")
    ] = None,
    claims: Annotated[
        list[str] | None,
        typer.Option("--from-claim", help="Back: the orders that these claims imply (repeatable).", metavar="CLAIMS"),
    ] = None,
    orders: Annotated[
        list[str] | None, typer.Option("--orders", help="With --from-claim: the orders to hold them against.", metavar="ORDERS")
    ] = None,
) -> None:
    """Code orders: the lines to bill with their units and days, each with why and where it says so; what is open is asked.

    One order by options or --sig, or many from files. Beside files, options fill what an order leaves empty. What the order does
    not tell is a question, and its line has no units: nothing is guessed. A course begins at an assumed hour of the morning.

    With --format 837p the lines are written as a claim (--provider, --members). With --from-claim it goes back: the orders that
    claims imply, or, with --orders, every difference between what was ordered and what was billed, as advice.

    Exit status: 0 every order was read; 1 an order was set aside or codes no line (the rest is coded), or claims differ;
    2 wrong usage, or nothing could be read.

    Examples:

      perdiem order --sig "cefazolin 2 g IV q8h x 7 days" --from 2024-06-03 --payer bcbstx

      perdiem order --drug cefazolin --dose "2 g" --every 8h --from 2024-06-03 --days 7 --format json

      perdiem order orders.csv --payer bcbstx --pos 12 --format csv --out lines.csv

      perdiem order --sig "milrinone 0.9 mg/h continuous x 14 d" --from 2024-06-03 --payer medicare-dme --pump "E0781 RR"

      perdiem order --from-claim week.837
    """
    given = {
        "sig": sig, "drug": drug, "ndc": ndc, "dose": dose, "rate": rate, "volume": volume, "every": every, "over": over,
        "route": route, "method": method, "from": first, "to": last, "days": days, "months": months, "doses": doses,
        "diluent": diluent, "vials": ";".join(vial or ()), "multi_dose": "yes" if multi_dose else None, "payer": payer, "pos": pos,
        "visits": ";".join(visit or ()), "pump": pump, "cartridges": cartridges, "attested": attested, "member_id": member,
        "diagnoses": ";".join(diagnosis or ()),
    }  # fmt: skip
    fields = {name: text for name, text in given.items() if text}
    paths = [*(paths or ()), *(orders or ())]
    apart([*paths, *(claims or ()), provider, members, *(contract or ())], out)
    if claims and not paths:
        raise typer.Exit(int(from_claim(claims, None, format, out)))
    if not paths and not {"sig", "drug", "ndc"} & set(fields):
        raise typer.BadParameter("name a file of orders, or an order by --drug, --ndc or --sig")
    if paths and "sig" in fields:
        raise typer.BadParameter("one order by --sig, or files, not both")
    aside = list[SetAside]()
    coded = order(_written(paths, fields, aside), year=year)
    everything = (*aside, *coded.set_aside)
    if not coded.orders:
        reason = everything[0]
        raise FormatError(
            reason.source, f"no order could be read: {reason.reason}", "Correct it; perdiem order --help shows the fields"
        )
    coded = replace(coded, set_aside=everything)
    if claims:
        raise typer.Exit(int(from_claim(claims, coded, format, out) or bool(everything)))
    if format == "837p":
        write_orders(coded, provider, members, at, out)
    else:
        _put(coded, format, out)
    if contract:
        show_expected(coded, contract)
    coded_ids = {line.order_id for line in coded.lines}
    raise typer.Exit(int(bool(everything) or any(one.order_id not in coded_ids for one in coded.orders)))


def _written(paths: list[str] | None, fields: dict[str, str], aside: list[SetAside]) -> Iterator[Written]:
    """Orders of the files, or the one of the options; whatever a reader sets aside is kept for the end."""
    if not paths:
        yield Written(fields, _ASKED)
        return
    for one in read_orders(paths):
        if isinstance(one, SetAside):
            aside.append(one)
        else:
            yield replace(one, fields={**fields, **one.fields})


def _put(coded: Coded, format: str, out: Path | None) -> None:
    if out is None:
        _tell(coded, format, sys.stdout)
    else:
        with whole(out) as (file,), file.open("w", encoding="utf-8", newline="") as to:
            _tell(coded, format, to)
    if format == "csv":
        for one in coded.set_aside:
            typer.echo(f"set aside  {one.source}, row {one.row}: {one.reason}", err=True)
        for question in coded.questions:
            typer.echo(f"asked  order {question.order_id}, {question.about}: {question.asks}", err=True)


def _tell(coded: Coded, format: str, to: TextIO) -> None:
    if format == "json":
        to.write(json.dumps(as_json(coded), indent=1, ensure_ascii=False) + "\n")
    elif format == "csv":
        to.write(picture.csv_rows(coded))
    else:
        picture.show(coded, to)
