"""Stage 4: A9, A18, A11, A8, A15: what a per diem holds, by member-day."""

from __future__ import annotations

from datetime import date

from . import book, companion, stage1
from . import codes as c
from .words import Finding, Line, Member, deny, pend

# what a product of the book's table is to A18; every other component is included
PRODUCTS = {
    "concentrated amino acids": "asks",
    "lipids": "separate",
    "renal amino acids": "separate",
    "hepatic amino acids": "separate",
    "stress amino acids": "separate",
    "added vitamin": "separate",
}


def run(member: Member) -> None:
    for line in member.judged:
        for day in line.days_in_force:
            for finding in (
                included(line, day, member),
                tpn_part(line, day, member),
                fluid(line, day, member),
                injectable(line, day, member),
            ):
                if finding:
                    line.find(day, finding)


def per_diems(member: Member, day: date) -> list[Line]:
    return [x for x in member.on(day) if c.per_diem(x.code)]


def lost(line: Line, day: date) -> bool:
    return line.denied(day, through=3)


def included(line: Line, day: date, member: Member) -> Finding | None:
    """A8, and A9 for the three flushes; A10 takes an equipment line out."""
    rule = "A9" if line.code in c.FLUSH else "A8"
    if line.code in c.OWNED_BATTERY:
        return pend("A8")
    if line.code not in c.INCLUDED and rule == "A8":
        return None
    if line.mods & {"RB", "MS"} and "RR" not in line.mods and stage1.equipment(line.code):
        return None
    that_day = [x for x in member.on(day) if c.per_diem(x.code) or x.code == c.INJECTED_IMMUNOTHERAPY]
    if not that_day and rule == "A9":
        return deny("A9", "234", "N390")
    if not that_day:
        others = [x for d in line.days for x in member.on(d) if c.per_diem(x.code) or x.code == c.INJECTED_IMMUNOTHERAPY]
        return pend("A8") if others or not member.history else None
    if not any(x.claim.npi == line.claim.npi for x in that_day):
        return pend(rule)
    if all(lost(x, day) for x in that_day):
        return deny(rule, "234", "N390")
    return deny(rule, "97", "M15")


def component(line: Line) -> str:
    """included, asks, separate, electrolyte or "" (A18); a product named by its NDC beats the code."""
    named = book.product(line.ndc)
    if named:
        return by_product(line, *named)
    if line.code in c.TPN_INCLUDED:
        return "included"
    if line.code in c.TPN_ASKS:
        return "asks"
    if line.code in c.TPN_SEPARATE:
        return "separate"
    if line.code in c.ELECTROLYTE or (line.code.startswith("J") and book.fact(line.code).component == "electrolyte"):
        return "electrolyte"
    return ""


def by_product(line: Line, name: str, says: str) -> str:
    if "freamine" in name.casefold() and "hbc" not in name.casefold():
        return "asks"  # the policy lists it on both sides
    return PRODUCTS.get(says, "electrolyte" if says == "electrolyte" and line.code.startswith("J") else "included")


def tpn_part(line: Line, day: date, member: Member) -> Finding | None:
    """A18."""
    part = component(line)
    if part in ("", "separate"):
        return None
    therapies = per_diems(member, day)
    if part == "asks" or not any(x.code in c.TPN for x in therapies):
        return pend("A18")
    if part == "electrolyte" and any(infusion_beside_tpn(x.code) for x in therapies):
        return pend("A18")
    return deny("A18", "97", "M15")


def infusion_beside_tpn(code: str) -> bool:
    return c.therapy(code) and code not in c.TPN and code not in c.ENTERAL


def fluid(line: Line, day: date, member: Member) -> Finding | None:
    """A11, counting per diems not denied."""
    dependent = line.code in c.DEPENDENT_FLUID
    if not dependent and line.code not in c.LATER_FLUID:
        return None
    live = [x for x in per_diems(member, day) if not lost(x, day)]
    hydration = any(x.code in c.HYDRATION for x in live)
    other = any(c.therapy(x.code) and x.code not in c.HYDRATION and x.code not in c.ENTERAL for x in live)
    if hydration and not other:
        return None
    if dependent and other and not hydration:
        return deny("A11", "97", "M15")
    return pend("A11")


def injectable(line: Line, day: date, member: Member) -> Finding | None:
    """A15."""
    known = book.fact(line.code)
    injected = bool(known.routes) and known.routes <= {"SC", "IM"}
    if not book.drug_line(line.code) or not (injected or "JB" in line.mods):
        return None
    if known.kind == "factor" and line.code not in c.NOT_A_FACTOR:
        return None
    if any(x.code == c.VISIT for x in member.on(day)):
        return None
    doubt = not member.history
    for x in per_diems(member, day):
        if lost(x, day) or x.pending(day):
            doubt |= not lost(x, day) and "IV" in book.fact(x.code).routes
            continue
        if "IV" in book.fact(x.code).routes:
            return None
        if c.therapy(x.code) and book.families(x.code) & known.families and not companion.own_family_only(line.code):
            return None
    return pend("A15") if doubt else deny("A15", "107", "N674")
