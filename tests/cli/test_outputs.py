"""What a command reads is never written over by what it writes, and where nothing can be written is said before it begins."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from perdiem.cli import app
from perdiem.cli.outputs import apart
from perdiem.model.errors import FormatError
from perdiem.store import is_store
from perdiem.store.add import add
from perdiem.store.manifest import MANIFEST

from .command import CLEAN, PERDIEM, SHORT, WEEK, perdiem, write
from .nobody import common_ground, unprivileged

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with everything that commands read: claims in files and a folder, histories, lists, a contract, orders."""
    write(tmp_path / "week.837", WEEK)
    write(tmp_path / "hist.837", [CLEAN])
    (tmp_path / "in").mkdir()
    write(tmp_path / "in" / "a.837", [SHORT])
    add(tmp_path / "store", [tmp_path / "hist.837"])
    (tmp_path / "papers.csv").write_text("claim_id,document\n*,\n")
    for name in ("contract.toml", "contract-rates.csv", "provider.toml", "members.csv", "orders.csv"):
        shutil.copy(EXAMPLES / name, tmp_path)
    (tmp_path / "link.csv").symlink_to("papers.csv")
    (tmp_path / "hard.csv").hardlink_to(tmp_path / "hist.837")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def content(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def refused(here: Path, words: str) -> str:
    """Why a command writes nothing; whatever stands in the folder stays as it is."""
    before = content(here)
    done = CliRunner().invoke(app, words.split())
    assert content(here) == before, words
    assert isinstance(done.exception, FormatError), f"{words}: {done.output}"
    assert str(here) not in f"{done.exception.where} {done.exception.what}", "an absolute path is nobody's business"
    return f"{done.exception.where} {done.exception.what}"


@pytest.mark.parametrize(
    "words",
    [
        "check week.837 --history hist.837 --out hist.837 --format csv",
        "check week.837 --history hist.837 --ledger hist.837",
        "check week.837 --history hist.837 --out hard.csv --format csv",
        "check week.837 --on-file papers.csv --ledger papers.csv",
        "check week.837 --on-file papers.csv --out link.csv --format csv",
        "check in/*.837 --out in/a.837 --format jsonl",
        "check in --history in/a.837 --ledger in/a.837",
        "price week.837 --contract contract.toml --out contract.toml",
        "price week.837 --contract contract.toml --history hist.837 --out hist.837",
        "write week.837 --provider provider.toml --out provider.toml",
        "write week.837 --provider provider.toml --members members.csv --out members.csv",
        "write in --provider provider.toml --out in/a.837",
        "order orders.csv --format csv --out orders.csv",
        "order orders.csv --format 837p --provider provider.toml --members members.csv --out members.csv",
        "order orders.csv --contract contract.toml --out contract.toml",
        "order --from-claim week.837 --out week.837",
        "order --from-claim week.837 --orders orders.csv --out orders.csv",
        "brief A4222 --claims week.837 --out week.837",
        "checklist week.837 --on-file papers.csv --out papers.csv",
        "checklist in --out in/a.837",
        "benchmark week.837 --out week.837",
        "benchmark week.837 --history hist.837 --out hist.837",
    ],
)
def test_what_is_read_is_not_written_over(here: Path, words: str) -> None:
    assert "is one of the inputs" in refused(here, words)


@pytest.mark.parametrize("words", ["check e2/line.parquet", "check e2", "check e2/*.parquet"])
def test_tables_are_not_written_over_the_claims_they_come_from(here: Path, words: str) -> None:
    """``line.parquet`` is a layout of claims: what a check wrote can be checked again, but not in its own place."""
    assert CliRunner().invoke(app, ["check", "week.837", "--format", "parquet", "--out", "e2"]).exit_code == 0
    assert ".parquet is one of the inputs" in refused(here, f"{words} --format parquet --out e2")
    assert CliRunner().invoke(app, f"check {words.split()[1]} --format parquet --out e3".split()).exit_code in (0, 1)


def test_a_record_is_not_written_over_an_input(here: Path) -> None:
    shutil.copy("week.837", "in.run.json")
    assert "in.run.json is one of the inputs" in refused(here, "check in.run.json --format jsonl --out in.x --ledger in.run.json")
    shutil.move("in.run.json", "x.run.json")
    assert "x.run.json is one of the inputs" in refused(here, "check x.run.json --format jsonl --out x")


@pytest.mark.parametrize(
    "words",
    [
        "check week.837 --history store --out store/manifest.json",
        "check week.837 --format parquet --out store",
        "check week.837 --format parquet --out store/new",
        "check week.837 --ledger store/ledger.json",
        "price week.837 --contract contract.toml --out store/prices.csv",
        "write week.837 --provider provider.toml --out store/week.837",
        "order orders.csv --out store/lines.csv",
        "brief A4222 --out store/a.md",
        "brief --all --out store",
        "checklist A4222 --out store/list.md",
        "benchmark week.837 --out store/b.csv",
        "benchmark week.837 --plots store/plots",
        "policy coverage bcbstx-cpcp019 --out store/coverage.html",
    ],
)
def test_a_store_holds_nothing_else(here: Path, words: str) -> None:
    assert "would stand in a history store" in refused(here, words)


@pytest.mark.parametrize(
    "words",
    [
        "check week.837 --format parquet --out data/releases",
        "check week.837 --ledger link/manifest.json",
        "brief --all --out data/policies/mine",
        "order orders.csv --out data/releases/lines.csv",
    ],
)
def test_what_the_data_folder_keeps_is_not_written_over(here: Path, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """Whether it is there already or not, and whichever way it is named; beside it there is room for answers."""
    monkeypatch.setenv("PERDIEM_DATA", "data")
    (here / "data").mkdir()
    assert "in perdiem's data folder" in refused(here, words.replace("link", "data/releases"))
    (here / "data" / "releases").mkdir()
    (here / "link").symlink_to(here / "data" / "releases")
    assert "in perdiem's data folder" in refused(here, words)
    assert CliRunner().invoke(app, ["check", "week.837", "--format", "jsonl", "--out", "data/week.jsonl"]).exit_code in (0, 1)


def test_a_store_is_known(here: Path) -> None:
    assert is_store(here / "store")
    (here / "store" / MANIFEST).write_text("{")
    assert is_store(here / "store"), "a damaged one is still somebody's history"
    for text in ('{"name": "a web page"}', "[]", "{", '{"additions": 3}'):
        (here / "in" / MANIFEST).write_text(text)
        assert not is_store(here / "in")
    assert not is_store(here / "nowhere")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("check week.837 --ledger in", "in is a folder"),
        ("check week.837 --format csv --out a.csv --ledger nowhere/l.json", "nowhere is no folder"),
        ("check week.837 --format csv --out a.csv --ledger a.csv", "named for two"),
        ("check week.837 --format csv --out a.csv --ledger a.csv.run.json", "named for two"),
        ("check week.837 --format parquet --out judged --ledger judged/run.json", "named for two"),
        ("check week.837 --format csv --out a.csv --ledger proc/l.json", "nothing can be written"),
        ("check week.837 --format parquet --out proc/judged", "nothing can be written"),
        ("price week.837 --contract contract.toml --out in", "in is a folder"),
        ("order orders.csv --out in", "in is a folder"),
        ("benchmark week.837 --plots week.837/plots", "cannot become one"),
        ("checklist A4222 --out nowhere/list.md", "nowhere is no folder"),
        ("brief A4222 --out in", "in is a folder"),
    ],
)
def test_where_nothing_can_be_written_is_said_first(here: Path, words: str, said: str) -> None:
    if "proc/" in words:
        if not Path("/proc/self").exists():
            pytest.skip("skipped, because this machine has no folder that refuses everybody")
        (here / "proc").symlink_to("/proc/self")
    assert said in refused(here, words)


