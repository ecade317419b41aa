"""The sorts of error that drawn claims carry, and which kinds of claim each can strike."""

from __future__ import annotations

from typing import NamedTuple

from mix.kinds import Line, Plan

ONE_MORE = ("one therapy", "concurrent", "tpn", "hydration", "enteral")


class Error(NamedTuple):
    """One sort of error: what the biller did, and the kinds of claim it can strike."""

    name: str
    meaning: str
    strikes: tuple[str, ...]


MISSING_SH = Error("missing SH", "a second therapy of the day without its modifier", ("concurrent",))
UNITS = Error("units above days", "doses billed as units: three units for each day of the per diem", ONE_MORE)
DRUG_MISSING = Error("drug missing", "the drug lines are left out", ONE_MORE)
WRONG_PLACE = Error("wrong place", "place of service 11, an office", (*ONE_MORE, "nursing", "supplies"))
DUPLICATE = Error("duplicate", "the claim of the first week sent again under a new number", (*ONE_MORE, "nursing", "supplies"))
GENERAL = Error("general code beside", "S9494 beside the anti-infective per diem of an interval", ("one therapy", "concurrent"))
SUPPLIES = Error("supplies apart", "A4222 and A4221 beside the per diem that includes them", ONE_MORE)
ERRORS = (MISSING_SH, UNITS, DRUG_MISSING, WRONG_PLACE, DUPLICATE, GENERAL, SUPPLIES)
INTERVALS = ("S9500", "S9501", "S9502", "S9503", "S9504")  # the anti-infective per diems of the mix


def can_strike(error: Error, plan: Plan) -> bool:
    """Whether a claim of this plan can carry the error."""
    if error is GENERAL:
        return any(line.code in INTERVALS for line in plan.lines)
    return plan.kind in error.strikes


def struck(lines: tuple[Line, ...], error: Error | None) -> list[Line]:
    """The lines of a claim with an error on them (that of its place or week is none of its lines)."""
    per_diems = [line for line in lines if line.part == "per diem"]
    if error is MISSING_SH:
        return [line._replace(modifier="") if line.modifier == "SH" else line for line in lines]
    if error is UNITS:
        return [line._replace(units=3 * line.units, cents=3 * line.cents) if line in per_diems else line for line in lines]
    if error is DRUG_MISSING:
        return [line for line in lines if line.part != "drug"]
    if error is GENERAL:
        beside = next(line for line in per_diems if line.code in INTERVALS)
        return [*lines, beside._replace(code="S9494")]
    if error is SUPPLIES:
        first, last = per_diems[0].first, per_diems[0].last
        days = last - first + 1
        cassettes = Line("other", "A4222", "", days, days * 5200, first, last)
        return [*lines, cassettes, Line("other", "A4221", "", 1, 2350, first, first)]
    return list(lines)
