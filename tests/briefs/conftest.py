"""The publication, built once for all tests, and what is known, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from perdiem.guide.known import Known, known
from perdiem.guide.publication import publish


@pytest.fixture(scope="session")
def all_known() -> Known:
    """What the library knows on its own day."""
    return known()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole publication."""
    folder = tmp_path_factory.mktemp("site")
    publish(folder)
    return folder
