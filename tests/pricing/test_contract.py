"""Contract files: what they may say, and what is told of each fault."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from perdiem.model.errors import FormatError
from perdiem.pricing.contract import Base, read_contract, read_contracts

from .world import CONTRACT, HEAD, contract

EXAMPLES = Path(__file__).parents[2] / "examples"
ROW = "S9500,SH KX,day,2024-02-01,2024-02-29,12.3456\n"


def test_the_example_is_read() -> None:
    made = read_contract(EXAMPLES / "contract.toml")
    assert (made.id, made.payer, made.lesser_of_charge, made.until) == ("example-2024", "bcbstx", True, date(2024, 12, 31))
    assert made.bases == (Base("asp", Decimal(95)), Base("dmepos", Decimal(80), "TX", False))
    assert [(cut.modifier, cut.percent) for cut in made.reductions] == [("SH", 50), ("SJ", 0)]
    assert len(made.rates) >= 25


def test_a_row_is_read(tmp_path: Path) -> None:
    made = contract(tmp_path, ROW + "J0690,,unit,,,1\n")
    first, second = made.rates
    assert (first.modifiers, first.unit, first.amount) == (("KX", "SH"), "day", Decimal("12.3456"))
    assert (second.first, second.last) == (made.effective, made.until)  # empty days are those of the contract
    assert first.where == "rates.csv, row 2"


def test_the_fingerprint_follows_file_and_schedule(tmp_path: Path) -> None:
    one = contract(tmp_path, ROW).fingerprint
    assert contract(tmp_path, ROW).fingerprint == one
    assert contract(tmp_path, ROW.replace("12.", "13.")).fingerprint != one
    assert contract(tmp_path, ROW, lesser=True).fingerprint != one


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('payer_ids = ["P1"]', "", "payer: is missing. Name the payer by its id"),
        ('payer_ids = ["P1"]', 'payer = "nobody"', "is no payer of the library"),
        ('id = "drawn"', 'id = "Two words"', "id: has not the form"),
        ("effective = 2024-01-01", 'effective = "2024-01-01"', "effective: is no date"),
        ("until = 2024-12-31", "until = 2023-12-31", "until: lies before effective"),
        ("lesser_of_charge = {lesser}", "", "lesser_of_charge: is missing"),
        ("lesser_of_charge = {lesser}", 'lesser_of_charge = "yes"', "is neither true nor false"),
        ("lesser_of_charge = {lesser}", "lesser_of_charge = true\nproviders = [1234567893]", "providers: is no list of texts"),
        ("lesser_of_charge = {lesser}", 'lesser_of_charge = true\nproviders = ["12"]', "Write NPIs of ten digits"),
        ('file = "rates.csv"', 'file = "gone.csv"', "file: names gone.csv, which is not there. Put it beside"),
        ('file = "rates.csv"', 'file = "."', "file: cannot be read as a table"),
        ('file = "rates.csv"', 'file = "rates.csv"\ncolumns = 3', "columns: is not a key that is known here"),
        ("percent = 50", "percent = 50.125", "percent: has more than two decimals"),
        ("percent = 50", "percent = 100.01", "percent: is above 100, which would pay more.* from 0 to 100"),
        ("percent = 50", "percent = -1", "percent: is no such number"),
        ('modifier = "SJ"', 'modifier = "SH"', r"\[\[reduction\]\] SH: speaks of a day"),
        ("percent = 50", "percent = 50\nfrom = 2024-05-01\nto = 2024-04-01", "to: lies before from"),
        ('[[schedule]]\nfile = "rates.csv"', "", "schedule: is missing, and there is no base"),
        ("[[reduction]]", '[[base]]\nkind = "dmepos"\n[[reduction]]', "state: is missing"),
        ("[[reduction]]", '[[base]]\nkind = "medicaid"\n[[reduction]]', "Write one of dmepos, asp"),
        ("[[reduction]]", '[[base]]\nkind = "asp"\nstate = "TX"\n[[reduction]]', "state: is not a key that is known here"),
        ("[contract]", "rates = 3\n[contract]", "rates: is not a key that is known here"),
    ],
)  # fmt: skip
def test_a_fault_of_the_file_is_told(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in CONTRACT
    with pytest.raises(FormatError, match=says) as told:
        contract(tmp_path, ROW, text=CONTRACT.replace(old, new, 1))
    assert "contract.toml" in told.value.where
    assert told.value.do


@pytest.mark.parametrize("key", ["override", "carve_outs", "rules", "replaces"])
def test_rules_are_not_changed_by_a_contract(tmp_path: Path, key: str) -> None:
    for text in (f"{key} = 1\n{CONTRACT}", f'{CONTRACT}\n[[{key}]]\nrule = "home-only"\n'):
        with pytest.raises(FormatError, match=r"would change rules of a policy. Leave it out"):
            contract(tmp_path, ROW, text=text)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("s9500,,unit,,,1\n", "row 2, code: is no code"),
        ("S9500,S,unit,,,1\n", "row 2, modifiers: are no modifiers"),
        ("S9500,SH SH,unit,,,1\n", "none twice"),
        ("S9500,,dose,,,1\n", "Write one of unit, day, week, month"),
        ("S9500,,unit,6/3/2024,,1\n", "row 2, from: is no day"),
        ("S9500,,unit,2024-06-03,2024-06-02,1\n", "row 2, to: lies before from"),
        ("S9500,,unit,,,1.23456\n", "row 2, amount: is no such amount"),
        ("S9500,,unit,,,-1\n", "row 2, amount: is no such amount"),
        ("S9500,,unit,,,$5\n", "row 2, amount: is no amount"),
        ("S9500,,unit,,,\n", "row 2, amount: is no amount"),
        ("S9500,,unit,,,1e3\n", "row 2, amount: is no such amount"),
        ("S9500,,unit,,\n", "row 2: has not as many cells"),
        ("S9500,,unit,,,1,2\n", "row 2: has not as many cells"),
        ("S9500,,unit,,,1\nS9500,,day,2024-06-03,,2\n", "row 3: speaks of a day that rates.csv, row 2 speaks of too"),
        ("S9500,KX SH,unit,,,1\nS9500,SH KX,unit,,,2\n", "row 3: speaks of a day"),
    ],
)
def test_a_fault_of_a_row_is_told(tmp_path: Path, rows: str, says: str) -> None:
    with pytest.raises(FormatError, match=says):
        contract(tmp_path, rows)


def test_a_schedule_without_the_heading_is_told(tmp_path: Path) -> None:
    contract(tmp_path, ROW)
    (tmp_path / "rates.csv").write_text(HEAD.replace("amount", "price") + ROW, encoding="utf-8")
    with pytest.raises(FormatError, match="Write code,modifiers,unit,from,to,amount"):
        read_contract(tmp_path / "contract.toml")


def test_two_contracts_never_speak_of_one_claim(tmp_path: Path) -> None:
    files = []
    for name, days in (("a", ""), ("b", "until = 2025-12-31")):
        (tmp_path / name).mkdir()
        contract(tmp_path / name, ROW, text=CONTRACT.replace("until = 2024-12-31", days or "until = 2024-12-31"))
        files.append(tmp_path / name / "contract.toml")
    with pytest.raises(FormatError, match="speaks of the same payer, providers and days as drawn"):
        read_contracts(files)
    text = files[1].read_text("utf-8")
    files[1].write_text(text.replace("effective = 2024-01-01", "effective = 2025-01-01"), "utf-8")
    assert len(read_contracts(files)) == 2
