"""ncci: the policies that stand for imported releases of NCCI edits, written into the user's data folder.

One file for each run of days on which the same releases of one setting hold, from the pattern that the library keeps for the
setting. They follow from the releases alone: :func:`renew` writes what should be there and removes what should not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from perdiem.codes.book import LIBRARY
from perdiem.codes.releases import Release, data_folder, loaded
from perdiem.codes.validity import Holding, holdings

_KINDS = ("ptp", "mue")
_PART = re.compile(r"^#: (\w+) ?(\w*)\n", re.MULTILINE)
_DAY = timedelta(days=1)


def renew(library: Traversable = LIBRARY, own: Path | None = None) -> tuple[list[str], list[str]]:
    """Bring the generated policies up to the loaded releases; returns the files written and those removed, by policy and day.

    own: another folder in place of the user's data folder. Files of the user's own making are left alone.
    """
    wanted = dict(_wanted(library))
    place = (data_folder() if own is None else own) / "policies" / "cms"
    folders = [place / entry.name for entry in _patterns(library)]
    there = {f"{file.parent.name}/{file.name}": file for folder in folders if folder.is_dir() for file in folder.glob("*.toml")}
    written, removed = [], []
    for name in sorted(there.keys() - wanted.keys()):
        there[name].unlink()
        removed.append(name)
    for name, text in sorted(wanted.items()):
        if name not in there or there[name].read_text("utf-8") != text:
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            beside = place / f"{name}.new"
            beside.write_text(text, "utf-8")
            beside.replace(place / name)
            written.append(name)
    return written, removed


def _patterns(library: Traversable) -> list[Traversable]:
    """The folders of the library that hold a pattern."""
    place = library / "policies" / "cms"
    return sorted((f for f in place.iterdir() if f.is_dir() and (f / "pattern.toml").is_file()), key=lambda f: f.name)


def _wanted(library: Traversable) -> Iterator[tuple[str, str]]:
    """Every policy that should be there: its place, and its text."""
    for folder in _patterns(library):
        _, *parts = _PART.split((folder / "pattern.toml").read_text("utf-8"))
        texts = dict(zip(parts[::3], parts[2::3], strict=True))
        setting = parts[parts.index("setting") + 1]
        for first, last, releases in _versions(setting):
            yield f"{folder.name}/{first.isoformat()}.toml", _policy(texts, first, last, releases)


def _versions(setting: str) -> Iterator[tuple[date, date, list[Release]]]:
    """The runs of days on which the same releases of a setting hold, pairs before limits."""
    held: list[Holding] = []
    for kind in _KINDS:
        held += holdings(kind, [release for release in loaded(kind) if release.setting == setting])
    days = sorted({h.first for h in held} | {h.last + _DAY for h in held if h.last < date.max})
    for first, following in zip(days, [*days[1:], None], strict=False):
        speaking = [release for h in held if h.first <= first <= h.last for release in h.releases]
        if speaking:
            yield first, following - _DAY if following else date.max, speaking


def _policy(texts: dict[str, str], first: date, last: date, releases: Sequence[Release]) -> str:
    """The text of one version: the head, and a rule for each kind of release."""
    head = {"effective": first.isoformat(), "until": last.isoformat(), "sources": "\n\n".join(_sources(releases))}
    made = Template(texts["setting"]).substitute(head)
    for kind in _KINDS:
        of = [release for release in releases if release.kind == kind]
        if of:
            cites = [f"{{ source = {json.dumps(release.id)}, section = {json.dumps(_section(release))} }}" for release in of]
            told = {"releases": json.dumps([release.fingerprint for release in of]), "cite": cites[0]}
            made += Template(texts[kind]).substitute(told | {"also": f"[{', '.join(cites[1:])}]"})
    return made


def _sources(releases: Sequence[Release]) -> Iterator[str]:
    for number, release in enumerate(releases):
        yield "\n".join(
            [
                "[[policy.also_sources]]" if number else "[policy.source]",
                f"key    = {json.dumps(release.id)}",
                f"name   = {json.dumps(_section(release))}",
                f"sha256 = {json.dumps(release.sha256)}",
                f"read   = {release.effective.isoformat()}",
                "table  = true",
            ]
        )


def _section(release: Release) -> str:
    return f"{release.file}: {release.member}" if release.member else release.file
