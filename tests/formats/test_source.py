"""Paths to bytes: names, order, archives and their limits, and whatever cannot be read."""

from __future__ import annotations

import gzip
import io
import os
import warnings
import zipfile
from functools import partial
from pathlib import Path

import pytest
import writer as w

from perdiem.formats.archive import Limits, Unpacking
from perdiem.formats.intake import read
from perdiem.formats.source import Source, sources
from perdiem.formats.spooled import RefusedError
from perdiem.pipeline.export import TABLES


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def listed(*paths: Path | str, **more: object) -> dict[str, bytes | str]:
    found = sources([*paths], **more)  # type: ignore[arg-type]
    return {source.name: source.problem or source.data for source in found}


def test_names_and_order(tmp_path: Path) -> None:
    put(tmp_path, {"b/2.txt": b"2", "a/9": b"9", "b/1": b"1", ".git/x": b"x", "b/.hidden": b"x"})
    assert list(listed(tmp_path)) == ["a/9", "b/1", "b/2.txt"]
    assert list(listed(tmp_path / "b/2.txt")) == ["2.txt"]
    assert list(listed(tmp_path / "b", tmp_path / "a/9")) == ["a/9", "b/1", "b/2.txt"]
    assert list(listed(tmp_path / "b", tmp_path / "b/1", str(tmp_path / "b/*"))) == ["1", "2.txt"]  # each once
    assert list(listed(str(tmp_path / "*" / "[12]*"))) == ["1", "2.txt"]
    assert list(listed(str(tmp_path / "**/9"))) == ["9"]


def test_names_are_never_absolute_and_always_text(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.837")).write_bytes(b"x")
    put(tmp_path, {"z.zip": zipped({"/etc/passwd": b"1", "../../up": b"2", "a\x1bb": b"3"})})
    names = list(listed(tmp_path, tmp_path / "absent", "/nowhere/at/all\0"))
    assert not any(name.startswith("/") or ".." in name for name in names)
    assert all(name.encode("utf-8").isascii() or "\ufffd" in name for name in names)
    assert "z.zip/etc/passwd" in names


def test_files_of_one_name_are_all_read(tmp_path: Path) -> None:
    """A file is itself by where it lies, not by its name as shown; each source has a name of its own, in one order."""
    put(tmp_path, {"in/week": b"1", "in/week (2)": b"2", "stdin": b"3"})
    given = [tmp_path / "nosuch" / "week", tmp_path / "in" / "week"]
    for paths in (given, given[::-1]):
        found = listed(*paths)
        assert found["week"] == b"1"
        assert "no such file" in str(found["week (2)"])
    assert list(listed(*given, tmp_path / "in")) == ["week", "week (2)", "week (2) (2)"]
    assert listed("-", tmp_path / "stdin", stdin=io.BytesIO(b"x")) == {"stdin": b"x", "stdin (2)": b"3"}


def test_names_that_are_shown_alike_are_told_apart(tmp_path: Path) -> None:
    for byte in (b"\xff", b"\xfe"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + byte + b".837")).write_bytes(byte)
    assert listed(tmp_path) == {"\ufffd.837": b"\xfe", "\ufffd.837 (2)": b"\xff"}


