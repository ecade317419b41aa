"""Tables of orders: columns by their names, CSV and Excel alike, and ten bad inputs with what is said of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from perdiem.coding.entry import FIELDS as ENTRY
from perdiem.formats.orders.columns import FIELDS
from perdiem.model.errors import FormatError

from .files import GOOD, HEADER, coded, read, write


def test_readers_and_entry_know_the_same_fields() -> None:
    assert list(FIELDS) == list(ENTRY)
    names = [name for names in FIELDS.values() for name in names]
    assert len(set(names)) == len(names)


def test_columns_by_other_names_and_other_marks(tmp_path: Path) -> None:
    text = "Rx Number;Medication;Strength;Frequency;Start Date;Duration\nR9;Cefazolin;2 g;q8h;2024-06-03;7\n"
    found = coded(write(tmp_path, text))
    assert [(line.order_id, line.code, line.units) for line in found.lines] == [("R9", "S9502", 7), ("R9", "J0690", 84)]


def test_a_workbook(tmp_path: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    pytest.importorskip("python_calamine")
    book = xlsxwriter.Workbook(str(tmp_path / "orders.xlsx"))
    sheet = book.add_worksheet("orders")
    for at, name in enumerate(HEADER.split(",")):
        sheet.write(0, at, name)
    for at, cell in enumerate(GOOD.split(",")):
        sheet.write(1, at, int(cell) if cell == "7" else cell)
    book.close()
    assert [line.units for line in coded(tmp_path / "orders.xlsx").lines] == [7, 56]


BAD_ROWS = {
    "1,M1,ceftriaxone,two grams,24h,2024-06-03,7": "the dose is no amount",
    "1,M1,ceftriaxone,2,24h,2024-06-03,7": "the dose is no amount",
    "1,M1,ceftriaxone,0 g,24h,2024-06-03,7": "the dose is nothing",
    "1,M1,ceftriaxone,2 g,sometimes,2024-06-03,7": "the interval is none",
    "1,M1,ceftriaxone,2 g,24h,2024-02-30,7": "the day of 'from' is none",
    "1,M1,ceftriaxone,2 g,24h,June 3,7": "the day of 'from' is none",
    "1,M1,ceftriaxone,2 g,24h,2024-06-03,a week": "days is no whole number",
    "1,M1,ceftriaxone,2 g,24h,2024-06-03,99999": "days is no whole number",
    "1,M1,,2 g,24h,2024-06-03,7": "no drug is named",
    "1,M1,ceftriaxone,1,000 mg,24h,2024-06-03,7": "the row has 8 cells and the header 7",
}


@pytest.mark.parametrize("row", BAD_ROWS)
def test_a_bad_row_is_set_aside_and_the_others_go_on(row: str, tmp_path: Path) -> None:
    written, aside = read(write(tmp_path, f"{HEADER}\n{GOOD}\n{row}\n{GOOD}\n"))
    assert [(one.source, one.row) for one in aside] == [("orders.csv", 3)]
    assert BAD_ROWS[row] in aside[0].reason
    assert len(written) in (2, 3)


BAD_FIELDS = {
    "route": ("by mouthpiece", "the route is none"),
    "method": ("shouting", "the method is none"),
    "over": ("all day", "over is no number of hours"),
    "payer": ("Nobody's Health", "the payer is none"),
    "pos": ("dwelling", "the place of service is no two-digit code"),
    "visits": ("Monday=90", "a visit is no day and minutes"),
    "multi_dose": ("perhaps", "multi_dose is neither yes nor no"),
    "vials": ("big;small", "the vial size is no amount"),
    "to": ("2024-06-01", "the last day lies before the first"),
    "attested": ("ZZ", "attested is none of"),
    "rate": ("fast", "the rate is no amount"),
    "cartridges": ("-1", "cartridges is no whole number"),
}


@pytest.mark.parametrize("field", BAD_FIELDS)
def test_a_bad_field_says_which_and_never_its_value(field: str, tmp_path: Path) -> None:
    value, said = BAD_FIELDS[field]
    _, aside = read(write(tmp_path, f"{HEADER},{field}\n{GOOD},{value}\n"))
    assert [said in one.reason for one in aside] == [True]
    assert value not in aside[0].reason


BAD_FILES: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "it is empty"),
    "header alone": (HEADER + "\n", "no order stands below"),
    "no drug column": ("order,member,dose\n1,M1,2 g\n", "no column names a drug"),
    "one field twice": ("drug,medication,dose\na,b,2 g\n", "both mean drug"),
    "no text": (b"\x00\x01\x02\x00" * 64, "neither text nor a workbook"),
    "broken workbook": (b"PK\x03\x04 this is no workbook", ""),
    "old workbook": (b"\xd0\xcf\x11\xe0 this is no workbook", ""),
    "a page": ("<html><body>orders</body></html>", "no column names a drug"),
    "words": ("please see attached\n", "no column names a drug"),
    "broken gzip": (b"\x1f\x8b\x08\x00 this is no gzip", ""),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_no_table_of_orders(name: str, tmp_path: Path) -> None:
    content, said = BAD_FILES[name]
    with pytest.raises(FormatError) as error:
        read(write(tmp_path, content))
    assert said in str(error.value)
    assert error.value.do
    assert str(tmp_path) not in str(error.value)


def test_a_name_that_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="is no file"):
        read(tmp_path / "none.csv")
    with pytest.raises(FormatError, match="is no file"):
        read(tmp_path)
