"""What an 837P claim becomes: every column, and the context that decides what a segment means."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import writer as w


def row(tmp_path: Path, data: bytes) -> dict[str, object]:
    batch = w.put(tmp_path, data)
    assert batch.rejected.num_rows == 0, batch.problem.to_pylist()
    return batch.claim.to_pylist()[0]


def test_every_column_of_a_claim(tmp_path: Path) -> None:
    extra = ["NM1*82*1*ROE*JO****XX*1987654320", "REF*G2*X", "NM1*77*2*HOSPITAL*****XX*1111111112"]
    data = w.one(extra=["REF*F8*OLD1", "REF*G1*AUTH1", *extra])
    assert row(tmp_path, data) == {
        "claim_no": 1, "claim_id": "C1", "charge": Decimal("100.00"), "place": "12", "facility_qualifier": "B",
        "frequency": "1", "original_ref": "OLD1", "prior_auth": "AUTH1", "payer_qualifier": "PI", "payer_id": "84980",
        "payer_name": "EXAMPLE PAYER", "filing": "CI", "member_id": "M1", "relation": "18", "last_name": "DOE",
        "first_name": "PAT", "birth_date": date(1970, 1, 2), "sex": "F", "billing_npi": "1234567893",
        "billing_taxonomy": "3336H0001X", "billing_name": "EXAMPLE INFUSION", "rendering_npi": "1987654320",
        "facility_name": "HOSPITAL", "diagnoses": ["A419", "E119"], "source": "a.837", "interchange": "000000001",
        "set_no": "0001", "segment": 14,
    }  # fmt: skip


def test_every_column_of_a_line(tmp_path: Path) -> None:
    lines = [
        "LX*1", "SV1*HC:s9500:sh: :u1::daily dose*10.5*UN*1.250*04**1:2", "DTP*472*D8*20240603", "REF*6R*L1",
        "NTE*ADD*one", "NTE*ADD*two", "LIN**N4*00074433201", "CTP****2.5*ML:X", "REF*XZ*RX1",
    ]  # fmt: skip
    batch = w.put(tmp_path, w.one(charge="10.50", lines=lines))
    assert batch.line.to_pylist() == [
        {
            "line_no": 1, "claim_no": 1, "lx": 1, "qualifier": "HC", "code": "S9500", "mod1": "SH", "mod2": None,
            "mod3": "U1", "mod4": None, "description": "daily dose", "charge": Decimal("10.50"), "unit_basis": "UN",
            "units": Decimal("1.250"), "place": "04", "pointers": ["1", "2"], "from_date": date(2024, 6, 3),
            "to_date": date(2024, 6, 3), "ndc": "00074433201", "ndc_quantity": Decimal("2.500"), "ndc_unit": "ML",
            "prescription": "RX1", "control": "L1", "note": "one two", "segment": 17,
        }
    ]  # fmt: skip
    assert batch.problem.num_rows == 0


def test_missing_place_is_null_and_units_may_be_zero(tmp_path: Path) -> None:
    data = w.one(lines=w.line(sv1="SV1*HC:S9500*100*UN*0")).replace(b"12:B:1", b":B:1")
    batch = w.put(tmp_path, data)
    assert batch.claim.column("place").to_pylist() == [None]
    assert batch.line.column("units").to_pylist() == [Decimal(0)]


def test_other_payers_do_not_become_the_payer(tmp_path: Path) -> None:
    other = [
        "SBR*S*18*******MB", "CAS*CO*45*10.5**253*1", "AMT*D*80", "OI***Y***Y", "NM1*IL*1*DOE*PAT****MI*OTHER",
        "NM1*PR*2*SECOND PAYER*****PI*99999", "REF*F8*THEIRS", "REF*G1*THEIRS", "NM1*82*1*OTHER****XX*1",
    ]  # fmt: skip
    lines = [*w.line(), "AMT*T*3", "SVD*99999*80*HC:S9500**7", "CAS*PR*1*20", "AMT*EAF*20"]
    batch = w.put(tmp_path, w.one(lines=lines, extra=other))
    claim = batch.claim.to_pylist()[0]
    kept = [claim[name] for name in ("payer_id", "member_id", "original_ref", "prior_auth", "rendering_npi")]
    assert kept == ["84980", "M1", None, None, None]
    amounts = [tuple(row.values())[1:] for row in batch.other_payer.to_pylist()]
    assert amounts == [
        (None, "99999", "CO-45", Decimal("10.50")), (None, "99999", "CO-253", Decimal(1)), (None, "99999", "D", Decimal(80)),
        (1, "99999", "SVD", Decimal(80)), (1, "99999", "PR-1", Decimal(20)), (1, "99999", "EAF", Decimal(20)),
    ]  # fmt: skip


def test_rendering_of_a_line_is_not_that_of_the_claim(tmp_path: Path) -> None:
    assert row(tmp_path, w.one(lines=[*w.line(), "NM1*82*1*ROE****XX*1987654320"]))["rendering_npi"] is None


def test_a_dependent_and_the_next_subscriber(tmp_path: Path) -> None:
    child = ["HL*3*2*23*0", "PAT*19", "NM1*QC*1*DOE*KIM", "DMG*D8*20150304*M"]
    body = [*w.provider(), *w.subscriber(), *child, *w.claim("C1"), *w.subscriber(4, 1, "M2", "11111")[:3], *w.claim("C2")]
    batch = w.put(tmp_path, w.text(w.segments(body)))
    first, second = batch.claim.to_pylist()
    named = ("member_id", "relation", "first_name", "birth_date", "sex", "payer_id")
    assert [first[name] for name in named] == ["M1", "19", "KIM", date(2015, 3, 4), "M", "84980"]
    assert [second[name] for name in named] == ["M2", "18", "PAT", None, None, None]  # nothing of M1 remains
    assert any("names no payer" in problem for problem in w.told(batch, "warning"))


def test_a_new_provider_forgets_the_old_one(tmp_path: Path) -> None:
    bare = ["HL*3**20*1", "NM1*85*2*OTHER PHARMACY*****XX*1111111112"]
    body = [*w.provider(), *w.subscriber(), *w.claim("C1"), *bare, *w.subscriber(4, 3), *w.claim("C2")]
    batch = w.put(tmp_path, w.text(w.segments(body)))
    assert batch.claim.column("billing_npi").to_pylist() == ["1234567893", "1111111112"]
    assert batch.claim.column("billing_taxonomy").to_pylist() == ["3336H0001X", None]


LOST = {
    "no HL at all": [*w.claim()],
    "claim under the provider": [*w.provider(), *w.claim()],
    "level unreadable": [*w.provider(), "HL*2*1*2X*0", *w.subscriber()[1:], *w.claim()],
    "HL of the second subscriber lost": [
        *w.provider(), *w.subscriber(), *w.claim("C0"), *w.subscriber(3, 1, "M2")[1:], *w.claim()
    ],
    "only the name of the second subscriber left": [
        *w.provider(), *w.subscriber(), *w.claim("C0"), "NM1*IL*1*ROE*JO****MI*M2", *w.claim()
    ],
    "two subscribers": [*w.provider(), *w.subscriber(), "NM1*IL*1*ROE*JO****MI*M2", *w.claim()],
    "two payers": [*w.provider(), *w.subscriber(), "NM1*PR*2*OTHER*****PI*2", *w.claim()],
    "a patient of another subscriber": [
        *w.provider(), *w.subscriber(), *w.subscriber(3, 1, "M2"), "HL*4*2*23*0", "NM1*QC*1*DOE*KIM", *w.claim()
    ],
    "a subscriber of another provider": [*w.provider(), *w.provider(5, "1111111112"), *w.subscriber(), *w.claim()],
}  # fmt: skip


@pytest.mark.parametrize("name", LOST)
def test_nothing_of_one_member_reaches_another(tmp_path: Path, name: str) -> None:
    batch = w.put(tmp_path, w.text(w.segments(LOST[name])))
    assert [row["claim_id"] for row in batch.rejected.to_pylist()] == ["C1"]
    assert "C1" not in batch.claim.column("claim_id").to_pylist()


def test_an_unknown_parent_is_told_and_read(tmp_path: Path) -> None:
    batch = w.put(tmp_path, w.text(w.segments([*w.provider(), *w.subscriber(2, 9), *w.claim()])))
    assert batch.claim.num_rows == 1
    assert any(problem.startswith("HL02") for problem in w.told(batch, "warning"))


def test_another_component_separator_than_isa16(tmp_path: Path) -> None:
    batch = w.put(tmp_path, w.one().replace(b"S9500", b"S9500:SH").replace(b":", b">").replace(b"*T*>", b"*T*:"))
    assert batch.line.column("mod1").to_pylist() == ["SH"]
    assert batch.claim.column("place").to_pylist() == ["12"]
    assert "separator" in w.told(batch, "warning")[0]


def test_numbers_run_over_the_batch(tmp_path: Path) -> None:
    body = [*w.provider(), *w.subscriber(), *w.claim("A"), *w.claim("B", charge="x"), *w.claim("C")]
    batch = w.put(tmp_path, w.text(w.segments(body)))
    assert batch.claim.column("claim_no").to_pylist() == [1, 2]
    assert batch.line.column("line_no").to_pylist() == [1, 2]
    assert batch.line.column("claim_no").to_pylist() == [1, 2]
    assert batch.claim.column("claim_id").to_pylist() == ["A", "C"]
