"""Search in the code book: every word must be found in a code, its label, class, therapy or note.

A word that begins with ``@`` is a set of the book as policies write it (``@drug``, ``@per diem``, ``@therapy:tpn``): only
codes of that set are found.
"""

from __future__ import annotations

from difflib import get_close_matches

from perdiem.codes.book import Book, CodeFacts
from perdiem.codes.sets import CodeSets, names
from perdiem.model.errors import PolicyError

_LONGEST = 4
"""Words that the name of a set may have."""


def search(book: Book, words: str) -> list[CodeFacts]:
    """Codes that hold every word, best first: exact code, code prefix, label, the rest; then by code.

    Raises PolicyError for a set that the book does not have.
    """
    asked, wanted = _parted(book, words.split())
    sets = CodeSets(book, {}, "codes search")
    ranked = []
    for facts in book.codes.values():
        if not all(sets.holds(f"@{name}", facts) for name in asked):
            continue
        therapy = book.therapy_of(facts.code)
        label = facts.label.casefold()
        family = therapy.family if therapy else ""
        hay = " ".join([facts.code, label, facts.kind_of, *facts.families, family, facts.note]).casefold()
        if (wanted or asked) and all(word in hay for word in wanted):
            code = facts.code.casefold()
            rank = 0 if code in wanted else 1 if any(map(code.startswith, wanted)) else 2 if wanted and wanted[0] in label else 3
            ranked.append((rank, facts.code, facts))
    return [facts for _, _, facts in sorted(ranked, key=lambda row: row[:2])]


def _parted(book: Book, words: list[str]) -> tuple[list[str], list[str]]:
    """The sets and the other words, casefolded; a name of several words is taken as far as the book knows it."""
    known = {name.casefold(): name for name in names(book)}
    asked, wanted = [], []
    while words:
        if not words[0].startswith("@"):
            wanted.append(words.pop(0).casefold())
            continue
        spoken = [" ".join(words[:size]).removeprefix("@").casefold() for size in range(min(_LONGEST, len(words)), 0, -1)]
        name = next((one for one in spoken if one in known), None)
        if name is None:
            raise PolicyError("codes search", f"the book has no set {words[0]!r}", _instead(spoken[-1], list(known)))
        asked.append(known[name])
        del words[: name.count(" ") + 1]
    return asked, wanted


def _instead(spoken: str, known: list[str]) -> str:
    near = ", ".join(f"@{name}" for name in get_close_matches(spoken, known, 3))
    return f"Near to it: {near}" if near else "Sets are @drug, @all, a class as @flush, and @therapy: or @family: with a therapy"
