"""Reads ``members.csv``: who the members are, which an 837P must say and an order or an exported table often does not.

One row a patient. A membership that covers several patients has several rows with one member number. What a claim says itself is
never overruled; the file fills what is empty. docs/how-to/write.md shows it.
Source: ASC X12N 005010X222A1, loops 2010BA and 2010CA.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from itertools import chain
from pathlib import Path

from perdiem.formats.provider import STATE, ZIP
from perdiem.model.errors import FormatError

_FORMS = {
    "birth_date": (r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", "a day as year-month-day"),
    "sex": (r"[FMU]", "F, M or U"),
    "relation": (r"[0-9A-Z]{2}", "two characters, 18 for the subscriber"),
    "state": (STATE, "two capitals"),
    "zip": (ZIP, "five or nine digits"),
}


@dataclass(frozen=True)
class Member:
    """One patient; a field that the file leaves empty is None. relation: SBR02 or PAT01, 18 where the patient subscribes.

    subscriber_last, subscriber_first: who holds the membership, where the patient does not. other_member_id: the member's
    number with another payer that paid first.
    """

    member_id: str
    last_name: str | None = None
    first_name: str | None = None
    birth_date: date | None = None
    sex: str | None = None
    relation: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    subscriber_last: str | None = None
    subscriber_first: str | None = None
    other_member_id: str | None = None


COLUMNS = tuple(field.name for field in fields(Member))


class Members:
    """The patients by member number; of several under one number the names of the claim choose."""

    def __init__(self, rows: Iterable[Member] = ()) -> None:
        self._of: dict[str, list[Member]] = {}
        for row in rows:
            self._of.setdefault(row.member_id, []).append(row)

    def of(self, member_id: str, last_name: str | None, first_name: str | None) -> Member | None:
        """The one patient of that number, and of that name where the claim has one; None where there is none or a choice."""
        found = self._of.get(member_id, [])
        if last_name:
            exact = [m for m in found if (m.last_name, m.first_name) == (last_name, first_name)]
            found = exact or [m for m in found if m.last_name in (last_name, None) and m.first_name in (first_name, None)]
        return found[0] if len(found) == 1 else None

    def texts(self) -> Iterator[str]:
        """Every text of the rows."""
        for row in chain.from_iterable(self._of.values()):
            yield from (text for name in COLUMNS if isinstance(text := getattr(row, name), str))


def read_members(file: Path) -> Members:
    """A ``members.csv`` with a heading. Raises FormatError with the row, never with what stands in it."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            table = csv.DictReader(text, strict=True)
            heading = [name.strip() for name in table.fieldnames or ()]
            _check_heading(file.name, heading)
            table.fieldnames = heading
            return Members(_member(f"{file.name}, row {number}", row) for number, row in enumerate(table, 2))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FormatError(file.name, "cannot be read as a table", "Save it as CSV in UTF-8, with a heading") from error


def _check_heading(name: str, heading: list[str]) -> None:
    unknown = [column for column in heading if column not in COLUMNS]
    if unknown or "member_id" not in heading or len(set(heading)) < len(heading):
        what = "has a column that is not known" if unknown else "has no column member_id, or one column twice"
        raise FormatError(name, what, f"Columns are {', '.join(COLUMNS)}; all but the first may be left out")


def _member(where: str, row: Mapping[str | None, str | None]) -> Member:
    if None in row or None in row.values():
        raise FormatError(where, "has not as many cells as the heading", "Correct the row")
    cells = {str(name): (value or "").strip() or None for name, value in row.items()}
    if not cells["member_id"]:
        raise FormatError(where, "has no member number", "Write it under member_id, or remove the row")
    for name, (form, asks) in _FORMS.items():
        value = cells.get(name)
        if value and re.fullmatch(form, value) is None:
            raise FormatError(f"{where}, {name}", "has not the form it must have", f"Write {asks}")
    born = cells.pop("birth_date", None)
    day = _day(where, born, date.fromisoformat) if born else None
    return Member(**{name: value for name, value in cells.items() if value}, birth_date=day)


def _day(where: str, text: str, turn: Callable[[str], date]) -> date:
    try:
        return turn(text)
    except ValueError as error:
        raise FormatError(f"{where}, birth_date", "is no day of the calendar", "Correct it") from error
