"""Crosswalk: what the imported NDC-to-HCPCS crosswalk says of a product - its codes, and the units that an amount of it makes.

The crosswalk knows Part B drugs alone: a product that it lacks says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.codes.identifiers import read_ndc
from perdiem.codes.releases import Release, rows
from perdiem.codes.validity import Holding, holdings

OTHER_CODE, OTHER_UNITS = "other_code", "other_units"

_KIND = "ndc_crosswalk"
_KEYS = ["code", "ndc", "ndc_quantity", "ndc_unit", "units"]
_DOSAGE = re.compile(r"([0-9.,]+) *(MCG|MG|GM|IU|UNITS?)", re.I)
_MILLIGRAMS = {"MCG": Decimal("0.001"), "MG": Decimal(1), "GM": Decimal(1000)}
_OF_ITEM, _BY_LABEL, _MILLIGRAM, _INTERNATIONAL_UNIT = "UN", ("ML", "GR"), "ME", "F2"  # CTP05-1

PRODUCT = pa.schema(
    [
        ("code", pa.string()),
        ("ndc", pa.string()),
        ("ndc_quantity", pa.decimal128(18, 3)),
        ("ndc_unit", pa.string()),
        ("units", pa.decimal128(18, 3)),
        ("outcome", pa.string()),
        ("first_day", pa.date32()),
        ("last_day", pa.date32()),
        ("wanted", pa.string()),
    ]
)
"""One row per distinct code, NDC, amount and units of a line that the crosswalk contradicts; ``wanted``: what it says instead."""


@dataclass(frozen=True)
class Product:
    """One product under one code: what a unit of the code is, the size of one item, and the units in it."""

    code: str
    dosage: str
    size: Decimal | None
    units_per_item: Decimal | None

    def units_of(self, quantity: Decimal, unit: str) -> Decimal | None:
        """Billing units in so much of the product, unrounded; None where the crosswalk does not tell.

        unit: ``UN`` items, told where an item is of size 1 (a vial of powder; otherwise tablets and vials cannot be told
        apart); ``ML`` and ``GR`` told where the size is not 1, for then it is an amount; ``ME`` milligrams and ``F2``
        international units told where a unit of the code is so many of them.
        """
        if unit == _OF_ITEM and self.size == 1 and self.units_per_item:
            return quantity * self.units_per_item
        if unit in _BY_LABEL and self.size and self.size != 1 and self.units_per_item:
            return quantity * self.units_per_item / self.size
        if unit in (_MILLIGRAM, _INTERNATIONAL_UNIT):
            one = _dosage(self.dosage, unit)
            return quantity / one if one else None
        return None


def products(ndc: str, day: date, releases: Iterable[Release] | None = None) -> tuple[Product, ...]:
    """What the crosswalk in force on a day says of an NDC (as billed), by code; empty where it does not list it."""
    digits, _ = read_ndc(ndc)
    for holding in holdings(_KIND, releases):
        if digits and holding.first <= day <= holding.last:
            return _of(holding, digits)
    return ()


def hcpcs_units(ndc: str, code: str, quantity: Decimal, unit: str, day: date) -> Decimal | None:
    """Billing units of a code in so much of a product, unrounded; None where no crosswalk in force tells, or not in one way.

    ndc: as billed. quantity, unit: CTP04 and CTP05-1 (UN, ML, GR, ME, F2). Round up for each dose: a bill has no parts of units.
    """
    found = {product.units_of(quantity, unit) for product in products(ndc, day) if product.code == code}
    return found.pop() if len(found) == 1 else None


def contradicted(line: pa.Table, releases: Iterable[Release] | None = None) -> pa.Table:
    """What the crosswalk says otherwise of these lines' products, one row per distinct combination that it contradicts."""
    found: list[tuple[object, ...]] = []
    held = holdings(_KIND, releases)
    if held:
        billed = line.filter(pc.is_valid(line["ndc"])).select(_KEYS).group_by(_KEYS).aggregate([])
        for row in billed.to_pylist():
            digits, _ = read_ndc(row["ndc"])
            for holding in held:
                known = _of(holding, digits)
                found += ((*told, holding.first, holding.last, wanted) for told, wanted in (_said(row, known) if known else ()))
    columns = zip(*sorted(set(found), key=repr), strict=True) if found else [()] * len(PRODUCT)
    return pa.table([pa.array(column, type_) for column, type_ in zip(columns, PRODUCT.types, strict=True)], schema=PRODUCT)


def _said(row: dict[str, object], known: tuple[Product, ...]) -> Iterator[tuple[tuple[object, ...], str]]:
    """What a product's rows say against one combination: another code, or other units."""
    code, quantity, units = row["code"], row["ndc_quantity"], row["units"]
    codes = sorted({product.code for product in known})
    if code not in codes:
        yield (code, row["ndc"], None, None, None, OTHER_CODE), " or ".join(codes)
    elif isinstance(quantity, Decimal) and isinstance(units, Decimal):
        counted = {product.units_of(quantity, str(row["ndc_unit"])) for product in known if product.code == code}
        expected = counted.pop() if len(counted) == 1 else None
        if expected is not None and abs(units - expected) >= 1:
            yield (*row.values(), OTHER_UNITS), f"{expected.quantize(Decimal('0.01')).normalize():f}"


def _of(holding: Holding, digits: str) -> tuple[Product, ...]:
    return tuple(dict.fromkeys(product for release in holding.releases for product in _crosswalk(release).get(digits, ())))


@lru_cache(maxsize=16)
def _crosswalk(release: Release) -> dict[str, tuple[Product, ...]]:
    found: dict[str, list[Product]] = {}
    for row in rows(release, ["code", "ndc", "dosage", "package_size", "units_per_item"]).to_pylist():
        product = Product(row["code"], row["dosage"] or "", row["package_size"], row["units_per_item"])
        found.setdefault(row["ndc"], []).append(product)
    return {ndc: tuple(held) for ndc, held in found.items()}


def _dosage(text: str, unit: str) -> Decimal | None:
    """How many milligrams, or international units, one unit of a code is by its printed dosage; None where it says other things."""
    match = _DOSAGE.fullmatch(text.strip())
    if match is None:
        return None
    number, of = Decimal(match[1].replace(",", "")), match[2].upper()
    if unit == _MILLIGRAM:
        return number * _MILLIGRAMS[of] if of in _MILLIGRAMS else None
    return number if of not in _MILLIGRAMS else None
