"""Contract files to contracts: TOML and its fee schedules read strictly, so that no price rests on a guess.

A contract says which payer owes which providers what, on which days. docs/contracts.md describes the file. It sets prices only:
keys that would change the rules of a policy are refused.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path

from perdiem.formats.settings import Section, read_settings
from perdiem.model.errors import FormatError
from perdiem.policy.payers import read_payers

COLUMNS = ("code", "modifiers", "unit", "from", "to", "amount")
UNITS = ("unit", "day", "week", "month")
BASES = ("dmepos", "asp")
_RULES = {"rules", "rule", "override", "overrides", "carve_out", "carve_outs", "carve-outs", "replaces", "policy", "policies"}
_CENT = Decimal("0.01")
_CODE = re.compile(r"[A-Z0-9]{5}")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")


@dataclass(frozen=True)
class Rate:
    """One row of a fee schedule: USD for one unit of a code, on days first to last, for lines with all these modifiers.

    unit: what is counted: payable units, days, weeks begun or calendar months. where: file and row.
    """

    code: str
    modifiers: tuple[str, ...]
    unit: str
    first: date
    last: date
    amount: Decimal
    where: str


@dataclass(frozen=True)
class Base:
    """An official price list that fills what the schedules leave out: its kind, the percent paid, and for DMEPOS the area."""

    kind: str
    percent: Decimal
    state: str = ""
    rural: bool = False


@dataclass(frozen=True)
class Reduction:
    """Lines with this modifier are paid this percent, on days first to last."""

    modifier: str
    percent: Decimal
    first: date
    last: date


@dataclass(frozen=True)
class Contract:
    """What one payer owes some providers (any, where none is named), from its first day to its last.

    payer: id in the library, or empty where payer_ids name it as claims do. lesser_of_charge: never more than was charged.
    fingerprint: of the file and its schedules.
    """

    id: str
    title: str
    payer: str
    payer_ids: tuple[str, ...]
    providers: tuple[str, ...]
    effective: date
    until: date
    lesser_of_charge: bool
    rates: tuple[Rate, ...]
    bases: tuple[Base, ...]
    reductions: tuple[Reduction, ...]
    fingerprint: str


def read_contracts(files: Sequence[Path]) -> list[Contract]:
    """Contract files in their order. Raises FormatError where one is faulty or two of them speak of one claim on one day."""
    found = [read_contract(file) for file in files]
    for at, one in enumerate(found):
        for other in found[:at]:
            same_payer = (one.payer and one.payer == other.payer) or set(one.payer_ids) & set(other.payer_ids)
            same_provider = not one.providers or not other.providers or set(one.providers) & set(other.providers)
            if same_payer and same_provider and one.effective <= other.until and other.effective <= one.until:
                what = f"speaks of the same payer, providers and days as {other.id}"
                raise FormatError(one.id, what, "End one before the other begins, or name one of them")
    return found


def read_contract(file: Path) -> Contract:
    """One contract file with its fee schedules. Raises FormatError with file, key or row, and what to do."""
    top = read_settings(file)
    for key in top.left():
        if key in _RULES:
            raise top.fault(key, "would change rules of a policy", "Leave it out: a contract sets prices here, not yet rules")
    head = top.section("contract")
    id_, title = head.text("id", form=r"[a-z0-9][a-z0-9-]*", asks="lower case letters, digits and hyphens"), head.text("title")
    payer, payer_ids = head.text("payer", ""), head.texts("payer_ids", ())
    if not payer and not payer_ids:
        raise head.fault("payer", "is missing", "Name the payer by its id in perdiem policy list --payers, or give payer_ids")
    if payer and payer not in {known.id for known in read_payers()}:
        raise head.fault("payer", "is no payer of the library", "See perdiem policy list --payers, or give payer_ids instead")
    providers = head.texts("providers", (), form=r"[0-9]{10}", asks="NPIs of ten digits")
    effective, until = head.day("effective"), head.day("until", date.max)
    if until < effective:
        raise head.fault("until", "lies before effective", "Correct one of them")
    lesser = head.yes("lesser_of_charge")
    head.done()
    digest = hashlib.sha256(file.read_bytes())
    rates = list[Rate]()
    for schedule in top.sections("schedule"):
        name = schedule.text("file")
        schedule.done()
        rates += _schedule(schedule, name, file.parent, effective, until)
        digest.update((file.parent / name).read_bytes())
    bases = tuple(_base(one) for one in top.sections("base"))
    reductions = tuple(_reduction(one, effective, until) for one in top.sections("reduction"))
    top.done()
    if not rates and not bases:
        raise top.fault("schedule", "is missing, and there is no base", "Name a fee schedule below [[schedule]], or a [[base]]")
    _no_overlap(((r.code, frozenset(r.modifiers)), r.first, r.last, r.where) for r in rates)
    _no_overlap((r.modifier, r.first, r.last, f"{file.name}, [[reduction]] {r.modifier}") for r in reductions)
    mark = "sha256:" + digest.hexdigest()
    return Contract(id_, title, payer, payer_ids, providers, effective, until, lesser, tuple(rates), bases, reductions, mark)


def _base(one: Section) -> Base:
    kind, percent = one.text("kind", among=BASES), _percent(one, Decimal(100))
    if kind == BASES[0]:
        made = Base(kind, percent, one.text("state", form=r"[A-Z]{2}", asks="two capitals"), one.yes("rural"))
    else:
        made = Base(kind, percent)
    one.done()
    return made


def _reduction(one: Section, effective: date, until: date) -> Reduction:
    modifier = one.text("modifier", form=_MODIFIER.pattern, asks="two capitals or digits")
    percent = _percent(one)
    if percent > 100:
        raise one.fault("percent", "is above 100, which would pay more and not less", "Write what is paid of it, from 0 to 100")
    made = Reduction(modifier, percent, one.day("from", effective), one.day("to", until))
    one.done()
    if made.last < made.first:
        raise one.fault("to", "lies before from", "Correct one of them")
    return made


def _percent(one: Section, *default: Decimal) -> Decimal:
    found: Decimal = one.decimal("percent", *default, most=999)
    if found != found.quantize(_CENT):
        raise one.fault("percent", "has more than two decimals", "Write at most two")
    return found


def _schedule(key: Section, name: str, beside: Path, effective: date, until: date) -> Iterator[Rate]:
    file = beside / name
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            table = csv.DictReader(text, strict=True)
            if tuple(table.fieldnames or ()) != COLUMNS:
                raise FormatError(file.name, "has not the heading of a fee schedule", f"Write {','.join(COLUMNS)}")
            for number, row in enumerate(table, 2):
                yield _rate(f"{file.name}, row {number}", row, effective, until)
    except FileNotFoundError as error:
        what = f"names {name}, which is not there"
        raise key.fault("file", what, "Put it beside the contract, or correct the name") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise key.fault("file", "cannot be read as a table", "Name a CSV file beside the contract, in UTF-8") from error


def _rate(where: str, row: Mapping[str | None, str | None], effective: date, until: date) -> Rate:
    if None in row or None in row.values():
        raise FormatError(where, "has not as many cells as the heading", "Correct the row")
    cell = {str(name): (value or "").strip() for name, value in row.items()}
    if _CODE.fullmatch(cell["code"]) is None:
        raise FormatError(f"{where}, code", "is no code", "Write five capitals or digits")
    modifiers = cell["modifiers"].split()
    if any(_MODIFIER.fullmatch(one) is None for one in modifiers) or len(set(modifiers)) < len(modifiers):
        raise FormatError(f"{where}, modifiers", "are no modifiers", "Write two characters each, separated by spaces, none twice")
    if cell["unit"] not in UNITS:
        raise FormatError(f"{where}, unit", "is not known", f"Write one of {', '.join(UNITS)}")
    first, last = _day(where, "from", cell["from"], effective), _day(where, "to", cell["to"], until)
    if last < first:
        raise FormatError(f"{where}, to", "lies before from", "Correct one of them")
    return Rate(cell["code"], tuple(sorted(modifiers)), cell["unit"], first, last, _amount(where, cell["amount"]), where)


def _day(where: str, name: str, text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text) if text else otherwise
    except ValueError as error:
        raise FormatError(f"{where}, {name}", "is no day", "Write year-month-day, or leave it empty") from error


def _amount(where: str, text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise FormatError(f"{where}, amount", "is no amount", "Write USD as 123.45") from error
    if re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,4})?", text) is None:
        raise FormatError(f"{where}, amount", "is no such amount", "Write USD as 123.45, with at most four decimals")
    return value


def _no_overlap(rows: Iterator[tuple[object, date, date, str]]) -> None:
    by: dict[object, list[tuple[date, date, str]]] = {}
    for key, first, last, where in rows:
        by.setdefault(key, []).append((first, last, where))
    for spans in by.values():
        spans.sort(key=lambda span: span[:2])
        for (_, before, one), (after, _, other) in pairwise(spans):
            if after <= before:
                raise FormatError(other, f"speaks of a day that {one} speaks of too", "End one before the other begins")
