"""Stage 1: A20, A1, A16, A3, A24, A17, A19, A10, A2; then the companions A4-A7, which read A16, A17 and A20."""

from __future__ import annotations

from . import book, companion
from . import codes as c
from .words import Finding, Line, Member, deny, pend

RESIDENCES = {"13", "14", "16", "32", "33", "04", "34", "54", "55", "56"}


def run(member: Member) -> None:
    for line in member.judged:
        code_life(line)
        place(line)
        not_home_infusion(line)
        incidental(line)
        flush_only(line)
        repair(line)
        printed_range(line)
        nursing(line, member)
    duplicates(member)
    companion.run(member)


def code_life(line: Line) -> None:
    """A20."""
    if not book.is_known(line.code):
        line.find_always(pend("A20"))
        return
    for day in line.days_in_force:
        if not book.in_force(line.code, day):
            line.find(day, deny("A20", "181", "M84"))


def place(line: Line) -> None:
    """A1."""
    found = place_finding(line.pos)
    if line.code == c.OFFICE_CHEMO:
        found = pend("A1")
    if found and found.effect == "deny" and not line.claim.by_code:
        found = pend("A1")
    if found:
        line.find_always(found)


def place_finding(pos: str) -> Finding | None:
    if pos == "12":
        return None
    if pos == "31":
        return deny("A1", "58", "N428")
    if pos in RESIDENCES:
        return pend("A1")
    if not pos:
        return deny("A1", "16", "M77")
    return deny("A1", "5", "M77")


def not_home_infusion(line: Line) -> None:
    """A16."""
    oral = line.code in c.ORAL or (line.code in c.FORMULA and "BO" in line.mods)
    if oral or line.code in c.INHALED or line.code in c.HYALURONATE:
        line.find_always(deny("A16", "96", "N130"))
    elif book.drug_line(line.code) and book.fact(line.code).routes == {"topical"}:
        line.find_always(pend("A16"))


def incidental(line: Line) -> None:
    """A3."""
    if line.code in c.INCIDENTAL:
        line.find_always(deny("A3", "97", "N19"))


def flush_only(line: Line) -> None:
    """A24."""
    if line.code != "S9372":
        return
    beside = {
        other.code
        for other in line.claim.lines
        if other.code in c.FLUSH or (book.drug_line(other.code) and not companion.own_family_only(other.code))
    }
    if beside == {"J1642"}:
        line.find_always(deny("A24", "97", "N19"))


def repair(line: Line) -> None:
    """A10."""
    if line.mods & {"RB", "MS"} and "RR" not in line.mods and equipment(line.code):
        line.find_always(pend("A10"))


def equipment(code: str) -> bool:
    return code in c.EQUIPMENT or book.fact(code).kind == "equipment"


def printed_range(line: Line) -> None:
    """A2's own pends."""
    if line.code in c.PENDING_BY_A2:
        line.find_always(pend("A2"))


def nursing(line: Line, member: Member) -> None:
    """A19."""
    if line.code != c.VISIT_HOUR:
        return
    for day in line.days_in_force:
        if not any(other.code == c.VISIT for other in member.on(day)):
            line.find(day, deny("A19", "107", "N122"))


def duplicates(member: Member) -> None:
    """A17: the whole line again; or the same per diem again on a day."""
    again = deny("A17", "18", group="OA")
    for n, line in enumerate(member.lines):
        if not line.claim.in_scope:
            continue
        for earlier in member.lines[:n]:
            if (earlier.claim.npi, earlier.code, earlier.mods) != (line.claim.npi, line.code, line.mods):
                continue
            same_dates = (earlier.first, earlier.last) == (line.first, line.last)
            if same_dates and (earlier.ndc, earlier.units) == (line.ndc, line.units):
                line.find_always(again)
            if c.per_diem(line.code):
                for day in line.days_in_force:
                    if earlier.holds(day):
                        line.find(day, again)
