"""Of a history only what can matter is read: by the days of its claims, and by codes of equipment that lasts."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from judge.pumps_generate import generate
from perdiem.store import files as store_of
from perdiem.store.add import add
from perdiem.store.history import open_history
from perdiem.store.manifest import MANIFEST
from pipeline.claims import claim, line
from pipeline.history import apart, jsonl, runs, write

from .kept import answered


def as_before(store: Path) -> None:
    """Makes the store what it was without an index, when neither a claim's days nor a file's codes were noted, nor files cut."""
    manifest = json.loads((store / MANIFEST).read_text("utf-8"))
    for index in store.rglob("*.index.parquet"):
        index.unlink()
    for addition in manifest["additions"]:
        for entry in addition["files"]:
            del entry["codes"]
            for kind in ("claim", "line"):
                file = store / addition["id"] / f"{entry['name']}.{kind}.parquet"
                table = pq.read_table(file)
                pq.write_table(table.drop([n for n in ("first_day", "last_day") if n in table.column_names]), file)
    (store / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def mixed() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Claims of two payers; equipment of one of them lasts."""
    rng = random.Random("pumps of the store")
    earlier, now = apart(51, 300)
    for one in generate(13, 700):
        (earlier if rng.random() < 0.45 else now).append(one)
    return earlier, now


def test_a_store_and_one_of_before_and_a_file_answer_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier, claims = mixed()
    file, now = write(tmp_path / "earlier.837", earlier, 1), write(tmp_path / "now.837", claims, 2)
    with open_history(file) as history:
        wanted = jsonl(runs([now], history))
    assert wanted != jsonl(runs([now]))
    for group in (store_of._GROUP, 3):
        monkeypatch.setattr(store_of, "_GROUP", group)
        store = tmp_path / f"store of {group}"
        add(store, [file])
        assert answered(store, now) == wanted
        as_before(store)
        assert answered(store, now) == wanted


def test_claims_on_other_days_of_the_month_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The month at hand holds claims of the member, but none on his days; then one; and never more groups than needed."""
    monkeypatch.setattr(store_of, "_GROUP", 1)
    store = tmp_path / "store"
    days = [f"2024-06-{day:02d}" for day in range(1, 29)]
    add(store, [write(tmp_path / "june.837", [claim(line("S9500", 1, day, day)) | {"id": f"H{day}"} for day in days], 1)])
    read: list[int] = []
    real = store_of._groups

    def counted(*words: Any) -> list[int]:
        found = real(*words)
        read.append(len(found))
        return found

    monkeypatch.setattr(store_of, "_groups", counted)
    for day, verdict, groups in (("2024-06-29", "pay", []), ("2024-06-12", "deny", [1, 1])):
        read.clear()
        now = write(tmp_path / f"{day}.837", [claim(line("A4222", 1, day, day)) | {"id": "N"}], 2)
        with open_history(store) as history:
            (run,) = runs([now], history)
        assert ([row["verdict"] for row in run.decision.to_pylist()], read) == ([verdict], groups)
