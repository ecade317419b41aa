"""Amounts: exact numbers with units, read from text and converted; a unit of a code is an amount too."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal, localcontext
from functools import cache

import pint

from perdiem.model.order import Amount

_DEFINED = """
gram = [mass] = g = gm = gms = grams
kilogram = 1000 * gram = kg
milligram = 0.001 * gram = mg
microgram = 0.000001 * gram = mcg = ug = µg = μg
nanogram = 0.000000001 * gram = ng
liter = [volume] = L = l = liters = litre = litres
milliliter = 0.001 * liter = mL = ml = cc = milliliters
unit = [activity] = units = u = iu = IU
megaunit = 1000000 * unit = million_units = million_unit = mu
kilocalorie = [energy] = kcal
milliequivalent = [charge] = mEq = meq
each = [count] = bag = bags = vial = vials
"""
_NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.?\d+)"
_AMOUNT = re.compile(_NUMBER + r"\s*-?\s*(million units?|[A-Za-zµμ]+)")
_WHOLE = Decimal("1")


@cache
def _units() -> pint.UnitRegistry[Decimal]:
    registry: pint.UnitRegistry[Decimal] = pint.UnitRegistry(None, non_int_type=Decimal)
    for line in _DEFINED.strip().splitlines():
        registry.define(line)
    return registry


def known_unit(unit: str) -> str:
    """The unit by its usual sign, such as ``mg`` for ``MG``; empty where it is none that it knows."""
    for text in (unit, unit.lower(), unit.replace(" ", "_").lower()):
        if text in _units():
            return str(_units().get_symbol(text)).replace("_", " ")
    return ""


def read_amount(text: str) -> Amount | None:
    """An amount such as ``1.25 g`` or ``2,400 units``; None where the text is none, or its unit is not known."""
    match = _AMOUNT.fullmatch(text.strip())
    unit = known_unit(match[2]) if match else ""
    return Amount(Decimal(match[1].replace(",", "")), unit) if match and unit else None


def in_unit(amount: Amount, unit: str) -> Decimal | None:
    """The amount in another unit, exact; None where the two measure different things."""
    own, wanted = (known_unit(text).replace(" ", "_") for text in (amount.unit, unit))
    if not own or not wanted:
        return None
    with localcontext() as context:
        context.prec = 40
        try:
            return Decimal(_units().Quantity(amount.value, own).to(wanted).magnitude).normalize()
        except pint.DimensionalityError:
            return None


def unit_of(basis: str) -> Amount | None:
    """What one unit of a code is, from the book's ``unit_basis``: ``500 mg``, ``100,000 units``; None where it is no amount."""
    match = _AMOUNT.match(basis.strip())
    return read_amount(match[0]) if match else None


def units_for(amount: Amount, basis: Amount) -> Decimal | None:
    """Whole units of a code that an amount takes, a begun one counted; None where they measure different things."""
    value, one = in_unit(amount, basis.unit), basis.value
    return None if value is None or not one else Decimal(int((value / one).to_integral_value(ROUND_CEILING)))


def whole_units_in(amount: Amount, basis: Amount) -> Decimal | None:
    """Units of a code that an amount fills; None where they measure different things."""
    value = in_unit(amount, basis.unit)
    return None if value is None or not basis.value else Decimal(int(value // basis.value))


def times(amount: Amount, by: Decimal) -> Amount:
    """The amount so many times."""
    return Amount(amount.value * by, amount.unit)
