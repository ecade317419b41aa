"""The census of a table: claims, lines and cents counted row by row, without the code that reads them.

It knows the columns of claim number, code and charge and nothing else. A row with a claim number is a line of it; a row
with a code alone is a claim of its own; any other row counts nothing. A charge that is no amount counts 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from perdiem.formats.tabular.grid import Grid
from perdiem.formats.tabular.marks import FORMULA
from perdiem.model.schema import Census

_BLANKS = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_TOTALS = ("total", "totals", "grand total", "sum", "subtotal")
_GROUPS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?$")
_DIGITS = frozenset("0123456789")
_MOST_DIGITS, _LONGEST = 16, 40


class Counting:
    """The count of one table, window by window."""

    def __init__(self, grid: Grid) -> None:
        self._rows = self._bared(grid)
        self._next = next(self._rows, None)

    @staticmethod
    def _bared(grid: Grid) -> Iterator[tuple[int, str, str, str]]:
        for at, (claim, code, charge) in enumerate(grid.plain(("claim_id", "code", "charge"))):
            yield at, _bare(claim), _bare(code), _bare(charge)

    def until(self, end: int) -> Census:
        """What the rows not yet counted hold, up to so many below the header."""
        claims: set[str] = set()
        alone = lines = cents = 0
        while self._next is not None and self._next[0] < end:
            _, claim, code, charge = self._next
            self._next = next(self._rows, None)
            if not code and claim.casefold().rstrip(":") in _TOTALS:
                continue
            if claim:
                claims.add(claim)
            elif code:
                alone += 1
            else:
                continue
            lines += 1
            cents += _cents(charge)
        return Census(len(claims) + alone, lines, cents)


def _cents(text: str) -> int:
    below = text.startswith("(") and text.endswith(")")
    bare = text[1:-1] if below else text
    below, bare = below or bare.startswith("-"), bare.removeprefix("-").removeprefix("$").removeprefix(" ")
    if len(text) > _LONGEST or ("," in bare and not _GROUPS.match(bare)):
        return 0
    dollars, _, rest = bare.replace(",", "").partition(".")
    dollars, part = dollars.lstrip("0"), rest.rstrip("0")
    if set(dollars + rest) - _DIGITS or len(part) > 2 or len(dollars) > _MOST_DIGITS or not any(c in _DIGITS for c in bare):
        return 0
    size = int((dollars or "0") + part.ljust(2, "0"))
    return -size if below else size


def _bare(cell: str) -> str:
    text = cell.strip(_BLANKS)
    return text[1:] if text.startswith("'") and text.lstrip("'")[:1] in set(FORMULA) else text
