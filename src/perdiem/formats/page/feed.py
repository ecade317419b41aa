"""A feed (Atom) of a publication: what it holds, by the day on which each thing was last read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape, quoteattr


@dataclass(frozen=True)
class Entry:
    """One thing of a feed; ``mark`` tells it from an earlier state of itself."""

    title: str
    address: str
    mark: str
    day: date
    summary: str


def feed(title: str, mark: str, entries: Sequence[Entry]) -> str:
    """The feed as XML; its day is that of its newest entry."""
    newest = max((entry.day for entry in entries), default=date.min)
    lines = ['<?xml version="1.0" encoding="utf-8"?>', '<feed xmlns="http://www.w3.org/2005/Atom">']
    lines += [f"<title>{escape(title)}</title>", f"<id>urn:perdiem:{escape(mark)}</id>", _day(newest)]
    lines.append("<author><name>perdiem</name></author>")
    for entry in entries:
        lines += ["<entry>", f"<title>{escape(entry.title)}</title>", f"<link href={quoteattr(entry.address)}/>"]
        lines += [
            f"<id>urn:perdiem:{escape(entry.mark)}</id>",
            _day(entry.day),
            f"<summary>{escape(entry.summary)}</summary>",
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>"]) + "\n"


def _day(day: date) -> str:
    return f"<updated>{day.isoformat()}T00:00:00Z</updated>"
