"""Answer: the judged lines as people and programs read them, claim by claim in input order.

The shapes are those of the contract: one dict per claim with its lines, adjustments and cited findings.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from perdiem.model.citation import Citation
from perdiem.model.schema import MODIFIERS
from perdiem.pipeline.seen import Seen
from perdiem.pipeline.session import Run
from perdiem.pipeline.words import FOLDS, UNEDITED, days_of, facts_of, say_number, sentence

Answer = dict[str, Any]
Row = dict[str, Any]

_WHOLE = {
    "provider_npi": "billing_npi", "taxonomy": "billing_taxonomy", "frequency": "frequency", "original_ref": "original_ref",
    "diagnoses": "diagnoses",
}  # fmt: skip


def answers(run: Run, whole: bool = False, at_a_time: int = 250) -> Iterator[Answer]:
    """One dict per claim: claim_id, payer, member_id, source, position, verdict, charge, lines.

    ``whole`` adds what else a claim needs to be read again: provider_npi, taxonomy, frequency, original_ref, diagnoses, and
    the ndc of each line. Claims are told ``at_a_time``, so that the first need not wait for the last, nor all lie in memory.
    """
    seen = Seen(run)
    for part in _slices(run, at_a_time):
        yield from _answers(part, seen, whole)


def _answers(run: Run, seen: Seen, whole: bool) -> Iterator[Answer]:
    lines = _lines(run)
    for claim, decided in zip(run.batch.claim.to_pylist(), run.claim.to_pylist(), strict=True):
        answer = {
            "claim_id": claim["claim_id"],
            "payer": claim["payer_id"] or claim["payer_name"],
            "member_id": claim["member_id"],
            "source": claim["source"],
            "position": claim["claim_no"],
            "verdict": decided["verdict"],
            "charge": f"{claim['charge']:.2f}",
        }
        by = {"withdrawn_by": decided["withdrawn_by"] or "a claim of the history"} if decided["by_claim_no"] else {}
        rows = lines.get(claim["claim_no"], ())
        told = [_line(run, seen, claim, *row) for row in rows]
        if whole:
            by |= {key: claim[column] for key, column in _WHOLE.items()}
            told = [one | {"ndc": line["ndc"]} for one, (line, _, _) in zip(told, rows, strict=True)]
        yield answer | by | {"lines": told}


def cite(citation: Citation) -> dict[str, Any]:
    """A citation as the contract shows it; a section of which no copy was read has no line and no fingerprint."""
    if not citation.fingerprint:
        return {"source": citation.source, "section": citation.section, "line": None, "words": None, "fingerprint": None}
    return {
        "source": citation.source,
        "section": citation.section,
        "line": citation.line,
        "words": citation.words,
        "fingerprint": citation.fingerprint,
    }


def _slices(run: Run, claims: int) -> Iterator[Run]:
    """A run in slices of so many claims, each with its lines and findings."""
    claim, line = run.batch.claim, run.batch.line
    of_line, found = line["claim_no"].to_pylist(), run.finding["line_no"].to_pylist()
    numbers = claim["claim_no"].to_pylist()[claims::claims]
    ends = [*(bisect_left(of_line, number) for number in numbers), line.num_rows]
    start = told = 0
    for at, end in enumerate(ends):
        until = bisect_left(found, line["line_no"][end].as_py()) if end < line.num_rows else len(found)
        batch = replace(run.batch, claim=claim.slice(at * claims, claims), line=line.slice(start, end - start))
        yield replace(
            run,
            batch=batch,
            claim=run.claim.slice(at * claims, claims),
            decision=run.decision.slice(start, end - start),
            finding=run.finding.slice(told, until - told),
        )
        start, told = end, until


def _lines(run: Run) -> dict[int, list[tuple[Row, Row, list[Row]]]]:
    """The lines of each claim with their decision and findings, in line order."""
    findings: dict[int, list[Row]] = {}
    for finding in run.finding.to_pylist():
        findings.setdefault(finding["line_no"], []).append(finding)
    grouped: dict[int, list[tuple[Row, Row, list[Row]]]] = {}
    for line, decision in zip(run.batch.line.to_pylist(), run.decision.to_pylist(), strict=True):
        grouped.setdefault(line["claim_no"], []).append((line, decision, findings.get(line["line_no"], [])))
    return grouped


def _line(run: Run, seen: Seen, claim: Row, line: Row, decision: Row, found: list[Row]) -> Answer:
    place = line["place"] or claim["place"]
    findings = [_finding(run, finding, line, place, seen.of(finding, claim, line)) for finding in found]
    asks = [FOLDS[decision["fold"]]] if decision["fold"] in FOLDS else []
    if decision["verdict"] == "pend":
        asks += dict.fromkeys(f["asks"] for f in findings if "asks" in f)
    return {
        "line": line["lx"],
        "code": line["code"],
        "modifiers": [line[m] for m in MODIFIERS if line[m]],
        "from": line["from_date"].isoformat(),
        "to": line["to_date"].isoformat(),
        "pos": place,
        "units": say_number(line["units"]),
        "charge": f"{line['charge']:.2f}",
        "verdict": decision["verdict"],
        "pay_units": say_number(decision["pay_units"]),
        "deny_units": say_number(decision["deny_units"]),
        "pend_units": say_number(decision["pend_units"]),
        "unjudged_days": decision["unjudged_days"],
        **({"asks": asks} if asks else {}),
        **({"because": UNEDITED[decision["fold"]]} if decision["verdict"] == "unedited" else {}),
        "adjustments": [{**a, "units": say_number(a["units"])} for a in decision["adjustments"]],
        "findings": findings,
    }


def _finding(run: Run, finding: Row, line: Row, place: str | None, told: dict[str, str]) -> Answer:
    policy, rule = run.compiled.rule(finding["rule_no"])
    outcome = rule.outcomes[finding["outcome"]]
    facts = facts_of(line, finding, place, _other(finding), run.book, told)
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


def _other(finding: Row) -> str:
    if finding["other_line_no"] is None:
        return "another line"
    where = "" if finding["other_claim_no"] == finding["claim_no"] else f"claim {finding['other_claim_id']} "
    history = "history " if finding["other_line_no"] < 0 else ""
    return f"{history}{where}line {finding['other_lx']} {finding['other_code']}"
