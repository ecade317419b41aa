"""Small cells: which figures of a table must not be shown, so that nobody can work out a group of fewer than so many members.

A cell is unsafe where one of its counts of members lies between nought and the smallest that may be shown. Where one cell
of a total is hidden it could be found by subtraction, so others are hidden with it, the smallest first, until what is
hidden is no single cell and is safe when taken together.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Counts = tuple[int, ...]
"""Counts of members that a figure gives away, such as those with a denied line and those without."""


def unsafe(counts: Counts, smallest: int) -> bool:
    """Whether a figure would show a group of members that is too small."""
    return any(0 < count < smallest for count in counts)


def hidden(cells: Mapping[Key, Counts], smallest: int) -> set[Key]:
    """The cells of one total that must not be shown, given that the total is.

    All are hidden where no choice is safe. A member may stand in several cells, so that hidden cells together are taken to
    hold no more members than the largest of them.
    """
    order = sorted(cells, key=lambda key: (cells[key], repr(key)))
    away = {key for key in order if unsafe(cells[key], smallest)}
    for key in order:
        if not away or (len(away) > 1 and not unsafe(_together([cells[k] for k in away]), smallest)):
            break
        away.add(key)
    return away


def code_follows(members: Mapping[str, int], counted: frozenset[str], smallest: int, *, lines: bool) -> bool:
    """Whether a figure over several codes would tell of codes that are hidden.

    members: of each hidden code. counted: the codes that the figure is over. lines: whether the figure tells how many lines it
    is of, so that those of a hidden code, or of the other hidden codes, could be worked out; else it tells members alone.
    """
    inside = [n for code, n in members.items() if code in counted]
    outside = [n for code, n in members.items() if code not in counted]
    if not inside:
        return False
    if not lines:
        return max(inside) < smallest
    return any(group and (len(group) < 2 or max(group) < smallest) for group in (inside, outside))


def _together(cells: list[Counts]) -> Counts:
    return tuple(max(counts) for counts in zip(*cells, strict=True))


def hidden_below(totals: Mapping[Key, Counts], parts: Mapping[Key, Mapping[str, Counts]], smallest: int) -> set[tuple[Key, str]]:
    """The cells to hide of a table with totals: ``(key, "")`` for a total, ``(key, part)`` for a part of it.

    The totals may themselves add up to something shown. A total that is hidden takes its parts with it.
    """
    gone = hidden(totals, smallest)
    away = {(key, "") for key in gone}
    for key, cells in parts.items():
        away |= {(key, part) for part in (cells if key in gone else hidden(cells, smallest))}
    return away
