"""A page as PDF, set by Typst: tagged for screen readers, with a table of marks, the same bytes for the same page.

Text reaches Typst as string literals only, so that no character of it can mean anything. Needs the extra ``publish``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from perdiem.model.errors import EngineError
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
    Tick,
    Ticks,
    Words,
    one_line,
)

_HEAD = """
#set page(paper: "a4", margin: (x: 18mm, y: 18mm), numbering: "1 / 1", footer: context [
  #set text(8pt, fill: luma(90))
  #grid(columns: (1fr, auto), footing, [#counter(page).display("1 / 1", both: true)])
])
#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"), size: 10pt, lang: "en", hyphenate: false)
#set par(leading: 0.6em, spacing: 0.9em)
#show heading.where(level: 1): set text(17pt)
#show heading.where(level: 2): set text(12.5pt)
#show heading.where(level: 3): set text(10.5pt)
#show heading: set block(above: 1.3em, below: 0.6em)
#show link: set text(fill: rgb("#0b4fb3"))
#show figure.where(kind: table): set figure.caption(position: top)
#show figure.where(kind: table): set block(breakable: true)
#show figure.caption: it => align(left, text(8.5pt, fill: luma(80), it.body))
#set table(stroke: (x: none, y: 0.4pt + luma(170)), inset: (x: 4pt, y: 4pt), align: left + top)
#show table.cell: set text(8.5pt)
#show table.cell: set par(leading: 0.5em)
#show table.cell.where(y: 0): strong
#let code(it) = text(font: "DejaVu Sans Mono", size: 0.82em, it)
#let cite(it) = text(size: 0.9em, fill: luma(80), it)
#let gap(it) = text(style: "italic", fill: luma(70), it)
#let box-open = box(width: 0.75em, height: 0.75em, stroke: 0.6pt, baseline: 0.08em)
#let box-done = box(width: 0.75em, height: 0.75em, stroke: 0.6pt, fill: luma(60), baseline: 0.08em)
"""

_MARKS = {"code": "#code", "citation": "#cite", "strong": "#strong"}
_WIDE = 60
"""Longest word of a column, in characters, that still counts for its width."""


def to_pdf(page: Page) -> bytes:
    """The page as PDF. Raises EngineError where the extra is missing or the page cannot be set."""
    try:
        import typst
    except ImportError:
        raise EngineError(
            "PDF", "the part of perdiem that sets PDF is not installed", "Install it: pip install 'perdiem[publish]'"
        ) from None
    try:
        source = to_typst(page).encode()
        return bytes(typst.compile(source, format="pdf", ignore_system_fonts=True, pdf_standards="ua-1"))
    except RuntimeError as fault:
        raise EngineError("PDF", f"the page cannot be set ({fault})", "Write it as html or md, and report this") from fault


def to_typst(page: Page) -> str:
    """The page as a Typst document."""
    title = literal(page.title)
    lines = [f"#set document(title: {title}, date: none)", f"#let footing = {literal(page.title)}", _HEAD]
    lines += [f"#heading(level: 1, {title})", f"#text(11pt, fill: luma(60), {literal(page.subtitle)})"]
    if page.as_of:
        lines.append(f"#par[#cite({literal(f'As of {page.as_of}.')})]")
    for section in page.sections:
        lines += _section(section, 2)
    lines += ["#line(length: 100%, stroke: 0.4pt)", f"#par[{_words(page.foot)}]"] if page.foot else []
    return "\n".join(lines) + "\n"


def literal(text: str) -> str:
    """Plain text as a Typst string, on one line."""
    told = one_line(text)
    return '"' + told.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _section(section: Section, level: int) -> Iterator[str]:
    yield f"#heading(level: {level}, {literal(section.title)})"
    yield from (_block(block) for block in section.blocks)
    for part in section.parts:
        yield from _section(part, level + 1)


def _block(block: Block) -> str:
    match block:
        case Paragraph(words=told):
            return f"#par[{_words(told)}]"
        case Missing():
            return f"#par[{_cell(block)}]"
        case Bullets(points=points, numbered=numbered):
            return f"#{'enum' if numbered else 'list'}(" + ", ".join(f"[{_words(point)}]" for point in points) + ")"
        case Facts(pairs=pairs):
            return "#terms(tight: false, " + ", ".join(f"terms.item({literal(t)}, [{_cell(c)}])" for t, c in pairs) + ")"
        case Figure(svg=svg, instead=instead, caption=caption):
            drawn = f'image(bytes("{_quoted(svg)}"), format: "svg", width: 78mm, alt: {literal(instead)})'
            shown = literal(caption) if caption else "none"
            return f"#figure({drawn}, kind: image, supplement: none, caption: {shown}, numbering: none)"
        case Ticks(rows=ticks):
            return "#list(marker: none, spacing: 1em, " + ", ".join(_tick(tick) for tick in ticks) + ")"
        case Table():
            return _table(block)


def _tick(tick: Tick) -> str:
    more = "".join(f"#linebreak()#cite[{_words(part)}]" for part in (tick.note, tick.source) if part)
    return f"[#{'box-done' if tick.there else 'box-open'}#h(0.5em){_words(tick.wanted)}{more}]"


def _table(table: Table) -> str:
    sides = ", ".join("right + top" if n in table.numeric else "left + top" for n in range(len(table.columns)))
    heads = ", ".join(literal(column) for column in table.columns)
    rows = ", ".join(f"[{_cell(cell)}]" for row in table.rows for cell in row)
    drawn = f"table(columns: ({_widths(table)}), align: ({sides},), table.header({heads}), {rows})"
    return f"#figure({drawn}, kind: table, supplement: none, numbering: none, caption: {literal(table.caption)})"


def _widths(table: Table) -> str:
    """Short columns take what they need, long ones share the rest by the length of their text."""
    shown = []
    for n, column in enumerate(table.columns):
        lengths = [len(column), *(len(_flat(row[n])) for row in table.rows)]
        shown.append("auto," if max(lengths) <= 14 else f"{min(_WIDE, max(14, sum(lengths) // len(lengths)))}fr,")
    return " ".join(shown) if any("fr" in one for one in shown) else "auto, " * len(shown)


def _flat(cell: Cell) -> str:
    return cell.told if isinstance(cell, Missing) else "".join(span.shown for span in cell)


def _cell(cell: Cell) -> str:
    return f"#gap({literal(cell.told)})" if isinstance(cell, Missing) else _words(cell)


def _words(told: Words) -> str:
    return "".join(_span(span) for span in told)


def _span(span: Span) -> str:
    mark = _MARKS.get(span.style, "#text")
    shown = f"{mark}({_breaking(span.shown)})"
    away = span.address.startswith("http")  # other addresses lead to pages that a PDF does not hold
    return f'#link("{_quoted(span.address)}", {shown.removeprefix("#")})' if away else shown


def _breaking(text: str) -> str:
    """A literal in which long words may break behind marks such as slash and hash."""
    return re.sub(r"(?<=[/#_])(?=\w{4})", "\u200b", literal(text)) if len(text) > 24 else literal(text)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
