"""benchmark as a user runs it: formats, plots, days, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codes import drawn
from guide import claims
from tabular.sheets import xlsx_of

from .command import BAD_UNITS, WEEK, perdiem, write

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


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
    assert "<figcaption>" not in page, "the title stands in the drawing"


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
    assert "SV104" in done.err  # the problem itself, with its place
    assert "Benchmark of claims" in done.out


REFUSED = {
    "binary.837": b"\x00\x01\xff" * 900,
    "empty.837": b"",
    "prose.txt": b"nothing of the kind\n",
    "cut.837": (EXAMPLES / "week-23.837").read_bytes()[:700],
    "colours.xlsx": xlsx_of([{"name": "door", "colour": "red"}]),
    "colours.csv": b"name,colour\ndoor,red\n",
}


@pytest.mark.parametrize("form", ["table", "json", "csv"])
@pytest.mark.parametrize("name", [*REFUSED, "absent.837", "folder"])
def test_where_no_claim_was_judged_there_is_no_report_but_the_reason(tmp_path: Path, name: str, form: str) -> None:
    given, out = tmp_path / name, tmp_path / f"told.{form}"
    if name == "folder":
        given.mkdir()
        (given / "prose.txt").write_bytes(REFUSED["prose.txt"])
    elif name in REFUSED:
        given.write_bytes(REFUSED[name])
    done = perdiem("benchmark", given, "--format", form)
    assert (done.status, done.out) == (2, "")
    assert "0 claims in" in done.err
    assert f"refused  {'prose.txt' if name == 'folder' else name}" in done.err
    assert done.err == perdiem("check", given).err
    assert perdiem("benchmark", given, "--format", form, "--out", out, "--plots", tmp_path / "plots").status == 2
    assert not out.exists()
    assert not (tmp_path / "plots").exists()


def test_where_some_input_was_refused_the_rest_is_told(year: Path, tmp_path: Path) -> None:
    refused = tmp_path / "binary.837"
    refused.write_bytes(REFUSED["binary.837"])
    done = perdiem("benchmark", year, refused)
    assert done.status == 1
    assert "refused  binary.837" in done.err
    assert "What was billed" in done.out


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
