"""benchmark as a user runs it: formats, plots, days, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codes import drawn
from guide import claims

from .command import BAD_UNITS, WEEK, perdiem, write


@pytest.fixture
def year(tmp_path: Path) -> Path:
    return claims.write(tmp_path, claims.drawn(4, 50))


def test_the_table_and_its_hidden_cells(year: Path) -> None:
    done = perdiem("benchmark", year)
    assert done.status == 0
    for said in ("Benchmark of claims", "What was billed", "(too few to show)", "Why units were denied", "How to read it"):
        assert said in done.out
    every = perdiem("benchmark", year, "--smallest", "1")
    assert "for your own eyes" in every.out
    assert perdiem("benchmark", year).out == done.out


def test_json_csv_and_pages(year: Path, tmp_path: Path) -> None:
    told = json.loads(perdiem("benchmark", year, "--by", "code", "--format", "json").out)
    assert told["by"] == ["code"]
    assert {use["payer"] for use in told["uses"]} == {""}
    for form, begin in (("csv", b"table,name"), ("md", b"# Benchmark"), ("html", b"<!doctype html>"), ("pdf", b"%PDF")):
        out = tmp_path / f"told.{form}"
        assert perdiem("benchmark", year, "--format", form, "--out", out).status == 0
        assert out.read_bytes().lower().startswith(begin.lower())
    page = (tmp_path / "told.html").read_text("utf-8")
    assert page.count("<svg") >= 2
    assert 'aria-label="Units per claim, by code' in page


def test_plots_are_written_with_words(year: Path, tmp_path: Path) -> None:
    done = perdiem("benchmark", year, "--plots", tmp_path / "plots")
    names = {file.name for file in (tmp_path / "plots").iterdir()}
    assert {"units-per-claim.svg", "units-per-claim.png", "denied.svg", "plots.md"} <= names
    assert "plots are in plots" in done.err
    told = (tmp_path / "plots" / "plots.md").read_text("utf-8")
    assert "median" in told
    assert told.count("![") == len([name for name in names if name.endswith(".svg")])


def test_compared_with_a_release(year: Path, tmp_path: Path) -> None:
    assert "no file given" in perdiem("benchmark", year).out
    file = drawn.write(tmp_path, "MUP_DME_R25_P05_V10_D22_Geo.csv", drawn.GEOGRAPHY.replace("A9001", "A4222"))
    perdiem("codes", "import", file)
    done = perdiem("benchmark", year, "--against", "usage-geography", "--area", "Alabama")
    assert "Alabama" in done.out
    assert "(not comparable)" in done.out


def test_what_could_not_be_read_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "week.837", WEEK)
    path.write_text(path.read_text("utf-8").replace(*BAD_UNITS, 1), encoding="utf-8")
    done = perdiem("benchmark", path, "--smallest", "1")
    assert done.status == 1
    assert "could not be read" in done.err
    assert perdiem("benchmark", write(tmp_path / "none.837", [])).status == 2


@pytest.mark.parametrize(
    "words",
    [
        ("--by", "colour"), ("--format", "xml"), ("--format", "pdf"), ("--smallest", "0"), ("--area", "Texas"), ("--against", "x"),
        ("--from", "May"), ("--from", "2024-06-02", "--to", "2024-06-01"), ("--policy", "none-such"),
    ],
)  # fmt: skip
def test_wrong_usage_is_said(year: Path, words: tuple[str, ...]) -> None:
    done = perdiem("benchmark", year, *words)
    assert done.status == 2
    assert done.err
    assert not done.out
