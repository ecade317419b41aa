"""Files of claims billed earlier and of claims to judge."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.history import write

from .kept import claims


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two files of earlier claims, and one of claims to judge."""
    earlier, now = claims()
    half = len(earlier) // 2
    return [
        write(tmp_path / "1.837", earlier[:half], 1),
        write(tmp_path / "2.837", earlier[half:], 2),
        write(tmp_path / "now.837", now, 3),
    ]
