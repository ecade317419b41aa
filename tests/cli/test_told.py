"""What decides and what is odd is named, so that a biller can act on it."""

from __future__ import annotations

import json
from pathlib import Path

from .command import perdiem

WEEK = Path(__file__).parents[2] / "examples" / "week-23.837"
HEADER = "claim_id,payer,member_id,provider_npi,pos,code,units,from,to,charge,ndc\n"
LINES = (("S9365", 1, ""), ("B4185", 10, "00517930525"), ("B4176", 1, ""), ("B4216", 1, ""), ("B9000", 0, ""))


def test_the_product_an_end_without_successor_and_lines_of_no_units(tmp_path: Path) -> None:
    days = "2025-04-01,2025-04-01,10.00"
    rows = [f"C1,84980,M1,1234567893,12,{code},{units},{days},{ndc}\n" for code, units, ndc in LINES]
    (tmp_path / "c.csv").write_text(HEADER + "".join(rows))
    run = perdiem("check", tmp_path / "c.csv", "--format", "jsonl", "--ledger", tmp_path / "ledger.json")
    said = [[f["message"] + " / " + f.get("fix", "") for f in one["findings"]] for one in run.answers[0]["lines"]]
    assert "B4185 (by its NDC 00517930525: Tralement" in said[1][0]
    assert said[2][0].startswith("B4176 is part of the nutrition per diem")
    assert "vitamins added beyond a standard product are separate" in said[3][1]
    assert "none is known to have replaced it" in said[4][0]
    assert "1 line bills 0 units" in run.err
    assert json.loads((tmp_path / "ledger.json").read_text())["lines_of_no_units"] == 1


def test_a_page_is_written_as_its_name_ends(tmp_path: Path) -> None:
    """Whichever command writes it; a format that is asked for goes first, and others are refused by name."""
    asked = (
        ("benchmark", WEEK, "--smallest", "1"),
        ("policy", "coverage", "bcbstx-cpcp019"),
        ("checklist", WEEK),
        ("brief", "S9500"),
    )
    for words in asked:
        out = tmp_path / "page.html"
        assert perdiem(*words, "--out", out).status == 0
        assert out.read_text().lower().startswith("<!doctype html>")
        refused = perdiem(*words, "--format", "docx", "--out", out)
        assert (refused.status, "no format 'docx'" in refused.err) == (2, True)
        assert out.read_text().lower().startswith("<!doctype html>")
    assert perdiem("benchmark", WEEK, "--format", "csv", "--out", tmp_path / "b.html").status == 0
    assert not (tmp_path / "b.html").read_text().startswith("<")
    assert "Name a file with --out" in perdiem("benchmark", WEEK, "--format", "pdf").err
