"""Rates: the prices that contracts and the official releases they build on give for the codes of a batch, as rows by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from perdiem.codes.releases import Release, loaded, rows
from perdiem.pricing.contract import BASES, UNITS, Base, Contract

_TEXT, _WHOLE, _DAY = pa.string(), pa.int64(), pa.date32()
AMOUNT, SHARE = pa.decimal128(14, 7), pa.decimal128(7, 4)
_RELEASE = {BASES[0]: "fee_schedule", BASES[1]: "payment_limit"}
_NO_MODIFIER = "none"
_HUNDRED = Decimal(100)

SHAPES: dict[str, dict[str, pa.DataType]] = {
    "term": {"contract_no": _WHOLE, "contract": _TEXT, "first_day": _DAY, "last_day": _DAY, "lesser": pa.bool_()},
    "term_payer": {"contract_no": _WHOLE, "payer": _TEXT, "payer_id": _TEXT},
    "term_provider": {"contract_no": _WHOLE, "npi": _TEXT},
    "rate": {
        "rate_no": _WHOLE, "contract_no": _WHOLE, "rank": _WHOLE, "code": _TEXT, "modifiers": pa.list_(_TEXT), "unit": _TEXT,
        "first_day": _DAY, "last_day": _DAY, "amount": AMOUNT, "origin": _TEXT,
    },
    "reduction": {"contract_no": _WHOLE, "modifier": _TEXT, "share": SHARE, "first_day": _DAY, "last_day": _DAY},
}  # fmt: skip
"""The tables that contracts become; an empty npi is any provider. ``rank`` 0 is a schedule, 1 the first base, and so on."""


def contract_tables(contracts: Sequence[Contract], codes: Iterable[str]) -> dict[str, pa.Table]:
    """The tables of SHAPES for these contracts and the codes of a batch. Raises FormatError where a release is damaged."""
    wanted = sorted(set(codes))
    made: dict[str, list[tuple[Any, ...]]] = {name: [] for name in SHAPES}
    for number, contract in enumerate(contracts, 1):
        made["term"].append((number, contract.id, contract.effective, contract.until, contract.lesser_of_charge))
        made["term_payer"] += [(number, contract.payer, None)] if contract.payer else []
        made["term_payer"] += [(number, None, payer_id) for payer_id in contract.payer_ids]
        made["term_provider"] += [(number, npi) for npi in contract.providers or (None,)]
        for cut in contract.reductions:
            made["reduction"].append((number, cut.modifier, cut.percent / _HUNDRED, cut.first, cut.last))
        for row in _rates(contract, wanted):
            made["rate"].append((len(made["rate"]) + 1, number, *row))
    return {name: _table(name, found) for name, found in made.items()}


def _table(name: str, found: list[tuple[Any, ...]]) -> pa.Table:
    shape = SHAPES[name]
    columns = list(zip(*found, strict=True)) or [()] * len(shape)
    arrays = [pa.array(cells, type_) for cells, type_ in zip(columns, shape.values(), strict=True)]
    return pa.table(arrays, pa.schema(list(shape.items())))


def _rates(contract: Contract, codes: list[str]) -> Iterator[tuple[Any, ...]]:
    known = set(codes)
    for rate in contract.rates:
        if rate.code in known:
            yield 0, rate.code, list(rate.modifiers), rate.unit, rate.first, rate.last, rate.amount, rate.where
    for rank, base in enumerate(contract.bases, 1):
        for release, first, last in _spans(_RELEASE[base.kind]):
            for code, modifiers, amount in _prices(base, release, codes):
                yield rank, code, modifiers, UNITS[0], first, last, amount * base.percent / _HUNDRED, release.id


def _spans(kind: str) -> Iterator[tuple[Release, date, date]]:
    """The releases of a kind, each with the days on which it is the latest and still in force."""
    found = sorted(loaded(kind), key=lambda release: (release.effective, release.id))
    for release in found:
        later = [other.effective - timedelta(1) for other in found if other.effective > release.effective]
        last = min([release.last or date.max, *later])
        if last >= release.effective:
            yield release, release.effective, last


def _prices(base: Base, release: Release, codes: list[str]) -> Iterator[tuple[str, list[str], Decimal]]:
    """Code, modifiers and USD for one unit, of every row of the release that has an amount."""
    if base.kind == BASES[1]:
        for row in rows(release, ("code", "limit"), codes).to_pylist():
            if row["limit"] is not None:
                yield row["code"], [], row["limit"]
        return
    for row in rows(release, ("code", "modifier", "modifier_2", "fees"), codes).to_pylist():
        here = {fee["rural"]: fee["amount"] for fee in row["fees"] if fee["state"] == base.state}
        amount = here.get(base.rural, here.get(None))
        if amount is None and base.rural:
            amount = here.get(False)  # no rural amount for that row: the state's other amount stands, as the schedule is read
        if amount is not None:
            yield row["code"], sorted(m for m in (row["modifier"], row["modifier_2"]) if m != _NO_MODIFIER), amount
