"""RESULTS.md: the figures as tables, beside what the prototype gave and what is to be reached."""

from __future__ import annotations

from statistics import median
from typing import Any

from figures.figure import Figure
from figures.ratios import Found

HEAD = """# Benchmark results

Written by `benchmarks/run.py`; do not edit. What each number means and how it is taken: [README.md](README.md).
Only ratios taken in one run mean anything: each is the median over alternating pairs, the range beside it.
Prototype and reach are those of the design, stated for a file of 100,000 claims on two cores (end to end with ten million
lines of history); they stand beside the numbers that they are stated for.
"""


def page(figures: list[Figure], found: Found, machine: dict[str, Any], notes: list[str]) -> str:
    """The whole page."""
    parts = [HEAD, "![claims a second](results.svg)\n"]
    if notes:
        parts.append("**Read with care:**\n\n" + "\n".join(f"- {note}" for note in notes) + "\n")
    for title, rows in _sections(figures):
        parts.append(f"## {title}\n")
        parts.append(
            "| figure | claims | measured | range | runs | prototype | reach | reached |\n|---|--:|--:|--:|--:|--:|--:|---|"
        )
        parts += [_row(one) for one in rows]
        parts.append("")
        parts += _hows(rows)
    parts.append("## Claims a second\n\n| what | claims | median s | claims/s |\n|---|--:|--:|--:|")
    parts += [f"| {what} | {claims:,} | {took:.3f} | {claims / took:,.0f} |" for what, claims, took in speeds(found)]
    parts.append("\n## Machine and versions\n\n| | |\n|---|---|")
    parts += [f"| {name} | {value} |" for name, value in machine.items()]
    return "\n".join(parts) + "\n"


def speeds(found: Found) -> list[tuple[str, int, float]]:
    """What, its claims, and the median of its seconds, the slowest first."""
    rows = [(what, claims, median(ran.seconds for ran in runs)) for (what, claims), runs in found.runs.items()]
    return sorted(rows, key=lambda row: (row[1] / row[2], row[0]))


def shown(value: float, unit: str) -> str:
    """A value with its unit, to three digits or so."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}{'x' if unit == 'x' else ' ' + unit}"


def _row(one: Figure) -> str:
    span = f"{shown(one.least, one.unit)} to {shown(one.greatest, one.unit)}"
    prototype, reach, reached = "", "", ""
    if one.goal is not None:
        prototype, reach = one.goal.prototype, one.goal.reach
        reached = "yes" if one.goal.reached(one.value) else "no"
    cells = [one.name, f"{one.claims:,}", f"**{shown(one.value, one.unit)}**", span, str(one.runs), prototype, reach, reached]
    return "| " + " | ".join(cells) + " |"


def _hows(rows: list[Figure]) -> list[str]:
    """How the figures of a table were taken, each way of taking them once."""
    ways: dict[str, list[str]] = {}
    for one in rows:
        names = ways.setdefault(one.how, [])
        label = f"{one.name} ({one.claims:,})"
        if label not in names:
            names.append(label)
    return [f"- {', '.join(names)}: {how}." for how, names in ways.items()] + [""]


def _sections(figures: list[Figure]) -> list[tuple[str, list[Figure]]]:
    titles: dict[str, str | tuple[str, ...]] = {
        "Parse to tables": "parse",
        "End to end": "end to end",
        "One claim, first answer": ("one claim", "first", "all"),
        "Memory": "memory",
        "Growth": "growth",
    }
    made = [(title, [one for one in figures if one.name.startswith(starts)]) for title, starts in titles.items()]
    return [(title, rows) for title, rows in made if rows]
