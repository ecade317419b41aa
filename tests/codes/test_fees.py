"""The DMEPOS fee schedule: read as published, kept by state and area, and asked for one line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from perdiem.codes.fees import Fee, fee
from perdiem.codes.releases import Release, loaded, rows
from perdiem.model.errors import FormatError
from perdiem.model.page import Gap, Missing

from . import drawn
from .drawn import imported

DAY = date(2024, 8, 1)
HEAD, ROW = drawn.FEES.splitlines()[2], drawn.FEES.splitlines()[3]


@pytest.fixture
def schedule(tmp_path: Path) -> Release:
    return imported(tmp_path, "DME24-C.csv")[0]


def test_it_is_kept_by_state_and_area(schedule: Release) -> None:
    assert (schedule.effective, schedule.last, schedule.rows) == (date(2024, 7, 1), date(2024, 9, 30), 4)
    row = rows(schedule, codes=["A9001"]).to_pylist()[0]
    assert (row["modifier"], row["modifier_2"], row["category"], row["jurisdiction"]) == ("none", "none", "SU", "D")
    assert (row["ceiling"], row["floor"], row["text"]) == (Decimal("3.410"), Decimal("2.900"), "Invented dressing, each")
    assert [(part["state"], part["rural"], part["amount"]) for part in row["fees"]] == [
        ("AK", False, Decimal("2.900")),
        ("AL", False, Decimal("3.100")),
        ("AL", True, Decimal("3.410")),
    ]


@pytest.mark.parametrize(
    ("code", "modifiers", "state", "rural", "amount", "named", "noted"),
    [
        ("A9001", (), "AL", False, "3.10", (), False),
        ("A9001", ("JB",), "AL", True, "3.41", (), False),  # a modifier that the schedule does not know
        ("A9001", (), "AK", True, "2.90", (), True),  # no rural amount there
        ("E9001", ("RR",), "AL", False, "36.00", ("RR",), False),
        ("E9001", ("KZ", "RR"), "AL", False, "1037.50", ("RR", "KZ"), False),  # the row that names more
        ("E9001", ("RR", "KZ"), "AL", True, "44", ("RR", "KZ"), False),
        ("E9001", ("NU",), "AL", True, "360", ("NU",), True),
    ],
)
def test_a_lines_fee(
    schedule: Release,
    code: str,
    modifiers: tuple[str, ...],
    state: str,
    rural: bool,
    amount: str,
    named: tuple[str, ...],
    noted: bool,
) -> None:
    found = fee(code, modifiers, state, DAY, rural=rural)
    assert isinstance(found, Fee)
    assert (found.amount, found.modifiers, found.state, found.release) == (Decimal(amount), named, state, schedule.id)
    assert found.rural == (rural and not noted)
    assert bool(found.note) == noted
    assert fee(code, modifiers, state, DAY, rural=rural, releases=[schedule]) == found


@pytest.mark.parametrize(
    ("code", "modifiers", "state", "on", "why", "said"),
    [
        ("A9001", (), "AL", date(2024, 6, 30), Gap.NO_FILE, "no DMEPOS fee schedule of 2024-06-30"),
        ("A9001", (), "AL", date(2024, 10, 1), Gap.NO_FILE, "perdiem codes import"),
        ("A9999", (), "AL", DAY, Gap.NOT_IN_SOURCE, "no fee for A9999"),
        ("E9001", (), "AL", DAY, Gap.NOT_IN_SOURCE, "with NU, RR, RR KZ alone"),
        ("E9001", ("NU", "RR"), "AL", DAY, Gap.NOT_IN_SOURCE, "several fees"),
        ("A9001", (), "TX", DAY, Gap.NOT_IN_SOURCE, "in that state"),
        ("E9001", ("RR",), "AK", DAY, Gap.NOT_IN_SOURCE, "in that state"),
    ],
)
def test_no_fee_is_typed(
    schedule: Release, code: str, modifiers: tuple[str, ...], state: str, on: date, why: Gap, said: str
) -> None:
    found = fee(code, modifiers, state, on)
    assert isinstance(found, Missing)
    assert found.gap is why
    assert said in found.words


def test_schedules_before_rural_amounts(tmp_path: Path) -> None:
    """Until 2015 a state had one column; such an amount is for every area, and is said so where a rural one is asked for."""
    old = "HCPCS\tMod\tMod2\tJURIS\tCATG\tCeiling\tFloor\tAL\tAK\tDescription\nA9001\t\t\tD\tSU\t3\t2\t2.5\t0\tInvented\n"
    imported(tmp_path, "DME15-A.txt", old)
    found = fee("A9001", (), "AL", date(2015, 2, 1))
    assert isinstance(found, Fee)
    assert (found.amount, found.rural, found.note) == (Decimal("2.500"), False, "")
    rural = fee("A9001", (), "AL", date(2015, 2, 1), rural=True)
    assert isinstance(rural, Fee)
    assert rural.note


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("DME24-C.csv", "", "it is empty"),
        ("DME24-C.csv", drawn.FEES.replace("Ceiling", "Top"), "lacks a column for ceiling"),
        ("DME24-C.csv", drawn.FEES.replace("CATG", "Other"), "lacks a column for category"),
        ("DME24-C.csv", f"HCPCS,Mod,Mod2,JURIS,CATG,Ceiling,Floor,Description\n{ROW}\n", "lacks a column for any state"),
        ("fees.csv", drawn.FEES, "does not tell its first day"),
        ("DME24.csv", drawn.FEES, "does not tell its first day"),
        ("DME24-C.csv", drawn.FEES.replace("3.10,3.41", "-3.10,3.41"), r"'-3.10' is no amount \(alnr\)"),
        ("DME24-C.csv", drawn.FEES.replace("3.10,3.41", "3.10,n.a."), r"'n.a.' is no amount \(alr\)"),
        ("DME24-C.csv", drawn.FEES.replace("A9001", "A90"), "'A90' is no code"),
        ("DME24-C.csv", drawn.FEES.replace("E9001,RR,KZ", "E9001,RENT,KZ"), "'RENT' is no modifier"),
        ("DME24-C.csv", drawn.FEES.replace("3.41,2.90,3.10", "2.41,2.90,3.10"), "floor is above its ceiling"),
        ("DME24-C.csv", drawn.FEES.replace("E9001,NU", "E9001,RR"), "E9001 RR none stands above with other facts"),
        ("DME24-C.csv", f"{HEAD}\n", "is no release"),
    ],
)
def test_what_is_no_schedule_is_refused(tmp_path: Path, name: str, text: str, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        imported(tmp_path, name, text)
    assert loaded() == []
