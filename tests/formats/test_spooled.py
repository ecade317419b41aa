"""What comes but once and is large stands in a private file while it is read: the same answers, little memory, nothing left."""

from __future__ import annotations

import gzip
import io
import os
import stat
import threading
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import test_bulk as bulk
import writer as w
from test_source import zipped

from judge.generate import generate
from judge.to_837 import to_837
from perdiem.formats import spooled
from perdiem.formats.archive import Limits
from perdiem.formats.bulk import read_chunks
from perdiem.formats.intake import read
from perdiem.formats.source import sources
from perdiem.formats.spooled import RefusedError, held

resource = pytest.importorskip("resource")
MIB = 1 << 20
CLAIMS_IN = {"plain", "cut", "gzip", "two gzips", "zip", "table", "gzip of a table", "locked"}


@pytest.fixture(params=[pytest.param(False, id="nameless"), pytest.param(True, id="named")])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files, on a system that can open files without a name, or on one that cannot."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    if request.param:
        monkeypatch.setattr(spooled, "_OPENED", tmp_path / "nothing")
    return place


@pytest.fixture(scope="module")
def claims() -> bytes:
    return "".join(to_837(generate(seed, 60), seed + 1) for seed in range(2)).encode()


def given(claims: bytes) -> dict[str, bytes]:
    """What may be given: plain, packed, refused, damaged, tables."""
    rows = b"".join(b"C%d,bcbstx,M1,S9500,7,2024-06-03,2024-06-09,700\n" % n for n in range(900))
    table = b"claim_id,payer,member_id,code,units,from,to,charge\n" + rows
    bare = claims.replace(b"ISA", b"ISB")
    packed = zipped(
        {"b.837": claims, "a.837": w.one(), "t.csv": table, "n.gz": gzip.compress(claims), "bare": bare, "z": bytes(9000)}
    )
    return {
        "plain": claims, "cut": claims[:-900], "gzip": gzip.compress(claims), "two gzips": gzip.compress(claims) * 2,
        "half a gzip": gzip.compress(claims)[:-300], "zip": packed, "half a zip": packed[:-30], "table": table,
        "gzip of a table": gzip.compress(table), "no ISA": bare, "gzip of no ISA": gzip.compress(bare),
        "noise": bytes(range(256)) * 40, "zip in gzip": gzip.compress(packed), "locked": bytes(locked(packed)),
        "office": zipped({"[Content_Types].xml": b"x" * 9000}),
    }  # fmt: skip


def locked(data: bytes) -> bytearray:
    """A zip in which one member is encrypted, and another damaged."""
    made = bytearray(data)
    made[made.index(b"PK\x01\x02") + 8] |= 1
    made[made.rindex(b"PK\x03\x04") + 60] ^= 0xFF
    return made


def test_what_comes_once_gives_the_same_as_read_whole(folder: Path, claims: bytes, tmp_path: Path) -> None:
    for name, data in given(claims).items():
        whole = read(["-"], io.BytesIO(data))
        bulk.same(whole, list(read_chunks(["-"], io.BytesIO(data), claims_per_chunk=50, large=1000, window=5000)))
        assert bool(whole.census.claims) == (name in CLAIMS_IN)
        (tmp_path / "given").write_bytes(data)
        by_name = list(read_chunks([tmp_path / "given"], claims_per_chunk=50, large=1000, window=5000))
        bulk.same(read([tmp_path / "given"]), by_name)
    assert not list(folder.iterdir())


def test_a_pipe_gives_the_same_as_a_file(folder: Path, claims: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    (tmp_path / "pipe").mkdir()
    (tmp_path / "file" / "week.837").write_bytes(claims)
    pipe = tmp_path / "pipe" / "week.837"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(claims,))
    writer.start()
    chunks = list(read_chunks([pipe], claims_per_chunk=50, large=1000, window=5000))
    writer.join()
    bulk.same(read([tmp_path / "file" / "week.837"]), chunks)
    assert not list(folder.iterdir())


def test_small_things_are_held_and_large_ones_stand_in_a_file(folder: Path) -> None:
    def paths(data: bytes) -> list[bool]:
        return [source.path is not None for source in sources(["-"], io.BytesIO(data), large=1000)]

    assert paths(b"x" * 999) == [False]
    assert paths(b"x" * 1000) == [True]
    assert paths(zipped({"a": b"x" * 999, "b": b"x" * 1000})) == [False, True]


