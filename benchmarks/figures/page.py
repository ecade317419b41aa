"""RESULTS.md: the figures as tables, beside what the prototype gave and what is to be reached."""

from __future__ import annotations

from statistics import median
from typing import Any

from figures.machine import BUSY, OURS

Told = dict[str, Any]

HEAD = """# Benchmark results

Written by `benchmarks/run.py`; do not edit. What each number means and how it is taken: [README.md](README.md).
Only ratios taken in one run mean anything: each is the median over alternating pairs, the range beside it.
Prototype and reach are those of the design, stated for a file of 100,000 claims on two cores (end to end with ten million
lines of history); they stand beside the numbers that they are stated for. Why some are not reached:
[What holds the rest back](README.md#what-holds-the-rest-back).
"""
TITLES = {  # with the sections under each
    "Parse to tables": ("parse",),
    "End to end": ("end",),
    "End to end with a year of history for each member": ("year",),
    "One claim, first answer": ("one", "first"),
    "History into a store": ("history",),
    "Memory": ("memory",),
    "Growth": ("growth",),
}


def page(told: Told) -> str:
    """The whole page."""
    parts = [HEAD, _begun(told), "![claims a second](results.svg)\n"]
    if notes := list(dict.fromkeys(note for section in told["sections"].values() for note in section["notes"])):
        parts.append("**Read with care:**\n\n" + "\n".join(f"- {note}" for note in notes) + "\n")
    for title, names in TITLES.items():
        sections = {name: told["sections"][name] for name in names if name in told["sections"]}
        rows = [one for section in sections.values() for one in section["figures"]]
        if not rows:
            continue
        parts.append(f"## {title}\n")
        parts += [line for name, section in sections.items() for line in _taken(name, section, told)]
        parts.append(
            "| figure | claims | measured | range | runs | prototype | reach | reached |\n|---|--:|--:|--:|--:|--:|--:|---|"
        )
        parts += [_row(one) for one in rows]
        parts.append("")
        parts += _hows(rows)
    parts.append("## Claims a second\n\n| what | claims | median s | claims/s |\n|---|--:|--:|--:|")
    parts += [f"| {what} | {claims:,} | {took:.3f} | {claims / took:,.0f} |" for what, claims, took in speeds(told)]
    parts.append("\n## Machine and versions\n\n| | |\n|---|---|")
    parts += [f"| {name} | {value} |" for name, value in told["machine"].items()]
    return "\n".join(parts) + "\n"


def speeds(told: Told) -> list[tuple[str, int, float]]:
    """What, its claims, and the median of its seconds, the slowest first."""
    seconds: dict[tuple[str, int], list[float]] = {}
    for section in told["sections"].values():
        for runs in section["runs"]:
            seconds.setdefault((runs["what"], runs["claims"]), []).extend(runs["seconds"])
    rows = [(what, claims, median(took)) for (what, claims), took in seconds.items()]
    return sorted(rows, key=lambda row: (row[1] / row[2], row[0]))


def shown(value: float, unit: str) -> str:
    """A value with its unit, to three digits or so."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}{'x' if unit == 'x' else ' ' + unit}"


def _begun(told: Told) -> str:
    said = f"Run begun {told['day']}; {_load(told)} on {told['machine']['cores']} cores."
    if told["load before"] and told["load before"][0] >= BUSY:
        said += " **The machine was busy with something else: these numbers are noisy.**"
    return said + "\n"


def _load(told: Told) -> str:
    over = ", ".join(f"{load:.2f}" for load in told["load before"]) or "unknown"
    return f"load average before it (1, 5, 15 minutes) {over}"


def _taken(name: str, section: Told, told: Told) -> list[str]:
    """What must be said of a section: taken in another run than the rest, on a busy machine, or not to its end."""
    lines = []
    if section["day"] != told["day"]:
        busy = "; **the machine was busy**" if section["load before"] and section["load before"][0] >= BUSY else ""
        lines.append(f"*Section `{name}` was taken anew in a run begun {section['day']}; {_load(section)}{busy}.*\n")
    if section["greatest load"] > told["machine"]["cores"] + OURS:
        lines.append(f"*Section `{name}` is noisy: the load rose to {section['greatest load']:.1f} while it was taken.*\n")
    if not section["finished"]:
        lines.append(f"*Section `{name}` was interrupted: it has fewer runs than wanted.*\n")
    return lines


def _row(one: Told) -> str:
    span = f"{shown(one['least'], one['unit'])} to {shown(one['greatest'], one['unit'])}"
    prototype, reach, reached = "", "", ""
    if "reached" in one:
        prototype, reach, reached = one["prototype"], one["reach"], "yes" if one["reached"] else "no"
    value = f"**{shown(one['value'], one['unit'])}**"
    cells = [one["name"], f"{one['claims']:,}", value, span, str(one["runs"]), prototype, reach, reached]
    return "| " + " | ".join(cells) + " |"


def _hows(rows: list[Told]) -> list[str]:
    """How the figures of a table were taken, each way of taking them once."""
    ways: dict[str, list[str]] = {}
    for one in rows:
        names = ways.setdefault(one["how"], [])
        label = f"{one['name']} ({one['claims']:,})"
        if label not in names:
            names.append(label)
    return [f"- {', '.join(names)}: {how}." for how, names in ways.items()] + [""]
