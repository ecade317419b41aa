"""A page as JSON: the same blocks by name, each cell as its words and, where it has any, its links."""

from __future__ import annotations

import json
from typing import Any

from perdiem.model.page import Block, Bullets, Cell, Facts, Figure, Missing, Page, Paragraph, Section, Table, Ticks, one_line, plain


def to_json(page: Page) -> str:
    """The page as one JSON document, indented, in the order of reading."""
    return json.dumps(as_object(page), ensure_ascii=False, indent=1) + "\n"


def as_object(page: Page) -> dict[str, Any]:
    """The page as plain lists and tables."""
    return {
        "title": one_line(page.title),
        "subtitle": one_line(page.subtitle),
        "as_of": page.as_of.isoformat() if page.as_of else None,
        "sections": [_section(section) for section in page.sections],
        "foot": _cell(page.foot),
    }


def _section(section: Section) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": section.id,
        "title": one_line(section.title),
        "blocks": [_block(block) for block in section.blocks],
    }
    return made | ({"parts": [_section(part) for part in section.parts]} if section.parts else {})


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph(words=told):
            return {"block": "paragraph"} | _cell(told)
        case Missing():
            return {"block": "missing"} | _cell(block)
        case Bullets(points=points, numbered=numbered):
            return {"block": "bullets", "numbered": numbered, "points": [_cell(point) for point in points]}
        case Table(caption=caption, columns=columns, rows=rows):
            drawn = [[_cell(cell) for cell in row] for row in rows]
            return {
                "block": "table",
                "caption": one_line(caption),
                "columns": [one_line(column) for column in columns],
                "rows": drawn,
            }
        case Facts(pairs=pairs):
            return {"block": "facts", "facts": [{"term": one_line(term)} | _cell(cell) for term, cell in pairs]}
        case Figure(svg=svg, instead=instead, caption=caption):
            return {"block": "figure", "caption": one_line(caption), "text": one_line(instead), "svg": svg}
        case Ticks(rows=ticks):
            rows_ = [{"wanted": _cell(t.wanted), "note": _cell(t.note), "source": _cell(t.source), "there": t.there} for t in ticks]
            return {"block": "ticks", "rows": rows_}


def _cell(cell: Cell) -> dict[str, Any]:
    if isinstance(cell, Missing):
        return {"text": None, "missing": {"reason": str(cell.gap), "words": one_line(cell.words)}}
    links = [{"text": span.shown, "to": span.address} for span in cell if span.address]
    return {"text": plain(cell)} | ({"links": links} if links else {})
