"""--out, run.json and replay: an answer can be made again, or replay says what has changed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from perdiem.pipeline import replay

from .command import CLEAN, SHORT, WEEK, perdiem, write


@pytest.fixture
def ran(tmp_path: Path) -> Path:
    write(tmp_path / "week.837", WEEK)
    done = perdiem("check", "week.837", "--format", "jsonl", "--out", "week.jsonl", cwd=tmp_path)
    assert (done.status, done.out) == (0, "")
    return tmp_path


def record(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "week.jsonl.run.json").read_text("utf-8"))
    return read


def test_the_file_is_what_stdout_would_be(ran: Path) -> None:
    for form in ("jsonl", "csv"):
        out = ran / f"again.{form}"
        perdiem("check", ran / "week.837", "--format", form, "--out", out)
        assert out.read_text("utf-8") == perdiem("check", ran / "week.837", "--format", form).out


def test_run_json_holds_fingerprints_and_neither_place_nor_time(ran: Path) -> None:
    text = (ran / "week.jsonl.run.json").read_text("utf-8")
    told = record(ran)
    assert list(told) == ["perdiem", "options", "inputs", "policies", "code_book", "releases", "history", "output"]
    assert told["options"] == {"paths": ["week.837"], "policy": [], "format": "jsonl", "all": False}
    assert [entry["name"] for entry in told["inputs"]] == ["week.837"]
    for mark in (told["output"], told["code_book"], *told["policies"].values(), told["inputs"][0]["sha256"]):
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", mark)
    assert str(ran) not in text
    assert not re.search(r'"/|[A-Z]:\\\\', text)
    assert not re.search(r"\d{2}:\d{2}:\d{2}|20\d{2}-\d{2}-\d{2}T", text)
    assert set(re.findall(r"20\d{2}-\d{2}-\d{2}", text)) <= {name.partition("@")[2] for name in told["policies"]}


def test_the_same_run_leaves_the_same_record(ran: Path) -> None:
    before = (ran / "week.jsonl.run.json").read_bytes(), (ran / "week.jsonl").read_bytes()
    perdiem("check", ran / "week.837", "--format", "jsonl", "--out", ran / "week.jsonl", TZ="Asia/Tokyo")
    assert before == ((ran / "week.jsonl.run.json").read_bytes(), (ran / "week.jsonl").read_bytes())


def test_replay_gives_the_same_answer(ran: Path) -> None:
    for given in (ran / "week.jsonl", ran / "week.jsonl.run.json"):
        done = perdiem("replay", given)
        assert done.status == 0
        assert done.out.startswith(f"same answer: {record(ran)['output']}")


def test_replay_finds_inputs_elsewhere(ran: Path) -> None:
    (ran / "box").mkdir()
    (ran / "week.837").rename(ran / "box" / "week.837")
    gone = perdiem("replay", ran / "week.jsonl")
    assert gone.status == 2
    assert "week.837" in gone.err
    assert perdiem("replay", ran / "week.jsonl", "--inputs", ran / "box").status == 0


def test_replay_says_that_an_input_has_changed(ran: Path) -> None:
    write(ran / "week.837", [*WEEK, {**CLEAN, "id": "MORE"}])
    done = perdiem("replay", ran / "week.jsonl")
    assert done.status == 1
    assert "input week.837 has changed" in done.out
    assert "the answer differs" in done.out


def test_replay_says_what_else_has_changed(ran: Path) -> None:
    """A record whose policy, book and version were others, as after an update of the library."""
    told = record(ran)
    other = "sha256:" + "0" * 64
    told["policies"] = dict.fromkeys(told["policies"], other) | {"gone-policy@2020-01-01": other}
    told |= {"code_book": other, "perdiem": "0.0.1"}
    (ran / "week.jsonl.run.json").write_text(json.dumps(told))
    done = perdiem("replay", ran / "week.jsonl")
    assert done.status == 1
    assert "policy bcbstx-cpcp019@2024-04-22 has changed" in done.out
    assert "policy gone-policy@2020-01-01 is gone" in done.out
    assert "the code book has changed" in done.out
    assert "perdiem was 0.0.1" in done.out
    assert "the answer differs" not in done.out


@pytest.mark.parametrize("form", ["table", "csv"])
def test_other_forms_are_replayed_too(tmp_path: Path, form: str) -> None:
    (tmp_path / "in").mkdir()
    write(tmp_path / "in" / "a.837", [CLEAN])
    write(tmp_path / "in" / "b.837", [SHORT])
    out = tmp_path / "out.txt"
    assert perdiem("check", tmp_path / "in", "--format", form, "--out", out, "--all").status == 0
    assert perdiem("replay", out, "--inputs", tmp_path / "in").status == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", "not json", '{"perdiem": "0.1.0"}'])
def test_what_is_no_record_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.run.json").write_text(text)
    done = perdiem("replay", tmp_path / "x.run.json")
    assert done.status == 2
    assert "record of a run" in done.err


def test_a_record_of_wrong_shape_is_refused(tmp_path: Path) -> None:
    """All keys are there, what they hold is not what they should: still a word for the user, no defect."""
    (tmp_path / "x.run.json").write_text(json.dumps({key: {} for key in replay.RUN_KEYS}))
    assert perdiem("replay", tmp_path / "x.run.json").status == 2


def test_paths_of_a_record_name_no_folder_of_the_machine(tmp_path: Path) -> None:
    """Also where standard input and a file of another folder are read together, or one lies above the other."""
    here, there = tmp_path / "private-folder", tmp_path / "box"
    here.mkdir()
    there.mkdir()
    file = write(there / "a.837", [CLEAN])
    given = write(tmp_path / "b.837", [SHORT]).read_bytes()
    perdiem("check", "-", file, "--format", "csv", "--out", there / "o.csv", given=given, cwd=here)
    told = json.loads((there / "o.csv.run.json").read_text("utf-8"))
    assert told["options"]["paths"] == ["-", "a.837"]
    perdiem("check", "../b.837", "../box/a.837", "--format", "csv", "--out", "p.csv", cwd=here)
    told = json.loads((here / "p.csv.run.json").read_text("utf-8"))
    assert told["options"]["paths"] == ["b.837", "box/a.837"]
    write(here / "c.837", [CLEAN])
    perdiem("check", "../b.837", "c.837", "--format", "csv", "--out", "q.csv", cwd=here)
    told = json.loads((here / "q.csv.run.json").read_text("utf-8"))
    assert [Path(path).name for path in told["options"]["paths"]] == ["b.837", "c.837"]
    assert ".." not in str(told["options"]["paths"]), "a record is replayed against one folder"
