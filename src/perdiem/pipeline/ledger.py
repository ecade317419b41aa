"""The ledger: every claim and every cent that came in is judged, skipped or set aside, or the program stops.

What came in is counted by a scan of the raw bytes that does not use the parser.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.codes.official import LEVEL_TWO
from perdiem.model.errors import EngineError
from perdiem.model.schema import Census
from perdiem.pipeline.session import Run

VERDICTS = ("pay", "partial", "deny", "pend", "unedited")


def ledger(run: Run) -> dict[str, Any]:
    """The ledger of one run as the contract shapes it; raises EngineError if it does not balance."""
    account = Account()
    account.add(run)
    return account.close()


class Account:
    """Adds up the runs of a batch, chunk by chunk, and closes with a ledger that balances."""

    def __init__(self) -> None:
        self._came_in = self._judged = self._rejected = self._skipped = Census()
        self._unread = Census()  # by a guess, so no part of what must balance
        self._verdicts = dict.fromkeys(VERDICTS, 0)
        self._awaiting = self._early = self._unitless = 0
        self._problems: list[dict[str, Any]] = []

    def add(self, run: Run) -> None:
        """Add a run's claims, lines and cents; raises EngineError if a line has no decision."""
        batch = run.batch
        if run.decision.num_rows != batch.line.num_rows or run.claim.num_rows != batch.claim.num_rows:
            raise EngineError("the ledger", "a line that was read has no decision", "Do not use this run; report it")
        self._came_in = _sum(self._came_in, batch.census)
        self._judged = _sum(self._judged, Census(batch.claim.num_rows, batch.line.num_rows, _cents(batch.claim)))
        lines = pc.sum(batch.rejected["lines"]).as_py() or 0
        self._rejected = _sum(self._rejected, Census(batch.rejected.num_rows, lines, _cents(batch.rejected)))
        self._skipped = _sum(self._skipped, batch.skipped)
        for row in run.decision.group_by("verdict").aggregate([("line_no", "count")]).to_pylist():
            self._verdicts[row["verdict"]] += row["line_no_count"]
        self._awaiting += _awaiting_release(run)
        self._early += pc.sum(pc.less(run.claim["by_claim_no"], run.claim["claim_no"])).as_py() or 0
        self._unitless += pc.sum(pc.equal(batch.line["units"], Decimal(0))).as_py() or 0
        for problem in batch.problem.to_pylist():
            if problem["unread"] is not None:
                self._unread = _sum(self._unread, Census(problem["unread"], 0, int(problem["unread_charge"] * 100)))
            self._problems.append(problem_told(problem))

    @property
    def problems(self) -> list[dict[str, Any]]:
        """What was set aside or is doubtful, so far."""
        return list(self._problems)

    @property
    def nothing(self) -> bool:
        """Whether no claim is judged so far, nor skipped as held."""
        return not self._judged.claims and not self._skipped.claims

    def close(self) -> dict[str, Any]:
        """The ledger: counts of claims and lines, charges in USD as text, verdicts, problems.

        ``unread`` and ``charge_unread`` tell about how much refused files seem to hold; they are no part of the balance.
        """
        told = _sum(_sum(self._judged, self._rejected), self._skipped)
        if told != self._came_in:
            raise EngineError(
                "the ledger",
                f"{self._came_in.claims} claims, {self._came_in.lines} lines and {self._came_in.charge_cents} cents came "
                f"in, {told.claims}, {told.lines} and {told.charge_cents} are accounted for",
                "Do not use this run; report it with the file's structure",
            )
        return {
            "claims_in": self._came_in.claims,
            "judged": self._judged.claims,
            "rejected": self._rejected.claims,
            "skipped": self._skipped.claims,
            "lines_in": self._came_in.lines,
            "lines_judged": self._judged.lines,
            "lines_rejected": self._rejected.lines,
            "lines_skipped": self._skipped.lines,
            "charge_in": _dollars(self._came_in),
            "charge_judged": _dollars(self._judged),
            "charge_rejected": _dollars(self._rejected),
            "charge_skipped": _dollars(self._skipped),
            "unread": self._unread.claims,
            "charge_unread": _dollars(self._unread),
            "verdicts": self._verdicts,
            "lines_awaiting_release": self._awaiting,
            "claims_withdrawn_early": self._early,
            "lines_of_no_units": self._unitless,
            "problems": self._problems,
        }


def problem_told(row: dict[str, Any]) -> dict[str, Any]:
    """A row of ``problem`` as the contract shapes it: what a refused file seems to hold only where it is known."""
    told = {key: value for key, value in row.items() if not key.startswith("unread")}
    unread = row["unread"] is not None
    return told | ({"unread": row["unread"], "unread_charge": f"{row['unread_charge']:.2f}"} if unread else {})


def _awaiting_release(run: Run) -> int:
    """How many lines bill a HCPCS Level II code that no loaded table knows, on days for which no whole release is loaded."""
    numbers = {rule_no for rule_no, rule in enumerate(run.compiled.rules, 1) if rule.kind == "code_life"}
    unknown = run.finding.filter(pc.equal(run.finding["outcome"], "unknown"))
    asked = unknown.filter(pc.is_in(unknown["rule_no"], pa.array(sorted(numbers), unknown["rule_no"].type)))["line_no"]
    if not len(asked):
        return 0
    lines = run.batch.line
    codes = lines.filter(pc.is_in(lines["line_no"], asked.unique()))["code"]
    return int(pc.sum(pc.match_substring_regex(codes, f"^{LEVEL_TWO.pattern}$")).as_py() or 0)


def _sum(one: Census, other: Census) -> Census:
    return Census(one.claims + other.claims, one.lines + other.lines, one.charge_cents + other.charge_cents)


def _dollars(census: Census) -> str:
    return f"{Decimal(census.charge_cents) / 100:.2f}"


def _cents(table: pa.Table) -> int:
    return int((pc.sum(table["charge"]).as_py() or 0) * 100)