def test_members_of_one_name_are_told_apart(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for data in (b"1", b"2"):
            archive.writestr("a.837", data)
    put(tmp_path, {"d.zip": out.getvalue()})
    assert listed(tmp_path / "d.zip") == {"d.zip/a.837": b"1", "d.zip/a.837 (2)": b"2"}


def test_a_file_that_two_paths_lead_to_is_read_once(tmp_path: Path) -> None:
    put(tmp_path, {"in/a": b"1"})
    (tmp_path / "in" / "link").symlink_to(tmp_path / "in" / "a")
    (tmp_path / "way").symlink_to(tmp_path / "in")
    assert list(listed(tmp_path / "in", tmp_path / "way" / "a").values()) == [b"1"]
    assert list(listed(tmp_path / "in").values()) == [b"1"]


def test_stdin(tmp_path: Path) -> None:
    assert listed("-", "-", stdin=io.BytesIO(b"x")) == {"stdin": b"x"}
    assert listed("-", stdin=io.BytesIO(zipped({"m": b"x"}))) == {"stdin/m": b"x"}
    put(tmp_path, {"a": b"1", "z": b"2"})
    assert list(listed(tmp_path, "-", stdin=io.BytesIO(b"x"))) == ["a", "stdin", "z"]


def test_a_pipe_is_read(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"x")
    os.close(writer)
    assert list(listed(f"/dev/fd/{reader}").values()) == [b"x"]
    os.close(reader)


def test_gzip_and_zip_by_content(tmp_path: Path) -> None:
    two = gzip.compress(b"one ") + gzip.compress(b"two")
    put(tmp_path, {"a.txt": two, "b.bin": zipped({"n/2": b"2", "1": b"1", "__MACOSX/1": b"x", ".DS_Store": b"x"})})
    assert listed(tmp_path) == {"a.txt": b"one two", "b.bin/1": b"1", "b.bin/n/2": b"2"}


PROBLEMS = {
    "truncated gzip": (gzip.compress(os.urandom(500))[:-20], "damaged"),
    "damaged gzip": (gzip.compress(b"x" * 500)[:-8] + b"\0" * 8, "damaged"),
    "gzip of nothing": (b"\x1f\x8b", "damaged"),
    "truncated zip": (zipped({"a": b"x"})[:-5], "damaged"),
    "zip of nothing": (b"PK\x03\x04", "damaged"),
    "empty zip": (zipped({}), "holds no files"),
    "gzip in gzip": (gzip.compress(gzip.compress(b"x")), "inside an archive"),
    "zip in gzip": (gzip.compress(zipped({"a": b"x"})), "inside an archive"),
    "gzip in zip": (zipped({"a": gzip.compress(b"x")}), "inside an archive"),
    "zip in zip": (zipped({"a": zipped({"b": b"x"})}), "inside an archive"),
    "gzip bomb": (gzip.compress(bytes(3_000_000)), "fill the machine"),
    "zip bomb": (zipped({"a": bytes(3_000_000)}), "fill the machine"),
    "zip of many": (zipped({"a": os.urandom(800_000), "b": os.urandom(800_000)}), "fill the machine"),
    "too many members": (zipped({str(at): b"x" for at in range(9)}), "more than 8 members"),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_archives_that_are_refused(tmp_path: Path, name: str) -> None:
    data, word = PROBLEMS[name]
    put(tmp_path, {"a": data})
    found = list(sources([tmp_path / "a"], limits=Limits(total=1_500_000, free=100_000, ratio=200, members=8)))
    assert word in str(found[-1].problem), found[-1].problem
    assert sum(len(source.data) for source in found) <= 1_500_000


def test_a_locked_member_is_refused(tmp_path: Path) -> None:
    data = bytearray(zipped({"a": b"x"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    put(tmp_path, {"a": bytes(data)})
    assert "password" in str(listed(tmp_path / "a"))


def test_zip_damaged_anywhere_never_raises(tmp_path: Path) -> None:
    whole = zipped({"a.837": w.one(), "b": b"x"})
    for at in range(len(whole)):
        data = bytearray(whole)
        data[at] ^= 0xFF
        put(tmp_path, {"a": bytes(data)})
        read([tmp_path / "a"])


def test_what_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    assert "no such file" in str(listed(tmp_path / "absent")["absent"])
    assert "matches this pattern" in str(listed(str(tmp_path / "*.837")))
    assert "holds no files" in str(listed(tmp_path / "empty"))
    assert "device" in str(listed("/dev/null"))
    assert "No file was named" in str(listed())

    def locked(self: Path) -> bytes:
        raise PermissionError

    put(tmp_path, {"a": b"x"})
    monkeypatch.setattr(Path, "read_bytes", locked)
    assert "not permitted" in str(listed(tmp_path / "a")["a"])


def test_a_link_to_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    assert list(sources([tmp_path])) == [Source("link", problem=str(listed(tmp_path)["link"]))]


def test_of_an_answer_of_ours_the_lines_are_read(tmp_path: Path) -> None:
    """A folder of Parquet tables and a run.json: the other tables are no claims, and are passed over; others are read."""
    answer = dict.fromkeys(("run.json", *(f"{table}.parquet" for table in TABLES)), b"x")
    put(tmp_path / "judged", answer | {"more.837": b"x"})
    put(tmp_path / "other", {name: b"x" for name in answer if name != "rule.parquet"})
    assert list(listed(tmp_path / "judged")) == ["line.parquet", "more.837"]
    assert len(listed(tmp_path / "other")) == 5


def test_a_streamed_gzip_is_held_to_the_ratio_alone(tmp_path: Path) -> None:
    put(tmp_path, {"long.gz": gzip.compress(os.urandom(300_000)), "bomb.gz": gzip.compress(bytes(3_000_000))})
    limits = Limits(total=100_000, free=100_000, ratio=200)
    stream, size = Unpacking(tmp_path / "long.gz", limits), 0
    while piece := stream.read(1 << 16):
        size += len(piece)
    stream.close()
    assert size == 300_000
    bomb = Unpacking(tmp_path / "bomb.gz", limits)
    with pytest.raises(RefusedError, match="fill the machine"):
        list(iter(partial(bomb.read, 1 << 16), b""))
    bomb.close()


def test_what_is_no_file_in_a_folder_is_told(tmp_path: Path) -> None:
    """A pipe is not waited for, and a link whose end may not be looked at stops nobody."""
    put(tmp_path, {"a": b"1"})
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/null")
    (tmp_path / "ring").symlink_to(tmp_path / "ring")
    found = listed(tmp_path)
    assert found["a"] == b"1"
    assert all("not a file" in str(found[name]) for name in ("device", "pipe"))
    assert "cannot read it" in str(found["ring"])
