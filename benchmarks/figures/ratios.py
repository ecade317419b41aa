"""Ratios of perdiem to its peers, each taken within the rounds of one run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from figures import goals
from figures.bench import Bench
from figures.child import Ran
from figures.figure import GOALS_AT, Figure, Goal, figure
from figures.rounds import ALONE, Found, Ours, Peer, Round, Runs, ours, rounds, work

SEGMENTS = Peer("pyx12 segment reader", "segments")
VALIDATE = Peer("pyx12 full validation", "validate", slow=True)
SPLIT = Peer("bytes.split", "split", limit=True)
OBJECTS = Peer("plain Python objects", "objects")
PARSED = {SEGMENTS: goals.PARSE_SEGMENTS, VALIDATE: goals.PARSE_VALIDATE, SPLIT: goals.PARSE_SPLIT}
CHECKED = {
    SEGMENTS: goals.CHECK_SEGMENTS,
    VALIDATE: goals.CHECK_VALIDATE,
    SPLIT: goals.CHECK_SPLIT,
    OBJECTS: goals.CHECK_OBJECTS,
}
PEAK = "peak resident memory of the process, as the kernel tells it at its end"
_WHOLE = "perdiem: whole process, from start to end"
_ALONE = "perdiem: the work alone, compiled code loaded"
_VALIDATES_MORE = "pyx12 checks every element against its map, which perdiem does not"


def parse(bench: Bench, _: Runs) -> Iterator[Found]:
    """Parse to tables beside its peers."""
    scale = bench.scale
    yield from _compare(bench, scale.sizes, scale.pairs, ours(bench)[:1], ((VALIDATE, SEGMENTS), (SPLIT,)), PARSED)


def end(bench: Bench, _: Runs) -> Iterator[Found]:
    """End to end, without and with history, beside its peers, which run once in a round for both."""
    scale = bench.scale
    bench.need_history(max(scale.sizes))
    mine = (*ours(bench)[1:], *work(bench))
    yield from _compare(bench, scale.sizes, scale.pairs, mine, ((VALIDATE, SEGMENTS), (SPLIT, OBJECTS)), CHECKED)


def year(bench: Bench, _: Runs) -> Iterator[Found]:
    """End to end with a year of history for every member, beside the quick peers; and its memory."""
    claims, what = bench.scale.year, f"end to end with a year each, {bench.scale.lines:,} lines"
    bench.need_history(claims)
    peers = {peer: CHECKED[peer] for peer in (SEGMENTS, SPLIT)}
    mine = Ours(what, bench.check_with_year)
    for found in _compare(bench, (claims,), bench.scale.slow_pairs, (mine,), ((SEGMENTS,), (SPLIT,)), peers):
        runs = found.runs[what, claims]
        found.figures.append(figure(f"{what}, seconds", claims, "s", [ran.seconds for ran in runs], _WHOLE))
        found.figures.append(figure(f"memory, {what}", claims, "MB", [ran.memory for ran in runs], PEAK))
        yield found


def _compare(
    bench: Bench,
    sizes: Sequence[int],
    turns: int,
    mine: Sequence[Ours],
    beside: tuple[Sequence[Peer], Sequence[Peer]],
    peers: dict[Peer, Goal],
) -> Iterator[Found]:
    bench.need(*sizes, *(peer.given(bench.scale, claims) for peer in peers for claims in sizes))
    for made, runs in rounds(bench, sizes, turns, mine, *beside):
        ratios = [
            _ratio(bench, one, peer, claims, done, goal)
            for claims, done in made.items()
            for one in mine
            for peer, goal in peers.items()
        ]
        yield Found(ratios, runs)


def _ratio(bench: Bench, one: Ours, peer: Peer, claims: int, made: list[Round], goal: Goal) -> Figure:
    given = peer.given(bench.scale, claims)
    times = bench.file(claims).stat().st_size / bench.file(given).stat().st_size
    values = []
    for done in made:
        if peer.name in done:
            theirs = _scaled(done[peer.name], times)
            values.append(done[one.what].seconds / theirs if peer.limit else theirs / done[one.what].seconds)
    name = f"{one.what}: time / {peer.name}" if peer.limit else f"{one.what} vs {peer.name}"
    return figure(name, claims, "x", values, _how(one.what, peer, given, claims), goal if claims == GOALS_AT else None)


def _scaled(ran: Ran, times: float) -> float:
    """Seconds for a file so many times as large; what a file of one claim takes (its map is loaded) is not multiplied."""
    fixed = min(float(ran.told.get("fixed", 0.0)), ran.seconds)
    return fixed + (ran.seconds - fixed) * times


def _how(what: str, peer: Peer, given: int, claims: int) -> str:
    mine = _ALONE if what == "parse to tables" or what.endswith(ALONE) else _WHOLE
    told = [f"{mine}; peer: its work alone"]
    if given != claims:
        told.append(f"peer run on {given:,} claims and scaled by the size of the file")
    if peer is VALIDATE:
        told.append(_VALIDATES_MORE)
    if peer is OBJECTS:
        told.append("peer writes no answer and has no history")
    return "; ".join(told)