def test_what_is_protected_is_left_alone() -> None:
    with common_ground() as folder:
        (folder / "kept.json").write_text("{}")
        (folder / "kept.json").chmod(0o444)
        (folder / "closed").mkdir(mode=0o555)
        with unprivileged():
            with pytest.raises(FormatError, match="is protected"):
                apart([], folder / "kept.json")
            with pytest.raises(FormatError, match="nothing can be written"):
                apart([], folder / "closed" / "ledger.json")
        (folder / "kept.json").chmod(0o666)
        (folder / "closed").chmod(0o777)
        folder.chmod(0o777)
        with unprivileged():
            apart([], folder / "kept.json", folder / "closed" / "ledger.json")


def test_what_is_beside_the_inputs_may_be_written_and_again(here: Path) -> None:
    """An answer in the folder of its claims, over that of last week, none of it read as claims while it is written."""
    for _ in range(2):
        done = CliRunner().invoke(app, ["check", "in/*.837", "--format", "jsonl", "--out", "in/a.jsonl", "--ledger", "in/l.json"])
        assert (done.exit_code, done.stderr.count("refused")) == (0, 0)
    shutil.rmtree("in")
    (here / "in").mkdir()
    write(here / "in" / "a.837", [SHORT])
    first = CliRunner().invoke(app, ["check", "in", "--format", "csv", "--out", "in/a.csv"])
    assert (first.exit_code, first.stderr.count("refused")) == (0, 0), "the file being written was read as claims"
    assert sorted(path.name for path in (here / "in").iterdir()) == ["a.837", "a.csv", "a.csv.run.json"]
    assert "a.csv is one of the inputs" in refused(here, "check in --format csv --out in/a.csv"), "now it is a table of claims"


