"""check: with which exit status it answers, where claims may come from, and how it takes whatever it is given."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from judge.to_837 import to_837
from perdiem.formats.intake import read

from .command import BAD_UNITS, CLEAN, PERDIEM, SHORT, WEEK, claim, line, perdiem, write
from .nobody import common_ground, unprivileged


@pytest.fixture
def week(tmp_path: Path) -> Path:
    return write(tmp_path / "week.837", WEEK)


# ---------------------------------------------------------------- exit status


def test_status_0_whatever_the_verdicts(week: Path) -> None:
    done = perdiem("check", week, "--format", "jsonl")
    assert done.status == 0
    assert [answer["verdict"] for answer in done.answers] == ["pay", "partial", "partial", "deny", "pend", "unedited"]
    assert "6 claims in = 6 judged + 0 rejected" in done.err


def test_status_1_where_some_input_was_set_aside(tmp_path: Path) -> None:
    text = to_837(WEEK).replace(*BAD_UNITS, 1)
    (tmp_path / "week.837").write_text(text)
    done = perdiem("check", tmp_path / "week.837", "--format", "jsonl")
    assert done.status == 1
    assert [answer["claim_id"] for answer in done.answers] == ["SHORT", "SUPPLY", "OFFICE", "PENDING", "ELSEWHERE"]
    assert "6 claims in = 5 judged + 1 rejected" in done.err
    assert "claim CLEAN" in done.err


def test_a_file_without_a_readable_isa_says_what_it_seems_to_hold(tmp_path: Path) -> None:
    """Beside the accounts, which balance without it."""
    text = to_837(WEEK)
    (tmp_path / "week.837").write_text(text)
    (tmp_path / "torn.837").write_text("ISA*00*" + text[text.index("~") :])
    done = perdiem("check", "week.837", "torn.837", "--format", "jsonl", "--ledger", "l.json", cwd=tmp_path)
    assert done.status == 1
    assert "6 claims in = 6 judged + 0 rejected" in done.err
    assert "not read  about 6 claims, about $1200.00, in refused files" in done.err
    assert "About 6 claims (CLM) seem to stand in it and are not read." in " ".join(done.err.split())
    told = json.loads((tmp_path / "l.json").read_text())
    assert (told["claims_in"], told["unread"], told["charge_unread"]) == (6, 6, told["charge_in"])
    assert [problem.get("unread") for problem in told["problems"]] == [6]
    alone = perdiem("check", "torn.837", "--ledger", "l.json", cwd=tmp_path)
    assert alone.status == 2
    assert json.loads((tmp_path / "l.json").read_text())["claims_in"] == 0
    assert "not read" not in perdiem("check", "week.837", cwd=tmp_path).err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "nowhere.837"], "no such file"),
        (["check", "empty"], "holds no files"),
        (["check", "week.837", "--surprise"], "No such option"),
        (["check", "week.837", "--format", "parquet"], "--out"),
        (["check", "week.837", "--format", "xlsx"], "--out"),
        (["check", "week.837", "--format", "835"], "is not built"),
        (["check", "week.837", "--history", "old.837"], "no such file"),
        (["check", "week.837", "--history", "empty"], "holds no files"),
        (["history", "show", "--store", "empty"], "holds no history"),
        (["history", "add", "nowhere.837", "--store", "store"], "no such file"),
        (["history", "add", "week.837"], "Missing option"),
        (["check", "week.837", "--contract", "rates.toml"], "No such option"),
        (["check", "week.837", "--policy", "no-such-policy"], "no policy"),
        (["check"], "Missing argument"),
        (["check", "week.837", "--out", "nowhere/week.jsonl"], "is no folder"),
        (["serve"], "No such command"),
        (["whatif"], "No such command"),
        (["check", "-"], "empty"),
    ],
)
def test_status_2_and_a_plain_word(week: Path, words: list[str], said: str) -> None:
    (week.parent / "empty").mkdir()
    done = perdiem(*words, given=b"", cwd=week.parent)
    assert done.status == 2
    assert said.casefold() in " ".join(done.err.casefold().split())
    assert len(done.err.splitlines()) < 12
    assert str(week.parent) not in done.err, "an absolute path is nobody's business"


def test_help_lists_what_is_built_and_nothing_else() -> None:
    done = perdiem("--help")
    assert done.status == 0
    built = "check explain checklist replay price write order brief benchmark policy codes history"
    for command in built.split():
        assert re.search(rf"^\W*{command}\b", done.out, re.M), command
    for command in ("serve", "fix", "compare", "whatif", "reconcile"):
        assert not re.search(rf"^\W*{command}\b", done.out, re.M), command
    assert perdiem("--version").out.startswith("perdiem ")


# ---------------------------------------------------------------- where claims come from


def test_stdin_gzip_folder_and_glob_give_one_answer(tmp_path: Path) -> None:
    text = to_837(WEEK).encode()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "week.837").write_bytes(text)
    (tmp_path / "week.bin").write_bytes(gzip.compress(text))
    told = [
        perdiem("check", "-", "--format", "jsonl", given=text),
        perdiem("check", "-", "--format", "jsonl", given=gzip.compress(text)),
        perdiem("check", tmp_path / "in", "--format", "jsonl"),
        perdiem("check", str(tmp_path / "in" / "*.837"), "--format", "jsonl"),
        perdiem("check", tmp_path / "week.bin", "--format", "jsonl"),
    ]
    assert {done.status for done in told} == {0}
    plain = [[{k: v for k, v in answer.items() if k != "source"} for answer in done.answers] for done in told]
    assert all(answers == plain[0] for answers in plain)
    assert [done.answers[0]["source"] for done in told] == ["stdin", "stdin", "week.837", "week.837", "week.bin"]


def test_several_files_in_order_of_their_names(tmp_path: Path) -> None:
    for name, one in (("b.837", CLEAN), ("a.837", SHORT)):
        write(tmp_path / name, [one])
    done = perdiem("check", tmp_path / "b.837", tmp_path / "a.837", "--format", "jsonl")
    assert [(a["claim_id"], a["source"], a["position"]) for a in done.answers] == [("SHORT", "a.837", 1), ("CLEAN", "b.837", 2)]


def test_policy_is_forced_by_id(tmp_path: Path) -> None:
    file = write(tmp_path / "other.837", [claim("OTHER", line("S9502"), payer={"name": "AETNA", "id": "60054"})])
    assert perdiem("check", file, "--format", "jsonl").answers[0]["verdict"] == "unedited"
    forced = perdiem("check", file, "--format", "jsonl", "--policy", "bcbstx-cpcp019").answers[0]
    assert forced["verdict"] == "deny"
    early = [claim("EARLY", line("S9502", 7, "2024-04-01", "2024-04-07"), payer={"name": "AETNA", "id": "60054"})]
    dates_hold = perdiem("check", write(tmp_path / "e.837", early), "--format", "jsonl", "--policy", "bcbstx-cpcp019").answers[0]
    assert dates_hold["verdict"] == "unedited"


# ---------------------------------------------------------------- whatever it is given


def strange(folder: Path) -> dict[str, bytes]:
    good = to_837([CLEAN, SHORT]).encode()
    return {
        "binary": bytes(range(256)) * 40,
        "zeros": b"\x00" * 5000,
        "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
        "json": b'{"resourceType": "Claim"}',
        "csv": b"claim_id,code\nC1,S9500\n",
        "utf16": to_837([CLEAN]).encode("utf-16"),
        "cut gzip": gzip.compress(good)[:-12],
        "cut file": good[: len(good) * 2 // 3],
        "huge units": good.replace(b"*UN*7*", b"*UN*" + b"9" * 30 + b"*"),
        "huge charge": good.replace(b"*100*UN*", b"*" + b"9" * 40 + b".99*UN*"),
        "largest that fits": good.replace(b"*UN*84*", b"*UN*999999999999.999*"),
        "many digits": good.replace(b"*UN*84*", b"*UN*0." + b"3" * 40 + b"*"),
        "exponent": good.replace(b"*UN*7*", b"*UN*1E5*"),
        "minus": good.replace(b"*UN*7*", b"*UN*-7*"),
        "not a number": good.replace(b"*UN*7*", b"*UN*NaN*"),
        "year 9999": good.replace(b"20240609", b"99991231"),
        "no such day": good.replace(b"20240609", b"20240631"),
        "backward": good.replace(b"20240603-20240609", b"20240609-20240603"),
        "long code": good.replace(b"HC:S9502", b"HC:" + b"S" * 3000),
        "no code": good.replace(b"HC:S9502", b"HC:"),
        "odd letters": good.replace(b"CLM*CLEAN", "CLM*\u202eCL\u0130N\u00df\U0001f600".encode()),
        "not utf-8": good.replace(b"CLM*CLEAN", b"CLM*CL\xe9AN"),
    }


def test_no_traceback_whatever_the_file(tmp_path: Path) -> None:
    """Files of every odd sort: each alone has an honest status, and all together lose nothing of the good one."""
    files = strange(tmp_path)
    for name, data in files.items():
        (tmp_path / f"{name}.x").write_bytes(data)
    done = perdiem("check", tmp_path, "--format", "jsonl", "--ledger", tmp_path.parent / "l.json")
    told = json.loads((tmp_path.parent / "l.json").read_text("utf-8"))
    assert told["claims_in"] == told["judged"] + told["rejected"]
    assert len(done.answers) == told["judged"]
    assert done.status == 1
    spoken = {problem["source"].removesuffix(".x") for problem in told["problems"]}
    quiet = {"largest that fits", "odd letters"}
    assert set(files) - spoken <= quiet | {"many digits"}, "every broken file has a problem of its own"


@pytest.mark.parametrize("name", ["binary", "cut gzip", "huge units", "year 9999", "not a number", "utf16"])
def test_nothing_but_a_broken_file_is_status_2_or_1(tmp_path: Path, name: str) -> None:
    file = tmp_path / "odd.837"
    file.write_bytes(strange(tmp_path)[name])
    done = perdiem("check", file, "--format", "csv")
    assert done.status in (1, 2)
    assert "rejected" in done.err or "refused" in done.err


def test_a_file_that_may_not_be_read() -> None:
    with common_ground() as folder:
        file = write(folder / "closed.837", WEEK)
        file.chmod(0)
        with unprivileged():
            batch = read([file])
    [problem] = batch.problem.to_pylist()
    assert (problem["weight"], batch.claim.num_rows) == ("refused", 0)
    assert "not permitted" in problem["problem"]


def test_a_reader_that_stops_early(tmp_path: Path) -> None:
    """``perdiem check ... | head -1``: no traceback, no complaint, and no status that tells of rejected claims."""
    from judge.generate import generate

    file = write(tmp_path / "many.837", generate(3, 1500))
    with subprocess.Popen([PERDIEM, "check", file, "--format", "jsonl"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout
        assert run.stderr
        first = run.stdout.readline()
        run.stdout.close()
        said = run.stderr.read().decode()
        run.wait(timeout=60)
    assert json.loads(first)["position"] == 1
    assert "Traceback" not in said
    assert "Exception" not in said
    assert "defect" not in said
    assert run.returncode == 0


@pytest.mark.parametrize("closed", [">&-", "<&-", "2>&-"])
@pytest.mark.parametrize("path", ["week.837", "-"])
def test_streams_that_are_not_there(week: Path, closed: str, path: str) -> None:
    """Started by a daemon without standard streams: nothing to read or write there, and no traceback."""
    words = ["sh", "-c", f'exec "$0" "$@" {closed}', str(PERDIEM), "check", path, "--format", "csv", "--out", "o.csv"]
    run = subprocess.run(words, cwd=week.parent, input=to_837(WEEK), capture_output=True, text=True, check=False)
    assert "Traceback" not in run.stderr
    assert "defect" not in run.stderr
    assert run.returncode == (2 if "<&-" in closed and path == "-" else 0)


@pytest.mark.parametrize("option", ["--out", "--ledger"])
def test_the_claims_are_never_written_over(week: Path, option: str) -> None:
    """An output that is one of the inputs is refused before anything is written."""
    before = week.read_bytes()
    for name in (week, week.parent / "." / "week.837"):
        done = perdiem("check", week.parent, "--format", "csv", option, name)
        assert week.read_bytes() == before, "the answer stands where the claims were"
        assert done.status == 2


def test_an_answer_replaces_files_only(tmp_path: Path) -> None:
    """What is no file (a folder, a pipe, a device) is refused and left alone; of a link, the file that it leads to is written."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    write(tmp_path / "week.837", WEEK)
    for name, format in (("folder", "csv"), (".", "csv"), ("pipe", "csv"), ("pipe", "xlsx"), ("pipe", "parquet")):
        done = perdiem("check", "week.837", "--format", format, "--out", name, cwd=tmp_path)
        assert done.status == 2
        assert f"{name}: is not a " in done.err
    assert (tmp_path / "pipe").is_fifo()
    (tmp_path / "real.csv").write_text("last week")
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert perdiem("check", "week.837", "--format", "csv", "--out", "link.csv", cwd=tmp_path).status == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text().startswith("claim_id,")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_said_plainly(week: Path, unbuffered: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("skipped, because this machine has no /dev/full")
    with Path("/dev/full").open("wb") as full:
        run = subprocess.run(
            [PERDIEM, "check", week, "--format", "csv"],
            stdout=full, stderr=subprocess.PIPE, check=False, env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        )  # fmt: skip
    said = run.stderr.decode()
    assert run.returncode == 2
    assert "No space left" in said
    assert "Traceback" not in said


def test_the_same_claims_under_two_names_are_told_apart(tmp_path: Path) -> None:
    """A file given twice is read once; a copy is a second bill, and its lines are duplicates."""
    write(tmp_path / "a.837", [CLEAN])
    write(tmp_path / "b.837", [CLEAN])
    once = perdiem("check", tmp_path / "a.837", tmp_path / "a.837", "--format", "jsonl")
    assert len(once.answers) == 1
    both = perdiem("check", tmp_path, "--format", "jsonl")
    assert [answer["verdict"] for answer in both.answers] == ["pay", "deny"]
    assert both.answers[1]["lines"][0]["adjustments"][0] == {"group": "OA", "carc": "18", "rarc": [], "units": 7}
