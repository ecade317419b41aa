"""Keeping: releases are written to the user's data folder whole or not at all, and removed again.

A release is one Parquet file. It is written beside the others, flushed to disk, renamed into place, and only then
named in the manifest, which is itself replaced in one step. What a crash left behind is swept up by the next import.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from perdiem.codes.releases import MANIFEST, VERSION, Release, loaded, read_manifest, releases_folder
from perdiem.model.durable import flush, locked, replace_text
from perdiem.model.errors import FormatError

ROW_GROUP = 1 << 14  # rows; a code is looked for in the groups alone whose first and last code hold it


def keep(drafts: Sequence[tuple[Release, pa.Table]]) -> tuple[list[Release], list[Release]]:
    """Write what is new, and name all of it in the manifest in one step; returns the new releases and those held already.

    Raises FormatError where the same file is loaded with other days; then nothing is kept.
    """
    from pyarrow.parquet import write_table

    folder = releases_folder()
    new, held = list[Release](), list[Release]()
    with locked(folder):
        known = read_manifest(folder)
        _sweep(folder, known)
        for release, table in drafts:
            found = _held(release, [*known, *new])
            if found:
                held.append(found)
                continue
            beside = folder / f"{release.id}.parquet.new"
            write_table(table, beside, compression="zstd", row_group_size=ROW_GROUP)
            new.append(replace(release, stored=hashlib.sha256(beside.read_bytes()).hexdigest()))
            flush(beside)
            beside.replace(folder / f"{release.id}.parquet")
        if new:
            flush(folder)
            _write_manifest(folder, [*known, *new])
    return new, held


def _held(release: Release, known: Sequence[Release]) -> Release | None:
    """The release that holds the same already. Raises FormatError where the same part of the same file has other days."""
    for other in known:
        if other.fingerprint == release.fingerprint:
            return other
        if _origin(other) == _origin(release):
            what = f"is loaded already as {other.id}, with other days or read in another way"
            raise FormatError(release.file, what, f"perdiem codes forget {other.id}, then import the file again")
    return None


def _origin(release: Release) -> tuple[str, str, str, str]:
    return release.sha256, release.member, release.kind, release.setting


def forget(names: Sequence[str]) -> list[Release]:
    """Remove releases, each named in full or by a beginning that only one has. Raises FormatError; then nothing is removed."""
    folder = releases_folder()
    if not folder.is_dir():
        raise FormatError("codes forget", "no release is loaded", "perdiem codes releases lists those loaded")
    with locked(folder):
        known = loaded()
        gone = [_named(name, known) for name in names]
        _write_manifest(folder, [release for release in read_manifest(folder) if release not in gone])
        for release in gone:
            (folder / f"{release.id}.parquet").unlink(missing_ok=True)
    return gone


def _named(name: str, known: Sequence[Release]) -> Release:
    found = [release for release in known if release.id == name] or [release for release in known if release.id.startswith(name)]
    if len(found) == 1:
        return found[0]
    which = ", ".join(release.id for release in found)
    what = f"several releases begin with {name!r}: {which}" if found else f"no release {name!r} is loaded"
    raise FormatError("codes forget", what, "perdiem codes releases lists those loaded")


def _sweep(folder: Path, known: Sequence[Release]) -> None:
    named = {f"{release.id}.parquet" for release in known}
    for file in [*folder.glob("*.parquet"), *folder.glob("*.new")]:
        if file.name not in named:
            file.unlink(missing_ok=True)


def _write_manifest(folder: Path, releases: Sequence[Release]) -> None:
    text = json.dumps({"version": VERSION, "releases": [release.row() for release in releases]}, indent=1, ensure_ascii=False)
    replace_text(folder / MANIFEST, text + "\n")
