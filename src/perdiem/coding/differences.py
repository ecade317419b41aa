"""differences: what was ordered beside what was billed - each difference with both sides and where the code says so.

A difference advises and never denies: the order stands outside the claim, and a prescriber may have changed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from perdiem.codes.book import Book
from perdiem.coding.back import Billed, Implied, implied, meaning
from perdiem.model.citation import Citation

KIND, EFFECT = "order", "advise"
_NOTHING = "nothing"

Lines = Mapping[tuple[str, str, str], Implied]
"""What orders or claims imply, by member, role and code."""


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
    swapped = _swapped(lacking, beyond, wanted, found)
    beyond = [one for one in beyond if one not in swapped.values()]
    for one in lacking:
        if (other := swapped.get(one)) is not None:
            told += _other_code(one, other, book)
            continue
        told.append(Difference(one.member_id, f"missing {_named(one)}", one.code, _whole(one), _NOTHING, one.names, (), one.cite))
    for one in beyond:
        told.append(Difference(one.member_id, f"extra {_named(one)}", one.code, _NOTHING, _whole(one), (), one.names, one.cite))
    for key, one in wanted.items():
        if key in found:
            told += _amounts(one, found[key])
    return sorted(told, key=lambda d: (d.member_id, d.code, d.about))


def _swapped(lacking: list[Implied], beyond: list[Implied], wanted: Lines, found: Lines) -> dict[Implied, Implied]:
    """Per diems of one family that were ordered and billed under different codes: those whose drugs agree first, then by code."""
    pairs = [(one, other) for one in lacking for other in beyond if one.role == "per diem" and _alike(one, other)]
    told = dict[Implied, Implied]()
    for one, other in sorted(pairs, key=lambda pair: -_drugs_of_both(pair[0], pair[1], wanted, found)):
        if one not in told and other not in told.values():
            told[one] = other
    return told


def _drugs_of_both(one: Implied, other: Implied, wanted: Lines, found: Lines) -> int:
    """How many drugs of the order of one are billed on the claim of the other."""
    return sum(
        not set(drug.names).isdisjoint(one.names) and key in found and not set(found[key].names).isdisjoint(other.names)
        for key, drug in wanted.items()
        if drug.member_id == one.member_id and drug.role == "drug"
    )


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
