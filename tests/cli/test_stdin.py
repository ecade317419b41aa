"""Large claims on standard input: the answer of the file, and nothing left behind, whatever ends the command."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from judge.generate import generate
from judge.to_837 import to_837
from perdiem.formats.bulk.chunks import LARGE

from .command import PERDIEM, perdiem


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Claims in a file that is just large, by the line ends between its segments."""
    file = tmp_path_factory.mktemp("large") / "stdin"
    segments = to_837(generate(7, 400)).encode().replace(b"\n", b"").split(b"~")
    file.write_bytes((b"~" + b"\n" * (LARGE // len(segments) + 1)).join(segments))
    return file


def tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


def inputs(folder: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((folder / "run.json").read_text())["inputs"]
    return found


def test_large_standard_input_gives_the_answer_of_the_file(large: Path, tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    env = {"TMPDIR": str(tmp_path / "temporary")}
    by_name = perdiem("check", large, "--format", "parquet", "--out", tmp_path / "file", **env)
    told = perdiem("check", "-", "--format", "parquet", "--out", tmp_path / "stdin", given=large.read_bytes(), **env)
    assert (told.status, told.err) == (by_name.status, by_name.err)
    assert tables(tmp_path / "stdin") == tables(tmp_path / "file")
    assert inputs(tmp_path / "stdin") == inputs(tmp_path / "file")
    with zipfile.ZipFile(tmp_path / "large.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(large, "stdin")
    added = perdiem("history", "add", "-", "--store", tmp_path / "store", given=large.read_bytes(), **env)
    again = perdiem("history", "add", tmp_path / "large.zip", "--store", tmp_path / "store", **env)
    assert added.out.startswith("added ")
    assert "held already: large.zip/stdin" in again.out
    assert not list((tmp_path / "temporary").iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="skipped, because only here a file needs no name")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_of_it_when_the_command_is_ended(large: Path, tmp_path: Path, how: signal.Signals) -> None:
    with subprocess.Popen(
        [PERDIEM, "check", "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={"TMPDIR": str(tmp_path), "PATH": ""}, preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    ) as running:  # fmt: skip
        assert running.stdin is not None
        running.stdin.write(large.read_bytes())
        running.stdin.flush()
        until = time.monotonic() + 30
        while _spooled(running.pid, tmp_path) < large.stat().st_size and time.monotonic() < until:
            time.sleep(0.02)
        assert _spooled(running.pid, tmp_path) == large.stat().st_size, "all is there, and more is awaited"
        time.sleep(0.2)
        running.send_signal(how)
        running.wait(30)
    assert not list(tmp_path.iterdir())


def _spooled(process: int, folder: Path) -> int:
    """How many bytes stand in the file without a name that a process has open in a folder; -1 without such a file."""
    for link in Path(f"/proc/{process}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            if str(link.readlink()).startswith(str(folder)):
                return link.stat().st_size
    return -1


@pytest.mark.parametrize("words", [["check", "-"], ["history", "add", "-", "--store", "store"]])
def test_no_standard_input_is_an_empty_one(words: list[str], tmp_path: Path) -> None:
    shell = f'exec "$0" {" ".join(words)} <&-'
    done = subprocess.run(["sh", "-c", shell, PERDIEM], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "The file is empty" in done.stderr
