"""stakes: money at stake summed by rule, by reason, by claim or by line, over all runs of a batch, sorted as asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from perdiem.formats.report import reason
from perdiem.pipeline.price import Priced

BY = ("rule", "carc", "claim", "line")
SORTS = ("order", "money", "charge")
_ZERO = Decimal("0.00")
Row = dict[str, Any]


@dataclass
class Stake:
    """What one rule, reason, claim or line puts at stake: lines and units concerned, charge, and expected money (USD).

    unpriced: lines among them that have no price, whose money is in ``charge`` alone.
    """

    what: str
    effect: str
    units: Decimal = _ZERO
    charge: Decimal = _ZERO
    expected: Decimal = _ZERO
    lines: int = 0
    unpriced: int = 0

    def told(self) -> Row:
        """As JSON and CSV show it."""
        return {
            "what": self.what, "effect": self.effect, "lines": self.lines, "charge": f"{self.charge:.2f}",
            "expected": f"{self.expected:.2f}", "unpriced_lines": self.unpriced,
        }  # fmt: skip


class Stakes:
    """Sums stakes run after run; in the order in which they are met."""

    def __init__(self, by: str) -> None:
        self.by = by
        self._found: dict[tuple[str, str], Stake] = {}

    def add(self, priced: Priced) -> None:
        """Add the stakes of one priced run."""
        claims = dict(zip(*(priced.run.batch.claim[name].to_pylist() for name in ("claim_no", "claim_id")), strict=True))
        lines = {}
        if self.by == "line":
            line = priced.run.batch.line
            lines = dict(
                zip(line["line_no"].to_pylist(), zip(line["lx"].to_pylist(), line["code"].to_pylist(), strict=True), strict=True)
            )
        for row in priced.stake.to_pylist():
            what = self._what(priced, row, claims, lines)
            stake = self._found.setdefault((what, row["effect"]), Stake(what, row["effect"]))
            stake.units += row["units"]
            stake.charge += row["charge"]
            stake.expected += row["expected"] or _ZERO
            stake.lines += 1
            stake.unpriced += row["expected"] is None

    def sorted(self, sort: str) -> list[Stake]:
        """The stakes by expected money or charge, most first, or in the order of the input."""
        found = list(self._found.values())
        if sort == SORTS[0]:
            return found
        first, second = ("expected", "charge") if sort == SORTS[1] else ("charge", "expected")
        return sorted(found, key=lambda stake: (-getattr(stake, first), -getattr(stake, second), stake.what, stake.effect))

    def _what(self, priced: Priced, row: Row, claims: dict[int, str], lines: dict[int, tuple[int, str]]) -> str:
        if self.by == "rule":
            if row["rule_no"] is None:
                return "days of one line differ"
            policy, rule = priced.run.compiled.rule(row["rule_no"])
            return f"{policy.id}#{rule.id}"
        if self.by == "carc":
            return reason({"group": row["group_code"], "carc": row["carc"], "rarc": row["rarc"]}) if row["carc"] else "pending"
        if self.by == "claim":
            return claims[row["claim_no"]]
        number, code = lines[row["line_no"]]
        return f"{claims[row['claim_no']]} line {number} {code}"


def stakes(priced: Iterable[Priced], by: str, sort: str = SORTS[1]) -> list[Stake]:
    """The stakes of priced runs, summed and sorted."""
    found = Stakes(by)
    for one in priced:
        found.add(one)
    return found.sorted(sort)
