"""listed: the rows of imported releases that a rule stands for, for the codes at hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from perdiem.codes.releases import Release, loaded, rows
from perdiem.model.errors import PolicyError

_KINDS = {"release_pair": "ptp", "release_limit": "mue"}


def listed(table: str, fingerprints: Sequence[str], codes: Sequence[str], where: str) -> list[tuple[Any, ...]]:
    """The rows of a table, without the rule's number, in order. Raises PolicyError where a release is not loaded."""
    known = {release.fingerprint: release for release in loaded(_KINDS[table])}
    missing = [mark for mark in fingerprints if mark not in known]
    if missing:
        raise PolicyError(
            where, f"its release {missing[0][:19]} is not loaded", "Import the release again, or remove the policy file"
        )
    found = {row for mark in fingerprints for row in _ROWS[table](known[mark], codes)}
    return sorted(found)


def _pairs(release: Release, codes: Sequence[str]) -> list[tuple[Any, ...]]:
    """A deletion date at or before the first day says that the pair never was in force."""
    columns = ["column_1", "column_2", "modifier_indicator", "start", "end"]
    table = rows(release, columns, codes)
    told = zip(*(table[name].to_pylist() for name in columns), strict=True)
    return [
        (first, other, indicator, start or date.min, end or date.max)
        for first, other, indicator, start, end in told
        if not (start and end and end <= start)
    ]


def _limits(release: Release, codes: Sequence[str]) -> list[tuple[Any, ...]]:
    columns = ["code", "units", "indicator"]
    table = rows(release, columns, codes)
    return list(zip(*(table[name].to_pylist() for name in columns), strict=True))


_ROWS = {"release_pair": _pairs, "release_limit": _limits}
