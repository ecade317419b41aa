"""Parts beside each other: members stay whole, every claim is in one part, and the answers come out in input order."""

from __future__ import annotations

import threading
from typing import cast

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perdiem.model.errors import EngineError
from perdiem.model.schema import Batch, Census
from perdiem.pipeline.beside import Crew, cut
from perdiem.pipeline.history import Placed
from perdiem.pipeline.session import Run, Session
from perdiem.policy.read import read_policies


def drawn(claims: list[tuple[int, int]], first: int = 1, back: bool = False) -> tuple[Batch, Placed]:
    """A batch of claims with a member and some lines each, and whose they are; ``back``: the claims stand in no order."""
    numbers = list(range(first, first + len(claims)))
    of_line = [no for no, (_, lines) in zip(numbers, claims, strict=True) for _ in range(lines)]
    none = pa.table({"problem": pa.array([], pa.string())})
    claim = pa.table({"claim_no": pa.array(numbers[::-1] if back else numbers, pa.int64())})
    line = pa.table({"line_no": pa.array(range(1, len(of_line) + 1), pa.int64()), "claim_no": pa.array(of_line, pa.int64())})
    members = pa.array([f"M{member}" for member, _ in claims], pa.string())
    placed = Placed(pa.array(numbers, pa.int64()), members, *[pa.nulls(len(claims))] * 3)
    return Batch(claim, line, none, none, none, Census(len(claims), len(of_line), 0)), placed


def judged(batch: Batch) -> Run:
    """A run that says of each claim and line its own number, and nothing of every third line."""
    line = batch.line.select(["line_no"])
    found = line.filter(pa.array([no % 3 != 0 for no in line["line_no"].to_pylist()], pa.bool_()))
    return Run(
        batch, batch.claim, line, pa.concat_tables([found, found]).sort_by("line_no"), found, cast(None, None), cast(None, None)
    )


some = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=40)


@given(some, st.integers(1, 9), some)
def test_members_stay_whole_and_answers_come_in_order(
    claims: list[tuple[int, int]], parts: int, before: list[tuple[int, int]]
) -> None:
    batch, placed = drawn(claims)
    known = [one for one in before if one[0] in {member for member, _ in claims}]
    earlier, earlier_placed = drawn(known, first=-50, back=True)
    whole = cut(batch, placed, parts, earlier, earlier_placed)
    assert 1 <= whole.parts <= parts
    member = dict(zip(placed.claim_no.to_pylist(), placed.member.to_pylist(), strict=True))
    of_history = dict(zip(earlier_placed.claim_no.to_pylist(), earlier_placed.member.to_pylist(), strict=True))
    seen: dict[str, int] = {}
    for number in range(whole.parts):
        part, old = whole.part(number)
        assert part.claim.num_rows
        for no in part.claim["claim_no"].to_pylist():
            assert seen.setdefault(member[no], number) == number
        assert set(part.line["claim_no"].to_pylist()) <= set(part.claim["claim_no"].to_pylist())
        assert old is not None
        assert {of_history[no] for no in old.claim["claim_no"].to_pylist()} <= {m for m, of in seen.items() if of == number}
    runs = list(whole.in_order(judged(whole.part(number)[0]) for number in range(whole.parts)))
    alone = judged(batch)
    for name in ("claim", "decision", "finding", "day"):
        assert pa.concat_tables(getattr(run, name) for run in runs).to_pylist() == getattr(alone, name).to_pylist()
    assert pa.concat_tables(run.batch.line for run in runs).to_pylist() == batch.line.to_pylist()
    for run in runs:
        assert run.claim["claim_no"].to_pylist() == run.batch.claim["claim_no"].to_pylist()
    assert [run.batch.census.claims for run in runs] == [len(claims)] + [0] * (len(runs) - 1)


def test_a_crew_works_beside_each_other_and_tells_in_order() -> None:
    both = threading.Barrier(2, timeout=20)
    batch, _ = drawn([(1, 1)])
    order = []

    def work(session: Session, part: int) -> Run:
        if part < 2:
            both.wait()  # fails unless two are under way at once
        order.append(session)
        return judged(batch)

    with Session(read_policies(), threads=2) as session, Crew(session, 2) as crew:
        assert len(list(crew.judge(6, work))) == 6
    assert len({id(one) for one in order}) <= 2
    assert session not in order


def test_what_fails_in_a_part_is_told() -> None:
    def work(session: Session, part: int) -> Run:
        if part == 1:
            raise EngineError("the embedded engine", "it failed", "Free memory")
        return judged(batch)

    batch, _ = drawn([(1, 1)])
    with Session(read_policies(), threads=2) as session, Crew(session, 2) as crew:
        runs = crew.judge(4, work)
        assert next(runs)
        with pytest.raises(EngineError, match="it failed"):
            next(runs)
    with Session(read_policies(), threads=1) as session, Crew(session, 1) as crew:
        next(crew.judge(3, lambda session, part: judged(batch)))  # who takes but the first leaves nothing hanging
