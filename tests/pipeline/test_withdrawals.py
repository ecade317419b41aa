"""Which claims are withdrawn: as the independent judge says, in whatever order the files come, however the claims are cut."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from judge import reading
from judge.generate import generate
from judge.judge import judge as opinion
from perdiem.edits import scope
from perdiem.pipeline.answer import answers
from perdiem.pipeline.bulk import Sizes
from perdiem.pipeline.ledger import ledger
from perdiem.pipeline.withdrawals import OF_NAME, withdrawn
from perdiem.pipeline.words import UNEDITED
from perdiem.store.add import add
from perdiem.store.history import open_history

from .claims import Claim, claim, line
from .history import jsonl, runs, write
from .test_judge_agrees import judge_says

CUTS = [Sizes(), Sizes(share=300, threads=2), Sizes(chunk=300, whole=1, part=300, threads=1)]
DAY = ("2024-06-05", "2024-06-05")


@dataclass(frozen=True)
class Named:
    """A claim as far as withdrawals look at it."""

    id: str
    names: str | None = None
    file: str = "a"
    provider: str = "1234567893"
    voids: bool = False

    def raw(self) -> Claim:
        frequency = "8" if self.voids else "7" if self.names else "1"
        return {"id": self.id, "frequency": frequency, "original_ref": self.names, "file": self.file,
                "npi": self.provider, "lines": []}  # fmt: skip

    @property
    def row(self) -> dict[str, Any]:
        """As a row of ``OF_NAME``, but for its number."""
        return {"claim_id": self.id, "original_ref": self.names, "payer": "P", "provider": self.provider, "source": self.file,
                "voids": self.voids}  # fmt: skip


def rows(claims: Sequence[Named]) -> pa.Table:
    """The claims as ``OF_NAME``, numbered as they stand."""
    return pa.Table.from_pylist([{"claim_no": no, **one.row} for no, one in enumerate(claims, 1)], OF_NAME)


def engine_says(claims: Sequence[Named]) -> dict[int, int]:
    table = rows(claims)
    found = withdrawn(table.filter(pc.is_valid(table["original_ref"])), table).to_pylist()
    assert all(claims[row["by_claim_no"] - 1].id == row["withdrawn_by"] for row in found)
    return {row["claim_no"]: row["by_claim_no"] for row in found}


def judge_finds(claims: Sequence[Named]) -> set[int]:
    read = [reading.claim_of(at, c.raw()) for at, c in enumerate(claims)]
    reading.withdraw(read)
    itself = {at for at, c in enumerate(claims, 1) if c.voids}  # a void bills nothing, withdrawn or not
    return {at for at, c in enumerate(read, 1) if c.withdrawn} - itself


NAMES = st.sampled_from("XYZ")
PROVIDERS = st.sampled_from(["1234567893", "1457319893"])
ANY = st.one_of(
    st.builds(Named, NAMES, st.none() | NAMES, st.sampled_from("abc"), PROVIDERS),
    st.builds(Named, NAMES, NAMES, st.sampled_from("abc"), PROVIDERS, st.just(True)),
)
BATCHES = st.lists(ANY, max_size=9).map(lambda claims: sorted(claims, key=lambda c: c.file))


@settings(deadline=None)
@given(BATCHES)
@example([Named("R", "X"), Named("X", None, "b"), Named("X", None, "c")])
@example([Named("X", "X"), Named("X", "X", "b"), Named("X", None, "c")])
@example([Named("R", "X"), Named("X"), Named("X", None, "b")])
@example([Named("R", "X"), Named("X", None, "b"), Named("S", "X", "c")])
@example([Named("V", "X", voids=True), Named("X"), Named("X", None, "b")])
@example([Named("Z", "Y"), Named("Y", "X"), Named("X")])
@example([Named("Z", "Y", "a"), Named("Y", "X", "b"), Named("X", None, "c")])
@example([Named("Y", "X"), Named("X", "Y")])
def test_the_judge_agrees_and_nothing_withdraws_itself(claims: list[Named]) -> None:
    found = engine_says(claims)
    assert {gone for gone in found if not claims[gone - 1].voids} == judge_finds(claims)
    for gone, by in found.items():
        assert gone != by
        assert claims[by - 1].names == claims[gone - 1].id
        assert by > gone or not claims[by - 1].voids or claims[by - 1].file != claims[gone - 1].file


@settings(deadline=None)
@given(BATCHES, st.sets(st.integers(1, 9)))
def test_what_is_not_at_hand_is_asked_for(claims: list[Named], at_hand: set[int]) -> None:
    """Of some claims the same is found as of all, and no others are asked for where none is withdrawn by one before it."""
    table = rows(claims)
    asked: list[pa.Array] = []

    def others(numbers: pa.Array) -> pa.Table:
        asked.append(numbers)
        return table.filter(pc.is_in(table["claim_id"], numbers))

    some = table.filter(pc.is_in(table["claim_no"], pa.array(sorted(at_hand), pa.int64())))
    naming = table.filter(pc.is_valid(table["original_ref"]))
    found = {row["claim_no"]: row["by_claim_no"] for row in withdrawn(naming, some, others).to_pylist()}
    assert found == {no: by for no, by in engine_says(claims).items() if no in at_hand}
    seeming = withdrawn(naming, some).to_pylist()
    assert len(asked) == any(row["by_claim_no"] < row["claim_no"] for row in seeming)


@st.composite
def one_original(draw: st.DrawFn) -> list[list[Named]]:
    """Files in any order, of claims, no two of one number, and of replacements that name one of them; in its file, after it."""
    originals = [Named(f"X{n}", None, draw(st.sampled_from("abcd"))) for n in range(draw(st.integers(1, 4)))]
    naming = [
        Named(f"R{n}", draw(st.sampled_from(originals)).id, draw(st.sampled_from("abcd"))) for n in range(draw(st.integers(0, 4)))
    ]
    home = {one.id: one.file for one in originals}
    apart = sorted(
        draw(st.permutations(originals + naming)), key=lambda c: (c.file, c.names is not None and home[c.names] == c.file)
    )
    return draw(st.permutations([list(file) for _, file in groupby(apart, key=lambda c: c.file)]))


@settings(deadline=None)
@given(one_original())
def test_whatever_the_order_of_files_the_same_are_withdrawn(files: list[list[Named]]) -> None:
    """Where every number has one original."""
    claims = [one for file in files for one in file]
    assert {claims[no - 1].id for no in engine_says(claims)} == {one.names for one in claims if one.names}


# ---------------------------------------------------------------- through the whole pipeline


@pytest.fixture(scope="module")
def scattered() -> list[list[Claim]]:
    """Generated claims scattered over six files; some are replaced in the first, whose replacements come before most originals."""
    rng = random.Random("scattered")
    files: list[list[Claim]] = [[] for _ in range(6)]
    for number, one in enumerate(generate(91, 700)):
        at = rng.randrange(6)
        files[at].append(one | {"file": str(at)})
        if number % 12 == 0:
            files[0].append(one | {"id": f"R{number}", "frequency": "7", "original_ref": one["id"], "file": "0"})
    return files


def judged_apart(folder: Path, files: Sequence[list[Claim]], history: Any = None, sizes: Sizes | None = None) -> tuple[Any, ...]:
    """Every line's answer, the same as JSON lines, and how many claims a claim before them withdraws."""
    folder.mkdir(exist_ok=True)
    found = runs([write(folder / f"{claims[0]['file']}.837", claims, int(claims[0]["file"])) for claims in files], history, sizes)
    told = [row for run in found for row in run.decision.to_pylist()]
    claims = [row for run in found for row in run.claim.to_pylist()]
    early = sum(row["by_claim_no"] is not None and row["by_claim_no"] < row["claim_no"] for row in claims)
    return told, jsonl(found), early


