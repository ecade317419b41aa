"""Matches the columns of a table with the fields of the layout, by name or as the user says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from perdiem.formats.tabular import faults
from perdiem.formats.tabular.fields import BY_NAME, DIAGNOSES, FIELDS, KNOWN, NEEDED, folded
from perdiem.model.errors import FormatError
from perdiem.model.schema import MODIFIERS

_MOST_SEEN = 40  # column names in one message
_LONGEST_NAME = 40  # characters of one of them
_TELLING = 2  # known columns that make a row a header
_TITLES = 40  # rows in which a header is looked for


@dataclass(frozen=True)
class Asked:
    """What the user says of tables.

    columns: (field, column) pairs that go before every synonym. sheet: the sheet of a workbook. lenient: a pair whose
    column a table does not have is passed over. tell: hears of each table how its columns were taken, source first.
    """

    columns: tuple[tuple[str, str], ...] = ()
    sheet: str | None = None
    lenient: bool = False
    tell: Callable[[str, str], None] | None = None

    def leniently(self) -> Asked:
        """The same for tables that may be laid out otherwise, such as a history; nobody hears of them."""
        return replace(self, lenient=True, sheet=None, tell=None)


NOTHING = Asked()


def asked(columns: Sequence[str], sheet: str | None, tell: Callable[[str, str], None] | None = None) -> Asked:
    """What ``--columns`` and ``--sheet`` say; each entry is ``field=column``, several separated by commas.

    Raises FormatError where an entry names no field or no column.
    """
    pairs = tuple(pair for entry in columns for pair in _pairs(entry))
    if len({name for name, _ in pairs}) < len(pairs):
        raise FormatError("--columns", "names one field twice", "Name one column for each field")
    return Asked(pairs, sheet, tell=tell)


def _pairs(entry: str) -> list[tuple[str, str]]:
    fields = "|".join(re.escape(name) for name in BY_NAME)
    pairs = []
    for part in re.split(rf",(?=\s*(?:{fields})\s*=)", entry):
        name, equals, column = part.partition("=")
        known = folded(name)
        named = next((f.name for f in FIELDS if folded(f.name) == known), None)
        if not equals:
            raise FormatError("--columns", "has an entry without =", "Write field=column, such as code=Proc")
        if named is None:
            what = f"names {_shown(name)!r}, which is no field of the layout"
            raise FormatError("--columns", what, f"Write field=column; fields are {', '.join(BY_NAME)}")
        if not column.strip():
            raise FormatError("--columns", f"names no column for {named}", "Write field=column, such as code=Procedure")
        pairs.append((named, column.strip()))
    return pairs


class UnmatchedError(Exception):
    """Why a header is not that of a table of claims, in words for the user."""


@dataclass(frozen=True)
class Mapping:
    """Which column of a table holds which field: ``at`` by field, in the order of the layout; ``head`` all names."""

    head: tuple[str, ...]
    at: dict[str, int] = field(default_factory=dict)

    def column(self, name: str) -> str:
        """The column of a field as it is named in messages."""
        shown = _shown(self.head[self.at[name]])
        return f"column {shown}" if folded(shown) == folded(name) else f"column {shown} ({name})"

    def told(self) -> str:
        """The mapping in words: each field with its column, and what is not read."""
        taken = [f"{name} = {_shown(self.head[at])}" for name, at in self.at.items() if self.head[at].strip() != name]
        plain = [name for name, at in self.at.items() if self.head[at].strip() == name]
        left = [_shown(name) for at, name in enumerate(self.head) if at not in self.at.values() and name.strip()]
        told = [", ".join(taken)] if taken else []
        told += [f"as named: {', '.join(plain)}"] if plain else []
        told += [f"not read: {_listed(left, 12)}"] if left else []
        return "; ".join(told)


def headed(rows: Iterable[Sequence[str]], ask: Asked = NOTHING) -> tuple[int, list[str]] | None:
    """Number and cells of the row that is the header: of those down to the first that could be a line, the most telling one.

    What stands above it is a title: it fills fewer cells than a line needs, so that no line is ever taken for one.
    None where all rows are blank.
    """
    found, most = None, -1
    for number, row in enumerate(islice(rows, _TITLES), 1):
        filled = sum(bool(cell.strip()) for cell in row)
        if filled and (known := recognised(row, ask)) > most:
            found, most = (number, list(row)), known
        if filled >= len(NEEDED):
            break
    return found


def recognised(head: Sequence[str], ask: Asked = NOTHING) -> int:
    """How many of the columns that claims need a row names."""
    names = [name.strip() for name in head]
    own = {name for name, column in ask.columns if column in names or folded(column) in map(folded, names)}
    return len({found for name in names if (found := KNOWN.get(folded(name))) in NEEDED} | (own & set(NEEDED)))


def match(head: Sequence[str], ask: Asked, named: bool = False) -> Mapping:
    """The fields behind a header; ``named`` where it surely is one, as in Parquet.

    Raises UnmatchedError for a missing column, or two for one field.
    """
    known = recognised(head, ask)
    if known < _TELLING and not named:  # perhaps no header but a claim: it is not repeated
        raise UnmatchedError(faults.NOT_TOLD.format(known="only one" if known else "none"))
    seen = _listed([_shown(name) for name in head if name.strip()], _MOST_SEEN)
    at: dict[str, int] = {}
    for name, column in ask.columns:
        found = [n for n, other in enumerate(head) if other.strip() == column] or [
            n for n, other in enumerate(head) if folded(other) == folded(column)
        ]
        if len(found) > 1:
            raise UnmatchedError(faults.TWICE_NAMED.format(column=_shown(column), field=name))
        if found:
            at[name] = found[0]
        elif not ask.lenient:
            raise UnmatchedError(faults.NO_SUCH_COLUMN.format(column=_shown(column), field=name, seen=seen))
    for one in FIELDS:
        if one.name not in at and (found := _candidates(head, one.name, set(at.values()))):
            if len(found) > 1:
                columns = _listed([_shown(head[n]) for n in found], _MOST_SEEN)
                raise UnmatchedError(faults.AMBIGUOUS.format(columns=columns, field=one.name, first=_shown(head[found[0]])))
            at[one.name] = found[0]
    for whole, parts in (("modifiers", MODIFIERS), ("diagnoses", DIAGNOSES)):
        _settle(head, at, whole, parts)
    missing = [name for name in NEEDED if name not in at]
    if missing:
        raise UnmatchedError(faults.MISSING.format(missing=" and ".join(missing), seen=seen or "nameless", first=missing[0]))
    return Mapping(tuple(head), {one.name: at[one.name] for one in FIELDS if one.name in at})


def _candidates(head: Sequence[str], name: str, taken: set[int]) -> list[int]:
    """The columns that a field may be: by its very name, else by its folded name, else by a synonym."""
    free = [n for n in range(len(head)) if n not in taken]
    for same in (
        [n for n in free if head[n].strip() == name],
        [n for n in free if folded(head[n]) == folded(name)],
    ):
        if same:
            return same
    return [n for n in free if KNOWN.get(folded(head[n])) == name]


def _settle(head: Sequence[str], at: dict[str, int], whole: str, parts: tuple[str, ...]) -> None:
    """A column of all values goes before columns of one each, where it bears the layout's own name."""
    if whole in at and parts[0] in at:
        if head[at[whole]].strip() != whole:
            columns = f"{_shown(head[at[whole]])}, {_shown(head[at[parts[0]]])}"
            raise UnmatchedError(faults.AMBIGUOUS.format(columns=columns, field=whole, first=_shown(head[at[whole]])))
        for part in parts:
            at.pop(part, None)


def _shown(name: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in name).strip()
    return plain if len(plain) <= _LONGEST_NAME else plain[:_LONGEST_NAME] + "…"


def _listed(names: Sequence[str], most: int) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
