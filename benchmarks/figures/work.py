"""The tasks that are measured inside a process of their own: ``python -m figures.work TASK FILE``, answer as JSON.

Seconds are those of the work alone: interpreter start and imports are left out. Tasks named in WARMED do their work
once before, untimed, so that compiled code is loaded and the file is in the page cache; checking does so with one claim.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import date
from itertools import count, islice
from pathlib import Path
from typing import Any

Told = dict[str, Any]
WARMED = ("parse", "split")
SIX_LINE_CLAIMS = 20  # different ones, taken in turn


def parse(file: Path) -> Callable[[], Told]:
    """Bytes to the tables of claims, chunk by chunk, every chunk let go of."""
    from perdiem.formats.bulk import read_chunks

    def work() -> Told:
        read = [(chunk.claim.num_rows, chunk.line.num_rows) for chunk in read_chunks([file])]
        return {"claims": sum(claims for claims, _ in read), "lines": sum(lines for _, lines in read)}

    return work


def check(file: Path, store: str = "") -> Callable[[], Told]:
    """The command's work in a process that has judged a claim before: bytes to answers as Parquet."""
    from perdiem.formats.bulk import read_chunks
    from perdiem.pipeline.bulk import judge_all
    from perdiem.pipeline.output import write_parquet
    from perdiem.policy.read import read_policies
    from perdiem.store.history import open_history

    policies = read_policies()
    next(iter(read_chunks([file])))

    def judged(claims: Path) -> Told:
        with tempfile.TemporaryDirectory(dir=file.parent) as out, open_history(store) if store else nullcontext() as earlier:
            write_parquet(judge_all([claims], policies, history=earlier), {}, Path(out), earlier)
            return {"bytes": sum(table.stat().st_size for table in Path(out).iterdir())}

    judged(file.with_name("one.837"))
    return lambda: judged(file)


def split(file: Path) -> Callable[[], Told]:
    """The limit: the file read and cut at its segment ends, nothing else."""
    return lambda: {"segments": len(file.read_bytes().split(b"~"))}


def segments(file: Path) -> Callable[[], Told]:
    """pyx12's reader of segments, which also counts envelopes and HL levels."""
    from pyx12.x12file import X12Reader  # type: ignore[import-untyped]

    return lambda: {"segments": sum(1 for _ in X12Reader(str(file)))}


def validate(file: Path) -> Callable[[], Told]:
    """pyx12's full validation against its 837P map, answering with a 999; the time for one claim alone beside it."""
    from pyx12.params import params  # type: ignore[import-untyped]
    from pyx12.x12n_document import x12n_document  # type: ignore[import-untyped]

    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    one = file.with_name("one.837")
    began = time.perf_counter()
    x12n_document(params(), str(one), io.StringIO(), None)
    fixed = time.perf_counter() - began
    return lambda: {"valid": x12n_document(params(), str(file), io.StringIO(), None), "fixed": fixed}


def objects(file: Path) -> Callable[[], Told]:
    """The tests' judge: the split-based reader's rows made Python objects and judged by plain functions; nothing is written."""
    from judge.judge import judge
    from perdiem.formats.claim_837p import read_837p
    from perdiem.formats.columns import Shelf
    from perdiem.formats.x12 import stretches

    def work() -> Told:
        shelf = Shelf()
        shelf.begin(file.name)
        for stretch in stretches(file.read_bytes(), shelf):
            if stretch.kind == "837":
                read_837p(stretch, shelf)
        claims = compact(shelf.claim.arrow().to_pylist(), shelf.line.arrow().to_pylist())
        return {"claims": len(claims), "lines": len(judge(claims))}

    return work


def compact(claims: list[Told], lines: list[Told]) -> list[Told]:
    """Rows of the tables as the tests' judge takes them."""
    made: dict[int, Told] = {}
    for row in claims:
        made[row["claim_no"]] = compact = {
            "id": row["claim_id"], "payer": {"id": row["payer_id"], "name": row["payer_name"]}, "member": row["member_id"],
            "npi": row["billing_npi"], "taxonomy": row["billing_taxonomy"], "pos": row["place"],
            "frequency": row["frequency"], "original_ref": row["original_ref"], "lines": [],
        }  # fmt: skip
        if row["relation"] != "18":
            birth: date = row["birth_date"]
            compact["dependent"] = {
                "last": row["last_name"], "first": row["first_name"], "birth": birth.isoformat(), "sex": row["sex"],
            }  # fmt: skip
    for row in lines:
        mods = [row[name] for name in ("mod1", "mod2", "mod3", "mod4") if row[name]]
        made[row["claim_no"]]["lines"].append({
            "code": row["code"], "mods": mods, "units": row["units"], "pos": row["place"], "ndc": row["ndc"],
            "from": row["from_date"].isoformat(), "to": row["to_date"].isoformat(),
        })  # fmt: skip
    return list(made.values())


def one_claim(calls: int) -> Told:
    """Milliseconds for a claim of six lines, read before, through a warm session; p50 and p99 of so many calls."""
    from perdiem.formats.intake import read
    from perdiem.pipeline.session import Session
    from perdiem.policy.read import read_policies

    judge = Session(read_policies()).judge
    batches = [read(["-"], stdin=io.BytesIO(text.encode())) for text in islice(six_line_claims(), SIX_LINE_CLAIMS)]
    took = []
    for at in range(max(calls // 10, 3) + calls):
        began = time.perf_counter()
        judge(batches[at % len(batches)])
        took.append(1000 * (time.perf_counter() - began))
    took = sorted(took[-calls:])
    return {"p50": took[len(took) // 2], "p99": took[min(int(len(took) * 0.99), len(took) - 1)], "calls": calls}


def six_line_claims() -> Iterator[str]:
    """Drawn files of one claim each, all of six lines."""
    from mix.write import drawn, write

    for seed in count(1):
        claims = list(drawn(seed, 1))
        if claims[0].body.lines == 6:
            out = io.StringIO()
            write(claims, out)
            yield out.getvalue()


TASKS: dict[str, Callable[..., Callable[[], Told]]] = {
    "parse": parse, "check": check, "split": split, "segments": segments, "validate": validate, "objects": objects,
}  # fmt: skip


def main() -> None:
    """Does one task and prints what it tells."""
    name, argument, *more = sys.argv[1:]
    if name == "one_claim":
        print(json.dumps(one_claim(int(argument))))
        return
    work = TASKS[name](Path(argument), *more)
    if name in WARMED:
        work()
    began = time.perf_counter()
    told = work()
    print(json.dumps({"seconds": time.perf_counter() - began, **told}))


if __name__ == "__main__":
    main()
