"""differences: what was ordered beside what was billed - each difference with both sides and where the code says so.

A difference advises and never denies: the order stands outside the claim, and a prescriber may have changed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from perdiem.codes.book import Book
from perdiem.coding.back import Billed, Implied, implied, meaning
from perdiem.model.citation import Citation

KIND, EFFECT = "order", "advise"
_NOTHING = "nothing"


@dataclass(frozen=True)
class Difference:
    """One difference of kind ``order``: of whom, what about, what was ordered, what was billed, and the place that tells.

    about: interval, volume, mode or therapy (another code of the family), missing therapy, extra therapy, missing drug, extra
    drug, missing waste, extra waste, days, or units. names: the orders and the claims.
    """

    member_id: str
    about: str
    code: str
    ordered: str
    billed: str
    orders: tuple[str, ...]
    claims: tuple[str, ...]
    cite: Citation


def differences(ordered: Iterable[Billed], billed: Iterable[Billed], book: Book) -> list[Difference]:
    """Every difference between the lines that orders give and the lines of claims, by member, then by code.

    All claims of the courses must be given, for what is not billed is told as missing. Units and days that an order leaves open
    are not compared.
    """
    wanted = {(one.member_id, one.role, one.code): one for one in implied(ordered, book)}
    found = {(one.member_id, one.role, one.code): one for one in implied(billed, book)}
    lacking = [one for key, one in wanted.items() if key not in found]
    beyond = [one for key, one in found.items() if key not in wanted]
    told = list[Difference]()
    for one in lacking:
        other = next((b for b in beyond if one.role == "per diem" and _alike(one, b)), None)
        if other is not None:
            beyond.remove(other)
            told += _other_code(one, other, book)
            continue
        told.append(Difference(one.member_id, f"missing {_named(one)}", one.code, _whole(one), _NOTHING, one.names, (), one.cite))
    for one in beyond:
        told.append(Difference(one.member_id, f"extra {_named(one)}", one.code, _NOTHING, _whole(one), (), one.names, one.cite))
    for key, one in wanted.items():
        if key in found:
            told += _amounts(one, found[key])
    return sorted(told, key=lambda d: (d.member_id, d.code, d.about))


def _alike(one: Implied, other: Implied) -> bool:
    return (one.member_id, one.role, one.family) == (other.member_id, other.role, other.family)


def _named(one: Implied) -> str:
    return "therapy" if one.role == "per diem" else one.role


def _other_code(one: Implied, other: Implied, book: Book) -> Iterator[Difference]:
    said = [m for m in (meaning(one.code, book), meaning(other.code, book)) if m is not None]
    about = next((m.about for m in said if m.about != "therapy"), "therapy")
    sides = f"{one.code}, {one.says}", f"{other.code}, {other.says}"
    yield Difference(one.member_id, about, one.code, *sides, one.names, other.names, one.cite)
    yield from _amounts(one, other)


def _amounts(one: Implied, other: Implied) -> Iterator[Difference]:
    if one.first and one.last and (one.first, one.last) != (other.first, other.last):
        yield Difference(one.member_id, "days", one.code, _days(one), _days(other), one.names, other.names, one.cite)
    if one.units is not None and other.units is not None and one.units != other.units:
        yield Difference(one.member_id, "units", one.code, _units(one), _units(other), one.names, other.names, one.cite)


def _days(one: Implied) -> str:
    return f"{one.first} to {one.last}"


def _units(one: Implied) -> str:
    told = "units open" if one.units is None else f"{one.units.normalize():f} units"
    return told + (f", {one.dose_a_day.value:f} {one.dose_a_day.unit} a day" if one.dose_a_day else "")


def _whole(one: Implied) -> str:
    return f"{one.code}, {one.says}, {_units(one)}" + (f", {_days(one)}" if one.first else "")
