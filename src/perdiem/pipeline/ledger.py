"""The ledger: every claim and every cent that came in is judged or set aside, or the program stops.

What came in is counted by a scan of the raw bytes that does not use the parser.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.formats.intake import tally
from perdiem.model.errors import EngineError
from perdiem.model.schema import Batch
from perdiem.pipeline.check import Run

VERDICTS = ("pay", "partial", "deny", "pend", "unedited")


def ledger(run: Run) -> dict[str, Any]:
    """The ledger of a run as the contract shapes it; raises EngineError if it does not balance."""
    batch = run.batch
    census, told = batch.census, tally(batch)
    if told != census or run.decision.num_rows != batch.line.num_rows:
        raise EngineError(
            "the ledger",
            f"{census.claims} claims, {census.lines} lines and {census.charge_cents} cents came in, "
            f"{told.claims}, {told.lines} and {told.charge_cents} are accounted for",
            "Do not use this run; report it with the file's structure",
        )
    return {
        "claims_in": census.claims,
        "judged": batch.claim.num_rows,
        "rejected": batch.rejected.num_rows,
        "skipped": 0,
        "lines_in": census.lines,
        "lines_judged": batch.line.num_rows,
        "lines_rejected": census.lines - batch.line.num_rows,
        "charge_in": dollars(census.charge_cents),
        "charge_judged": dollars(_cents(batch.claim)),
        "charge_rejected": dollars(_cents(batch.rejected)),
        "verdicts": _verdicts(run),
        "problems": problems(batch),
    }


def problems(batch: Batch) -> list[dict[str, Any]]:
    """The problems of a batch in input order: source, segment, claim_id, weight, problem."""
    rows: list[dict[str, Any]] = batch.problem.to_pylist()
    return rows


def dollars(cents: int) -> str:
    """Cents as USD with two decimals."""
    return f"{Decimal(cents) / 100:.2f}"


def _verdicts(run: Run) -> dict[str, int]:
    counted = run.decision.group_by("verdict").aggregate([("line_no", "count")]).to_pylist()
    by_name = {row["verdict"]: row["line_no_count"] for row in counted}
    return {verdict: by_name.get(verdict, 0) for verdict in VERDICTS}


def _cents(table: pa.Table) -> int:
    total = pc.sum(table["charge"]).as_py()
    return int(total * 100) if total is not None else 0
