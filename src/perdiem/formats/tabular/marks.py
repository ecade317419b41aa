"""The apostrophe in front of text that a spreadsheet would run as a formula: set on the way out, taken away on the way in."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

FORMULA = "=+-@\t\r\n＝＋－＠"
_RISKY = re.compile(f"'*[{re.escape(FORMULA)}]")
_MARKED = f"^'('*[{re.escape(FORMULA)}])"


def marked(text: str) -> str:
    """Text as a spreadsheet may be given it; one that looks marked already is marked again, so that none is lost."""
    return f"'{text}" if _RISKY.match(text) else text


def marked_cells(cells: pa.Array) -> pa.Array:
    """The same for cells that were never marked, so that ``unmarked`` gives them as they are."""
    return pc.replace_substring_regex(pc.utf8_trim_whitespace(cells), f"^('*[{re.escape(FORMULA)}])", r"'\1")


def unmarked(cells: pa.Array) -> pa.Array:
    """Cells without blanks around them, a mark in front or control of a formula; an empty one is null."""
    bare = pc.utf8_trim_whitespace(cells)
    bare = pc.replace_substring_regex(bare, _MARKED, r"\1")
    return pc.if_else(pc.equal(bare, ""), pa.scalar(None, pa.string()), bare)
