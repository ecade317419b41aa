"""Waste: units of a drug for one dose, what is thrown away of the single-dose containers, and how a bill says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from math import gcd

from perdiem.coding.amounts import in_unit, units_for, whole_units_in
from perdiem.model.order import Amount

_MOST = 100_000  # steps of the sizes' common measure that one dose may take


@dataclass(frozen=True)
class Filled:
    """One dose as billed: units given, units thrown away, and the containers opened, as size and number."""

    units: Decimal
    wasted: Decimal
    opened: tuple[tuple[Amount, int], ...] = ()


def fill(dose: Amount, basis: Amount, vials: Sequence[Amount] = ()) -> Filled | None:
    """The units of one dose, a begun unit counted whole, and the units left over in the containers.

    basis: one unit of the code. vials: sizes at hand, in any number; those are opened that leave the least, then the fewest.
    Without them nothing is thrown away. None where dose, unit and vials do not measure the same thing, or the dose is nothing.
    """
    given = units_for(dose, basis)
    if given is None or given <= 0:
        return None
    if not vials:
        return Filled(given, Decimal(0))
    opened = _opened(dose, basis.unit, vials)
    if opened is None:
        return None
    held = Amount(sum((size.value * n for size, n in opened), Decimal(0)), basis.unit)
    inside = whole_units_in(held, basis)
    return Filled(given, max(inside - given, Decimal(0)) if inside is not None else Decimal(0), opened)


def _opened(dose: Amount, unit: str, vials: Sequence[Amount]) -> tuple[tuple[Amount, int], ...] | None:
    """The containers that hold the dose with the least left over, then the fewest of them; sizes in ``unit``."""
    wanted, sizes = in_unit(dose, unit), sorted({in_unit(vial, unit) or Decimal(0) for vial in vials}, reverse=True)
    if wanted is None or not sizes or sizes[-1] <= 0:
        return None
    scale = 10 ** max(0, *(-int(size.as_tuple().exponent) for size in sizes))
    whole = [int(size * scale) for size in sizes]
    step = gcd(*whole)
    steps = [size // step for size in whole]
    least = int((wanted * scale / step).to_integral_value(ROUND_CEILING))
    if least > _MOST:
        return None
    fewest: list[tuple[int, ...] | None] = [(0,) * len(steps)]  # containers of each size that make so many steps
    for filled in range(1, least + steps[0]):
        ways = [_one_more(fewest[filled - size], at) for at, size in enumerate(steps) if size <= filled]
        fewest.append(min((way for way in ways if way is not None), key=lambda way: (sum(way), way), default=None))
        if filled >= least and (made := fewest[filled]) is not None:
            return tuple((Amount(size, unit), n) for size, n in zip(sizes, made, strict=True) if n)
    return None


def _one_more(way: tuple[int, ...] | None, at: int) -> tuple[int, ...] | None:
    return None if way is None else (*way[:at], way[at] + 1, *way[at + 1 :])
