"""A run that fails leaves things as they were, and says where, what and what to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from perdiem.cli import app
from perdiem.formats.intake import read
from perdiem.guide import publication
from perdiem.pipeline.export import Export

from .command import CLEAN, PERDIEM, WEEK, perdiem, write
from .nobody import common_ground, unprivileged

EXAMPLES = Path(__file__).parents[2] / "examples"
NEEDS_FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="skipped, because this machine has no /dev/full")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a week of claims, a file that is empty, a contract, and who bills for whom."""
    write(tmp_path / "week.837", WEEK)
    (tmp_path / "empty.837").touch()
    for name in ("contract.toml", "contract-rates.csv", "provider.toml", "members.csv"):
        shutil.copy(EXAMPLES / name, tmp_path)
    return tmp_path


def content(folder: Path) -> dict[str, bytes | None]:
    return {str(file.relative_to(folder)): file.read_bytes() if file.is_file() else None for file in folder.rglob("*")}


def shell(folder: Path, script: str, *words: str) -> subprocess.CompletedProcess[str]:
    run = ["sh", "-c", script, str(PERDIEM), *words]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert "defect" not in done.stderr
    return done


# ---------------------------------------------------------------- nothing could be read


@pytest.mark.parametrize("given", ["nosuch.837", "empty.837"])
@pytest.mark.parametrize(
    "words",
    [
        "check {} --format csv --out answer",
        "check {} --format xlsx --out answer",
        "check {} --format parquet --out judged",
        "check {} --format parquet --out new/judged",
        "price {} --contract contract.toml --out answer",
        "price {} --contract contract.toml --by rule --format csv --out answer",
        "benchmark {} --out answer",
        "write {} --provider provider.toml --members members.csv --out answer",
        "checklist {} --out answer",
    ],
)
def test_where_nothing_could_be_read_the_earlier_answer_stays(here: Path, given: str, words: str) -> None:
    if "xlsx" in words:
        pytest.importorskip("xlsxwriter")
    for name in ("answer", "answer.run.json"):
        (here / name).write_text("of last week")
    (here / "judged").mkdir()
    (here / "judged" / "line.parquet").write_text("of last week")
    before = content(here)
    done = perdiem(*words.format(given).split(), cwd=here)
    assert done.status == 2, done.err
    assert given in done.err
    assert content(here) == before


def test_its_ledger_is_written_all_the_same(here: Path) -> None:
    """Into the folder of the answer too, which is made for it."""
    done = perdiem("check", "nosuch.837", "--format", "parquet", "--out", "new", "--ledger", "new/l.json", cwd=here)
    assert done.status == 2
    assert "refused  nosuch.837: There is no such file" in done.err
    assert [file.name for file in (here / "new").iterdir()] == ["l.json"]
    assert json.loads((here / "new" / "l.json").read_text())["problems"][0]["weight"] == "refused"


def test_what_the_history_holds_already_is_an_answer(here: Path) -> None:
    """Nothing is left to judge, and that is what is written."""
    (here / "a.csv").write_text("of last week")
    done = perdiem("check", "week.837", "--history", "week.837", "--format", "csv", "--out", "a.csv", cwd=here)
    assert done.status == 0
    assert len((here / "a.csv").read_text().splitlines()) == 1
    assert (here / "a.csv.run.json").exists()


# ---------------------------------------------------------------- what a folder holds beside claims


def test_what_may_not_be_looked_at_is_told_and_the_rest_is_read() -> None:
    with common_ground() as folder:
        (folder / "in").mkdir()
        (folder / "closed").mkdir()
        write(folder / "in" / "a.837", [CLEAN])
        (folder / "in" / "link").symlink_to(folder / "closed" / "b.837")
        (folder / "closed").chmod(0)
        with unprivileged():
            batch = read([folder / "in"])
        (folder / "closed").chmod(0o700)
    [problem] = batch.problem.to_pylist()
    assert (problem["source"], problem["weight"], batch.claim.num_rows) == ("link", "refused", 1)
    assert "not permitted" in problem["problem"]


def test_a_pipe_in_a_folder_is_told_and_not_waited_for(here: Path) -> None:
    (here / "in").mkdir()
    shutil.copy(here / "week.837", here / "in")
    os.mkfifo(here / "in" / "pipe")
    done = perdiem("check", "in", "--format", "jsonl", cwd=here)
    assert (done.status, len(done.answers)) == (1, len(WEEK))
    assert "refused  pipe: This is a pipe" in done.err


# ---------------------------------------------------------------- a place that takes no more


