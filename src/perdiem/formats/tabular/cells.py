"""Turns the text of one cell into cents, thousandths, a day, a code or an NDC, or into None where it is none.

Every function is total. Text is what the cell shows, without blanks around it; a date cell of a workbook or of
Parquet is text in ISO form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from perdiem.formats.elements import LONGEST_NUMBER
from perdiem.formats.elements import cents as x12_cents
from perdiem.formats.elements import day as x12_day
from perdiem.formats.elements import thousandths as x12_thousandths

_MONEY = re.compile(r"(\()?(-)?\$? ?((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.[0-9]*)?)(\))?")
_QUANTITY = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.[0-9]*)?")
_ISO = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?:[T ][0-9:.]*(?:Z|[+-][0-9:]+)?)?")
_TURNED = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})(?: [0-9:.]+(?: ?[AP]M)?)?", re.I)
_NAMED = re.compile(r"([0-9]{1,2})[- ]([A-Z]{3})[- ]([0-9]{4})", re.I)
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_DOTTED = re.compile(r"[0-9]+\.0+")
_SHORTENED = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]{2,}")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SERIAL_EPOCH = 25_569  # the serial number, in a workbook that counts from 1900, of the day that days are counted from here
_LOWEST_SERIAL = 20_000  # smaller numbers are no days of service
_SELF = frozenset({"18", "self", "s", "subscriber", "insured", "patient is insured"})
_NDC_DIGITS = 11
_MANY = 5  # a fifth of the distinct dates; of all days of a month, more than half lie beyond the 12th
_TOTALS = frozenset({"total", "totals", "grand total", "sum", "subtotal"})


@dataclass(frozen=True)
class Order:
    """How the dates of a column with the year last are read; neither where the column contradicts itself."""

    day_first: bool = False
    mixed: bool = False


def shortened(text: str) -> bool:
    """Whether a spreadsheet has made a number of an id and dropped its digits, as in 1.23E+11."""
    return _SHORTENED.fullmatch(text) is not None


def is_total(text: str) -> bool:
    """Whether a cell for a claim number names a row of totals."""
    return text.casefold().rstrip(":") in _TOTALS


def cents(text: str) -> int | None:
    """USD as whole cents: ``1,234.50``, ``$100``; in brackets or with a minus below zero. None for anything else."""
    match = _MONEY.fullmatch(text) if len(text) <= LONGEST_NUMBER else None
    if match is None or bool(match[1]) != bool(match[4]):
        return None
    size = x12_cents(match[3].replace(",", ""))
    return -size if size is not None and (match[1] or match[2]) else size


def thousandths(text: str) -> int | None:
    """A quantity in thousandths of a unit: ``7``, ``1,000``, ``0.5``. None for anything else."""
    match = _QUANTITY.fullmatch(text) if len(text) <= LONGEST_NUMBER else None
    return x12_thousandths(text.replace(",", "")) if match else None


def whole(text: str) -> int | None:
    """A line number, or None."""
    bare = undotted(text)
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) <= 6 else None


def undotted(text: str) -> str:
    """A whole number without the ``.0`` that some programs leave on it."""
    return text[: text.index(".")] if _DOTTED.fullmatch(text) else text


def day(text: str, order: Order = Order()) -> int | None:
    """Days since 1970-01-01, or None: no such day, outside 1900 to 2199, or a form that the column leaves open."""
    if match := _ISO.fullmatch(text):
        return _made(match[1], match[3], match[4])
    if match := _TURNED.fullmatch(text):
        if order.mixed:
            return None
        return _made(match[4], match[1], match[3]) if not order.day_first else _made(match[4], match[3], match[1])
    if match := _NAMED.fullmatch(text):
        name = match[2].casefold()
        return _made(match[3], str(_MONTHS.index(name) + 1), match[1]) if name in _MONTHS else None
    if match := _SERIAL.fullmatch(text):
        serial = int(match[1])
        return serial - _SERIAL_EPOCH if serial >= _LOWEST_SERIAL else None
    return x12_day(text)


def is_turned(text: str) -> bool:
    """Whether a date has its year last, so that the column must say which of the others is the day."""
    return _TURNED.fullmatch(text) is not None


def tally(texts: Iterable[str]) -> tuple[int, int, int]:
    """Of distinct dates with the year last: how many have more than 12 in first, in second place, and how many there are."""
    found = [match for text in texts if (match := _TURNED.fullmatch(text))]
    return sum(int(match[1]) > 12 for match in found), sum(int(match[3]) > 12 for match in found), len(found)


def order_of(first: int, second: int, dates: int) -> Order:
    """The order that a column's dates show: month first unless many say otherwise; a few that do are taken for errors."""
    if not first:
        return Order()
    return Order(day_first=True) if not second and first * _MANY >= dates else Order(mixed=True)


def place(text: str) -> str:
    """A place of service: two digits, of which a spreadsheet may have dropped the leading zero."""
    bare = undotted(text)
    return bare.zfill(2) if bare.isdigit() else bare.upper()


def relation(text: str) -> str:
    """18 for the subscriber in whatever words, else the text, which makes the patient a dependent."""
    return "18" if text.casefold() in _SELF else text.upper()


def modifiers(texts: Iterable[str | None]) -> list[str] | None:
    """Modifiers in their order, upper case; None where one is longer than two characters."""
    found = [part.upper() for text in texts if text for part in re.split(r"[\s,;:/|]+", text) if part]
    return None if any(len(part) > 2 or not part.isalnum() for part in found) else found


def diagnoses(texts: Iterable[str | None]) -> list[str]:
    """Diagnosis codes in their order, upper case, without point."""
    return [part.upper().replace(".", "") for text in texts if text for part in re.split(r"[\s,;|]+", text) if part.strip(".")]


def ndc(text: str) -> tuple[str, str]:
    """An NDC, and what is odd of it: ``padded`` (zeros were missing), ``short`` (ten digits, no hyphens), or nothing."""
    text = undotted(text)
    if not text.isdigit() or not text.isascii() or len(text) >= _NDC_DIGITS or len(text) < _NDC_DIGITS - 3:
        return text, ""
    return (text, "short") if len(text) == _NDC_DIGITS - 1 else (text.zfill(_NDC_DIGITS), "padded")


def _made(year: str, month: str, number: str) -> int | None:
    return x12_day(year + month.zfill(2) + number.zfill(2))
