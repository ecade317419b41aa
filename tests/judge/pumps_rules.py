"""B1-B5 and B7-B11 on the lines of one member of a DME MAC; B6, B12 and the advice of the others change no verdict."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from . import book
from . import pumps_codes as c
from .codes import Codes
from .words import Finding, Line, deny, pend

EFFECTIVE = date(2017, 1, 1)
MODIFIER_FROM = date(2023, 1, 1)
WASTE_FROM = date(2023, 7, 1)
DELIVERY = 4
WEEK = 7


@dataclass
class Account:
    """One member's lines, history first, then in input order."""

    lines: list[Line] = field(default_factory=list)

    def pump(self, codes: Codes, day: date) -> bool:
        """Does a pump of these codes cover the day?"""
        return any(x.code in codes and covers(x, day) for x in self.lines)


def month_from(first: date) -> date:
    """The last day of the calendar month that begins that day."""
    year, month = (first.year + 1, 1) if first.month == 12 else (first.year, first.month + 1)
    same_day = min(first.day, calendar.monthrange(year, month)[1])
    return date(year, month, same_day) - timedelta(1)


def rental(line: Line) -> tuple[date, date] | None:
    return (line.first, max(line.last, month_from(line.first))) if "RR" in line.mods else None


def period(line: Line) -> tuple[date, date]:
    """The days that a pump line covers."""
    if line.mods & {"NU", "UE"}:
        return line.first, date.max
    return rental(line) or (line.first, line.last)


def covers(line: Line, day: date) -> bool:
    first, last = period(line)
    return first <= day <= last


@dataclass
class Seen:
    """Findings by line and day, and the units that B5 cuts."""

    findings: dict[Line, dict[date, list[Finding]]] = field(default_factory=dict)
    surplus: dict[Line, Decimal] = field(default_factory=dict)
    TOO_MANY = deny("B5", "151", "N430")

    def in_force(self, line: Line) -> list[date]:
        return [day for day in line.days if day >= EFFECTIVE]

    def on(self, line: Line, day: date) -> list[Finding]:
        return self.findings.get(line, {}).get(day, [])

    def denied(self, line: Line, day: date) -> bool:
        return any(f.effect == "deny" for f in self.on(line, day))

    def look(self, account: Account) -> None:
        for line in account.lines:
            if not line.claim.earlier:  # a finding never falls on a line of history
                self.findings[line] = {day: list(of_day(line, day, account)) for day in self.in_force(line)}
        for codes in sorted({x.code for x in account.lines if x.code in c.WEEKLY}):
            self.weekly([x for x in account.lines if x.code == codes])

    def weekly(self, lines: list[Line]) -> None:
        """B5, after all else."""
        spans = sorted((x for x in lines if x.first < x.last), key=lambda x: (not x.claim.earlier, x.first, x.at))
        for n, line in enumerate(spans):
            taken = {day for x in spans[:n] for day in x.days if not self.denied(x, day)}
            left = len([day for day in line.days if day not in taken])
            surplus = line.units - Decimal((left + WEEK - 1) // WEEK)
            if surplus > 0 and not line.claim.earlier:
                self.surplus[line] = surplus
        delivered: dict[date, Decimal] = {}
        for line in (x for x in lines if x.first == x.last):
            if self.denied(line, line.first):
                continue
            delivered[line.first] = delivered.get(line.first, Decimal(0)) + line.units
            if delivered[line.first] > DELIVERY and not line.claim.earlier and line.first >= EFFECTIVE:
                self.findings[line][line.first].append(pend("B5"))


def of_day(line: Line, day: date, account: Account) -> Iterator[Finding]:
    """What the rules find on one day of a line, without B5."""
    code, mods = line.code, line.mods
    general, insulin = account.pump(c.GENERAL_PUMP, day), account.pump(c.INSULIN_PUMP, day)
    any_pump = general or insulin
    crossed = ("16", "N657")
    if not book.is_known(code):
        yield pend("A20")
    elif not book.in_force(code, day):
        yield deny("A20", "181", "M84")
    if disposable(line):
        yield deny("B8", "96", "N425", "PR" if "GY" in mods else "CO")
    if code in c.INSIDE_A4224:
        yield deny("B7", *crossed)
    if code == c.NO_PUMP_SUPPLY and (general or insulin):
        yield deny("B3", *crossed)
    if code in c.GENERAL_SUPPLY and not general:
        yield deny("B1", *crossed) if insulin else pend("B1")
    if code in c.INSULIN_SUPPLY and not insulin:
        yield deny("B2", *crossed) if any_pump else pend("B2")
    if code in c.NEEDS_K0455 and not any(x.code == c.UNINTERRUPTED and covers(x, day) for x in account.lines):
        yield deny("B11", "107", "N431") if any_pump else pend("B11")
    if code in c.BATTERY and any(x.code in c.EXTERNAL_PUMP and rented(x, day) for x in account.lines):
        yield deny("B11", "97", "M15")
    if code == c.UNINTERRUPTED and second(line, account):
        yield pend("B11") if "RA" in mods else deny("B11", "151", "N640")
    if code in c.SOLUTION_OR_DILUENT:
        yield from beside_cassettes(line, day, account)
    yield from coverage(line, day)
    if c.single_dose(code) and {"JW", "JZ"} <= mods and day >= WASTE_FROM:
        yield deny("B10", "4", "N519")


def disposable(line: Line) -> bool:
    """B8: the disposable devices, and the drugs of a claim that names no other."""
    if line.code in c.DISPOSABLE:
        return True
    beside = [x.code for x in line.claim.lines]
    only = any(code in c.DISPOSABLE for code in beside) and not any(code in c.PUMP for code in beside)
    return only and c.drug_line(line.code)


def rented(line: Line, day: date) -> bool:
    span = rental(line)
    return span is not None and span[0] <= day <= span[1]


def second(line: Line, account: Account) -> bool:
    """B11: an earlier K0455 covers some of the same time."""
    first, last = period(line)
    for x in account.lines:
        if x is line or x.code != c.UNINTERRUPTED or (x.mods | line.mods) & {"RB", "MS"}:
            continue
        earlier = x.claim.earlier or (x.first, x.at) < (line.first, line.at)
        begin, end = period(x)
        if earlier and begin <= last and first <= end:
            return True
    return False


def beside_cassettes(line: Line, day: date, account: Account) -> Iterator[Finding]:
    """B4."""
    makers = {x.claim.npi for x in account.lines if x.code == c.CASSETTE and x.holds(day)}
    if line.claim.npi in makers:
        yield deny("B4", "97", "M15")
    elif makers:
        yield pend("B4")


def coverage(line: Line, day: date) -> Iterator[Finding]:
    """B9."""
    drug = c.drug_line(line.code) and line.code not in c.FLUID
    if day < MODIFIER_FROM or not (drug or line.code in c.PUMP or line.code in c.SUPPLY):
        return
    told = line.mods & c.COVERAGE
    if not told:
        yield deny("B9", "4", "N822")
    elif len(told) > 1:
        yield deny("B9", "4", "N519")
    elif told == {"GY"}:
        yield deny("B9", "96", "N425", "PR")
    elif told == {"GZ"}:
        yield deny("B9", "50")