@NEEDS_FULL
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "words",
    [
        "check week.837",
        "check week.837 --format csv",
        "write week.837 --provider provider.toml --members members.csv",
        "brief A4222",
        "--help",
    ],
)
def test_a_full_standard_output_is_told_as_that(here: Path, monkeypatch: pytest.MonkeyPatch, words: str, unbuffered: str) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    if "write" in words:
        shutil.copy(EXAMPLES / "week-23.837", here / "week.837")
    done = shell(here, 'exec "$0" "$@" >/dev/full', *words.split())
    assert done.returncode == 2
    assert "perdiem: standard output: No space left on its disk.\nMake room there, or" in done.stderr


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("check week.837 --format csv --out a.csv", "a.csv"),
        ("check week.837 --format parquet --out judged", "judged"),
        ("price week.837 --contract contract.toml --format json --out p.json", "p.json"),
        ("brief A4222 --out a.md", "a.md"),
        ("brief --all --out site", "site"),
    ],
)
def test_what_takes_no_more_is_told_by_name(here: Path, words: str, where: str) -> None:
    """And what stood there stays, and nothing half-made; folders that were made are gone again."""
    before = content(here)
    done = shell(here, 'ulimit -f 1 && exec "$0" "$@" 2>&1 >/dev/null | cat', *words.split())
    assert f"perdiem: {where}: it would be too large for the limit on files" in done.stdout, done.stdout
    assert "Detail" not in done.stdout
    assert content(here) == before


def test_the_folder_for_temporary_files_is_told_as_that(here: Path) -> None:
    done = shell(here, 'ulimit -f 1 && exec "$0" "$@" 2>&1 | cat', "history", "add", "week.837", "--store", "store")
    assert "perdiem: the folder for temporary files: it would be too large" in done.stdout
    assert "TMPDIR" in done.stdout


# ---------------------------------------------------------------- stopped by the user


def _stop(*_: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("owner", "name", "words"),
    [
        (Export, "add", "check week.837 --format parquet --out new/judged"),
        (publication, "_feed", "brief --all --out new/site"),
    ],
)
def test_a_folder_that_was_made_is_gone_again(
    here: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, words: str
) -> None:
    monkeypatch.chdir(here)
    monkeypatch.setattr(owner, name, _stop)
    before = content(here)
    assert CliRunner().invoke(app, words.split()).exit_code != 0
    assert content(here) == before
    (here / "new").mkdir()
    assert CliRunner().invoke(app, words.split()).exit_code != 0
    assert content(here) == before | {"new": None}, "a folder of the user's stays"


# ---------------------------------------------------------------- standard output closed


@pytest.mark.parametrize(
    "words",
    ["check week.837 --format csv", "check week.837", "write week.837 --provider provider.toml --members members.csv", "--help"],
)
def test_a_closed_standard_output_is_an_error(here: Path, words: str) -> None:
    shutil.copy(EXAMPLES / "week-23.837", here / "week.837")
    done = shell(here, 'exec "$0" "$@" >&-', *words.split())
    assert done.returncode == 2
    assert "perdiem: standard output: it is closed, so nothing can be written there." in done.stderr


def test_a_closed_standard_output_is_none_where_a_file_is_named(here: Path) -> None:
    assert shell(here, 'exec "$0" "$@" >&-', "check", "week.837", "--format", "csv", "--out", "a.csv").returncode == 0
    assert (here / "a.csv").read_text().startswith("claim_id,")


# ---------------------------------------------------------------- wrong values


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("brief A4222 --on 2024-13-45", "'--on': '2024-13-45' is no day; write it as YYYY-MM-DD."),
        (
            "write week.837 --provider provider.toml --at noon",
            "'--at': 'noon' is no day; write it as YYYY-MM-DD or YYYY-MM-DDTHH:MM.",
        ),
        ("benchmark week.837 --smallest -5", "'--smallest': it must be 1 or more, and is -5."),
        ("benchmark week.837 --smallest few", "'--smallest': it must be a whole number, and is few."),
        ("order --year 2200", "'--year': it must be 2100 or less, and is 2200."),
        ("check week.837 --history nostore", "could be read from nostore: There is no such"),
        ("check week.837 --columns foo=bar", "names 'foo', which is no field"),
        ("check week.837 --format parquet --out week.837", "is not a folder. Name another."),
        ("check week.837 --format csv --out .", "Name another, or leave --out away"),
    ],
)
def test_a_wrong_value_is_told_plainly(here: Path, words: str, said: str) -> None:
    done = perdiem(*words.split(), cwd=here)
    assert done.status == 2
    assert said in " ".join(done.err.replace("│", " ").split())
