"""Whether the places that the library cites in its register of conflicts and its documents stand in the reader's texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from perdiem.codes.book import Book
from perdiem.codes.official import texts as official_texts
from perdiem.codes.register import conflicts
from perdiem.codes.texts import read_texts
from perdiem.model.citation import Citation
from perdiem.policy.citation import Text, fingerprint, fold, standing
from perdiem.policy.documents import documents
from perdiem.policy.verify import source_text

Cited = tuple[str, str, Citation]
"""What cites (the name of an entry), which of its places, and the place."""


@dataclass(frozen=True)
class Places:
    """One file of the library: how many of its citations stand where they should, and what is wrong with the others."""

    name: str
    entries: int
    citations: dict[str, int]
    faults: tuple[str, ...]

    @property
    def word(self) -> str:
        """``sound``, ``faulty``, or ``unverified`` where some text was not at hand."""
        return "faulty" if self.faults else "sound" if set(self.citations) == {"found"} else "unverified"


def verify_library(sources: Path | None, book: Book) -> list[Places]:
    """The citations of the register of conflicts and of the documents; ``sources`` holds the reader's own copies."""
    register = [(c.id, f"side {n}", side.cite) for c in conflicts() for n, side in enumerate(c.sides, 1)]
    papers = [
        (document.id, f"demand {n}", cite)
        for document in documents()
        for n, demand in enumerate(document.demands, 1)
        for cite in (demand.cite, *demand.also)
    ]
    told = (("conflicts", len(conflicts()), register), ("documents", len(documents()), papers))
    return [places(name, entries, cited, sources, book) for name, entries, cited in told]


def places(name: str, entries: int, cited: Iterable[Cited], sources: Path | None, book: Book) -> Places:
    """Where each citation stands: a text in the reader's copy, an official row in the book or in an imported release."""
    known = read_texts()
    copies: dict[str, Text | None] = {}
    counted: dict[str, int] = {}
    faults = []
    for entry, which, cite in cited:
        if cite.source not in copies:
            copies[cite.source] = source_text(known[cite.source], sources)
        found = _official(cite, book) if known[cite.source].table else standing(copies[cite.source], cite)
        counted[found] = counted.get(found, 0) + 1
        if found not in ("found", "unverified"):
            faults.append(f"{entry}, {which}: the citation of {cite.place} is {found}")
    return Places(name, entries, counted, tuple(faults))


def _official(cite: Citation, book: Book) -> str:
    """Whether the text of a code is what was read; other releases may word it otherwise, which is no fault."""
    if not cite.fingerprint:
        return "unverified"
    told: Sequence[str] = [book.look_up(cite.section).descriptor, *(text for _, _, text in official_texts(cite.section))]
    return "found" if any(fingerprint(fold(text)) == cite.fingerprint for text in told if text) else "unverified"
