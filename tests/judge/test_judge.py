"""Small hand-made claims, each with the one answer that the rulings give; and the generator keeps its promises."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from .generate import coverage, generate
from .judge import judge
from .to_837 import to_837

WEEK = ("2024-06-03", "2024-06-09")
Row = dict[str, Any]


def line(code: str, units: float = 7, first: str = WEEK[0], last: str = "", mods: str = "", **more: Any) -> Row:
    last = last or (WEEK[1] if first == WEEK[0] else first)
    return {"code": code, "units": units, "from": first, "to": last, "mods": mods.split(), **more}


def one(code: str, units: float = 1, first: str = "2024-06-03", mods: str = "", **more: Any) -> Row:
    return line(code, units, first, first, mods, **more)


def claim(*lines: Row, **more: Any) -> Row:
    return {"id": "T1", "member": "M1", "lines": list(lines), **more}


def told(*claims: Row) -> list[str]:
    """verdict pay/deny/pend units, then the reasons, of each line."""
    answers = judge(list(claims))
    text = []
    for a in answers.values():
        reasons = [f"{x['group']}-{x['carc']} {' '.join(x['rarc'])} x{x['units']}" for x in a["adjustments"]]
        text.append(" ".join([f"{a['verdict']} {a['pay_units']}/{a['deny_units']}/{a['pend_units']}", *reasons]))
    return text


DRUG = line("J0690", 84)
CLEAN = (line("S9502"), DRUG)
OTHER = {"npi": "1876543210", "id": "T2"}


@pytest.mark.parametrize(
    ("claims", "nth", "answer"),
    [
        # A1: by taxonomy alone nothing is denied for its place; the line's own place beats the claim's
        ([claim(one("A4222"), pos="31")], 0, "pend 0/0/1"),
        ([claim(line("S9502", pos="12"), DRUG, pos="11")], 0, "pay 7/0/0"),
        ([claim(one("G0498"), pos="11")], 0, "pend 0/0/1"),
        ([claim(*CLEAN, pos="")], 0, "deny 0/7/0 CO-16 M77 x7"),
        # words: days before the policy stay payable; another line that crosses and is denied pends
        ([claim(line("S9502", 7, "2024-04-19", "2024-04-25"))], 0, "partial 3/4/0 CO-107 N349 x4"),
        ([claim(line("S9502", 7, "2024-04-19", "2024-04-25", pos="12"), pos="11")], 0, "partial 3/4/0 CO-107 N349 x4"),
        ([claim(line("S9542", 7, "2024-04-19", "2024-04-25"))], 0, "pend 0/0/7"),
        ([claim(*CLEAN, payer={"name": "AETNA", "id": "60054"})], 0, "unedited None/None/None"),
        # A4-A7
        ([claim(line("S9502")), claim(DRUG, **OTHER)], 0, "deny 0/7/0 CO-107 N149 x7"),
        ([claim(line("S9494"), one("J0690"), one("J0690", 1, "2024-06-05"))], 0, "partial 2/5/0 CO-151 N345 x5"),
        ([claim(line("S9502"), one("J0690"), one("J0690", 1, "2024-06-05"))], 0, "pend 2/0/5"),
        ([claim(line("S9494"), one("J0690", 9, "2024-05-27"))], 0, "pend 0/0/7"),
        ([claim(line("S9494"), one("J0690", 9, "2024-05-26"))], 0, "deny 0/7/0 CO-107 N349 x7"),
        ([claim(line("S9502"), line("J1200"))], 0, "pend 0/0/7"),
        ([claim(line("S9502"), line("S9348", mods="SH"), line("J2260"))], 0, "deny 0/7/0 CO-107 N349 x7"),
        ([claim(line("S9502"), line("J7040"))], 0, "deny 0/7/0 CO-107 N349 x7"),
        ([claim(line("S9341"), line("B4150", mods="BO"))], 0, "deny 0/7/0 CO-107 N349 x7"),
        ([claim(line("S9365"), one("B4197"), one("B4197", 1, "2024-06-05"))], 0, "pend 2/0/5"),
        ([claim(line("S9538", 7), one("P9016"), one("P9016", 1, "2024-06-05"))], 0, "partial 2/5/0 CO-151 N345 x5"),
        ([claim(line("S9538", 7))], 0, "pend 0/0/7"),
        ([claim(line("S9326", 7, "2024-10-01", "2024-10-07"), line("J1170", 7, "2024-10-01", "2024-10-07"))], 0,
         "pend 0/0/7"),
        # A8, A9
        ([claim(*CLEAN), claim(one("A4222"), **OTHER)], 2, "pend 0/0/1"),
        ([claim(line("S9502"), one("J1642"))], 1, "deny 0/1/0 CO-234 N390 x1"),
        ([claim(*CLEAN, one("E0781", mods="RB"))], 2, "pend 0/0/1"),
        # A11
        ([claim(line("S9374"), line("J7040"))], 1, "pay 7/0/0"),
        ([claim(line("S9374"), line("J7040"), line("S9502", mods="SH"), DRUG)], 1, "pend 0/0/7"),
        ([claim(line("S9374"), line("J7040"), *CLEAN)], 1, "pay 7/0/0"),  # the second, unmodified therapy is lost
        # A12: the other must not be denied itself
        ([claim(line("S9494"), DRUG), claim(line("S9500"), **OTHER)], 0, "pay 7/0/0"),
        ([claim(line("S9494"), DRUG, line("S9500", 2, "2024-06-08", "2024-06-09"))], 0, "partial 5/2/0 CO-231 N20 x2"),
        # A13
        ([claim(*CLEAN, line("S9348", mods="SH SJ"), line("J2260"))], 2, "deny 0/7/0 CO-4 N519 x7"),
        ([claim(*CLEAN, line("S9348", mods="SJ"), line("J2260"))], 2, "deny 0/7/0 CO-4 N823 x7"),
        ([claim(line("S9502", mods="SH"), DRUG)], 0, "pend 0/0/7"),
        ([claim(*CLEAN), claim(line("S9348"), line("J2260"), **OTHER)], 2, "pend 0/0/7"),
        ([claim(line("S9502"), line("S9348", mods="SH"), line("J2260"))], 1, "pay 7/0/0"),  # a lost first serves
        ([claim(line("S9361"), line("S9348"), line("J2260"))], 1, "pay 7/0/0"),  # a lost line asks nothing
        # A14 and the fold of units
        ([claim(line("S9502", 9))], 0, "deny 0/9/0 CO-107 N349 x7 CO-151 N345 x2"),
        ([claim(line("S9494", 1), one("J0690"), one("J0690", 2, "2024-06-05"))], 0, "pay 1/0/0"),
        # A15
        ([claim(*CLEAN, one("J0885"))], 2, "pay 1/0/0"),
        ([claim(one("J0885"))], 0, "pend 0/0/1"),
        # A17
        ([claim(*CLEAN, line("S9502", 2, "2024-06-09", "2024-06-10"))], 2, "deny 0/2/0 OA-18  x1 CO-151 N345 x1"),
        ([claim(*CLEAN, line("J0690", 84, mods="00"))], 2, "deny 0/84/0 OA-18  x84"),
        # A18
        ([claim(line("S9365"), line("B4178"))], 1, "pend 0/0/7"),
        ([claim(line("S9365"), line("J3480"), line("B4197"))], 1, "deny 0/7/0 CO-97 M15 x7"),
        ([claim(line("S9365"), line("J3480"), line("B4197"), line("S9502", mods="SH"), DRUG)], 1, "pend 0/0/7"),
        # A19, A20, A24
        ([claim(one("99602"))], 0, "deny 0/1/0 CO-107 N122 x1"),
        ([claim(one("J1840"))], 0, "deny 0/1/0 CO-181 M84 x1"),
        ([claim(one("T1999"))], 0, "pend 0/0/1"),
        ([claim(line("S9372"), line("J1642"))], 0, "deny 0/7/0 CO-97 N19 x7"),
        # withdrawn
        ([claim(*CLEAN), claim(*CLEAN, id="T2", frequency="7", original_ref="T1")], 0, "unedited None/None/None"),
        ([claim(*CLEAN), claim(*CLEAN, id="T2", frequency="7", original_ref="T1")], 2, "pay 7/0/0"),
        ([claim(*CLEAN), claim(*CLEAN, id="T2", frequency="8", original_ref="T1")], 2, "unedited None/None/None"),
    ],
)  # fmt: skip
def test_answer(claims: list[Row], nth: int, answer: str) -> None:
    assert told(*claims)[nth] == answer


def test_generated_claims_keep_their_promises() -> None:
    claims = generate(7, 1500)
    assert claims == generate(7, 1500)
    assert len({c["id"] for c in claims}) == len(claims) == 1500
    for row in (row for c in claims for row in c["lines"]):
        span = date.fromisoformat(row["to"]) - date.fromisoformat(row["from"])
        assert 0 <= span.days < 40
        assert row["units"] >= 0
        assert len(row["mods"]) <= 4
    text = to_837(claims)
    assert text.count("~\nCLM*") == 1500
    assert text.count("~\nSV1*") == sum(len(c["lines"]) for c in claims)


def test_every_ruling_fires() -> None:
    rulings, _, verdicts = coverage(generate(1, 2000))
    assert {r for r in rulings if rulings[r]} >= {f"A{n}" for n in (*range(1, 21), 24, 25)}
    assert {v for v in verdicts if verdicts[v]} == {"pay", "partial", "deny", "pend", "unedited"}


def test_units_add_up() -> None:
    claims = generate(11, 1500)
    for (c, n), answer in judge(claims).items():
        if answer["verdict"] != "unedited":
            units = answer["pay_units"] + answer["deny_units"] + answer["pend_units"]
            assert units == claims[c]["lines"][n]["units"]
            assert sum(a["units"] for a in answer["adjustments"]) == answer["deny_units"]
