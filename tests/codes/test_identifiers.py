"""Identifiers by their characters, what releases say of them, and the units that a product makes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from perdiem.codes import identifiers
from perdiem.codes.crosswalk import hcpcs_units, products
from perdiem.codes.keeping import keep
from perdiem.codes.releases import Release, loaded
from perdiem.codes.shapes import SHAPES
from perdiem.codes.validity import Validity, holdings

DAY = date(2024, 6, 3)


def drawn(kind: str, rows: list[dict[str, Any]], effective: date = date(2024, 4, 1), **told: Any) -> Release:
    """Keep a release of these rows in the data folder of the test."""
    shape = SHAPES[kind].arrow
    table = pa.table([pa.array([row.get(f.name) for row in rows], f.type) for f in shape], schema=shape)
    mark = f"{kind}-{effective}-{len(loaded())}"
    given = {"file": "drawn", "sha256": mark, "fingerprint": mark, **told}
    release = Release(id=mark, kind=kind, effective=effective, rows=len(rows), **given)
    keep([(release, table)])
    return release


@pytest.mark.parametrize(
    ("value", "outcome"),
    [("1234567893", ""), ("1245319599", ""), ("1234567890", "malformed"), ("3234567893", "malformed"), ("123456789", "malformed"),
     ("12345678930", "malformed"), ("12345 7893", "malformed"), ("\u0661234567893", "malformed"), ("2000000008", "malformed")],
)  # fmt: skip
def test_npi(value: str, outcome: str) -> None:
    assert identifiers.npi(value) == outcome


def test_one_wrong_digit_of_an_npi_is_always_found() -> None:
    sound = "1234567893"
    for at in range(1, 10):
        for digit in "0123456789":
            if digit != sound[at]:
                assert identifiers.npi(sound[:at] + digit + sound[at + 1 :]) == "malformed"


@pytest.mark.parametrize(
    ("value", "read"),
    [("99999000111", ("99999000111", "")), ("99999-0001-11", ("99999000111", "")), ("9999-0001-11", ("09999000111", "")),
     ("99999-001-11", ("99999000111", "")), ("99999-0001-1", ("99999000101", "")), ("9999900011", ("", "ambiguous")),
     ("999-0001-11", ("", "malformed")), ("999990001112", ("", "malformed")), ("99999-000111", ("", "malformed")),
     ("99999O00111", ("", "malformed")), ("", ("", "malformed")), ("9999-001-1", ("", "malformed"))],
)  # fmt: skip
def test_ndc(value: str, read: tuple[str, str]) -> None:
    assert identifiers.read_ndc(value) == read


@pytest.mark.parametrize("value", ["3336H0001X", "251F00000X", "193200000X", "2355A2700X"])
def test_taxonomy_sound(value: str) -> None:
    assert identifiers.taxonomy(value) == ""


@pytest.mark.parametrize("value", ["3336H0001", "3336H00010", "3336h0001X", "X336H0001X", "3336H0001XX"])
def test_taxonomy_malformed(value: str) -> None:
    assert identifiers.taxonomy(value) == "malformed"


@pytest.mark.parametrize(
    ("value", "outcome"),
    [("L03115", ""), ("L03.115", ""), ("Z3A", ""), ("C7B.1", ""), ("S72001A", ""), ("6826", "malformed"), ("L0", "malformed"),
     ("L03115678", "malformed"), ("l03115", "malformed")],
)  # fmt: skip
def test_diagnosis(value: str, outcome: str) -> None:
    assert identifiers.diagnosis(value) == outcome


def test_releases_speak_on_their_days_only() -> None:
    drawn("icd10cm", [{"code": "L03115", "billable": True}, {"code": "L0311", "billable": False}])
    drawn("icd10cm", [{"code": "L03119", "billable": True}], date(2024, 10, 1))
    first, last, second = date(2024, 4, 1), date(2024, 9, 30), date(2024, 10, 1)
    assert [(h.first, h.last) for h in holdings("icd10cm")] == [(first, last), (second, date(2025, 3, 31))]
    spans = Validity().spans("diagnosis", ["L03115", "L03.119", "L0311", "L0"])
    assert spans == {
        "L0": (("malformed", date.min, date.max),),
        "L03.119": (("unlisted", first, last),),
        "L0311": (("heading", first, last), ("unlisted", second, date(2025, 3, 31))),
        "L03115": (("unlisted", second, date(2025, 3, 31)),),
    }


def test_without_releases_nothing_but_shape_is_said() -> None:
    told = Validity()
    assert told.spans("diagnosis", ["Z9999"]) == {"Z9999": ()}
    assert told.spans("modifier", ["QQ"]) == {"QQ": ()}
    assert told.spans("place", ["98"]) == {"98": ()}
    assert hcpcs_units("99999000111", "J0696", Decimal(3), "UN", DAY) is None


def test_modifiers_speak_only_where_the_release_is_whole() -> None:
    rows = [{"modifier": "SH"}, {"modifier": "GQ", "end": date(2024, 5, 31)}, {"modifier": "ZZ", "start": date(2024, 6, 1)}]
    drawn("modifier", rows, sha256="one file")
    assert Validity().spans("modifier", ["QQ"]) == {"QQ": ()}
    drawn("hcpcs", [{"code": "J0696"}], sha256="one file", complete=True, sections="J")
    spans = Validity().spans("modifier", ["SH", "GQ", "ZZ", "QQ", "59"])
    days = {value: [(first, last) for _, first, last in found] for value, found in spans.items()}
    whole = (date(2024, 4, 1), date(2024, 6, 30))
    assert days == {"SH": [], "59": [], "QQ": [whole], "GQ": [(date(2024, 6, 1), whole[1])], "ZZ": [(whole[0], date(2024, 5, 31))]}


UNITS = [
    ("99999000111", "J0696", "3", "UN", "12"),  # a vial of powder: four units each
    ("9999-9000-111", "J0696", "3", "UN", None),
    ("99999000111", "J0696", "3", "ML", None),  # the size 1 tells no volume
    ("99999000111", "J0690", "3", "UN", None),  # not this product's code
    ("99999000111", "J0696", "1500", "ME", "6"),  # one unit is 250 mg
    ("99999000111", "J0696", "1500", "F2", None),
    ("99999000222", "J1569", "125", "ML", "25"),
    ("99999000222", "J1569", "2", "UN", None),  # vials or millilitres
    ("99999000333", "J7192", "3000", "F2", "3000"),
    ("99999000444", "J0696", "3", "UN", None),  # listed twice, with other units
]


@pytest.mark.parametrize(("ndc", "code", "quantity", "unit", "expected"), UNITS)
def test_units_of_a_product(ndc: str, code: str, quantity: str, unit: str, expected: str | None) -> None:
    vial = {"ndc": "99999000111", "code": "J0696", "dosage": "250 MG", "package_size": 1, "units_per_item": 4}
    fluid = {"ndc": "99999000222", "code": "J1569", "dosage": "500 MG", "package_size": 50, "units_per_item": 10}
    factor = {"ndc": "99999000333", "code": "J7192", "dosage": "1 IU", "package_size": 1, "units_per_item": 1}
    twice = {**vial, "ndc": "99999000444"}
    drawn("ndc_crosswalk", [vial, fluid, factor, twice])
    drawn("ndc_crosswalk", [{**twice, "units_per_item": 8}])
    assert hcpcs_units(ndc, code, Decimal(quantity), unit, DAY) == (Decimal(expected) if expected else None)
    assert hcpcs_units(ndc, code, Decimal(quantity), unit, date(2024, 7, 1)) is None
    assert [product.code for product in products("99999-0001-11", DAY)] == ["J0696"]
