"""Imports: an official file, as it was published, becomes releases; what is no release is refused with the reason."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePath

import pyarrow as pa

from perdiem.codes.days_told import Told, days_told
from perdiem.codes.keeping import keep
from perdiem.codes.layouts import Found, nearest, recognise
from perdiem.codes.readings import BadRow, Read, read_rows
from perdiem.codes.releases import Release, loaded
from perdiem.codes.shapes import SHAPES
from perdiem.formats.grid import Grid, read_grids
from perdiem.model.errors import FormatError

WHOLE_CODES = 5000
"""A HCPCS file with fewer codes is no whole release: the whole set has had more since long before home infusion did."""
WHOLE_SECTIONS = frozenset("ABEGHJKLQSTV")
"""First letters that every whole release holds."""
TOLERATED = 100  # of so many rows, one may be bad

_SETTING_NAMES = {
    "practitioner": "practitioner|ccipra|physician",
    "outpatient": "outpatient|ccioph|hospital",
    "dme": "dme|supplier",
}
_PLAIN_FIRST = (".txt", ".csv", "")


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the user says of a file: its days, kind and setting, whether it is whole, whether bad rows may be left out."""

    effective: date | None = None
    until: date | None = None
    kind: str | None = None
    setting: str = ""
    complete: bool | None = None
    accept_bad_rows: bool = False


