"""Every official file beside the repository is imported whole, counted row by row against what its README says."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from perdiem.codes.conflicts import differences
from perdiem.codes.imports import Wishes, import_file
from perdiem.codes.official import complete_spans
from perdiem.codes.releases import loaded, rows
from perdiem.model.errors import FormatError

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "codes"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/data/codes (official code files) is not here")

FILES = {
    "hcpcs_level2_2024_07.csv.gz": {("hcpcs", ""): 8033},
    "hcpcs_anweb_2019.csv.gz": {("hcpcs", ""): 6440, ("modifier", ""): 360},  # of 6801 lines one goes on with another
    "hcpcs_modifiers_2024_06.csv.gz": {("modifier", ""): 371},  # of 372 one stands twice
    "place_of_service_2023_09.csv": {("place", ""): 99},
    "carc_rarc_cagc_2024_06.csv": {("reason", ""): 1581},
    "ncci_mue_2024_07.csv.gz": {("mue", "dme"): 2928, ("mue", "practitioner"): 4389, ("mue", "outpatient"): 4341},
    "ncci_ptp_practitioner_2024_07_level2.csv.gz": {("ptp", "practitioner"): 3158},
    "asp_ndc_hcpcs_crosswalk_2026_01.csv.gz": {("ndc_crosswalk", ""): 7097},  # of 7098 one has an NDC of twelve digits
    "medicare_part_b_payment_limits_2026_01.csv": {("payment_limit", ""): 844},
    "icd10cm_2026_04.csv.gz": {("icd10cm", ""): 98186},  # of 98225 thirty-nine stand twice, as block and as category
}
NO_RELEASES = ("hcpcs_2025_additions_ghjms.csv", "opps_addendum_b_2025_10_level2.csv.gz", "pfs_rvu_2025_10_level2.csv.gz")


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_row_is_read(name: str) -> None:
    began = time.monotonic()
    told = import_file(FOLDER / name, Wishes(effective=date(2019, 1, 1)) if "2019" in name else None)
    assert {(r.kind, r.setting): r.rows for r in told.new} == FILES[name]
    assert sum(len(bad) for bad in told.bad.values()) == (1 if name.startswith("asp") else 0)
    assert time.monotonic() - began < 30  # seconds, on a busy machine; a second or two on an idle one


@pytest.mark.parametrize("name", NO_RELEASES)
def test_other_lists_are_refused(name: str) -> None:
    with pytest.raises(FormatError, match="none of the layouts tried"):
        import_file(FOLDER / name)


def test_no_file_is_left_out() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {*FILES, *NO_RELEASES}


def test_whole_releases_are_known_as_such() -> None:
    import_file(FOLDER / "hcpcs_level2_2024_07.csv.gz")
    import_file(FOLDER / "hcpcs_anweb_2019.csv.gz", Wishes(effective=date(2019, 1, 1)))
    spans = complete_spans(loaded())
    days = [(date(2019, 1, 1), date(2019, 3, 31)), (date(2024, 7, 1), date(2024, 9, 30))]
    assert [(s.first, s.last) for s in spans] == days
    assert [s.sections for s in spans] == ["ABCEGHJKLMPQRSTV", "ABCEGHJKLMPQRSTUV"]
    assert not [c for c in differences(loaded()) if "the code book" in (c.one, c.other)]
    ended = next(iter(rows(loaded("hcpcs")[1], None, ("J0610",)).to_pylist()))
    assert (ended["start"], ended["end"]) == (date(1982, 1, 1), date(2023, 3, 31))
