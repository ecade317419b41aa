"""Intervals: quantiles and 95 % intervals of values that are counted, exact and without chance.

Lines and claims of one member are alike, so they are no independent looks. The interval of a median therefore takes its
ranks from the number of members (the sign test turned round), and that of a share takes Wilson's formula with the number
of independent looks that members leave (Korn and Graubard). docs/decisions/0024 says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import comb, sqrt
from statistics import NormalDist

from perdiem.model.benchmark import QUANTILES, Interval, Share, Spread
from perdiem.model.page import Gap, Missing

LEVEL = 0.95
_TAIL = (1 - LEVEL) / 2
_EXACT = 1000  # members up to which ranks are counted out; above, the normal curve is as good
_Z = NormalDist().inv_cdf(1 - _TAIL)

Counted = Sequence[tuple[Decimal, int]]
"""Values in ascending order, each with how often it stands."""


@dataclass(frozen=True)
class Looks:
    """What a share rests on, summed over members: lines, those that count, and squares and products of the two by member."""

    members: int
    lines: int
    part: int
    lines_squared: int
    part_squared: int
    product: int


def spread(counted: Counted, members: int) -> Spread:
    """The quantiles of counted values (the smallest value at or below which so many lie), and the median's interval."""
    whole = sum(n for _, n in counted)
    cuts = tuple(_at(counted, -(-whole * percent // 100)) for percent in QUANTILES)
    ranks = _ranks(members)
    if ranks is None:
        return Spread(whole, members, cuts, Missing(Gap.TOO_FEW, "fewer than six members have no 95 % interval of a median"))
    low, high = ranks
    first = max(1, low * whole // members)  # the member's rank, as a rank among the values
    last = min(whole, -(-high * whole // members))
    return Spread(whole, members, cuts, Interval(_at(counted, first), _at(counted, last)))


def _at(counted: Counted, rank: int) -> Decimal:
    """The value at a rank, counted from 1."""
    seen = 0
    for value, n in counted:
        seen += n
        if seen >= rank:
            return value
    return counted[-1][0]


@lru_cache(maxsize=4096)
def _ranks(members: int) -> tuple[int, int] | None:
    """The ranks between which the median lies with 95 %: the widest tails that a fair coin leaves below 2.5 % each."""
    if members > _EXACT:
        low = int((members - _Z * sqrt(members)) / 2)
        return low, members + 1 - low
    low, below = 0, 0.0
    while low < members and (below := below + comb(members, low) / 2**members) <= _TAIL:
        low += 1
    return (low, members + 1 - low) if low else None


def share(looks: Looks) -> Share:
    """A share of lines with Wilson's interval for as many looks as members leave."""
    value = looks.part / looks.lines
    low, high = wilson(value, independent(looks))
    return Share(looks.part, looks.lines, _rounded(value), Interval(_rounded(low), _rounded(high)))


def independent(looks: Looks) -> float:
    """How many independent looks the lines are worth: fewer than lines where lines of a member are alike, never more.

    Where no line or every line counts, members tell nothing of each other's likeness: then each is one look.
    """
    value = looks.part / looks.lines
    if looks.part in (0, looks.lines) or looks.members < 2:
        return float(looks.members)
    around = looks.part_squared - 2 * value * looks.product + value * value * looks.lines_squared
    variance = around / looks.lines**2 * looks.members / (looks.members - 1)
    return max(1.0, min(float(looks.lines), value * (1 - value) / variance)) if variance > 0 else float(looks.lines)


def wilson(value: float, looks: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    middle = value + _Z * _Z / (2 * looks)
    reach = _Z * sqrt(value * (1 - value) / looks + _Z * _Z / (4 * looks * looks))
    whole = 1 + _Z * _Z / looks
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


def _rounded(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.0001"))
