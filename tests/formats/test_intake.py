"""The whole intake: order over many sources, files of other kinds, progress, and a ledger that must balance."""

from __future__ import annotations

import gzip
import io
from decimal import Decimal
from pathlib import Path

import pytest
import writer as w

from perdiem.formats import census, intake
from perdiem.formats.bulk import read_chunks
from perdiem.formats.content import refusal
from perdiem.model.errors import EngineError
from perdiem.model.schema import CLAIM_TABLES, Census

OTHERS = {
    b"": "empty", b" \r\n\x00": "empty", b"%PDF-1.7 ...": "PDF", b'{"resourceType": "Claim"}': "JSON", b"[1]": "JSON",
    b"<html>": "XML", b"PAR1\x15": "Parquet", b"claim_id,payer,code\nA,B,C\n": "table", b"a;b;c\n": "table",
    b"GS*HC*S*R~ST*837*1~": "without the ISA", b"ISA*00*  ": "cut short", b"\xff\xfeI\x00S\x00A\x00": "UTF-16",
    b"I\x00S\x00A\x00*\x00": "UTF-16", "ISA*00*".encode("cp037"): "EBCDIC", bytes(range(256)): "binary",
    b"Dear Sir, please pay.": "not X12", b"UNB+UNOA": "EDIFACT",
    b"\xef\xbb\xbf{}": "JSON",
}  # fmt: skip


@pytest.mark.parametrize("data", OTHERS)
def test_other_files_are_named_and_count_nothing(tmp_path: Path, data: bytes) -> None:
    batch = w.put(tmp_path, data)
    (problem,) = w.told(batch, "refused")
    assert OTHERS[data] in problem
    assert batch.census == Census()
    assert batch.problem.column("segment").to_pylist() == [0]


def torn(data: bytes) -> bytes:
    """The file with its ISA cut, so that nobody can tell its separators."""
    return b"ISA*00*" + data[data.index(b"GS") - 1 :]


def claims(count: int, charge: str = "100.50") -> bytes:
    body = [*w.provider(), *w.subscriber(), *(part for at in range(count) for part in w.claim(f"C{at}", charge=charge))]
    return w.text(w.segments(body))


UNREAD = {
    "a damaged ISA": (torn(claims(3)), 3, "301.50"),
    "one claim": (torn(claims(1)), 1, "100.50"),
    "no ISA": (claims(3)[claims(3).index(b"GS*") :], 3, "301.50"),
    "other separators": (torn(claims(3)).replace(b"*", b"|").replace(b"~", b"'"), 3, "301.50"),
    "ended by line ends": (torn(claims(3)).replace(b"\n", b"").replace(b"~", b"\n"), 3, "301.50"),
    "words before it": (b"Dear Sir, see below:\n" + torn(claims(2)), 2, "201.00"),
    "charges that are none": (torn(claims(2, "x")), 2, "0.00"),
    "charges below zero": (torn(claims(2, "-5")), 2, "0.00"),
    "charges beyond belief": (torn(claims(2, "9" * 16)), 2, "0.00"),
}


@pytest.mark.parametrize("case", UNREAD)
@pytest.mark.parametrize("first", [1 << 16, 700])
def test_a_refused_file_says_how_many_claims_it_seems_to_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, first: int
) -> None:
    """Whole, in pieces, plain, packed, as a large file, and by the bulk reader: the same, and outside the accounts."""
    monkeypatch.setattr("perdiem.formats.unread._FIRST", first)
    monkeypatch.setattr("perdiem.formats.unread._PIECE", 97)
    data, count, charge = UNREAD[case]
    batch = w.put(tmp_path, data)
    [told] = batch.problem.to_pylist()
    assert f"About {count} claim{'' if count == 1 else 's'} (CLM)" in told["problem"]
    assert (told["weight"], told["unread"], told["unread_charge"]) == ("refused", count, Decimal(charge))
    assert batch.census == Census()
    (tmp_path / "a.837.gz").write_bytes(gzip.compress(data))
    for chunks in (read_chunks([tmp_path], large=0), read_chunks([tmp_path])):
        [chunk] = chunks
        assert [{**told, "source": name} for name in ("a.837", "a.837.gz")] == chunk.problem.to_pylist()
        assert chunk.census == Census()


