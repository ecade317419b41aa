"""Releases: official code sets that the user imported, kept in his data folder, read back by kind, day and code.

Other floors ask three things: :func:`loaded` what there is, :func:`in_force` which releases speak on a day, and
:func:`rows` what they say (the columns of :mod:`perdiem.codes.shapes`). Nothing is written here; see
:mod:`perdiem.codes.imports`.
"""

from __future__ import annotations

import json
import os
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.codes.shapes import SHAPES
from perdiem.model.errors import FormatError

MANIFEST = "manifest.json"
VERSION = 1
SETTING = "PERDIEM_DATA"  # environment variable that names the data folder


@dataclass(frozen=True, kw_only=True)
class Release:
    """One imported release of one kind (and one setting, for NCCI edits), and where it came from.

    effective: its first day. until: its last day, where the file or the user says so. rows: how many. complete:
    whether it is a whole HCPCS release, so that a code it lacks does not exist; sections: the first characters of
    its codes, of which alone that is said. file, member, sha256: the file as given (SHA-256 of its bytes), and the
    member or sheet in it. layout: how it was recognised. dated_by: where the first day comes from. left_out: bad rows.
    fingerprint: of its canonical rows and days. stored: SHA-256 of the Parquet file.
    """

    id: str
    kind: str
    effective: date
    file: str
    sha256: str
    rows: int
    fingerprint: str
    setting: str = ""
    until: date | None = None
    complete: bool = False
    sections: str = ""
    member: str = ""
    layout: str = ""
    dated_by: str = ""
    left_out: int = 0
    stored: str = ""

    @property
    def last(self) -> date | None:
        """The last day it can be relied on: as stated, else the end of its period; None where only a later release ends it."""
        return self.until or period_end(self.effective, SHAPES[self.kind].months)

    def row(self) -> dict[str, Any]:
        """The release as its manifest keeps it: days as ISO text, no empty field."""
        made = {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(self).items()}
        return {name: value for name, value in made.items() if value not in ("", None)}


def period_end(day: date, months: int) -> date | None:
    """The last day of the calendar quarter (3 months), half (6, from April and October) or year (12) of a day; None for 0."""
    if months in (0, 12):
        return date(day.year, 12, 31) if months else None
    first = 3 * ((day.month - 1) // 3)  # months before the quarter
    year, month = divmod(day.year * 12 + first + (months if months == 3 or first in (3, 9) else 3), 12)
    return date(year, month + 1, 1) - timedelta(days=1)


def data_folder() -> Path:
    """The user's data folder: the environment variable PERDIEM_DATA, else the system's place for such data."""
    named = os.environ.get(SETTING)
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_data_dir("perdiem", appauthor=False))


def releases_folder() -> Path:
    """Where releases are kept; it need not exist."""
    return data_folder() / "releases"


def own_policies_folder() -> Path:
    """Where the user's own policies are kept; it need not exist."""
    return data_folder() / "policies"


def loaded(kind: str | None = None) -> list[Release]:
    """The releases that are loaded, of one kind or all, by kind, setting and first day. Raises FormatError where damaged."""
    found = [release for release in read_manifest(releases_folder()) if kind in (None, release.kind)]
    return sorted(found, key=lambda r: (list(SHAPES).index(r.kind), r.setting, r.effective, r.id))


def in_force(kind: str, day: date, setting: str | None = None) -> list[Release]:
    """The releases of a kind that speak on a day: for each setting those with the latest first day not after it.

    A release past its last day does not speak. Several speak together where one list came in several files.
    """
    began = [r for r in loaded(kind) if r.effective <= day and setting in (None, r.setting)]
    latest = {r.setting: max(o.effective for o in began if o.setting == r.setting) for r in began}
    return [r for r in began if r.effective == latest[r.setting] and (r.last is None or day <= r.last)]


def rows(
    release: Release, columns: Sequence[str] | None = None, codes: Iterable[str] | None = None, *, folder: Path | None = None
) -> pa.Table:
    """The rows of a release: all its columns or those named, all rows or those of some codes.

    codes: of a pair both must be among them. folder: where it is kept, if not among the user's releases.
    Raises FormatError where the stored file is missing or damaged, KeyError for a column that the kind does not have.
    """
    from pyarrow.parquet import ParquetFile

    shape = SHAPES[release.kind]
    wanted = list(columns or shape.columns)
    unknown = [name for name in wanted if name not in shape.columns]
    if unknown:
        raise KeyError(unknown[0])
    file = (folder or releases_folder()) / f"{release.id}.parquet"
    by = shape.by if codes is not None else ()
    try:
        with ParquetFile(file) as stored:
            among = sorted(set(codes or ()))
            table = stored.read_row_groups(_groups(stored, by, among), [*dict.fromkeys([*wanted, *by])])
    except (OSError, pa.ArrowException) as error:
        raise FormatError(f"release {release.id}", "is missing or damaged", _again(release)) from error
    for name in by:
        table = table.filter(pc.is_in(table[name], pa.array(among, pa.string())))
    return table.select(wanted)


def _groups(stored: Any, by: Sequence[str], codes: list[str]) -> list[int]:
    """The row groups in which these codes can stand, by the first and last code of each; all where no codes are asked for."""
    every = list(range(stored.metadata.num_row_groups))
    if not by:
        return every
    place = stored.schema_arrow.get_field_index(by[0])  # before any list, so that it is the place of the stored column too
    return [group for group in every if _may_hold(stored.metadata.row_group(group).column(place).statistics, codes)]


def _may_hold(told: Any, codes: list[str]) -> bool:
    if told is None or not told.has_min_max:
        return True
    at = bisect_left(codes, told.min)
    return at < len(codes) and codes[at] <= told.max


def _again(release: Release) -> str:
    return f"perdiem codes forget {release.id}, then import {release.file} again"


def read_manifest(folder: Path) -> list[Release]:
    """The releases of a folder, in the order of their import; none where there is no manifest. Raises FormatError."""
    file = folder / MANIFEST
    if not file.is_file():
        return []
    damaged = FormatError("the imported releases", "cannot be read: their manifest is damaged", f"Remove {file} and import again")
    try:
        manifest = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise damaged from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("releases"), list):
        raise damaged
    if manifest.get("version") != VERSION:
        raise FormatError("the imported releases", "were written by another version of perdiem", "Use the version that wrote them")
    try:
        return [_release(row) for row in manifest["releases"]]
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise damaged from error


def _release(row: dict[str, Any]) -> Release:
    facts: dict[str, Any] = {f.name: row[f.name] for f in fields(Release) if f.name in row}
    facts |= {name: date.fromisoformat(row[name]) for name in ("effective", "until") if name in row}
    made = Release(**facts)
    if made.kind not in SHAPES:
        raise ValueError(made.kind)
    return made
