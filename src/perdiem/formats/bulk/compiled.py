"""How the functions of the bulk reader are compiled, and the smallest of them: readings of one value of a clean segment.

What was compiled is kept in the folder that NUMBA_CACHE_DIR names, else in ``perdiem/numba`` of the user's cache; in it,
each state of the sources has its own, for numba itself does not see that a function which another one calls has
changed. Where it cannot be written, every process compiles for itself.

The readings answer only where a value is plain, and BAD where it is not or may not be: then the split-based reader decides.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

numba: Any = import_module("numba")  # untyped, so that types are the same where it is not installed
_F = TypeVar("_F", bound=Callable[..., object])

BAD = -(1 << 62)
_LONGEST = 18  # characters of an amount that are read here
_LONGEST_WHOLE = 15  # digits before the point, which fit both amounts and quantities
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_SPACE, _MINUS, _POINT, _ZERO, _NINE = 32, 45, 46, 48, 57

Bytes = Any  # a numpy array of uint8
Ints = Any  # a numpy array of int32 or int64


def compiled(function: _F) -> _F:
    """The function, compiled at its first call (or loaded from the cache), and run without the interpreter's lock."""
    return _compiled(function)


def inlined(function: _F) -> _F:
    """The same for a function that another one calls in few places: its code goes there, for a call would have to
    hand over every array in a dozen pieces."""
    return _compiled(function, forceinline=True)


def _compiled(function: _F, **how: bool) -> _F:
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = _FOLDER
    try:
        # _nrt: arrays are only lent, so nothing counts references
        made: _F = numba.njit(cache=True, nogil=True, _nrt=False, **how)(function)
    except (RuntimeError, OSError):  # no folder that can be written
        made = numba.njit(nogil=True, _nrt=False, **how)(function)
    finally:
        numba.config.CACHE_DIR = before
    return made


def _sources() -> str:
    here = Path(__file__)
    digest = hashlib.sha256(numba.__version__.encode())
    for file in sorted(here.parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _user_cache() -> Path:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else Path.home() / "AppData" / "Local") / "perdiem" / "numba"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "perdiem" / "numba"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "perdiem" / "numba"


_FOLDER = str(Path(numba.config.CACHE_DIR or _user_cache()) / _sources())


@compiled
def strip(buf: Bytes, a: int, b: int) -> tuple[int, int]:
    """The bounds without spaces at both ends; 0, 0 where nothing is left."""
    while a < b and buf[a] == _SPACE:
        a += 1
    while a < b and buf[b - 1] == _SPACE:
        b -= 1
    if a >= b:
        return 0, 0
    return a, b


@compiled
def part(buf: Bytes, cuts: Ints, k: int, i: int) -> tuple[int, int]:
    """The bounds of the i-th of k elements, stripped."""
    if i > k:
        return 0, 0
    return strip(buf, cuts[i] + 1, cuts[i + 1])


@compiled
def find(buf: Bytes, a: int, b: int, byte: int) -> int:
    """Where the byte first stands in these bounds, b where nowhere."""
    while a < b and buf[a] != byte:
        a += 1
    return a


@compiled
def code(buf: Bytes, a: int, b: int) -> int:
    """A value of one to three characters as one number, 0 for any other."""
    if b - a == 2:
        return int(buf[a]) * 256 + int(buf[a + 1])
    if b - a == 3:
        return (int(buf[a]) * 256 + int(buf[a + 1])) * 256 + int(buf[a + 2])
    if b - a == 1:
        return int(buf[a])
    return 0


@compiled
def whole(buf: Bytes, a: int, b: int, longest: int) -> int:
    """A number of digits alone, BAD where it is none or longer."""
    if b <= a or b - a > longest:
        return BAD
    value = 0
    for i in range(a, b):
        if buf[i] < _ZERO or buf[i] > _NINE:
            return BAD
        value = value * 10 + int(buf[i]) - _ZERO
    return value


@compiled
def level_number(buf: Bytes, a: int, b: int) -> int:
    """HL01 or HL02 written as a plain number from 1 up, BAD where it is not."""
    if b <= a or buf[a] == _ZERO:
        return BAD
    return whole(buf, a, b, 9)


@compiled
def amount(buf: Bytes, a: int, b: int, places: int) -> int:
    """An amount scaled by its decimal places, BAD where it is none or odd."""
    if b <= a or b - a > _LONGEST:
        return BAD
    negative = buf[a] == _MINUS
    if negative:
        a += 1
    value = digits = decimals = 0
    point = False
    for i in range(a, b):
        byte = int(buf[i])
        if byte == _POINT and not point:
            point = True
        elif _ZERO <= byte <= _NINE:
            digits += 1
            if not point:
                value = value * 10 + byte - _ZERO
                if digits > _LONGEST_WHOLE:
                    return BAD
            elif decimals < places:
                value = value * 10 + byte - _ZERO
                decimals += 1
            elif byte != _ZERO:
                return BAD
        else:
            return BAD
    if digits == 0:
        return BAD
    while decimals < places:
        value *= 10
        decimals += 1
    return -value if negative else value


@compiled
def day(buf: Bytes, a: int, b: int) -> int:
    """A D8 day as days since 1970-01-01, BAD where it is none."""
    if b - a != 8:
        return BAD
    value = whole(buf, a, b, 8)
    if value < 0:
        return BAD
    year, month, of_month = value // 10000, value // 100 % 100, value % 100
    if year < _FIRST_YEAR or year > _LAST_YEAR or month < 1 or month > 12 or of_month < 1:
        return BAD
    length = 31
    if month == 2:
        length = 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    elif month in (4, 6, 9, 11):
        length = 30
    if of_month > length:
        return BAD
    shifted = year - 1 if month <= 2 else year
    era, of_era = shifted // 400, shifted % 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + of_month - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
