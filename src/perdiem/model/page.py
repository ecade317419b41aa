"""A page: what a brief, a checklist or a report says, in blocks that every way of writing it shows alike.

A page knows no layout. Its text is plain text throughout: whatever writes it escapes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal, TypeAlias

Style = Literal["plain", "code", "strong", "citation"]

_SAFE = re.compile(r"(?:https?://|#)\S+|(?!\w+:|//)[\w./#%-]+")
"""Where a link may lead: the web, a place on the page, or a file beside it; never a script."""


def one_line(text: str) -> str:
    """A text as every way of writing shows it: white space is single spaces, and characters that steer a reader are left out."""
    if text.isprintable() and "  " not in text:
        return text
    return re.sub(r"\s+", " ", "".join(c for c in text if c.isprintable() or c.isspace()))


@dataclass(frozen=True)
class Span:
    """A run of text in one style; with a link where it leads somewhere."""

    text: str
    style: Style = "plain"
    link: str = ""

    @property
    def address(self) -> str:
        """The link, or empty where it is none that a page may follow."""
        return self.link if _SAFE.fullmatch(self.link) else ""

    @property
    def shown(self) -> str:
        """The text as it is shown."""
        return one_line(self.text)


class Gap(StrEnum):
    """Why a fact is missing."""

    NOT_IN_SOURCE = "not in the sources"
    NO_FILE = "no file given"
    LICENCE = "licence"
    TOO_FEW = "too few to show"
    NO_POLICY = "no policy loaded"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True)
class Missing:
    """A fact that is not available: the reason, and in words what would fill it. It is never left blank and never guessed."""

    gap: Gap
    words: str

    @property
    def told(self) -> str:
        """The whole of it in words."""
        return f"Not available ({self.gap}): {self.words}"


Words: TypeAlias = tuple[Span, ...]
Cell: TypeAlias = Words | Missing


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    words: Words


@dataclass(frozen=True)
class Bullets:
    """A list of points; numbered where their order matters."""

    points: tuple[Words, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under column heads; the first cell of a row names it. ``numeric`` columns (from 0) stand to the right."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True)
class Facts:
    """Terms, each with what it is."""

    pairs: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True)
class Figure:
    """A drawing as SVG of our own making, and in words all that it shows, for who cannot see it."""

    svg: str
    instead: str
    caption: str = ""


@dataclass(frozen=True)
class Tick:
    """One row of a checklist: what is wanted, who and when, where that stands, and whether it is there (None: not known)."""

    wanted: Words
    note: Words = ()
    source: Words = ()
    there: bool | None = None


@dataclass(frozen=True)
class Ticks:
    """Rows to tick off."""

    rows: tuple[Tick, ...]


Block: TypeAlias = Paragraph | Bullets | Table | Facts | Figure | Ticks | Missing


@dataclass(frozen=True)
class Section:
    """A titled part of a page, with blocks and smaller parts; ``id`` is its address on the page."""

    id: str
    title: str
    blocks: tuple[Block, ...] = ()
    parts: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Page:
    """All that one page says. ``as_of`` is the day for which it holds; ``foot`` stands at its end."""

    title: str
    subtitle: str
    as_of: date | None
    sections: tuple[Section, ...]
    foot: Words = ()


def words(*parts: str | Span) -> Words:
    """Texts and spans in a row as the words of a block; empty texts are left out."""
    return tuple(part if isinstance(part, Span) else Span(part) for part in parts if part)


def plain(cell: Cell) -> str:
    """The words of a cell without styles and links."""
    return cell.told if isinstance(cell, Missing) else "".join(span.shown for span in cell)


def walk(sections: tuple[Section, ...]) -> Iterator[Section]:
    """Every section and part, in the order of reading."""
    for section in sections:
        yield section
        yield from walk(section.parts)


def cells(block: Block) -> Iterator[Cell]:
    """Every cell of a block, in the order of reading."""
    match block:
        case Missing():
            yield block
        case Paragraph(words=told):
            yield told
        case Bullets(points=points):
            yield from points
        case Table(rows=rows):
            yield from (cell for row in rows for cell in row)
        case Facts(pairs=pairs):
            yield from (cell for _, cell in pairs)
        case Ticks(rows=ticks):
            yield from (part for tick in ticks for part in (tick.wanted, tick.note, tick.source) if part)
        case Figure(instead=instead):
            yield (Span(instead),)
