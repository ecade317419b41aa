"""Releases in the code book: what they add, what they may not change, and on which days a code is known not to exist."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perdiem.codes.book import open_book, shipped_book
from perdiem.codes.conflicts import differences
from perdiem.codes.imports import import_file
from perdiem.codes.keeping import forget
from perdiem.codes.official import CompleteSpan, Life, Official, texts
from perdiem.codes.releases import loaded
from perdiem.pipeline.answer import answers
from perdiem.pipeline.check import judge
from perdiem.policy.cases import draw
from perdiem.policy.read import read_policies

from . import drawn
from .drawn import imported

Q3 = (date(2024, 7, 1), date(2024, 9, 30))


def table(*rows: tuple[str, str, str]) -> str:
    return "\n".join([drawn.ANWEB_HEAD, *(drawn.anweb_row(c, text=f"Invented {c}", start=s, end=e) for c, s, e in rows)]) + "\n"


def test_without_releases_the_book_is_the_shipped_one() -> None:
    book = open_book()
    assert book is shipped_book()
    assert (book.fingerprint, book.releases) == (book.shipped, {})
    assert book.official.spans("J1999") == [(date.min, date.max, False)]


def test_what_is_ours_stays_and_what_is_silent_is_filled(tmp_path: Path) -> None:
    before = open_book()
    release = imported(
        tmp_path, "a_2024_07.csv", table(("J0690", "19860101", ""), ("J1998", "20240401", "20240630"), ("L1998", "", ""))
    )[0]
    book = open_book()
    own, was = book.look_up("J0690"), before.look_up("J0690")
    assert (own.label, own.kind_of, own.families, own.routes, own.source) == (
        was.label,
        was.kind_of,
        was.families,
        was.routes,
        was.source,
    )
    assert (was.start, own.start, own.release) == (None, date(1986, 1, 1), release.id)
    added = book.look_up("J1998")
    assert (added.known, added.kind_of, added.start, added.end) == (True, "drug", date(2024, 4, 1), date(2024, 6, 30))
    assert (book.look_up("L1998").known, book.look_up("L1998").kind_of) == (True, "unknown")
    assert not book.look_up("J1997").known
    assert book.fingerprint != before.fingerprint
    assert (book.shipped, list(book.releases)) == (before.shipped, [release.id])
    forget([release.id])
    assert open_book() is before


def test_the_newer_of_table_and_release_speaks(tmp_path: Path) -> None:
    """J0610 ends on 2023-03-31 by a table of July 2024."""
    imported(tmp_path, "old_2024_04.csv", table(("J0610", "19820101", "20230630")))[0]
    assert open_book().look_up("J0610").end == date(2023, 3, 31)
    imported(tmp_path, "new_2024_10.csv", table(("J0610", "19820101", "")))[0]
    assert open_book().look_up("J0610").end is None
    assert {c.what for c in differences(loaded())} == {
        "it ended on 2023-06-30 or not at all",
        "it ended on 2023-03-31 or not at all",
    }


def test_of_two_releases_the_later_speaks_and_both_are_heard(tmp_path: Path) -> None:
    imported(tmp_path, "a_2024_04.csv", table(("J1998", "20200101", ""), ("J1997", "20200101", "")))[0]
    later = imported(tmp_path, "b_2024_07.csv", table(("J1998", "20200101", "20240630")))[0]
    book = open_book()
    assert (book.look_up("J1998").end, book.look_up("J1998").release) == (date(2024, 6, 30), later.id)
    assert book.look_up("J1997").known  # the later is no whole release
    assert differences(loaded()) == []


def test_conflicts_are_told(tmp_path: Path) -> None:
    one = imported(tmp_path, "a_2024_04.csv", table(("J1998", "20200101", ""), ("J1997", "20200101", "")), complete=True)[0]
    two = imported(tmp_path, "b_2024_07.csv", table(("J1998", "20200202", "")), complete=True)[0]
    same = imported(tmp_path, "c_2024_07.csv", table(("J1998", "20200303", "")))[0]
    told = {(c.code, c.one, c.other): c.what for c in differences(loaded())}
    assert told.pop(("J1997", one.id, two.id)).startswith("the later lacks it")
    assert set(told) >= {("J1998", one.id, two.id), ("J1998", one.id, same.id)}
    assert any("2020-02-02" in what and "2020-03-03" in what for what in told.values())


def test_lists_of_modifiers_places_and_reasons_are_heard(tmp_path: Path) -> None:
    for name in ("modifiers_2024_06.csv", "places_2023_09.csv", "reasons_2024_06.csv"):
        import_file(drawn.write(tmp_path, name))
    book = open_book()
    assert book.modifiers["Z9"].label == "Invented modifier"
    assert book.modifiers["SH"] == shipped_book().modifiers["SH"]
    assert "88" in book.places
    assert "89" not in book.places  # not given away
    assert book.meaning("CARC", "901") == "Invented reason"
    assert book.meaning("CARC", "151") == shipped_book().meaning("CARC", "151")
    assert texts("Z9")[0][2] == "Invented modifier"


DAYS = st.dates(date(2019, 1, 1), date(2019, 12, 31))


@given(st.lists(st.tuples(DAYS, st.integers(0, 200), st.sampled_from(["AJ", "J", "S"])), max_size=6))
def test_spans_tile_all_days(drawn_spans: list[tuple[date, int, str]]) -> None:
    spans = [CompleteSpan(first, first + timedelta(days=n), sections) for first, n, sections in drawn_spans]
    told = Official((), spans).spans("J1998")
    assert (told[0][0], told[-1][1]) == (date.min, date.max)
    for (_, last, whole), (first, _, next_whole) in pairwise(told):
        assert first == last + timedelta(days=1)
        assert whole != next_whole
    for offset in range(0, 600, 13):
        day = date(2019, 1, 1) + timedelta(days=offset)
        covered = any(s.first <= day <= s.last and "J" in s.sections for s in spans)
        assert next(whole for first, last, whole in told if first <= day <= last) == covered


def test_of_other_owners_codes_nothing_is_said() -> None:
    everything = Official((), [CompleteSpan(*Q3, "ABCDEFGHJKLMNPQRSTUV0123456789")])
    for code in ("99601", "0001F", "J123", "J12345", "", "j1234"):
        assert everything.spans(code) == [(date.min, date.max, False)]


def test_releases_are_read_only_as_far_as_they_are_asked() -> None:
    read = []

    def page(name: str, *codes: str):  # type: ignore[no-untyped-def]
        return lambda: read.append(name) or {code: Life(code, name, Q3[0]) for code in codes}

    of = Official([page("new", "J1998"), page("old", "J1997", "J1998")])
    assert not read
    assert of.life("J1998").release == "new"  # type: ignore[union-attr]
    assert read == ["new"]
    assert of.life("J1997").release == "old"  # type: ignore[union-attr]
    assert of.life("J1996") is None
    assert read == ["new", "old"]


@pytest.mark.parametrize(
    ("days", "verdict", "outcomes"),
    [
        ("2024-06-30", "pend", {"unknown"}),
        ("2024-07-01..2024-09-30", "deny", {"not_in_release"}),
        ("2024-09-30..2024-10-01", "pend", {"not_in_release", "unknown"}),
        ("2024-06-30..2024-10-01", "pend", {"not_in_release", "unknown"}),
        ("2024-10-01", "pend", {"unknown"}),
    ],
)
def test_a_code_of_no_release_is_denied_on_its_days_alone(tmp_path: Path, days: str, verdict: str, outcomes: set[str]) -> None:
    import_file(drawn.write(tmp_path, "anweb_2024_07.csv", drawn.whole(["J0690"])))
    lines = [{"code": code, "units": 94, "days": days} for code in ("J1999", "99999", "J0690")]
    run = judge(draw([{"taxonomy": "3336H0001X", "line": lines}], "84980"), read_policies())
    told = next(answers(run))["lines"]
    assert told[0]["verdict"] == verdict
    met = {row["outcome"] for row in run.finding.to_pylist() if run.compiled.rule(row["rule_no"])[1].kind == "code_life"}
    assert met == outcomes | {"unknown"}  # of the number of five digits nobody knows, whatever is loaded
    assert told[1]["verdict"] == "pend"
    if verdict == "deny":
        assert [(a["group"], a["carc"], a["rarc"]) for a in told[0]["adjustments"]] == [("CO", "181", ["M84"])]
        assert "not in the HCPCS release" in told[0]["findings"][0]["message"]


def test_a_part_denies_nothing(tmp_path: Path) -> None:
    imported(tmp_path, "a_2024_07.csv", table(("J0690", "19860101", "")))[0]
    run = judge(draw([{"taxonomy": "3336H0001X", "line": [{"code": "J1999", "days": "2024-07-01"}]}], "84980"), read_policies())
    assert {row["outcome"] for row in run.finding.to_pylist()} >= {"unknown"}
