"""Answer: the judged lines as people and programs read them, claim by claim in input order.

The shapes are those of the contract: one dict per claim with its lines, adjustments and cited findings.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from perdiem.model.citation import Citation
from perdiem.pipeline.check import Run
from perdiem.pipeline.words import FOLDS, days_of, facts_of, say_number, sentence

Answer = dict[str, Any]


def answers(run: Run) -> Iterator[Answer]:
    """One dict per claim: claim_id, payer, member_id, source, position, verdict, lines."""
    rows = _Rows(run)
    for position, claim in enumerate(run.batch.claim.to_pylist(), 1):
        lines = [rows.line(line, claim) for line in rows.lines_of(claim["claim_no"])]
        answer = {
            "claim_id": claim["claim_id"],
            "payer": claim["payer_id"] or claim["payer_name"],
            "member_id": claim["member_id"],
            "source": claim["source"],
            "position": position,
            "verdict": claim_verdict([line["verdict"] for line in lines]),
            "charge": _money(claim["charge"]),
        }
        by = rows.withdrawn.get(claim["claim_no"])
        yield answer | ({"withdrawn_by": rows.claim_ids[by]} if by else {}) | {"lines": lines}


def claim_verdict(verdicts: list[str]) -> str:
    """A claim's verdict from its lines', leaving out unedited ones."""
    edited = {v for v in verdicts if v != "unedited"}
    if not edited:
        return "unedited"
    if edited in ({"pay"}, {"deny"}):
        return edited.pop()
    return "pend" if "pend" in edited else "partial"


def cite(citation: Citation) -> dict[str, Any]:
    """A citation as the contract shows it."""
    return {
        "source": citation.source,
        "section": citation.section,
        "line": citation.line,
        "words": citation.words,
        "fingerprint": citation.fingerprint,
    }


class _Rows:
    """The run's tables, read once each in line order."""

    def __init__(self, run: Run) -> None:
        self.run = run
        claims = run.batch.claim
        self.claim_ids = dict(zip(claims["claim_no"].to_pylist(), claims["claim_id"].to_pylist(), strict=True))
        self.withdrawn = dict(zip(*(run.withdrawn[c].to_pylist() for c in ("claim_no", "by_claim_no")), strict=True))
        self.lines = run.batch.line.to_pylist()
        self.decisions = run.decision.to_pylist()
        self.findings = _by_line(run.finding.to_pylist())
        self.adjustments = _by_line(run.adjustment.to_pylist())
        self._next = 0

    def lines_of(self, claim_no: int) -> Iterator[dict[str, Any]]:
        while self._next < len(self.lines) and self.lines[self._next]["claim_no"] == claim_no:
            self._next += 1
            yield self.lines[self._next - 1]

    def line(self, line: dict[str, Any], claim: dict[str, Any]) -> Answer:
        decision = self.decisions[line["line_no"] - 1]
        place = line["place"] or claim["place"]
        findings = [self._finding(f, line, place) for f in self.findings.get(line["line_no"], [])]
        asks = [FOLDS[decision["fold"]]] if decision["fold"] else []
        if decision["verdict"] == "pend":
            asks += [f["asks"] for f in findings if "asks" in f and f["asks"] not in asks]
        return {
            "line": line["lx"],
            "code": line["code"],
            "modifiers": [line[m] for m in ("mod1", "mod2", "mod3", "mod4") if line[m]],
            "from": line["from_date"].isoformat(),
            "to": line["to_date"].isoformat(),
            "pos": place,
            "units": say_number(line["units"]),
            "charge": _money(line["charge"]),
            "verdict": decision["verdict"],
            "pay_units": say_number(decision["pay_units"]),
            "deny_units": say_number(decision["deny_units"]),
            "pend_units": say_number(decision["pend_units"]),
            "unjudged_days": decision["unjudged_days"],
            **({"asks": asks} if asks else {}),
            "adjustments": [
                {"group": a["group_code"], "carc": a["carc"], "rarc": a["rarc"], "units": say_number(a["units"])}
                for a in self.adjustments.get(line["line_no"], [])
            ],
            "findings": findings,
        }

    def _finding(self, finding: dict[str, Any], line: dict[str, Any], place: str | None) -> Answer:
        policy, rule = self.run.compiled.rule(finding["rule_no"])
        outcome = rule.outcomes[finding["outcome"]]
        facts = facts_of(line, finding, place, self._other(finding["other_line_no"], line), self.run.book)
        return {
            "policy": policy.name,
            "rule": rule.id,
            "kind": rule.kind,
            "outcome": finding["outcome"],
            "effect": finding["effect"],
            "days": [day.isoformat() for day in days_of(finding)],
            **sentence(outcome, facts),
            **({"note": True} if finding["note"] else {}),
            **({"doubt": rule.doubt} if rule.doubt else {}),
            "cite": cite(rule.cite),
            **({"also": [cite(c) for c in rule.also]} if rule.also else {}),
        }

    def _other(self, line_no: int | None, line: dict[str, Any]) -> str:
        if line_no is None:
            return "another line"
        other = self.lines[line_no - 1]
        here = other["claim_no"] == line["claim_no"]
        return ("" if here else f"claim {self.claim_ids[other['claim_no']]} ") + f"line {other['lx']} {other['code']}"


def _by_line(rows: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    grouped: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(row["line_no"], []).append(row)
    return grouped


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"
