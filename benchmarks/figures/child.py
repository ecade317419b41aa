"""Runs one child process and tells how long it took and how much memory it held at most.

Peak memory is what the kernel tells at the child's end (wait4). On Linux it is never less than what the parent held
when it started the child, so the parent imports nothing heavy.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]
_PER_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in one unit of ru_maxrss


class FailedError(Exception):
    """A child process ended with a status it should not end with."""


@dataclass(frozen=True)
class Ran:
    """One run: seconds of the whole process, until its first byte of output and of the work alone; memory in MB."""

    wall: float
    first: float
    seconds: float
    memory: float
    told: dict[str, Any]


def task(name: str, *arguments: str | Path) -> Ran:
    """One task of figures.work in a process of its own."""
    given = os.environ.get("PYTHONPATH")  # the command under measurement heeds it too
    paths = os.pathsep.join([str(HERE), str(HERE.parent / "tests"), *([given] if given else [])])
    ran, output = _run([sys.executable, "-m", "figures.work", name, *map(str, arguments)], (0,), PYTHONPATH=paths)
    told = json.loads(output)
    return Ran(ran.wall, ran.first, told.get("seconds", ran.wall), ran.memory, told)


def script(name: str, arguments: Sequence[str | Path]) -> None:
    """One of the scripts beside run.py, its words on standard error."""
    subprocess.run([sys.executable, str(HERE / name), *map(str, arguments)], check=True)


def perdiem(arguments: Sequence[str | Path], well: Sequence[int] = (0, 1)) -> tuple[Ran, str]:
    """The command as users run it, and what it printed; statuses other than ``well`` raise FailedError."""
    ran, output = _run([_command(), *map(str, arguments)], well)
    return ran, output.decode("utf-8", "replace")


def _command() -> str:
    beside = Path(sys.executable).with_name("perdiem")
    if not beside.exists():
        raise FailedError("the command perdiem is not installed beside this Python; run make first")
    return str(beside)


def _run(argv: list[str], well: Sequence[int], **settings: str) -> tuple[Ran, bytes]:
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", **settings}
    with tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        child = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=errors, env=environment)
        assert child.stdout is not None
        with child.stdout as stream:
            start = stream.read(1)
            first = time.perf_counter() - began
            output = start + stream.read()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in well:
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace").strip().splitlines()[-3:]
            raise FailedError(f"{' '.join(argv[1:4])} ended with status {child.returncode}: {' '.join(said)}")
    return Ran(wall, first, wall, usage.ru_maxrss * _PER_UNIT / 1e6, {}), output
