"""Histories through the real command: what is wrong with them is told, whatever they are kept in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from judge.to_837 import to_837

from .command import BAD_UNITS, SUPPLY, WEEK, claim, line, perdiem, write

NOW = claim("NOW", line("A4222", 1, "2024-06-05", "2024-06-05")) | {"member": SUPPLY["member"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Claims to judge in ``now.837``; in ``old`` a good file, one with a claim set aside, one cut between claims, and a note."""
    write(tmp_path / "now.837", [NOW])
    old = tmp_path / "old"
    old.mkdir()
    write(old / "a.837", WEEK[2:])
    (old / "b.837").write_text(to_837(WEEK[:2], 2).replace(*BAD_UNITS, 1))
    (old / "c.837").write_text(cut_short(to_837(WEEK[:3], 3)))
    (old / "note.txt").write_text("claims of last year")
    return tmp_path


def cut_short(text: str) -> str:
    """An 837P that ends where its last SE would stand."""
    return text[: text.rindex("SE*")]


def test_what_is_wrong_with_a_history_of_files_is_told(folder: Path) -> None:
    """On standard error, in the ledger beside the problems of the input, and by the exit status."""
    done = perdiem("check", "now.837", "--history", "old", "--ledger", "l.json", cwd=folder)
    assert done.status == 1
    told = json.loads((folder / "l.json").read_text())
    assert (told["claims_in"], told["judged"], told["problems"]) == (1, 1, [])
    weights = {problem["source"]: problem["weight"] for problem in told["history_problems"]}
    assert weights == {"b.837": "rejected", "c.837": "warning", "note.txt": "refused"}
    assert "rejected  history b.837, segment " in done.err
    assert "claim CLEAN: SV104" in done.err
    assert "refused  history note.txt: " in done.err
    assert "warning  history c.837, " in done.err


def test_a_workbook_tells_it_too_and_replays_all_the_same(folder: Path) -> None:
    """Among its problems, counted in its ledger; its fingerprint is that of the answer, which a store would give as well."""
    pytest.importorskip("xlsxwriter")
    from python_calamine import CalamineWorkbook

    marks = []
    for history, set_aside in (("old", True), ("old/a.837", False)):
        done = perdiem("check", "now.837", "--history", history, "--format", "xlsx", "--out", "a.xlsx", "--ledger", "l", cwd=folder)
        assert done.status == int(set_aside), done.err
        wrong = [f"history {problem['source']}" for problem in json.loads((folder / "l").read_text())["history_problems"]]
        assert bool(wrong) == set_aside
        book = CalamineWorkbook.from_path(str(folder / "a.xlsx"))
        assert dict(book.get_sheet_by_name("Ledger").to_python()[1:])["history_problems"] == len(wrong)
        assert [row[0] for row in book.get_sheet_by_name("Problems").to_python()[1:]] == wrong
        marks.append(json.loads((folder / "a.xlsx.run.json").read_text())["output"])
    assert marks[0] == marks[1]


def test_a_sound_history_has_nothing_to_tell(folder: Path) -> None:
    done = perdiem("check", "now.837", "--history", "old/a.837", "--ledger", "l.json", cwd=folder)
    assert (done.status, "history" in done.err) == (0, False)
    assert json.loads((folder / "l.json").read_text())["history_problems"] == []
    warned = perdiem("check", "now.837", "--history", "old/c.837", "--ledger", "l.json", cwd=folder)
    assert (warned.status, "it may have been cut short" in warned.err) == (0, True)


@pytest.mark.parametrize("words", [["explain", "--claim", "NOW"], ["benchmark", "--smallest", "1"]])
def test_other_commands_tell_it_too(folder: Path, words: list[str]) -> None:
    done = perdiem(words[0], "now.837", *words[1:], "--history", "old", cwd=folder)
    assert "refused  history note.txt: " in done.err
    assert done.status == int(words[0] != "explain")


def test_add_tells_what_check_tells(folder: Path) -> None:
    """Warnings, and the claim that a problem is of; a cut file is refused with what to do."""
    done = perdiem("history", "add", "old", "--store", "store", cwd=folder)
    told = " ".join(done.err.split())
    assert done.status == 1
    assert "claim CLEAN: SV104" in told
    assert "it may have been cut short" in told
    assert "refused c.837: The file ends without its trailer" in told
    assert "Ask for the whole file, and add that." in told
