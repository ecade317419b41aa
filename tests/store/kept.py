"""What store tests look at: the files of a store, what its manifest names, and a process that adds to it."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from perdiem.store.history import open_history
from perdiem.store.manifest import MANIFEST, read_manifest
from pipeline.history import apart, jsonl, runs

SLOW = Path(__file__).with_name("slow.py")


@cache
def claims() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return apart(31, 160)


def content(store: Path) -> dict[str, bytes]:
    """Every file of a store with its bytes; the lock aside."""
    return {
        str(file.relative_to(store)): file.read_bytes()
        for file in sorted(store.rglob("*"))
        if file.is_file() and file.name != ".lock"
    }


def named(store: Path) -> set[str]:
    """The files that the manifest speaks of."""
    found = {MANIFEST}
    for addition in read_manifest(store)["additions"]:
        found.add(f"{addition['id']}/naming.parquet")
        for entry in addition["files"]:
            found |= {f"{addition['id']}/{entry['name']}.{table}.parquet" for table in ("claim", "line")}
            found.add(f"{addition['id']}/{entry['bucket']:02d}.index.parquet")
    return found


def sound(store: Path) -> None:
    """Whatever the manifest names is there and holds what it says."""
    for addition in read_manifest(store)["additions"]:
        folder = store / addition["id"]
        counted = [pq.read_table(folder / f"{entry['name']}.claim.parquet").num_rows for entry in addition["files"]]
        assert counted == [entry["claims"] for entry in addition["files"]]
        lines = [pq.read_table(folder / f"{entry['name']}.line.parquet").num_rows for entry in addition["files"]]
        assert (sum(counted), sum(lines)) == (addition["claims"], addition["lines"])


def answered(store: Path, file: Path) -> str:
    with open_history(store) as history:
        return jsonl(runs([file], history))


def slow(*words: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, str(SLOW), *map(str, words)], capture_output=True, timeout=120, check=False)
