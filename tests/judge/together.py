"""Stage 2 (A12) and stage 3 (A13): what may stand beside what on one member-day."""

from __future__ import annotations

from datetime import date

from . import codes as c
from .words import Finding, Line, Member, deny, pend


def exclusives(member: Member) -> None:
    """A12: the first-named loses the day if the other is not itself denied that day in stage 1."""
    for line in member.judged:
        for day in line.days_in_force:
            others = [x for x in member.on(day) if x is not line and not x.denied(day, through=1)]
            if any(loses_to(line.code, x.code) for x in others):
                line.find(day, deny("A12", "231", "N20"))


def loses_to(code: str, other: str) -> bool:
    if code in c.LOSES_TO_ANY:
        return other != code and c.by_the_day(other)
    return any(code == first and other in rest.split() for first, rest in c.LOSES_TO)


def concurrency(member: Member) -> None:
    """A13."""
    days = {day for line in member.lines if c.therapy(line.code) for day in line.days_in_force}
    for day in sorted(days):
        serving = [x for x in member.on(day) if c.therapy(x.code) and not x.denied_by("A17", day)]
        for line, finding in modifiers(serving, day, member.history).items():
            if finding.effect == "deny" and partner_elsewhere(line, serving):
                finding = pend("A13")
            line.find(day, finding)


def partner_elsewhere(line: Line, serving: list[Line]) -> bool:
    """An earlier therapy of the day was billed by another provider."""
    return any(x.at < line.at and x.claim.npi != line.claim.npi for x in serving)


def modifiers(serving: list[Line], day: date, history: bool) -> dict[Line, Finding]:
    """`serving` is in line order; a lost line (denied in stage 1 or 2) is judged no more, but partners the others."""
    answer: dict[Line, Finding] = {}
    live = [x for x in serving if not x.denied(day, through=2)]
    both = [x for x in live if {"SH", "SJ"} <= x.mods]
    for x in both:
        answer[x] = deny("A13", "4", "N519")
    if not any(unmodified(x) for x in serving):
        for x in live:
            answer.setdefault(x, deny("A13", "4", "N823") if history else pend("A13"))
        return answer
    for x in [x for x in live if unmodified(x)][1:]:
        answer[x] = deny("A13", "4", "N822")
    for x in [x for x in live if second(x)][1:]:
        answer[x] = deny("A13", "4", "N823")
    thirds = [x for x in live if third(x)]
    too_few = thirds if len(serving) < 3 else []
    first_of_several = thirds[:1] if len(thirds) > 1 and not any(second(x) for x in serving) else []
    for x in [*too_few, *first_of_several]:
        answer[x] = deny("A13", "4", "N823")
    return answer


def unmodified(line: Line) -> bool:
    return not line.mods & {"SH", "SJ"}


def second(line: Line) -> bool:
    return "SH" in line.mods and "SJ" not in line.mods


def third(line: Line) -> bool:
    return "SJ" in line.mods and "SH" not in line.mods
