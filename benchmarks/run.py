"""Measures perdiem beside its peers and writes RESULTS.md, results.json and results.svg: ``python benchmarks/run.py``.

Without options: files of 10,000 and 100,000 claims. ``--full`` adds 1,000,000 claims and ten million lines of history;
``--quick`` runs the whole harness once on 200 claims, for its own test: such numbers mean nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from figures import alone
from figures.bench import FULL, QUICK, USUAL, Bench, Scale, tell
from figures.child import FailedError
from figures.figure import Figure
from figures.machine import facts
from figures.page import page, speeds
from figures.plot import plot
from figures.ratios import Found, compare

HERE = Path(__file__).resolve().parent


def measure(scale: Scale, folder: Path, out: Path) -> list[Figure]:
    """Measures everything with files drawn into ``folder`` and writes the results into ``out``."""
    machine, bench = facts(), Bench(scale, folder)
    bench.prepare()
    found = compare(bench)
    figures = [
        *found.figures, *alone.first_answer(bench), *alone.one_claim(bench), *alone.memory(bench, found),
        *alone.growth(bench, found),
    ]  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(_results(scale, machine, bench, figures, found), indent=1) + "\n", "utf-8")
    (out / "results.svg").write_text(plot(speeds(found)), "utf-8")
    (out / "RESULTS.md").write_text(page(figures, found, machine, bench.notes), "utf-8")
    return figures


def _results(scale: Scale, machine: dict[str, Any], bench: Bench, figures: list[Figure], found: Found) -> dict[str, Any]:
    runs = [
        {"what": what, "claims": claims, "seconds": [r.seconds for r in runs], "wall": [r.wall for r in runs],
         "memory_mb": [r.memory for r in runs]}
        for (what, claims), runs in found.runs.items()
    ]  # fmt: skip
    files = {str(claims): bench.file(claims).stat().st_size for claims in scale.sizes}
    return {
        "machine": machine,
        "scale": asdict(scale),
        "bytes": files,
        "notes": bench.notes,
        "figures": [one.as_json() for one in figures],
        "runs": runs,
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--full", action="store_true", help="also 1,000,000 claims, with ten million lines of history")
    size.add_argument("--quick", action="store_true", help="200 claims, once: a test of the harness, no measurement")
    parser.add_argument("--claims", type=int, nargs="+", help="sizes of the files instead")
    parser.add_argument("--pairs", type=int, help="alternating pairs instead")
    parser.add_argument("--out", type=Path, default=HERE, help="folder for the results")
    parser.add_argument("--keep", type=Path, help="folder for the drawn files; otherwise they are removed")
    given = parser.parse_args()
    scale = FULL if given.full else QUICK if given.quick else USUAL
    scale = replace(scale, sizes=tuple(sorted(given.claims))) if given.claims else scale
    scale = replace(scale, pairs=given.pairs, slow_pairs=given.pairs) if given.pairs else scale
    try:
        if given.keep is not None:
            given.keep.mkdir(parents=True, exist_ok=True)
            measure(scale, given.keep, given.out)
        else:
            with tempfile.TemporaryDirectory(prefix="perdiem-bench-") as folder:
                measure(scale, Path(folder), given.out)
    except FailedError as error:
        tell(f"benchmarks: {error}")
        sys.exit(2)
    tell("written: RESULTS.md, results.json, results.svg")


if __name__ == "__main__":
    main()
