"""Official files are known by content, read into canonical columns, and kept whole or not at all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from perdiem.codes import keeping
from perdiem.codes.days_told import days_told
from perdiem.codes.imports import Wishes, import_file
from perdiem.codes.keeping import forget
from perdiem.codes.releases import Release, loaded, rows
from perdiem.codes.shapes import SHAPES
from perdiem.model.errors import FormatError

from . import drawn
from .drawn import imported

JULY = date(2024, 7, 1)
EXPECTED = {
    "HCPC2024_JUL_ANWEB.csv": {"hcpcs": 3, "modifier": 1},
    "HCPC2024_JUL_ANWEB.txt": {"hcpcs": 3, "modifier": 1},
    "level_two_2024_07.csv": {"hcpcs": 2},
    "modifiers_2024_06.csv": {"modifier": 2},
    "places_2023_09.csv": {"place": 3},
    "cms_places_2023-09-01.csv": {"place": 1},
    "MCR_MUE_PractitionerServices.csv": {"mue": 2},
    "mue_2024_07.csv": {"mue": 2},
    "ccipra_2024q3.txt": {"ptp": 2},
    "pairs_practitioner_2024_07.csv": {"ptp": 1},
    "crosswalk_2024_07.csv": {"ndc_crosswalk": 2},
    "limits.csv": {"payment_limit": 1},
    "icd_2026_04.csv": {"icd10cm": 2},
    "icd10cm_order_2026.txt": {"icd10cm": 2},
    "icd10cm_codes_2026.txt": {"icd10cm": 2},
    "reasons_2024_06.csv": {"reason": 2},
    "DME24-C.csv": {"fee_schedule": 4},
    "MUP_DME_R25_P05_V10_D22_Geo.csv": {"usage_geography": 3},
    "mup_dme_ry24_p05_v10_dy22_spsv.csv": {"usage_supplier": 1},
    "mup_dme_ry24_p05_v10_dy22_rfsv.csv": {"usage_referring": 2},
}


def first(release: Release) -> dict[str, object]:
    return rows(release).to_pylist()[0]


@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.parametrize("name", sorted(drawn.FILES))
def test_every_layout_is_known_by_its_content(tmp_path: Path, name: str, packed: str) -> None:
    new = imported(tmp_path, name + packed)
    counted: dict[str, int] = {}
    for release in new:
        assert rows(release).schema == SHAPES[release.kind].arrow
        assert rows(release).num_rows == release.rows
        counted[release.kind] = counted.get(release.kind, 0) + release.rows
    assert counted == EXPECTED[name]
    assert sorted(loaded(), key=lambda r: r.id) == sorted(new, key=lambda r: r.id)


def test_table_and_record_file_say_the_same(tmp_path: Path) -> None:
    """Continued descriptors, successors, days; modifiers apart from codes."""
    told = []
    for name in ("HCPC2024_JUL_ANWEB.csv", "HCPC2024_JUL_ANWEB.txt"):
        new = imported(tmp_path, name)
        told.append([rows(release).to_pylist() for release in new])
        forget([release.id for release in new])
    assert told[0] == told[1]
    codes, modifiers = told[0]
    assert codes[0]["text"] == "Invented dressing, per piece, sterile"
    assert (codes[1]["start"], codes[1]["end"], codes[1]["successor"]) == (date(2021, 1, 1), date(2024, 3, 31), ["J9002"])
    assert codes[1]["pricing"] == ["51"]
    assert modifiers[0]["modifier"] == "Z9"


def test_cells_mean_what_they_should(tmp_path: Path) -> None:
    assert first(imported(tmp_path, "level_two_2024_07.csv")[0])["service_type"] == ["P"]
    limit = first(imported(tmp_path, "limits.csv")[0])
    assert (limit["limit"], limit["coinsurance"], limit["vaccine_limit"]) == (Decimal("1234.567"), Decimal("19.994"), None)
    products = rows(imported(tmp_path, "crosswalk_2024_07.csv")[0]).to_pylist()
    assert [p["ndc"] for p in products] == ["00001000203", "00001002203"]
    assert products[0]["package_size"] == Decimal("0.875")
    pair, ended = sorted(rows(imported(tmp_path, "ccipra_2024q3.txt")[0]).to_pylist(), key=lambda r: r["column_2"], reverse=True)
    assert (pair["before_1996"], pair["start"], pair["end"], pair["setting"]) == (True, date(1996, 1, 1), None, "practitioner")
    assert (ended["column_2"], ended["end"], ended["modifier_indicator"]) == ("99999", date(2023, 12, 31), "0")
    state = rows(imported(tmp_path, "icd10cm_order_2026.txt")[0]).to_pylist()
    assert [(s["code"], s["billable"]) for s in state] == [("Z00", False), ("Z001", True)]
    assert first(imported(tmp_path, "cms_places_2023-09-01.csv")[0])["place"] == "01"
    reason = first(imported(tmp_path, "reasons_2024_06.csv")[0])
    assert (reason["list"], reason["notes"], reason["changed"]) == ("CARC", "Use never. Note.", date(2020, 2, 1))
    edit = {row["code"]: row for row in rows(imported(tmp_path, "MCR_MUE_PractitionerServices.csv")[0]).to_pylist()}["A9001"]
    assert (edit["units"], edit["indicator"], edit["setting"]) == (3, "3", "practitioner")


def test_settings_are_releases_of_their_own(tmp_path: Path) -> None:
    assert {r.setting for r in imported(tmp_path, "mue_2024_07.csv")} == {"dme", "practitioner"}
    with pytest.raises(FormatError, match="whom its edits are for"):
        imported(tmp_path, "pairs_2024_07.csv", drawn.PTP_ROWS)
    assert imported(tmp_path, "pairs_2024_07.csv", drawn.PTP_ROWS, setting="outpatient")[0].setting == "outpatient"


def test_a_workbook_says_the_same_as_its_text(tmp_path: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter", reason="needs perdiem[excel]")
    pytest.importorskip("python_calamine", reason="needs perdiem[excel]")
    import csv

    path = tmp_path / "HCPC2024_JUL_ANWEB.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("ANWEB")
        for at, row in enumerate(csv.reader(drawn.ANWEB.splitlines())):
            for column, cell in enumerate(row):
                sheet.write(at, column, float(cell) if cell.isdigit() and len(cell) == 8 else cell)  # days as numbers
    told = [rows(release).to_pylist() for release in import_file(path).new]
    forget(["hcpcs", "modifier"])
    assert told == [rows(release).to_pylist() for release in imported(tmp_path, "HCPC2024_JUL_ANWEB.csv")]
    (tmp_path / "broken.xlsx").write_bytes(path.read_bytes()[:900])
    with pytest.raises(FormatError):
        import_file(tmp_path / "broken.xlsx")


def test_of_an_archive_the_whole_list_is_taken(tmp_path: Path) -> None:
    """A report of changes has the same columns and fewer rows; a read-me has none."""
    changes = "\n".join(drawn.ANWEB.splitlines()[:2]) + "\n"
    files = {"HCPC2024_JUL_Changes.csv": changes, "HCPC2024_JUL_ANWEB.txt": drawn.RECORDS, "layout.txt": "Positions\n1-5 code\n"}
    told = import_file(drawn.pack(tmp_path / "jul.zip", files))
    assert [(r.kind, r.rows, r.member) for r in told.new] == [
        ("hcpcs", 3, "HCPC2024_JUL_ANWEB.txt"),
        ("modifier", 1, "HCPC2024_JUL_ANWEB.txt"),
    ]
    assert len(told.notes) == 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        ("Code,Description,Group\nA9001,Invented,A\n", "lacks a column for billable"),
        (drawn.ANWEB.replace("TERM DT", "OTHER"), "lacks a column for end"),
        ("\x00\x01\x02", "neither text nor a workbook"),
        ("nothing at all", "none of the layouts tried"),
    ],
)
def test_what_is_no_release_is_refused_with_the_reason(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        imported(tmp_path, "other_2024_07.csv", text)
    assert loaded() == []
    with pytest.raises(FormatError, match="is no file"):
        import_file(tmp_path / "absent.csv")


def test_bad_rows_are_told_and_too_many_refused(tmp_path: Path) -> None:
    good = "".join(f"Z{n:02d}.1,Invented,1\n" for n in range(100))
    head = "code,description,is_leaf\n"
    told = import_file(drawn.write(tmp_path, "icd_2026_04.csv", f"{head}{good}Z0-,Invented,1\n"))
    assert [(row.line, row.why) for row in told.bad[""]] == [(102, "'Z0-' is no code")]
    assert (told.new[0].rows, told.new[0].left_out) == (100, 1)
    two = f"{head}{good}Z0-,Invented,1\nZ01,Invented,maybe\n"
    with pytest.raises(FormatError, match="2 bad rows of 102"):
        imported(tmp_path, "icd_2025_10.csv", two)
    assert imported(tmp_path, "icd_2025_10.csv", two, accept_bad_rows=True)[0].rows == 100


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("20240331", "20240231"), "is no day"),
        (("20240331", "20200331"), "before it begins"),
        (("J9002,", "A9001,"), "stands above with other facts"),
        (("J9002,0010", "J900,0010"), "is no code"),
        (("A9001,0010,4", "A9009,0010,4"), "goes on with no code above it"),
    ],
)
def test_rows_that_cannot_be(tmp_path: Path, change: tuple[str, str], why: str) -> None:
    path = drawn.write(tmp_path, "HCPC2024_JUL_ANWEB.csv", drawn.ANWEB.replace(*change))
    with pytest.raises(FormatError, match=why):
        import_file(path)
    assert len(import_file(path, Wishes(accept_bad_rows=True)).bad[""]) == 1


@pytest.mark.parametrize(
    ("name", "kind", "day"),
    [
        ("HCPC2024_JUL_ANWEB_v3.txt", "hcpcs", JULY),
        ("July 2024 ASP Crosswalk.xlsx", "ndc_crosswalk", JULY),
        ("MUE_Eff_07-01-2024.csv", "mue", JULY),
        ("x_20240701.csv", "hcpcs", JULY),
        ("x-2024-07-01.csv", "hcpcs", JULY),
        ("asp_2024q3.csv", "payment_limit", JULY),
        ("icd10cm_order_2026.txt", "icd10cm", date(2025, 10, 1)),
        ("icd10cm-order-April-2026.txt", "icd10cm", date(2026, 4, 1)),
        ("hcpcs_2019.csv", "hcpcs", None),
        ("dme24-c.zip", "fee_schedule", JULY),
        ("DME24_CR.csv", "fee_schedule", JULY),
        ("DME24.csv", "fee_schedule", None),
        ("dme24-c.zip", "hcpcs", None),
        ("MUP_DME_R25_P05_V10_D22_Geo.csv", "usage_geography", date(2022, 1, 1)),
        ("mup_dme_2024.csv", "usage_supplier", None),
        ("july-2024-crosswalk-06-12-2024.csv", "ndc_crosswalk", None),
        ("ccipra-v302r0-f1.txt", "ptp", None),
        ("x_2024-13-45.csv", "hcpcs", None),
    ],
)
def test_days_are_told_by_names_and_never_guessed(name: str, kind: str, day: date | None) -> None:
    told = days_told([name], "", kind)
    assert told.effective == day
    assert bool(told.doubt) == (day is None)


def test_days_are_the_users_the_files_the_names(tmp_path: Path) -> None:
    release = imported(tmp_path, "limits.csv")[0]
    assert (release.effective, release.until, release.dated_by) == (JULY, date(2024, 9, 30), "the file's own words")
    forget([release.id])
    release = imported(tmp_path, "limits.csv", effective=date(2025, 1, 1))[0]
    assert (release.effective, release.until, release.dated_by) == (date(2025, 1, 1), None, "you")
    with pytest.raises(FormatError, match="the year 2019 and no month, and its latest action is of 2024-04-01"):
        imported(tmp_path, "anweb_2019.csv", drawn.ANWEB)
    with pytest.raises(FormatError, match="before it begins"):
        imported(tmp_path, "anweb_2024_07.csv", drawn.ANWEB, until=date(2024, 1, 1))


def test_importing_twice_changes_nothing(tmp_path: Path, data: Path) -> None:
    path = drawn.write(tmp_path, "HCPC2024_JUL_ANWEB.csv")
    new = import_file(path).new
    before = {file.name: file.read_bytes() for file in (data / "releases").iterdir()}
    again = import_file(path)
    assert (again.new, again.held) == ([], new)
    packed = import_file(drawn.write(tmp_path, "HCPC2024_JUL_ANWEB.csv.gz"))
    assert ([r.id for r in packed.held], packed.new) == ([r.id for r in new], [])
    assert {file.name: file.read_bytes() for file in (data / "releases").iterdir()} == before
    with pytest.raises(FormatError, match="with other days"):
        import_file(path, Wishes(effective=date(2024, 10, 1)))


def test_forgetting(tmp_path: Path, data: Path) -> None:
    with pytest.raises(FormatError, match="no release is loaded"):
        forget(["hcpcs"])
    imported(tmp_path, "mue_2024_07.csv")
    with pytest.raises(FormatError, match="several releases begin with 'mue'"):
        forget(["mue-dme", "mue"])
    assert len(loaded()) == 2
    assert [r.setting for r in forget(["mue-dme"])] == ["dme"]
    assert [r.setting for r in loaded()] == ["practitioner"]
    assert len(list((data / "releases").glob("*.parquet"))) == 1


def test_a_crash_leaves_what_was_there(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = imported(tmp_path, "limits.csv")
    with monkeypatch.context() as patch:
        patch.setattr(keeping, "_write_manifest", lambda *_: (_ for _ in ()).throw(OSError("the machine stopped")))
        with pytest.raises(OSError, match="stopped"):
            imported(tmp_path, "mue_2024_07.csv")
    assert loaded() == old
    assert len(list((data / "releases").glob("*.parquet"))) == 3
    imported(tmp_path, "reasons_2024_06.csv")
    assert len(list((data / "releases").glob("*.parquet"))) == 2


def test_what_is_damaged_is_said(tmp_path: Path, data: Path) -> None:
    release = imported(tmp_path, "limits.csv")[0]
    file = data / "releases" / f"{release.id}.parquet"
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(FormatError, match="missing or damaged"):
        rows(release)
    manifest = data / "releases" / "manifest.json"
    for text in ("{", "[]", '{"version": 1, "releases": [{"id": 3}]}', '{"version": 1, "releases": [7]}'):
        manifest.write_text(text, encoding="utf-8")
        with pytest.raises(FormatError, match="damaged"):
            loaded()
    manifest.write_text('{"version": 99, "releases": []}', encoding="utf-8")
    with pytest.raises(FormatError, match="another version"):
        loaded()
