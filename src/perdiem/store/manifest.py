"""The manifest of a history store: what it holds, checked before it is believed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from perdiem.model.errors import FormatError

MANIFEST = "manifest.json"
VERSION = 1
INCOMING = "incoming-"
"""How the name of a folder begins that is being written and is not yet part of the store."""


def read_manifest(folder: Path) -> dict[str, Any]:
    """What a store holds; an empty store where the folder has no manifest. Raises FormatError for a damaged one."""
    file = folder / MANIFEST
    if not file.is_file():
        return {"version": VERSION, "additions": []}
    damaged = FormatError(folder.name, "is no history store: its manifest is damaged", "Restore it from a backup")
    try:
        manifest = json.loads(file.read_text("utf-8"))
    except PermissionError as error:
        raise unreadable(file.name) from error
    except (OSError, ValueError) as error:
        raise damaged from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("additions"), list):
        raise damaged
    if manifest.get("version") != VERSION:
        raise FormatError(folder.name, "was written by another version of perdiem", "Read it with the version that wrote it")
    if not all(_is_addition(entry) for entry in manifest["additions"]):
        raise damaged
    return manifest


def _is_addition(entry: Any) -> bool:
    """Whether a manifest's entry has what an addition needs."""
    return (
        isinstance(entry, dict)
        and _has(entry, id=str, claims=int, lines=int, inputs=list, files=list)
        and bool(entry["files"])
        and all(_has(one, name=str, sha256=str) for one in entry["inputs"])
        and all(
            _has(one, name=str, bucket=int, claims=int, **{"from": str, "to": str})
            and _is_day(one["from"])
            and _is_day(one["to"])
            and (isinstance(codes := one.get("codes", []), list) and all(isinstance(code, str) for code in codes))
            for one in entry["files"]
        )
    )


def unreadable(name: str) -> FormatError:
    """What is said of a file of the store that may not be read."""
    return FormatError(name, "of the history store may not be read by you", "Ask its owner for read access")


def _has(entry: Any, **kinds: type) -> bool:
    return isinstance(entry, dict) and all(isinstance(entry.get(key), kind) for key, kind in kinds.items())


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def refuse_lost(folder: Path) -> None:
    """Raises FormatError where a folder has additions that no manifest names."""
    if next((p for p in folder.glob("*/naming.parquet") if not p.parent.name.startswith(INCOMING)), None):
        what = f"holds additions of a history store, but its {MANIFEST} is lost"
        raise FormatError(folder.name, what, f"Restore {MANIFEST} from a backup, or add all files again to a new folder")
