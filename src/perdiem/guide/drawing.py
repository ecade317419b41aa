"""Drawing: a code and the groups of codes near it, as SVG that is narrow enough for a telephone and plain enough for print."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from textwrap import wrap

_WIDTH, _LEFT, _LINE, _GAP = 360, 34, 16, 12
_LETTERS = 44
"""Letters of a line; half that many pixels wider than the widest is the box."""


def drawn(code: str, label: str, groups: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The drawing; colours are those of the text around it."""
    title = wrap(f"{code} {label}", _LETTERS)
    y, parts = 6 + _box_height(len(title)), [_box(4, 6, _WIDTH - 8, title, heavy=True)]
    trunk = y
    middle = y
    for name, codes in groups:
        lines = [name, *wrap(", ".join(codes), _LETTERS - 3)]
        y += _GAP
        middle = y + 14
        parts.append(_box(_LEFT, y, _WIDTH - _LEFT - 4, lines))
        parts.append(f'<path d="M18 {middle}H{_LEFT}" stroke="currentColor" fill="none"/>')
        y += _box_height(len(lines))
    parts.append(f'<path d="M18 {trunk}V{middle}" stroke="currentColor" fill="none"/>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y + 6}" width="{_WIDTH}" height="{y + 6}"'
    return f'{head} font-family="sans-serif" font-size="12">{"".join(parts)}</svg>'


def _box_height(lines: int) -> int:
    return 10 + _LINE * lines


def _box(x: int, y: int, width: int, lines: Sequence[str], heavy: bool = False) -> str:
    stroke = ' stroke-width="2"' if heavy else ""
    size = f'x="{x}" y="{y}" width="{width}" height="{_box_height(len(lines))}"'
    rect = f'<rect {size} rx="4" fill="none" stroke="currentColor"{stroke}/>'
    rows = [
        f'<text x="{x + 8}" y="{y + 17 + _LINE * n}" fill="currentColor"{_bold(n == 0)}>{escape(line)}</text>'
        for n, line in enumerate(lines)
    ]
    return rect + "".join(rows)


def _bold(first: bool) -> str:
    return ' font-weight="bold"' if first else ""
