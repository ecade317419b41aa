"""What is loaded of official files: which release speaks on a day, its rows, and whether it is whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from perdiem.codes import keeping
from perdiem.codes.imports import import_file
from perdiem.codes.keeping import forget
from perdiem.codes.releases import in_force, period_end, rows

from . import drawn
from .drawn import imported

JULY = date(2024, 7, 1)


def test_which_release_speaks_on_a_day(tmp_path: Path) -> None:
    april = imported(tmp_path, "mue_2024_04.csv", drawn.MUE_ALL, until=date(2024, 12, 31))
    july = imported(tmp_path, "MUE_Practitioner_2024_07.csv", drawn.MUE.replace("effective July 1, 2024", ""))
    practitioner = next(r for r in april if r.setting == "practitioner")
    assert in_force("mue", date(2024, 3, 31)) == []
    assert in_force("mue", date(2024, 4, 1), "practitioner") == [practitioner]
    assert in_force("mue", JULY, "practitioner") == july
    assert {r.setting for r in in_force("mue", date(2024, 8, 1))} == {"dme", "practitioner"}
    assert in_force("mue", date(2024, 10, 1), "practitioner") == []  # the later one ended with its quarter


def test_rows_by_column_and_code(tmp_path: Path) -> None:
    release = imported(tmp_path, "ccipra_2024q3.txt")[0]
    assert rows(release, ("column_2",), ("A9001", "A9002")).to_pylist() == [{"column_2": "A9002"}]
    assert rows(release, None, ()).num_rows == 0
    with pytest.raises(KeyError):
        rows(release, ("colour",))


def test_a_code_is_found_in_any_group_of_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "ROW_GROUP", 7)
    release = imported(tmp_path, "all_2025_01.csv", drawn.whole([]))[0]
    every = rows(release, ("code",))["code"].to_pylist()
    for code in [*every[:15], every[-1]]:
        assert rows(release, ("code",), (code, "A0000", "Z9999"))["code"].to_pylist() == [code]
    assert rows(release, ("code",), every[5:9])["code"].to_pylist() == every[5:9]
    assert rows(release, ("code",), ("A0000", "Z9999")).num_rows == 0


def test_periods_end_with_their_quarter_or_half_year() -> None:
    assert [period_end(date(2024, m, 15), 3) for m in (1, 6, 11)] == [date(2024, 3, 31), date(2024, 6, 30), date(2024, 12, 31)]
    assert period_end(date(2025, 10, 1), 6) == period_end(date(2026, 2, 1), 6) == date(2026, 3, 31)
    assert period_end(date(2026, 4, 1), 6) == date(2026, 9, 30)
    assert period_end(date(2026, 4, 1), 0) is None


def test_a_part_is_no_whole_release(tmp_path: Path) -> None:
    told = import_file(drawn.write(tmp_path, "HCPC2024_JUL_ANWEB.csv"))
    assert not told.new[0].complete
    assert "never that one does not" in told.notes[0]
    forget(["hcpcs", "modifier"])
    assert imported(tmp_path, "few_2024_10.csv", drawn.ANWEB, complete=True)[0].complete
    assert imported(tmp_path, "all_2025_01.csv", drawn.whole([]))[0].complete
    assert not imported(tmp_path, "all_2025_04.csv", drawn.whole(["J9999"]), complete=False)[0].complete
