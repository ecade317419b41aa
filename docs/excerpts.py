"""Runs the examples of a page, so that what it shows is what happens.

Each page has a folder of its own with a copy of ``examples/``, and its blocks are taken from first to last:

``console``  each line that begins with ``$`` is run, and followed by what it says; where it ends with an exit status above 1,
             the next must show ``$?``, so that no page shows a mistake of its own
``python``   is run after the Python blocks before it; a ``text`` block right below shows what it prints
any block with ``title="name"``  is written to the file of that name; under ``src/`` that is a copy of the program

A comment ``<!-- keep: 1-4; HI-0008; -2 -->`` above a block shortens what it shows: the lines of these numbers, the
last two, and those in which the words stand. What is left out becomes a line with an ellipsis.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent

BLOCK = re.compile(
    r"(?P<keep><!-- keep: [^\n]* -->\n+)?"
    r"^```(?P<sort>\w+)(?: title=\"(?P<title>[^\"\n]+)\")?\n(?P<body>.*?)^```\n"
    r"(?P<told>\n```text\n.*?^```\n)?",
    re.DOTALL | re.MULTILINE,
)
_QUIET = "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()):\n    exec({before!r})\n"
_SETTINGS = {
    "COLUMNS": "100",
    "LINES": "40",
    "NO_COLOR": "1",
    "TERM": "dumb",
    "LC_ALL": "C.UTF-8",
    "DISABLE_MKDOCS_2_WARNING": "true",
}


def all_renewed(pages: list[Path]) -> dict[Path, str]:
    """Every page renewed, several at a time."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(pages, pool.map(lambda page: renewed(page.read_text("utf-8")), pages), strict=True))


def renewed(text: str) -> str:
    """A page with every example run, and every output as it is today."""
    if not any(block["sort"] in ("console", "python") for block in BLOCK.finditer(text)):
        return text
    with TemporaryDirectory(prefix="page-") as folder:
        return BLOCK.sub(Page(Path(folder)).block, text)


class Page:
    """The folder of a page, the status of its last command, and the Python it has run so far."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.status, self.python = folder, 0, ""
        shutil.copytree(ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("*.py", "*stories.toml", "*.md"))

    def block(self, found: re.Match[str]) -> str:
        """One block, renewed."""
        keep, body = found["keep"] or "", found["body"]
        if found["title"]:
            self._write(found["title"], body)
        elif found["sort"] == "console":
            commands = [line[2:] for line in body.splitlines() if line.startswith("$ ")]
            told = "".join(
                f"$ {command}\n{kept(self.shown(command, following), keep)}"
                for command, following in zip(commands, [*commands[1:], ""], strict=True)
            )
            return f"{keep}```console\n{told}```\n{found['told'] or ''}"
        elif found["sort"] == "python":
            told = kept(self.execute(body), keep)
            return f"{keep}```python\n{body}```\n" + (f"\n```text\n{told}```\n" if told else "")
        return found[0]

    def _write(self, name: str, body: str) -> None:
        file = self.folder / name
        if name.startswith("src/") and not (self.folder / "src").exists():
            shutil.copytree(ROOT / "src", self.folder / "src")
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a" if body.startswith("# add ") else "w", encoding="utf-8") as target:
            target.write(body)

    def shown(self, command: str, following: str) -> str:
        """What a command says; raises RuntimeError where it is refused and the command that follows does not show the status."""
        said = self.run(command)
        if self.status > 1 and "$?" not in following:
            raise RuntimeError(f"exit status {self.status}, and the page does not show it: {command}\n{said}")
        return said

    def run(self, command: str) -> str:
        """All that a command says, in the page's folder; ``$?`` is the status of the command before."""
        told = self._run(["bash", "-c", f"(exit {self.status}); {command}"])
        self.status = told.returncode
        return told.stdout

    def execute(self, code: str) -> str:
        """What a block of Python prints; raises CalledProcessError where it fails."""
        before = _QUIET.format(before=self.python) if self.python else ""
        told = self._run([sys.executable, "-c", before + code])
        if told.returncode:
            raise RuntimeError(f"{code}\n{told.stdout}")
        self.python += code
        return told.stdout

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        env = {**os.environ, **_SETTINGS, "PATH": path, "PERDIEM_DATA": str(self.folder / ".data")}
        if (self.folder / "src").exists():
            env["PYTHONPATH"] = str(self.folder / "src")
        return subprocess.run(
            command, cwd=self.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
        )


def kept(text: str, keep: str) -> str:
    """What is said, without spaces at the ends of lines; with ``keep``, its chosen lines."""
    lines = [line.rstrip() for line in text.rstrip().splitlines()]
    chosen = keep.partition("keep: ")[2].partition(" -->")[0].split("; ") if keep else []
    if not chosen:
        return "".join(f"{line}\n" for line in lines)
    told: list[str] = []
    for number, line in enumerate(lines, 1):
        if any(_chosen(choice, number, len(lines), line) for choice in chosen):
            told.append(line)
        elif told[-1:] != ["…"]:
            told.append("…")
    return "".join(f"{line}\n" for line in told)


def _chosen(choice: str, number: int, of: int, line: str) -> bool:
    span = re.fullmatch(r"(\d+)?-(\d+)|(\d+)", choice)
    if span is None:
        return choice in line
    if span[3]:
        return number == int(span[3])
    if span[1] is None:
        return number > of - int(span[2])
    return int(span[1]) <= number <= int(span[2])
