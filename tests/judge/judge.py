"""The independent judge: rulings part A (BCBSTX CPCP019) row by row, for comparison with the engine.

Choices (where the rulings are silent or open; the reading taken here):

Scope and words
 1. Payer: id 84980, or else the folded name (two spellings, with and without "and"). All claims so matched are one
    payer for "same member", duplicates and withdrawals, whatever id they print.
 2. "A2's codes" of the scope are the per diem codes: a claim with only A3 codes or S9529 is not in scope by code. The
    scope looks at all lines of the claim, also those dated before the policy or with dead codes.
 3. Lines of a claim of the payer out of scope are seen by member rules (A17's earlier line, N149) but never judged;
    having no findings, they are never "denied by A16/A17".
 4. Withdrawal: any later 7 or 8 of the same payer and NPI whose REF F8 equals an earlier claim's id (member not
    compared); where no earlier claim has that id, the first such claim after it, of an 8 in another file only, and none that
    names itself or the one that withdraws. A withdrawn 7 still withdraws what it named; a 7 that names nothing is an ordinary
    claim; an 8 that names nothing is `unedited` all the same.
 5. By the day: A2's codes, S9563, S9061, S9208-S9214. A3 codes are other lines (whole, no A14).
 6. Other line crossing the effective date: pays if its days in force pay; pends if they are denied, pend or differ.
 7. Nothing billed (0 units) by the day: verdict pay, 0/0/0. A denied other line keeps its reason even for 0 units.
 8. Denied units: reasons in rule order; within one rule in order of first day. Equal group, CARC and RARC (A4's and
    A14's CO-151 N345) are one adjustment, at the first's place. Fractional units fold like whole ones.
 9. `rules` names every ruling with a denying or pending finding on any day in force, decisive or not, plus A14.
    Findings of one day by A4's family are labelled A4 (deny; wrong-code pend), A5, A6, A7 (TPN, transfusion, no drug).
10. Modifier 00 (000) is dropped before any comparison.
Stage 1
11. A20 by day. Unknown = no row in codes.csv (a range row does not help). A code with several rows is alive if any is.
12. A1: by taxonomy alone even 31 and a missing place pend. G0498 pends in any place, 12, 31 and missing too.
13. A16 oral formula = B4102, B4103, B4149-B4162 with BO. Topical: drug line whose only route is topical: pend.
    Intradialytic TPN: no code shows it; dialysis beside TPN is no finding.
14. A24: the drugs and flushes on the whole claim (drug lines but not fluids or parenteral products; J1642, A4216,
    A4218) are J1642 alone. A saline flush beside it, or a drug line itself denied, stops A24.
15. A17 full duplicate: modifiers as a set, NDC without hyphens, units by number; any earlier line counts, denied or
    not, in scope or not. Shared days: A2's codes only (not S9563, S9061, S9208-S9214); the earlier line's own fate
    does not matter. Pre-effect lines carry no A17, so are never void for A4.
16. A19: a 99601 line that day of the member, any provider, whatever its own verdict.
17. A10: any line of class equipment (E0607 and B9002-B9006 too), not supplies or batteries.
A4-A7
18. Void = denied by A16 or A17 (beats A20). A line denied by A20 that day still is a corresponding line: its days pend,
    and the other days are "covered on some days" (CO-151), never "none".
19. "On any day of the per diem" counts all calendar days of the span, also those before the policy.
20. A5, first half: all corresponding lines of the claim (all non-void, A20-denied included) bear one date in
    [from - 7, to]; it holds for A7's families too and then pends covered days as well.
21. A5, second half: all corresponding lines of the claim are single dates; the distinct dates within [from - 7, to] are
    counted, at least one and fewer than the units. Dates outside that window neither count nor prevent.
22. A6 doubt needs one such drug line that day, even beside a drug that serves its own family. "Per diem of its own":
    any per diem code of the drug's families (A3's and S9563 too) on the claim that day, denied or not. An unknown code
    whose range row gives a family is judged by that family. Void lines raise no doubt; an A20-denied one of another
    family does.
23. Unknown J, Q, C9, S0 code: if a range row gives a class, the class says whether it is a drug line (C9600-C9899,
    S0200-S0999 are not).
24. Unclassified codes correspond for all families but enteral, hydration, transfusion; there they raise A6's doubt. For
    TPN they count as additive, as does any drug with family tpn.
25. S9379 takes any drug line except fluids and parenteral products: formula, blood, electrolytes and drugs that serve
    their own per diem included.
26. Transfusion: no blood product on any day: pend; on some days: the uncovered are CO-151. A6's doubt comes first.
27. N149: a non-void corresponding line (own-code checks as on the claim; A20-denied counts) on another claim of the
    member, any provider, in or out of scope, earlier or later, on one of the denied days; then the whole line's.
A12, A13
28. A12: a code does not exclude itself; two different codes of S9208-S9214 on one day both lose. S9061 always falls to
    A16 in stage 1, so nobody loses to it.
29. A13 findings fall on days not lost in stage 1-2 only. "Further" lines are counted among such live lines. A lost SH
    is an SH for "without an SH"; the several SJ are live ones.
30. SH with SJ on one line: CO-4 N519, and the line is neither an SH nor an SJ for others, but is a therapy of the day.
31. Another provider: a live line that would be denied (N519 too, also without an unmodified line) pends if any earlier
    serving line of the day has another NPI. If only later lines have, the denial stands.
Stage 4
32. A8's per diem days: A2's codes and S9563 (not S9061, S9208-S9214, A3), lost ones and duplicates too. "Same billing
    provider" = some per diem of the day has the line's NPI; else pend. CO-234 only if every per diem of the day, of
    any provider, is denied in stages 1-3.
33. J1642, A4216, A4218 are A9's alone (no A8 finding); with another provider's per diem they pend.
34. K0601-K0605 pend by A8 every day in scope. A4602 is denied with its range.
35. A11 and A18 look at the member's per diems of any provider.
36. A11 "another therapy": A13's set less hydration and enteral, not denied; pending ones count.
37. A18: TPN per diems count even if denied (CO-97 M15, never 234). "Another infusion per diem" beside an electrolyte:
    A13's set less TPN and enteral, denied or not; it pends only J-coded electrolytes (book component).
38. A18: B4178, 15 % products and FreAmine pend on days without a TPN per diem too. By NDC any component not listed as
    separate or asked is included, on any code.
39. A15: routes known and all SC or IM, or JB. Paid if any leg pays: 99601 that day (whatever its verdict), class factor,
    an A2 per diem with route token IV ("any" and "IV access" are not) neither denied nor pending, or its family's per
    diem of A13's set (so not S9370, S9372) neither denied nor pending. Else pend.
40. A14 holds for all lines by the day.
History
41. Its lines carry no finding, so they are never denied, pending or void: as partners, companions, per diems and visits
    they stand as billed. Replacements and voids among them count like those of the batch.
42. A13: the denial for want of a first therapy also turns to a pend where an earlier partner has another NPI.
43. A8: "on any of its days" counts all calendar days of the line, also those before the policy.
44. A15: a pending IV therapy leaves its pend, history or not; a pending therapy of the drug's own family does not.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from . import codes as c
from . import reading, stage1, stage4, together
from .words import EFFECTIVE, ORDER, Claim, Finding, Line, deny

UNEDITED: dict[str, Any] = {
    "verdict": "unedited",
    "pay_units": None,
    "deny_units": None,
    "pend_units": None,
    "adjustments": [],
    "rules": [],
}
TOO_MANY = deny("A14", "151", "N345")


def judge(claims: list[dict[str, Any]], history: list[dict[str, Any]] | None = None) -> dict[tuple[int, int], dict[str, Any]]:
    """Every line's answer by (claim index, line index); history: earlier claims, None where none were given."""
    return {line.at: answer(line) for claim in found(claims, history) for line in claim.lines}


