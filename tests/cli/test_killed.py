"""An answer is whole or not there: whatever stops a run, what stands there is sound, and no record vouches for other bytes."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from perdiem.model.whole import beside, whole
from perdiem.pipeline.export import TABLES

from .command import PERDIEM, SHORT, WEEK, write

KILLED = Path(__file__).with_name("killed.py")


def killed(step: int, *words: object) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, str(KILLED), str(step), *map(str, words)]
    return subprocess.run(run, capture_output=True, text=True, timeout=120, check=False)


def fingerprint(folder: Path) -> str:
    marks = (hashlib.sha256((folder / f"{name}.parquet").read_bytes()).digest() for name in TABLES)
    return "sha256:" + hashlib.sha256(b"".join(marks)).hexdigest()


def test_killed_at_any_step_the_tables_are_sound(tmp_path: Path) -> None:
    """Over an answer of last week: the old one with its record, or sound tables without one, or the new one with its record."""
    old, new = write(tmp_path / "old.837", [SHORT]), write(tmp_path / "new.837", WEEK)
    base, after = tmp_path / "base", tmp_path / "after"
    killed(0, "check", old, "--format", "parquet", "--out", base)
    shutil.copytree(base, after)
    steps = int(killed(0, "check", new, "--format", "parquet", "--out", after).stdout.split()[-1])
    before, later = fingerprint(base), fingerprint(after)
    assert before != later
    seen = set()
    renames = steps - 2 * len(TABLES)  # about where the first table is put in place
    for step in (renames - 8, *range(renames - 2, steps - 4)):
        folder = tmp_path / f"killed-{step}"
        shutil.copytree(base, folder)
        assert killed(step, "check", new, "--format", "parquet", "--out", folder).returncode == -9
        for name in TABLES:
            pq.read_table(folder / f"{name}.parquet")
        held = fingerprint(folder)
        record = folder / "run.json"
        assert (json.loads(record.read_text())["output"] if record.exists() else held) == held, "a record vouches for other bytes"
        seen.add("unvouched" if not record.exists() else "before" if held == before else "after")
    assert seen == {"before", "unvouched", "after"}
    done = killed(0, "check", new, "--format", "parquet", "--out", folder)
    assert done.returncode == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted([*(f"{name}.parquet" for name in TABLES), "run.json"])
    assert fingerprint(folder) == later


@pytest.mark.parametrize(("format", "out"), [("parquet", "judged"), ("csv", "a.csv"), ("xlsx", "a.xlsx")])
def test_a_run_that_fails_leaves_what_stood_there(tmp_path: Path, format: str, out: str) -> None:
    """A disk that takes no more: the answer of last week stays, with its record, and nothing half-made beside it."""
    if format == "xlsx":
        pytest.importorskip("xlsxwriter")
    from judge.generate import generate

    write(tmp_path / "old.837", [SHORT])
    write(tmp_path / "many.837", generate(3, 400))
    words = [str(PERDIEM), "check", "old.837", "--format", format, "--out", out]
    assert subprocess.run(words, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    words[2] = "many.837"
    run = subprocess.run(
        ["sh", "-c", 'ulimit -f 16 && exec "$0" "$@"', *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert run.returncode == 2, run.stderr
    assert "too large" in run.stderr
    assert "Traceback" not in run.stderr
    assert "Exception ignored" not in run.stderr
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_workbook_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    pytest.importorskip("xlsxwriter")
    from perdiem.formats.xlsx import Workbook

    with pytest.raises(FileNotFoundError):
        Workbook(tmp_path / "nowhere" / "a.xlsx").close({"problems": [], "verdicts": {}})


def test_a_workbook_on_a_full_disk_fails_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its archive, which fails again when it is let go, says nothing more."""
    pytest.importorskip("xlsxwriter")
    if not Path("/dev/full").exists():
        pytest.skip("skipped, because this machine has no /dev/full")
    from perdiem.formats.xlsx import Workbook

    heard: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", heard.append)
    book = Workbook(Path("/dev/full"))
    with pytest.raises(OSError, match="No space left"):
        book.close({"problems": [], "verdicts": {}})
    gc.collect()
    assert not heard


def test_files_come_together_or_not_at_all(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    two.write_text("old")

    def write_half() -> None:
        with whole(one, two) as (first, second):
            first.write_text("new")
            second.write_text("new")
            raise ValueError("half")

    with pytest.raises(ValueError, match="half"):
        write_half()
    assert [path.name for path in tmp_path.iterdir()] == ["two"]
    with whole(one, two) as (first, second):
        first.write_text("new")
        second.write_text("new")
        assert (first, two.read_text()) == (beside(one), "old")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"one": "new", "two": "new"}
    with pytest.raises(FileNotFoundError), whole(one, two) as (_, second):
        second.write_text("newer")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"one": "new", "two": "new"}
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError, match="folder"), whole(one, tmp_path / "folder", two):
        pytest.fail("nothing is written where it could not be put in place")
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "one", "two"}
    with pytest.raises(FileNotFoundError), whole(one, tmp_path / "other" / "one", two) as (first, _, third):
        (first.write_text("newer"), third.write_text("newer"))
    assert {path.name: path.read_text() for path in (one, two)} == {"one": "new", "two": "new"}

    def write_late() -> None:
        with whole(one, tmp_path / "late", two) as parts:
            for part in parts:
                part.write_text("newest")
            (tmp_path / "late").mkdir()
            (tmp_path / "late" / "folder").write_text("")

    with pytest.raises(OSError, match="late"):
        write_late()
    assert not two.exists(), "a record whose answer did not come vouches for nothing"


def test_the_disk_has_a_file_before_its_name_leads_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the names of the answer before that of its record: so after a power cut nothing is empty, and no record lies."""
    doings: list[tuple[str, str]] = []
    flush, move, gone = os.fsync, Path.replace, Path.unlink

    def flushed(handle: int) -> None:
        doings.append(("flush", Path(f"/dev/fd/{handle}").resolve().name))
        flush(handle)

    def moved(self: Path, to: Path) -> Path:
        doings.append(("move", to.name))
        return move(self, to)

    def removed(self: Path, missing_ok: bool = False) -> None:
        doings.append(("remove", self.name))
        gone(self, missing_ok)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", moved)
    monkeypatch.setattr(Path, "unlink", removed)
    with whole(tmp_path / "answer", tmp_path / "run.json") as files:
        for file in files:
            file.write_text("new")
    names = ("flush", tmp_path.name)
    parts = [".answer.part", ".run.json.part"]
    assert doings == [
        *(("flush", part) for part in parts), ("remove", "run.json"), names, ("move", "answer"), names, ("move", "run.json"), names,
        *(("remove", part) for part in parts),
    ]  # fmt: skip
