"""Writes the history of the members of a drawn file as 837P: ``python benchmarks/make_history.py --claims 100000 --lines 1000000``.

The members are those of make_claims.py with the same seed and number of claims; their history is the weeks before,
without errors, and one in 200 of the claims of the file itself, so that history changes some answers.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from mix.write import Tally, earlier, write


def make_history(claims: int, lines: int, seed: int, out: Path) -> Tally:
    """Writes the file and tells what is in it."""
    with out.open("w", encoding="ascii", newline="") as file:
        return write(earlier(seed, claims, lines), file)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=int, required=True, help="how many claims the file has whose members these are")
    parser.add_argument("--lines", type=int, required=True, help="how many service lines of history")
    parser.add_argument("--seed", type=int, default=1, help="the seed of that file")
    parser.add_argument("--out", type=Path, required=True, help="the file to write")
    given = parser.parse_args()
    began = time.perf_counter()
    tally = make_history(given.claims, given.lines, given.seed, given.out)
    rate = tally.claims / (time.perf_counter() - began)
    print(f"{tally.claims:,} claims, {tally.lines:,} lines, {tally.bytes:,} bytes, {rate:,.0f} claims/s", file=sys.stderr)


if __name__ == "__main__":
    main()