def found(claims: list[dict[str, Any]], history: list[dict[str, Any]] | None = None) -> list[Claim]:
    """The claims read, with every finding on their lines; the stages in order."""
    before = [reading.claim_of(at, raw, earlier=True) for at, raw in enumerate(history or [], -len(history or []))]
    read = [reading.claim_of(at, raw) for at, raw in enumerate(claims)]
    reading.withdraw(before + read)
    for member in reading.members(before + read, history is not None):
        stage1.run(member)
        together.exclusives(member)
        together.concurrency(member)
        stage4.run(member)
    return read


def answer(line: Line) -> dict[str, Any]:
    if line.claim.withdrawn or not line.claim.in_scope or not line.days_in_force:
        return dict(UNEDITED, adjustments=[], rules=[])
    return by_the_day(line) if c.by_the_day(line.code) else whole(line)


def reason(findings: list[Finding]) -> Finding | None:
    """The first denying rule in the printed order."""
    denials = [f for f in findings if f.effect == "deny"]
    return min(denials, key=lambda f: ORDER.index(f.rule)) if denials else None


def by_the_day(line: Line) -> dict[str, Any]:
    denied: dict[Finding, int] = {}
    payable = len(line.days) - len(line.days_in_force)
    pending = 0
    for day in line.days_in_force:
        findings = line.findings.get(day, [])
        why = reason(findings)
        if why:
            denied[why] = denied.get(why, 0) + 1
        elif findings:
            pending += 1
        else:
            payable += 1
    pay = min(line.units, Decimal(payable))
    pends = min(line.units - pay, Decimal(pending))
    left = denies = line.units - pay - pends
    costs: list[tuple[Finding, Decimal]] = []
    for why in sorted(denied, key=lambda f: ORDER.index(f.rule)):  # equal rules stay in order of their first day
        cost = min(left, Decimal(denied[why]))
        left -= cost
        costs.append((why, cost))
    costs.append((TOO_MANY, left))
    rules = met(line) | ({"A14"} if left else set())
    return shaped(pay, denies, pends, [(f, n) for f, n in costs if n], rules)


