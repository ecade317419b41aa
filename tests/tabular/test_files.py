"""Files of tables: encodings, delimiters, archives, windows, damage; what is read is always what is counted."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from perdiem.formats.bulk import read_chunks
from perdiem.formats.intake import read
from perdiem.formats.source import Source
from perdiem.formats.tabular.header import asked
from perdiem.formats.tabular.read import find_table
from perdiem.formats.tabular.survey import survey
from perdiem.model.schema import Batch, Census
from perdiem.pipeline.history import joined

from .sheets import ROW, csv_of, ods_of, parquet_of, put, row, told, xlsx_of

ROWS = [row(member_id="MÜLLER-1"), row(line="2", code="J0696", units="28"), row(claim_id="C2", member_id="Ж")]
ROWS[1]["member_id"] = "MÜLLER-1"
TEXT = csv_of(ROWS)


def same(one: Batch, other: Batch) -> None:
    for name in ("claim", "line", "rejected", "problem"):
        mine, yours = getattr(one, name), getattr(other, name)
        if "source" in mine.column_names:
            mine, yours = mine.drop(["source"]), yours.drop(["source"])
        assert mine.to_pylist() == yours.to_pylist(), name
    assert one.census == other.census


def packed() -> dict[str, bytes]:
    archive, inner = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("in/t.csv", TEXT)
    with zipfile.ZipFile(inner, "w") as out:
        out.writestr("t.xlsx", xlsx_of(ROWS))
    texts = {name: TEXT.encode(name) for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-be")}
    marks = {mark: csv_of(ROWS, delimiter=mark).encode() for mark in ";\t|"}
    return texts | marks | {
        "unix": TEXT.replace("\r\n", "\n").encode(), "old mac": TEXT.replace("\r\n", "\r").encode(),
        "quoted": TEXT.replace("S9500", '"S9500"').encode(), "gzip": gzip.compress(TEXT.encode()), "zip": archive.getvalue(),
        "xlsx": xlsx_of(ROWS), "xlsx in zip": inner.getvalue(), "xlsx in gzip": gzip.compress(xlsx_of(ROWS)), "ods": ods_of(ROWS),
    }  # fmt: skip


@pytest.mark.parametrize("name", packed())
def test_a_table_is_a_table_however_it_is_packed(tmp_path: Path, name: str) -> None:
    same(put(tmp_path, packed()[name], "t.bin"), put(tmp_path, TEXT))
    same(read(["-"], stdin=io.BytesIO(packed()[name])), put(tmp_path, TEXT))


def test_parquet_is_counted_by_its_rows(tmp_path: Path) -> None:
    batch = put(tmp_path, parquet_of({name: [one[name] for one in ROWS] for name in ROW}), "t.parquet")
    assert batch.line["segment"].to_pylist() == [1, 2, 3]
    assert batch.line.drop(["segment"]).equals(put(tmp_path, TEXT).line.drop(["segment"]))


def test_other_letters_are_told(tmp_path: Path) -> None:
    batch = put(tmp_path, csv_of(ROWS[:2]).encode("cp1252"))
    assert batch.claim["member_id"].to_pylist() == ["MÜLLER-1"]
    assert "Windows-1252" in told(batch, "warning")[0][2]


def test_the_sheet_that_is_meant(tmp_path: Path) -> None:
    data = xlsx_of(ROWS, name="June")
    assert put(tmp_path, data, "t.xlsx", asked([], "June")).line.num_rows == 3
    assert "Its sheets are Notes, June" in told(put(tmp_path, data, "t.xlsx", asked([], "May")), "refused")[0][2]
    assert "none of the columns" in told(put(tmp_path, data, "t.xlsx", asked([], "Notes")), "refused")[0][2]


DAMAGED = {
    "half a workbook": (xlsx_of(ROWS)[:2000], "damaged"),
    "old office": (b"\xd0\xcf\x11\xe0" + b"x" * 600, "damaged"),
    "half a parquet": (parquet_of({"claim_id": ["A"]})[:-9], "damaged"),
    "parquet of others": (parquet_of({"name": ["A"], "city": ["B"]}), "Its columns are name, city"),
    "header alone": (TEXT.splitlines()[0].encode(), "no row below"),
    "missing": (TEXT.replace("units", "number of cats").encode(), "without a column for units"),
    "open quote": (TEXT.replace("S9500", '"S9500', 1).encode(), "quotation mark"),
    "rows in a quote": (
        (TEXT + TEXT.replace("claim_id", "x")).replace(",M", ',"M', 1).replace("Ж", 'Ж"', 1).encode(),
        "quotation mark",
    ),
    "bare words": (b"Dear Sir,\nplease pay,\n", "not X12"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_cannot_be_read_is_one_plain_word(tmp_path: Path, name: str) -> None:
    data, said = DAMAGED[name]
    batch = put(tmp_path, data)
    ((at, _, words),) = told(batch, "refused")
    assert at == 0
    assert said in words
    assert batch.census == Census()


def many(claims: int) -> str:
    rows = [row(claim_id=f"C{n % claims}", line=str(n // claims + 1), member_id=f"M{n % claims}") for n in range(claims * 3)]
    rows.sort(key=lambda one: int(one["claim_id"][1:]) // 7)  # rows of seven claims are mixed
    rows[5]["units"], rows[40]["charge"], rows[41]["member_id"] = "x", "(3.00)", "OTHER"
    return csv_of(rows)


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_windows_and_chunks_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    data = many(100).encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    whole = read([tmp_path / name])
    monkeypatch.setattr("perdiem.formats.tabular.grid.BATCH", 11)
    monkeypatch.setattr("perdiem.formats.tabular.text.BATCH", 11)
    for window in (1, 20, 1000):
        monkeypatch.setattr("perdiem.formats.tabular.read.Reading.windows.__defaults__", (window,))
        chunks = list(read_chunks([tmp_path / name], claims_per_chunk=10, large=100))
        same(joined(chunks), whole)
        assert chunks[-1].inputs == whole.inputs
        assert len(chunks) > 5 or window == 1000
    assert (whole.census.claims, whole.rejected.num_rows) == (100, 3)


def test_a_window_ends_where_no_claim_is_open() -> None:
    table = find_table(Source("t", many(50).encode()), asked([], None))
    assert table is not None
    assert table._grid is not None
    found = survey(table._grid, 10)
    assert found.cuts == [21, 42, 63, 84, 105, 126, 150] or all(cut % 21 == 0 for cut in found.cuts[:-1])
    assert found.cuts[-1] == found.rows == 150


TITLE = ["Claims of week 23", "", "From,2024-06-01,To,2024-06-30", "Made by,the office"]


def test_a_title_above_the_header_is_passed_over(tmp_path: Path) -> None:
    plain = put(tmp_path, TEXT)
    heard: list[str] = []
    ask = asked([], None, lambda source, mapping: heard.append(mapping))
    titled = put(tmp_path, "\r\n".join([*TITLE, TEXT]), ask=ask)
    assert titled.census == plain.census
    assert [line["code"] for line in titled.line.to_pylist()] == [one["code"] for one in ROWS]
    assert titled.claim["segment"].to_pylist() == [6, 8], "rows are counted from the top of the file"
    assert heard[0].endswith("header in row 5")
    sheet = put(tmp_path, titled_workbook(), "t.xlsx", ask)
    assert sheet.line["code"].to_pylist() == titled.line["code"].to_pylist()
    assert heard[1].endswith("header in row 3")


def titled_workbook() -> bytes:
    """The rows as a workbook under two lines of title, the second with names of two columns."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for at, cells in enumerate(
        [["Claims of week 23"], ["From", "2024-06-01", "Charge", "all"], list(ROW), *(list(r.values()) for r in ROWS)]
    ):
        for column, cell in enumerate(cells):
            sheet.write_string(at, column, cell)
    book.close()
    return out.getvalue()


def test_no_line_is_ever_taken_for_a_title(tmp_path: Path) -> None:
    headless = TEXT.partition("\r\n")[2]
    found = put(tmp_path, headless + TEXT)  # lines above the header: an export without its first header
    assert found.claim.num_rows == 0
    assert "header" in told(found, "refused")[0][2]


def test_another_count_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from perdiem.formats.tabular.count import Counting
    from perdiem.model.errors import EngineError

    monkeypatch.setattr(Counting, "until", lambda self, end: Census(2, 3, 1))
    with pytest.raises(EngineError, match="were counted"):
        put(tmp_path, TEXT)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "python_calamine", None)
    assert "pip install 'perdiem[excel]'" in told(put(tmp_path, xlsx_of(ROWS), "t.xlsx"), "refused")[0][2]
