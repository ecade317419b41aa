"""provider.toml and members.csv are read strictly: an error names the file, the key or row, and the remedy, and shows no member."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from perdiem.formats.members import Member, read_members
from perdiem.formats.provider import Provider, read_provider
from perdiem.model.errors import FormatError

WHOLE = (Path(__file__).parents[2] / "examples" / "provider.toml").read_text("utf-8")


def provider(folder: Path, old: str = "", new: str = "") -> Provider:
    assert old in WHOLE
    file = folder / "provider.toml"
    file.write_text(WHOLE.replace(old, new, 1) if old else WHOLE + new, encoding="utf-8")
    return read_provider(file)


MORE = """
[[rendering]]
npi = "1093817465"
last = "GREY"

[[facility]]
name = "SUITE"
address = "1 A ST"
city = "AUSTIN"
state = "TX"
zip = "787010000"

[[other_payer]]
id = "99"
name = "SECOND"
filing = "CI"
paid_on = 2024-06-20
"""


def test_every_part_is_read(tmp_path: Path) -> None:
    made = provider(tmp_path, new=MORE)
    assert made.billers["1234567893"].address.zip == "787010000"
    assert (made.clinicians["1093817465"].last, made.clinicians["1093817465"].first) == ("GREY", None)
    assert made.facilities["SUITE"].city == "AUSTIN"
    assert made.insurers["99"].paid_on == date(2024, 6, 20)
    assert made.statements.assignment == "A"
    assert {"SUITE", "99", "EXAMPLECH"} <= set(made.texts())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("control = 1 ", 'control = "1" ', r"\[envelope\], control: is no such number"),
        ("control = 1 ", "control = 0 ", "is no such number"),
        ('usage = "T"', 'usage = "X"', "Write one of T, P"),
        ('npi = "1234567893"', 'npi = "123"', r"\[\[provider\]\] number 1, npi: .* Write ten digits"),
        ('zip = "787010000"', 'zip = "78701"', "nine digits"),
        ('tax_id = "741234567"', "", "tax_id: is missing. Add the key tax_id"),
        ('signature = "Y"', "", "signature: is missing"),
        ('release = "Y"', 'release = true', "release: is no text"),
        ('phone = "5125550100"', "", r"\[submitter\], phone: is missing"),
        ('name = "EXAMPLE HOME INFUSION"', 'name = "A"\nnam = "B"', "nam: is not a key that is known here. Known keys are"),
        ("[receiver]", "[receivers]", "receiver: is missing"),
        ("[[provider]]", "[provider]", "provider: is no list of tables"),
        ("[envelope]", "envelope", "is no TOML"),
        ("", '\n[[rendering]]\nnpi = "1093817465"\nlast = "A"\n[[rendering]]\nnpi = "1093817465"\nlast = "B"\n', "stands twice"),
        ("", '\n[[other_payer]]\nid = "9"\nname = "A"\nfiling = "CI"\npaid_on = "June"\n', "paid_on: is no date"),
    ],
)  # fmt: skip
def test_a_fault_is_told(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(FormatError, match=says):
        provider(tmp_path, old, new)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for read in (read_provider, read_members):
        with pytest.raises(FormatError, match="cannot be read"):
            read(tmp_path / "none")


HEAD = "member_id,last_name,first_name,birth_date,sex\n"


def members(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "members.csv"
    file.write_text(text, encoding=encoding)
    return file


def test_the_name_of_the_claim_chooses_among_members_of_one_number(tmp_path: Path) -> None:
    found = read_members(members(tmp_path, HEAD + "M1,DOE,ANN,1980-02-29,F\nM1,DOE,BEN,,\nM2,ROE,,,\n", "utf-8-sig"))
    assert found.of("M1", "DOE", "ANN") == Member("M1", "DOE", "ANN", date(1980, 2, 29), "F")
    assert found.of("M1", None, None) is None  # two of them: nobody guesses
    assert found.of("M2", None, None) == Member("M2", "ROE")
    assert found.of("M2", "ROE", "CY") == Member("M2", "ROE")
    assert found.of("M1", "DOE", "CY") is None
    assert found.of("M3", None, None) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("last_name\nSECRET\n", "no column member_id"),
        ("member_id,member_id\nSECRET,1\n", "one column twice"),
        ("member_id,shoe\nSECRET,9\n", "has a column that is not known. Columns are member_id"),
        (HEAD + "SECRET,DOE\n", "row 2: has not as many cells"),
        (HEAD + "SECRET,DOE,ANN,1980-02-28,F,9\n", "row 2: has not as many cells"),
        (HEAD + " ,SECRET,ANN,,\n", "row 2: has no member number"),
        (HEAD + "SECRET,DOE,ANN,2/28/1980,F\n", "row 2, birth_date: .* year-month-day"),
        (HEAD + "SECRET,DOE,ANN,1981-02-29,F\n", "row 2, birth_date: is no day of the calendar"),
        (HEAD + "M1,A,B,,\nSECRET,DOE,ANN,,X\n", "row 3, sex: .* Write F, M or U"),
        ("", "no column member_id"),
    ],
)
def test_a_fault_of_a_row_is_told_without_the_row(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(FormatError, match=says) as told:
        read_members(members(tmp_path, text))
    assert "SECRET" not in str(told.value)
