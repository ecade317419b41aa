"""The papers that payers and sources ask for: read from the library, and those that a code needs on a day."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date
from functools import cache
from importlib.resources.abc import Traversable
from typing import Any

from perdiem.codes.book import LIBRARY, Book, open_book
from perdiem.codes.sets import CodeSets
from perdiem.codes.texts import Toml, citation, fields_of, read_texts, read_toml
from perdiem.model.citation import Source
from perdiem.model.document import ANY, WHEN, Demand, Document, Needed
from perdiem.model.errors import PolicyError
from perdiem.policy.payers import read_payers
from perdiem.policy.read import read_policies

_WHERE = "documents.toml"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NEEDED = {"of": list, "codes": list, "when": str, "says": str, "holds": list, "cite": dict}
_FREE = {"also": list, "condition": str, "modifiers": list, "since": date, "until": date, "after": str}


def needed(
    code: str,
    of: str = "",
    on: date | None = None,
    *,
    modifiers: Collection[str] | None = None,
    book: Book | None = None,
) -> tuple[Needed, ...]:
    """The papers that a code needs under a payer or policy, for service on a day, in the order of the library.

    of: the id of a payer or policy; without it only what is asked whatever the payer. on: None for any day. modifiers: those
    on the line; None where no line is at hand, so that demands that hang on a modifier are told too.
    Raises PolicyError for an id that is neither payer nor policy.
    """
    return _asked(code, of, modifiers, book, lambda demand: on is None or demand.since <= on <= demand.until)


def ended(code: str, of: str = "", on: date | None = None, *, book: Book | None = None) -> tuple[Needed, ...]:
    """The papers that were asked for once and that must no longer be sent for service on a day."""
    return _asked(code, of, None, book, lambda demand: bool(demand.after) and on is not None and demand.until < on)


def _asked(code: str, of: str, modifiers: Collection[str] | None, book: Book | None, fits: Any) -> tuple[Needed, ...]:
    book = book or open_book()
    facts, sets, asking = book.look_up(code.strip().upper()), CodeSets(book, {}, _WHERE), _asking(of)
    found = []
    for document in documents():
        demands = tuple(
            demand
            for demand in document.demands
            if asking & set(demand.of)
            and fits(demand)
            and (modifiers is None or not demand.modifiers or set(demand.modifiers) & set(modifiers))
            and sets.holds(demand.codes, facts)
        )
        if demands:
            found.append(Needed(document, demands))
    return tuple(found)


def _asking(of: str) -> set[str]:
    """Under which names demands are made of claims to a payer, or under a policy."""
    if not of or of in {payer.id for payer in read_payers()}:
        return {of, ANY}
    found = next((policy for policy in read_policies() if of in (policy.id, policy.name)), None)
    if found is None:
        raise PolicyError("documents", f"{of!r} is no payer and no policy", "perdiem policy list --payers shows them")
    return {found.id, found.payer, ANY}


@cache
def documents() -> tuple[Document, ...]:
    """Every paper of the library."""
    return read_documents()


def read_documents(library: Traversable = LIBRARY) -> tuple[Document, ...]:
    """The papers as they are written. Raises PolicyError for an entry that is not as it should be."""
    toml = read_toml(library / _WHERE, _WHERE)
    if set(toml) != {"document"}:
        raise PolicyError(_WHERE, "holds something besides [[document]], or none", "Write each paper as [[document]]")
    texts = read_texts(library)
    found = [_document(row, texts, number) for number, row in enumerate(toml["document"], 1)]
    ids = [document.id for document in found]
    for twice in sorted({id for id in ids if ids.count(id) > 1}):
        raise PolicyError(_WHERE, f"two papers have the id {twice}", "Give each its own")
    return tuple(found)


def _document(row: Toml, texts: dict[str, Source], number: int) -> Document:
    here = f"{_WHERE}, {row.get('id', f'entry {number}')}"
    given = fields_of(row, {"id": str, "name": str, "by": str, "demand": list}, {}, here)
    if not _ID.fullmatch(given["id"]):
        raise PolicyError(here, "the id is no phrase in small letters", "Write small letters, digits and hyphens")
    demands = tuple(_demands(given["demand"], texts, here))
    if not demands:
        raise PolicyError(here, "nobody asks for it", "Add [[document.demand]] with a citation")
    return Document(given["id"], given["name"], given["by"], demands)


def _demands(rows: list[Any], texts: dict[str, Source], here: str) -> Iterator[Demand]:
    for number, row in enumerate(rows, 1):
        place = f"{here}, demand {number}"
        if not isinstance(row, dict):
            raise PolicyError(place, "is no table", "Write it as [[document.demand]]")
        given = fields_of(row, _NEEDED, _FREE, place)
        if given["when"] not in WHEN:
            raise PolicyError(place, f"{given['when']!r} is no time", f"Use {', '.join(WHEN)}")
        for name in ("of", "codes"):
            if not given[name]:
                raise PolicyError(place, f"{name} is empty", f"Name one or more under {name}")
        for name in ("of", "codes", "holds", "modifiers"):
            if not all(isinstance(value, str) for value in given.get(name, ())):
                raise PolicyError(place, f"{name} holds something that is no text", "Write each entry in quotes")
            given[name] = tuple(given.get(name, ()))
        if given.get("since", date.min) > given.get("until", date.max):
            raise PolicyError(place, "it ends before it begins", "Put since before until")
        if "after" in given and "until" not in given:
            raise PolicyError(place, "after is said of a demand that does not end", "Add until")
        given["cite"] = citation(given["cite"], texts, place)
        given["also"] = tuple(citation(row, texts, place) for row in given.get("also", ()))
        yield Demand(**given)
