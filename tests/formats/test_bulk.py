"""Read in chunks and windows of any size, by the compiled pass or without it, a file gives exactly what it gives whole."""

from __future__ import annotations

import gzip
import importlib.util
import io
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import writer as w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_properties import FILES, PARTS

from damage import damaged_bytes, damaged_segments
from judge.generate import generate
from judge.to_837 import to_837
from perdiem.formats import census
from perdiem.formats.bulk import read_bulk, read_chunks
from perdiem.formats.intake import read
from perdiem.model.errors import EngineError
from perdiem.model.schema import CLAIM_TABLES, Batch, Census

CORPUS = Path(__file__).parents[2].parent / "shared" / "data" / "x12"
SAMPLES = sorted(CORPUS.iterdir()) if CORPUS.is_dir() else []
NUMBA = importlib.util.find_spec("numba") is not None
WAYS = [pytest.param(True, id="compiled", marks=pytest.mark.skipif(not NUMBA, reason="skipped, because numba is not installed")),
        pytest.param(False, id="split")]  # fmt: skip
WINDOWS = [300, 1100, 4000, 4 << 20]
TABLES = [table.name for table in CLAIM_TABLES]


def same(whole: Batch, chunks: list[Batch]) -> None:
    """The chunks put together are the batch, value by value."""
    for name in TABLES:
        together = pa.concat_tables([getattr(chunk, name) for chunk in chunks])
        together.validate(full=True)
        expected = getattr(whole, name)
        if not together.equals(expected):
            assert together.to_pylist() == expected.to_pylist()
            assert together.schema == expected.schema
    counted = Census()
    for chunk in chunks:
        counted = census.add(counted, chunk.census)
    assert counted == whole.census
    assert (chunks[-1].inputs, chunks[-1].cut) == (whole.inputs, whole.cut)
    assert not any(chunk.inputs for chunk in chunks[:-1])


def both(data: bytes, window: int, compiled: bool = NUMBA, claims: int = 3) -> None:
    """Reads bytes as stdin, whole and in chunks."""
    chunks = read_chunks(["-"], io.BytesIO(data), None, claims, large=0, window=window, compiled=compiled)
    same(read(["-"], io.BytesIO(data)), list(chunks))


@pytest.mark.skipif(not SAMPLES, reason="skipped, because ../shared/data/x12 is not beside the repository")
@pytest.mark.parametrize("compiled", WAYS)
@pytest.mark.parametrize("window", WINDOWS)
def test_samples(window: int, compiled: bool) -> None:
    for path in SAMPLES:
        if path.stat().st_size < 100_000 or window > 1000:
            same(read([path]), list(read_chunks([path], claims_per_chunk=3, large=0, window=window, compiled=compiled)))
    same(read([CORPUS]), list(read_chunks([CORPUS], claims_per_chunk=40, large=1000, window=1 << 20, compiled=compiled)))


@pytest.fixture(scope="module")
def claims() -> str:
    return "".join(to_837(generate(seed, 120), seed + 1) for seed in range(3))


@pytest.mark.parametrize("compiled", WAYS)
@pytest.mark.parametrize("window", [700, 5000, 1 << 20])
def test_generated_claims(claims: str, window: int, compiled: bool) -> None:
    both(claims.encode(), window, compiled, 50)
    both(claims.replace("\n", "").encode(), window, compiled, 50)
    both(claims.replace("~\n", "\n").encode(), window, compiled, 50)


