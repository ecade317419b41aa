"""The history store: by content once, and the same answer from the little that is read of it."""

from __future__ import annotations

import json
import shutil
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from perdiem.pipeline.answer import answers
from perdiem.pipeline.bulk import judge_all
from perdiem.pipeline.check import loaded_policies
from perdiem.pipeline.output import write_parquet, write_text
from perdiem.store import files as store_of
from perdiem.store.add import add
from perdiem.store.history import open_history
from perdiem.store.manifest import MANIFEST, read_manifest
from pipeline.claims import claim, line
from pipeline.history import runs, write

from .kept import answered, content, named, sound

# ---------------------------------------------------------------- by content


def test_a_file_is_added_once_by_its_bytes(tmp_path: Path, files: list[Path]) -> None:
    store = tmp_path / "store"
    first = add(store, files[:1])
    before = content(store)
    assert first["claims"] > 20
    assert add(store, files[:1]) == {"claims": 0, "lines": 0, "held": ["1.837"], "problems": []}
    (tmp_path / "other").mkdir()
    copy = shutil.copy(files[0], tmp_path / "other" / "another name.837")
    assert add(store, [copy])["held"] == ["another name.837"]
    assert content(store) == before
    both = add(store, files[:2])
    assert both["held"] == ["1.837"]
    assert [a["claims"] for a in read_manifest(store)["additions"]] == [first["claims"], both["claims"]]
    assert set(content(store)) == named(store)
    sound(store)


def test_of_two_members_of_one_name_the_one_that_is_not_held_is_added(tmp_path: Path, files: list[Path]) -> None:
    """And judged: what is held is told by bytes, and names tell the members of an archive apart."""
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for file in files[:2]:
            archive.write(file, "week.837")
    store = tmp_path / "store"
    add(store, files[:1])
    with open_history(store) as history:
        (run,) = runs([tmp_path / "two.zip"], history)
        (second,) = runs(files[1:2], history)
    assert run.batch.claim.num_rows == second.batch.claim.num_rows > 20
    told = add(store, [tmp_path / "two.zip"])
    assert told["held"] == ["two.zip/week.837"]
    assert told["claims"] == second.batch.claim.num_rows
    assert read_manifest(store)["additions"][1]["inputs"][0]["name"] == "two.zip/week.837 (2)"
    sound(store)


def test_two_files_of_the_same_bytes_are_one(tmp_path: Path, files: list[Path]) -> None:
    """In one call, and in a folder of files that is a history."""
    twins = tmp_path / "twins"
    twins.mkdir()
    for name in ("a.837", "b.837"):
        shutil.copy(files[0], twins / name)
    one, two = add(tmp_path / "one", files[:1]), add(tmp_path / "two", [twins])
    assert (two["claims"], two["held"]) == (one["claims"], ["b.837"])
    assert answered(twins, files[2]) == answered(files[0], files[2])


def test_a_file_without_its_trailer_is_refused(tmp_path: Path, files: list[Path]) -> None:
    text = files[0].read_text()
    (tmp_path / "cut.837").write_text(text[: text.rindex("SE*")])
    told = add(tmp_path / "store", [tmp_path / "cut.837"])
    assert (told["claims"], told["held"]) == (0, [])
    assert [p["weight"] for p in told["problems"]] == ["warning", "warning", "refused"]
    assert add(tmp_path / "store", [tmp_path / "cut.837", files[0]])["claims"] > 20
    assert [one["name"] for one in read_manifest(tmp_path / "store")["additions"][0]["inputs"]] == ["1.837"]


def test_the_same_files_make_the_same_store(tmp_path: Path, files: list[Path]) -> None:
    for name in ("one", "other"):
        add(tmp_path / name, files[:2])
    assert content(tmp_path / "one") == content(tmp_path / "other")


def test_no_absolute_path_and_no_time_stands_in_a_store(tmp_path: Path, files: list[Path]) -> None:
    store = tmp_path / "store"
    add(store, files[:2])
    told = (store / MANIFEST).read_text()
    assert str(tmp_path) not in told
    assert not [name for name, data in content(store).items() if str(tmp_path).encode() in data]


def test_what_cannot_be_read_adds_nothing(tmp_path: Path) -> None:
    (tmp_path / "bad.837").write_bytes(b"no claims at all")
    told = add(tmp_path / "store", [tmp_path / "bad.837"])
    assert (told["claims"], told["held"]) == (0, [])
    assert told["problems"]
    assert read_manifest(tmp_path / "store")["additions"] == []


def test_a_held_replacement_withdraws_nothing_that_came_after_it(tmp_path: Path) -> None:
    """A file given again beside a new one is skipped whole: its replacements keep their place before what came later."""
    day = ("2024-06-05", "2024-06-05")
    replacing = [
        claim(line("S9500", 1, *day)) | {"id": "X1"},
        claim(line("A4222", 1, *day), frequency="7", original_ref="X1") | {"id": "R1"},
    ]
    later = [claim(line("S9500", 1, *day)) | {"id": "X1"}]
    other = [claim(line("A4221", 1, "2024-01-05", "2024-01-05")) | {"id": "O1"}]
    one, two, three = (write(tmp_path / f"{n}.837", some, n) for n, some in enumerate([replacing, later, other], 1))
    asked = write(tmp_path / "now.837", [claim(line("A4223", 1, *day)) | {"id": "N1"}], 9)
    for given in ([one], [two]):
        add(tmp_path / "store", given)
    before = answered(tmp_path / "store", asked)
    assert json.loads(before)["verdict"] == "deny", "R1 named the X1 before it, so the per diem of the later one stands"
    add(tmp_path / "store", [one, three])
    assert answered(tmp_path / "store", asked) == before


