"""A document: a paper that stands behind a service, and who asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from perdiem.model.citation import Citation

WHEN = {
    "first": "before the first service",
    "delivery": "at each delivery",
    "visit": "at each visit or infusion",
    "claim": "with the claim",
    "request": "on request, after payment too",
}
"""When a paper is due, in words."""

ANY = "any"
"""Asks for papers whatever the payer: a reference page, which binds nobody."""


@dataclass(frozen=True)
class Demand:
    """One who asks for a paper: of which payers or policies, for which codes and days of service, when, and where it says so.

    codes: terms of a code set. modifiers: the demand stands only where a line bears one of them; empty for all lines. holds:
    what the paper must hold; empty where the source only names it. after: what is true of it once it has ended.
    """

    of: tuple[str, ...]
    codes: tuple[str, ...]
    when: str
    says: str
    cite: Citation
    also: tuple[Citation, ...] = ()
    holds: tuple[str, ...] = ()
    condition: str = ""
    modifiers: tuple[str, ...] = ()
    since: date = date.min
    until: date = date.max
    after: str = ""


@dataclass(frozen=True)
class Document:
    """One sort of paper, who writes or signs it, and all who ask for it."""

    id: str
    name: str
    by: str
    demands: tuple[Demand, ...]


@dataclass(frozen=True)
class Needed:
    """One paper that a code needs, with those of its demands that are the reason."""

    document: Document
    demands: tuple[Demand, ...]
