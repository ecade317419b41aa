"""Measures perdiem beside its peers and writes RESULTS.md, results.json and results.svg: ``python benchmarks/run.py``.

Without options: files of 10,000 and 100,000 claims, a million lines of history. ``--full`` adds 1,000,000 claims and has
ten million lines of history; ``--quick`` runs the whole harness once on 200 claims, for its own test: such numbers mean
nothing. ``--only SECTION`` takes single sections anew and leaves the others of the results as they are.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from figures.bench import FULL, QUICK, USUAL, Bench, Scale, tell
from figures.child import FailedError
from figures.machine import begun, facts
from figures.results import Results, earlier, scale_of
from figures.sections import SECTIONS, measure

HERE = Path(__file__).resolve().parent


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--full", action="store_true", help="also 1,000,000 claims, with ten million lines of history")
    size.add_argument("--quick", action="store_true", help="200 claims, once: a test of the harness, no measurement")
    parser.add_argument("--claims", type=int, nargs="+", help="sizes of the files instead")
    parser.add_argument("--pairs", type=int, help="alternating pairs instead")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, metavar="SECTION", help=f"only these of {', '.join(SECTIONS)}")
    parser.add_argument("--out", type=Path, default=HERE, help="folder for the results")
    parser.add_argument("--keep", type=Path, help="folder for the drawn files; otherwise they are removed")
    given = parser.parse_args()
    there = earlier(given.out) if given.only else None
    results = Results(given.out, begun(), facts(), there)
    if given.keep is not None:
        given.keep.mkdir(parents=True, exist_ok=True)
    folder = nullcontext(given.keep) if given.keep else tempfile.TemporaryDirectory(prefix="perdiem-bench-")
    names = [name for name in SECTIONS if not given.only or name in given.only]
    usual = (scale_of(there, names[0]) if there else None) or USUAL
    try:
        with folder as path:
            measure(Bench(_scale(given, usual), Path(path)), results, names, in_place=there is not None)
    except FailedError as error:
        tell(f"benchmarks: {error}")
        sys.exit(2)
    tell("written: RESULTS.md, results.json, results.svg")


def _scale(given: argparse.Namespace, usual: Scale) -> Scale:
    """The scale that is asked for; a section taken anew keeps that of its results."""
    scale = FULL if given.full else QUICK if given.quick else usual
    if given.claims:
        scale = replace(scale, sizes=tuple(sorted(given.claims)))
    if given.pairs:
        scale = replace(scale, pairs=given.pairs, slow_pairs=given.pairs, adds=min(given.pairs, scale.adds))
    return scale


if __name__ == "__main__":
    main()
