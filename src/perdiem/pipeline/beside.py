"""Beside: parts of a batch judged beside each other, each by an engine of one thread, and the answers put in order again.

No rule reaches beyond a member, so parts that keep members whole can be judged in any order. Engines of one thread
work beside each other without the waits of one engine of several for its slowest thread, and answers go out as they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from queue import SimpleQueue
from types import TracebackType

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.model.schema import Batch, Census
from perdiem.pipeline.history import Placed
from perdiem.pipeline.session import Run, Session
from perdiem.pipeline.spool import in_order

KEYS = {"claim": "claim_no", "decision": "line_no", "finding": "line_no", "day": "line_no"}
"""The tables of a run, and the column that puts each in input order."""


class Crew:
    """Sessions of the same rules that work beside each other; a context manager."""

    def __init__(self, session: Session, size: int) -> None:
        self._stack, self._size = ExitStack(), size
        self._idle: SimpleQueue[Session] = SimpleQueue()
        for _ in range(size):
            self._idle.put(self._stack.enter_context(session.beside()))

    def judge(self, parts: int, judge_part: Callable[[Session, int], Run]) -> Iterator[Run]:
        """The runs of the parts, in their order, each as soon as it and those before it are judged."""

        def work(part: int) -> Run:
            session = self._idle.get()
            try:
                return judge_part(session, part)
            finally:
                self._idle.put(session)

        with ThreadPoolExecutor(self._size) as pool:
            yield from pool.map(work, range(parts))

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()


@dataclass(frozen=True)
class Cut:
    """A batch cut by members into parts of about as many claims.

    Members come in the order in which they first appear. So once a part is judged, so is every claim before the first of the
    next part: ``claims`` and ``lines`` are where in the batch what each part completes begins, and where the last one ends.
    """

    batch: Batch
    earlier: Batch | None
    of_claim: pa.Array  # the part of each claim
    of_line: pa.Array  # of each line
    of_earlier: pa.Array  # and of each claim of the history
    claims: list[int]
    lines: list[int]

    @property
    def parts(self) -> int:
        """How many."""
        return len(self.claims) - 1

    def part(self, number: int) -> tuple[Batch, Batch | None]:
        """The claims and lines of a part, and its members' earlier ones."""
        claim = self.batch.claim.filter(pc.equal(self.of_claim, number))
        line = self.batch.line.filter(pc.equal(self.of_line, number))
        return replace(self.batch, claim=claim, line=line), self._earlier(number)

    def _earlier(self, number: int) -> Batch | None:
        if self.earlier is None:
            return None
        claim = self.earlier.claim.filter(pc.equal(self.of_earlier, number))
        line = self.earlier.line
        return replace(self.earlier, claim=claim, line=line.filter(pc.is_in(line["claim_no"], claim["claim_no"].combine_chunks())))

    def in_order(self, runs: Iterable[Run]) -> Iterator[Run]:
        """The runs of the parts as runs of consecutive claims, in input order."""
        waiting: dict[str, pa.Table] = {}
        for number, run in enumerate(runs):
            last = number + 1 == self.parts
            told = self._told(number)
            done = {}
            for name, key in KEYS.items():
                rows = getattr(run, name)
                if name in waiting and waiting[name].num_rows:
                    rows = in_order(pa.concat_tables([waiting[name], rows]), key)
                end = rows.num_rows
                if not last:
                    first = (self.batch.claim if key == "claim_no" else self.batch.line)[key]
                    at = (self.claims if key == "claim_no" else self.lines)[number + 1]
                    end = pc.sum(pc.less(rows[key], first[at])).as_py() or 0 if at < len(first) else end
                done[name], waiting[name] = rows.slice(0, end), rows.slice(end)
            yield replace(run, batch=told, **done)

    def _told(self, number: int) -> Batch:
        """The claims that a part completes; with the first of them what was set aside and counted."""
        whole = self.batch if number == 0 else bare(self.batch)
        claims, lines = (at[number : number + 2] for at in (self.claims, self.lines))
        return replace(
            whole,
            claim=self.batch.claim.slice(claims[0], claims[1] - claims[0]),
            line=self.batch.line.slice(lines[0], lines[1] - lines[0]),
        )


def cut(batch: Batch, placed: Placed, parts: int, earlier: Batch | None = None, earlier_placed: Placed | None = None) -> Cut:
    """Cut a batch by whose each of its claims is, and with it the earlier claims of the same members."""
    encoded = placed.member.dictionary_encode()
    counts = pc.value_counts(encoded.indices).field("counts")  # of each member, in the order of their numbers
    before = pc.subtract(pc.cumulative_sum(counts), 1)
    part_of = pc.min_element_wise(pc.divide(pc.multiply(before, parts), len(placed.member)), parts - 1)
    part_of = pc.index_in(part_of, pc.unique(part_of))  # a member of very many claims may leave some out
    of_claim = part_of.take(encoded.indices)
    reached = pc.cumulative_max(of_claim)
    of_line = pc.index_in(batch.line["claim_no"], batch.claim["claim_no"].combine_chunks()).combine_chunks()
    of_earlier = None
    if earlier is not None and earlier_placed is not None:
        whose = earlier_placed.member.take(pc.index_in(earlier.claim["claim_no"], earlier_placed.claim_no).combine_chunks())
        of_earlier = part_of.take(pc.index_in(whose, encoded.dictionary))
    number = range(pc.max(reached).as_py() + 2)
    claims, lines = ([pc.sum(pc.less(at, n)).as_py() or 0 for n in number] for at in (reached, reached.take(of_line)))
    return Cut(batch, earlier, of_claim, of_claim.take(of_line), of_earlier, claims, lines)


def bare(batch: Batch) -> Batch:
    """A batch without what is told but once: problems, claims set aside, counts."""
    none = {name: getattr(batch, name).slice(0, 0) for name in ("other_payer", "problem", "rejected")}
    return replace(batch, **none, census=Census(), skipped=Census())
