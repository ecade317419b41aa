"""A batch of any size gets the same bytes, however it is cut: by chunks, by parts, by threads; with a history too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from judge.judge import judge as opinion
from perdiem.pipeline import bulk
from perdiem.pipeline.bulk import Sizes
from perdiem.pipeline.ledger import Account
from perdiem.pipeline.output import write_parquet, write_text
from perdiem.store.add import add
from perdiem.store.history import open_history

from .claims import Claim, claim, first_differences, line, members, pool, shuffled
from .history import apart, jsonl, runs, write
from .test_judge_agrees import Both, differences

CUTS = [
    Sizes(chunk=10_000, part=200, threads=2),  # one chunk: judged uncut
    Sizes(chunk=211, part=500, threads=1),  # several chunks, all judged uncut
    Sizes(chunk=900, whole=1, part=10_000, threads=1),  # some chunks, one part
    Sizes(chunk=211, whole=1, part=700, threads=2),
    Sizes(chunk=640, whole=700, part=400, threads=4),
    Sizes(chunk=19, whole=40, part=2_000, threads=1),
    Sizes(chunk=211, share=700, threads=2),  # in memory, parts beside each other
    Sizes(chunk=10_000, share=170, threads=4),
    Sizes(chunk=640, share=400, threads=1),
]
Written = tuple[str, object, dict[str, str]]
IN_MEMORY = CUTS[6]
each_cut = pytest.mark.parametrize("sizes", CUTS[1:], ids=lambda s: f"{s.chunk}-{s.whole}-{s.part}-{s.share}-{s.threads}")


@cache
def batch() -> tuple[Claim, ...]:
    """Claims whose members, and the claims that withdraw each other, stand far apart; some correct the member's number."""
    claims = [pool()[at] for at in shuffled(members(), 5)]
    return tuple(
        one | {"member": f"CORRECTED{at}"} if "original_ref" in one and at % 3 == 0 else one for at, one in enumerate(claims)
    )


