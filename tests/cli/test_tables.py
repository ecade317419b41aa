"""Tables through the real command: mapping on standard error, overrides, sheets, history, workbook out, replay, privacy."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from .command import perdiem

HEAD = "Claim #,Payer ID,Member ID,HCPCS,Mod1,Qty,DOS From,Thru,Billed Amount,POS"
GOOD = [
    "A1,84980,M1,S9500,,7,6/3/2024,6/9/2024,700,12",
    "A1,84980,M1,J0696,,28,6/3/2024,6/9/2024,280,12",
    "A2,84980,M2,S9500,,9,6/3/2024,6/9/2024,900,12",
    "A2,84980,M2,J0696,,28,6/3/2024,6/9/2024,280,12",
]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "week.csv").write_text("\n".join([HEAD, *GOOD]) + "\n")
    return tmp_path / "week.csv"


def test_a_table_is_judged_and_its_columns_told(table: Path) -> None:
    done = perdiem("check", table, "--format", "jsonl")
    assert done.status == 0
    assert [(one["claim_id"], one["verdict"]) for one in done.answers] == [("A1", "pay"), ("A2", "partial")]
    assert "columns of week.csv: claim_id = Claim #, payer = Payer ID" in done.err
    assert "2 claims in = 2 judged + 0 rejected; $2160.00 in" in done.err
    again = perdiem("check", "-", "--format", "jsonl", given=gzip.compress(table.read_bytes()))
    assert [one["lines"] for one in again.answers] == [one["lines"] for one in done.answers]


def test_a_bad_row_is_told_by_its_row(table: Path) -> None:
    table.write_text("\n".join([HEAD, *GOOD[:3], GOOD[3].replace(",28,", ",ZCANARY,")]))
    done = perdiem("check", table, "--ledger", table.parent / "l.json")
    assert done.status == 1
    assert "week.csv, row 5, claim A2: column Qty (units) is not a number" in done.err
    assert "ZCANARY" not in done.err + done.out
    (problem,) = json.loads((table.parent / "l.json").read_text())["problems"]
    assert (problem["segment"], problem["counted_in"]) == (5, "row")


def test_columns_sheets_and_wrong_ones(table: Path) -> None:
    table.write_text(table.read_text().replace("HCPCS", "Thing"))
    done = perdiem("check", table)
    assert done.status == 2
    assert "without a column for code" in done.err
    assert "Its columns are Claim #, Payer ID" in done.err
    assert perdiem("check", table, "--columns", "code=Thing,from=DOS From").status == 0
    assert perdiem("check", table, "--columns", "code=Nothing").status == 2
    wrong = perdiem("check", table, "--columns", "kode=Thing")
    assert (wrong.status, "names 'kode', which is no field" in wrong.err) == (2, True)


def test_a_workbook_out_is_a_table_in_and_replays(table: Path) -> None:
    out = table.parent / "w.xlsx"
    assert perdiem("check", table, "--format", "xlsx", "--out", out).status == 0
    again = perdiem("check", out, "--format", "jsonl")
    assert [one["verdict"] for one in again.answers] == ["pay", "partial"]
    assert perdiem("check", out, "--sheet", "Nowhere").status == 2
    assert perdiem("replay", f"{out}.run.json").status == 0
    assert perdiem("check", table, "--format", "xlsx").status == 2


def test_a_table_as_history(table: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.csv"
    later.write_text("\n".join([HEAD, GOOD[0].replace("A1", "B1"), GOOD[1].replace("A1", "B1")]))
    alone = perdiem("check", later, "--format", "jsonl")
    with_it = perdiem("check", later, "--history", table, "--format", "jsonl")
    assert (alone.answers[0]["verdict"], with_it.answers[0]["verdict"]) == ("pay", "deny"), "the days were billed before"
    added = perdiem("history", "add", table, "--store", tmp_path / "store")
    assert "added 2 claims with 4 lines" in added.out
    stored = perdiem("check", later, "--history", tmp_path / "store", "--format", "jsonl")
    assert stored.answers == with_it.answers


def test_a_table_of_people_without_a_header_is_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("ZCANARYLAST,ZCANARYFIRST,19330417,code,7\nZCANARYLAST,ZCANARYFIRST,19330417,S9500,7\n")
    done = perdiem("check", tmp_path / "p.csv")
    assert done.status == 2
    assert "ZCANARY" not in done.err + done.out
    assert "19330417" not in done.err