def agree(told: Sequence[dict[str, Any]], wanted: dict[tuple[int, int], dict[str, Any]]) -> None:
    assert len(told) == len(wanted)
    for row, (place, judge) in zip(told, sorted(wanted.items()), strict=True):
        adjusted = tuple((a["group"], a["carc"], tuple(a["rarc"]), a["units"]) for a in row["adjustments"])
        assert (row["verdict"], (row["pay_units"], row["deny_units"], row["pend_units"]), adjusted) == judge_says(judge), place


def test_files_in_any_order_are_judged_as_the_judge_says_however_cut(tmp_path: Path, scattered: list[list[Claim]]) -> None:
    wanted = opinion([one for file in scattered for one in file])
    written = []
    for number, sizes in enumerate(CUTS):
        told, text, early = judged_apart(tmp_path / str(number), scattered, None, sizes)
        assert early > 10, "an original after its replacement"
        agree(told, wanted)
        written.append(text)
    assert set(written) == {written[0]}


def test_a_store_and_files_are_one_history_however_cut(tmp_path: Path, scattered: list[list[Claim]]) -> None:
    """Replacements of the history whose original comes in a later addition, or in the batch."""
    past, now = scattered[:4], scattered[4:]
    wanted = opinion([one for file in now for one in file], [one for file in past for one in file])
    (tmp_path / "past").mkdir()
    for at, claims in enumerate(past):
        file = write(tmp_path / "past" / f"{at}.837", claims, at)
        add(tmp_path / "store", [file])
    written = []
    for given_as in ("past", "store"):
        for number, sizes in enumerate(CUTS):
            with open_history(tmp_path / given_as) as history:
                told, text, early = judged_apart(tmp_path / f"now {given_as} {number}", now, history, sizes)
            assert early > 10, "an original after its replacement"
            agree(told, wanted)
            written.append(text)
    assert set(written) == {written[0]}


