"""Rounds: perdiem and its peers run one after the other, in the next round the other way about.

perdiem stands in the middle of a round, so that no peer runs far from it. The sizes take turns too: growth is then
taken within a round, as the ratios are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from figures.bench import Bench, Scale, tell
from figures.child import Ran, task
from figures.figure import Figure

Runs = dict[tuple[str, int], list[Ran]]
"""By (what, claims) every run of it, in the order of the rounds."""
Round = dict[str, Ran]
"""By what, the runs of one round with one size."""


ALONE = ", the work alone"


@dataclass(frozen=True)
class Ours:
    """What perdiem does: its name and how it runs on a file of so many claims."""

    what: str
    run: Callable[[int], Ran]


@dataclass(frozen=True)
class Peer:
    """A peer: its name, its task, whether it is the limit (ours is the slower one), and whether it is slow."""

    name: str
    task: str
    limit: bool = False
    slow: bool = False

    def given(self, scale: Scale, claims: int) -> int:
        """On how many claims it runs beside a file of so many."""
        return claims if self.limit else scale.validated if self.slow else min(claims, scale.looped)


@dataclass
class Found:
    """What a section found so far: its figures, and the runs that it made itself."""

    figures: list[Figure] = field(default_factory=list)
    runs: Runs = field(default_factory=dict)


def ours(bench: Bench) -> tuple[Ours, Ours, Ours]:
    """Parse to tables, end to end, and end to end with history."""
    past = f"end to end with {bench.scale.lines:,} lines of history"
    return Ours("parse to tables", bench.parse), Ours("end to end", bench.check), Ours(past, bench.check_with_history)


def work(bench: Bench) -> tuple[Ours, ...]:
    """End to end without start and imports, without and with history: as peers are taken, and the prototype was."""
    return tuple(
        Ours(one.what + ALONE, run) for one, run in zip(ours(bench)[1:], (bench.work, bench.work_with_history), strict=True)
    )


def rounds(
    bench: Bench, sizes: Sequence[int], turns: int, mine: Sequence[Ours], before: Sequence[Peer] = (), after: Sequence[Peer] = ()
) -> Iterator[tuple[dict[int, list[Round]], Runs]]:
    """Runs the rounds of every size; after each, yields the rounds by size and all runs so far."""
    made: dict[int, list[Round]] = {claims: [] for claims in sizes}
    runs: Runs = {}
    order: list[Ours | Peer] = [*before, *mine, *after]
    for turn in range(turns):
        for claims in sizes:
            done: Round = {}
            for one in order if turn % 2 == 0 else reversed(order):
                if isinstance(one, Ours):
                    what, given = one.what, claims
                elif one.slow and turn >= bench.scale.slow_pairs:
                    continue
                else:
                    what, given = one.name, one.given(bench.scale, claims)
                done[what] = ran = one.run(claims) if isinstance(one, Ours) else task(one.task, bench.file(given))
                runs.setdefault((what, given), []).append(ran)
                tell(f"round {turn + 1} of {turns}, {claims:,} claims: {what} on {given:,}: {ran.seconds:.2f} s")
            made[claims].append(done)
        yield made, runs
