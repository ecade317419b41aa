"""bulk: batches of any size through the same steps, in bounded memory and input order.

Claims are read in chunks. Few are judged as they are. More are cut by member (no rule reaches beyond a member) into parts
that are judged beside each other; what is more than memory should hold is set down on the disk by member, and the
answers are taken up again chunk by chunk in input order. Neither chunks nor parts nor threads change a byte of the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.codes.book import Book, open_book
from perdiem.formats.bulk import read_chunks
from perdiem.formats.tabular.header import NOTHING, Asked
from perdiem.model.on_file import OnFile
from perdiem.model.schema import Batch
from perdiem.model.several import Paths
from perdiem.pipeline.beside import KEYS, Crew, cut
from perdiem.pipeline.history import History, joined, place, without
from perdiem.pipeline.session import Progress, Run, Session
from perdiem.pipeline.spool import BUCKETS, Spool
from perdiem.pipeline.withdrawals import Withdrawals
from perdiem.policy.read import Policy


@dataclass(frozen=True)
class Sizes:
    """How work is cut: claims read at a time, kept in memory, judged at a time by all threads, and by one where that pays.

    threads: that judge; as many as there are cores where none are given. memory: that each engine may take.
    """

    chunk: int = 50_000
    whole: int = 125_000
    part: int = 125_000
    share: int = 25_000
    threads: int | None = None
    memory: str | None = None


_PLAIN = Sizes()
_MOST_THREADS = 8
_MOST_PARTS = 16


def judge_all(
    paths: Paths,
    policies: Sequence[Policy],
    *,
    forced: Sequence[str] = (),
    history: History | None = None,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
    sizes: Sizes = _PLAIN,
    tables: Asked = NOTHING,
    on_file: OnFile | None = None,
) -> Iterator[Run]:
    """Judge every claim of the inputs; yields Runs in input order, each of consecutive claims; one where the batch is small.

    Each Run's batch carries its claims, and such problems and counts as no earlier one told; the last one carries ``inputs``.
    """
    book = open_book()
    with Session(policies, forced=forced, book=book, threads=sizes.threads, memory=sizes.memory, on_file=on_file) as session:
        chunks = read_chunks(paths, stdin=stdin, progress=progress, claims_per_chunk=sizes.chunk, tables=tables)
        first, more = _lead(chunks, sizes.whole)
        if not more:
            yield from _in_memory(session, joined(first), history, progress, sizes)
            return
        with TemporaryDirectory(prefix="perdiem-") as folder:
            bulk = _Bulk(Path(folder), session, book, history, progress, sizes)
            yield from bulk.run(chain(first, more, chunks))


def _lead(chunks: Iterator[Batch], whole: int) -> tuple[list[Batch], list[Batch]]:
    """The first chunks, up to so many claims, and the one after them if there is one."""
    first = [next(chunks)]
    claims = first[0].claim.num_rows
    for chunk in chunks:
        claims += chunk.claim.num_rows
        if claims > whole:
            return first, [chunk]
        first.append(chunk)
    return first, []


def _in_memory(session: Session, batch: Batch, history: History | None, progress: Progress | None, sizes: Sizes) -> Iterator[Run]:
    kept = without(batch, history.holds(batch.inputs)) if history else batch
    parts = min(-(-kept.claim.num_rows // sizes.share), _MOST_PARTS)
    if parts < 2 and history is None:
        yield session.judge(kept, progress)
        return
    placed, withdrawals = place(kept), Withdrawals()
    withdrawals.note(kept.claim, placed.payer, placed.provider)
    withdrawn = _withdrawn(withdrawals, history)
    earlier = None
    if history is not None:
        earlier = history.of(kept, placed, range(BUCKETS), withdrawals, session.lasting(placed.payer.unique().to_pylist()))
    if parts < 2:
        yield session.judge(kept, progress, earlier, withdrawn)
        return
    tell = progress or (lambda what, done, of: None)
    pieces = cut(kept, placed, parts, earlier, place(earlier) if earlier else None)
    session.expand(kept, earlier)

    def judge_part(own: Session, part: int) -> Run:
        claims, before = pieces.part(part)
        return own.judge(claims, history=before, withdrawn=withdrawn)

    with Crew(session, min(session.threads, pieces.parts, _MOST_THREADS)) as crew:
        for number, run in enumerate(pieces.in_order(crew.judge(pieces.parts, judge_part))):
            tell("judge", number + 1, pieces.parts)
            yield run


def _withdrawn(withdrawals: Withdrawals, history: History | None) -> pa.Table:
    return withdrawals.among() if history is None else history.withdrawn(withdrawals)


class _Bulk:
    def __init__(
        self, folder: Path, session: Session, book: Book, history: History | None, progress: Progress | None, sizes: Sizes
    ) -> None:
        self.folder, self.session, self.book, self.history = folder, session, book, history
        self.tell = progress or (lambda what, done, of: None)
        self.sizes = sizes
        self.claim = Spool(folder, "claim", "claim_no")
        self.line = Spool(folder, "line", "line_no")
        self.rest: list[Batch] = []  # what of each chunk is not judged: problems, census
        self.first = {"claim_no": [1], "line_no": [1]}  # the first number of each chunk, and the next to come
        self.withdrawals = Withdrawals()

    def run(self, chunks: Iterator[Batch]) -> Iterator[Run]:
        for chunk in chunks:
            self._set_down(chunk)
        self.claim.close()
        self.line.close()
        skipped = self.history.holds(self.rest[-1].inputs) if self.history else frozenset()
        self.withdrawals.forget(skipped)
        spools, last = self._judge(skipped)
        for number, rest in enumerate(self.rest):
            whole = without(replace(rest, claim=self.claim.chunk(number), line=self.line.chunk(number)), skipped)
            judged = {name: spool.chunk(number) for name, spool in spools.items()}
            yield Run(whole, **judged, compiled=last.compiled, book=self.book, releases=last.releases)

    def _set_down(self, chunk: Batch) -> None:
        placed = place(chunk)
        first = self.first["claim_no"][-1]
        self.claim.scatter(chunk.claim, placed.bucket)
        self.line.scatter(chunk.line, placed.bucket.take(pc.subtract(chunk.line["claim_no"].combine_chunks(), first)))
        self.withdrawals.note(chunk.claim, placed.payer, placed.provider)
        self.first["claim_no"].append(first + chunk.claim.num_rows)
        self.first["line_no"].append(self.first["line_no"][-1] + chunk.line.num_rows)
        none = {name: getattr(chunk, name).slice(0, 0) for name in ("claim", "line", "other_payer")}
        self.rest.append(replace(chunk, **none))

    def _judge(self, skipped: frozenset[str]) -> tuple[dict[str, Spool], Run]:
        claims, threads = self.first["claim_no"][-1] - 1, min(self.session.threads, _MOST_THREADS)
        parts = 1
        while parts < BUCKETS and claims * threads > parts * self.sizes.part:
            parts *= 2
        spools = {name: Spool(self.folder, f"judged-{name}", key, parts) for name, key in KEYS.items()}
        withdrawn = _withdrawn(self.withdrawals, self.history)

        def judge_part(own: Session, part: int) -> Run:
            return self._judge_part(own, range(part, BUCKETS, parts), withdrawn, skipped)

        self.tell("judge", 0, parts)
        with Crew(self.session, min(threads, parts)) as crew:
            for part, run in enumerate(crew.judge(parts, judge_part)):
                for name, spool in spools.items():
                    spool.slice_out(part, getattr(run, name), self.first[KEYS[name]][:-1])
                self.tell("judge", part + 1, parts)
        for spool in spools.values():
            spool.close()
        return spools, run

    def _judge_part(self, session: Session, of: range, withdrawn: pa.Table, skipped: frozenset[str]) -> Run:
        batch = replace(self.rest[0], claim=self.claim.parts(of), line=self.line.parts(of))
        batch = without(batch, skipped)
        earlier = None
        if self.history is not None:
            placed = place(batch)
            lasting = session.lasting(placed.payer.unique().to_pylist())
            earlier = self.history.of(batch, placed, of, self.withdrawals, lasting)
        return session.judge(batch, history=earlier, withdrawn=withdrawn)