def test_the_claim_named_may_be_of_the_history_though_no_rule_looks_at_it(tmp_path: Path) -> None:
    """The first X1 is of another member and long ago: R1 names it, so the X1 that is billed now stands."""
    old = [claim(line("S9500", 1, "2024-05-01", "2024-05-01"), member="OTHER") | {"id": "X1"}]
    naming = [claim(line("A4222", 1, *DAY), frequency="7", original_ref="X1") | {"id": "R1"}]
    anew = [claim(line("S9500", 1, *DAY), line("J0696", 1, *DAY)) | {"id": "X1"}]
    first, second, third = (write(tmp_path / f"{n}.837", some, n) for n, some in enumerate((old, naming, anew), 1))
    for given_now, given_before, gone in (
        ([second, third], [first], False),
        ([third], [second], True),
        ([second, third], None, True),
        ([third], [second, first], False),
    ):
        for sizes in (Sizes(), Sizes(chunk=1, whole=1, part=10), Sizes(share=1)):
            if given_before is None:
                text = jsonl(runs(given_now, None, sizes))
            else:
                store = tmp_path / "-".join(file.stem for file in given_before)
                add(store, given_before[:1])
                add(store, given_before[1:] or given_before)
                with open_history(store) as history:
                    text = jsonl(runs(given_now, history, sizes))
            assert ('"withdrawn_by": "R1"' in text) == gone, (given_now, given_before, sizes)


def test_an_addition_that_tells_no_file_withdraws_what_came_before_it(tmp_path: Path) -> None:
    """A store made before replacements told their file and number answers as it did then."""
    naming = [claim(line("A4222", 1, *DAY), frequency="7", original_ref="X1") | {"id": "R1"}]
    original = [claim(line("S9500", 1, *DAY), line("J0696", 1, *DAY)) | {"id": "X1"}]
    asked = [claim(line("A4223", 1, *DAY)) | {"id": "N1"}]
    one, two, now = (write(tmp_path / f"{n}.837", some, n) for n, some in enumerate((original, naming, asked), 1))
    verdicts = []
    for number, order in enumerate(([one, two], [two, one])):
        for file in order:
            add(tmp_path / str(number), [file])
        for file in (tmp_path / str(number)).glob("*/naming.parquet"):
            pq.write_table(pq.read_table(file).drop(["source", "claim_id"]), file)
        with open_history(tmp_path / str(number)) as history:
            (run,) = runs([now], history)
        verdicts += [row["verdict"] for row in run.decision.to_pylist()]
    assert verdicts == ["pay", "deny"], "the per diem of X1 is withdrawn where R1 came after it"


def test_nothing_is_asked_of_the_engine_where_nothing_names_a_claim(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ran: list[str] = []
    real = scope.Engine.run

    def counted(self: Any, query: str, values: Sequence[object] = ()) -> int:
        ran.append(query)
        return real(self, query, values)

    monkeypatch.setattr(scope.Engine, "run", counted)
    runs([write(tmp_path / "1.837", [claim(line("S9500"))])])
    assert ran
    assert not any(query in (scope.WITHDRAWN, scope._OF_NAME, scope._GONE, scope._GIVEN) for query in ran)


def test_a_claim_withdrawn_by_one_before_it_says_so_and_is_counted(tmp_path: Path) -> None:
    naming = claim(line("S9500", 1, *DAY), line("J0696", 1, *DAY), frequency="7", original_ref="X1") | {"id": "R1"}
    original = claim(line("S9500", 1, *DAY), line("J0696", 1, *DAY)) | {"id": "X1"}
    told = {}
    for name, order in (("early", (naming, original)), ("late", (original, naming))):
        (run,) = runs([write(tmp_path / f"{name}.837", list(order), 1)])
        reasons = {one["because"] for answer in answers(run) for one in answer["lines"] if one["verdict"] == "unedited"}
        told[name] = reasons, ledger(run)["claims_withdrawn_early"], run.decision["verdict"].to_pylist().count("unedited")
    assert told == {"early": ({UNEDITED["withdrawn early"]}, 1, 2), "late": ({UNEDITED["withdrawn"]}, 0, 2)}
