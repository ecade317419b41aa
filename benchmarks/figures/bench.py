"""The files of one benchmark run, the history store, and the command under measurement."""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from figures.child import FailedError, Ran, perdiem, script, task

SEED = 1
YEAR = 100  # lines of history for each claim of a file: a member's claims are four, a year has 57 weeks of seven lines


@dataclass(frozen=True)
class Scale:
    """How much is measured: claims of the files, rounds (a pair with each peer), lines of history; how far slow peers run."""

    sizes: tuple[int, ...]
    pairs: int
    slow_pairs: int
    history: int
    adds: int  # how often the history is put into a store
    validated: int = 1_000  # claims given to pyx12's full validation
    looped: int = 10_000  # claims at most given to pyx12's segment reader and to the judge of plain objects
    first: int = 1_000  # claims of the file whose first answer is awaited
    calls: int = 300

    @property
    def lines(self) -> int:
        """Lines of history: at most a hundred for each claim of the largest file, about a year of weeks."""
        return min(self.history, YEAR * max(self.sizes))

    @property
    def year(self) -> int:
        """Claims of the file whose members have a year each in as many lines of history."""
        return self.lines // YEAR


QUICK = Scale((200,), 1, 1, 1_000, 1, validated=20, looped=100, first=50, calls=5)
USUAL = Scale((10_000, 100_000), 5, 3, 1_000_000, 3)
FULL = Scale((10_000, 100_000, 1_000_000), 3, 3, 10_000_000, 2)


@dataclass
class Bench:
    """One run: its scale, the folder of its files, and what is to be read with care."""

    scale: Scale
    folder: Path
    notes: list[str] = field(default_factory=list)
    drawn: set[Path] = field(default_factory=set)

    def need(self, *sizes: int) -> None:
        """Draws the files of so many claims, those that this run has not drawn yet."""
        for claims in sorted({1, *sizes}):
            self._draw("make_claims.py", self.file(claims), claims, *([] if claims > 1 else ["--errors", "0"]))
        _settle()

    def need_history(self, of: int) -> None:
        """Draws the history of a file's members and puts it into a store, unless this run has done so."""
        if self.store(of) not in self.drawn:
            self.add(of)

    def add(self, of: int) -> tuple[Ran, int, int]:
        """The history of a file's members put into a new store by the command, and how many claims and lines that were."""
        past, store, wanted = self.past(of), self.store(of), self.scale.lines
        self._draw("make_history.py", past, of, "--lines", str(wanted))
        shutil.rmtree(store, ignore_errors=True)
        _settle()
        ran, said = perdiem(["history", "add", past, "--store", store], well=(0,))
        tell(f"history add: {wanted:,} lines of the members of {of:,} claims: {ran.wall:.1f} s")
        told = re.search(r"added (\d+) claims with (\d+) lines", said)
        if told is None or int(told[2]) < wanted:
            raise FailedError(f"history add did not take every line: {said.strip()}")
        self.drawn.add(store)
        _settle()
        return ran, int(told[1]), int(told[2])

    def file(self, claims: int) -> Path:
        """The drawn file of so many claims; validation looks for that of one claim beside its own."""
        return self.folder / (f"{claims}.837" if claims > 1 else "one.837")

    def past(self, of: int) -> Path:
        """The history of the members of a file of so many claims; the first of them are those of smaller files."""
        return self.folder / f"history-{of}.837"

    def store(self, of: int) -> Path:
        """That history as a store."""
        return self.folder / f"history-{of}"

    def parse(self, claims: int) -> Ran:
        """The file read to tables."""
        ran = task("parse", self.file(claims))
        if ran.told["claims"] != claims:
            self.note(f"{ran.told['claims']} of {claims} claims were read")
        return ran

    def check(self, claims: int) -> Ran:
        """The whole command: read, all rules, answers written; a new process each time."""
        return self._check(self.file(claims))

    def check_with_history(self, claims: int) -> Ran:
        """The same with the one store that serves every size."""
        return self._check(self.file(claims), "--history", self.store(max(self.scale.sizes)))

    def work(self, claims: int) -> Ran:
        """What the command does, in a process that has started and judged a claim before."""
        return task("check", self.file(claims))

    def work_with_history(self, claims: int) -> Ran:
        """The same with the one store that serves every size."""
        return task("check", self.file(claims), self.store(max(self.scale.sizes)))

    def check_with_year(self, claims: int) -> Ran:
        """The same with as much history, all of this file's own members."""
        return self._check(self.file(claims), "--history", self.store(claims))

    def note(self, text: str) -> None:
        """Keeps a note once, and says it at once."""
        if text not in self.notes:
            self.notes.append(text)
            tell(f"note: {text}")

    def _check(self, file: Path, *options: str | Path) -> Ran:
        out = self.folder / "answers"
        try:
            ran, _ = perdiem(["check", file, "--format", "parquet", "--out", out, *options])
        finally:
            for left in self.folder.glob("answers*"):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        return ran

    def _draw(self, maker: str, file: Path, claims: int, *more: str) -> None:
        if file not in self.drawn:
            script(maker, ["--claims", str(claims), "--seed", str(SEED), *more, "--out", file])
            self.drawn.add(file)


def _settle() -> None:
    """Lets what was written reach the disk now, not during a measured run."""
    if hasattr(os, "sync"):
        os.sync()


def tell(text: str) -> None:
    """Progress, on standard error."""
    print(text, file=sys.stderr, flush=True)