def whole(line: Line) -> dict[str, Any]:
    days = [line.findings.get(day, []) for day in line.days_in_force]
    reasons = [reason(findings) for findings in days]
    effects = {"deny" if why else "pend" if findings else "pay" for why, findings in zip(reasons, days, strict=True)}
    crosses = line.first < EFFECTIVE
    none = Decimal(0)
    if effects == {"pay"}:
        return shaped(line.units, none, none, [], met(line))
    if effects == {"deny"} and not crosses and reasons[0]:
        return shaped(none, line.units, none, [(reasons[0], line.units)], met(line), "deny")
    return shaped(none, none, line.units, [], met(line), "pend")


def met(line: Line) -> set[str]:
    return {f.rule for findings in line.findings.values() for f in findings}


def shaped(
    pay: Decimal,
    denies: Decimal,
    pends: Decimal,
    costs: list[tuple[Finding, Decimal]],
    rules: set[str],
    verdict: str = "",
) -> dict[str, Any]:
    merged: dict[tuple[str, str, tuple[str, ...]], Decimal] = {}
    for finding, units in costs:
        merged[finding.reason] = merged.get(finding.reason, Decimal(0)) + units
    return {
        "verdict": verdict or ("pend" if pends else "pay" if not denies else "partial" if pay else "deny"),
        "pay_units": number(pay),
        "deny_units": number(denies),
        "pend_units": number(pends),
        "adjustments": [
            {"group": group, "carc": carc, "rarc": list(rarc), "units": number(units)}
            for (group, carc, rarc), units in merged.items()
        ],
        "rules": sorted(rules, key=ORDER.index),
    }


def number(units: Decimal) -> int | float:
    return int(units) if units == units.to_integral_value() else float(units)
