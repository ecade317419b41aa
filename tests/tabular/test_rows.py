"""Rows become claims: columns by their many names, cells by their many forms, and what is wrong by row and column."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perdiem.formats.tabular.fields import BY_NAME, FIELDS, folded
from perdiem.formats.tabular.header import UnmatchedError, asked, match
from perdiem.model.errors import FormatError
from perdiem.model.schema import CLAIM, LINE, Census

from .sheets import HEAD, csv_of, parquet_of, put, row, told, xlsx_of


def test_a_clean_table_is_read_whole(tmp_path: Path) -> None:
    batch = put(
        tmp_path, [row(), row(line="2", code="j0696", modifiers="SH,59", units="28", charge="$1,234.50", ndc="00409-7332-01")]
    )
    (claim,), lines = batch.claim.to_pylist(), batch.line.to_pylist()
    assert {k: v for k, v in claim.items() if v is not None} == {
        "claim_no": 1, "claim_id": "C1", "charge": Decimal("1334.50"), "place": "12", "payer_qualifier": "PI", "payer_id": "84980",
        "payer_name": "84980", "member_id": "M1", "billing_npi": "1234567893", "diagnoses": ["A419", "E119"], "source": "t.csv",
        "segment": 2,
    }  # fmt: skip
    assert [(one["lx"], one["code"], one["mod1"], one["mod2"], one["segment"]) for one in lines] == [
        (1, "S9500", None, None, 2), (2, "J0696", "SH", "59", 3),
    ]  # fmt: skip
    assert (lines[1]["charge"], lines[1]["units"], lines[1]["ndc"]) == (Decimal("1234.50"), Decimal("28"), "00409-7332-01")
    assert batch.census == Census(1, 2, 133450)
    assert batch.problem.num_rows == 0
    for table, made in ((CLAIM, batch.claim), (LINE, batch.line)):
        assert made.schema.equals(table.arrow)
        made.validate(full=True)


HEADS = {
    "export": "Claim #,Payer ID,Member ID,NPI,POS,Line No.,CPT/HCPCS,Mod1,Qty,DOS From,Thru,Billed Amount,NDC,Dx",
    "shouted": "CLAIM_NUMBER,PAYOR,SUBSCRIBER ID,BILLING NPI,PLACE OF SERVICE,LINE,PROCEDURE CODE,MODIFIER,UNITS BILLED,FROM DATE,"
    "TO DATE,CHARGES,NDC CODE,DIAGNOSIS",
    "plain": "Patient Account,Insurance,MBI,Billing Provider NPI,PosCode,LX,HCPCS,Modifier 1,Quantity,Service Date,Through,"
    "Charge Amount,NDC Number,ICD-10",
}


@pytest.mark.parametrize("name", HEADS)
def test_columns_go_by_many_names(tmp_path: Path, name: str) -> None:
    plain, other = csv_of([row(modifiers="SH")]), csv_of([row(modifiers="SH")]).splitlines()[1]
    assert put(tmp_path, f"{HEADS[name]}\r\n{other}").line.equals(put(tmp_path, plain).line)
    assert put(tmp_path, f"{HEADS[name]}\r\n{other}").claim.equals(put(tmp_path, plain).claim)


def test_no_synonym_stands_for_two_fields() -> None:
    seen = [name for field in FIELDS for name in {folded(field.name), *field.synonyms}]
    assert len(seen) == len(set(seen))
    assert all(name == folded(name) for name in seen)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (["claim", "code", "qty", "dos"], "without a column for charge"),
        (["Claim ID", "HCPCS", "charge"], "without a column for units and from"),
        ([*HEAD, "Qty"], ""),
        ([name if name != "units" else "qty" for name in HEAD] + ["Quantity"], "qty, Quantity may all be units"),
        ([name if name != "modifiers" else "mods" for name in HEAD] + ["Mod1"], "mods, Mod1 may all be modifiers"),
        (["name", "city", "amount"], "only one of the columns"),
        (["ROE SAM", "19330417", "X"], "none of the columns"),
    ],
)
def test_a_header_matches_or_says_why_not(head: list[str], said: str) -> None:
    if not said:
        assert match(head, asked([], None)).at["units"] == HEAD.index("units")
        return
    with pytest.raises(UnmatchedError, match=said) as told_why:
        match(head, asked([], None))
    assert "ROE" not in str(told_why.value), "a first row without known names may be a claim"


def test_the_user_has_the_last_word(tmp_path: Path) -> None:
    text = csv_of([row()]).replace("code,", "Thing,").replace("from,", "When,")
    heard: list[str] = []
    ask = asked(["code=Thing,from=when"], None, lambda source, mapping: heard.append(f"{source}: {mapping}"))
    assert put(tmp_path, text, ask=ask).line["code"].to_pylist() == ["S9500"]
    assert heard[0].startswith("t.csv: code = Thing, from = When; as named: claim_id, payer")
    assert "No column is called Nothing" in told(put(tmp_path, text, ask=asked(["code=Nothing"], None)), "refused")[0][2]
    lenient = asked(["units=Nothing", "code=Thing", "from=When"], None).leniently()
    assert put(tmp_path, text, ask=lenient).line.num_rows == 1
    for wrong in (["kode=Thing"], ["code"], ["code="], ["code=A", "code=B"]):
        with pytest.raises(FormatError, match="--columns"):
            asked(wrong, None)


DATES = {
    "2024-06-03": True, "2024/6/3": True, "20240603": True, "06/03/2024": True, "6/3/2024": True, "6-3-2024": True, "45446": True,
    "45446.5": True, "3-Jun-2024": True, "03-JUN-2024": True, "2024-06-03 00:00:00": True, "2024-06-03T10:00:00Z": True,
    "6/3/2024 0:00": True, "06/03/24": False, "2024-02-30": False, "June": False, "1": False, "18990101": False, "6/3-2024": False,
}  # fmt: skip


@pytest.mark.parametrize("text", DATES)
def test_dates(tmp_path: Path, text: str) -> None:
    batch = put(tmp_path, [row(first=text, last="")])
    days = [(one["from_date"], one["to_date"]) for one in batch.line.to_pylist()]
    assert days == ([(date(2024, 6, 3), date(2024, 6, 3))] if DATES[text] else [])
    if not DATES[text]:
        assert told(batch, "rejected")[0][:2] == (2, "C1")
        assert "column from is not a date" in told(batch, "rejected")[0][2]


def test_the_order_of_day_and_month_is_the_columns_not_the_rows(tmp_path: Path) -> None:
    first = [row(claim_id=f"C{n}", first=f"{n}/6/2024", last="") for n in (3, 14, 25)]
    batch = put(tmp_path, first)
    assert batch.line["from_date"].to_pylist() == [date(2024, 6, n) for n in (3, 14, 25)]
    assert "read as day/month/year" in told(batch, "warning")[0][2]
    mixed = put(tmp_path, [*first, row(claim_id="US", first="6/30/2024", last=""), row(claim_id="ISO")])
    assert mixed.claim["claim_id"].to_pylist() == ["ISO"]
    assert all("mixes day first and month first" in words for _, _, words in told(mixed, "rejected"))
    slip = [row(claim_id=f"C{n}", first=f"6/{n}/2024", last="") for n in range(1, 12)]
    one = put(tmp_path, [*slip, row(claim_id="SLIP", first="13/6/2024", last="")])
    assert one.line.num_rows == 0, "one day beyond 12 among many is a slip, and then none can be told"


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "units": ({"units": "SEVEN"}, "column units is not a number of at most three decimals, with a point; its shape is AAA…"),
    "units below zero": ({"units": "-1"}, "column units is below zero"),
    "no units": ({"units": ""}, "column units is empty"),
    "fine units": ({"units": "1.0005"}, "column units is not"),
    "charge": ({"charge": "12,34"}, "column charge is not an amount in dollars and cents, with a point; its shape is 99,99"),
    "european": ({"charge": "1.234,50"}, "column charge is not"),
    "mills": ({"charge": "1.005"}, "column charge is not"),
    "credit": ({"charge": "(5.00)"}, "column charge is below zero"),
    "debit": ({"charge": "-5.00"}, "column charge is below zero"),
    "no charge": ({"charge": ""}, "column charge is empty"),
    "no code": ({"code": ""}, "column code is empty"),
    "no day": ({"first": ""}, "column from is empty"),
    "backward": ({"last": "2024-06-02"}, "lies before the first"),
    "endless": ({"last": "2027-06-02"}, "more than two years"),
    "modifiers": ({"modifiers": "SHSJ"}, "modifiers of two characters"),
    "five modifiers": ({"modifiers": "A1 A2 A3 A4 A5"}, "more than four modifiers"),
    "line": ({"line": "one"}, "column line is not a line number"),
    "long id": ({"claim_id": "X" * 39}, "column claim_id is not a text"),
    "cut id": ({"claim_id": "1.23457E+11"}, "its digits are lost"),
    "cut member": ({"member_id": "1.23457E+11"}, "its digits are lost"),
    "control": ({"member_id": "M\x071"}, "without control characters"),
    "no claim number": ({"claim_id": ""}, "a code but no claim number"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_cell_sets_its_claim_aside_and_no_other(tmp_path: Path, name: str) -> None:
    cells, said = BAD[name]
    batch = put(
        tmp_path,
        [
            row(claim_id="A"),
            row(claim_id="B", **{k: v for k, v in cells.items() if k != "claim_id"}) | cells_of(cells),
            row(claim_id="Z"),
        ],
    )
    assert batch.claim["claim_id"].to_pylist() == ["A", "Z"]
    assert batch.rejected.num_rows == 1
    (row_no, _, words), *_ = told(batch, "rejected")
    assert row_no == 3
    assert said in words
    assert batch.problem["counted_in"].unique().to_pylist() == ["row"]
    values = [str(v) for v in cells.values() if len(str(v)) > 4 and not re.search(r"\d{2}", str(v))]
    assert not [v for v in values if v in words], "the value itself is nobody's business"


def cells_of(cells: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in cells.items() if k == "claim_id"}


def test_rows_of_a_claim_that_differ_name_both_rows(tmp_path: Path) -> None:
    batch = put(tmp_path, [row(), row(claim_id="C2"), row(line="2", member_id="M2"), row(claim_id="C2", line="2", member_id="")])
    assert batch.claim["claim_id"].to_pylist() == ["C2"]
    assert told(batch, "rejected") == [
        (
            4,
            "C1",
            "Rows 2 and 4 of this claim differ in column member_id, which a claim has once. Correct it and read the table again.",
        )
    ]
    assert batch.rejected.to_pylist() == [
        {"source": "t.csv", "segment": 2, "claim_id": "C1", "charge": Decimal("200.00"), "lines": 2}
    ]


def test_claims_come_in_the_order_of_their_first_rows(tmp_path: Path) -> None:
    rows = [row(claim_id=name, line="", code=f"S95{at:02d}") for at, name in enumerate("BABCA")]
    batch = put(tmp_path, rows)
    assert batch.claim["claim_id"].to_pylist() == ["B", "A", "C"]
    assert [(one["claim_no"], one["lx"], one["segment"]) for one in batch.line.to_pylist()] == [
        (1, 1, 2), (1, 2, 4), (2, 1, 3), (2, 2, 6), (3, 1, 5),
    ]  # fmt: skip


def test_blank_rows_are_passed_over_and_totals_told(tmp_path: Path) -> None:
    text = "\r\n\r\n" + csv_of([row(), row(claim_id="C2")]) + ",,,\r\n\r\n,,,,,,,,14,,,200.00,,\r\nGrand Total,,,,,,,,,,,200.00\r\n"
    batch = put(tmp_path, text)
    assert batch.line["segment"].to_pylist() == [4, 5]
    (warned,) = told(batch, "warning")
    assert warned[0] == 8
    assert "2 rows have neither claim number nor code" in warned[2]
    assert batch.census == Census(2, 2, 20000)
    (alone,) = told(put(tmp_path, csv_of([row()]) + ",,,,,,,,14,,,200.00,,\r\n"), "warning")
    assert alone[2].startswith("This row has neither claim number nor code: ")


def test_what_looks_odd_is_told_once(tmp_path: Path) -> None:
    rows = [row(claim_id=f"C{n}", ndc=ndc) for n, ndc in enumerate(["409733201", "74433201", "0409733201", "00409733201", "A"])]
    batch = put(tmp_path, rows)
    assert batch.line["ndc"].to_pylist() == ["00409733201", "00074433201", "0409733201", "00409733201", "A"]
    assert [(at, words.split(" in column")[0]) for at, _, words in told(batch, "warning")] == [(2, "2 NDCs"), (4, "The NDC")]
    twice = put(tmp_path, [row(), row()])
    assert "one line number" in told(twice, "warning")[0][2]
    none = put(tmp_path, csv_of([row()], [name for name in HEAD if name not in ("payer", "member_id", "to", "pos")]))
    assert len(told(none, "warning")) == 2
    assert none.line.num_rows == 1


def test_an_unquoted_separator_in_an_amount_is_seen(tmp_path: Path) -> None:
    text = csv_of([row(), row(claim_id="C2")]).replace(
        "C2,84980,M1,1234567893,12,1,S9500,,7", "C2,84980,M1,1234567893,12,1,S9500,,1,007"
    )
    batch = put(tmp_path, text)
    assert batch.claim["claim_id"].to_pylist() == ["C1"]
    assert "more cells than the header" in told(batch, "rejected")[0][2]


def test_numbers_and_days_of_a_workbook(tmp_path: Path) -> None:
    cells = row(
        claim_id=12345, member_id=123456789, pos=12.0, line=1, units=7, first=date(2024, 6, 3), last=date(2024, 6, 9), charge=100.1
    )
    book = put(tmp_path, xlsx_of([cells, row(claim_id="C2", pos=1, charge=0.1 + 0.2)], blank=2), "t.xlsx")
    assert book.claim["claim_id"].to_pylist() == ["12345", "C2"]
    assert book.claim["charge"].to_pylist() == [Decimal("100.10"), Decimal("0.30")]
    assert book.claim["place"].to_pylist() == ["12", "01"]
    assert book.line["segment"].to_pylist() == [4, 5]
    assert book.line["to_date"].to_pylist()[0] == date(2024, 6, 9)


def test_types_of_parquet(tmp_path: Path) -> None:
    import pyarrow as pa

    columns = {
        "claim_id": pa.array([7, 8], pa.int32()), "Payer Name": pa.array(["BCBS OF TEXAS"] * 2).dictionary_encode(),
        "code": ["S9500", "S9500"], "mods": pa.array([["SH", "59"], None]), "units": pa.array([7.0, 0.5]),
        "from": pa.array([date(2024, 6, 3)] * 2), "to": pa.array([19883, 19884], pa.timestamp("D") if False else pa.date32()),
        "charge": pa.array([Decimal("1.10"), Decimal("2.20")]), "member": pa.array(["M", "N"], pa.large_string()),
        "DOB": pa.array([None, 0], pa.timestamp("s")), "pos": pa.array([12.1, float("nan")], pa.float32()),
    }  # fmt: skip
    batch = put(tmp_path, parquet_of(columns), "t.parquet")
    assert told(batch, "rejected")[0][:2] == (1, "7")
    assert batch.claim["claim_id"].to_pylist() == ["8"]
    assert batch.claim["payer_name"].to_pylist() == ["BCBS OF TEXAS"]
    assert batch.claim["birth_date"].to_pylist() == [date(1970, 1, 1)]
    assert batch.line["units"].to_pylist() == [Decimal("0.500")]
    assert batch.census == Census(2, 2, 330)


def test_the_extras_tell_dependents_apart(tmp_path: Path) -> None:
    head = [
        *HEAD,
        "Patient Name",
        "DOB",
        "Gender",
        "Relationship",
        "Claim Frequency",
        "Original Ref",
        "Taxonomy",
        "Billing Provider Name",
    ]
    extra = {"Patient Name": "ROE, SAM", "DOB": "4/17/1993", "Gender": "Female", "Relationship": "child", "Claim Frequency": "7",
             "Original Ref": "OLD", "Taxonomy": "3336h0001x", "Billing Provider Name": "EXAMPLE, INC"}  # fmt: skip
    (claim,) = put(tmp_path, csv_of([row(**extra)], head)).claim.to_pylist()
    told_of = ("last_name", "first_name", "birth_date", "sex", "relation", "frequency", "original_ref", "billing_taxonomy")
    assert [claim[name] for name in told_of] == ["ROE", "SAM", date(1993, 4, 17), "F", "CHILD", "7", "OLD", "3336H0001X"]
    assert BY_NAME["relation"].contract is False
