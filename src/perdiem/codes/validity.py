"""Validity: the identifiers of a batch that are unsound, each distinct value looked at once.

Its characters speak on any day; an imported release speaks on the days on which it holds, and only of what it holds whole.
Without a release nothing is said but shape.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import zip_longest

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.codes.identifiers import SHAPES, SOUND
from perdiem.codes.releases import Release, loaded, rows
from perdiem.model.schema import MODIFIERS

UNLISTED, HEADING = "unlisted", "heading"

_OF_CLAIM = ("billing_npi", "rendering_npi", "billing_taxonomy")
_DAY = timedelta(days=1)

UNSOUND = pa.schema(
    [
        ("field", pa.string()),
        ("value", pa.string()),
        ("outcome", pa.string()),
        ("first_day", pa.date32()),
        ("last_day", pa.date32()),
        ("of_claim", pa.bool_()),
    ]
)
"""One row per field, distinct value, reason and days; ``of_claim``: the field is one of the claim, and told once."""

Span = tuple[str, date, date]  # an outcome and its days


@dataclass(frozen=True)
class Holding:
    """One run of days on which the same releases of a kind hold together."""

    first: date
    last: date
    releases: tuple[Release, ...]


def holdings(kind: str, releases: Iterable[Release] | None = None) -> list[Holding]:
    """The runs of days on which releases of a kind hold, one after the other; of all that are loaded, or of those given.

    A later release ends an earlier one; of several with one first day the run ends when the first of them does.
    """
    known = [release for release in (loaded(kind) if releases is None else releases) if release.kind == kind]
    days = sorted({release.effective for release in known})
    found = []
    for day, following in zip_longest(days, days[1:]):
        holding = tuple(release for release in known if release.effective == day)
        ends = [release.last for release in holding if release.last] + ([following - _DAY] if following else [])
        found.append(Holding(day, min(ends, default=date.max), holding))
    return found


class Validity:
    """What is known of identifiers: their shapes, and the releases given; every value is looked up once.

    releases: those that are loaded, where none are given.
    """

    def __init__(self, releases: Sequence[Release] | None = None) -> None:
        known = _whole(loaded() if releases is None else releases)
        self._holdings = {name: holdings(kind, known) for name, (kind, _) in _LISTS.items()}
        self._known: dict[str, dict[str, tuple[Span, ...]]] = {name: {} for name in SHAPES}

    def unsound(self, claim: pa.Table, line: pa.Table) -> pa.Table:
        """The unsound identifiers of these claims and lines, with the days on which they are unsound."""
        found = [
            (name, value, *span, name in _OF_CLAIM)
            for name, values in _values(claim, line).items()
            for value, spans in self.spans(name, values).items()
            for span in spans
        ]
        columns = zip(*found, strict=True) if found else [()] * len(UNSOUND)
        return pa.table([pa.array(column, type_) for column, type_ in zip(columns, UNSOUND.types, strict=True)], schema=UNSOUND)

    def spans(self, name: str, values: Iterable[str]) -> dict[str, tuple[Span, ...]]:
        """Why and on which days each value of a field is unsound, in order; sound ones have none."""
        known = self._known[name]
        wanted = sorted(set(values))
        fresh = [value for value in wanted if value not in known]
        shapes = {value: SHAPES[name](value) for value in fresh}
        found: dict[str, list[Span]] = {value: [(o, date.min, date.max)] if o else [] for value, o in shapes.items()}
        shapely = [value for value in fresh if shapes[value] == SOUND]
        for holding in self._holdings.get(name, []) if shapely else []:
            for value, span in _LISTS[name][1](holding, shapely):
                found[value].append(span)
        known |= {value: tuple(spans) for value, spans in found.items()}
        return {value: known[value] for value in wanted}


def _whole(releases: Sequence[Release]) -> list[Release]:
    """The releases, with modifiers taken as complete that came in one file with a complete release of codes."""
    files = {release.sha256 for release in releases if release.kind == "hcpcs" and release.complete}
    return [replace(r, complete=True) if r.kind == "modifier" and r.sha256 in files else r for r in releases]


def _values(claim: pa.Table, line: pa.Table) -> dict[str, list[str]]:
    """Every field with its distinct values."""
    columns = {name: [claim[name]] for name in _OF_CLAIM}
    columns |= {"ndc": [line["ndc"]], "place": [claim["place"], line["place"]]}
    columns["diagnosis"] = [pc.list_flatten(claim["diagnoses"])]
    columns["modifier"] = [line[name] for name in MODIFIERS]
    distinct = {name: {v for column in held for v in pc.unique(column).to_pylist() if v} for name, held in columns.items()}
    return {name: sorted(values) for name, values in distinct.items()}


def _diagnoses(of: Holding, values: Collection[str]) -> Iterator[tuple[str, Span]]:
    """Codes that a release of ICD-10-CM does not list, or lists as a heading of longer ones."""
    codes = {value: value.replace(".", "") for value in values}
    listed: dict[str, bool] = {}
    for release in of.releases:
        told = rows(release, ["code", "billable"], codes.values())
        listed |= dict(zip(told["code"].to_pylist(), told["billable"].to_pylist(), strict=True))
    for value, code in codes.items():
        if code not in listed:
            yield value, (UNLISTED, of.first, of.last)
        elif listed[code] is False:
            yield value, (HEADING, of.first, of.last)


def _modifiers(of: Holding, values: Collection[str]) -> Iterator[tuple[str, Span]]:
    """Modifiers that a complete release does not list for these days; those that begin with a digit are of another list."""
    wanted = [value for value in values if value[0].isalpha()]
    if not wanted or not all(release.complete for release in of.releases):
        return
    told = pa.concat_tables([rows(release, ["modifier", "start", "end"], wanted) for release in of.releases])
    lives = {row["modifier"]: (row["start"], row["end"]) for row in told.to_pylist()}
    for value in wanted:
        if value not in lives:
            yield value, (UNLISTED, of.first, of.last)
            continue
        start, end = lives[value]
        if start and start > of.first:
            yield value, (UNLISTED, of.first, min(of.last, start - _DAY))
        if end and end < of.last:
            yield value, (UNLISTED, max(of.first, end + _DAY), of.last)


def _places(of: Holding, values: Collection[str]) -> Iterator[tuple[str, Span]]:
    """Places of service that no release lists."""
    listed = {place for release in of.releases for place in rows(release, ["place"], values)["place"].to_pylist()}
    for value in values:
        if value not in listed:
            yield value, (UNLISTED, of.first, of.last)


_LISTS = {"diagnosis": ("icd10cm", _diagnoses), "modifier": ("modifier", _modifiers), "place": ("place", _places)}
"""The fields that releases list: the kind of release, and what it says of some values."""
