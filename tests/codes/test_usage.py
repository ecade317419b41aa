"""Medicare's figures of DMEPOS use: by area, by supplier and by referring provider, read as published."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from perdiem.codes.releases import in_force, loaded, rows
from perdiem.model.errors import FormatError

from . import drawn
from .drawn import imported

GEO, SUPPLIER, REFERRING = (
    "MUP_DME_R25_P05_V10_D22_Geo.csv", "mup_dme_ry24_p05_v10_dy22_spsv.csv", "mup_dme_ry24_p05_v10_dy22_rfsv.csv",
)  # fmt: skip


def test_a_year_of_areas(tmp_path: Path) -> None:
    release = imported(tmp_path, GEO)[0]
    assert (release.effective, release.last) == (date(2022, 1, 1), date(2022, 12, 31))
    assert in_force("usage_geography", date(2022, 12, 31)) == [release]
    assert in_force("usage_geography", date(2023, 1, 1)) == []
    nation, state = rows(release, codes=["A9001"]).to_pylist()
    assert (nation["level"], nation["area"], nation["area_code"], nation["rental"]) == ("National", "National", None, False)
    assert (nation["referring"], nation["suppliers"], nation["members"], nation["claims"]) == (30, 12, 200, 900)
    assert (nation["services"], nation["submitted"], nation["allowed"]) == (Decimal(9000), Decimal("6.5"), Decimal("3.25"))
    assert (state["area"], state["area_code"], state["members"]) == ("Alabama", "01", None)  # withheld, not zero


def test_providers(tmp_path: Path) -> None:
    supplier = rows(imported(tmp_path, SUPPLIER)[0]).to_pylist()[0]
    assert (supplier["npi"], supplier["state"], supplier["members"], supplier["suppliers"]) == ("1999999984", "AL", None, None)
    dressing, pump = rows(imported(tmp_path, REFERRING)[0]).to_pylist()
    assert (dressing["rental"], pump["rental"], pump["members"], pump["paid"]) == (False, True, 11, Decimal(240))


WRONG = [
    ("Suplr_Rentl_Ind", "Other", "lacks a column for rental"),
    ("Tot_Suplr_Clms", "Other", "lacks a column for claims"),
    ("Avg_Suplr_Mdcr_Alowd_Amt", "Other", "lacks a column for allowed"),
    ("A9001", "A900", "'A900' is no code"),
    (",N,", ",maybe,", "'maybe' is neither yes nor no"),
    (",N,", ",,", "does not tell whether it was rented"),
    (",150,", ",many,", "'many' is no amount"),
    (",15,150,", ",15.5,150,", "no whole number"),
    (",15,150,", ",0,150,", "has no claims"),
    (",15,150,", ",15,-150,", "'-150' is no amount"),
]


@pytest.mark.parametrize(("was", "is_now", "why"), WRONG)
@pytest.mark.parametrize("name", [GEO, SUPPLIER, REFERRING])
def test_what_is_no_such_file_is_refused(tmp_path: Path, name: str, was: str, is_now: str, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        imported(tmp_path, name, drawn.FILES[name].replace(was, is_now))
    assert loaded() == []


@pytest.mark.parametrize(
    ("name", "was", "is_now", "why"),
    [
        (GEO, "State,", "Planet,", "'Planet' of 'Alabama' is no area"),
        (GEO, "200,900", "901,900", "more members than claims"),
        (SUPPLIER, "1999999984", "199999998", "NPI has not ten digits"),
        (REFERRING, "Equipment,DX002N,Invented,E9001", "Supplies,DX001N,Invented,A9001", "is refused"),
    ],
)
def test_rows_that_cannot_be(tmp_path: Path, name: str, was: str, is_now: str, why: str) -> None:
    text = drawn.FILES[name].replace(was, is_now)
    if why == "is refused":  # the same code once rented and once not is no contradiction
        assert imported(tmp_path, name, text)[0].rows == 2
        return
    with pytest.raises(FormatError, match=why):
        imported(tmp_path, name, text)


def test_a_year_of_release_is_no_year_of_data(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="does not tell its first day"):
        imported(tmp_path, "medicare-dme-2024.csv", drawn.GEOGRAPHY)
    assert imported(tmp_path, "medicare-dme-2024.csv", drawn.GEOGRAPHY, effective=date(2022, 1, 1))[0].rows == 3
