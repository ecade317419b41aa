"""A4-A7: a per diem day and the drug of the same claim, day by day."""

from __future__ import annotations

from datetime import date, timedelta

from . import book
from . import codes as c
from .words import Finding, Line, Member, deny, pend


def own_family_only(code: str) -> bool:
    return code in c.IV_FLUID or code in c.PARENTERAL


def corresponds(code: str, per_diem: str) -> bool:
    """A6, and A7 for the families with other companions."""
    if per_diem in c.ENTERAL:
        return code in c.FORMULA
    if per_diem in c.HYDRATION:
        return code in c.IV_FLUID
    if per_diem == c.TRANSFUSION:
        return code in c.BLOOD
    if not book.drug_line(code):
        return False
    if per_diem in c.TPN:
        return code in c.PARENTERAL or code in c.UNCLASSIFIED or "tpn" in book.families(code)
    if own_family_only(code):
        return False
    return per_diem == c.ANY_DRUG or code in c.UNCLASSIFIED or bool(book.families(code) & book.families(per_diem))


def run(member: Member) -> None:
    for line in member.judged:
        if not c.per_diem(line.code):
            continue
        if line.code in c.NO_DRUG_TO_ASK:
            line.find_always(pend("A7"))
            continue
        for day, finding in judged(line, member).items():
            line.find(day, finding)


def void(line: Line) -> bool:
    """A drug line that A16 or A17 denies proves nothing."""
    return line.denied_by("A16 A17")


def judged(line: Line, member: Member) -> dict[date, Finding]:
    beside = [x for x in line.claim.lines if x is not line and not void(x)]
    drugs = [x for x in beside if corresponds(x.code, line.code)]
    if dispense_date(line, drugs):
        return {day: pend("A5") for day in line.days_in_force}
    answer: dict[date, Finding] = {}
    uncovered: list[date] = []
    too_few = single_dates_too_few(line, drugs)
    for day in line.days_in_force:
        that_day = [x for x in drugs if x.holds(day)]
        if any(not x.denied_by("A20", day) for x in that_day):
            continue
        if that_day:
            answer[day] = pend("A4")  # a wrong code, but evidently an infusion
        elif too_few:
            answer[day] = pend("A5")
        elif line.code in c.TPN:
            answer[day] = pend("A7")
        elif any(raises_doubt(x, line, day) for x in beside if x.holds(day)):
            answer[day] = pend("A6")
        else:
            uncovered.append(day)
    some = any(x.holds(day) for x in drugs for day in line.days)
    for day in uncovered:
        answer[day] = missing(line, some, uncovered, member)
    return answer


def missing(line: Line, some: bool, uncovered: list[date], member: Member) -> Finding:
    if some:
        return deny("A4", "151", "N345")
    if line.code == c.TRANSFUSION:
        return pend("A7")
    elsewhere = any(
        x.claim is not line.claim and not void(x) and corresponds(x.code, line.code) and any(map(x.holds, uncovered))
        for x in member.lines
    )
    return deny("A4", "107", "N149" if elsewhere else "N349")


def dates_near(line: Line, drugs: list[Line]) -> set[date] | None:
    """The single dates of the drug lines inside the span or up to 7 days before; None if any line is a span."""
    if not drugs or any(x.first != x.last for x in drugs):
        return None
    return {x.first for x in drugs if line.first - timedelta(7) <= x.first <= line.last}


def dispense_date(line: Line, drugs: list[Line]) -> bool:
    near = dates_near(line, drugs)
    one = len({x.first for x in drugs}) == 1
    return bool(near) and one and len(line.days) > 1 and line.units > 1


def single_dates_too_few(line: Line, drugs: list[Line]) -> bool:
    near = dates_near(line, drugs)
    return line.code in c.INTERVAL_STATED and bool(near) and len(near or ()) < line.units


def raises_doubt(drug: Line, line: Line, day: date) -> bool:
    """A6: a drug that day that may be this therapy's: of no family, unknown, or one whose family has no per diem."""
    if not book.drug_line(drug.code) or own_family_only(drug.code):
        return False
    own = {p for family in book.families(drug.code) for p in book.per_diems_of(family)}
    serves_its_own = any(x.code in own and x.holds(day) for x in line.claim.lines)
    return not serves_its_own
