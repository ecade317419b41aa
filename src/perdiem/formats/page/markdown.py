"""A page as Markdown (GitHub's): every character that would mean something is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator

from perdiem.model.page import (
    Block,
    Bullets,
    Cell,
    Facts,
    Figure,
    Missing,
    Page,
    Paragraph,
    Section,
    Span,
    Table,
    Ticks,
    Words,
    one_line,
)

_MEANING = re.compile(r"[\\`*_{}\[\]#|~$!@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""Characters with a meaning; a colon before slashes, an at sign and the dot after www would make links of plain text."""
_AT_START = re.compile(r"^(\d{1,9})([.)])|^([-+=])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def to_markdown(page: Page) -> str:
    """The page as one Markdown document."""
    lines = [f"# {escaped(page.title)}", escaped(page.subtitle)]
    if page.as_of:
        lines.append(f"As of {page.as_of}.")
    for section in page.sections:
        lines += _section(section, 2)
    lines += ["---", _words(page.foot)] if page.foot else []
    return "\n\n".join(line for line in lines if line) + "\n"


def escaped(text: str) -> str:
    """Plain text as Markdown that shows it, on one line."""
    told = "".join(_ENTITIES.get(c, c) for c in one_line(text))
    told = _MEANING.sub(lambda found: "\\" + found[0], told)
    return _AT_START.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else "\\" + found[3], told)


def _marked(mark: str, text: str) -> str:
    return f"{mark}{escaped(text).strip()}{mark}"


def _section(section: Section, level: int) -> Iterator[str]:
    yield f"{'#' * level} {escaped(section.title)}"
    for block in section.blocks:
        yield _block(block)
    for part in section.parts:
        yield from _section(part, level + 1)


def _block(block: Block) -> str:
    match block:
        case Paragraph(words=told):
            return _words(told)
        case Missing():
            return _cell(block)
        case Bullets(points=points, numbered=numbered):
            return "\n".join(f"{f'{n}.' if numbered else '-'} {_words(point)}" for n, point in enumerate(points, 1))
        case Facts(pairs=pairs):
            return "\n".join(f"- {_marked('**', term)}: {_cell(cell)}" for term, cell in pairs)
        case Figure(instead=instead, caption=caption):
            return f"{_marked('*', caption or 'Figure')}: {escaped(instead)}"
        case Ticks(rows=ticks):
            return "\n".join(f"- [{'x' if t.there else ' '}] {'; '.join(_each(t.wanted, t.note, t.source))}" for t in ticks)
        case Table(caption=caption, columns=columns, rows=rows, numeric=numeric):
            rule = " | ".join("---:" if n in numeric else "---" for n in range(len(columns)))
            drawn = [" | ".join(escaped(column) for column in columns), rule, *(" | ".join(map(_cell, row)) for row in rows)]
            return f"{_marked('*', caption)}\n\n" + "\n".join(f"| {row} |" for row in drawn)


def _each(*parts: Words) -> Iterator[str]:
    return (_words(part) for part in parts if part)


def _cell(cell: Cell) -> str:
    return _marked("*", cell.told) if isinstance(cell, Missing) else _words(cell)


def _words(told: Words) -> str:
    return "".join(_span(span) for span in told)


def _span(span: Span) -> str:
    """A span with the spaces around it outside its marks."""
    text = span.shown
    inner = text.strip()
    if not inner:
        return " " if text else ""
    before, after = text[: len(text) - len(text.lstrip())] and " ", text[len(text.rstrip()) :] and " "
    shown = escaped(inner)
    match span.style:
        case "strong":
            shown = f"**{shown}**"
        case "citation":
            shown = f"*{shown}*"
        case "code":
            shown = _code(inner)
    return f"{before}{f'[{shown}]({span.address})' if span.address else shown}{after}"


def _code(text: str) -> str:
    """A code span fenced by more backticks than it holds; in tables a bar would end the cell, so it is escaped there and here."""
    if "|" in text or "`" in text:
        return escaped(text)
    return f"`{text}`"
