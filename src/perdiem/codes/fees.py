"""Fees: what the imported DMEPOS fee schedule in force on a day gives for one unit of a code in a state.

A fee is no promise of payment. The schedule keys a fee by the code and up to two pricing modifiers; a line may carry others,
which the schedule does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from perdiem.codes.releases import Release, in_force, rows
from perdiem.model.page import Gap, Missing

_KIND = "fee_schedule"
_NO_MODIFIER = "none"
_COLUMNS = ("code", "modifier", "modifier_2", "category", "ceiling", "floor", "fees")


@dataclass(frozen=True, kw_only=True)
class Fee:
    """The amount for one unit, and where it stands.

    amount: USD. modifiers: those of the schedule's row, in its order. rural: whether the amount is the one for rural areas.
    note: in words, where the amount is not simply the one asked for. release: the id of the imported schedule.
    """

    code: str
    modifiers: tuple[str, ...]
    state: str
    rural: bool
    amount: Decimal
    category: str
    ceiling: Decimal | None
    floor: Decimal | None
    release: str
    note: str = ""


def fee(
    code: str, modifiers: Sequence[str], state: str, on: date, *, rural: bool = False, releases: Iterable[Release] | None = None
) -> Fee | Missing:
    """The fee of one unit of a code with these modifiers in a state on a day.

    The row is chosen that names the most of the line's modifiers and none that the line lacks. A rural place takes the rural
    amount; where the schedule has none for that row, the state's other amount stands, and the note says so.
    releases: instead of those loaded. Missing: ``NO_FILE`` where no schedule of that day is loaded, ``NOT_IN_SOURCE``
    where it has no such row or no amount for the state. Raises FormatError where a stored release is damaged.
    """
    held = in_force(_KIND, on) if releases is None else [r for r in releases if r.kind == _KIND]
    if not held:
        return Missing(Gap.NO_FILE, f"no DMEPOS fee schedule of {on} is loaded; perdiem codes import FILE loads one")
    known = [(release, row) for release in held for row in _schedule(release).get(code, ())]
    if not known:
        return Missing(Gap.NOT_IN_SOURCE, f"{held[0].id} has no fee for {code}")
    fitting = [(release, row) for release, row in known if set(_named(row)) <= set(modifiers)]
    if not fitting:
        told = ", ".join(sorted({" ".join(_named(row)) for _, row in known}))
        return Missing(Gap.NOT_IN_SOURCE, f"{held[0].id} has fees for {code} with {told} alone")
    most = max(len(_named(row)) for _, row in fitting)
    best = [(release, row) for release, row in fitting if len(_named(row)) == most]
    if len({_named(row) for _, row in best}) > 1:
        told = ", ".join(sorted(" ".join(_named(row)) for _, row in best))
        return Missing(Gap.NOT_IN_SOURCE, f"{held[0].id} has several fees for {code} that fit the line: {told}")
    return _amount(*best[-1], state, rural)


def _amount(release: Release, row: dict[str, Any], state: str, rural: bool) -> Fee | Missing:
    by_area = {part["rural"]: part["amount"] for part in row["fees"] if part["state"] == state}
    if not by_area:
        return Missing(Gap.NOT_IN_SOURCE, f"{release.id} has no fee for {row['code']} in that state")
    wanted: bool | None = rural if rural in by_area else None if None in by_area else not rural
    if wanted and not rural:
        return Missing(Gap.NOT_IN_SOURCE, f"{release.id} has a fee for {row['code']} in rural areas of that state alone")
    note = "the schedule has no rural amount here; the state's other amount stands" if rural and wanted is not True else ""
    return Fee(
        code=row["code"], modifiers=_named(row), state=state, rural=wanted is True, amount=by_area[wanted],
        category=row["category"] or "", ceiling=row["ceiling"], floor=row["floor"], release=release.id, note=note,
    )  # fmt: skip


def _named(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(row[name] for name in ("modifier", "modifier_2") if row[name] != _NO_MODIFIER)


@lru_cache(maxsize=4)
def _schedule(release: Release) -> dict[str, tuple[dict[str, Any], ...]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows(release, _COLUMNS).to_pylist():
        found.setdefault(row["code"], []).append(row)
    return {code: tuple(held) for code, held in found.items()}
