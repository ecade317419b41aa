"""The benchmark of claims whose true distribution is known: figures, measures, denials, peers, and what they do not depend on."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from codes.drawn import GEOGRAPHY, imported
from perdiem import benchmark as verb
from perdiem.codes.book import open_book
from perdiem.guide.gathered import gather
from perdiem.guide.measures import _measure, read_measures
from perdiem.guide.utilisation import benchmark
from perdiem.model.benchmark import Benchmark, Interval, Peer, Share, Spread, Use
from perdiem.model.errors import FormatError, PolicyError
from perdiem.model.page import Gap, Missing
from perdiem.pipeline.bulk import Sizes, judge_all
from perdiem.pipeline.check import loaded_policies

from . import claims
from .claims import MEDICARE, OTHER, TEXAS, Claim, line, told


def use(of: Benchmark, code: str, payer: str = "") -> Use:
    return next(use for use in of.uses if (use.code, use.payer) == (code, payer))


def figure(of: Benchmark, measure: str, payer: str = "") -> Any:
    return next(m.figure for m in of.measures if (m.id, m.payer) == (measure, payer))


def sets(units: list[int], payer: str = MEDICARE) -> list[Claim]:
    """Members seen for sixty days, with so many infusion sets in the first and second half together."""
    return [
        (f"S{at}-{half}", payer, f"M{at}", [line("A4230", n // 2 + half * (n % 2), 30 * half, 30)])
        for at, n in enumerate(units)
        for half in (0, 1)
    ]


def test_rates_are_those_that_were_drawn(tmp_path: Path) -> None:
    """Forty-one members with 10, 12, 14 ... units in sixty days: the median is the 21st, its interval the 14th to the 28th."""
    units = [10 + 2 * at for at in range(41)]
    random.Random(7).shuffle(units)
    of = told(tmp_path, sets(units))
    rate = use(of, "A4230").per_30_days
    assert isinstance(rate, Spread)
    assert (rate.values, rate.members) == (41, 41)
    assert rate.quantiles == tuple(Decimal(10 + 2 * at) / 2 for at in (4, 10, 20, 30, 36))
    assert rate.interval == Interval(Decimal(10 + 2 * 13) / 2, Decimal(10 + 2 * 27) / 2)
    assert figure(of, "infusion-sets") == rate
    per_claim = use(of, "A4230").per_claim
    assert isinstance(per_claim, Spread)
    assert (per_claim.values, per_claim.members, per_claim.median) == (82, 41, 25)
    assert use(of, "A4230").units == sum(units)


def test_who_was_seen_for_a_short_time_has_no_rate(tmp_path: Path) -> None:
    short = [(f"C{at}", MEDICARE, f"M{at}", [line("A4230", 5, 0, 27)]) for at in range(20)]
    of = told(tmp_path, short)
    assert isinstance(use(of, "A4230").per_30_days, Missing)
    assert figure(of, "infusion-sets").gap is Gap.NO_FILE
    assert use(of, "A4230").members == 20


def test_shares_are_those_that_were_drawn(tmp_path: Path) -> None:
    """Of forty per diem lines of forty members, twelve have no drug on any day, and are denied."""
    batch = [
        (f"C{at}", TEXAS, f"M{at}", [line("S9500", 7, 0, 7), *([line("J0696", 28, 0, 7)] if at >= 12 else [])]) for at in range(40)
    ]
    of = told(tmp_path, batch, first=date(2024, 5, 1))
    denied = use(of, "S9500").denied
    assert isinstance(denied, Share)
    assert (denied.part, denied.whole, denied.value) == (12, 40, Decimal("0.3000"))
    assert (float(denied.interval.low), float(denied.interval.high)) == pytest.approx((0.18, 0.454), abs=0.004)
    [reason] = [r for r in of.reasons if not r.payer]
    assert (reason.members, reason.lines, reason.charge) == (12, 12, Decimal("1200.00"))
    assert reason.rule.startswith("bcbstx-cpcp019#")
    assert isinstance(use(of, "J0696").denied, Share)


def test_part_of_a_line_is_part_of_its_charge(tmp_path: Path) -> None:
    """Seven days billed at 100 USD with a drug on four: three sevenths hang on it."""
    batch = [(f"C{at}", TEXAS, f"M{at}", [line("S9500", 7, 0, 7), line("J0696", 16, 0, 4)]) for at in range(11)]
    [reason] = [r for r in told(tmp_path, batch).reasons if not r.payer]
    assert reason.charge == 11 * Decimal("42.86")


def test_measures_by_hand(tmp_path: Path) -> None:
    """Eleven members: a pump for a month and fifteen bags; a per diem on five of seven drug days; a second therapy on some."""
    batch: list[Claim] = []
    for at in range(24):
        batch.append((f"P{at}", TEXAS, f"M{at}", [line("E0781", 1, 0, 1, "RR"), line("A4222", 15, 0, 30)]))
        second = [line("S9494", 5, 0, 7, "SH"), line("J0690", 84, 0, 7)] if at < 12 else []
        batch.append((f"T{at}", TEXAS, f"M{at}", [line("S9500", 5, 0, 7), line("J0696", 28, 0, 7), *second]))
    of = told(tmp_path, batch)
    assert figure(of, "bags-per-pump-day").median == Decimal("0.50")
    assert figure(of, "per-diem-days-over-drug-days").median == Decimal("0.71")
    share = figure(of, "second-therapy")
    assert (share.part, share.whole) == (12, 36)
    third = figure(of, "third-therapy")
    assert (third.part, third.whole) == (0, 36)
    assert figure(of, "infusion-sets").gap is Gap.NO_FILE


@pytest.mark.parametrize("sizes", [None, Sizes(chunk=4, whole=4, part=4)], ids=["at once", "in parts"])
def test_withdrawn_and_void_claims_are_not_counted(tmp_path: Path, sizes: Sizes | None) -> None:
    """Also where the claim that withdraws bears another member's number, and so is judged in another part."""
    head = claims.HEAD + ",frequency,original_ref"
    made = [f"{row},1," for row in claims.rows((f"C{at}", TEXAS, f"M{at}", [line("A4222", 5)]) for at in range(14))]
    made += [f"{row},7,C0" for row in claims.rows([("R0", TEXAS, "CORRECTED", [line("A4222", 3)])])]
    made += [f"{row},8,C1" for row in claims.rows([("V1", TEXAS, "M1", [line("A4222", 5)])])]
    (tmp_path / "claims.csv").write_text("\n".join([head, *made]) + "\n", encoding="utf-8")
    of = benchmark([tmp_path / "claims.csv"], sizes=sizes)
    assert (of.members, of.claims, of.read) == (13, 13, 16)
    assert use(of, "A4222").units == 12 * 5 + 3


