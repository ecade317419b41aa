"""Peers: our figures beside those of Medicare's public file of the same code, rented or not, and why others cannot be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from perdiem.codes.releases import Release, loaded, rows
from perdiem.guide.measures import Measures
from perdiem.model.benchmark import Amount, Peer
from perdiem.model.errors import FormatError
from perdiem.model.page import Gap, Missing
from perdiem.policy.payers import read_payers

_KIND = "usage_geography"
_NATION = "National"
_YEAR = (360, 366)  # days from the first to the last that are taken for a year
_CENT = Decimal("0.01")

Row = dict[str, Any]


@dataclass(frozen=True)
class Area:
    """One area of a release: what it is called, and its rows by code and rental."""

    release: Release
    area: str
    rows: dict[tuple[str, bool], Row]

    @property
    def name(self) -> str:
        """The release and the area in words."""
        return f"{self.release.id}, {self.area}"


def area_of(name: str, area: str = "") -> Area:
    """The rows of an area (by name or FIPS code; the nation where none is named) of a release, by its id or a beginning of it.

    Raises FormatError where no such release or area is loaded.
    """
    found = [r for r in loaded(_KIND) if r.id.startswith(name)]
    if len(found) != 1:
        known = ", ".join(r.id for r in found or loaded(_KIND)) or "none"
        what = f"several releases begin with {name!r}" if found else f"no release of use by geography begins with {name!r}"
        raise FormatError("--against", f"{what}; loaded: {known}", "perdiem codes import loads a file; give its whole id")
    kept: dict[tuple[str, bool], Row] = {}
    for row in rows(found[0]).to_pylist():
        named = {row["area"].casefold(), row["area_code"] or ""}
        if area.casefold() in named if area else row["level"] == _NATION:
            kept[row["code"], row["rental"]] = row
    if not kept:
        raise FormatError("--area", f"{found[0].id} has no area {area!r}", "Give its name or FIPS code as the file prints it")
    return Area(found[0], next(iter(kept.values()))["area"], kept)


def peers(ours: Iterable[Row], area: Area, measures: Measures, smallest: int, total: Row) -> tuple[Peer, ...]:
    """Charge per unit and units per member and year, ours and theirs; one that cannot be compared says why.

    ours: members, units and charge by code, rental and payer. total: first and last day of our lines.
    """
    counted = {payer.id for payer in read_payers() if payer.brand in measures.peer_brands}
    by_line: dict[tuple[str, bool], list[Row]] = {}
    for row in ours:
        by_line.setdefault((row["code"], row["rental"]), []).append(row)
    made: list[Peer] = []
    for key in sorted(by_line):
        mine = [row for row in by_line[key] if row["payer"] in counted]
        for what, own, theirs in _figures(key, mine, area, smallest, total):
            ratio: Amount = Missing(Gap.NOT_COMPARABLE, "one of the two is not available")
            if isinstance(own, Decimal) and isinstance(theirs, Decimal) and theirs:
                ratio = (own / theirs).quantize(_CENT)
            made.append(Peer(*key, area.area, what, own, theirs, ratio))
    return tuple(made)


def _figures(key: tuple[str, bool], mine: list[Row], area: Area, smallest: int, total: Row) -> Iterator[tuple[str, Amount, Amount]]:
    members, units = sum(row["members"] for row in mine), sum((row["units"] for row in mine), Decimal(0))
    charge = sum((row["charge"] for row in mine), Decimal(0))
    lack: Missing | None = None
    if not mine:
        lack = Missing(Gap.NOT_COMPARABLE, "the file counts Medicare's own members, and none of these lines is billed to it")
    elif members < smallest or not units:
        lack = Missing(Gap.TOO_FEW, f"fewer than {smallest} members")
    theirs = area.rows.get(key)
    absent: Missing | None = None
    if theirs is None:
        other = (key[0], not key[1]) in area.rows
        how = ("bought", "rented") if key[1] else ("rented", "bought")
        absent = (
            Missing(Gap.NOT_COMPARABLE, f"the file has it as {how[0]} alone, and ours is {how[1]}")
            if other
            else Missing(Gap.NOT_IN_SOURCE, "the file has no such code, or withholds it for few claims")
        )
    yield "charge per unit, USD", lack or (charge / units).quantize(_CENT), absent or _given(theirs, "submitted")
    days = (total["last"] - total["first"]).days + 1 if total["first"] else 0
    if lack is None and not _YEAR[0] <= days <= _YEAR[1]:
        lack = Missing(Gap.NOT_COMPARABLE, f"ours are claims of {days} days, and the file's of a year")
    use = absent or _each(theirs)
    yield "units per member and year", lack or (units / members).quantize(_CENT), use


def _given(row: Row | None, name: str) -> Amount:
    value: Decimal | None = row[name] if row else None
    return Missing(Gap.NOT_IN_SOURCE, "the file leaves it empty") if value is None else value.quantize(_CENT)


def _each(row: Row | None) -> Amount:
    if not row or not row["members"] or row["services"] is None:
        return Missing(Gap.NOT_IN_SOURCE, "the file withholds the number of members, since they are fewer than eleven")
    services: Decimal = row["services"]
    return (services / int(row["members"])).quantize(_CENT)
