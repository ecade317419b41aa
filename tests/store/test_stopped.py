"""An addition that is stopped, or whose disk is full, leaves nothing half-made; a store that does not begin leaves no folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock
from typing import Any

import pytest

from perdiem.model.durable import locked
from perdiem.store import files as parquet
from perdiem.store.add import add

from .kept import content

PUT = parquet.pq.write_table


def stopped(*_: Any, **__: Any) -> None:
    """Ctrl-C."""
    raise KeyboardInterrupt


ONE_AT_A_TIME = Lock()  # the limit is the whole process's, and buckets are written beside each other


def full(rows: Any, file: Path, **named: Any) -> None:
    """A disk that takes a little of a file and no more."""
    resource = pytest.importorskip("resource")
    with ONE_AT_A_TIME:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
        try:
            PUT(rows, file, **named)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(("failing", "error"), [(stopped, KeyboardInterrupt), (full, OSError)])
def test_nothing_half_made_is_left(
    tmp_path: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch, failing: Callable[..., None], error: type[BaseException]
) -> None:
    store = tmp_path / "store"
    add(store, files[:1])
    before = {*store.rglob("*")}, content(store)
    monkeypatch.setattr(parquet.pq, "write_table", failing)
    for folder in (store, tmp_path / "new" / "store"):
        with pytest.raises(error) as raised:
            add(folder, files[1:2])
        if isinstance(raised.value, OSError):
            assert raised.value.filename == str(folder), "the place that is full is told"
    assert ({*store.rglob("*")}, content(store)) == before
    assert not (tmp_path / "new").exists()
    monkeypatch.undo()
    assert add(store, files[1:2])["claims"] > 20


def test_a_manifest_that_could_not_be_replaced_stays(tmp_path: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """And what was to be its successor is gone; the addition that it does not name is swept by the next."""
    store = tmp_path / "store"
    add(store, files[:1])
    before = (store / "manifest.json").read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", stopped)
        with pytest.raises(KeyboardInterrupt):
            add(store, files[1:2])
    assert (store / "manifest.json").read_bytes() == before
    assert not [path for path in store.rglob("*") if path.name.endswith(".new")]
    assert add(store, files[1:2])["claims"] > 20


def test_a_store_that_does_not_begin_leaves_no_folder(tmp_path: Path) -> None:
    (tmp_path / "bad.837").write_bytes(b"no claims at all")
    assert add(tmp_path / "new" / "store", [tmp_path / "bad.837"])["claims"] == 0
    assert not (tmp_path / "new").exists()
    (tmp_path / "mine").mkdir()
    add(tmp_path / "mine", [tmp_path / "bad.837"])
    assert (tmp_path / "mine").is_dir(), "a folder of the user's stays"


def test_who_waited_for_a_folder_that_is_gone_has_it_alone(tmp_path: Path) -> None:
    """The lock goes with the folder; who waited for it makes both again, and the next one waits for him."""
    folder, begun, inside = tmp_path / "store", Event(), list[str]()

    def first() -> None:
        with suppress(ValueError), locked(folder):
            begun.set()
            time.sleep(0.2)
            raise ValueError

    def later(name: str) -> None:
        with locked(folder):
            inside.append(name)
            time.sleep(0.1)
            (folder / name).touch()
            inside.append(name)

    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(first)]
        assert begun.wait(10)
        runs += [pool.submit(later, name) for name in ("a", "b", "c")]
        for run in runs:
            run.result()
    assert inside[::2] == inside[1::2], "two were there at once"
    assert {path.name for path in folder.iterdir()} == {".lock", "a", "b", "c"}
