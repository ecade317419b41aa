"""Concurrency: which therapy of a member-day is the first, the second or a further one, and lines cut where that changes.

The orders stand in the biller's order, which ranks the therapies of a day; no price is looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from perdiem.coding.choices import choices, rule_citation
from perdiem.coding.lines import PER_DIEM, Working, split
from perdiem.model.order import CodedLine


def place_therapies(orders: Sequence[Working]) -> None:
    """Give each per diem day its modifier by its place among the member's therapies of that day, and cut lines into runs."""
    terms = choices()["concurrency"]
    before: defaultdict[tuple[str, str, date], int] = defaultdict(int)
    for working in orders:
        lines: list[CodedLine] = []
        for line in working.lines:
            if line.role != PER_DIEM or not line.complete:
                lines.append(line)
                continue
            counts, places = line.code not in terms["never"], dict[date, int]()
            for day in line.days:
                member = (line.member_id or working.order.source, line.payer, day)
                places[day] = before[member] if counts else 0
                before[member] += counts
            lines += split(line, _parts(line.days, places, (terms["second"], terms["third"])))
            if any(places.values()):
                working.remark(
                    "modifiers", _said(places, terms["second"], terms["third"]), rule_citation(terms["policy"], terms["rule"])
                )
        working.lines = lines


def _parts(days: Sequence[date], places: dict[date, int], modifiers: tuple[str, str]) -> list[tuple[list[date], tuple[str, ...]]]:
    found: list[tuple[list[date], tuple[str, ...]]] = []
    for day in days:
        place = min(places[day], 2)
        added = (modifiers[place - 1],) if place else ()
        if found and found[-1][1] == added and found[-1][0][-1] + timedelta(days=1) == day:
            found[-1][0].append(day)
        else:
            found.append(([day], added))
    return found


def _said(places: dict[date, int], second: str, third: str) -> str:
    seconds, thirds = sum(1 for p in places.values() if p == 1), sum(1 for p in places.values() if p > 1)
    parts = [f"{n} {'day' if n == 1 else 'days'} with {mark}" for n, mark in ((seconds, second), (thirds, third)) if n]
    return f"beside therapies that stand before it: {', '.join(parts)}; the order of the orders ranks them"
