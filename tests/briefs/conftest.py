"""The publication, built once for all tests; what is known, read once; and a browser where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perdiem.guide.known import Known, known
from perdiem.guide.publication import publish

CHROMIUM = Path("/usr/bin/chromium")


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


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A real Chromium; tests that need it are skipped where it is not installed."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.is_file():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with playwright.sync_playwright() as runner:
        opened = runner.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()