def test_a_ledger_may_be_a_stream_or_a_link(here: Path) -> None:
    run = [PERDIEM, "check", "week.837", "--format", "csv", "--out", "a.csv", "--ledger", "/dev/stdout"]
    told = subprocess.run(run, capture_output=True, check=True).stdout
    assert told.startswith(b'{\n "claims_in": 6')
    (here / "real.json").write_text("{}")
    (here / "real.json").chmod(0o600)
    (here / "ledger.json").symlink_to("real.json")
    assert CliRunner().invoke(app, ["check", "week.837", "--ledger", "ledger.json"]).exit_code == 0
    assert (here / "ledger.json").is_symlink()
    assert (here / "real.json").read_bytes() == told
    assert (here / "real.json").stat().st_mode & 0o777 == 0o600, "who may read an answer may read the next, and nobody else"


@pytest.mark.parametrize(
    "words", ["check -", "explain - --claim C1", "price - --contract contract.toml", "benchmark week.837 -"]
)  # fmt: skip
def test_standard_input_is_read_once(here: Path, words: str) -> None:
    done = perdiem(*words.split(), "--history", "-", given=(here / "week.837").read_bytes())
    assert done.status == 2
    assert "cannot both come from standard input" in " ".join(done.err.replace("│", "").split())


def test_history_may_come_from_standard_input(here: Path) -> None:
    done = perdiem("check", "week.837", "--history", "-", "--format", "jsonl", given=(here / "hist.837").read_bytes())
    assert done.status == 0
    assert len(done.answers) == len(WEEK)


def test_claims_that_the_history_holds_are_no_failure(here: Path) -> None:
    """Whatever a batch was checked for is done: status 0, and a plain word."""
    said = "every claim that could be read is in the history already, so none is judged again"
    for words in ("check", "price --contract contract.toml", "benchmark --smallest 1"):
        done = CliRunner().invoke(app, [*words.split(), "hist.837", "--history", "store"])
        assert (done.exit_code, said in done.stderr) == (0, True), words
        assert "1 claim in = 0 judged + 0 rejected + 1 skipped" in done.stderr
    write(here / "two.837", [CLEAN, SHORT])
    assert said not in CliRunner().invoke(app, ["check", "two.837", "hist.837", "--history", "store"]).stderr
    (here / "torn.837").write_text("ISA*00*")
    torn = CliRunner().invoke(app, ["check", "hist.837", "torn.837", "--history", "store"])
    assert (torn.exit_code, said in torn.stderr) == (1, True)
    assert CliRunner().invoke(app, ["check", "torn.837", "--history", "store"]).exit_code == 2
    drawn = CliRunner().invoke(app, ["explain", "hist.837", "--claim", "CLEAN", "--history", "store"])
    assert isinstance(drawn.exception, FormatError)
    assert "without --history they are drawn too" in drawn.stderr
