"""What NCCI edits cost: the hand-written rules alone against the same with drawn pairs and limits, on one batch.

``python benchmarks/ncci_pairs.py --claims 10000 --pairs 10000``. Every pair holds a code of the claims; the other is one of them
too, or a code of the book. ``--share 1`` takes only codes of the claims: then almost any two lines of a claim are a pair,
and most of the time goes into their findings. The release is kept in a folder of its own and forgotten afterwards.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pyarrow as pa
from make_claims import make_claims

from perdiem.codes.book import open_book
from perdiem.codes.keeping import keep
from perdiem.codes.releases import Release
from perdiem.codes.shapes import SHAPES
from perdiem.formats.intake import read
from perdiem.model.schema import Batch
from perdiem.pipeline.session import Session
from perdiem.policy.ncci import renew
from perdiem.policy.read import read_policies


def draw(codes: list[str], pairs: int, seed: int, share: float) -> None:
    """Keep a release of pairs and one of limits over these codes, in force for every day."""
    chance = random.Random(seed)
    others = sorted(set(open_book().codes) - set(codes))
    within = chance.sample(list(permutations(sorted(codes), 2)), round(pairs * share))
    beyond = chance.sample([(a, b) for a in sorted(codes) for b in others], pairs - len(within))
    chosen = within + beyond
    rows = [{"column_1": a, "column_2": b, "modifier_indicator": chance.choice("01119")} for a, b in chosen]
    limits = [{"code": code, "units": chance.randint(20, 500), "indicator": chance.choice("123")} for code in sorted(codes)]
    for kind, told in (("ptp", rows), ("mue", limits)):
        shape = SHAPES[kind].arrow
        table = pa.table([pa.array([row.get(f.name) for row in told], f.type) for f in shape], schema=shape)
        days: dict[str, Any] = {"effective": date(2000, 1, 1), "until": date(2100, 1, 1)}
        keep(
            [
                (
                    Release(
                        id=kind, kind=kind, setting="practitioner", file=kind, sha256=kind, rows=len(told), fingerprint=kind, **days
                    ),
                    table,
                )
            ]
        )
    renew()


def judged(session: Session, batch: Batch) -> tuple[float, int]:
    """Seconds of one judgement, and how many findings it made."""
    start = time.perf_counter()
    run = session.judge(batch)
    return time.perf_counter() - start, run.finding.num_rows


def measure(claims: int, pairs: int, rounds: int, seed: int, share: float) -> None:
    """Judge the batch with and without the pairs in turn, and tell the medians."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "claims.837"
        make_claims(claims, seed, file)
        batch = read([file])
        os.environ["PERDIEM_DATA"] = str(Path(folder) / "none")
        plain = read_policies()
        os.environ["PERDIEM_DATA"] = str(Path(folder) / "data")
        codes = [code for code in batch.line["code"].unique().to_pylist() if code]
        most = min(pairs, len(codes) * (len(codes) - 1)) if share == 1 else pairs
        draw(codes, most, seed, share)
        with Session(plain) as alone, Session(read_policies()) as beside:
            judged(alone, batch), judged(beside, batch)
            seconds = [(judged(alone, batch), judged(beside, batch)) for _ in range(rounds)]
    first, second = (statistics.median(pair[n][0] for pair in seconds) for n in (0, 1))
    ratio = statistics.median(with_[0] / without[0] for without, with_ in seconds)
    print(f"{claims} claims, {batch.line.num_rows} lines, {len(codes)} codes, {most} pairs, {len(codes)} limits")
    print(
        f"rules alone {first:.3f} s, {seconds[0][0][1]} findings; with pairs and limits {second:.3f} s, {seconds[0][1][1]} findings"
    )
    print(f"ratio {ratio:.2f} (median of {rounds} pairs)")


def main() -> int:
    """Read the arguments and measure."""
    options = argparse.ArgumentParser(description=__doc__)
    for name, value in (("claims", 10_000), ("pairs", 10_000), ("rounds", 7), ("seed", 1)):
        options.add_argument(f"--{name}", type=int, default=value)
    options.add_argument("--share", type=float, default=0.05)
    measure(**vars(options.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
