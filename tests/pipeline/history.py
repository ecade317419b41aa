"""Generated claims with a history: some of each member's claims were billed in an earlier file."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from judge.generate import generate
from judge.to_837 import to_837
from perdiem.formats import report
from perdiem.pipeline.answer import answers
from perdiem.pipeline.bulk import Sizes, judge_all
from perdiem.pipeline.history import History
from perdiem.pipeline.session import Run
from perdiem.policy.read import read_policies

from .claims import Claim


def apart(seed: int, count: int, share: float = 0.45) -> tuple[list[Claim], list[Claim]]:
    """Claims billed earlier and claims billed now, of the same members, each in their order."""
    rng = random.Random(f"history {seed}")
    earlier: list[Claim] = []
    now: list[Claim] = []
    for one in generate(seed, count):
        (earlier if rng.random() < share else now).append(one)
    return earlier, now


def write(path: Path, claims: Sequence[Claim], control: int = 1) -> Path:
    """Compact claims as an 837P file."""
    path.write_text(to_837(list(claims), control), encoding="utf-8")
    return path


def runs(paths: Sequence[Path], history: History | None = None, sizes: Sizes | None = None) -> list[Run]:
    """What judging files of any size yields."""
    return list(judge_all(paths, read_policies(), history=history, sizes=sizes or Sizes()))


def jsonl(found: Sequence[Run]) -> str:
    """The answers of several runs as JSON lines."""
    return "".join(report.jsonl(answer for run in found for answer in answers(run)))
