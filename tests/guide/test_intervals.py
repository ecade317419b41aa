"""Quantiles and intervals: right on values that can be checked by hand, and as often right as they say."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perdiem.guide.intervals import Counted, Looks, independent, share, spread, wilson
from perdiem.model.benchmark import Interval
from perdiem.model.page import Missing


def counted(values: list[int]) -> Counted:
    return [(Decimal(value), n) for value, n in sorted(Counter(values).items())]


def test_quantiles_and_ranks_by_hand() -> None:
    """Of ten, the second and the ninth hold the median with 97.9 % (a table of the sign test says so); of eleven as well."""
    made = spread(counted([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]), 10)
    assert made.quantiles == (10, 30, 50, 80, 90)
    assert made.median == 50
    assert made.interval == Interval(Decimal(20), Decimal(90))
    eleven = spread(counted(list(range(1, 12))), 11).interval
    assert eleven == Interval(Decimal(2), Decimal(10))
    assert isinstance(spread(counted([1, 2, 3, 4, 5]), 5).interval, Missing)
    assert spread(counted([1, 2, 3, 4, 5, 6]), 6).interval == Interval(Decimal(1), Decimal(6))


@pytest.mark.parametrize("members", [6, 11, 25, 100, 999, 1001, 5000])
def test_ranks_keep_what_they_promise(members: int) -> None:
    interval = spread(counted(list(range(1, members + 1))), members).interval
    assert isinstance(interval, Interval)
    outside = 2 * sum(comb(members, below) for below in range(int(interval.low))) / 2**members
    assert 1 - outside > 0.90 or members < 10
    assert outside <= 0.05
    assert interval.low + interval.high == members + 1


@given(st.lists(st.integers(0, 50), min_size=6, max_size=60))
def test_a_quantile_is_a_value_with_its_share_below(values: list[int]) -> None:
    made = spread(counted(values), len(values))
    for percent, cut in zip((10, 25, 50, 75, 90), made.quantiles, strict=True):
        assert cut in values
        assert sum(value <= cut for value in values) * 100 >= percent * len(values)
        assert sum(value < cut for value in values) * 100 < percent * len(values)
    assert isinstance(made.interval, Interval)
    assert made.interval.low <= made.median <= made.interval.high


def test_wilson_by_hand() -> None:
    """The example that textbooks have: 15 of 148 is 10.1 %, from 6.2 % to 16.0 %; none of ten reaches 27.8 %."""
    assert wilson(15 / 148, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 10) == pytest.approx((0, 0.2775), abs=5e-5)
    assert wilson(1, 10) == pytest.approx((0.7225, 1), abs=5e-5)


def looks(members: list[tuple[int, int]]) -> Looks:
    return Looks(
        len(members), sum(n for n, _ in members), sum(k for _, k in members), sum(n * n for n, _ in members),
        sum(k * k for _, k in members), sum(n * k for n, k in members),
    )  # fmt: skip


def test_members_who_are_all_alike_are_one_look_each() -> None:
    whole = [(4, 4)] * 10 + [(4, 0)] * 30
    assert independent(looks(whole)) == pytest.approx(39, abs=0.5)
    apart = [(1, 1)] * 10 + [(1, 0)] * 30
    assert independent(looks(apart)) == pytest.approx(39, abs=0.5)
    even = [(4, 1)] * 40  # nobody differs: as good as each line by itself, never better
    assert independent(looks(even)) == 160
    assert independent(looks([(4, 0)] * 40)) == 40


@pytest.mark.parametrize("draw", ["members alike", "lines apart"])
def test_intervals_of_shares_hold_the_truth_as_often_as_they_say(draw: str) -> None:
    """Four hundred batches of sixty members with a fifth denied: where lines of a member are alike, plain Wilson fails."""
    held = plain = 0
    for seed in range(400):
        chance = random.Random(seed)
        members = []
        for _ in range(60):
            lines, prone = chance.randint(1, 8), chance.betavariate(0.5, 2.0) if draw == "members alike" else 0.2
            members.append((lines, sum(chance.random() < prone for _ in range(lines))))
        told = looks(members)
        made = share(told)
        held += made.interval.low <= Decimal("0.2") <= made.interval.high
        low, high = wilson(told.part / told.lines, told.lines)
        plain += low <= 0.2 <= high
    assert held >= 0.93 * 400
    if draw == "members alike":
        assert plain < 0.88 * 400


def test_intervals_of_medians_hold_the_truth_as_often_as_they_say() -> None:
    """Members with some claims each, alike within a member; the true median is 100 units."""
    held = 0
    for seed in range(400):
        chance = random.Random(seed)
        values: list[int] = []
        for _ in range(40):
            own = chance.lognormvariate(0, 0.5)
            values += [round(100 * own)] * 3
        interval = spread(counted(values), 40).interval
        assert isinstance(interval, Interval)
        held += interval.low <= 100 <= interval.high
    assert held >= 0.94 * 400
