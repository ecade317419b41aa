"""Figures without a peer: memory, first answer, one claim, growth."""

from __future__ import annotations

from statistics import median

from figures import goals
from figures.bench import Bench, tell
from figures.child import perdiem, task
from figures.figure import Figure, figure
from figures.ratios import Found

GOALS_OF_MEMORY_AT = 1_000_000  # claims of the file that they are stated for
_PEAK = "peak resident memory of the process, as the kernel tells it at its end"


def memory(bench: Bench, found: Found) -> list[Figure]:
    """Peak memory of reading and of the whole command, from the runs made for the ratios."""
    made = []
    for (what, claims), runs in found.runs.items():
        if what != "parse to tables" and not what.startswith("end to end"):
            continue
        goal = goals.MEMORY_READ if what == "parse to tables" else goals.MEMORY_CHECK
        held = [ran.memory for ran in runs]
        made.append(figure(f"memory, {what}", claims, "MB", held, _PEAK, goal if claims >= GOALS_OF_MEMORY_AT else None))
    return sorted(made, key=lambda one: (one.claims, one.name))


def first_answer(bench: Bench) -> list[Figure]:
    """Seconds from the start of a new process to its first byte of answer, and to its end."""
    claims, runs = bench.scale.first, []
    tell(f"first answer of {claims:,} claims: {bench.scale.pairs} runs")
    for _ in range(bench.scale.pairs):
        ran, _ = perdiem(["check", bench.file(claims), "--format", "jsonl"])
        runs.append(ran)
    how, goal = "a new process, --format jsonl, file in the page cache", goals.FIRST_ANSWER if claims == 1_000 else None
    return [
        figure("first answer", claims, "s", [ran.first for ran in runs], f"until the first byte; {how}", goal),
        figure("all answers", claims, "s", [ran.wall for ran in runs], f"until the end; {how}"),
    ]


def one_claim(bench: Bench) -> list[Figure]:
    """Milliseconds for a claim of six lines in a warm process."""
    calls = bench.scale.calls
    tell(f"one claim of six lines: {bench.scale.slow_pairs} processes, {calls} calls each")
    runs = [task("one_claim", str(calls)) for _ in range(bench.scale.slow_pairs)]
    bench.note(runs[0].told["note"])
    how = f"{calls} calls in a warm process on 20 claims in turn, read before; median over processes"
    return [
        figure("one claim, p50", 1, "ms", [ran.told["p50"] for ran in runs], how, goals.ONE_CLAIM_P50),
        figure("one claim, p99", 1, "ms", [ran.told["p99"] for ran in runs], how, goals.ONE_CLAIM_P99),
    ]


def growth(bench: Bench, found: Found) -> list[Figure]:
    """How time grows from one size to one ten times as large."""
    made = []
    for (what, claims), runs in found.runs.items():
        smaller = found.runs.get((what, claims // 10))
        if smaller is None or not (what == "parse to tables" or what.startswith("end to end")):
            continue
        base = median(ran.seconds for ran in smaller)
        goal = goals.GROWTH if claims == 1_000_000 and what.startswith("end to end") else None
        how = f"time for {claims:,} claims / median time for {claims // 10:,}, same run"
        made.append(figure(f"growth, {what}", claims, "x", [ran.seconds / base for ran in runs], how, goal))
    return made
