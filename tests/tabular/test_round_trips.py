"""What perdiem writes it reads again as the same claims, and the same claims get the same answers from every format."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perdiem import answers
from perdiem.formats.intake import read
from perdiem.formats.report import csv_rows
from perdiem.formats.tabular import cells
from perdiem.formats.tabular.cells import is_total, shortened, undotted
from perdiem.formats.tabular.count import _cents
from perdiem.formats.tabular.marks import marked
from perdiem.model.schema import Batch
from perdiem.pipeline.check import judge
from perdiem.pipeline.output import write_parquet, write_text, write_workbook
from perdiem.pipeline.session import Run
from perdiem.policy.read import read_policies

from .sheets import csv_of, parquet_of, put, xlsx_of

EXAMPLES = Path(__file__).parents[2] / "examples"
OPTIONS: dict[str, Any] = {"paths": [], "policy": [], "format": "csv", "all": False}


def usable(text: str) -> bool:
    return text == text.strip() != "" and text.isprintable() and not is_total(text) and not shortened(text)


NASTY = st.one_of(
    st.text(st.characters(exclude_categories=("C", "Zs", "Zl", "Zp")) | st.sampled_from(" '\"=+-@,;|_$"), min_size=1, max_size=12),
    st.sampled_from(["=1+1", "'=1", "''@x", "+49", "-5", '"', ",", "a\"b", "_x0041_", "00123", "1e5", "TRUE", "2024-06-03",
                     "'O", "null"]),
).filter(usable)  # fmt: skip
DAY = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@st.composite
def lines(draw: st.DrawFn) -> dict[str, Any]:
    first = draw(DAY)
    return {
        "code": draw(st.from_regex(r"[A-Z][0-9]{4}", fullmatch=True)),
        "modifiers": draw(st.lists(st.sampled_from(["SH", "59", "A1"]), max_size=4)),
        "units": Decimal(draw(st.integers(0, 10**9))) / 1000, "from": first, "to": first + timedelta(draw(st.integers(0, 700))),
        "charge": Decimal(draw(st.integers(0, 10**12))) / 100, "pos": draw(st.sampled_from(["12", "01", "11"])),
        "ndc": draw(st.none() | NASTY.filter(lambda text: undotted(text) == text and not text.isdigit())),
    }  # fmt: skip


@st.composite
def claims(draw: st.DrawFn) -> list[dict[str, Any]]:
    rows = []
    for claim_id in draw(st.lists(NASTY, min_size=1, max_size=4, unique=True)):
        payer = draw(NASTY.filter(lambda text: undotted(text) == text))
        facts = {"claim_id": claim_id, "payer": payer, "member_id": draw(NASTY), "provider_npi": draw(st.just("1234567893"))}
        made = draw(st.lists(lines(), min_size=1, max_size=3))
        rows += [{**facts, "line": at, **one} for at, one in enumerate(made, 1)]
    return rows


def batch_of(rows: list[dict[str, Any]]) -> Batch:
    """The claims as a plain, careful export would hold them."""
    text = [
        {k: marked(v) if isinstance(v, str) else " ".join(v) if isinstance(v, list) else v for k, v in one.items()} for one in rows
    ]
    with TemporaryDirectory() as folder:
        return put(Path(folder), csv_of(text, list(rows[0])))


def facts(batch: Batch) -> list[dict[str, Any]]:
    """The claims of a batch as the layout has them."""
    of = {one["claim_no"]: one for one in batch.claim.to_pylist()}
    told = []
    for line in batch.line.to_pylist():
        claim = of[line["claim_no"]]
        told.append({
            "claim_id": claim["claim_id"], "payer": claim["payer_id"] or claim["payer_name"], "member_id": claim["member_id"],
            "provider_npi": claim["billing_npi"], "line": line["lx"], "code": line["code"],
            "modifiers": [line[m] for m in ("mod1", "mod2", "mod3", "mod4") if line[m]], "units": line["units"],
            "from": line["from_date"], "to": line["to_date"], "charge": line["charge"], "pos": line["place"] or claim["place"],
            "ndc": line["ndc"],
        })  # fmt: skip
    return told


def judged(batch: Batch) -> Run:
    return judge(batch, POLICIES, threads=1)


POLICIES = read_policies()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(claims())
def test_read_is_the_inverse_of_write(rows: list[dict[str, Any]]) -> None:
    batch = batch_of(rows)
    assert facts(batch) == rows
    flat = [{**one, "modifiers": " ".join(one["modifiers"])} for one in rows]
    typed = {key: [one[key] for one in flat] for key in flat[0]}
    with TemporaryDirectory() as folder:
        marks = [{key: marked(v) if isinstance(v, str) else v for key, v in one.items()} for one in flat]
        assert facts(put(Path(folder), xlsx_of(marks), "t.xlsx")) == rows
        assert facts(put(Path(folder), parquet_of(typed), "t.parquet")) == rows


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(claims())
def test_answers_are_tables_of_the_same_claims(rows: list[dict[str, Any]]) -> None:
    run = judged(batch_of(rows))
    with TemporaryDirectory() as folder:
        for name in write_all(run, Path(folder)):
            assert facts(read([Path(folder) / name])) == rows, name


def write_all(run: Run, folder: Path) -> list[str]:
    with (folder / "a.csv").open("w", encoding="utf-8", newline="") as file:
        write_text([run], OPTIONS, file.write)
    write_workbook([run], OPTIONS | {"format": "xlsx"}, folder / "a.xlsx")
    write_parquet([run], OPTIONS | {"format": "parquet"}, folder / "parquet")
    return ["a.csv", "a.xlsx", "parquet/line.parquet"]


def bare(run: Run) -> list[dict[str, Any]]:
    return [{**one, "source": "", "lines": one["lines"]} for one in answers(run)]


def export(batch: Batch) -> list[dict[str, Any]]:
    """The claims of a batch as a billing system exports them, patients too."""
    of = {one["claim_no"]: one for one in batch.claim.to_pylist()}
    extras = {"frequency": "frequency", "original_ref": "original_ref", "taxonomy": "billing_taxonomy", "relation": "relation",
              "last_name": "last_name", "first_name": "first_name", "birth_date": "birth_date", "sex": "sex",
              "payer_name": "payer_name"}  # fmt: skip
    claims = [of[line["claim_no"]] for line in batch.line.to_pylist()]
    return [
        {**one, "modifiers": " ".join(one["modifiers"]), "diagnoses": " ".join(claim["diagnoses"]),
         "unit_basis": line["unit_basis"],
         **{name: claim[column] for name, column in extras.items()}}
        for one, claim, line in zip(facts(batch), claims, batch.line.to_pylist(), strict=True)
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t.parquet"])
def test_the_same_claims_get_the_same_answers(tmp_path: Path, name: str) -> None:
    batch = read([EXAMPLES / "week-23.837", EXAMPLES / "week-24.837.gz"])
    rows = export(batch)
    data = {
        "t.csv": lambda: csv_of(rows).encode(), "t.xlsx": lambda: xlsx_of(rows),
        "t.parquet": lambda: parquet_of({key: [one[key] for one in rows] for key in rows[0]}),
    }[name]()  # fmt: skip
    table = put(tmp_path, data, name)
    assert bare(judged(table)) == bare(judged(batch))


def test_answers_of_the_examples_are_tables_too(tmp_path: Path) -> None:
    run = judged(read([EXAMPLES / "week-23.837"]))
    for name in write_all(run, tmp_path):
        again = judged(read([tmp_path / name]))
        assert again.decision.drop(["line_no"]).num_rows == run.decision.num_rows
        assert facts(again.batch) == facts(run.batch)
        assert pq.ParquetFile(tmp_path / "parquet/line.parquet").metadata.num_rows == run.decision.num_rows


def test_a_workbook_runs_no_formula_and_has_one_fingerprint(tmp_path: Path) -> None:
    from python_calamine import CalamineWorkbook

    facts_of = {"claim_id": "=cmd|'/c calc'!A0", "payer": "84980", "member_id": "@SUM(1)", "code": "S9500", "units": 7}
    evil = put(tmp_path, csv_of([{**facts_of, "from": "2024-06-03", "to": "2024-06-09", "charge": 70}]))
    marks = {write_workbook([judged(evil)], OPTIONS | {"format": "xlsx"}, tmp_path / f"{n}.xlsx").record["output"] for n in "ab"}
    assert len(marks) == 1
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    book = CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    assert book.sheet_names == ["Worklist", "Claims", "Findings", "Problems", "Ledger"]
    head, only = book.get_sheet_by_name("Worklist").to_python()
    cells_of = dict(zip(head, only, strict=True))
    assert (cells_of["claim_id"], cells_of["member_id"]) == ("'=cmd|'/c calc'!A0", "'@SUM(1)")
    assert (cells_of["from"], cells_of["units"], cells_of["charge"], cells_of["at_stake"]) == (date(2024, 6, 3), 7, 70, 70)
    import zipfile

    assert b"<f>" not in zipfile.ZipFile(tmp_path / "a.xlsx").read("xl/worksheets/sheet1.xml")


@settings(max_examples=400, deadline=None)
@given(st.text("0123456789.,$()- E+", max_size=12) | st.text(max_size=6))
def test_the_census_knows_an_amount_where_the_reader_does(text: str) -> None:
    assert _cents(text.strip()) == (cells.cents(text.strip()) or 0)


def test_csv_has_the_columns_of_the_layout() -> None:
    assert next(csv.reader(io.StringIO("".join(csv_rows([])))))[-6:] == [
        "provider_npi", "ndc", "diagnoses", "taxonomy", "frequency", "original_ref",
    ]  # fmt: skip
