"""Sig: one typed line of an order read into fields, by a small grammar of clauses; what it does not understand it asks.

A sig begins with the drug, then come clauses in any order. Each clause is one pattern of the table below, tried from the left
at every word; the first that fits takes its words. A word that no clause takes is left over, and asked about by name.
The grammar is documented in docs/sig.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from perdiem.coding.amounts import read_amount
from perdiem.coding.drugs import fold_drug
from perdiem.model.order import Amount, Schedule

_N = r"(\d[\d,]*(?:\.\d+)?|\.\d+)"
_UNIT = r"(million units?|mcg|ug|µg|μg|mg|gms?|grams?|kg|ng|g|milliliters?|ml|cc|lit(?:er|re)s?|l|units?|iu|u|kcal|meq)\b"
_AMOUNT = rf"{_N}\s*-?\s*{_UNIT}"
_DAY = r"(\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}(?:/\d{2,4})?)(?![\d/])"
_FLUID = r"(ns|0\.9% sodium chloride|normal saline|½ ?ns|d5w|dextrose 5%(?: in water)?|d5ns|sterile water|lactated ringer'?s|lr)\b"
_SPAN = r"(hours?|hrs?|hr|h|days?|d|weeks?|wks?|wk|months?|mo)\b"
_WEEKDAYS = {"monday": 0, "mon": 0, "m": 0, "tuesday": 1, "tue": 1, "tues": 1, "tu": 1, "t": 1, "wednesday": 2, "wed": 2, "w": 2,
             "thursday": 3, "thu": 3, "thur": 3, "thurs": 3, "th": 3, "friday": 4, "fri": 4, "f": 4, "saturday": 5, "sat": 5,
             "sa": 5, "sunday": 6, "sun": 6, "su": 6}  # fmt: skip
_LONG_DAY = r"(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)(?:day|nesday|rday|urday|sday)?s?"
_SHORT_DAY = r"(?:th|tu|sa|su|[mtwf])"
_FILL = r"(?:infuse|give|administer|home infusion|infusion|infused|per dose|dose|doses of|of|at|a|the|and|via|by)\b|[,;.()]"


@dataclass
class Sig:
    """What a sig says: fields of an order, and what was left over or can be read in two ways, in words to be asked."""

    text: str
    fields: dict[str, Any] = field(default_factory=dict)
    asks: list[tuple[str, str]] = field(default_factory=list)
    bare: int | None = None  # the number of "x 3", doses or days
    year: int | None = None

    def put(self, name: str, value: Any) -> bool:
        """Fill a field; a second, different value for it is not taken."""
        if name in self.fields and self.fields[name] != value:
            return False
        self.fields[name] = value
        return True


def read_sig(text: str, names: Collection[str] = (), year: int | None = None) -> Sig:
    """Read a sig. names: drug names, folded, of which the longest that begins the sig is its drug. year: of days without one."""
    sig = Sig(text, year=year)
    rest = " ".join(text.split())
    drug, rest = _drug(rest, names)
    sig.fields["drug"] = drug
    left: list[str] = []
    while rest:
        taken = next((n for pattern, take in _CLAUSES if (m := pattern.match(rest)) and (n := _take(sig, m, take))), 0)
        if taken:
            rest = rest[taken:].lstrip()
            continue
        filler = _FILLER.match(rest)
        word = filler[0] if filler else rest.split(" ")[0]
        if not filler:
            left.append(word)
        rest = rest[len(word) :].lstrip()
    for word in left:
        sig.asks.append(("sig", f"what {word!r} means: it is not understood"))
    _bare(sig)
    return sig


def read_schedule(text: str) -> Schedule | None:
    """A schedule alone, such as ``8h``, ``q8h``, ``daily`` or ``M-W-F``; None where the text is something else too."""
    words = text.strip()
    sig = read_sig("x " + (f"q{words}" if words[:1].isdigit() and "time" not in words else words), ("x",))
    return sig.fields.get("schedule") if not sig.asks and set(sig.fields) <= {"drug", "schedule"} else None


def read_day(text: str, year: int | None) -> date | str:
    """A day as ISO or month/day/year, or why it is none that can be told."""
    try:
        if "-" in text:
            return date.fromisoformat(text)
        month, day, *given = text.split("/")
        if not given and year is None:
            return f"the year of {text}: none is given"
        of = int(given[0]) if given else year or 0
        return date(of + 2000 if of < 100 else of, int(month), int(day))
    except ValueError:
        return f"which day {text} is: the calendar has none like it"


def _drug(text: str, names: Collection[str]) -> tuple[str, str]:
    """The drug at the beginning: the longest known name, else the words before the first clause."""
    words = text.split(" ")
    for n in range(min(len(words), 7), 0, -1):
        name = " ".join(words[:n]).rstrip(",;:")
        if fold_drug(name) in names:
            return name, " ".join(words[n:])
    for n in range(1, len(words) + 1):
        rest = " ".join(words[n:])
        if not rest or any(pattern.match(rest) for pattern, _ in _CLAUSES):
            return " ".join(words[:n]).rstrip(",;:"), rest
    return text, ""


def _take(sig: Sig, match: re.Match[str], take: Callable[[Sig, re.Match[str]], bool | None]) -> int:
    return match.end() if take(sig, match) is not False else 0


def _amount(match: re.Match[str], at: int = 1) -> Amount | None:
    return read_amount(f"{match[at]} {match[at + 1].lower()}")


def _number(text: str) -> int | None:
    value = Decimal(text.replace(",", ""))
    return int(value) if value == int(value) and 0 < value < 10_000 else None


def _every(number: int | None, unit: str) -> Schedule | None:
    if number is None:
        return None
    letter = unit.lower()[:2] if unit.lower().startswith("mo") else unit.lower()[:1]
    return {"h": Schedule(hours=number), "d": Schedule(days=number), "w": Schedule(days=7 * number), "mo": Schedule(months=number)}[
        letter
    ]


def _schedule(made: Schedule) -> Callable[[Sig, re.Match[str]], bool | None]:
    return lambda sig, match: sig.put("schedule", made)


def _interval(sig: Sig, m: re.Match[str]) -> bool | None:
    made = _every(_number(m[1]), m[2])
    return sig.put("schedule", made) if made else False


def _times(sig: Sig, m: re.Match[str]) -> bool | None:
    spoken = {"once": 1, "one": 1, "twice": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
    number = spoken.get(m[1].lower()) or _number(m[1]) if m[1].lower() in spoken or m[1].isdigit() else None
    return sig.put("schedule", Schedule(days=1) if number == 1 else Schedule(times=number)) if number and number <= 24 else False


def _weekdays(sig: Sig, m: re.Match[str]) -> bool | None:
    named = re.findall(_LONG_DAY if re.search(_LONG_DAY, m[0], re.I) else r"th|tu|sa|su|[mtwf]", m[0].lower())
    days = {_WEEKDAYS.get(name) if name in _WEEKDAYS else _WEEKDAYS.get(name.removesuffix("s")[:3]) for name in named}
    return sig.put("schedule", Schedule(weekdays=tuple(sorted(d for d in days if d is not None)))) if None not in days else False


def _length(sig: Sig, m: re.Match[str]) -> bool | None:
    number, unit = _number(m[1]), m[2].lower()
    if number is None or unit.startswith("h"):
        return False
    if unit.startswith("mo"):
        return sig.put("months", number)
    return sig.put("days", number * 7 if unit.startswith("w") else number)


def _x(sig: Sig, m: re.Match[str]) -> bool | None:
    if sig.bare is not None or (number := _number(m[1])) is None:
        return False
    sig.bare = number
    return None


def _bare(sig: Sig) -> None:
    """``x 3``: doses, where that is a dose a day or fewer; otherwise doses or days, and asked."""
    schedule = sig.fields.get("schedule")
    if sig.bare is None:
        return
    if schedule is not None and (schedule.months or schedule.weekdays or schedule.once or (schedule.interval or 0) >= 24):
        sig.put("doses", sig.bare)
    else:
        sig.asks.append(("length", f"whether 'x {sig.bare}' means doses or days"))


def _hours(sig: Sig, m: re.Match[str]) -> bool | None:
    value = Decimal(m[1].replace(",", ""))
    return sig.put("over", value / 60 if m[2].lower().startswith("m") else value)


def _on(name: str) -> Callable[[Sig, re.Match[str]], bool | None]:
    def take(sig: Sig, m: re.Match[str]) -> bool | None:
        day = read_day(m[1], sig.year)
        if isinstance(day, date):
            return sig.put(name, day)
        sig.asks.append((name.replace("_", " "), day))
        return None

    return take


def _amounts(name: str) -> Callable[[Sig, re.Match[str]], bool | None]:
    def take(sig: Sig, m: re.Match[str]) -> bool | None:
        made = _amount(m)
        if made is None:
            return False
        if name == "vials":
            return sig.put("vials", (*sig.fields.pop("vials", ()), made))
        return sig.put(name, made)

    return take


def _a_day(sig: Sig, m: re.Match[str]) -> bool | None:
    made = _amount(m)
    return (
        sig.put("volume" if made and made.unit.lower() in ("l", "ml", "cc", "liter", "liters") else "dose", made) if made else False
    )


def _word(name: str, value: str) -> Callable[[Sig, re.Match[str]], bool | None]:
    return lambda sig, match: sig.put(name, value)


def _group(name: str) -> Callable[[Sig, re.Match[str]], bool | None]:
    return lambda sig, match: sig.put(name, match[1])


_END = r"(?![\w/])"
_TABLE: tuple[tuple[str, Callable[[Sig, re.Match[str]], bool | None]], ...] = (
    (rf"(?:from|starting(?: on)?|start(?: on)?|beginning|on) {_DAY}", _on("first_day")),
    (rf"(?:until|through|thru|to|-) {_DAY}", _on("last_day")),
    (rf"over {_N}\s*(hours?|hrs?|hr|h|minutes?|mins?|min)\b", _hours),
    (rf"{_N}[\s-]*(hours?|hrs?|hr|h) infusion\b", _hours),
    (rf"(?:in|with) ((?:{_AMOUNT} )?(?:of )?{_FLUID})", _group("diluent")),
    (_FLUID, _group("diluent")),
    (rf"(?:(?:from|using) )?{_AMOUNT} (?:single[- ]dose )?vials?\b", _amounts("vials")),
    (rf"(?:at )?{_AMOUNT}\s*(?:/|per )\s*(?:hour|hr|h){_END}", _amounts("rate")),
    (rf"{_AMOUNT}\s*(?:/|per )\s*(?:day|d|24 ?h(?:ours|r)?){_END}", _a_day),
    (rf"(?:q|every)\s*{_N}\s*{_SPAN}", _interval),
    (r"(?:every other day|qod|q other day)\b", _schedule(Schedule(days=2))),
    (r"(?:once (?:daily|a day|per day)|daily|nightly|qd|qday|qam|qpm|qhs)\b", _schedule(Schedule(days=1))),
    (r"(?:every (?:day|night|morning|evening)|each day)\b", _schedule(Schedule(days=1))),
    (r"(?:once (?:weekly|a week|per week)|weekly|every week|qweek|q week)\b", _schedule(Schedule(days=7))),
    (r"(?:once (?:monthly|a month|per month)|monthly|every month|qmonth|q month)\b", _schedule(Schedule(months=1))),
    (r"bid\b", _schedule(Schedule(times=2))),
    (r"tid\b", _schedule(Schedule(times=3))),
    (r"qid\b", _schedule(Schedule(times=4))),
    (r"(once|one|twice|two|three|four|five|six|\d+)(?: times?)? (?:a day|daily|per day)\b", _times),
    (r"(?:continuous(?:ly)?(?: infusion)?|civi)\b", _schedule(Schedule(continuous=True))),
    (r"(?:once|one dose|single dose|x ?1 dose)\b(?! a)", _schedule(Schedule(once=True))),
    (rf"(?:on )?{_LONG_DAY}(?:(?:,? and |, ?|[-/ ]){_LONG_DAY})*(?!\w)", _weekdays),
    (rf"(?:on )?(?:{_SHORT_DAY}(?:[-/]{_SHORT_DAY})+|mwf|tths|tts)(?!\w)", _weekdays),
    (rf"(?:(?:for|x)\s*)?{_N}\s*(?:doses)\b", lambda sig, m: sig.put("doses", n) if (n := _number(m[1])) else False),
    (rf"(?:(?:for|x)\s*)?{_N}[\s-]*(days?|d|weeks?|wks?|wk|months?|mo)\b", _length),
    (rf"x\s*{_N}(?![\w.,/%])", _x),
    (r"(?:ivpb|iv|intravenous(?:ly)?)\b(?! push)", _word("route", "IV")),
    (r"(?:iv push|ivp)\b", _word("method", "injection")),
    (r"(?:sc|sq|sub-?q|subcut(?:aneous(?:ly)?)?)\b", _word("route", "SC")),
    (r"(?:im|intramuscular(?:ly)?)\b", _word("route", "IM")),
    (r"(?:it|intrathecal(?:ly)?)\b", _word("route", "IT")),
    (r"(?:po|by mouth|oral(?:ly)?)\b", _word("route", "oral")),
    (r"(?:(?:by|via|through) )?(?:an? )?(?:picc|midline|central line|port-?a-?cath)(?: line)?\b", _word("access", "vein")),
    (r"epidural(?:ly)?\b", _word("route", "epidural")),
    (r"(?:by|via) (?:g-?tube|j-?tube|ng(?: tube)?|peg(?: tube)?)\b", _word("route", "enteral")),
    (r"(?:(?:by|via|with|through) )?(?:an? )?implanted pump\b", _word("method", "implanted")),
    (r"(?:(?:by|via|with|on) )?(?:an? )?(gravity|pump|bolus|syringe)\b", lambda sig, m: sig.put("method", m[1].lower())),
    (_AMOUNT + _END, _amounts("dose")),
)  # fmt: skip
_CLAUSES = [(re.compile(pattern, re.I), take) for pattern, take in _TABLE]
_FILLER = re.compile(_FILL, re.I)
