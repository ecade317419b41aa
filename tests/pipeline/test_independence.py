"""What an answer must not depend on: other members, their order, the calendar, how a drug's span is cut."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from judge import codes as c
from perdiem.codes.book import open_book
from perdiem.pipeline.answer import Answer
from perdiem.policy.read import read_policies

from .claims import Claim, answered, bare, day, first_differences, members, pool, pool_answers, shuffled

steady = settings(derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
few, some = settings(steady, max_examples=3), settings(steady, max_examples=20)
seeds = st.integers(0, 2**32)
EFFECTIVE = min(policy.effective for policy in read_policies() if policy.id == "bcbstx-cpcp019")  # whose claims these are


# ---------------------------------------------------------------- other members


@some
@given(st.sets(st.integers(0, len(members()) - 1), min_size=1, max_size=3), st.integers(0, 99))
def test_a_member_alone_is_the_member_among_thousands(chosen: set[int], seed: int) -> None:
    order = shuffled([members()[m] for m in sorted(chosen)], seed)
    alone = [bare(answer) for answer in answered([pool()[at] for at in order])]
    among = [pool_answers()[at] for at in order]
    assert alone == among, first_differences(alone, among)


@few
@given(seeds)
def test_the_order_of_members_changes_nothing(seed: int) -> None:
    order = shuffled(members(), seed)
    mixed = [bare(answer) for answer in answered([pool()[at] for at in order])]
    before = [pool_answers()[at] for at in order]
    assert mixed == before, first_differences(mixed, before)


def test_each_claim_of_one_claim_members_alone() -> None:
    """A batch of one goes the same way: twenty members with one claim, each judged alone."""
    single = [group[0] for group in members() if len(group) == 1][:20]
    alone = [bare(answered([pool()[at]])[0]) for at in single]
    among = [pool_answers()[at] for at in single]
    assert alone == among, first_differences(alone, among)


# ---------------------------------------------------------------- the calendar


def spans(claims: Sequence[Claim]) -> list[tuple[str, date, date]]:
    return [(x["code"], day(x["from"]), day(x["to"])) for one in claims for x in one["lines"]]


def room(claims: Sequence[Claim]) -> tuple[int, int]:
    """How many days the dates of a member may move back and forth inside the life of the policy and of the codes."""
    back, forth = 10**6, 10**6
    for code, first, last in spans(claims):
        back = min(back, (first - EFFECTIVE).days)
        facts = open_book().look_up(code)
        if facts.start:
            back = min(back, (first - facts.start).days)
        if facts.end:
            forth = min(forth, (facts.end - last).days)
    return back, forth


def moved(claims: Sequence[Claim], days: int) -> list[Claim]:
    claims = deepcopy(list(claims))
    for one in claims:
        for x in one["lines"]:
            x["from"], x["to"] = ((day(x[k]) + timedelta(days)).isoformat() for k in ("from", "to"))
    return claims


def dates_moved(answer: Answer, days: int) -> Any:
    """An answer with every date in it, in words too, moved; policies' names carry a date that stays."""
    text = json.dumps(answer)
    texts = re.split(r'("policy": "[^"]*")', text)
    later = [
        part if part.startswith('"policy"')
        else re.sub(r"\d{4}-\d{2}-\d{2}", lambda m: (day(m[0]) + timedelta(days)).isoformat(), part)
        for part in texts
    ]  # fmt: skip
    return json.loads("".join(later))


MOVABLE = [group for group in members() if min(room([pool()[at] for at in group])) >= 0]


def test_many_members_can_be_moved() -> None:
    assert len(MOVABLE) > len(members()) / 3


@few
@given(seeds)
def test_moving_all_dates_changes_only_dates(seed: int) -> None:
    """Every member's dates are moved by a distance of the member's own, across months, leap days and years."""
    rng = random.Random(seed)
    claims, expected = [], []
    for group in MOVABLE:
        own = [pool()[at] for at in group]
        back, forth = room(own)
        days = rng.randint(-min(back, 1200), min(forth, 1200))
        claims += moved(own, days)
        expected += [dates_moved(pool_answers()[at], days) for at in group]
    told = [bare(answer) for answer in answered(claims)]
    assert told == expected, first_differences(told, expected)


# ---------------------------------------------------------------- how a drug's span is cut


def twins(group: Sequence[Claim]) -> set[tuple[str, str, str]]:
    """Code and dates that more than one line of a member bears: A17 may bind them to each other."""
    seen = [(x["code"], x["from"], x["to"]) for one in group for x in one["lines"]]
    return {key for key in seen if seen.count(key) > 1}


def may_be_cut(x: Claim, doubled: set[tuple[str, str, str]]) -> bool:
    """A drug line in force, of four days or more (pieces of one day are dates: A5), without a twin (A17)."""
    first, last = day(x["from"]), day(x["to"])
    drug = open_book().look_up(x["code"]).drug_line or (x["code"][0] in "JQ" and x["code"] not in c.NEVER_A_DRUG)
    long = (last - first).days >= 3 and first >= EFFECTIVE
    return drug and long and (x["code"], x["from"], x["to"]) not in doubled


def cut(group: Sequence[Claim], rng: random.Random) -> list[Claim]:
    """The member's claims with drug spans cut in two or three; the units are shared so that no piece equals another line."""
    claims = deepcopy(list(group))
    doubled = twins(claims)
    for one in claims:
        pieces = []
        for x in list(one["lines"]):
            while len(one["lines"]) + len(pieces) < 49 and may_be_cut(x, doubled) and rng.random() < 0.6:
                first, last = day(x["from"]), day(x["to"])
                at = first + timedelta(rng.randint(2, (last - first).days - 1))
                share = (Decimal(str(x["units"])) / 2).quantize(Decimal("0.1")) + Decimal(rng.randint(1, 49)) / 1000
                pieces.append(deepcopy(x) | {"from": at.isoformat(), "units": float(Decimal(str(x["units"])) - share)})
                x["to"], x["units"] = (at - timedelta(1)).isoformat(), float(share)
                if pieces[-1]["units"] < 0:
                    pieces[-1]["units"] = 0
        one["lines"] += pieces  # at the end, so that no other line changes its number
    return claims


def per_diem_lines(answer: Answer) -> list[Any]:
    """What became of the lines that are paid by the day: verdict, units, reasons, findings by day."""
    return [
        {k: said[k] for k in ("line", "code", "verdict", "pay_units", "deny_units", "pend_units", "adjustments")}
        | {"found": [(f["rule"], f["outcome"], f["days"]) for f in said["findings"]]}
        for said in answer["lines"]
        if c.by_the_day(said["code"])
    ]


@few
@given(seeds)
def test_cutting_a_drug_span_changes_no_per_diem(seed: int) -> None:
    rng = random.Random(seed)
    claims, expected, changed = [], [], 0
    for group in members():
        own = [pool()[at] for at in group]
        pieces = cut(own, rng)
        changed += sum(len(a["lines"]) < len(b["lines"]) for a, b in zip(own, pieces, strict=True))
        claims += pieces
        expected += [per_diem_lines(pool_answers()[at]) for at in group]
    assert changed > 300
    told = [per_diem_lines(answer) for answer in answered(claims)]
    assert told == expected, first_differences(told, expected)
