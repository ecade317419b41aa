"""Every sample of the shared X12 corpus is read, or refused for the fault that its README names."""

from __future__ import annotations

from pathlib import Path

import pytest
import writer as w

from perdiem.formats.intake import read

CORPUS = Path(__file__).parents[2].parent / "shared" / "data" / "x12"
READ = ("005010X222", "005010X222A1", "005010X222A1~", "005010X222A2")  # one row of the README has the terminator in it
CONTENT = {  # notes of files that are no readable X12: what the problem must say
    "no ISA": "without the ISA",
    "UTF-16 encoded, truncated": "UTF-16",
    "empty file": "empty",
    "not X12 at all": "not X12",
}
FAULTS = {  # notes of 837P files whose fault keeps claims from being read
    "required loop missing in one repeat": "SV1 has no LX",
    "header only": "holds no claim",
    "reduced skeleton": "holds no claim",
}
TOLD = {  # notes that name a fault of the envelope: it is told although the claims are read or refused
    "broken first line": "ISA has not the width",
    "trailers missing": "ends without SE",
    "truncated mid segment": "ends without SE",
    "SE count wrong": "SE01 states",
    "control number mismatch": "SE02",
    "trailer counts/control numbers wrong": "IEA01 states",
    "cut after three segments": "ends without SE",
}


def corpus() -> list[dict[str, str]]:
    readme = CORPUS / "README.md"
    if not readme.exists():
        return []
    table = [line.strip("| ").split(" | ") for line in readme.read_text().splitlines() if line.startswith("| ")]
    names = table[0]
    return [dict(zip(names, row, strict=False)) for row in ([cell.strip(" |") for cell in row] for row in table[1:])]


ROWS = corpus()


@pytest.mark.skipif(not ROWS, reason="skipped, because ../shared/data/x12 is not beside the repository")
def test_the_readme_lists_every_file() -> None:
    assert {row["file"] for row in ROWS} == {path.name for path in CORPUS.iterdir()} - {"README.md"}


@pytest.mark.skipif(not ROWS, reason="skipped, because ../shared/data/x12 is not beside the repository")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_sample(row: dict[str, str]) -> None:
    batch = read([CORPUS / row["file"]])
    problems = " / ".join(batch.problem.column("problem").to_pylist())
    refused, rejected = w.told(batch, "refused"), w.told(batch, "rejected")
    note, claims = row["note"], int(row["claims"]) if row["tx"] == "837" else 0
    assert batch.census.claims == claims
    assert TOLD.get(note, "") in problems
    assert batch.cut == ({row["file"]} if "ends without" in problems else set())
    if note in CONTENT:
        assert CONTENT[note] in refused[0]
        assert batch.problem.num_rows == 1
    elif row["tx"] == "837" and row["guide"] in READ and "837I" not in row["file"]:
        assert batch.census.lines == int(row["lines"])
        if note in FAULTS:
            assert FAULTS[note] in problems
            assert batch.claim.num_rows + batch.rejected.num_rows == claims
        else:
            assert (batch.claim.num_rows, batch.line.num_rows) == (claims, int(row["lines"]))
            assert not refused + rejected
    else:
        assert batch.claim.num_rows == 0
        assert batch.rejected.num_rows == claims
        kind = "837I" if "837I" in row["file"] else row["tx"].split("/")[0].strip("?") or "TA1"
        assert kind in " ".join(refused)
