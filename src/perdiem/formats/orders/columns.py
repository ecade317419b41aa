"""Columns of orders: the fields of a written order and the other names under which a table or a JSON object gives them."""

from __future__ import annotations

import re

from perdiem.model.errors import FormatError

FIELDS: dict[str, tuple[str, ...]] = {
    "order_id": ("order", "order no", "order number", "rx", "rx number", "prescription", "prescription number", "id"),
    "member_id": ("member", "member no", "member number", "patient", "patient id", "subscriber id", "insurance id", "mrn"),
    "sig": ("directions", "sig text", "instructions", "order text"),
    "drug": ("medication", "drug name", "drug code", "hcpcs", "code", "therapy"),
    "ndc": ("ndc code", "product", "national drug code"),
    "dose": ("strength", "dose amount", "amount"),
    "rate": ("hourly rate", "rate per hour"),
    "volume": ("volume per day", "daily volume", "volume a day"),
    "every": ("interval", "frequency", "schedule", "freq"),
    "over": ("over hours", "infusion hours", "hours", "infuse over"),
    "route": ("route of administration",),
    "method": ("mode", "delivery", "method of administration"),
    "from": ("start", "start date", "first day", "from date", "begin"),
    "to": ("stop", "end", "end date", "stop date", "last day", "to date", "through"),
    "days": ("duration", "days of therapy", "length", "duration days"),
    "months": ("duration months",),
    "doses": ("number of doses", "dose count"),
    "diluent": ("fluid", "solution"),
    "vials": ("vial", "vial size", "vial sizes", "containers"),
    "multi_dose": ("multidose", "multi dose vial"),
    "payer": ("payer id", "payer name", "insurance", "plan"),
    "pos": ("place", "place of service"),
    "visits": ("nursing", "nursing visits", "nurse visits"),
    "pump": ("pump code", "device"),
    "cartridges": ("cartridge count",),
    "attested": ("coverage modifier",),
    "prescriber_npi": ("prescriber", "npi", "ordering npi"),
    "diagnoses": ("diagnosis", "icd10", "icd 10", "dx"),
}
"""By field, its other names, folded as :func:`fold_name` does."""


def fold_name(name: str) -> str:
    """A column's name as compared: lower case, marks as blanks."""
    return " ".join(re.findall(r"[a-z0-9]+", name.casefold()))


_BY_NAME = {fold_name(name): field for field, names in FIELDS.items() for name in (field, *names)}


def field_of(name: str) -> str | None:
    """The field that a column's name means; None where it means none."""
    return _BY_NAME.get(fold_name(name))


def matched(names: list[str], where: str) -> dict[int, str]:
    """Which field stands at which place. Raises FormatError where two columns mean one field, or none means a drug."""
    found: dict[int, str] = {}
    for at, name in enumerate(names):
        field = field_of(name)
        if field is None:
            continue
        if field in found.values():
            other = next(names[a] for a, f in found.items() if f == field)
            raise FormatError(where, f"columns {other!r} and {name!r} both mean {field}", "Keep one of them")
        found[at] = field
    if not set(found.values()) & {"drug", "ndc", "sig"}:
        raise FormatError(
            where, "no column names a drug, an NDC or a sig", "Name the columns in the first row, as docs/how-to/orders.md shows"
        )
    return found