def test_the_file_is_private_and_goes_with_the_block_whatever_ends_it(folder: Path) -> None:
    for error in (None, ValueError, KeyboardInterrupt):
        with pytest.raises(error) if error else nullcontext(), held(iter([b"ab", b"cd", b"ef"]), 3) as given:
            assert given.path is not None
            assert given.path.read_bytes() == b"abcdef"
            assert stat.S_IMODE(given.path.stat().st_mode) == 0o600
            assert given.size == 6
            path = given.path
            if error is not None:
                raise error
        assert not path.exists()
        assert not list(folder.iterdir())


def test_the_limits_of_archives_hold_for_members_in_files(folder: Path) -> None:
    limits = Limits(total=1_500_000, free=100_000, ratio=200, members=8)
    noise = {"a": os.urandom(800_000), "b": os.urandom(800_000), "c": b"x"}
    for members in ({"a": bytes(3_000_000), "b": b"x"}, noise):
        listed = [list(sources(["-"], io.BytesIO(zipped(members)), limits, large)) for large in (None, 1000)]
        assert [(s.name, s.problem) for s in listed[0]] == [(s.name, s.problem) for s in listed[1]]
        assert "fill the machine" in str(listed[1][-1].problem)
        assert not list(folder.iterdir())


def test_a_full_disk_is_told_and_the_rest_is_read(folder: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk that is full: the system refuses to write in the same way."""
    (tmp_path / "z.837").write_bytes(w.one())
    (tmp_path / "a.zip").write_bytes(zipped({"a.837": w.one(), "b.837": os.urandom(300_000)}))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        given_paths = [tmp_path / "a.zip", tmp_path / "z.837", "-"]
        found = {source.name: source.problem for source in sources(given_paths, io.BytesIO(bytes(MIB)), large=90_000)}
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert found["a.zip/a.837"] is None
    assert found["z.837"] is None
    for name in ("a.zip/b.837", "stdin"):
        assert "set TMPDIR to a folder that has" in str(found[name])
    assert not list(folder.iterdir())


def test_no_folder_for_temporary_files_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(RefusedError, match="TMPDIR"), held(iter([b"abc"]), 1):
        pass


class _Long(io.RawIOBase):
    """A stream of many segments that are nowhere as a whole."""

    def __init__(self, size: int) -> None:
        self.left = size

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        size = min(len(into), self.left)
        self.left -= size
        into[:size] = (b"NTE*ADD*of no weight~" * (size // 21 + 1))[:size]
        return size


class _Slow(_Long):
    """One that gives a byte at a time."""

    def __init__(self, data: bytes) -> None:
        super().__init__(len(data))
        self.data = data

    def readinto(self, into: Any) -> int:
        at = len(self.data) - self.left
        piece = self.data[at : at + 1]
        self.left -= len(piece)
        into[: len(piece)] = piece
        return len(piece)


def test_an_archive_is_told_though_it_comes_byte_by_byte(folder: Path) -> None:
    for data in (b"", b"x", b"\x1f", gzip.compress(w.one()), zipped({"a.837": w.one()})):
        slow = list(sources(["-"], io.BufferedReader(_Slow(data), 1), large=100_000))
        assert slow == list(sources(["-"], io.BytesIO(data), large=100_000))
    assert slow[0].data == w.one()


def test_memory_is_bounded_whatever_comes(folder: Path, tmp_path: Path) -> None:
    """48 MiB of standard input, and as many in a zip, are read in far less; whole they would take all of it."""
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive, archive.open("long", "w") as member:
        for _ in range(48):
            member.write(bytes(MIB))

    def read_all(paths: list[str]) -> Iterator[int]:
        for source in sources(paths, io.BufferedReader(_Long(48 * MIB)), large=2 * MIB):
            assert source.path is not None
            with source.path.open("rb") as file:
                yield sum(map(len, iter(partial(file.read, MIB), b"")))

    for path in ("-", str(tmp_path / "z.zip")):
        tracemalloc.start()
        try:
            assert list(read_all([path])) == [48 * MIB]
            assert tracemalloc.get_traced_memory()[1] < 12 * MIB
        finally:
            tracemalloc.stop()
