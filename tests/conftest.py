"""Lets tests share the independent judge, its claims by name and a browser, and keeps them out of the user's own data folder."""

import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

CHROMIUM = Path("/usr/bin/chromium")
_NUMBERS = count()


@pytest.fixture(scope="session", autouse=True)
def no_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the data folders of the tests lie; fixtures that outlive a test see one without releases."""
    home = tmp_path_factory.mktemp("perdiem-data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PERDIEM_DATA", str(home / "none"))
        yield home


@pytest.fixture(autouse=True)
def data(no_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of this test alone; it does not exist until something is kept in it."""
    folder = no_data / f"data-{next(_NUMBERS)}"
    monkeypatch.setenv("PERDIEM_DATA", str(folder))
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
