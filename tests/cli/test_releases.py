"""codes import, releases and forget as a user runs them; what a check says while a release is missing, and replay of a new one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codes import drawn

from .command import claim, line, perdiem, write

UNKNOWN = claim("UNKNOWN", line("J1999", 4), line("99999", 1))


def test_import_list_show_forget(tmp_path: Path) -> None:
    file = drawn.write(tmp_path, "HCPC2024_JUL_ANWEB.txt")
    done = perdiem("codes", "import", file, "--complete")
    assert done.status == 0
    codes, modifiers = done.out.splitlines()
    assert codes.startswith("loaded hcpcs-2024-07-01-")
    assert codes.endswith(": 3 rows, complete, 2024-07-01 to 2024-09-30 (the end of its quarter)")
    listed = perdiem("codes", "releases").out
    for said in ("HCPCS Level II", file.name, "sha256 ", "first day from the name of the file", "HCPCS record file (fixed width)"):
        assert said in listed
    shown = perdiem("codes", "show", "J9001", "--on", "2024-06-01").out
    assert "ended 2024-03-31" in shown
    assert "successor: J9002" in shown
    assert "official text from your release hcpcs-2024-07-01-" in shown
    name = codes.split()[1].rstrip(":")
    assert perdiem("codes", "forget", name, "modifier").out.splitlines() == [
        f"forgot {name}, from {file.name}",
        f"forgot {modifiers.split()[1].rstrip(':')}, from {file.name}",
    ]
    assert perdiem("codes", "releases").out == "no release is loaded; perdiem codes import FILE loads one\n"


def test_what_is_refused_says_why_and_the_rest_is_loaded(tmp_path: Path) -> None:
    good, other = drawn.write(tmp_path, "limits.csv"), drawn.write(tmp_path, "other.csv", "Code,Description\nA,B\n")
    done = perdiem("codes", "import", good, other, tmp_path / "absent.csv")
    assert done.status == 1
    assert len(done.out.splitlines()) == 1
    assert done.err.count("refused: ") == 2
    assert "none of the layouts tried" in done.err
    assert perdiem("codes", "import", other).status == 2
    assert perdiem("codes", "import", good).out.startswith("held already: payment-limit-")
    bad = drawn.write(tmp_path, "HCPC2024_JUL_ANWEB.csv", drawn.ANWEB.replace("20240331", "20240231"))
    assert "is no day (end)" in perdiem("codes", "import", bad).err
    done = perdiem("codes", "import", bad, "--accept-bad-rows")
    assert "1 bad row left out" in done.err
    assert "line 4: " in done.err


@pytest.mark.parametrize(
    "words",
    [("import",), ("import", "x.csv", "--kind", "colour"), ("import", "x.csv", "--setting", "home"), ("forget", "hcpcs"),
     ("import", "x.csv", "--effective", "July"), ("forget",)],
)  # fmt: skip
def test_wrong_usage_is_said(words: tuple[str, ...]) -> None:
    assert perdiem("codes", *words).status == 2


def test_a_damaged_release_is_said_and_stops_a_check(tmp_path: Path, data: Path) -> None:
    perdiem("codes", "import", drawn.write(tmp_path, "HCPC2024_JUL_ANWEB.txt"))
    file = next((data / "releases").glob("hcpcs-*.parquet"))
    file.write_bytes(b"PAR1")
    done = perdiem("codes", "releases")
    assert done.status == 1
    assert "damaged: forget it" in done.out
    done = perdiem("check", write(tmp_path / "week.837", [UNKNOWN]))
    assert done.status == 2
    assert "perdiem codes forget hcpcs-2024-07-01-" in done.err
    perdiem("codes", "forget", "hcpcs")
    assert perdiem("check", tmp_path / "week.837").status == 0


def test_a_check_says_how_many_lines_wait(tmp_path: Path) -> None:
    week = write(tmp_path / "week.837", [UNKNOWN, claim("OTHER", line("J1998", 4)), claim("PLAIN", line("S9500"))])
    done = perdiem("check", week, "--format", "jsonl", "--ledger", tmp_path / "ledger.json")
    said = [row for row in done.err.splitlines() if "perdiem codes import FILE" in row]
    assert said == ["2 lines wait for the HCPCS release that was in force; load it with: perdiem codes import FILE"]
    assert json.loads((tmp_path / "ledger.json").read_text())["lines_awaiting_release"] == 2
    perdiem("codes", "import", drawn.write(tmp_path, "anweb_2024_04.csv", drawn.whole(["J1998"])))
    done = perdiem("check", week, "--format", "jsonl")
    assert "codes import" not in done.err
    verdicts = {(a["claim_id"], said["code"]): said["verdict"] for a in done.answers for said in a["lines"]}
    assert verdicts["UNKNOWN", "J1999"] == "deny"
    assert verdicts["UNKNOWN", "99999"] == "pend"
    assert "CO-181" in perdiem("check", week).out


def test_replay_names_the_release_that_changed(tmp_path: Path) -> None:
    write(tmp_path / "week.837", [UNKNOWN])
    perdiem("check", "week.837", "--format", "jsonl", "--out", "week.jsonl", cwd=tmp_path)
    record = json.loads((tmp_path / "week.jsonl.run.json").read_text())
    assert record["releases"] == {}
    name = perdiem("codes", "import", drawn.write(tmp_path, "anweb_2024_04.csv", drawn.whole([]))).out.split()[1].rstrip(":")
    done = perdiem("replay", "week.jsonl", cwd=tmp_path)
    assert (done.status, done.out.splitlines()) == (1, [f"code release {name} is new", "the answer differs"])
    del record["releases"]  # a record of before there were any
    (tmp_path / "week.jsonl.run.json").write_text(json.dumps(record))
    assert perdiem("replay", "week.jsonl", cwd=tmp_path).out.splitlines() == done.out.splitlines()
    perdiem("codes", "forget", name)
    assert perdiem("replay", "week.jsonl", cwd=tmp_path).status == 0
