"""check: in which shape it answers - JSON lines as the contract has them, rows, a table, the ledger."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from judge.to_837 import to_837

from .command import BAD_UNITS, WEEK, Claim, Done, claim, line, perdiem, write

VERDICTS = {"pay", "partial", "deny", "pend", "unedited"}
EFFECTS = {"deny", "pend", "advise", "warn", "pay"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONEY = re.compile(r"\d+\.\d{2}")


@pytest.fixture
def week(tmp_path: Path) -> Path:
    return write(tmp_path / "week.837", WEEK)


# ---------------------------------------------------------------- shapes


def check_cite(cite: dict[str, Any]) -> None:
    assert list(cite) == ["source", "section", "line", "words", "fingerprint"]
    assert cite["source"]
    assert cite["section"]
    if cite["fingerprint"] is None:  # a section of a text of which no copy was read
        assert (cite["line"], cite["words"]) == (None, None)
        return
    assert cite["line"] >= 1
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", cite["fingerprint"])


def check_finding(finding: dict[str, Any]) -> None:
    needed = ["policy", "rule", "kind", "outcome", "effect", "days", "message", "cite"]
    assert [key for key in finding if key in needed] == needed
    assert set(finding) - set(needed) <= {"fix", "asks", "note", "doubt", "also"}
    assert re.fullmatch(r"[a-z0-9-]+@\d{4}-\d{2}-\d{2}", finding["policy"])
    assert finding["effect"] in EFFECTS
    assert all(_DAY.fullmatch(day) for day in finding["days"])
    assert all(isinstance(finding.get(key, "x"), str) and finding.get(key, "x") for key in ("message", "fix", "asks", "doubt"))
    assert finding.get("note", True) is True
    if finding["effect"] == "pend":
        assert finding["asks"]
    check_cite(finding["cite"])
    for cite in finding.get("also", []):
        check_cite(cite)


def check_line(said: dict[str, Any]) -> None:
    needed = ["line", "code", "modifiers", "from", "to", "pos", "units", "charge", "verdict", "pay_units", "deny_units",
              "pend_units", "unjudged_days", "adjustments", "findings"]  # fmt: skip
    assert [key for key in said if key in needed] == needed
    assert set(said) - set(needed) <= {"asks", "because"}
    assert ("because" in said) == (said["verdict"] == "unedited")
    assert type(said["line"]) is int
    assert said["verdict"] in VERDICTS
    assert _DAY.fullmatch(said["from"])
    assert _DAY.fullmatch(said["to"])
    assert _MONEY.fullmatch(said["charge"])
    assert type(said["units"]) in (int, float)
    unedited = said["verdict"] == "unedited"
    for key in ("pay_units", "deny_units", "pend_units"):
        assert (said[key] is None) == unedited
        assert unedited or type(said[key]) in (int, float)
    assert type(said["unjudged_days"]) is int
    for a in said["adjustments"]:
        assert list(a) == ["group", "carc", "rarc", "units"]
        assert a["group"] in ("CO", "PR", "OA", "PI")
        assert isinstance(a["carc"], str)
        assert all(isinstance(r, str) for r in a["rarc"])
        assert type(a["units"]) in (int, float)
    assert all(isinstance(ask, str) and ask for ask in said.get("asks", ["x"]))
    for finding in said["findings"]:
        check_finding(finding)


def check_answer(answer: dict[str, Any]) -> None:
    """One claim as contract.md shows it: these keys, in this order, of these types; more may stand between."""
    needed = ["claim_id", "payer", "member_id", "source", "position", "verdict", "lines"]
    assert [key for key in answer if key in needed] == needed
    assert set(answer) - set(needed) <= {"charge", "withdrawn_by"}
    assert all(isinstance(answer[key], str) for key in ("claim_id", "payer", "member_id", "source"))
    assert type(answer["position"]) is int
    assert answer["verdict"] in VERDICTS
    assert _MONEY.fullmatch(answer["charge"])
    assert answer["lines"]
    for said in answer["lines"]:
        check_line(said)


def test_jsonl_has_the_shape_of_the_contract(week: Path) -> None:
    done = perdiem("check", week, "--format", "jsonl")
    assert [answer["position"] for answer in done.answers] == [1, 2, 3, 4, 5, 6]
    for answer in done.answers:
        check_answer(answer)
    short = done.answers[1]["lines"][0]
    assert (short["pay_units"], short["deny_units"], short["pend_units"]) == (4, 3, 0)
    assert short["adjustments"] == [{"group": "CO", "carc": "151", "rarc": ["N345"], "units": 3}]
    assert short["findings"][0]["days"] == ["2024-06-07", "2024-06-08", "2024-06-09"]
    assert short["findings"][0]["cite"]["line"] == 244


def test_generated_claims_have_it_too(tmp_path: Path) -> None:
    from judge.generate import generate

    done = perdiem("check", write(tmp_path / "many.837", generate(9, 400)), "--format", "jsonl")
    assert len(done.answers) == 400
    for answer in done.answers:
        check_answer(answer)


def test_csv_is_one_row_a_line(week: Path) -> None:
    done = perdiem("check", week, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.out, newline="")))
    assert [(row["claim_id"], row["line"]) for row in rows][:4] == [("CLEAN", "1"), ("CLEAN", "2"), ("SHORT", "1"), ("SHORT", "2")]
    assert len(rows) == sum(len(one["lines"]) for one in WEEK)
    assert rows[2]["reasons"] == "CO-151 N345"
    assert all(row["verdict"] in VERDICTS for row in rows)


def test_csv_runs_nothing_in_a_spreadsheet(tmp_path: Path) -> None:
    evil = claim("=cmd|'/c calc'!A0", line("S9502"), member="@SUM(1+1)")
    rows = list(csv.reader(io.StringIO(perdiem("check", write(tmp_path / "e.837", [evil]), "--format", "csv").out, newline="")))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "@", "+", "-"))]


def test_table_shows_what_needs_a_look(week: Path) -> None:
    done = perdiem("check", week)
    assert "CO-151 N345" in done.out
    assert "CLEAN" not in done.out
    assert "more lines are paid or unedited" in done.out
    assert "CLEAN" in perdiem("check", week, "--all").out
    assert "\x1b" not in done.out + done.err, "no colours in a pipe"
    assert "%" not in done.err, "no progress in a pipe"


def test_control_characters_of_a_claim_do_not_reach_the_terminal(tmp_path: Path) -> None:
    evil = claim("ID\x1b[2J\x07X", line("S9502"))
    done = perdiem("check", write(tmp_path / "e.837", [evil]))
    assert "\x1b" not in done.out + done.err
    assert "\x07" not in done.out + done.err


# ---------------------------------------------------------------- the ledger


def test_ledger_has_its_shape_and_balances(tmp_path: Path) -> None:
    (tmp_path / "week.837").write_text(to_837(WEEK).replace(*BAD_UNITS, 1))
    (tmp_path / "note.txt").write_text("see attached")
    done = perdiem("check", tmp_path / "week.837", tmp_path / "note.txt", "--format", "jsonl", "--ledger", tmp_path / "l.json")
    told = json.loads((tmp_path / "l.json").read_text("utf-8"))
    needed = ["claims_in", "judged", "rejected", "skipped", "lines_in", "charge_in", "charge_judged", "charge_rejected",
              "verdicts", "problems"]  # fmt: skip
    assert [key for key in told if key in needed] == needed
    assert (told["claims_in"], told["judged"], told["rejected"], told["skipped"]) == (6, 5, 1, 0)
    assert Decimal(told["charge_in"]) == Decimal(told["charge_judged"]) + Decimal(told["charge_rejected"]) == 1200
    assert (told["lines_skipped"], told["charge_skipped"]) == (0, "0.00")
    assert set(told["verdicts"]) == VERDICTS
    assert sum(told["verdicts"].values()) == sum(len(answer["lines"]) for answer in done.answers)
    for problem in told["problems"]:
        assert set(problem) >= {"source", "segment", "claim_id", "problem"}
        assert problem["weight"] in ("rejected", "refused", "warning")
    assert {p["source"] for p in told["problems"]} == {"week.837", "note.txt"}
    assert done.status == 1


def told_units(done: Done) -> list[Any]:
    return [said["units"] for answer in done.answers for said in answer["lines"]]


def test_fractions_of_units_stay_whole(tmp_path: Path) -> None:
    one: Claim = claim("HALF", line("S9502", 6.5), line("J0690", 0.125))
    done = perdiem("check", write(tmp_path / "h.837", [one]), "--format", "jsonl")
    assert told_units(done) == [6.5, 0.125]
