"""Small cells: no group that is too small is shown, and none follows from what is."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perdiem.guide.small import code_follows, hidden, hidden_below, unsafe
from perdiem.guide.utilisation import BY
from perdiem.model.benchmark import Benchmark, Share
from perdiem.model.page import Gap, Missing

from . import claims

SMALLEST = 11


def determined(equations: Iterable[Mapping[object, int]]) -> set[object]:
    """The unknowns that linear equations pin down, by elimination over fractions."""
    rows = [{key: Fraction(n) for key, n in row.items() if n} for row in equations]
    done: list[dict[object, Fraction]] = []
    while rows:
        row = rows.pop()
        if not row:
            continue
        key = next(iter(row))
        lead = {k: n / row[key] for k, n in row.items()}
        for other in (*rows, *done):
            if factor := other.get(key):
                for k, n in lead.items():
                    left = other.get(k, Fraction(0)) - factor * n
                    other.pop(k, None)
                    if left:
                        other[k] = left
        done.append(lead)
    return {next(iter(row)) for row in done if len(row) == 1}


def test_the_attacker_can_count() -> None:
    assert determined([{"a": 1}]) == {"a"}
    assert determined([{"a": 1, "b": 1}]) == set()
    assert determined([{"a": 1, "b": 1}, {"a": 1, "b": 1, "c": 1}]) == {"c"}
    assert determined([{"a": 1, "b": 1}, {"a": 1, "b": -1}]) == {"a", "b"}


def attacked(parts: Mapping[str, Iterable[str]], away: set[tuple[str, str]]) -> set[object]:
    """The hidden cells that follow from those shown: of each total from its parts, and of the sum of all totals."""
    cells = [{(key, payer): 1 for payer in of} | {(key, ""): -1} for key, of in parts.items()]
    equations = [*cells, {(key, ""): 1 for key in parts}]
    return determined([{cell: n for cell, n in row.items() if cell in away} for row in equations])


tables = st.dictionaries(
    st.sampled_from("ABCDEF"), st.dictionaries(st.sampled_from("xyz"), st.integers(1, 40), min_size=1), min_size=1
)


@settings(max_examples=400)
@given(tables)
def test_no_hidden_cell_follows_from_those_shown(table: dict[str, dict[str, int]]) -> None:
    totals = {key: (sum(of.values()),) for key, of in table.items()}
    parts = {key: {p: (n,) for p, n in of.items()} for key, of in table.items()}
    away = hidden_below(totals, parts, SMALLEST)
    shown = {(key, p): n for key, of in table.items() for p, n in [*of.items(), ("", sum(of.values()))] if (key, p) not in away}
    assert all(n >= SMALLEST for n in shown.values())
    if {(key, "") for key in table} <= away:
        return  # then nothing is shown but the sum of all
    assert not attacked(table, away)
    for key, of in table.items():  # what is left of a total is no small group either
        rest = [n for p, n in of.items() if (key, p) in away]
        if (key, "") in shown and rest:
            assert sum(rest) >= SMALLEST
    rest = [totals[key][0] for key in table if (key, "") in away]
    assert not rest or (len(rest) > 1 and max(rest) >= SMALLEST)


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from("ABCDEFGH"), st.tuples(*[st.integers(0, 40)] * 3), min_size=1))
def test_shares_hide_who_has_and_who_has_not(cells: dict[str, tuple[int, int, int]]) -> None:
    away = hidden(cells, SMALLEST)
    assert all(not unsafe(cells[key], SMALLEST) for key in cells.keys() - away)
    if away and away != set(cells):
        assert len(away) > 1
        assert not unsafe(tuple(max(cells[key][at] for key in away) for at in range(3)), SMALLEST)


def test_a_sum_over_codes_gives_no_hidden_code_away() -> None:
    """Hidden: one code of three members and, so that it does not follow, one of thirty."""
    away = {"A": 3, "B": 30}
    assert code_follows(away, frozenset("A"), SMALLEST, lines=False)
    assert not code_follows(away, frozenset("B"), SMALLEST, lines=False)
    assert code_follows(away, frozenset("B"), SMALLEST, lines=True)  # for then A follows from the sum of all
    assert code_follows(away, frozenset("AC"), SMALLEST, lines=True)
    assert not code_follows(away, frozenset("ABC"), SMALLEST, lines=True)
    assert not code_follows(away, frozenset("C"), SMALLEST, lines=True)


def test_nothing_is_hidden_without_need() -> None:
    assert hidden({"a": (11,), "b": (30,)}, SMALLEST) == set()
    assert hidden({"a": (3,), "b": (12,), "c": (40,)}, SMALLEST) == {"a", "b"}
    assert hidden({"a": (3,), "b": (4,), "c": (40,)}, SMALLEST) == {"a", "b", "c"}
    assert hidden({"a": (3,), "b": (4,)}, 1) == set()


def shown_lines(told: Benchmark) -> tuple[dict[str, list[str]], set[tuple[str, str]]]:
    parts: dict[str, list[str]] = {}
    for use in told.uses:
        parts.setdefault(use.code, []).extend([use.payer] if use.payer else [])
    return parts, {(use.code, use.payer) for use in told.uses if isinstance(use.lines, Missing)}


@pytest.mark.parametrize("seed", range(4))
def test_what_a_benchmark_shows_gives_no_small_group_away(tmp_path: Path, seed: int) -> None:
    batch = claims.drawn(seed, random.Random(seed).choice((12, 30, 60, 90)))
    told = claims.told(tmp_path, batch, by=BY)
    members: dict[tuple[str, str], set[str]] = {}
    for _, payer, member, lines in batch:
        for code, *_ in lines:
            for named in ("", {claims.TEXAS: "bcbstx"}.get(payer, payer)):
                members.setdefault((code, named), set()).add(member)
    parts, away = shown_lines(told)
    assert away, "a batch so small hides something"
    for use in told.uses:
        if not isinstance(use.members, Missing):
            assert use.members >= SMALLEST
    if not {(code, "") for code in parts} <= away:
        assert not attacked(parts, away)
    for figure in ("denied", "pended"):
        gaps = {(use.code, use.payer): found for use in told.uses if isinstance(found := getattr(use, figure), Missing)}
        hides = {cell for cell, found in gaps.items() if found.gap is Gap.TOO_FEW}  # the others have nothing to hide
        assert away <= hides
        if not {(code, "") for code in parts} <= hides:
            assert not attacked(parts, hides)
    for use in told.uses:
        for share in (use.denied, use.pended):
            assert not isinstance(share, Share) or share.part == 0 or share.part >= SMALLEST
    for reason in told.reasons:
        assert isinstance(reason.members, Missing) or reason.members >= SMALLEST


def test_single_members_are_shown_to_who_asks(tmp_path: Path) -> None:
    batch = claims.drawn(1, 12)
    told = claims.told(tmp_path, batch, smallest=1)
    assert not [use for use in told.uses if isinstance(use.members, Missing)]
    assert "for your own eyes" in " ".join(told.notes)
    charged = sum(charge for *_, lines in batch for *_, charge in lines)
    assert (
        told.charge == Decimal(charged) == sum(use.charge for use in told.uses if not use.payer and isinstance(use.charge, Decimal))
    )
