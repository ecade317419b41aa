"""Figures without a peer: history into a store, first answer, one claim, memory, growth."""

from __future__ import annotations

from collections.abc import Iterator

from figures import goals
from figures.bench import Bench, tell
from figures.child import Ran, perdiem, task
from figures.figure import Figure, figure
from figures.ratios import PEAK
from figures.rounds import Found, Runs, ours, rounds

GOALS_OF_MEMORY_AT = 1_000_000  # claims of the file that they are stated for


def history(bench: Bench, _: Runs) -> Iterator[Found]:
    """The history put into a new store: lines a second, peak memory, size on disk."""
    found, of = Found(), max(bench.scale.sizes)
    for _turn in range(bench.scale.adds):
        ran, claims, lines = bench.add(of)
        runs = found.runs.setdefault(("history add", claims), [])
        runs.append(ran)
        read = f"{lines:,} lines in one 837P file of {bench.past(of).stat().st_size / 1e6:,.0f} MB"
        how = f"perdiem history add: {read}, whole process"
        kept = sum(file.stat().st_size for file in bench.store(of).rglob("*") if file.is_file()) / 1e6
        found.figures = [
            figure("history add", claims, "lines/s", [lines / one.wall for one in runs], how),
            figure("history add, seconds", claims, "s", [one.wall for one in runs], how),
            figure("history add, memory", claims, "MB", [one.memory for one in runs], PEAK),
            figure("history store, on disk", claims, "MB", [kept], f"the store's files together, of {read}"),
        ]
        yield found


def first_answer(bench: Bench, _: Runs) -> Iterator[Found]:
    """Seconds from the start of a new process to its first byte of answer, and to its end."""
    claims, runs = bench.scale.first, list[Ran]()
    bench.need(claims)
    tell(f"first answer of {claims:,} claims: {bench.scale.pairs} runs")
    for _turn in range(bench.scale.pairs):
        ran, _answers = perdiem(["check", bench.file(claims), "--format", "jsonl"])
        runs.append(ran)
    how, goal = "a new process, --format jsonl, file in the page cache", goals.FIRST_ANSWER if claims == 1_000 else None
    yield Found([
        figure("first answer", claims, "s", [ran.first for ran in runs], f"until the first byte; {how}", goal),
        figure("all answers", claims, "s", [ran.wall for ran in runs], f"until the end; {how}"),
    ])  # fmt: skip


def one_claim(bench: Bench, _: Runs) -> Iterator[Found]:
    """Milliseconds for a claim of six lines in a warm process."""
    calls = bench.scale.calls
    tell(f"one claim of six lines: {bench.scale.slow_pairs} processes, {calls} calls each")
    runs = [task("one_claim", str(calls)) for _turn in range(bench.scale.slow_pairs)]
    how = f"{calls} calls in a warm process on 20 claims in turn, read before; median over processes"
    yield Found([
        figure("one claim, p50", 1, "ms", [ran.told["p50"] for ran in runs], how, goals.ONE_CLAIM_P50),
        figure("one claim, p99", 1, "ms", [ran.told["p99"] for ran in runs], how, goals.ONE_CLAIM_P99),
    ])  # fmt: skip


def memory(bench: Bench, before: Runs) -> Iterator[Found]:
    """Peak memory of reading and of the whole command."""
    for runs, made in _ours(bench, before):
        figures = []
        for claims in bench.scale.sizes:
            for one in ours(bench):
                goal = goals.MEMORY_READ if one.what == "parse to tables" else goals.MEMORY_CHECK
                held = [ran.memory for ran in runs[one.what, claims]]
                stated = goal if claims >= GOALS_OF_MEMORY_AT else None
                figures.append(figure(f"memory, {one.what}", claims, "MB", held, PEAK, stated))
        yield Found(figures, made)


def growth(bench: Bench, before: Runs) -> Iterator[Found]:
    """How time grows from one size to one ten times as large, round by round."""
    sizes = [claims for claims in bench.scale.sizes if claims // 10 in bench.scale.sizes]
    for runs, made in _ours(bench, before) if sizes else ():
        yield Found([_growth(one.what, claims, runs) for claims in sizes for one in ours(bench)], made)


def _growth(what: str, claims: int, runs: Runs) -> Figure:
    both = zip(runs[what, claims], runs[what, claims // 10], strict=True)
    goal = goals.GROWTH if claims == 1_000_000 and what.startswith("end to end") else None
    how = f"time for {claims:,} claims / time for {claims // 10:,}, in each round"
    return figure(f"growth, {what}", claims, "x", [large.seconds / small.seconds for large, small in both], how, goal)


def _ours(bench: Bench, before: Runs) -> Iterator[tuple[Runs, Runs]]:
    """All runs of perdiem, and those made here: none where the ratios of this run have made them, else rounds without peers."""
    if {(one.what, claims) for one in ours(bench) for claims in bench.scale.sizes} <= before.keys():
        yield before, {}
        return
    bench.need(*bench.scale.sizes)
    bench.need_history(max(bench.scale.sizes))
    for _, runs in rounds(bench, bench.scale.sizes, bench.scale.slow_pairs, ours(bench)):
        yield runs, runs
