"""Ratios of perdiem to its peers, each from alternating pairs of one run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from figures import goals
from figures.bench import Bench, tell
from figures.child import Ran, task
from figures.figure import GOALS_AT, Figure, Goal, figure, pairs


@dataclass(frozen=True)
class Peer:
    """A peer: its name, its task, and whether the ratio is ours to it (the limit) or it to ours (the slower)."""

    name: str
    task: str
    limit: bool = False


SEGMENTS = Peer("pyx12 segment reader", "segments")
VALIDATE = Peer("pyx12 full validation", "validate")
SPLIT = Peer("bytes.split", "split", limit=True)
OBJECTS = Peer("plain Python objects", "objects")
PARSED = ((SEGMENTS, goals.PARSE_SEGMENTS), (VALIDATE, goals.PARSE_VALIDATE), (SPLIT, goals.PARSE_SPLIT))
CHECKED = (
    (SEGMENTS, goals.CHECK_SEGMENTS),
    (VALIDATE, goals.CHECK_VALIDATE),
    (SPLIT, goals.CHECK_SPLIT),
    (OBJECTS, goals.CHECK_OBJECTS),
)
_VALIDATES_MORE = "pyx12 checks every element against its map, which perdiem does not"


@dataclass
class Found:
    """Figures, and by (what, claims) every run of it, for the figures drawn from the same runs."""

    figures: list[Figure]
    runs: dict[tuple[str, int], list[Ran]]

    def keep(self, what: str, claims: int, ran: Ran) -> Ran:
        """Keeps a run."""
        self.runs.setdefault((what, claims), []).append(ran)
        return ran


def compare(bench: Bench) -> Found:
    """Parse and end to end, beside every peer, for every size."""
    found = Found([], {})
    for claims in bench.scale.sizes:
        past = f"end to end with {bench.lines_of_history(claims):,} lines of history"
        for peer, goal in PARSED:
            _compare(bench, found, "parse to tables", partial(bench.parse, claims), claims, peer, goal)
        for peer, goal in CHECKED:
            _compare(bench, found, "end to end", partial(bench.check, claims), claims, peer, goal)
        for peer, goal in CHECKED if bench.history else ():
            _compare(bench, found, past, partial(bench.check, claims, history=True), claims, peer, goal)
    return found


def _compare(bench: Bench, found: Found, what: str, ours: Callable[[], Ran], claims: int, peer: Peer, goal: Goal) -> None:
    scale = bench.scale
    given = claims if peer.limit else scale.validated if peer is VALIDATE else min(claims, scale.looped)
    wanted = scale.slow_pairs if peer is VALIDATE else scale.pairs
    tell(f"{what}, {claims:,} claims, beside {peer.name} on {given:,}: {wanted} pairs")
    made = pairs(
        lambda: found.keep(what, claims, ours()),
        lambda: found.keep(peer.name, given, task(peer.task, bench.file(given))),
        wanted,
    )
    values, times = [], bench.file(claims).stat().st_size / bench.file(given).stat().st_size
    for mine, other in made:
        theirs = _scaled(other, times)
        values.append(mine.seconds / theirs if peer.limit else theirs / mine.seconds)
    name = f"{what}: time / {peer.name}" if peer.limit else f"{what} vs {peer.name}"
    found.figures.append(figure(name, claims, "x", values, _how(what, peer, given, claims), goal if claims == GOALS_AT else None))


def _scaled(ran: Ran, times: float) -> float:
    """Seconds for a file so many times as large; what a file of one claim takes (its map is loaded) is not multiplied."""
    fixed = min(float(ran.told.get("fixed", 0.0)), ran.seconds)
    return fixed + (ran.seconds - fixed) * times


def _how(what: str, peer: Peer, given: int, claims: int) -> str:
    ours = "the work alone, compiled code loaded" if what == "parse to tables" else "whole process, from start to end"
    told = [f"perdiem: {ours}; peer: its work alone"]
    if given != claims:
        told.append(f"peer run on {given:,} claims and scaled by the size of the file")
    if peer is VALIDATE:
        told.append(_VALIDATES_MORE)
    if peer is OBJECTS:
        told.append("peer writes no answer")
    return "; ".join(told)
