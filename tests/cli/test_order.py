"""order as a user runs it: options, a sig, files, formats, exit status and errors."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from .command import perdiem

WEEK = ("--drug", "cefazolin", "--dose", "2 g", "--every", "8h", "--from", "2024-06-03", "--days", "7")
HEADER = "order,member,medication,dose,frequency,start,duration\n"
GOOD = "R1,M1,cefazolin,2 g,q8h,2024-06-03,7\n"


def test_the_contract() -> None:
    done = perdiem("order", *WEEK, "--route", "IV", "--payer", "bcbstx", "--format", "json")
    assert done.status == 0
    answer = json.loads(done.out)
    told = [(line["code"], line["modifiers"], line["units"], line["from"], line["to"]) for line in answer["lines"]]
    assert told == [("S9502", [], 7, "2024-06-03", "2024-06-09"), ("J0690", [], 84, "2024-06-03", "2024-06-09")]
    assert all(line["why"] and line["cite"]["source"] for line in answer["lines"])
    assert {"documents", "questions", "remarks", "calendar", "set_aside"} <= set(answer)
    assert answer["documents"][0]["id"] == "order"
    assert len(answer["calendar"][0]["doses"]) == 21


def test_a_sig_says_the_same_as_options() -> None:
    by_sig = perdiem("order", "--sig", "cefazolin 2 g IV q8h x 7 days", "--from", "2024-06-03", "--format", "csv")
    assert by_sig.out == perdiem("order", *WEEK, "--format", "csv").out


def test_a_table_draws_lines_calendar_questions_and_papers() -> None:
    done = perdiem("order", "--sig", "ceftriaxone 2 g IV q36h prn", "--from", "2024-06-03", "--days", "7", "--payer", "bcbstx")
    assert done.status == 0
    assert "    1   1   ·   1   1   ·   1   06-03..06-09" in done.out
    for words in (
        "what 'prn' means",
        "its units wait for what is asked",
        "documents needed",
        "Administration record",
        "003, Examples, line 233",
    ):
        assert words in " ".join(done.out.split())


def test_one_bad_order_is_set_aside_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(HEADER + GOOD + "R2,M2,cefazolin,a spoonful,q8h,2024-06-03,7\n" + GOOD.replace("M1", "M3"))
    done = perdiem("order", "orders.csv", "--pos", "12", "--payer", "bcbstx", "--format", "csv", cwd=tmp_path)
    assert done.status == 1
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert {(row["pos"], row["payer"]) for row in rows} == {("12", "bcbstx")}
    lines = [(row["member_id"], row["code"]) for row in rows]
    assert lines == [("M1", "S9502"), ("M1", "J0690"), ("M3", "S9502"), ("M3", "J0690")]
    assert "set aside  orders.csv, row 3: the dose is no amount" in done.err
    assert "spoonful" not in done.err + done.out


def test_the_same_orders_give_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(HEADER + GOOD)
    told = perdiem("order", "orders.csv", "--format", "json", cwd=tmp_path, TZ="Asia/Tokyo")
    again = perdiem("order", "orders.csv", "--format", "json", "--out", "out.json", cwd=tmp_path, LC_ALL="C")
    assert again.out == ""
    assert (tmp_path / "out.json").read_text("utf-8") == told.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name a file of orders"),
        (("--dose", "2 g"), "name a file of orders"),
        (("--drug", "cefazolin", "--dose", "much"), "the dose is no amount"),
        (("--sig", "cefazolin 2 g q8h", "orders.csv"), "not both"),
        (("none.csv",), "is no file"),
        (("--drug", "cefazolin", "--format", "edifact"), "is not built"),
        (("--drug", "cefazolin", "--payer", "Nobody"), "the payer is none that the library knows"),
        (("--drug", "cefazolin", "--out", "none/answer.json"), "is no folder"),
    ],
)
def test_wrong_usage_is_said_and_ends_with_two(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = perdiem("order", *words, cwd=tmp_path)
    assert done.status == 2
    assert said in " ".join(done.err.replace("│", " ").split())


def test_an_order_that_codes_no_line_ends_with_one() -> None:
    done = perdiem("order", "--sig", "banana 1 g q8h x 7 days", "--from", "2024-06-03")
    assert done.status == 1
    assert "which drug banana is" in done.out
