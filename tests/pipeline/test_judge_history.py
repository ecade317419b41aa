"""With earlier claims at hand the engine and the independent judge agree too, whatever of a member is history."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from judge.judge import judge as opinion
from perdiem.store.history import open_history

from .history import apart, runs, write
from .test_judge_agrees import Both, differences


def both(folder: Path, seed: int, count: int) -> Both:
    earlier, now = apart(seed, count)
    write(folder / "earlier.837", earlier, 1)
    with open_history(folder / "earlier.837") as history:
        (run,) = runs([write(folder / "now.837", now, 2)], history)
    return Both(now, run, opinion(now, earlier))


@pytest.mark.parametrize(("seed", "count"), [(11, 2200), (12, 700)])
def test_engine_and_judge_agree_with_history(tmp_path: Path, seed: int, count: int) -> None:
    seen = both(tmp_path, seed, count)
    assert seen.run.batch.problem.num_rows == 0
    apart_now = differences(seen)
    assert not apart_now, f"{len(apart_now)} lines differ; the first:\n" + "\n".join(apart_now[:5])


def test_history_decides(tmp_path: Path) -> None:
    """The claims lead to what only a history can decide, and no finding falls on a line of it."""
    seen = both(tmp_path, 11, 2200)
    met = Counter((f["rule_no"], f["outcome"], f["effect"], (f["other_line_no"] or 0) < 0) for f in seen.run.finding.to_pylist())
    told = Counter[str]()
    for (no, outcome, effect, of_history), count in met.items():
        rule = seen.run.compiled.rule(no)[1]
        told[f"{rule.kind}.{outcome} {effect}{' by history' if of_history else ''}"] += count
    wanted = [
        "companion.elsewhere deny by history", "included.without advise", "included.with_service deny by history",
        "mutually_exclusive.together deny by history", "concurrent.no_primary deny", "concurrent.unmodified deny by history",
        "concurrent.other_provider pend by history", "supported.unsupported deny", "duplicate.again deny by history",
    ]  # fmt: skip
    assert [name for name in wanted if not told[name]] == []
    assert min(f["line_no"] for f in seen.run.finding.to_pylist()) > 0
    assert min(row["line_no"] for row in seen.run.decision.to_pylist()) > 0
