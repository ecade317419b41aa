"""Same input and library, same bytes out: whatever the threads, the time zone, the locale or the hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from judge.to_837 import to_837
from perdiem.formats import report
from perdiem.pipeline.answer import answers

from .claims import judged, pool

PERDIEM = Path(sys.executable).with_name("perdiem")
FORMS: dict[str, Callable[..., object]] = {"jsonl": report.jsonl, "csv": report.csv_rows}
PLACES = [
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "0"},
    {"TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"},
    {"TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "4242", "PYTHONUTF8": "0"},
    {"TZ": "", "LANG": "de_DE.ISO-8859-1", "LC_ALL": "POSIX", "PYTHONHASHSEED": "random", "PYTHONIOENCODING": "latin-1"},
]


def test_threads_change_no_byte() -> None:
    claims = pool()[:1500]
    told = {}
    for threads in (1, 2, 4):
        run = judged(claims, threads=threads)
        told[threads] = {name: "".join(write(answers(run))) for name, write in FORMS.items()}  # type: ignore[arg-type]
    assert told[1] == told[2] == told[4]
    assert len(told[1]["jsonl"]) > 100_000


@pytest.mark.parametrize("form", sorted(FORMS))
def test_the_machine_changes_no_byte(tmp_path: Path, form: str) -> None:
    file = tmp_path / "week.837"
    file.write_text(to_837(list(pool()[:300])))
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "TZ", "PYTHON"))}
    outs = []
    for place in PLACES:
        done = subprocess.run(
            [PERDIEM, "check", str(file), "--format", form], capture_output=True, env=kept | place, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr.decode()[-500:]
        outs.append((done.stdout, done.stderr))
    assert len(outs[0][0]) > 50_000
    assert all(out == outs[0] for out in outs)


@pytest.mark.parametrize("at_a_time", [1, 7, 250, 10_000])
def test_how_many_claims_are_told_at_a_time_changes_nothing(at_a_time: int) -> None:
    run = judged(pool()[:600])
    assert list(answers(run, whole=True, at_a_time=at_a_time)) == list(answers(run, whole=True, at_a_time=600))
    assert sum(len(answer["lines"]) for answer in answers(run, at_a_time=at_a_time)) == run.batch.line.num_rows
    empty = judged([])
    assert list(answers(empty, at_a_time=at_a_time)) == []


def test_twice_is_once() -> None:
    """Judging does not learn: the same batch twice in one program gives the same answers."""
    claims = pool()[:200]
    one, other = ("".join(report.jsonl(answers(judged(claims)))) for _ in range(2))
    assert one == other
