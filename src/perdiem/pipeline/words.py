"""Words: findings said in sentences, from the policy's own templates and the facts of the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from perdiem.codes.book import Book, CodeFacts
from perdiem.edits.rule import Outcome

FOLDS = {
    "crosses": "the line split at the day the policy takes effect: it is denied from then on, and paid whole",
    "days differ": "the line split by days: they are judged differently, and it is paid whole",
}
"""What is needed where a line that is paid whole pends although no single day says so."""

UNEDITED = {
    "withdrawn": "another claim withdraws this one",
    "withdrawn early": "a claim that stands before it withdraws this one, as no other of its number is at hand; if this one is "
    "billed anew, give the claim that was withdrawn too",
    "void": "a void bills nothing",
    "before": "all its days lie before the policy takes effect",
    "excerpt": "of this payer's policy only an excerpt is known, and it says nothing of this code",
    "out of scope": "the payer's policy does not reach this claim: no code or provider brings it into scope",
    "no policy": "no policy of this payer is loaded",
}
"""Why a line is unedited."""


def successor_of(facts: CodeFacts) -> str:
    """The code that replaced another, in words; that none is known where the book has none."""
    return " or ".join(facts.successor) or "a code in force on these days (none is known to have replaced it)"


def say_days(days: Sequence[date]) -> str:
    """Days in words: runs as ``first to last``, others by comma."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(f"{run[0]}" if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def days_of(finding: Mapping[str, Any]) -> list[date]:
    """The days of a finding, each once, in order."""
    days = {s["first_day"] + timedelta(days=n) for s in finding["spans"] for n in range((s["last_day"] - s["first_day"]).days + 1)}
    return sorted(days)


def say_number(value: Decimal | None) -> int | float | None:
    """Billing units as a JSON number: whole where they are whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def say(template: str, facts: Mapping[str, str]) -> str:
    """A template with its facts filled in; a fact that is not there stays visible."""
    return template.format_map(_Known(facts))


def facts_of(
    line: Mapping[str, Any],
    finding: Mapping[str, Any],
    place: str | None,
    other: str,
    book: Book,
    told: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """What a template may speak of: code, units, days, place, with, successor, start, end, and what is told: value, wanted."""
    of = book.look_up(line["code"])
    return {
        "value": "",
        "wanted": "",
        "code": line["code"],
        "units": f"{say_number(finding['units'])} unit{'' if finding['units'] == 1 else 's'}" if finding["units"] else "",
        "days": say_days(days_of(finding)),
        "place": f"{place} ({book.places[place].label})" if place in book.places else place or "none",
        "with": other,
        "successor": successor_of(of),
        "end": of.end.isoformat() if of.end else "",
        "start": of.start.isoformat() if of.start else "",
        **(told or {}),
    }


def sentence(outcome: Outcome, facts: Mapping[str, str]) -> dict[str, str]:
    """message, fix and asks of an outcome, only those that say something."""
    said = {"message": outcome.message, "fix": outcome.fix, "asks": outcome.asks}
    return {name: say(template, facts) for name, template in said.items() if template}