def mutations(data: bytes, seed: int, count: int) -> Iterator[bytes]:
    """Files of claims with a few bytes flipped, segments dropped, doubled, moved or cut, or the end cut off."""
    rng = random.Random(seed)
    parts = data.split(b"~")
    for _ in range(count):
        made = list(parts)
        for _ in range(rng.choice([1, 2, 5])):
            at, other = rng.randrange(len(made)), rng.randrange(len(made))
            deed = rng.randrange(8)
            if deed == 0:
                del made[at]
            elif deed == 1:
                made.insert(at, made[at])
            elif deed == 2:
                made[at], made[other] = made[other], made[at]
            elif deed == 3:
                made.insert(other, made.pop(at))
            elif deed == 4 and made[at]:
                flipped = bytearray(made[at])
                flipped[rng.randrange(len(flipped))] = rng.choice([*b"*~:\n\r \x00.-0A", rng.randrange(256)])
                made[at] = bytes(flipped)
            elif deed == 5 and made[at]:
                bits = made[at].split(b"*")
                value = rng.choice([b"", b" ", b"-1", b"1.005", b"a b", b" 1 ", b"99999999", b"x" * 4100, "é".encode(), b"\xe9"])
                bits[rng.randrange(len(bits))] = value
                made[at] = b"*".join(bits)
            elif deed == 6:
                made[at] += rng.choice([b"*", b"*1", b"~", b" ", b"~\n ~"])
            elif deed == 7:
                made = made[: max(at, 2)] if rng.random() < 0.2 else made
        yield b"~".join(made)


@pytest.mark.parametrize("seed", range(4))
def test_mutated_claims(claims: str, seed: int) -> None:
    data = to_837(generate(seed + 10, 12)).encode()
    rng = random.Random(seed)
    for made in mutations(data if seed % 2 else data.replace(b"\n", b""), seed, 120):
        both(made, rng.choice([300, 900, 2500, 8000, 1 << 18]), claims=rng.choice([1, 4, 100]))


def dressed(data: bytes) -> bytes:
    """The rarer segments of clean claims: notes, drugs, other payers, dependents, spaces and points."""
    other = b"SBR*S*18*******MB~CAS*CO*45*10.5**97*-3~AMT*D*80~NM1*PR*2*SECOND*****PI*99~"
    paid = b"LIN**N4*00074433201~CTP****2.5*ML:X~SVD*99*80*HC:S9500**7~CAS*PR*1*20*1*2*7.1~AMT*EAF*4~NTE*ADD* a note ~REF*XZ*RX 1~"
    data = data.replace(b"LX*1~", other + b"REF*F8*skip~LX*1~").replace(b"*D8*", b"*D8 *", 3).replace(b"LX*2~", paid + b"LX*2~")
    return data.replace(b"HI*ABK:A419", b"REF*G1* AB 1~NM1*82*1*X*Y****XX*55~NM1*77*2*PLACE~HI*ABK:a41.9*BF: b2. :1*ABF:...*XX:A1")


@pytest.mark.parametrize("seed", range(3))
def test_mutated_dressed_claims(seed: int) -> None:
    data = dressed(to_837(generate(seed + 20, 10)).replace("\n", "").encode())
    rng = random.Random(seed)
    both(data, 1 << 18)
    for made in mutations(data, seed, 120):
        both(made, rng.choice([400, 2500, 8000, 1 << 18]), claims=rng.choice([1, 4, 100]))


def many_sets(count: int, seed: int) -> bytes:
    """An interchange of small sets, most of them alike; a few count wrong, name another guide or use another separator."""
    rng = random.Random(seed)
    sets = []
    for at in range(count):
        people = [[*w.subscriber(2 + n, 1, f"M{at}{n}"), *w.claim(f"C{at}{n}")] for n in range(rng.choice([1, 1, 2]))]
        made = w.transaction([*w.provider(), *(part for one in people for part in one)], f"{at:04d}")
        odd = rng.randrange(40)
        if odd == 0:
            made[-1] = "SE*1*" + f"{at:04d}"
        elif odd == 1:
            made[0] = f"ST*837*{at:04d}*005010X222A2"
        elif odd == 2:
            made = [part.replace("HC:S9500", "HC>S9500") for part in made]
        elif odd == 3:
            made[0] = f"ST*837*{at:04d}"
        elif odd == 4:
            made = [part for part in made if not part.startswith("CLM")]
        elif odd == 5:
            made[-1] += "*" + "x" * 4100
        sets.append(made)
    return w.text([w.isa(), *w.group(sets), "IEA*1*000000001"], "~")


