"""explain: the claim as a picture and each finding in a sentence, exactly; PERDIEM_GOLDEN=write renews the pictures."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .command import NO_SHARED, SHARED, WEEK, claim, line, perdiem, write

GOLDEN = Path(__file__).parent / "golden"

SEVERAL = claim(
    "SEVERAL",
    line("S9502", 9),  # two units beyond its days, three days without drug
    line("J0690", 48, "2024-06-03", "2024-06-06"),
    line("S9348", 7, mods="SJ"),  # the third modifier with one partner
    line("J2260", 70),
    line("A4222"),
    line("J0885", 10, "2024-06-03", "2024-06-03"),
    line("99602", 1, "2024-06-05", "2024-06-05"),
    line("S9529", 1, "2024-06-03", "2024-06-03"),
    line("J0690", 4, "2024-06-03", "2024-06-03", pos="13", mods="00"),
)
CROSSING = claim(
    "CROSSING",
    line("S9500", 10, "2024-04-18", "2024-04-27"),
    line("J0696", 20, "2024-04-18", "2024-04-25"),
    line("A4223", 10, "2024-04-18", "2024-04-27"),
)
PICTURES = {"several": SEVERAL, "crossing": CROSSING}


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_the_whole_terminal_text(tmp_path: Path, name: str) -> None:
    one = PICTURES[name]
    file = write(tmp_path / "week.837", [*WEEK, one])
    done = perdiem("explain", file, "--claim", one["id"])
    assert (done.status, done.err) == (0, "")
    golden = GOLDEN / f"explain_{name}.txt"
    if os.environ.get("PERDIEM_GOLDEN") == "write":
        golden.write_text(done.out, encoding="utf-8")
    assert done.out == golden.read_text("utf-8"), "look at the difference; if it is meant, PERDIEM_GOLDEN=write renews the file"


def test_it_says_everything_that_check_says(tmp_path: Path) -> None:
    file = write(tmp_path / "week.837", [SEVERAL])
    picture = " ".join(perdiem("explain", file, "--claim", "SEVERAL").out.split())
    answer = perdiem("check", file, "--format", "jsonl").answers[0]
    assert {said["verdict"] for said in answer["lines"]} >= {"partial", "deny", "pend"}
    for said in answer["lines"]:
        for finding in said["findings"]:
            for words in (finding["message"], finding.get("fix", ""), f"{finding['policy']}#{finding['rule']}"):
                assert " ".join(words.split()) in picture, words
        for adjustment in said["adjustments"]:
            assert " ".join([f"{adjustment['group']}-{adjustment['carc']}", *adjustment["rarc"]]) in picture


def test_shape_alone_tells_the_days_apart(tmp_path: Path) -> None:
    """Denied, pending and paid days have marks of their own: no colour is needed, and none is in a pipe."""
    out = perdiem("explain", write(tmp_path / "week.837", [SEVERAL]), "--claim", "SEVERAL").out
    assert "\x1b" not in out
    for mark in ("✖", "?", "■", "1"):
        assert mark in out


def test_unknown_and_rejected_claims(tmp_path: Path) -> None:
    file = write(tmp_path / "week.837", WEEK)
    unknown = perdiem("explain", file, "--claim", "NOBODY")
    assert unknown.status == 2
    assert "not in these files" in unknown.err
    file.write_text(file.read_text().replace("SV1*HC:S9502*100*UN*7*", "SV1*HC:S9502*100*UN*SEVEN*", 1))
    aside = perdiem("explain", file, "--claim", "CLEAN")
    assert aside.status == 2
    assert "set aside" in aside.err


def test_numbers_like_one_that_is_not_there(tmp_path: Path) -> None:
    """They are named where the answer would stand, those of claims set aside too; the error names none of them."""
    week = [{**one, "id": f"HI-00{number}7"} for number, one in enumerate(WEEK, 1)]
    file = write(tmp_path / "week.837", week)
    file.write_text(file.read_text().replace("SV1*HC:S9502*100*UN*7*", "SV1*HC:S9502*100*UN*SEVEN*", 1))
    done = perdiem("explain", file, "--claim", "hi-0017x")
    assert done.status == 2
    named = done.out.removeprefix("claims with numbers like hi-0017x: ").strip().split(", ")
    assert named[0] == "HI-0017"
    assert len(named) == 3
    assert set(named) <= {one["id"] for one in week}
    assert "HI-00" not in done.err
    for far in ("ZZZZZZZ", "H", "HI-0017" * 30):
        assert perdiem("explain", file, "--claim", far).out == ""
    aside = perdiem("explain", file, "--claim", "HI-0017")
    assert (aside.status, aside.out) == (2, "")


def test_a_number_that_is_shown_cannot_play_with_the_terminal(tmp_path: Path) -> None:
    file = write(tmp_path / "week.837", [{**WEEK[0], "id": "AB\x1b[31mCD"}])
    done = perdiem("explain", file, "--claim", "AB[31mCD")
    assert done.out == "claims with numbers like AB[31mCD: AB·[31mCD\n"


def test_a_claim_number_that_stands_twice_is_drawn_twice(tmp_path: Path) -> None:
    file = write(tmp_path / "week.837", [WEEK[0], {**WEEK[1], "id": "CLEAN"}])
    assert perdiem("explain", file, "--claim", "CLEAN").out.count("claim CLEAN") == 2


@pytest.mark.skipif(not (SHARED / "sources").is_dir(), reason=NO_SHARED)
def test_with_the_texts_at_hand_it_quotes_them(tmp_path: Path) -> None:
    file = write(tmp_path / "week.837", [SEVERAL])
    without = perdiem("explain", file, "--claim", "SEVERAL").out
    quoting = perdiem("explain", file, "--claim", "SEVERAL", "--sources", SHARED / "sources").out
    assert "the policy's words" not in without
    assert quoting.count("the policy's words") >= 5
    nowhere = perdiem("explain", file, "--claim", "SEVERAL", "--sources", tmp_path / "none")
    assert nowhere.status == 2
