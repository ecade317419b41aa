"""claims: coded orders as claims - the tables that the writer of 837P files and the check take.

One claim holds the lines of one member and payer, up to as many as an 837P takes. What an order does not say is not made up: a line
that waits for an answer stops the claim, and a code without a charge stops it too. All that stops them is told at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pyarrow as pa

from perdiem.model.errors import FormatError
from perdiem.model.order import Coded, CodedLine, Order
from perdiem.model.schema import CLAIM, LINE, MODIFIERS, OTHER_PAYER, PROBLEM, REJECTED, Batch, Census
from perdiem.policy.payers import read_payers

_MOST_LINES = 50
_CENT = Decimal("0.01")
_FREQUENCY, _FACILITY = "1", "B"
_DO = "Answer in the orders what is open, and add codes with your charge for one unit below [charges] in provider.toml"


def claims_of(
    coded: Coded, charges: Mapping[str, Decimal] | None, npi: str | None = None, faults: list[str] | None = None
) -> Batch:
    """The lines of coded orders as a batch of claims, in the order of the orders.

    charges: USD for one unit by code; None charges nothing, for prices alone. npi: of the billing provider. faults: takes why
    orders cannot be billed, instead of an error, for a writer that has more to tell; such a batch must not be sent. Raises
    FormatError for all orders with a line that is not complete or a code that has no charge.
    """
    orders = {order.order_id: order for order in coded.orders}
    if len(orders) < len(coded.orders):
        raise FormatError(
            "the orders", "bear one number twice, so their lines cannot be told apart", "Give each an order_id of its own"
        )
    groups: dict[tuple[str, str], list[CodedLine]] = {}
    for line in coded.lines:
        order = orders[line.order_id]
        groups.setdefault((order.member_id or order.source, order.payer), []).append(line)
    told = list(_unbillable(coded, charges))
    if told and faults is None:
        raise FormatError("the orders", f"cannot be billed yet: {'; '.join(told)}", _DO)
    if faults is not None:
        faults += told
    claims, lines = list[dict[str, Any]](), list[dict[str, Any]]()
    for found in groups.values():
        for start in range(0, len(found), _MOST_LINES):
            part = found[start : start + _MOST_LINES]
            claims.append(_claim(len(claims) + 1, orders[part[0].order_id], start // _MOST_LINES, npi))
            rows = [_line(len(lines) + at, len(claims), at, line, charges) for at, line in enumerate(part, 1)]
            claims[-1]["charge"] = sum((row["charge"] for row in rows), Decimal(0))
            lines += rows
    tables = zip((CLAIM, LINE, OTHER_PAYER, PROBLEM, REJECTED), (claims, lines, [], [], []), strict=True)
    count = Census(len(claims), len(lines), int(sum(row["charge"] for row in claims) * 100))
    claim, line, other, problem, rejected = (pa.Table.from_pylist(rows, table.arrow) for table, rows in tables)
    return Batch(claim, line, other, problem, rejected, count)


def _unbillable(coded: Coded, charges: Mapping[str, Decimal] | None) -> Iterator[str]:
    """Why orders cannot be billed, order by order: what a line waits for, and every code without a charge."""
    for order in coded.orders:
        lines = [line for line in coded.lines if line.order_id == order.order_id]
        if not all(line.complete for line in lines):
            asks = next((q.asks for q in coded.questions if q.order_id == order.order_id), "how much is to be billed")
            yield f"order {order.order_id} leaves open {asks}"
        lacking = dict.fromkeys(line.code for line in lines if charges is not None and line.code not in charges)
        if lacking:
            yield f"order {order.order_id} gives {', '.join(lacking)}, for which provider.toml has no charge"


def _claim(number: int, order: Order, part: int, npi: str | None) -> dict[str, Any]:
    row: dict[str, Any] = {column.name: None for column in CLAIM.columns}
    payer = next((known for known in read_payers() if known.id == order.payer), None)
    if payer is not None and payer.ids and payer.qualifiers:
        row |= {"payer_qualifier": min(payer.qualifiers), "payer_id": min(payer.ids), "payer_name": payer.name.upper()}
    return row | {
        "claim_no": number, "claim_id": f"{order.order_id}-{part + 1}" if part else order.order_id,
        "source": f"order {order.order_id}", "place": order.place or None, "facility_qualifier": _FACILITY, "frequency": _FREQUENCY,
        "member_id": order.member_id or None, "billing_npi": npi, "diagnoses": list(order.diagnoses), "segment": number,
    }  # fmt: skip


def _line(number: int, claim: int, at: int, line: CodedLine, charges: Mapping[str, Decimal] | None) -> dict[str, Any]:
    units = line.units or Decimal(0)
    each = Decimal(0) if charges is None else charges.get(line.code, Decimal(0))
    row: dict[str, Any] = {column.name: None for column in LINE.columns}
    row |= dict(zip(MODIFIERS, line.modifiers, strict=False))
    return row | {
        "line_no": number, "claim_no": claim, "lx": at, "qualifier": "HC", "code": line.code, "unit_basis": "UN", "units": units,
        "charge": (units * each).quantize(_CENT, ROUND_HALF_UP), "place": None, "pointers": ["1"], "from_date": line.from_date,
        "to_date": line.to_date, "ndc": line.ndc or None, "segment": number,
    }  # fmt: skip