@pytest.mark.parametrize("data", [
    torn(claims(0)), b"claim,CLM,charge\n1,CLM,5\n2,CLM,7\n", b"%PDF" + torn(claims(2)), b"{" + torn(claims(2)), b"CLM*1~ CLM",
    torn(claims(2)).replace(b"~", b"").replace(b"\n", b""),
])  # fmt: skip
def test_what_seems_to_hold_no_claims_says_none(tmp_path: Path, data: bytes) -> None:
    [told] = w.put(tmp_path, data).problem.to_pylist()
    assert (told["weight"], told["unread"], told["unread_charge"]) == ("refused", None, None)
    assert "seem" not in told["problem"]


def test_a_readable_isa_further_on_is_read(tmp_path: Path) -> None:
    batch = w.put(tmp_path, torn(claims(2000)) + claims(3))
    assert batch.claim.num_rows == 3
    assert batch.problem.column("unread").null_count == batch.problem.num_rows > 0


def test_an_excel_workbook_is_named(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "a", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    assert "Excel" in w.told(intake.read([tmp_path / "a"]), "refused")[0]


def test_order_is_that_of_names_then_place(tmp_path: Path) -> None:
    for name in ("b.837", "a.837", "c.txt"):
        (tmp_path / name).write_bytes(w.one(name))
    (tmp_path / "a0.pdf").write_bytes(b"%PDF")
    batch = intake.read([tmp_path / "c.txt", tmp_path, "-"], stdin=io.BytesIO(w.one("in")))
    assert batch.claim.column("claim_id").to_pylist() == ["a.837", "b.837", "c.txt", "in"]
    assert batch.claim.column("claim_no").to_pylist() == [1, 2, 3, 4]
    assert batch.problem.column("source").to_pylist() == ["a0.pdf"]


def test_tables_keep_the_schema_and_no_empty_cell_where_none_may_be(tmp_path: Path) -> None:
    batch = w.put(tmp_path, w.one() + w.one(charge="x"))
    for table in CLAIM_TABLES:
        made = getattr(batch, table.name)
        assert made.schema.equals(table.arrow)
        made.validate(full=True)
        assert all(made.column(c.name).null_count == 0 for c in table.columns if not c.empty)


def test_progress_is_heard(tmp_path: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    body = [*w.provider(), *w.subscriber(), *(part for at in range(5000) for part in w.claim(f"C{at}"))]
    data = w.text(w.segments(body))
    (tmp_path / "a").write_bytes(data)
    intake.read([tmp_path / "a"], progress=lambda *said: heard.append(said))
    assert heard[-1] == ("a", len(data), len(data))
    assert len(heard) > 2
    assert heard == sorted(heard)


def test_a_ledger_that_does_not_balance_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(census, "count", lambda data: Census(2, 1, 10000))
    with pytest.raises(EngineError, match="2, 1 and 10000 were counted"):
        w.put(tmp_path, w.one())


def test_many_rows_pass_through_sealed_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perdiem.formats.columns._SEAL_AT", 100)
    monkeypatch.setattr("perdiem.formats.claim_837p._EASE_EVERY", 3)
    body = [*w.provider(), *w.subscriber()]
    for at in range(50):
        body += w.claim(f"C{at}", "x" if at % 7 == 3 else "100")
    batch = w.put(tmp_path, w.text(w.segments(body)))
    assert batch.claim.column("claim_no").to_pylist() == batch.line.column("claim_no").to_pylist() == list(range(1, 44))
    assert batch.claim.column("diagnoses").num_chunks > 3


def test_a_readable_file_is_not_refused() -> None:
    assert refusal(w.one()) is None


def test_files_cut_short_are_known_by_name_not_by_words(tmp_path: Path) -> None:
    """Of several files, read whole or in chunks: those with an interchange that ends without its trailer, and no other."""
    whole = w.one()
    files = {
        "whole": whole, "wrong count": whole.replace(b"SE*", b"SE*9"), "no end": whole[: whole.index(b"IEA")],
        "torn": whole[: whole.index(b"SV1") + 9], "two": whole[: whole.index(b"SE*")] + whole,
        "note": b"The interchange ends without IEA",
    }  # fmt: skip
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    assert intake.read([tmp_path]).cut == {"no end", "torn", "two"}
    for compiled in (True, False):
        chunks = list(read_chunks([tmp_path], claims_per_chunk=1, large=0, window=300, compiled=compiled))
        assert chunks[-1].cut == {"no end", "torn", "two"}
    assert intake.read([tmp_path / "whole"]).cut == frozenset()
