"""The list of what is on file is read strictly."""

from __future__ import annotations

from pathlib import Path

import pytest

from perdiem.formats.on_file import read_on_file
from perdiem.model.errors import FormatError

KNOWN = ("order", "therapy-plan")


def listed(folder: Path, text: str | bytes) -> Path:
    file = folder / "papers.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_a_list_is_read(tmp_path: Path) -> None:
    text = "\ufeffDocument,claim_id,Line\norder,C1,\norder,C1,\ntherapy-plan, C1 ,2\n,C2,\n\n,*,\n"
    told = read_on_file(listed(tmp_path, text), KNOWN)
    rows = [tuple(row.values()) for row in told.rows.to_pylist()]
    assert rows == [("C1", None, "order"), ("C1", 2, "therapy-plan"), ("C2", None, None), ("*", None, None)]
    assert (told.name, len(told.sha256)) == ("papers.csv", 64)
    assert read_on_file(listed(tmp_path, "claim_id,document\n"), KNOWN).rows.num_rows == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not begin with the columns"),
        ("claim,document\nC1,order\n", "does not begin with the columns"),
        ("claim_id\nC1\n", "does not begin with the columns"),
        ("claim_id,document,document\nC1,order,order\n", "does not begin with the columns"),
        ("claim_id,document,line,colour\nC1,order,,red\n", "does not begin with the columns"),
        ("claim_id,document\nC1\n", "row 2: has 1 cells, the first row has 2"),
        ("claim_id,document\n,order\n", "row 2: names no claim"),
        ("claim_id,document\nC1,ordre\n", "Did you mean order?"),
        ("claim_id,document\nC1,zzz\n", "perdiem checklist CODE shows the papers: order, therapy-plan"),
        ("claim_id,document,line\nC1,order,one\n", "names a line that is no number"),
        ("claim_id,document,line\nC1,order,0\n", "names a line that is no number"),
        ("claim_id,document,line\nC1,,2\n", "says nothing that can be taken"),
        ("claim_id,document\n*,order\n", "says nothing that can be taken"),
        ('claim_id,document\n"C1,order\n', "is no CSV"),
        (b"claim_id,document\n\xff\xfe,order\n", "is no text in UTF-8"),
    ],
)
def test_a_bad_list_is_refused_with_where_and_what(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(FormatError) as told:
        read_on_file(listed(tmp_path, text), KNOWN)
    assert said in str(told.value)


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be read"):
        read_on_file(tmp_path / "none.csv", KNOWN)
