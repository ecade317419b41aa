"""The sections of the results, in the order in which they are taken: the quick ones first, so that an interrupted run has them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from figures import alone, ratios
from figures.bench import Bench, tell
from figures.machine import load
from figures.results import Results
from figures.rounds import Found, Runs

SECTIONS: dict[str, Callable[[Bench, Runs], Iterator[Found]]] = {
    "parse": ratios.parse,
    "one": alone.one_claim,
    "first": alone.first_answer,
    "history": alone.history,
    "end": ratios.end,
    "memory": alone.memory,
    "growth": alone.growth,
    "year": ratios.year,
}


def measure(bench: Bench, results: Results, names: Sequence[str], in_place: bool) -> None:
    """Takes sections and writes the results after each of them; with nothing ``in_place`` to lose, after each round too."""
    before: Runs = {}  # all runs so far, from which memory and growth are drawn
    for name in names:
        began = time.perf_counter()
        bench.notes.clear()
        found, most = Found(), 0.0
        for found in SECTIONS[name](bench, before):
            most = max(most, *load()[:1], 0.0)
            if not in_place:
                results.keep(name, bench, found, time.perf_counter() - began, most, finished=False)
                results.write()
        took = time.perf_counter() - began
        results.keep(name, bench, found, took, most, finished=True)
        results.write()
        before |= found.runs
        tell(f"section {name}: {took:.0f} s")