def plain(of: Benchmark) -> Benchmark:
    return replace(of, inputs=())


@pytest.mark.parametrize("smallest", [1, 11])
def test_no_figure_depends_on_order_or_parts(tmp_path: Path, smallest: int) -> None:
    batch = claims.drawn(5, 60)
    once = plain(told(tmp_path, batch, smallest=smallest))
    mixed = batch[:]
    random.Random(3).shuffle(mixed)
    sizes = Sizes(chunk=9, whole=10, part=20, threads=1)
    assert plain(told(tmp_path, mixed, smallest=smallest)) == once
    assert plain(told(tmp_path, mixed, smallest=smallest, sizes=sizes)) == once
    for at in range(3):
        claims.write(tmp_path, mixed[at::3], f"part-{at}.csv")
    parts = [tmp_path / f"part-{at}.csv" for at in range(3)]
    assert plain(benchmark(parts, smallest=smallest)) == once


def test_buckets_add_up(tmp_path: Path) -> None:
    path = claims.write(tmp_path, claims.drawn(6))
    made = []
    for lines in (1, 10_000):
        runs = judge_all([path], loaded_policies())
        made.append(gather(runs, read_measures(), ("code", "payer"), date.min, date.max, lines).tables)
    assert {name: table.to_pylist() for name, table in made[0].items()} == {n: t.to_pylist() for n, t in made[1].items()}


def test_what_is_told_apart(tmp_path: Path) -> None:
    batch = claims.drawn(2, 80)
    both, code = told(tmp_path, batch, smallest=1), told(tmp_path, batch, smallest=1, by=["code"])
    payer, none = told(tmp_path, batch, smallest=1, by=["payer"]), told(tmp_path, batch, smallest=1, by=[])
    assert code.uses == tuple(u for u in both.uses if not u.payer)
    assert {u.code for u in payer.uses} == {""}
    assert {u.payer for u in payer.uses} == {u.payer for u in both.uses}
    assert len(none.uses) == 1
    assert use(payer, "").members == use(none, "").members == both.members == 80
    assert use(none, "").charge == both.charge


def test_days_choose_lines(tmp_path: Path) -> None:
    batch = claims.drawn(2, 30)
    all_of = told(tmp_path, batch, smallest=1)
    begin = claims.FIRST + timedelta(14)
    early, late = told(tmp_path, batch, smallest=1, last=begin - timedelta(1)), told(tmp_path, batch, smallest=1, first=begin)
    assert isinstance(early.lines, int)
    assert isinstance(late.lines, int)
    assert early.lines + late.lines == all_of.lines
    assert late.first == begin
    nothing = told(tmp_path, batch, first=date(2030, 1, 1))
    assert (nothing.lines, nothing.uses, nothing.first) == (0, (), None)
    with pytest.raises(FormatError, match="before they begin"):
        told(tmp_path, batch, first=begin, last=claims.FIRST)


def peer(of: Benchmark, code: str, what: str) -> Peer:
    return next(p for p in of.peers if p.code == code and p.what.startswith(what))


GEO = GEOGRAPHY.replace("A9001", "A4222").replace("E9001", "E0781")