def test_a_record_tells_stores_of_another_order_apart(tmp_path: Path) -> None:
    """A replacement withdraws all of a number that came before it, so the order of additions is part of the answer and of its
    fingerprint."""
    day = ("2024-06-05", "2024-06-05")
    old = write(tmp_path / "1.837", [claim(line("S9500", 1, *day)) | {"id": "X1"}], 1)
    replaced = claim(line("A4221", 1, *day)) | {"id": "X1"}
    new = [replaced, claim(line("A4222", 1, *day), frequency="7", original_ref="X1") | {"id": "R1"}]
    new = write(tmp_path / "2.837", new, 2)
    asked = write(tmp_path / "now.837", [claim(line("A4223", 1, *day)) | {"id": "N1"}], 9)
    options = {"paths": [], "policy": [], "format": "jsonl", "all": False}
    records = []
    for name, order in (("a", [old, new]), ("b", [new, old]), ("c", [old, new])):
        for file in order:
            add(tmp_path / name, [file])
        with open_history(tmp_path / name) as history:
            records.append(write_text(runs([asked], history), options, lambda text: None, history).record)
    assert records[0]["output"] != records[1]["output"]
    assert records[0]["history"] != records[1]["history"]
    assert records[0] == records[2]


# ---------------------------------------------------------------- only what is needed is read


def test_only_the_months_and_buckets_at_hand_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claims of thirty members over a year: one member's week reads few files, and is answered as from all of them."""
    store = tmp_path / "store"
    year = [
        claim(line("S9500", 7, f"2024-{month:02d}-03", f"2024-{month:02d}-09"), member=f"M{n}") | {"id": f"H{n}-{month}"}
        for n in range(30)
        for month in range(5, 13)
    ]
    file = write(tmp_path / "year.837", year, 1)
    add(store, [file])
    asked = [claim(line("A4222", 1, day, day), member="M7") | {"id": f"N{day}"} for day in ("2024-08-09", "2024-08-10")]
    now = write(tmp_path / "now.837", asked, 2)
    read: list[str] = []
    real = store_of.pq.ParquetFile

    def counted(path: Any, *words: Any, **more: Any) -> Any:
        read.append(str(path))
        return real(path, *words, **more)

    monkeypatch.setattr(store_of.pq, "ParquetFile", counted)
    with open_history(store) as history:
        (run,) = runs([now], history)
    assert [row["verdict"] for row in run.decision.to_pylist()] == ["deny", "pay"]
    for kind in ("claim", "line"):
        files_read = [path for path in read if path.endswith(f".{kind}.parquet")]
        assert files_read
        assert len(files_read) * 4 < len(list(store.rglob(f"*.{kind}.parquet")))
    with open_history(file) as history:
        (whole,) = runs([now], history)
    assert list(answers(run)) == list(answers(whole))


def test_a_line_that_crosses_months_is_found_from_both(tmp_path: Path) -> None:
    store = tmp_path / "store"
    add(store, [write(tmp_path / "1.837", [claim(line("S9500", 40, "2024-06-20", "2024-08-10"))], 1)])
    for day, wanted in (
        ("2024-06-19", "pay"),
        ("2024-06-20", "deny"),
        ("2024-07-15", "deny"),
        ("2024-08-10", "deny"),
        ("2024-08-11", "pay"),
    ):
        now = write(tmp_path / f"{day}.837", [claim(line("A4222", 1, day, day)) | {"id": "N"}], 2)
        with open_history(store) as history:
            (run,) = runs([now], history)
        assert [row["verdict"] for row in run.decision.to_pylist()] == [wanted], day


def test_parquet_is_the_same_however_the_history_was_added(tmp_path: Path) -> None:
    """Of a folder, of one addition, of one addition for each file: also where a finding cites a line of the history."""
    past = tmp_path / "past"
    past.mkdir()
    for n in (1, 2):
        day = f"2024-06-0{n}"
        write(past / f"{n}.837", [claim(line("S9500", 1, day, day), line("J0696", 8, day, day)) | {"id": f"H{n}"}], n)
    add(tmp_path / "at once", sorted(past.iterdir()))
    for file in sorted(past.iterdir()):
        add(tmp_path / "one by one", [file])
    days = ("2024-06-01", "2024-06-02")
    now = write(tmp_path / "now.837", [claim(line("S9500", 2, *days), line("J0696", 16, *days)) | {"id": "N"}], 3)
    told = []
    for history in ("past", "at once", "one by one"):
        out = tmp_path / f"from {history}"
        with open_history(tmp_path / history) as earlier:
            write_parquet(judge_all([now], loaded_policies(()), history=earlier), {"format": "parquet"}, out, earlier)
        told.append({file.name: file.read_bytes() for file in out.iterdir()})
    assert told[0] == told[1] == told[2]
    found = pq.read_table(tmp_path / "from past" / "finding.parquet").to_pylist()
    cited = {(row["other_claim_id"], row["other_line"], row["other_code"], row["other_line_no"]) for row in found}
    assert ("H1", 1, "S9500", None) in cited
