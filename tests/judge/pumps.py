"""The independent judge of rulings part B (Medicare, external infusion pumps), for comparison with the engine.

Choices (they go on where the judge of part A stops; the reading taken where the rulings are silent or open):

Scope and words
45. DME MAC: the payer ids 16013, 17013, 18003, 19003. All four are one payer for "same member" and withdrawals.
46. In scope: a claim with at least one pump (E0779-E0787, E0791, K0455), pump supply (A4221-A4226, K0552,
    K0601-K0605), A4305, A4306, A9274, A4230-A4232, infusion solution (J7030-J7131) or drug line of A6's, whatever its
    date; but not for a drug line of another benefit (nutrition, blood, by mouth, inhaled, for the skin, hyaluronates)
    or of an unknown code. A4216-A4218 alone bring no claim in.
47. In force from 2017-01-01. No stages: every rule reads the claims as billed, so a denied pump is still a pump. Only
    B5 asks what else denies a line. A20 holds here too and stands first, for codes are of no payer; part A's other
    rules (A14, A17 ...) do not exist here: duplicates and the per diems of commercial payers are pay, all units.
48. Other lines and lines that cross the effective date: as choices 6 and 7 of part A.
49. Modifiers are a set without 00 and 000: KX twice is one.
Pumps
50. A line covers its own dates; RR besides up to the day before the same day of the next month (a day that month does
    not have: its last day); NU or UE every later date. RR with NU does both. No RR, NU, UE: its own dates. The provider
    does not matter, the verdict of the pump line neither, nor that it was billed before 2017.
51. Pumps of the member are the external ones: those of B1's list and E0784, E0787. An implanted pump (E0782, E0783,
    E0785, E0786; no matter of a DME MAC) is "no pump known" for B1, B2, B3 and B11, rented or not.
52. B1: a pump of its list that day suffices, whatever else is there; only without one E0784/E0787 deny.
53. B2, B11: "another pump" is any other external one.
54. B11 battery: an external pump's rental covers the day; a purchased one beside it does not help.
55. B11 second K0455: the line is denied on all its days. Earlier: history, then from date, then place in the input;
    whether the earlier one stands does not matter, and any overlap of the covered periods counts. RB, MS: a repair is
    no second pump, nor the first. RA says that the first one was replaced, which is no spare: pend.
Lines
56. B4: A4222 of the member that day, its own dates only; of the same billing provider: deny; only of others: pend.
57. B8: the claim's devices are its pump lines (B9's list) and the three disposable ones, whatever their dates; drug
    lines are A6's with J7030-J7131. GY on the line among others: PR too.
58. B9 by day: days before 2023-01-01 carry nothing, so a line across that date which is denied after it pends.
    Three of the four are "two of them".
59. B10 on days from 2023-07-01 only. What comes in no vial is no single-dose drug: solutions, nutrition, blood, drugs
    by mouth or for the skin. All other drug lines are taken for one.
B5
60. Earlier span lines: same member and code, more than one date, any provider, history first, then from date, then
    input. Days of theirs on which no rule denies them are covered. Weeks = (days of the span not covered) / 7, rounded
    up; days before the policy count like others. A single-date line covers nothing and is not covered.
61. Single dates of one member, code and date are added up in order (history, input), those denied that day left out, as
    with spans; each line at which the sum exceeds 4 pends, and its units stay in the sum.
62. A line denied whole keeps its first reason for all units. A line that pends for another reason pends whole (split in
    two it would have begun other weeks), and so does one that crosses the effective date and has a surplus.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from . import pumps_codes as c
from . import reading
from .judge import UNEDITED, number
from .pumps_rules import Account, Seen
from .words import Claim, Finding, Line

PAYERS = {"16013", "17013", "18003", "19003"}
ORDER = ["A20", "B8", "B7", "B3", "B1", "B2", "B11", "B4", "B9", "B10", "B5"]  # B6 and B12 only advise
NONE = Decimal(0)


def judge(claims: list[dict[str, Any]], history: list[dict[str, Any]] | None = None) -> dict[tuple[int, int], dict[str, Any]]:
    """Every line's answer by (claim index, line index); claims of other payers are `unedited`."""
    read, seen = found(claims, history)
    return {line.at: answer(line, seen) for claim in read for line in claim.lines}


def found(claims: list[dict[str, Any]], history: list[dict[str, Any]] | None = None) -> tuple[list[Claim], Seen]:
    """The claims read, and what the rules find on the lines of the DME MACs."""
    before = [claim_of(at, raw, earlier=True) for at, raw in enumerate(history or [], -len(history or []))]
    read = [claim_of(at, raw) for at, raw in enumerate(claims)]
    reading.withdraw(before + read)
    accounts: dict[tuple[Any, ...], Account] = {}
    for claim in before + read:
        if claim.of_payer and not claim.withdrawn:
            accounts.setdefault(claim.member, Account()).lines += claim.lines
    seen = Seen()
    for account in accounts.values():
        seen.look(account)
    return read, seen


def claim_of(at: int, raw: dict[str, Any], earlier: bool = False) -> Claim:
    claim = reading.claim_of(at, raw, earlier)
    claim.of_payer = raw.get("payer", {}).get("id") in PAYERS
    if claim.of_payer:
        claim.payer = "DME MAC"
    return claim


def in_scope(claim: Claim) -> bool:
    return claim.of_payer and any(c.in_scope(line.code) for line in claim.lines)


def reason(findings: list[Finding]) -> Finding | None:
    denials = [f for f in findings if f.effect == "deny"]
    return min(denials, key=lambda f: ORDER.index(f.rule)) if denials else None


def answer(line: Line, seen: Seen) -> dict[str, Any]:
    days = seen.in_force(line)
    if line.claim.withdrawn or not in_scope(line.claim) or not days:
        return dict(UNEDITED, adjustments=[], rules=[])
    each = [seen.on(line, day) for day in days]
    reasons = [reason(findings) for findings in each]
    effects = {"deny" if why else "pend" if findings else "pay" for why, findings in zip(reasons, each, strict=True)}
    crosses = len(days) < len(line.days)
    surplus = seen.surplus.get(line, NONE)
    rules = {f.rule for findings in each for f in findings} | ({"B5"} if surplus else set())
    if effects == {"deny"} and not crosses and reasons[0]:
        return shaped(NONE, line.units, NONE, reasons[0], rules)
    if effects != {"pay"} or (crosses and surplus):
        return shaped(NONE, NONE, line.units, None, rules, "pend")
    return shaped(line.units - surplus, surplus, NONE, seen.TOO_MANY if surplus else None, rules)


def shaped(
    pay: Decimal, denies: Decimal, pends: Decimal, why: Finding | None, rules: set[str], verdict: str = ""
) -> dict[str, Any]:
    adjustments = []
    if why:
        group, carc, rarc = why.reason
        adjustments = [{"group": group, "carc": carc, "rarc": list(rarc), "units": number(denies)}]
        verdict = "partial" if pay else "deny"
    return {
        "verdict": verdict or "pay",
        "pay_units": number(pay),
        "deny_units": number(denies),
        "pend_units": number(pends),
        "adjustments": adjustments,
        "rules": sorted(rules, key=ORDER.index),
    }
