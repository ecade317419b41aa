"""The history store is whole or as it was, whatever stops an addition and whoever else adds; damage is refused."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cli.nobody import common_ground, unprivileged
from perdiem.model.errors import FormatError
from perdiem.store.add import add
from perdiem.store.history import open_history
from perdiem.store.manifest import MANIFEST, read_manifest
from pipeline.history import jsonl, runs, write

from .kept import SLOW, answered, claims, content, named, slow, sound

# ---------------------------------------------------------------- whole or not at all


def test_killed_at_any_step_the_store_is_as_before_or_whole(tmp_path: Path, files: list[Path]) -> None:
    """The adding process is killed before some of its writes and flushes, and before each of the last."""
    base, whole = tmp_path / "base", tmp_path / "whole"
    add(base, files[:1])
    shutil.copytree(base, whole)
    steps = int(slow("count", 0, whole, files[1]).stdout.split()[0])
    before, after = content(base), content(whole)
    assert steps > 40
    rng = random.Random(8)
    seen = set()
    for step in [1, *sorted(rng.sample(range(2, steps - 6), 3)), *range(steps - 5, steps + 1)]:
        store = tmp_path / f"killed-{step}"
        shutil.copytree(base, store)
        assert slow("kill", step, store, files[1]).returncode == -9
        held = {name: data for name, data in content(store).items() if name in named(store)}
        assert held in (before, after), f"neither as before nor whole after step {step}"
        seen.add(held == after)
        sound(store)
        add(store, [files[1]])
        assert content(store) == after, f"what step {step} left behind was not swept up"
    assert seen == {False, True}


def test_killed_at_any_time(tmp_path: Path, files: list[Path]) -> None:
    """The same by the clock, from outside."""
    base = tmp_path / "base"
    add(base, files[:1])
    whole = tmp_path / "whole"
    shutil.copytree(base, whole)
    began = time.monotonic()
    slow("count", 0, whole, files[1])
    took = time.monotonic() - began
    rng = random.Random(9)
    for number in range(3):
        store = tmp_path / f"killed-{number}"
        shutil.copytree(base, store)
        process = subprocess.Popen([sys.executable, str(SLOW), "count", "0", str(store), str(files[1])], stdout=subprocess.DEVNULL)
        time.sleep(took * rng.uniform(0.5, 1.0))
        process.kill()
        process.wait()
        held = {name: data for name, data in content(store).items() if name in named(store)}
        assert held in (content(base), content(whole))
        assert answered(store, files[2]) in (answered(base, files[2]), answered(whole, files[2]))
        add(store, [files[1]])
        assert content(store) == content(whole)


def test_leftovers_are_swept_and_never_read(tmp_path: Path, files: list[Path]) -> None:
    store = tmp_path / "store"
    add(store, files[:1])
    told, before = answered(store, files[2]), content(store)
    (store / "incoming-abc").mkdir()
    (store / "incoming-abc" / "00-2024-06.claim.parquet").write_bytes(b"half")
    (store / f"{MANIFEST}.new").write_text("{")
    shutil.copytree(next(store.glob("*/naming.parquet")).parent, store / "0123456789abcdef")  # never named in the manifest
    (store / "notes").mkdir()
    assert answered(store, files[2]) == told
    add(store, files[:1])
    assert not (store / "incoming-abc").exists()
    assert not (store / "0123456789abcdef").exists()
    (store / "notes").rmdir()
    (store / f"{MANIFEST}.new").unlink(missing_ok=True)
    assert content(store) == before


# ---------------------------------------------------------------- damage


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '"text"', "{}", '{"additions": 3}', '{"version": 1}', '{"version": 1, "additions": "abc"}',
     '{"version": 1, "additions": [1]}', '{"version": 1, "additions": [{"id": "x"}]}',
     '{"version": 1, "additions": [{"id": "x", "claims": 1, "lines": 1, "inputs": [], "files": []}]}',
     '{"version": 1, "additions": [{"id": "x", "inputs": [], "files": [{"name": "a", "bucket": 1, "from": 1, "to": 2}]}]}',
     '{"version": 99, "additions": []}'],
)  # fmt: skip
def test_a_damaged_manifest_is_refused(tmp_path: Path, files: list[Path], text: str) -> None:
    """Nothing is judged with half a history, and nothing is added to a store that cannot be read."""
    store = tmp_path / "store"
    add(store, files[:1])
    (store / MANIFEST).write_text(text)
    before = content(store)
    with pytest.raises(FormatError):
        answered(store, files[2])
    with pytest.raises(FormatError):
        add(store, files[1:2])
    assert content(store) == before


def test_a_manifest_of_other_bytes_is_refused(tmp_path: Path, files: list[Path]) -> None:
    store = tmp_path / "store"
    add(store, files[:1])
    (store / MANIFEST).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FormatError):
        read_manifest(store)


@pytest.mark.parametrize("what", ["gone", "cut"])
@pytest.mark.parametrize("kind", ["claim", "line"])
def test_a_damaged_store_is_refused(tmp_path: Path, files: list[Path], what: str, kind: str) -> None:
    store = tmp_path / "store"
    add(store, files[:1])
    for file in store.rglob(f"*.{kind}.parquet"):
        if what == "gone":
            file.unlink()
        else:
            file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(FormatError):
        answered(store, files[2])


def test_an_index_is_missed_by_nobody_but_believed_only_whole(tmp_path: Path, files: list[Path]) -> None:
    store = tmp_path / "store"
    add(store, files[:1])
    told = answered(store, files[2])
    for index in store.rglob("*.index.parquet"):
        index.write_bytes(index.read_bytes()[:-9])
    with pytest.raises(FormatError, match="damaged"):
        answered(store, files[2])
    for index in store.rglob("*.index.parquet"):
        pq.write_table(pq.read_table(index.with_name("naming.parquet")).slice(0, 0), index)
    with pytest.raises(FormatError, match="damaged"):
        answered(store, files[2])
    for index in store.rglob("*.index.parquet"):
        index.unlink()
    assert answered(store, files[2]) == told


def test_a_folder_that_is_no_store_is_read_as_claims(tmp_path: Path, files: list[Path]) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(FormatError), open_history(tmp_path / "nothing"):
        pass
    with pytest.raises(FormatError), open_history(tmp_path / "absent"):
        pass


def test_a_lost_manifest_is_told_and_no_new_store_begun(tmp_path: Path, files: list[Path]) -> None:
    store = tmp_path / "store"
    add(store, files[:1])
    (store / MANIFEST).unlink()
    before = content(store)
    for deed in (lambda: add(store, files[1:2]), lambda: answered(store, files[2])):
        with pytest.raises(FormatError, match="is lost"):
            deed()
    assert content(store) == before


def test_a_folder_of_other_files_becomes_no_store(tmp_path: Path, files: list[Path]) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "week.837").write_bytes(files[0].read_bytes())
    before = content(inbox)
    with pytest.raises(FormatError, match="no history store"):
        add(inbox, files[:1])
    assert content(inbox) == before
    with pytest.raises(FormatError, match="is a file"):
        add(files[0], files[1:2])


def test_a_first_addition_that_crashed_may_be_repeated(tmp_path: Path, files: list[Path]) -> None:
    store = tmp_path / "store"
    steps = int(slow("count", 0, tmp_path / "whole", files[0]).stdout.split()[0])
    for step in range(steps - 9, steps):
        slow("kill", step, store, files[0])
    add(store, files[:1])
    assert content(store) == content(tmp_path / "whole")


def test_who_may_read_a_store_is_said_by_the_umask(tmp_path: Path, files: list[Path]) -> None:
    before = os.umask(0o027)
    try:
        add(tmp_path / "store", files[:1])
    finally:
        os.umask(before)
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in (tmp_path / "store").rglob("*")}
    assert modes == {True: 0o750, False: 0o640}


# ---------------------------------------------------------------- several at once


def test_additions_at_once_are_all_kept(tmp_path: Path) -> None:
    """Six processes add six files, some of them the same, at once: each file once, and all of them."""
    earlier, _ = claims()
    store = tmp_path / "store"
    given = [write(tmp_path / f"{n}.837", earlier[n * 10 : n * 10 + 10], n + 1) for n in range(4)]
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda file: slow("count", 0, store, file), [*given, given[0], given[1]]))
    assert [one.returncode for one in done] == [0] * 6, done[0].stderr.decode()
    assert sorted(int(one.stdout.split()[1]) for one in done) == [0, 0, 10, 10, 10, 10]
    held = [entry["name"] for addition in read_manifest(store)["additions"] for entry in addition["inputs"]]
    assert sorted(held) == [file.name for file in given]
    assert set(content(store)) == named(store)
    sound(store)


def test_reading_while_adding(tmp_path: Path, files: list[Path]) -> None:
    """A history opened before an addition goes on as it was opened."""
    store = tmp_path / "store"
    add(store, files[:1])
    told = answered(store, files[2])
    with open_history(store) as history:
        add(store, files[1:2])
        assert jsonl(runs([files[2]], history)) == told
    assert answered(store, files[2]) != told


def whole_bucket(store: Path, bucket: int) -> None:
    """Opens a store and reads all that a bucket holds."""
    with open_history(store) as history:
        for piece in history.pieces(bucket, (date(2000, 1, 1), date(2100, 1, 1)), frozenset()):
            piece.read(piece.whose["claim_no"].combine_chunks())


def test_what_may_not_be_read_is_told_as_that(files: list[Path]) -> None:
    with common_ground() as folder:
        store = folder / "store"
        add(store, files[:1])
        tables = list(store.rglob("*-*.claim.parquet")) + list(store.rglob("*.index.parquet"))
        for what in (store / MANIFEST, *tables):
            before = what.stat().st_mode
            what.chmod(0)
            with unprivileged(), pytest.raises(FormatError, match="may not be read by you"):
                whole_bucket(store, 0 if what.name == MANIFEST else int(what.name[:2]))
            what.chmod(before)
