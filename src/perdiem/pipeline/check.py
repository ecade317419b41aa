"""check: the one way through - read, look up, spread, scope, check, price, decide, answer.

One claim is a batch of one. Everything between reading and answering is columnar: claims are rows of Arrow
tables and of the embedded engine, never objects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from perdiem.codes.book import Book, ndc_digits, open_book
from perdiem.edits.scope import prepare
from perdiem.edits.stages import find
from perdiem.engine.embedded import Engine
from perdiem.formats.intake import read
from perdiem.model.errors import PolicyError
from perdiem.model.schema import FREQUENCIES, Batch
from perdiem.pipeline.decide import decide
from perdiem.policy.compile import Compiled, compile_policies
from perdiem.policy.payers import find_payer, read_payers
from perdiem.policy.read import Policy, read_policies

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Run:
    """Judged claims: what was read, what was found, and the rules and book that found it."""

    batch: Batch
    decision: pa.Table
    adjustment: pa.Table
    finding: pa.Table
    day: pa.Table
    withdrawn: pa.Table
    compiled: Compiled
    book: Book


def check(
    paths: Sequence[str | Path],
    *,
    policy: Sequence[str] = (),
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
) -> Run:
    """Read claims and judge every line under the policies in force.

    paths: 837P files, folders, globs or ``-``. policy: ids of policies that apply whatever the payer.
    Raises PolicyError for an unknown id, EngineError where the machine fails.
    """
    policies = read_policies()
    unknown = sorted(set(policy) - {p.id for p in policies})
    if unknown:
        known = ", ".join(sorted({p.id for p in policies}))
        raise PolicyError("--policy", f"no policy {unknown[0]!r}", f"Loaded policies are {known}")
    return judge(read(paths, stdin=stdin, progress=progress), policies, forced=policy, progress=progress)


def judge(
    batch: Batch, policies: Sequence[Policy], *, forced: Sequence[str] = (), book: Book | None = None,
    threads: int | None = None, progress: Progress | None = None,
) -> Run:  # fmt: skip
    """Judge the claims of a batch; the answer depends on nothing but the arguments' contents."""
    book = book or open_book()
    tell = progress or (lambda what, done, of: None)
    compiled = compile_policies(policies, book, batch.line.column("code").unique().to_pylist(), forced)
    with Engine(threads=threads) as engine:
        tell("look up", 0, 4)
        for name, table in _tables(batch, book, compiled).items():
            engine.load(name, table)
        tell("scope", 1, 4)
        prepare(engine)
        tell("check", 2, 4)
        find(engine)
        tell("decide", 3, 4)
        decide(engine)
        tell("decide", 4, 4)
        return Run(
            batch,
            engine.rows("select * from decision order by line_no"),
            engine.rows("select * from adjustment order by line_no, rule_no"),
            engine.rows("select * from finding_out order by line_no, rule_no, outcome"),
            engine.rows("select line_no, first_day, last_day, denied from judged_span order by line_no, first_day"),
            engine.rows("select * from withdrawn order by claim_no"),
            compiled,
            book,
        )


def _tables(batch: Batch, book: Book, compiled: Compiled) -> dict[str, pa.Table]:
    """The tables that the engine starts from: claims, rules, and what the book says of this batch's values."""
    payers = read_payers()
    seen = batch.claim.select(["payer_qualifier", "payer_id", "payer_name"]).group_by(["payer_qualifier", "payer_id", "payer_name"])
    met = seen.aggregate([]).to_pylist()
    payer = [find_payer(payers, r["payer_qualifier"], r["payer_id"], r["payer_name"]) for r in met]
    parts = batch.line.select(["code", "ndc"]).group_by(["code", "ndc"]).aggregate([]).to_pylist()
    blank = sorted(m for m, named in book.modifiers.items() if named.kind == "none")
    text = pa.string()
    return {
        "claim": batch.claim,
        "line": batch.line,
        **compiled.tables,
        "payer_seen": pa.table(
            {k: pa.array([r[k] for r in met], text) for k in ("payer_qualifier", "payer_id", "payer_name")}
            | {"payer": pa.array(payer, text)}
        ),
        "line_part": pa.table(
            {
                "code": pa.array([r["code"] for r in parts], text),
                "ndc": pa.array([r["ndc"] for r in parts], text),
                "ndc_key": pa.array([ndc_digits(r["ndc"]) if r["ndc"] else None for r in parts], text),
                "component": pa.array([book.component_of(r["ndc"], r["code"]) for r in parts], text),
            }
        ),
        "blank_modifier": pa.table({"modifier": pa.array(blank, text)}),
        "withdrawing": pa.table(
            {"frequency": pa.array(list(FREQUENCIES), text), "voids": pa.array(list(FREQUENCIES.values()), pa.bool_())}
        ),
    }
