"""Days told: the first and last day of a release, as the name of its file or the lines above its headings tell them.

Nothing is guessed: a year alone is no day (but for ICD-10-CM, whose years begin in October), and two days that differ are none.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_MONTHS = {name.casefold(): n for names in (calendar.month_name, calendar.month_abbr) for n, name in enumerate(names) if name}
_MONTHS["sept"] = _MONTHS["september"]
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?P<year>20[0-9]{2})"
_MM, _DD = r"(?P<month>0[1-9]|1[0-2])", r"(?P<day>0[1-9]|[12][0-9]|3[01])"
_WORD = rf"(?P<word>{_MONTH})"
_APART = r"[ ,._-]*"
_FORMS = [
    rf"(?<!\d){_YEAR}[-_.]{_MM}[-_.]{_DD}(?!\d)",
    rf"(?<!\d){_YEAR}{_MM}{_DD}(?!\d)",
    rf"(?<!\d){_MM}[-_.]{_DD}[-_.]{_YEAR}(?!\d)",
    rf"(?<![a-z]){_WORD}{_APART}(?P<day>[0-9]{{1,2}}),?{_APART}{_YEAR}(?!\d)",
    rf"(?<![a-z]){_WORD}{_APART}{_YEAR}(?!\d)",
    rf"(?<!\d){_YEAR}{_APART}{_WORD}(?![a-z])",
    rf"(?<!\d){_YEAR}[-_.]{_MM}(?!\d)",
    rf"(?<!\d){_YEAR}{_APART}q(?P<quarter>[1-4])(?!\d)",
    rf"(?<![a-z])q(?P<quarter>[1-4]){_APART}{_YEAR}(?!\d)",
]
_QUARTERLY = r"(?<![a-z0-9])dme(?P<short>[0-9]{2})[-_ ]?(?P<letter>[a-d])r?(?![a-z0-9])"  # the letter tells the quarter; r: revised
_DATA_YEAR = r"(?<![a-z0-9])dy?(?P<short>[0-9]{2})(?![a-z0-9])"  # beside the year of release
_SLASHED = r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>20[0-9]{2})"
_LONG = rf"{_WORD}\s+(?P<day>[0-9]{{1,2}}),?\s+{_YEAR}"
_SAID = [f"{_LONG}", f"{_SLASHED}", rf"{_YEAR}-{_MM}-{_DD}"]


@dataclass(frozen=True)
class Told:
    """What a file tells of its days; ``doubt`` says why it tells none."""

    effective: date | None = None
    until: date | None = None
    by: str = ""
    doubt: str = ""


def days_told(names: list[str], above: str, kind: str) -> Told:
    """The first day by the words above the headings (``effective ...``), else by the names of member and file."""
    told = {day for day in _after(above, "effective|eff") if day}
    until = {day for day in _after(above, "through|thru|until|valid to") if day}
    if len(told) == 1:
        last = until.pop() if len(until) == 1 else None
        return Told(told.pop(), last, "the file's own words")
    for name in names:
        found = _in_name(name, kind)
        if len(found) == 1:
            return Told(found.pop(), None, "the name of the file")
        if found:
            return Told(doubt=f"its name tells several days ({', '.join(d.isoformat() for d in sorted(found))})")
    year = next((m[0] for name in names for m in re.finditer(r"(?<!\d)20[0-9]{2}(?!\d)", name)), "")
    return Told(doubt=f"its name tells the year {year} and no month" if year else "neither its name nor its words tell a day")


def _after(text: str, words: str) -> Iterator[date | None]:
    for form in _SAID:
        for found in re.finditer(rf"\b(?:{words})(?:\s+date)?[:\s]*{form}", text, re.IGNORECASE):
            yield _day(found)


def _in_name(name: str, kind: str) -> set[date]:
    text, days = name.casefold(), set[date]()
    for form in _FORMS:
        days |= {day for match in re.finditer(form, text) if (day := _day(match))}
        text = re.sub(form, "~", text)  # told once
    if days:
        return days
    if kind == "icd10cm":  # a fiscal year: from October of the year before
        years = {int(match[0]) for match in re.finditer(r"(?<!\d)20[0-9]{2}(?!\d)", text)}
        return {date(year - 1, 10, 1) for year in years}
    if kind == "fee_schedule":
        return {date(2000 + int(m["short"]), 3 * "abcd".index(m["letter"]) + 1, 1) for m in re.finditer(_QUARTERLY, text)}
    if kind.startswith("usage_"):
        return {date(2000 + int(m["short"]), 1, 1) for m in re.finditer(_DATA_YEAR, text)}
    return set()


def _day(found: re.Match[str]) -> date | None:
    parts = found.groupdict()
    if parts.get("quarter"):
        month = 3 * int(parts["quarter"]) - 2
    else:
        month = _MONTHS[parts["word"].casefold()] if parts.get("word") else int(parts["month"])
    try:
        return date(int(parts["year"]), month, int(parts.get("day") or 1))
    except ValueError:
        return None
