"""Official: what the imported releases say of codes, beside what the shipped tables say; read only when it is asked for.

Of two releases that hold a code the later speaks. A complete HCPCS release also speaks of the codes that it lacks: on its
days no other code of its sections exists. It lacks whole sections of other owners (codes of five digits, dental codes),
and of these it says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from perdiem.codes.releases import Release, loaded, rows
from perdiem.codes.shapes import SHAPES

LEVEL_TWO = re.compile(r"[A-Z][0-9]{4}")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Life:
    """One HCPCS code in one release: the release and its first day, and the code's own days and successors."""

    code: str
    release: str
    of: date
    start: date | None = None
    end: date | None = None
    successor: tuple[str, ...] = ()


@dataclass(frozen=True)
class CompleteSpan:
    """Days, first and last inclusive, for which all codes are loaded that begin with one of ``sections``."""

    first: date
    last: date
    sections: str


Pages = Callable[[], Mapping[str, Life]]


class Official:
    """The lives of codes by release, newest first, and the spans of days for which a whole release is loaded.

    pages: one function for each release, newest first, that reads its codes; called once, and only when a code is asked
    for that no newer release holds.
    """

    def __init__(self, pages: Sequence[Pages] = (), spans: Sequence[CompleteSpan] = ()) -> None:
        self._unread, self._read = list(pages), list[Mapping[str, Life]]()
        self.complete = tuple(spans)

    def life(self, code: str) -> Life | None:
        """What the newest release that holds a code says of it; None where none does."""
        for page in self._pages():
            if code in page:
                return page[code]
        return None

    def _pages(self) -> Iterator[Mapping[str, Life]]:
        yield from self._read
        while self._unread:
            self._read.append(self._unread.pop(0)())
            yield self._read[-1]

    def spans(self, code: str) -> list[tuple[date, date, bool]]:
        """All days there are, as runs of first and last day, and whether every code like this one is loaded for them."""
        told, next_ = list[tuple[date, date, bool]](), date.min
        mine = [s for s in self.complete if LEVEL_TWO.fullmatch(code) and code[0] in s.sections]
        for span in sorted(mine, key=lambda s: (s.first, s.last)):
            if span.last < next_:
                continue
            first = max(span.first, next_)
            if first > next_:
                told.append((next_, first - _DAY, False))
            joins = bool(told) and told[-1][2]
            told[-1 if joins else len(told) :] = [(told[-1][0] if joins else first, span.last, True)]
            next_ = span.last + _DAY
        return [*told, (next_, date.max, False)]


def official(releases: Sequence[Release], folder: Path) -> Official:
    """What these releases of HCPCS Level II, kept in a folder, say of codes."""
    newest = sorted((r for r in releases if r.kind == "hcpcs"), key=lambda r: (r.effective, r.complete, r.id), reverse=True)
    return Official([_page(release, folder) for release in newest], complete_spans(releases))


def complete_spans(releases: Sequence[Release]) -> list[CompleteSpan]:
    """The days for which a complete HCPCS release is loaded, by first day.

    A release that states no last day holds to the end of its quarter and no longer: the next one may add codes.
    """
    whole = sorted((r for r in releases if r.kind == "hcpcs" and r.complete), key=lambda r: (r.effective, r.id))
    return [CompleteSpan(r.effective, r.last, r.sections) for r in whole if r.last]


def texts(code: str) -> list[tuple[str, str, str]]:
    """What the user's releases call a code, as (title of the kind, release, text): for each kind the newest that has it."""
    told = []
    for kind, column in (("hcpcs", "text"), ("modifier", "text"), ("place", "text"), ("icd10cm", "text")):
        for release in sorted(loaded(kind), key=lambda r: (r.effective, r.id), reverse=True):
            found = rows(release, (column,), (code.replace(".", ""),)).column(column).to_pylist()
            if found and found[0]:
                told.append((SHAPES[kind].title, release.id, found[0]))
                break
    return told


def _page(release: Release, folder: Path) -> Pages:
    def read() -> dict[str, Life]:
        table = rows(release, ("code", "start", "end", "successor"), folder=folder).to_pydict()
        lives = zip(table["code"], table["start"], table["end"], table["successor"], strict=True)
        return {code: Life(code, release.id, release.effective, s, e, tuple(after or ())) for code, s, e, after in lives}

    return read
