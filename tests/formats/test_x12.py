"""The envelope: separators, wrapping, several of everything, encodings, control checks, and what is no 837P."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import writer as w

from perdiem.formats import faults
from perdiem.formats.isa import headers
from perdiem.model.schema import Batch

SHAPES = {
    "unwrapped": w.text(w.segments(), "~"),
    "one segment a line": w.text(w.segments(), "~\n"),
    "CR LF": w.text(w.segments(), "~\r\n"),
    "BOM": b"\xef\xbb\xbf" + w.one(),
    "leading blanks": b"\n\n  \t" + w.one(),
    "indented": w.text(["  " + part for part in w.segments()]).lstrip(),
    "empty segments": w.text(w.segments(), "~~\n~"),
    "no last terminator": w.one().rstrip(b"~\n"),
    "trailing Ctrl-Z and NUL": w.one() + b"\x1a\x00\x00",
    "newline ends segments": w.text(w.segments(), "\n"),
    "CR ends segments": w.text(w.segments(), "\r"),
    "CR LF ends segments": w.text(w.segments(), "\r\n"),
    "other separators": w.text(w.segments(), "\x1c").replace(b"*", b"\x1d").replace(b":", b"\x1f"),
    "pipes": w.text(w.segments(), "!").replace(b"*", b"|").replace(b":", b"\\"),
}


def clean(batch: Batch) -> bool:
    return (batch.claim.num_rows, batch.line.num_rows, batch.rejected.num_rows, batch.problem.num_rows) == (1, 1, 0, 0)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_claim_in_every_shape(tmp_path: Path, shape: str) -> None:
    batch = w.put(tmp_path, SHAPES[shape])
    assert clean(batch), batch.problem.to_pylist()
    claim = batch.claim.to_pylist()[0]
    assert (claim["segment"], claim["charge"], claim["place"], claim["interchange"]) == (14, Decimal(100), "12", "000000001")


@pytest.mark.parametrize("width", [80, 79, 13])
def test_wrapped_at_a_column(tmp_path: Path, width: int) -> None:
    data = SHAPES["unwrapped"]
    assert clean(w.put(tmp_path, b"\r\n".join(data[at : at + width] for at in range(0, len(data), width))))


def test_several_interchanges_each_with_its_separators(tmp_path: Path) -> None:
    second = SHAPES["pipes"].replace(b"C1", b"C2").replace(b"000000001", b"000000002")
    batch = w.put(tmp_path, w.one() + b"\xef\xbb\xbf\r\n" + second)
    assert batch.claim.column("claim_id").to_pylist() == ["C1", "C2"]
    assert batch.claim.column("interchange").to_pylist() == ["000000001", "000000002"]
    assert batch.claim.column("segment").to_pylist()[0] == 14


def test_several_groups_and_sets(tmp_path: Path) -> None:
    body = [*w.provider(), *w.subscriber()]
    sets = [w.transaction([*body, *w.claim(name)], control) for name, control in (("A", "1"), ("B", "2"))]
    parts = [w.isa(), *w.group(sets), *w.group([w.transaction([*body, *w.claim("C")], "3")], control="2"), "IEA*2*000000001"]
    batch = w.put(tmp_path, w.text(parts))
    assert batch.claim.column("claim_id").to_pylist() == ["A", "B", "C"]
    assert batch.claim.column("set_no").to_pylist() == ["1", "2", "3"]
    assert batch.problem.num_rows == 0


def test_latin_1_is_told_and_utf_8_is_not(tmp_path: Path) -> None:
    assert clean(w.put(tmp_path, w.one().replace(b"DOE", "DÖE".encode())))
    batch = w.put(tmp_path, w.one().replace(b"DOE", "DÖE".encode("latin-1")))
    assert batch.claim.column("last_name").to_pylist() == ["DÖE"]
    assert "Latin-1" in w.told(batch, "warning")[0]


def test_a_wrapped_line_may_part_a_letter(tmp_path: Path) -> None:
    assert clean(w.put(tmp_path, w.one().replace(b"DOE", b"D\xc3\r\n\x96E")))


CONTROLS = {
    "SE01": (b"SE*17*", b"SE*16*"), "SE02": (b"*0001~\nGE", b"*0002~\nGE"), "GE01": (b"GE*1*", b"GE*2*"),
    "GE02": (b"GE*1*1", b"GE*1*2"), "IEA01": (b"IEA*1", b"IEA*x"), "IEA02": (b"IEA*1*000000001", b"IEA*1*000000002"),
    "SE is missing": (b"SE*17*0001~\n", b""), "GE is missing": (b"GE*1*1~\n", b""), "without IEA": (b"IEA*1*000000001~\n", b""),
    "no group": (b"GS*HC*S*R*20240601*1200*1*X*005010X222A1~\n", b""), "another guide": (b"*X*005010X222A1", b"*X*005010X222A2"),
    "width": (b"*ZZ*SENDER ", b"*ZZ*SENDER"),
}  # fmt: skip


@pytest.mark.parametrize("name", CONTROLS)
def test_a_wrong_envelope_is_told_and_the_claim_read(tmp_path: Path, name: str) -> None:
    old, new = CONTROLS[name]
    assert old in w.one(), w.one()
    batch = w.put(tmp_path, w.one().replace(old, new))
    assert (batch.claim.num_rows, batch.rejected.num_rows) == (1, 0)
    assert any(name in problem for problem in w.told(batch, "warning")), w.told(batch, "warning")


def test_claims_outside_any_set_are_set_aside(tmp_path: Path) -> None:
    batch = w.put(tmp_path, w.one().replace(b"ST*837", b"XX*837"))
    assert (batch.claim.num_rows, batch.rejected.num_rows) == (0, 1)
    assert "outside any transaction set" in w.told(batch, "refused")[0]


def test_a_second_isa_that_is_damaged(tmp_path: Path) -> None:
    batch = w.put(tmp_path, w.one() + w.one().replace(b"C1", b"C2").replace(b"*00*", b"*", 1).replace(b"ISA*", b"ISA*****", 1))
    assert batch.claim.column("claim_id").to_pylist() == ["C1", "C2"]


def test_bytes_before_the_isa_are_told(tmp_path: Path) -> None:
    batch = w.put(tmp_path, b"header of a mail\n" + w.one())
    assert batch.claim.num_rows == 1
    assert "The first 17 bytes" in w.told(batch, "refused")[0]


def test_a_person_called_lisa_is_no_interchange() -> None:
    assert len(headers(w.one(extra=["NTE*ADD*LISA*X"]).replace(b"DOE*PAT", b"LISA*ISA"))) == 1


OTHER_GUIDES = {
    "005010X223A2": "837I", "005010X224A2": "837D", "004010X098A1": "old version", "005010X222A9": "does not know",
    "005010": "unknown guide", "": "unknown guide",
}  # fmt: skip


@pytest.mark.parametrize("guide", OTHER_GUIDES)
def test_claims_of_other_guides_are_counted_and_set_aside(tmp_path: Path, guide: str) -> None:
    body = [*w.provider(), *w.subscriber(), *w.claim("A"), *w.claim("B", "2.50")]
    batch = w.put(tmp_path, w.text(w.segments(body, guide)))
    assert [tuple(row.values()) for row in batch.rejected.to_pylist()] == [
        ("a.837", 14, "A", Decimal(100), 1), ("a.837", 19, "B", Decimal("2.50"), 1)
    ]  # fmt: skip
    (problem,) = w.told(batch, "refused")
    assert OTHER_GUIDES[guide] in problem
    assert "(2)" in problem


def test_plain_x222_is_read_with_a_warning(tmp_path: Path) -> None:
    batch = w.put(tmp_path, w.text(w.segments(guide="005010X222")))
    assert batch.claim.num_rows == 1
    assert "addendum" in w.told(batch, "warning")[0]


@pytest.mark.parametrize(("kind", "word"), [("835", "remittance"), ("277", "status"), ("999", "acknowled"), ("850", "no claim")])
def test_other_sets_are_named(tmp_path: Path, kind: str, word: str) -> None:
    parts = [w.isa(), *w.group([w.transaction(["BHT*1"], kind=kind)]), "IEA*1*000000001"]
    batch = w.put(tmp_path, w.text(parts))
    assert batch.claim.num_rows == batch.rejected.num_rows == 0
    assert word in w.told(batch, "refused")[0]


def test_an_interchange_without_sets(tmp_path: Path) -> None:
    for inside, word in ((["TA1*1*240601*1200*A"], "TA1"), ([], "no transaction set")):
        batch = w.put(tmp_path, w.text([w.isa(), *inside, "IEA*0*000000001"]))
        assert word in w.told(batch, "refused")[0]


def test_a_set_without_claims(tmp_path: Path) -> None:
    assert "holds no claim" in w.told(w.put(tmp_path, w.text(w.segments(w.provider()))), "refused")[0]


def test_faults_of_a_torn_file_stay_with_their_claim(tmp_path: Path) -> None:
    body = [*w.provider(), *w.subscriber(), *w.claim("A"), *w.claim("B")]
    batch = w.put(tmp_path, w.text(w.segments(body)[:-4])[:-2])
    assert batch.claim.column("claim_id").to_pylist() == ["A"]
    assert faults.CUT_SHORT in w.told(batch, "rejected")
