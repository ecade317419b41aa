"""Money properties: parts add up, no cent is lost, order and threads change nothing, a second arithmetic agrees."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from .world import MONDAY, Judged, Rates, by_hand, contract, priced

PARTS = ("allowed", "pended", "denied")
CHARGES = ("pay_charge", "pend_charge", "deny_charge", "unedited_charge")
some = settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))  # shrinking takes minutes

amounts = st.decimals(0, 999, places=4)
money = st.decimals(0, 5000, places=2)


@st.composite
def rates(draw: st.DrawFn) -> Rates:
    """Rates of two codes that change in the middle of the week, and perhaps of a third."""
    made: Rates = {}
    for code in draw(st.sampled_from([("S9500", "J0690"), ("S9500", "J0690", "S9501")])):
        turn = MONDAY + timedelta(draw(st.integers(1, 8)))
        made[code] = [
            (MONDAY - timedelta(30), turn - timedelta(1), draw(amounts)), (turn, MONDAY + timedelta(60), draw(amounts))
        ]  # fmt: skip
    return made


@st.composite
def judged(draw: st.DrawFn) -> Judged:
    by_day = draw(st.booleans())
    days = draw(st.text("pdw", min_size=1, max_size=10)) if by_day else draw(st.sampled_from("pdw"))
    units = draw(st.integers(0, 14).map(Decimal) | st.decimals(0, 20, places=3))
    return Judged(
        draw(st.sampled_from(["S9500", "S9501"])) if by_day else "J0690", days, units, draw(money),
        draw(st.sampled_from([(), ("SH",), ("SJ",), ("KX", "SH")])), by_day, span=draw(st.integers(1, 9)),
    )  # fmt: skip


def text_of(found: Rates) -> str:
    return "".join(f"{code},,unit,{first},{last},{amount:f}\n" for code, rows in found.items() for first, last, amount in rows)


@some
@given(st.lists(judged(), min_size=1, max_size=20), rates(), st.booleans())
def test_a_second_arithmetic_agrees(lines: list[Judged], found: Rates, lesser: bool) -> None:
    with TemporaryDirectory() as folder:
        prices, _ = priced(lines, [contract(Path(folder), text_of(found), lesser=lesser)])
    for one, price in zip(lines, prices, strict=True):
        wanted = by_hand(one, found, lesser)
        told = None if price["lacks"] else dict(zip(("pay", "pend", "deny"), (price[name] for name in PARTS), strict=True))
        assert told == wanted, one
        assert price["lacks"] in (None, "no rate")
        assert sum(price[name] for name in CHARGES) == one.charge
        if told and lesser:
            assert sum(told.values()) <= one.charge
            assert price["allowed"] <= price["pay_charge"]


@some
@given(st.lists(judged(), min_size=1, max_size=20), rates(), st.booleans(), st.randoms(use_true_random=False))
def test_order_and_threads_change_no_sum(lines: list[Judged], found: Rates, lesser: bool, random: object) -> None:
    mixed = list(lines)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    with TemporaryDirectory() as folder:
        terms = [contract(Path(folder), text_of(found), lesser=lesser)]
        first, steps = priced(lines, terms)
        again, _ = priced(mixed, terms, threads=4)
    for name in (*PARTS, *CHARGES):
        assert sum(row[name] or 0 for row in first) == sum(row[name] or 0 for row in again)
    for number, price in enumerate(first, 1):  # the arithmetic that is shown is the arithmetic that was done
        shown = [step for step in steps if step["line_no"] == number]
        if not price["lacks"]:
            assert all(step["counts"] * step["amount"] * step["share"] == step["value"] for step in shown)
            if not price["at_charge"]:
                total = sum((step["value"] for step in shown), Decimal(0))
                assert abs(total - sum(price[name] for name in PARTS)) <= Decimal("0.005")


@some
@given(st.text("pdw", min_size=1, max_size=12), amounts)
def test_partial_days_are_priced_by_the_day(days: str, amount: Decimal) -> None:
    line = Judged("S9500", days, Decimal(len(days)), Decimal("9999.00"))
    with TemporaryDirectory() as folder:
        [price], steps = priced([line], [contract(Path(folder), f"S9500,,unit,,,{amount:f}\n")])
    counted = {step["part"]: step["counts"] for step in steps}
    letters = {"pay": "p", "pend": "w", "deny": "d"}
    assert counted == {part: days.count(letter) for part, letter in letters.items() if letter in days}
    assert abs(price["allowed"] - amount * days.count("p")) <= Decimal("0.005")
