"""What outlives a run: the history of claims."""

from __future__ import annotations

import json
from pathlib import Path

from perdiem.store.manifest import MANIFEST


def is_store(folder: Path) -> bool:
    """Whether a folder is a history store, by its manifest; a damaged one is known by its additions."""
    file = folder / MANIFEST
    try:
        if not file.is_file():
            return False
        if any(folder.glob("*/naming.parquet")):
            return True
        manifest = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and isinstance(manifest.get("additions"), list)
