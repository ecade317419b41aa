"""The register of conflicts: where the documents that perdiem reads contradict each other or the official code set.

Imported releases that differ from each other are another matter: :mod:`perdiem.codes.conflicts` finds those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources.abc import Traversable

from perdiem.codes.book import LIBRARY
from perdiem.codes.texts import Toml, citation, fields_of, place_of, read_texts, read_toml
from perdiem.model.citation import Source
from perdiem.model.conflict import STATES, Conflict, Side
from perdiem.model.errors import PolicyError

EACH = "each payer"
"""Followed where no side is wrong: each is right for its own claims."""

_TERM = re.compile(r"([A-Z0-9]{5})(?:\.\.([A-Z0-9]{5}))?")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_RULE = re.compile(r"[a-z0-9-]+#[a-z0-9-]+")
_NEEDED = dict.fromkeys(("id", "field", "about", "followed", "why", "status"), str) | {"codes": list, "sides": list}
_FREE = {"fact": int, "rules": list, "checked": str}


def conflicts(code: str | None = None) -> tuple[Conflict, ...]:
    """The conflicts of the register, all or those about one code, in the order of the register."""
    found = _shipped()
    return found if code is None else tuple(conflict for conflict in found if conflict.speaks_of(code.strip().upper()))


@cache
def _shipped() -> tuple[Conflict, ...]:
    return read_register()


def resting(rule: str, code: str) -> tuple[Conflict, ...]:
    """The conflicts on whose answer a rule (``policy#rule``) rests when it meets a code."""
    return tuple(c for c in _shipped() if rule in c.rules and (not c.codes or c.speaks_of(code)))


def read_register(library: Traversable = LIBRARY) -> tuple[Conflict, ...]:
    """The register as it is written. Raises PolicyError for an entry that is not as it should be."""
    toml = read_toml(library / "codes" / "conflicts.toml", "conflicts.toml")
    if set(toml) != {"conflict"}:
        raise PolicyError("conflicts.toml", "holds something besides [[conflict]], or none", "Write each entry as [[conflict]]")
    texts = read_texts(library)
    found = [_conflict(row, texts, number) for number, row in enumerate(toml["conflict"], 1)]
    for what in ("id", "fact"):
        seen = [getattr(conflict, what) for conflict in found if getattr(conflict, what)]
        for twice in sorted({value for value in seen if seen.count(value) > 1}):
            raise PolicyError("conflicts.toml", f"two entries have the {what} {twice}", "Give each its own")
    return tuple(found)


def _conflict(row: Toml, texts: dict[str, Source], number: int) -> Conflict:
    here = f"conflicts.toml, {row.get('id', f'entry {number}')}"
    given = fields_of(row, _NEEDED, _FREE, here)
    if not _ID.fullmatch(given["id"]):
        raise PolicyError(here, "the id is no phrase in small letters", "Write small letters, digits and hyphens")
    sides = tuple(_sides(given["sides"], texts, here))
    if len(sides) < 2:
        raise PolicyError(here, "one side alone is no conflict", "Give two sides or more, each with its place")
    if given["status"] not in STATES:
        raise PolicyError(here, f"no status {given['status']!r}", f"Use {', '.join(STATES)}")
    heard = sorted({side.cite.source for side in sides})
    if given["followed"] not in (EACH, *heard):
        raise PolicyError(here, f"{given['followed']!r} is followed and is no side", f"Use {', '.join(heard)} or {EACH}")
    for term in given["codes"]:
        span = _TERM.fullmatch(term) if isinstance(term, str) else None
        if span is None or (span[2] and span[2] < span[1]):
            raise PolicyError(
                here, f"{term!r} is no code and no range", "Write one code of five signs, or two with .. between them"
            )
    for rule in given.get("rules", ()):
        if not isinstance(rule, str) or not _RULE.fullmatch(rule):
            raise PolicyError(here, f"{rule!r} names no rule", "Write policy#rule")
    texts_of = {name: tuple(given.get(name, ())) for name in ("codes", "rules")}
    return Conflict(**{**given, **texts_of, "sides": sides})


def _sides(rows: list[Toml], texts: dict[str, Source], here: str) -> Iterator[Side]:
    for number, row in enumerate(rows, 1):
        place = f"{here}, side {number}"
        if not isinstance(row, dict):
            raise PolicyError(place, "is no table", "Write { source = ..., section = ..., says = ... }")
        says = fields_of({k: v for k, v in row.items() if k not in place_of(row)}, {"says": str}, {}, place)["says"]
        yield Side(citation(place_of(row), texts, place), says)
