"""The files of one benchmark run, and the command under measurement with the options that it has."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from figures.child import Ran, perdiem, script, task

SEED = 1


@dataclass(frozen=True)
class Scale:
    """How much is measured: claims of the files, alternating pairs, lines of history, and how far slow peers are let run."""

    sizes: tuple[int, ...]
    pairs: int
    slow_pairs: int
    history: int
    validated: int = 1_000  # claims given to pyx12's full validation
    looped: int = 10_000  # claims at most given to pyx12's segment reader and to the judge of plain objects
    first: int = 1_000  # claims of the file whose first answer is awaited
    calls: int = 300


QUICK = Scale((200,), 1, 1, 1_000, validated=20, looped=100, first=50, calls=5)
USUAL = Scale((10_000, 100_000), 5, 3, 1_000_000)
FULL = Scale((10_000, 100_000, 1_000_000), 3, 3, 10_000_000)


@dataclass
class Bench:
    """One run: its scale, the folder of its files, and what could not be measured."""

    scale: Scale
    folder: Path
    notes: list[str] = field(default_factory=list)
    parquet: bool = False
    history: bool = False

    def prepare(self) -> None:
        """Draws every file and asks the command which options it has."""
        wanted = {*self.scale.sizes, self.scale.validated, self.scale.first, *(min(n, self.scale.looped) for n in self.scale.sizes)}
        for claims in sorted(wanted):
            script("make_claims.py", ["--claims", str(claims), "--seed", str(SEED), "--out", self.file(claims)])
        script("make_claims.py", ["--claims", "1", "--seed", str(SEED), "--errors", "0", "--out", self.folder / "one.837"])
        _, said = perdiem(["check", "--help"])
        self.parquet, self.history = "parquet" in said, "--history" in said
        if not self.parquet:
            self.note("perdiem check has no --format parquet yet: end to end was measured with --format jsonl")
        if not self.history:
            self.note("perdiem check has no --history yet: end to end was measured without history")
            return
        for claims in self.scale.sizes:
            lines = ["--claims", str(claims), "--lines", str(self.lines_of_history(claims))]
            script("make_history.py", [*lines, "--seed", str(SEED), "--out", self.past(claims)])

    def file(self, claims: int) -> Path:
        """The drawn file of so many claims."""
        return self.folder / f"{claims}.837"

    def past(self, claims: int) -> Path:
        """The history of the members of that file."""
        return self.folder / f"history-{claims}.837"

    def lines_of_history(self, claims: int) -> int:
        """How many lines of history the members of that file have: at most a hundred for each claim, about a year of weeks."""
        return min(self.scale.history, 100 * claims)

    def parse(self, claims: int) -> Ran:
        """The file read to tables."""
        ran = task("parse", self.file(claims))
        self.note(ran.told["note"])
        if ran.told["claims"] != claims:
            self.note(f"{ran.told['claims']} of {claims} claims were read")
        return ran

    def check(self, claims: int, history: bool = False) -> Ran:
        """The whole command: read, all rules, answers written; a new process each time."""
        out = self.folder / "answers"
        options = ["--format", "parquet" if self.parquet else "jsonl", "--out", str(out)]
        options += ["--history", str(self.past(claims))] if history else []
        try:
            ran, _ = perdiem(["check", self.file(claims), *options])
        finally:
            shutil.rmtree(out, ignore_errors=True)
            for left in self.folder.glob("answers*"):
                shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink()
        return ran

    def note(self, text: str) -> None:
        """Keeps a note once, and says it at once."""
        if text and text not in self.notes:
            self.notes.append(text)
            tell(f"note: {text}")


def tell(text: str) -> None:
    """Progress, on standard error."""
    print(text, file=sys.stderr, flush=True)
