"""Nothing is lost: claims, lines and cents of any file, and the units and reasons of every line, add up."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from damage import damaged_bytes, damaged_segments
from judge import codes as c
from judge.generate import generate
from judge.to_837 import to_837
from perdiem.pipeline.answer import answers
from perdiem.pipeline.check import check
from perdiem.pipeline.ledger import ledger

from .claims import answered, pool, pool_answers


def claim_verdict(verdicts: list[str]) -> str:
    """A claim's verdict from its lines', as the contract says."""
    edited = [v for v in verdicts if v != "unedited"]
    if not edited:
        return "unedited"
    if set(edited) in ({"pay"}, {"deny"}):
        return edited[0]
    return "pend" if "pend" in edited else "partial"


steady = settings(derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
GOOD = to_837(generate(5, 14)).encode()
SEGMENTS = GOOD.decode().split("~\n")[:-1]


def balanced(data: bytes) -> dict[str, Any]:
    """The ledger of bytes that went the whole way through; every sum in it holds."""
    run = check(["-"], stdin=io.BytesIO(data))
    told = ledger(run)
    said = list(answers(run))
    assert told["claims_in"] == told["judged"] + told["rejected"] + told["skipped"]
    assert told["lines_in"] == told["lines_judged"] + told["lines_rejected"] + told["lines_skipped"]
    assert Decimal(told["charge_in"]) == sum(Decimal(told[f"charge_{what}"]) for what in ("judged", "rejected", "skipped"))
    assert len(said) == told["judged"]
    assert sum(len(answer["lines"]) for answer in said) == told["lines_judged"] == sum(told["verdicts"].values())
    assert sum((Decimal(answer["charge"]) for answer in said), Decimal(0)) == Decimal(told["charge_judged"])
    assert [answer["position"] for answer in said] == list(range(1, len(said) + 1))
    weights = {problem["weight"] for problem in told["problems"]}
    assert weights <= {"rejected", "refused", "warning"}
    if told["rejected"]:
        assert weights & {"rejected", "refused"}, "claims were set aside and nobody is told why"
    json.dumps(said, allow_nan=False)
    return told


@settings(steady, max_examples=20)
@given(damaged_bytes([GOOD], 8))
def test_whatever_is_done_to_the_bytes(data: bytes) -> None:
    balanced(data)


@settings(steady, max_examples=20)
@given(damaged_segments(SEGMENTS, 12))
def test_whatever_is_done_to_the_segments(data: bytes) -> None:
    balanced(data)


def test_the_unharmed_file_is_judged_whole() -> None:
    told = balanced(GOOD)
    assert (told["claims_in"], told["judged"], told["problems"]) == (14, 14, [])


def test_one_bad_claim_leaves_the_others_alone() -> None:
    """A claim that cannot be read takes nothing from its neighbours but itself."""
    claims = generate(5, 14)
    text = to_837(claims)
    at = text.index("SV1*", text.index(f"CLM*{claims[6]['id']}*"))
    end = text.index("~", at)
    parts = text[at:end].split("*")
    parts[4] = "many"
    told = balanced((text[:at] + "*".join(parts) + text[end:]).encode())
    assert (told["claims_in"], told["judged"], told["rejected"]) == (14, 13, 1)
    assert {p["claim_id"] for p in told["problems"]} == {claims[6]["id"]}


# ---------------------------------------------------------------- every line


def test_units_of_every_line_add_up() -> None:
    for answer in pool_answers():
        for line in answer["lines"]:
            here = (answer["claim_id"], line["line"])
            units = [line[k] for k in ("pay_units", "deny_units", "pend_units")]
            if line["verdict"] == "unedited":
                assert units == [None] * 3, here
                assert not line["adjustments"], here
                assert not line["findings"], here
                continue
            assert sum(map(Decimal, map(str, units))) == Decimal(str(line["units"])), here
            assert all(u >= 0 for u in units), here
            cost = sum(Decimal(str(a["units"])) for a in line["adjustments"])
            assert cost == Decimal(str(line["deny_units"])), here


def test_verdicts_follow_from_units() -> None:
    for answer in pool_answers():
        for line in answer["lines"]:
            pay, deny, pend = (line[k] for k in ("pay_units", "deny_units", "pend_units"))
            if line["verdict"] == "unedited" or not line["units"]:
                continue
            wanted = "pend" if pend else "pay" if not deny else "deny" if not pay else "partial"
            assert line["verdict"] == wanted, (answer["claim_id"], line["line"])
            if not c.by_the_day(line["code"]):
                assert sorted((pay, deny, pend))[:2] == [0, 0], "a line that is no per diem is paid whole"
        assert answer["verdict"] == claim_verdict([line["verdict"] for line in answer["lines"]])


def test_every_denial_and_pend_has_its_finding() -> None:
    """No reason without a cited rule, no pend without a question, no finding on a day before the policy."""
    for answer in pool_answers():
        for line in answer["lines"]:
            here = (answer["claim_id"], line["line"])
            effects = {f["effect"] for f in line["findings"]}
            if line["adjustments"]:
                assert "deny" in effects, here
            if line["verdict"] == "pend":
                assert line["asks"], here
                assert all(line["asks"]), here
            if line["verdict"] in ("deny", "partial"):
                assert any(f["effect"] == "deny" and not f.get("note") for f in line["findings"]), here
            for finding in line["findings"]:
                effective = finding["policy"].partition("@")[2]
                assert finding["days"] == sorted(set(finding["days"])), here
                assert all(max(line["from"], effective) <= day <= line["to"] for day in finding["days"]), here
                assert "{" not in json.dumps({k: finding.get(k) for k in ("message", "fix", "asks")}).strip("{}"), here


def test_reasons_stand_in_printed_order_and_once() -> None:
    for answer in pool_answers():
        for line in answer["lines"]:
            reasons = [(a["group"], a["carc"], tuple(a["rarc"])) for a in line["adjustments"]]
            assert len(reasons) == len(set(reasons)), answer["claim_id"]


def test_days_before_the_policy_are_told() -> None:
    effective = date(2024, 4, 22)
    seen = 0
    for claim, answer in zip(pool(), pool_answers(), strict=True):
        for raw, line in zip(claim["lines"], answer["lines"], strict=True):
            first, last = date.fromisoformat(raw["from"]), date.fromisoformat(raw["to"])
            if line["verdict"] != "unedited":
                before = max(0, (min(last, date(2024, 4, 21)) - first).days + 1) if first < effective else 0
                assert line["unjudged_days"] == before, (answer["claim_id"], line["line"])
                seen += before > 0
    assert seen > 10


@settings(steady, max_examples=4)
@given(st.integers(0, 10**6))
def test_units_add_up_for_other_claims_too(seed: int) -> None:
    for answer in answered(generate(seed, 150)):
        for line in answer["lines"]:
            if line["verdict"] != "unedited":
                units = [Decimal(str(line[k])) for k in ("pay_units", "deny_units", "pend_units")]
                assert sum(units) == Decimal(str(line["units"]))
                assert sum(Decimal(str(a["units"])) for a in line["adjustments"]) == units[1]
