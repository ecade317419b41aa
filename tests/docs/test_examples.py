"""Every example of the documents runs, and says what the page shows."""

from __future__ import annotations

import gzip
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from codes import drawn
from perdiem.cli import app

from .pages import PAGES, ROOT, script

SHOWN = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_FENCE = re.compile(r"^```(\w*)", re.MULTILINE)
_KEPT = re.compile(r"<!-- keep: (.*?) -->\n+```\w+\n(.*?)^```", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^    ((?:perdiem|zcat) .+)$", re.MULTILINE)


def test_every_output_is_what_the_command_says() -> None:
    told = script("excerpts").all_renewed(SHOWN)
    stale = [page.relative_to(ROOT).as_posix() for page, text in told.items() if text != page.read_text("utf-8")]
    assert not stale, f"run: make docs ({', '.join(stale)})"


def test_many_examples_are_shown() -> None:
    text = "\n".join(page.read_text("utf-8") for page in SHOWN)
    assert text.count("\n$ perdiem ") >= 35
    assert text.count("```python\n") >= 8


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_block_escapes_the_run(page: Path) -> None:
    """What looks like a command or a program stands in a block that is run."""
    text = page.read_text("utf-8")
    opened = [sort for number, sort in enumerate(_FENCE.findall(text)) if number % 2 == 0]
    assert set(opened) <= {"console", "python", "text", "toml", "json"}
    blocks = script("excerpts").BLOCK.finditer(text)
    assert sum(sort in ("console", "python") for sort in opened) == sum(b["sort"] in ("console", "python") for b in blocks)


def test_what_is_kept_is_found() -> None:
    """A comment that shortens an output names lines that the output has."""
    for page in SHOWN:
        for keep, told in re.findall(
            r"<!-- keep: (.*?) -->\n+```\w+\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE
        ):
            for choice in keep.split("; "):
                assert re.fullmatch(r"\d*-?\d+", choice) or choice in told, f"{page.name}: {choice}"


def test_no_example_depends_on_the_day_it_runs() -> None:
    for page in SHOWN:
        for command in re.findall(r"^\$ (perdiem codes show .*)$", page.read_text("utf-8"), re.MULTILINE):
            assert " --on " in command, f"{page.name}: {command}"


def test_a_stale_output_is_noticed() -> None:
    page = "```console\n$ echo new\nold\n```\n\n```python\nprint(1)\n```\n\n```text\n2\n```\n"
    assert script("excerpts").renewed(page) == page.replace("old", "new").replace("\n2\n", "\n1\n")


def test_a_command_that_fails_unsaid_is_noticed() -> None:
    renewed = script("excerpts").renewed
    with pytest.raises(RuntimeError, match="exit status 2, and the page does not show it: cat no-such-file; exit 2"):
        renewed("```console\n$ cat no-such-file; exit 2\n```\n")
    assert "\nexit status 2\n" in renewed('```console\n$ exit 2\n$ echo "exit status $?"\n```\n')


def test_kept_lines() -> None:
    kept = script("excerpts").kept
    told = "a\nb \nc\nd\ne\n\n"
    assert kept(told, "") == "a\nb\nc\nd\ne\n"
    assert kept(told, "<!-- keep: 1-2; -1 -->\n") == "a\nb\n…\ne\n"
    assert kept(told, "<!-- keep: c; 4 -->\n") == "…\nc\nd\n…\n"


def test_the_examples_of_the_help_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command that ``--help``, and so docs/commands.md, gives as an example, on files of the names it uses."""
    examples = ROOT / "examples"
    for name in ("inbox", "2024", "store", "texts"):
        (tmp_path / name).mkdir()
    for name in ("week.837", "inbox/one.837", "2024/one.837", "store/one.837"):
        text = (examples / "week-23.837").read_text("utf-8").replace("HI-0008", "C10")
        (tmp_path / name).write_text(text, encoding="utf-8")
    shutil.copy(examples / "week-24.837.gz", tmp_path / "batch.gz")
    (tmp_path / "year.837.gz").write_bytes(gzip.compress((examples / "week-23.837").read_bytes()))
    export = (examples / "pumps.csv").read_text("utf-8").replace("HCPCS", "Proc", 1).replace("DOS From", "DOS", 1)
    (tmp_path / "export.csv").write_text(export, encoding="utf-8")
    orders = (examples / "orders.csv").read_text("utf-8").splitlines()
    (tmp_path / "orders.csv").write_text("\n".join(orders[:4]) + "\n", encoding="utf-8")
    (tmp_path / "HCPC2026_JAN_ANWEB.txt").write_text(drawn.RECORDS, encoding="utf-8")
    (tmp_path / "anweb_2019.csv").write_text(drawn.ANWEB, encoding="utf-8")
    held = ("order", "therapy-plan", "preparation-notes", "administration-record", "delivery-record")
    papers = "".join(f"HI-0001,{paper}\n" for paper in held)
    (tmp_path / "papers.csv").write_text(f"claim_id,document\n{papers}", encoding="utf-8")
    for name in ("provider.toml", "members.csv", "contract.toml", "contract-rates.csv"):
        shutil.copy(examples / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    commands = _COMMAND.findall((ROOT / "docs" / "commands.md").read_text("utf-8"))
    assert len(commands) >= 12
    for command in commands:
        if command.startswith("perdiem "):
            told = CliRunner().invoke(app, shlex.split(command)[1:])
            lacks = command == "perdiem policy verify --sources texts/"  # the payers' texts are not ours to put there
            assert told.exit_code == int(lacks), f"{command}\n{told.output}"
        else:
            piped = command.replace("perdiem", f"{shlex.quote(sys.executable)} -c 'from perdiem.cli import main; main()'")
            ran = subprocess.run(["bash", "-o", "pipefail", "-c", piped], capture_output=True, text=True, check=False)
            assert ran.returncode == 0, f"{command}\n{ran.stderr}"
            assert ran.stdout.startswith("claim_id,")
