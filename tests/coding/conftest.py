"""The source texts, where they are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[3] / "shared" / "sources"


@pytest.fixture
def sources() -> dict[str, Path]:
    """Source files by key; the test is skipped where none is at hand."""
    found = {path.name[:3]: path for path in SOURCES.glob("*.txt")}
    if not found:
        pytest.skip("no source texts beside the repository")
    return found