@dataclass(frozen=True)
class Inputs:
    """The files of a batch, and a file of claims billed earlier. Chunks are cut where a file ends, or a window of a large one."""

    files: list[Path]
    earlier: Path


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    folder = tmp_path_factory.mktemp("bulk")
    now, before = [], []
    for number, one in enumerate(batch()):
        (before if number % 7 == 3 else now).append(one)
    cuts = [at * len(now) // 12 for at in range(13)]
    files = [write(folder / f"{at:02d}.837", now[a:b], at + 1) for at, (a, b) in enumerate(pairwise(cuts))]
    return Inputs(files, write(folder / "earlier.837", before, 99))


def written(
    files: Sequence[Path], sizes: Sizes, earlier: Path | None, into: Path | None = None
) -> tuple[str, object, dict[str, str]]:
    """What is written as text, its ledger, and the fingerprint of each Parquet file."""
    options = {"paths": [], "policy": [], "format": "jsonl", "all": False}
    with open_history(earlier) if earlier else nullcontext() as history:
        text: list[str] = []
        found = runs(files, history, sizes)
        told = write_text(found, options, text.append, history)
        marks = {}
        if into is not None:
            write_parquet(found, options, into, history)
            marks = {file.name: sha256(file.read_bytes()).hexdigest() for file in sorted(into.iterdir())}
    return "".join(text), (told.ledger, told.record), marks


@cache
def whole(files: tuple[Path, ...], earlier: Path | None, into: Path) -> Written:
    return written(files, CUTS[0], earlier, into)


@pytest.mark.parametrize("with_history", [False, True], ids=["alone", "history"])
@each_cut
def test_cuts_change_no_byte(
    inputs: Inputs, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, sizes: Sizes, with_history: bool
) -> None:
    earlier = inputs.earlier if with_history else None
    wanted = whole(tuple(inputs.files), earlier, inputs.earlier.parent / f"whole-{with_history}")
    told = written(inputs.files, sizes, earlier, tmp_path / "cut")
    assert told[0] == wanted[0], first_differences(told[0].splitlines(), wanted[0].splitlines())
    assert told[1:] == wanted[1:]
    assert len(wanted[2]) == 6, "five tables and the record"


@pytest.mark.parametrize("sizes", [CUTS[3], CUTS[7]], ids=["on the disk", "in memory"])
def test_the_cuts_do_cut(inputs: Inputs, sizes: Sizes) -> None:
    """Runs come in order, more than some; members and withdrawals reach over them."""
    found = runs(inputs.files, None, sizes)
    assert len(found) > 5
    numbers = [no for run in found for no in run.batch.claim["claim_no"].to_pylist()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert found[-1].batch.inputs
    place = {no: at for at, run in enumerate(found) for no in run.batch.claim["claim_no"].to_pylist()}
    by = [(row["claim_no"], row["by_claim_no"]) for run in found for row in run.claim.to_pylist() if row["by_claim_no"]]
    assert sum(place[one] != place[other] for one, other in by) > 20, "withdrawn by a claim of a later chunk"
    others = [f for run in found for f in run.finding.to_pylist() if f["other_claim_no"]]
    assert sum(place[f["claim_no"]] != place[f["other_claim_no"]] for f in others) > 20, "findings beside another chunk's lines"


def test_windows_of_one_large_file_change_no_byte(inputs: Inputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file of all claims, read whole; then as if it were large, in windows and chunks of some claims."""
    file = write(tmp_path / "all.837", batch(), 5)
    wanted = written([file], CUTS[0], inputs.earlier)
    monkeypatch.setattr(bulk, "read_chunks", partial(bulk.read_chunks, large=1 << 10, window=1 << 15))
    with open_history(inputs.earlier) as history:
        assert len(runs([file], history, CUTS[3])) > 8
    assert written([file], CUTS[3], inputs.earlier) == wanted


def test_an_empty_input_is_one_empty_run(tmp_path: Path) -> None:
    (tmp_path / "empty.837").write_bytes(b"")
    found = runs([tmp_path / "empty.837"], None, CUTS[3])
    assert [run.batch.claim.num_rows for run in found] == [0]


def test_a_history_is_the_same_from_a_file_and_from_a_store(tmp_path: Path) -> None:
    """As one file, as two; as a store of one addition, of two."""
    earlier, now = apart(21, 500)
    half = len(earlier) // 2
    one = write(tmp_path / "one.837", earlier, 1)
    (tmp_path / "two").mkdir()
    two = [write(tmp_path / "two" / "1.837", earlier[:half], 2), write(tmp_path / "two" / "2.837", earlier[half:], 3)]
    add(tmp_path / "store of one", [one])
    add(tmp_path / "store of two", [two[0]])
    add(tmp_path / "store of two", [two[1]])
    batch_file = write(tmp_path / "now.837", now, 4)
    answers = {}
    for given in (one, tmp_path / "two", tmp_path / "store of one", tmp_path / "store of two"):
        with open_history(given) as history:
            answers[given.name] = jsonl(runs([batch_file], history))
    assert set(answers.values()) == {answers["one.837"]}
    assert answers["one.837"] != jsonl(runs([batch_file]))


@pytest.mark.parametrize("sizes", [CUTS[0], CUTS[3], IN_MEMORY], ids=["at once", "in parts", "beside"])
def test_what_the_history_holds_already_is_skipped_and_counted(tmp_path: Path, sizes: Sizes) -> None:
    """A batch after its own first half was added: that half is earlier now, and not judged again."""
    claims = list(batch()[:600])
    files = [write(tmp_path / "1.837", claims[:300], 1), write(tmp_path / "2.837", claims[300:], 2)]
    added = add(tmp_path / "store", files[:1])
    assert (added["claims"], added["lines"]) == (300, sum(len(one["lines"]) for one in claims[:300]))
    account = Account()
    with open_history(tmp_path / "store") as history:
        found = runs(files, history, sizes)
        alone = runs(files[1:], history, sizes)
    for run in found:
        account.add(run)
    told = account.close()
    assert (told["claims_in"], told["judged"], told["skipped"]) == (600, 300, 300)
    assert (told["lines_skipped"], told["rejected"]) == (added["lines"], 0)
    cents = sum(round(100 * float(line.get("charge", 100))) for one in claims[:300] for line in one["lines"])
    assert round(100 * float(told["charge_skipped"])) == cents
    if len(found) == 1:
        wanted = opinion(claims[300:], claims[:300])
        apart_now = differences(Both(claims[300:], alone[0], wanted))
        assert not apart_now, "\n".join(apart_now[:3])
    assert unplaced(jsonl(found)) == unplaced(jsonl(alone)), "whether the held half is given again changes nothing"


TINY = [Sizes(), Sizes(share=1), Sizes(chunk=1, whole=1, part=1), Sizes(chunk=2, whole=1, part=10)]


@pytest.mark.parametrize("sizes", TINY, ids=["at once", "beside", "in parts", "in one part"])
def test_a_skipped_replacement_withdraws_nothing_however_the_batch_is_cut(tmp_path: Path, sizes: Sizes) -> None:
    """The history holds X1 and R1, which replaced it; the batch has an X1 of its own, and the file of R1 once more."""
    day = ("2024-06-05", "2024-06-05")
    old = [claim(line("S9500", 1, *day)) | {"id": "X1"}]
    replacing = [claim(line("A4222", 1, *day), frequency="7", original_ref="X1") | {"id": "R1"}]
    new = [claim(line("S9500", 1, *day), line("J0690", 1, *day)) | {"id": "X1"}, claim(line("A4223", 1, *day)) | {"id": "N1"}]
    now, first, second = (write(tmp_path / f"{n}.837", some, n) for n, some in enumerate((new, old, replacing), 1))
    for given in ([first, second], [second, first]):
        store = tmp_path / given[0].stem
        for file in given:
            add(store, [file])
        with open_history(store) as history:
            alone, beside = jsonl(runs([now], history)), runs([now, second], history, sizes)
        assert "withdrawn_by" not in alone
        assert unplaced(jsonl(beside)) == unplaced(alone), "whether the held file is given again changes nothing"


def unplaced(text: str) -> list[str]:
    """JSON lines without the position of the claim in its input."""
    return [re.sub(r'"position": \d+, ', "", line) for line in text.splitlines()]
