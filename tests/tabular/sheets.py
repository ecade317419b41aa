"""Writes small fictional tables of claims in every format, for the tests of this folder."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from perdiem.formats.intake import read
from perdiem.formats.tabular.header import NOTHING, Asked
from perdiem.model.schema import Batch

HEAD = [
    "claim_id",
    "payer",
    "member_id",
    "provider_npi",
    "pos",
    "line",
    "code",
    "modifiers",
    "units",
    "from",
    "to",
    "charge",
    "ndc",
    "diagnoses",
]
ROW = dict(zip(HEAD, ["C1", "84980", "M1", "1234567893", "12", "1", "S9500", "", "7", "2024-06-03", "2024-06-09", "100.00", "",
                      "A41.9 E11.9"], strict=True))  # fmt: skip


def row(**cells: Any) -> dict[str, Any]:
    """One clean row, with some cells otherwise; ``first`` and ``last`` are from and to."""
    names = {"first": "from", "last": "to"}
    return {**ROW, **{names.get(key, key): value for key, value in cells.items()}}


def csv_of(rows: Sequence[dict[str, Any]], head: Sequence[str] | None = None, delimiter: str = ",") -> str:
    """Rows as delimited text."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    head = head or list(rows[0])
    writer.writerow(head)
    writer.writerows([[one.get(name, "") for name in head] for one in rows])
    return out.getvalue()


def xlsx_of(rows: Sequence[dict[str, Any]], head: Sequence[str] | None = None, blank: int = 0, name: str = "Sheet1") -> bytes:
    """Rows as a workbook; numbers and days become number and date cells, text stays text."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet("Notes").write_string(0, 0, "see the next sheet")
    sheet, day = book.add_worksheet(name), book.add_format({"num_format": "m/d/yyyy"})
    head = head or list(rows[0])
    for at, cells in enumerate([dict(zip(head, head, strict=True)), *rows], blank):
        for column, cell in enumerate(cells.get(key, "") for key in head):
            if isinstance(cell, date):
                sheet.write_datetime(at, column, cell, day)
            elif isinstance(cell, int | float | Decimal):
                sheet.write_number(at, column, cell)
            elif cell:
                sheet.write_string(at, column, cell)
    book.close()
    return out.getvalue()


def ods_of(rows: Sequence[dict[str, Any]]) -> bytes:
    """Rows as an OpenDocument table of text cells."""

    def cells(values: Sequence[Any]) -> str:
        made = (
            f'<table:table-cell office:value-type="string"><text:p>{escape(str(v))}</text:p></table:table-cell>' for v in values
        )
        return f"<table:table-row>{''.join(made)}</table:table-row>"

    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    body = "".join(cells(list(one.values())) for one in [dict.fromkeys(rows[0], ""), *rows][1:])
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="A">'
        f"{cells(list(rows[0]))}{body}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return out.getvalue()


def parquet_of(columns: dict[str, Any]) -> bytes:
    """Columns as a Parquet file."""
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def put(folder: Path, data: bytes | str | Sequence[dict[str, Any]], name: str = "t.csv", ask: Asked = NOTHING) -> Batch:
    """Writes a table (rows become CSV) and reads it."""
    made = data if isinstance(data, bytes | str) else csv_of(data)
    path = folder / name
    path.write_bytes(made.encode() if isinstance(made, str) else made)
    return read([path], tables=ask)


def told(batch: Batch, weight: str) -> list[tuple[int, str | None, str]]:
    """Row, claim and words of the problems of a weight."""
    return [(p["segment"], p["claim_id"], p["problem"]) for p in batch.problem.to_pylist() if p["weight"] == weight]