@pytest.mark.parametrize("seed", range(4))
def test_many_small_sets(seed: int) -> None:
    data = many_sets(60, seed)
    for window in (300, 1500, 7000, 1 << 18):
        both(data, window, claims=20)
    rng = random.Random(seed)
    for made in mutations(many_sets(12, seed + 100), seed, 100):
        both(made, rng.choice([400, 1500, 8000, 1 << 18]), claims=rng.choice([1, 4, 100]))


many = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
windows = st.sampled_from([300, 301, 350, 500, 900, 2000, 1 << 20])


@many
@given(damaged_bytes(FILES), windows, st.booleans())
def test_damaged_bytes(data: bytes, window: int, compiled: bool) -> None:
    both(data, window, compiled and NUMBA)


@many
@given(damaged_segments(PARTS), windows, st.booleans())
def test_damaged_segments(data: bytes, window: int, compiled: bool) -> None:
    both(data, window, compiled and NUMBA)


@many
@given(st.binary(max_size=300), st.binary(max_size=300), windows)
def test_noise(one: bytes, other: bytes, window: int) -> None:
    both(one + FILES[0] + one + FILES[3] + other, window)
    both(FILES[0][:106] + one, window)


def test_truncated_anywhere() -> None:
    for data in (FILES[0], FILES[3]):
        for end in range(0, len(data), 29):
            both(data[:end], 600)


def test_files_gzip_and_directories(tmp_path: Path, claims: str) -> None:
    data = claims.encode()
    (tmp_path / "a.837").write_bytes(data)
    (tmp_path / "b.837.gz").write_bytes(gzip.compress(data[: len(data) // 2]) + gzip.compress(data[len(data) // 2 :]))
    (tmp_path / "c.837.gz").write_bytes(gzip.compress(data)[:-4000])
    (tmp_path / "d.837.gz").write_bytes(gzip.compress(gzip.compress(data)))
    (tmp_path / "e.pdf").write_bytes(b"%PDF-1.4" + data)
    (tmp_path / "f.txt").write_bytes(b" \r\n" * 9000)
    (tmp_path / "g.txt").write_bytes(b"junk " * 9000 + data)
    (tmp_path / "h.txt").write_bytes(w.one())
    for large in (0, 20_000, 1 << 30):
        same(read([tmp_path]), list(read_chunks([tmp_path], claims_per_chunk=200, large=large, window=60_000)))
    same(read([tmp_path]), [read_bulk([tmp_path])])


def test_nothing_given() -> None:
    same(read([]), list(read_chunks([])))
    same(read(["/no/such/file"]), list(read_chunks(["/no/such/file"], large=0)))


def test_chunks_hold_what_they_count(claims: str) -> None:
    chunks = list(read_chunks(["-"], io.BytesIO(claims.encode()), None, 100, large=0, window=20_000))
    assert len(chunks) == 4
    assert [c.census.claims for c in chunks][:3] == [c.claim.num_rows + c.rejected.num_rows for c in chunks][:3]
    assert all(c.census.claims >= 100 for c in chunks[:-1])


def test_progress_ends_at_the_size(tmp_path: Path, claims: str) -> None:
    (tmp_path / "a.837").write_text(claims)
    heard: list[Any] = []
    list(read_chunks([tmp_path], progress=lambda *said: heard.append(said), large=0, window=9000))
    assert heard == sorted(heard)
    assert heard[-1] == ("a.837", len(claims), len(claims))


def test_a_file_that_changes_is_an_error(tmp_path: Path, claims: str) -> None:
    path = tmp_path / "a.837"
    path.write_text(claims)
    chunks = read_chunks([path], claims_per_chunk=10, large=0, window=9000)
    next(chunks)
    path.write_text(claims[:30_000])
    with pytest.raises(EngineError, match="while it was read"):
        list(chunks)


def test_a_small_file_waits_for_no_compiler(tmp_path: Path) -> None:
    (tmp_path / "a.837").write_bytes(w.one())
    read = "from perdiem.formats.bulk import read_bulk; print(len(read_bulk(sys.argv[1:]).claim), 'numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", f"import sys; {read}", str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "False"]
