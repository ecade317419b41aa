"""Code sets: short lists of terms that name codes, ranges and attributes of the book.

A term is a code (``S9563``), a range (``S9325..S9379``), an attribute of the book or the name of another
set of the same policy. Attributes: ``@<class>`` (``@per diem``), ``@drug`` (every drug line),
``@family:<family>`` (drugs of a family), ``@therapy:<family>`` (its per diem codes), ``@unknown``
(codes without a row of their own), ``@all``. ``-`` before a term takes its codes out again. Terms are read from left to right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from perdiem.codes.book import Book, CodeFacts
from perdiem.model.errors import PolicyError

_PLAIN = ("all", "drug", "known", "unknown")
_CODE = re.compile(r"[A-Z0-9]{5}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def names(book: Book) -> list[str]:
    """The attributes of the book that a term may name after ``@``: the plain ones, its classes, families and therapies."""
    families = sorted({family for facts in book.codes.values() for family in facts.families})
    classes = sorted({facts.kind_of for facts in book.codes.values()} - set(_PLAIN))
    therapies = [therapy.family for therapy in book.therapies]
    return [*_PLAIN, *classes, *(f"family:{name}" for name in families), *(f"therapy:{name}" for name in therapies)]


class CodeSets:
    """The named sets of one policy over one book; ``holds`` answers for one code."""

    def __init__(self, book: Book, named: Mapping[str, Sequence[str]], where: str) -> None:
        self._book, self._named, self._where = book, named, where
        self._known: dict[tuple[str, str], bool] = {}  # by term and code: rules of a policy ask for the same sets

    def holds(self, terms: str | Sequence[str], facts: CodeFacts, inside: tuple[str, ...] = ()) -> bool:
        """Whether the terms name this code; raises PolicyError for a term that cannot be read.

        The facts are those that the book has of their code.
        """
        answer = False
        for term in [terms] if isinstance(terms, str) else terms:
            out = term.startswith("-")
            if answer == out:
                asked = term[out:], facts.code
                if asked not in self._known:
                    self._known[asked] = self._names(asked[0], facts, inside)
                if self._known[asked]:
                    answer = not out
        return answer

    def members(self, terms: str | Sequence[str]) -> list[str]:
        """The codes of the book (those with a row) that the terms name, sorted."""
        return sorted(code for code, facts in self._book.codes.items() if self.holds(terms, facts))

    def _names(self, term: str, facts: CodeFacts, inside: tuple[str, ...]) -> bool:
        if term.startswith("@"):
            return self._attribute(term[1:], facts)
        first, dots, last = term.partition("..")
        if dots and _CODE.fullmatch(first) and _CODE.fullmatch(last) and first <= last:
            return len(facts.code) == len(first) and first <= facts.code <= last
        if _CODE.fullmatch(term):
            return facts.code == term
        if _NAME.fullmatch(term) and term in self._named:
            if term in inside:
                raise PolicyError(self._where, f"the code set {term!r} contains itself", "Break the circle")
            return self.holds(self._named[term], facts, (*inside, term))
        raise PolicyError(
            self._where,
            f"{term!r} is no code, range, attribute or set of this policy",
            "Write A1234, A1234..A1299, @attribute or the name of a set under [codes]",
        )

    def _attribute(self, name: str, facts: CodeFacts) -> bool:
        head, colon, family = name.partition(":")
        if colon and head == "family":
            return family in facts.families
        if colon and head == "therapy":
            therapy = next((t for t in self._book.therapies if t.family == family), None)
            if therapy is None:
                raise PolicyError(self._where, f"no therapy family {family!r}", "See library/therapies.toml")
            return facts.code in therapy.per_diems
        plain = {"all": True, "drug": facts.drug_line, "unknown": not facts.known, "known": facts.known}
        return plain.get(name, facts.kind_of == name)
