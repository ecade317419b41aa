"""A page in the terminal: headings, tables and lists, as wide as the terminal is; a drawing is told in words."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from perdiem.model.page import Block, Bullets, Cell, Facts, Figure, Missing, Page, Paragraph, Section, Table, Ticks, plain

_WIDE = 160  # columns where no terminal tells


def to_terminal(page: Page, out: TextIO) -> None:
    """Write a page. A fact that is missing stands in its place with the reason, in brackets."""
    console = Console(file=out, width=None if out.isatty() else _WIDE, highlight=False)
    console.print(Text(page.title, "bold"))
    console.print(Text(page.subtitle, "dim"))
    for section in page.sections:
        _section(console, section)
    if page.foot:
        console.print()
        console.print(Text(plain(page.foot), "dim"))


def _section(console: Console, section: Section) -> None:
    console.print()
    console.print(Text(section.title, "bold underline"))
    for block in section.blocks:
        _block(console, block)
    for part in section.parts:
        _section(console, part)


def _block(console: Console, block: Block) -> None:
    match block:
        case Paragraph(words=words):
            console.print(Text(plain(words)))
        case Bullets(points=points, numbered=numbered):
            for number, point in enumerate(points, 1):
                console.print(Padding(Text(f"{f'{number}.' if numbered else '-'} {plain(point)}"), (0, 0, 0, 1)))
        case Facts(pairs=pairs):
            for term, cell in pairs:
                console.print(Text.assemble((f"{term}: ", "bold"), _cell(cell)))
        case Table():
            console.print(_grid(block))
        case Figure(instead=instead):
            console.print(Text(instead))
        case Ticks(rows=rows):
            for row in rows:
                mark = {True: "[x]", False: "[ ]", None: "[?]"}[row.there]
                console.print(Text(" ".join(part for part in (mark, plain(row.wanted), plain(row.note)) if part)))
        case Missing():
            console.print(_cell(block))


def _grid(table: Table) -> Grid:
    grid = Grid(box=None, padding=(0, 1), header_style="bold", title=table.caption or None, title_justify="left", title_style="dim")
    for at, column in enumerate(table.columns):
        right = at in table.numeric
        grid.add_column(Text(column), justify="right" if right else "left", overflow="fold")
    for row in table.rows:
        grid.add_row(*map(_cell, row))
    return grid


def _cell(cell: Cell) -> Text:
    if isinstance(cell, Missing):
        return Text(f"({cell.gap})", "dim")
    return Text(plain(cell))