@dataclass
class Imported:
    """What became of one file: releases that are new, those held already, bad rows by member, and what else to know."""

    file: str
    new: list[Release] = field(default_factory=list)
    held: list[Release] = field(default_factory=list)
    bad: dict[str, list[BadRow]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Part:
    """One recognised text or worksheet of a file, read."""

    grid: Grid
    found: Found
    read: Read

    @property
    def size(self) -> int:
        return sum(table.num_rows for table in self.read.tables.values())


def import_file(path: Path, wishes: Wishes | None = None) -> Imported:
    """Import one official file, as published: text, CSV, workbook, gzip or zip.

    Raises FormatError where it is no such file, tells no first day and none is given, or has too many bad rows;
    then nothing of it is kept.
    """
    wishes = wishes or Wishes()
    sha256, grids, unread = read_grids(path)
    told = Imported(path.name, notes=unread)
    if wishes == Wishes():
        told.held = [release for release in loaded() if release.sha256 == sha256]
        if told.held:
            return told
    drafts: list[tuple[Release, pa.Table]] = []
    for part in _chosen(path, grids, wishes, told):
        where = f"{path.name}: {part.grid.name}" if part.grid.name else path.name
        _tolerable(where, part, wishes)
        told.bad |= {part.grid.name: part.read.bad} if part.read.bad else {}
        names = [PurePath(part.grid.name).name, path.name]
        days = _days(where, names, part, wishes)
        for (kind, setting), table in part.read.tables.items():
            setting = _setting(where, names, kind, setting)
            drafts.append(_draft(part, kind, setting, table, days, wishes, path.name, sha256))
    told.new, told.held = keep(drafts)
    for release, table in drafts:
        if release.id in {new.id for new in told.new}:
            told.notes += _cautions(release, table)
    return told


def _chosen(path: Path, grids: Sequence[Grid], wishes: Wishes, told: Imported) -> list[_Part]:
    """The parts to keep: of one kind the text rather than the workbook of the same name, of a whole list the largest."""
    parts = [_Part(g, found, read_rows(found, wishes.setting)) for g in grids if (found := recognise(g, wishes.kind))]
    for part in parts:
        if not part.size and part.read.bad:
            _tolerable(path.name, part, replace(wishes, accept_bad_rows=False))
    parts = [part for part in parts if part.size]
    if not parts:
        largest = max(grids, key=lambda grid: len(grid.rows))
        raise FormatError(path.name, f"is no release: {nearest(largest, wishes.kind)}", "Name the file as it was published")
    kept: dict[tuple[str, str], _Part] = {}
    for part in sorted(parts, key=lambda p: (-p.size, _PLAIN_FIRST.index(_ending(p)) if _ending(p) in _PLAIN_FIRST else 9)):
        kind = part.found.layout.kind
        stem = PurePath(part.grid.name).stem if kind in ("mue", "ptp", "ndc_crosswalk") else ""
        if (kind, stem) in kept:
            told.notes.append(f"{part.grid.name} holds less of the same and is left out")
        kept.setdefault((kind, stem), part)
    known = {part.grid.name for part in parts}
    told.notes += [f"{grid.name} is no release and is left out" for grid in grids if grid.name not in known]
    return sorted(kept.values(), key=lambda part: part.grid.name)


def _ending(part: _Part) -> str:
    return PurePath(part.grid.name).suffix.casefold()


def _tolerable(where: str, part: _Part, wishes: Wishes) -> None:
    bad, size = part.read.bad, part.size
    if len(bad) * TOLERATED > size + len(bad) and not wishes.accept_bad_rows:
        first = f"line {bad[0].line}: {bad[0].why}"
        what = f"has {len(bad)} bad rows of {size + len(bad)}, more than one in a hundred; the first is {first}"
        raise FormatError(where, what, "Ask for the file again, or leave such rows out with --accept-bad-rows")


def _days(where: str, names: list[str], part: _Part, wishes: Wishes) -> Told:
    told = days_told([name for name in names if name], part.found.above, part.found.layout.kind)
    if wishes.effective:
        until = wishes.until or (told.until if told.effective == wishes.effective else None)
        told = Told(wishes.effective, until, "you")
    elif wishes.until and told.effective:
        told = replace(told, until=wishes.until)
    if told.effective is None:
        latest = f", and its latest action is of {day}" if (day := _latest(part.read.tables)) else ""
        raise FormatError(where, f"does not tell its first day: {told.doubt}{latest}", "Give the day with --effective YYYY-MM-DD")
    if told.until and told.until < told.effective:
        raise FormatError(where, f"would end on {told.until}, before it begins on {told.effective}", "Give the days the other way")
    return told


def _latest(tables: dict[tuple[str, str], pa.Table]) -> date | None:
    """The latest day on which a code began or was acted on."""
    days = [
        day for (kind, _), t in tables.items() if kind == "hcpcs" for c in ("start", "acted") for day in t[c].to_pylist() if day
    ]
    return max(days, default=None)


def _setting(where: str, names: list[str], kind: str, setting: str) -> str:
    if kind not in ("mue", "ptp") or setting:
        return setting
    text = " ".join(names).casefold()
    named = [known for known, pattern in _SETTING_NAMES.items() if re.search(pattern, text)]
    if len(named) != 1:
        what = "does not tell whom its edits are for"
        raise FormatError(where, what, "Give it with --setting practitioner, outpatient or dme")
    return named[0]


def _draft(
    part: _Part, kind: str, setting: str, table: pa.Table, days: Told, wishes: Wishes, file: str, sha256: str
) -> tuple[Release, pa.Table]:
    if "setting" in table.schema.names:
        place = table.schema.get_field_index("setting")
        table = table.set_column(place, table.schema.field(place), pa.array([setting] * table.num_rows, pa.string()))
    assert days.effective is not None
    first = SHAPES[kind].by[0]
    sections = "".join(sorted({key[0] for key in table[first].to_pylist()})) if kind == "hcpcs" else ""
    whole = kind == "hcpcs" and table.num_rows >= WHOLE_CODES and set(sections) >= WHOLE_SECTIONS
    release = Release(
        id="", kind=kind, setting=setting, effective=days.effective, until=days.until, file=file, member=part.grid.name,
        sha256=sha256, rows=table.num_rows, fingerprint="", sections=sections, layout=part.found.layout.name,
        dated_by=days.by, left_out=len(part.read.bad),
        complete=kind == "hcpcs" and (whole if wishes.complete is None else wishes.complete),
    )  # fmt: skip
    mark = _fingerprint(release, table)
    name = "-".join([kind.replace("_", "-"), *([setting] if setting else []), days.effective.isoformat(), mark[7:13]])
    return replace(release, id=name, fingerprint=mark), table


def _fingerprint(release: Release, table: pa.Table) -> str:
    """SHA-256 of what a release says: kind, setting, days, completeness and every cell, column by column."""
    said = [release.kind, release.setting, release.effective, release.until, release.complete, *table.schema.names]
    digest = hashlib.sha256(repr([str(part) for part in said]).encode())
    for column in table.columns:
        digest.update(repr([None if value is None else str(value) for value in column.to_pylist()]).encode())
    return "sha256:" + digest.hexdigest()


def _cautions(release: Release, table: pa.Table) -> Iterator[str]:
    if release.kind != "hcpcs":
        return
    latest = _latest({("hcpcs", ""): table})
    if latest and latest > (release.last or release.effective):
        yield f"the latest action in {release.id} is of {latest}, after its last day: is {release.effective} its first day?"
    if not release.complete:
        yield (
            f"{release.id} is taken as a part of HCPCS Level II ({release.rows} codes): it says that a code exists, never that one "
            "does not (--complete says that it is whole)"
        )
