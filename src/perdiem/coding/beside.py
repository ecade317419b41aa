"""What stands beside therapy and drug: the pump and its supplies where a payer takes them apart, and visits of nurses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from perdiem.codes.book import Book
from perdiem.coding.choices import choices, cited, payer_row, rule_citation
from perdiem.coding.lines import Working, attested
from perdiem.model.citation import Citation
from perdiem.model.order import Visit

PUMP, SUPPLY, VISIT = "pump", "supply", "visit"
_WEEK = 7


def add_supplies(working: Working, book: Book) -> None:
    """Pump and supplies: none where the per diem holds them, said why; else by the week, the bag, the syringe or the cartridge."""
    order, row = working.order, payer_row(working.order.payer)
    if row["supplies"] == "included":
        if working.lines:
            cite = rule_citation(row["policy"], row["included_by"]) if "included_by" in row else working.lines[0].cite
            working.remark("supplies", "supplies, pump and pole are inside the per diem; none of them is billed", cite)
        return
    if not order.pump:
        working.ask("pump", "the code of the pump, and whether it is rented or bought: the drug is paid only as a supply of a pump")
        return
    code, *modifiers = order.pump
    supply = next((s for s in choices()["supply"] if code in s["pumps"]), None)
    if supply is None:
        working.ask("pump", f"which pump it is: {code} is none whose supplies are known")
        return
    if not working.course.times:
        return
    _pump(working, code, modifiers, row, book)
    _supplies(working, supply)


def _pump(working: Working, code: str, modifiers: list[str], row: Mapping[str, Any], book: Book) -> None:
    first, last = working.course.days[0], working.course.days[-1]
    cite, added = Citation(book.look_up(code).source, f"official name of {code}"), attested(working)
    if not {row["rental"], *row["bought"]} & set(modifiers):
        working.ask("pump", f"whether the pump is rented ({row['rental']}) or bought ({', '.join(row['bought'])})")
        working.line(code, PUMP, "the pump; rented or bought is asked", cite, None, [first], [*modifiers, *added])
    elif row["rental"] in modifiers:
        months, day = 0, first
        while day <= last:
            working.line(code, PUMP, "the pump, one month of rent", cite, Decimal(1), [day], [*modifiers, *added])
            months += 1
            day = first + relativedelta(months=months)
    else:
        working.line(code, PUMP, "the pump, bought", cite, Decimal(1), [first], [*modifiers, *added])


def _supplies(working: Working, supply: Mapping[str, Any]) -> None:
    order, course = working.order, working.course
    span, cite = [course.days[0], course.days[-1]], cited(supply)
    weeks = -(-((span[1] - span[0]).days + 1) // _WEEK)
    why = f"supplies of the catheter site, {weeks} week{'' if weeks == 1 else 's'} begun"
    working.line(supply["weekly"], SUPPLY, why, cite, Decimal(weeks), span, attested(working))
    if "cartridge" in supply:
        number = Decimal(order.cartridges) if order.cartridges is not None else None
        if number is None:
            working.ask("cartridges", "how many cartridges the pump takes in these days")
        working.line(supply["cartridge"], SUPPLY, "cartridges of the pump", cite, number, span, attested(working))
        return
    held = "syringe" if order.method == "syringe" else "bag"
    doses = Decimal(len(course.times))
    working.line(
        supply[held],
        SUPPLY,
        f"one {held} for each of {doses:f} doses; units are {held}s, never visits",
        cite,
        doses,
        span,
        attested(working),
    )
    if order.diluent:
        working.remark("diluent", f"{order.diluent} is part of the {held} and not billed apart", cite)


def add_visits(working: Working) -> None:
    """Visits of nurses, by minutes: hours for most payers, quarters of an hour where the payer takes its own codes."""
    by_day: defaultdict[date, list[Visit]] = defaultdict(list)
    for visit in working.order.visits:
        by_day[visit.day].append(visit)
    professional = payer_row(working.order.payer)["visits"] == "professional"
    for day in sorted(by_day):
        if professional:
            _professional(working, day, by_day[day])
        else:
            _nursing(working, day, by_day[day])


def further_hours(minutes: int) -> int:
    """Whole hours past the visit's own, a begun one counted from its 31st minute."""
    terms = choices()["nursing"]
    beyond = minutes - int(terms["visit_minutes"])
    return max((beyond + 60 - int(terms["round_up_from"])) // 60, 0)


def _nursing(working: Working, day: date, visits: list[Visit]) -> None:
    terms = choices()["nursing"]
    minutes = ", ".join(str(visit.minutes) for visit in visits)
    why = f"{len(visits)} visit{'' if len(visits) == 1 else 's'} of {minutes} minutes"
    working.line(terms["visit"], VISIT, why, cited(terms), Decimal(len(visits)), [day])
    hours = sum(further_hours(visit.minutes) for visit in visits)
    if hours:
        further = f"{hours} further hour{'' if hours == 1 else 's'}"
        said = f"{further} of {minutes} minutes; from minute {terms['round_up_from']} on a further hour counts"
        working.line(terms["hour"], VISIT, said, cited(terms), Decimal(hours), [day])


def _professional(working: Working, day: date, visits: list[Visit]) -> None:
    """One line a day and category: of several visits the longest; a quarter of an hour is rounded to the nearest."""
    terms, longest = choices()["professional"], max(visits, key=lambda visit: visit.minutes)
    family, route = working.drug.family, working.order.route
    category = next(c for c in terms["category"] if family in c.get("families", [family]) and route in c.get("routes", [route]))
    quarters = (Decimal(longest.minutes) / terms["minutes"]).quantize(Decimal(1), ROUND_HALF_UP)
    if longest.minutes % terms["minutes"]:
        taken = f"{longest.minutes} minutes are taken as {quarters} quarters of an hour"
        working.ask("minutes", f"how minutes are rounded: {taken}, which no source states")
    if len(visits) > 1:
        working.remark("visits", f"of {len(visits)} visits on {day} the longest is billed: one payment for each category and day")
    if longest.first is None:
        asks = f"whether the visit of {day} is the first one, or the first after more than {terms['first_again']} days without"
        working.ask("visit", f"{asks}: {category['first']} then, else {category['later']}")
    code = category["first"] if longest.first else category["later"]
    why = f"a visit of {longest.minutes} minutes in quarters of an hour; paid once for its category and day"
    working.line(code, VISIT, why, cited(terms, code), None if longest.first is None else quarters, [day])
