"""Turns the text of one X12 element into cents, thousandths or a day, or into None where it is not one.

Every function is total: no input raises. Numbers are X12 type R without exponent (X12.6): an optional
minus, ASCII digits, at most one point. Days are X12 format D8, ``YYYYMMDD``.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

LONGEST_NUMBER = 40  # characters; more is no amount but noise
FIRST_YEAR, LAST_YEAR = 1900, 2199

_NUMBER = re.compile(r"(-?)([0-9]*)(?:\.([0-9]*))?")
_EIGHT_DIGITS = re.compile(r"[0-9]{8}")
_EPOCH = date(1970, 1, 1).toordinal()


def cents(text: str) -> int | None:
    """USD as whole cents, or None: not a number, beyond decimal(18,2), or a non-zero third decimal."""
    return _scaled(text, 2) if len(text) <= LONGEST_NUMBER else None


def thousandths(text: str) -> int | None:
    """A quantity in thousandths of a unit, or None: not a number, beyond decimal(18,3), or a fourth decimal."""
    return _scaled(text, 3) if len(text) <= LONGEST_NUMBER else None


@lru_cache(maxsize=8192)
def day(text: str) -> int | None:
    """A day as days since 1970-01-01, or None: no such day, or outside the years 1900 to 2199."""
    if _EIGHT_DIGITS.fullmatch(text) is None or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).toordinal() - _EPOCH
    except ValueError:  # 30 February
        return None


@lru_cache(maxsize=8192)
def _scaled(text: str, places: int) -> int | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    sign, whole, part = match.groups("")
    if not whole and not part:
        return None
    whole, part = whole.lstrip("0"), part.rstrip("0")
    if len(whole) > 18 - places or len(part) > places:
        return None
    number = int(whole + part.ljust(places, "0"))
    return -number if sign else number
