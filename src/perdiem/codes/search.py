"""Search in the code book: every word must be found in a code, its label, class, therapy or note."""

from __future__ import annotations

from perdiem.codes.book import Book, CodeFacts


def search(book: Book, words: str) -> list[CodeFacts]:
    """Codes that hold every word, best first: exact code, code prefix, label, the rest; then by code."""
    wanted = words.casefold().split()
    ranked = []
    for facts in book.codes.values():
        therapy = book.therapy_of(facts.code)
        label = facts.label.casefold()
        family = therapy.family if therapy else ""
        hay = " ".join([facts.code, label, facts.kind_of, *facts.families, family, facts.note]).casefold()
        if wanted and all(word in hay for word in wanted):
            code = facts.code.casefold()
            rank = 0 if code in wanted else 1 if any(map(code.startswith, wanted)) else 2 if wanted[0] in label else 3
            ranked.append((rank, facts.code, facts))
    return [facts for _, _, facts in sorted(ranked, key=lambda row: row[:2])]
