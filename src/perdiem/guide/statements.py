"""Statements: what briefs say in prose, as data in ``library/briefs``: of which codes, on which part, and what each rests on.

A file has ``[codes]``, named sets as in a policy, and ``[[statement]]`` with ``of`` (terms of a code set), ``part`` (:data:`PARTS`)
and ``says``. A statement rests on at least one of: ``cite`` (a place in a source, with its fingerprint), ``rule``
(``policy#rule``, and with ``case`` the case of that policy which shows it), ``descriptor = true`` (the code's official name),
``own = true`` (perdiem's own wording, which a clinician is still to review). ``{code}``, ``{label}`` and the words under
``[statement.values.<code>]`` may stand in ``says`` and ``asks``; so one statement serves many codes. ``asks`` is the question of a
``question``; ``modifiers`` and ``places`` say which of these a statement is about.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from perdiem.codes.book import LIBRARY, Book, CodeFacts
from perdiem.codes.sets import CodeSets
from perdiem.codes.texts import citation, read_texts
from perdiem.model.citation import Citation, Source
from perdiem.model.errors import PolicyError

PARTS = {
    "summary": "what the code is, in a sentence",
    "service": "the sort of service",
    "sites": "where it is typically given",
    "context": "who is treated, and why",
    "workflow": "what is done, step by step",
    "modifier": "when a modifier is used",
    "documents": "what is written down",
    "billing": "what a claim must show",
    "payers": "what is known of a payer (``payer``, a brand of the library) beside its loaded policies",
    "related": "how other codes (``codes``) stand to it",
    "question": "a question that is often asked, with its answer",
}
_KNOWN = {
    "of",
    "part",
    "says",
    "asks",
    "modifiers",
    "places",
    "codes",
    "cite",
    "rule",
    "case",
    "descriptor",
    "own",
    "payer",
    "values",
}


@dataclass(frozen=True)
class Statement:
    """One statement; see the head of this file. ``where`` names its file and number, for messages."""

    where: str
    of: tuple[str, ...]
    part: str
    says: str
    asks: str = ""
    modifiers: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    cite: Citation | None = None
    rule: str = ""
    case: str = ""
    descriptor: bool = False
    own: bool = False
    payer: str = ""
    values: Mapping[str, Mapping[str, str]] | None = None

    def told(self, facts: CodeFacts) -> str:
        """What it says of a code. Raises PolicyError for a word that nobody gives."""
        return self._filled(self.says, facts)

    def asked(self, facts: CodeFacts) -> str:
        """Its question, of a code."""
        return self._filled(self.asks, facts)

    def _filled(self, template: str, facts: CodeFacts) -> str:
        given = {"code": facts.code, "label": facts.label} | dict((self.values or {}).get(facts.code, {}))
        try:
            return template.format_map(given)
        except (KeyError, ValueError, IndexError) as error:
            raise PolicyError(self.where, f"{facts.code} has no {error}", "Give it under [statement.values.<code>]") from error


@dataclass(frozen=True)
class Statements:
    """The statements of one file, with the code sets that they name."""

    sets: CodeSets
    statements: tuple[Statement, ...]

    def of(self, facts: CodeFacts) -> list[Statement]:
        """The statements about a code, in printed order."""
        return [said for said in self.statements if self.sets.holds(said.of, facts)]


def read_statements(book: Book, library: Traversable = LIBRARY) -> tuple[Statements, ...]:
    """Every file of ``library/briefs``, by name. Raises PolicyError for what is not as the head of this file says."""
    return tuple(
        Statements(CodeSets(book, {name: tuple(terms) for name, terms in toml.get("codes", {}).items()}, where), statements)
        for where, toml, statements in _read(library)
    )


def _read(library: Traversable) -> tuple[tuple[str, dict[str, Any], tuple[Statement, ...]], ...]:
    found, texts = [], read_texts(library)
    for file in sorted((library / "briefs").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            where = f"briefs/{file.name}"
            try:
                toml = tomllib.loads(file.read_text("utf-8"))
            except tomllib.TOMLDecodeError as error:
                raise PolicyError(where, f"not TOML: {error}", "Mend the line it names") from error
            found.append(
                (
                    where,
                    toml,
                    tuple(_statement(row, texts, f"{where}, statement {n}") for n, row in enumerate(toml.get("statement", ()), 1)),
                )
            )
    return tuple(found)


def _statement(row: dict[str, Any], texts: dict[str, Source], where: str) -> Statement:
    strange = sorted(set(row) - _KNOWN)
    if strange or not {"of", "part", "says"} <= set(row):
        raise PolicyError(where, f"of, part and says are needed, {strange or 'one'} is not known or missing", f"It knows {_KNOWN}")
    if row["part"] not in PARTS:
        raise PolicyError(where, f"no part {row['part']!r}", f"Parts are {', '.join(PARTS)}")
    if not any(row.get(basis) for basis in ("cite", "rule", "descriptor", "own")):
        raise PolicyError(where, "it rests on nothing", "Give cite, rule, descriptor = true or own = true")
    if (row["part"] == "question") != bool(row.get("asks")):
        raise PolicyError(where, "a question has asks, and nothing else has", "Add or remove asks")
    if (row["part"] == "payers") != bool(row.get("payer")):
        raise PolicyError(where, "a statement of payers names its payer, and no other does", "Add or remove payer")
    given: dict[str, Any] = {**row, **{name: tuple(row[name]) for name in ("of", "modifiers", "places", "codes") if name in row}}
    if "cite" in row:
        given["cite"] = citation(row["cite"], texts, where)
    return Statement(where=where, **given)
