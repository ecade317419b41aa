"""Writes drawn home-infusion claims as an 837P file of any size: ``python benchmarks/make_claims.py --claims 100000 --out FILE``.

The same seed, number and rate give the same bytes. The mix is documented in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from mix.write import Tally, drawn, write


def make_claims(claims: int, seed: int, out: Path, errors: float = 0.01) -> Tally:
    """Writes the file and tells what is in it."""
    with out.open("w", encoding="ascii", newline="") as file:
        return write(drawn(seed, claims, errors), file)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=int, required=True, help="how many claims")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other members and claims")
    parser.add_argument("--errors", type=float, default=0.01, help="share of claims that each sort of error strikes")
    parser.add_argument("--out", type=Path, required=True, help="the file to write")
    given = parser.parse_args()
    began = time.perf_counter()
    tally = make_claims(given.claims, given.seed, given.out, given.errors)
    rate = tally.claims / (time.perf_counter() - began)
    print(f"{tally.claims:,} claims, {tally.lines:,} lines, {tally.bytes:,} bytes, {rate:,.0f} claims/s", file=sys.stderr)
    for what, counted in (("kind", tally.kinds), ("error", tally.errors)):
        for name, count in counted.most_common():
            print(f"  {what} {name}: {count:,} ({count / tally.claims:.2%})", file=sys.stderr)


if __name__ == "__main__":
    main()