def test_peers_are_like_for_like(tmp_path: Path) -> None:
    imported(tmp_path, "MUP_DME_R25_P05_V10_D22_Geo.csv", GEO)
    year = [
        (f"C{at}-{n}", MEDICARE, f"M{at}", [line("A4222", 10, 28 * n, 28, "KX", 100), line("E0781", 1, 28 * n, 1, "RR", 300)])
        for at in range(12)
        for n in range(13)
    ]
    year += [(f"T{at}", TEXAS, f"N{at}", [line("S9500", 7, 0, 7), line("A4222", 1, charge=9999)]) for at in range(12)]
    year += [("B", MEDICARE, "M1", [line("E0784", 1, 0, 1, "NU", 4000), line("A4222", 1, charge=1)])]
    of = told(tmp_path, year, against="usage-geography")
    charge = peer(of, "A4222", "charge")
    assert (charge.area, charge.theirs) == ("National", Decimal("6.50"))
    assert charge.ours == (Decimal(12 * 13 * 100 + 1) / (12 * 130 + 1)).quantize(Decimal("0.01"))  # of Medicare alone
    assert charge.ratio == Decimal("1.54")
    units = peer(of, "A4222", "units")
    assert (units.theirs, units.ours) == (Decimal("45.00"), (Decimal(1561) / 12).quantize(Decimal("0.01")))
    pump = peer(of, "E0781", "charge")
    assert (pump.rental, pump.theirs, pump.ratio) == (True, Decimal("400.00"), Decimal("0.75"))
    other = peer(of, "S9500", "charge")
    assert isinstance(other.ours, Missing)
    assert (other.ours.gap, getattr(other.theirs, "gap", None)) == (Gap.NOT_COMPARABLE, Gap.NOT_IN_SOURCE)
    few = peer(of, "E0784", "charge")
    assert isinstance(few.ours, Missing)
    assert few.ours.gap is Gap.TOO_FEW


def test_what_cannot_be_compared_says_why(tmp_path: Path) -> None:
    imported(tmp_path, "MUP_DME_R25_P05_V10_D22_Geo.csv", GEO)
    batch = [(f"C{at}", MEDICARE, f"M{at}", [line("E0781", 1, 0, 1, "NU", 3000), line("A4222", 2)]) for at in range(12)]
    of = told(tmp_path, batch, against="usage-geography-2022")
    bought = peer(of, "E0781", "charge").theirs
    assert isinstance(bought, Missing)
    assert "as rented alone, and ours is bought" in bought.words
    short = peer(of, "A4222", "units").ours
    assert isinstance(short, Missing)
    assert "ours are claims of 1 days" in short.words
    state = told(tmp_path, batch, against="usage-geography", area="alabama")
    assert peer(state, "A4222", "charge").theirs == Decimal("6.00")
    withheld = peer(state, "A4222", "units").theirs
    assert isinstance(withheld, Missing)
    assert "withholds" in withheld.words
    assert peer(told(tmp_path, batch, against="usage-geography", area="01"), "A4222", "charge").area == "Alabama"
    with pytest.raises(FormatError, match="has no area 'Texas'"):
        told(tmp_path, batch, against="usage-geography", area="Texas")
    with pytest.raises(FormatError, match="no release of use by geography begins with 'x'"):
        told(tmp_path, batch, against="x")


def test_measures_stand_on_sources() -> None:
    book = open_book()
    for m in read_measures().measures:
        assert m.reading
        assert isinstance(m.expected, Missing) or m.cite or m.source
        assert not m.source or m.source in book.sources
        assert (m.kind == "share") == bool(m.with_modifier)
    assert verb is benchmark


GOOD: dict[str, Any] = {
    "id": "x", "title": "X", "kind": "rate", "of": ["A4230"], "days": 30, "unexpected": "none", "reading": "r", "doubt": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"kind": "mean"}, "no kind of measure"),
        ({"kind": "ratio"}, "has no 'lasts'"),
        ({"kind": "share"}, "has no 'among'"),
        ({"over": ["A4230"]}, "'over' is no field of a rate"),
        ({"colour": 1}, "'colour' is no field"),
        ({"expected": [1, 2]}, "has no ground"),
        ({"expected": [1, 2], "source": "hcpcs-2025"}, "needs a band or the reason"),
    ],
)
def test_a_measure_that_is_none_is_refused(change: dict[str, Any], why: str) -> None:
    _measure(GOOD)
    with pytest.raises(PolicyError, match=why):
        _measure(GOOD | change)


def test_others_have_no_verdicts(tmp_path: Path) -> None:
    batch = [(f"C{at}", OTHER, f"M{at}", [line("S9500", 7, 0, 7)]) for at in range(12)]
    of = told(tmp_path, batch)
    denied = use(of, "S9500").denied
    assert isinstance(denied, Missing)
    assert denied.gap is Gap.NO_POLICY
    assert of.reasons == ()
