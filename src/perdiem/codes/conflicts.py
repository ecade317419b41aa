"""Differences: where two releases, or a release and the shipped tables, say different things of one code.

That a later release ends a code is no difference here, and that it changes a value is none: it is newer. A difference is a first
or last day told in two ways, a code that a whole release no longer holds though none ended it, and two releases of the
same first day that differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise, product
from typing import Any

from perdiem.codes.book import shipped_book
from perdiem.codes.releases import Release, rows
from perdiem.codes.shapes import SHAPES

Said = Mapping[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class Difference:
    """Two sources that say different things of one code: which code, who says what, and whose word is taken."""

    code: str
    one: str
    other: str
    what: str
    followed: str


def differences(releases: Sequence[Release]) -> list[Difference]:
    """Every difference among the releases of one kind and setting, and with the shipped tables; in the order of codes."""
    found: list[Difference] = []
    for of in sorted({(r.kind, r.setting) for r in releases}):
        mine = sorted((r for r in releases if (r.kind, r.setting) == of), key=lambda r: (r.effective, r.complete, r.id))
        dated = of[0] in ("hcpcs", "modifier")
        if not (dated or len({r.effective for r in mine}) < len(mine)):
            continue
        said = {release.id: _said(release) for release in mine}
        for one, other in combinations(mine, 2):
            if one.effective == other.effective:
                found += _same_day(one, other, said[one.id], said[other.id])
        for earlier, later in pairwise(sorted({r.effective for r in mine}) if dated else ()):
            for one, other in product(mine, mine):
                if (one.effective, other.effective) == (earlier, later):
                    found += _one_after_other(one, other, said[one.id], said[other.id])
        if of[0] == "hcpcs":
            found += _with_the_tables(mine[-1], said[mine[-1].id])
    return sorted(found, key=lambda c: (c.code, c.one, c.other, c.what))


def _said(release: Release) -> Said:
    """The rows of a release by their key; texts are left out, since words change without meaning anything else."""
    shape = SHAPES[release.kind]
    columns = [name for name in shape.columns if name not in ("text", "short_text", "name", "notes", "rationale")]
    return {tuple(row[name] for name in shape.key): row for row in rows(release, columns).to_pylist()}


def _same_day(one: Release, other: Release, first: Said, second: Said) -> Iterator[Difference]:
    for key in first.keys() & second.keys():
        for name, value in first[key].items():
            if value is not None and second[key][name] is not None and value != second[key][name]:
                what = f"{name.replace('_', ' ')} is {_word(value)} in one, {_word(second[key][name])} in the other"
                yield Difference(_code(key), one.id, other.id, what, other.id)


def _one_after_other(one: Release, other: Release, first: Said, second: Said) -> Iterator[Difference]:
    for key, was in first.items():
        now = second.get(key)
        if now is None:
            if other.complete and not (was["end"] and was["end"] < other.effective):
                yield Difference(
                    _code(key), one.id, other.id, "the later lacks it, and none of them ended it", "it is taken as known"
                )
            continue
        if was["start"] and now["start"] and was["start"] != now["start"]:
            yield Difference(_code(key), one.id, other.id, f"it begins on {was['start']} or on {now['start']}", other.id)
        dateless = not (now["start"] or now["acted"])  # a mere list says of no code how long it lives
        if was["end"] and was["end"] != now["end"] and not dateless:
            yield Difference(_code(key), one.id, other.id, f"it ended on {was['end']} or {_end(now['end'])}", other.id)


def _with_the_tables(release: Release, said: Said) -> Iterator[Difference]:
    own = shipped_book()
    for code, facts in own.codes.items():
        now = said.get((code,))
        if now is None:
            continue
        read = own.sources.get(facts.source, {}).get("as_of") or own.sources.get(facts.source, {}).get("read")
        followed = release.id if not isinstance(read, date) or release.effective > read else "the code book"
        if facts.start and now["start"] and facts.start != now["start"]:
            what = f"it begins on {facts.start} or on {now['start']}"
            yield Difference(code, "the code book", release.id, what, followed)
        if facts.end and now["end"] != facts.end and (now["end"] or facts.end < release.effective):
            yield Difference(code, "the code book", release.id, f"it ended on {facts.end} or {_end(now['end'])}", followed)


def _end(day: date | None) -> str:
    return f"on {day}" if day else "not at all"


def _code(key: tuple[Any, ...]) -> str:
    return " ".join(str(part) for part in key if part is not None)


def _word(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)
