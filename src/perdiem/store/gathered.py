"""Claims read from files to be earlier claims: spooled by bucket of members, each file's bytes once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.formats.bulk import read_chunks
from perdiem.formats.tabular.header import Asked
from perdiem.model.schema import Batch
from perdiem.model.several import Paths
from perdiem.pipeline.history import PLACED_CLAIM, Piece, Window, place
from perdiem.pipeline.session import Progress
from perdiem.pipeline.spool import BUCKETS, Spool
from perdiem.pipeline.withdrawals import OF_NAME, Withdrawals, of_other_sources

NAMING = pa.schema([("addition", pa.int64()), *OF_NAME])
"""Replacements and voids of a history, with what they name."""


class Gathered:
    """The claims of files, of which those that have the very bytes of an earlier one are left out.

    inputs: name and fingerprint of every file. claims: how many were read of each. again: the files left out. cut: those that end
    without their trailer.
    """

    def __init__(self, folder: Path, paths: Paths, progress: Progress | None, tables: Asked) -> None:
        self._claim, self._line = Spool(folder, "claim", "claim_no"), Spool(folder, "line", "line_no")
        self.inputs: tuple[tuple[str, str], ...] = ()
        self.cut: frozenset[str] = frozenset()
        self.problems: list[dict[str, Any]] = []
        self.claims: Counter[str] = Counter()
        noted = Withdrawals()
        for chunk in read_chunks(paths, progress=progress, tables=tables):
            self._add(chunk, noted)
        self._claim.close()
        self._line.close()
        self.again = self._repeated()
        noted.forget(self.again)
        naming = pa.concat_tables(noted.naming)
        naming = naming.add_column(0, "addition", pa.array([0] * naming.num_rows, pa.int64()))
        self.naming = naming.select(NAMING.names).cast(NAMING)

    def _add(self, chunk: Batch, noted: Withdrawals) -> None:
        placed = place(chunk)
        claim = chunk.claim
        for name, column in (("member", placed.member), ("payer", placed.payer), ("provider", placed.provider)):
            claim = claim.append_column(name, column)
        for name in ("first_day", "last_day"):
            claim = claim.append_column(name, pa.nulls(claim.num_rows, pa.date32()))
        where = pc.index_in(chunk.line["claim_no"].combine_chunks(), placed.claim_no)
        self._claim.scatter(claim.cast(PLACED_CLAIM), placed.bucket)
        self._line.scatter(chunk.line, placed.bucket.take(where))
        noted.note(chunk.claim, placed.payer, placed.provider)
        self.problems += chunk.problem.to_pylist()
        self.inputs = chunk.inputs or self.inputs
        self.cut = chunk.cut
        for counted in pc.value_counts(chunk.claim["source"]).to_pylist():
            self.claims[counted["values"]] += counted["counts"]

    def _repeated(self) -> frozenset[str]:
        first: dict[str, str] = {}
        read = [(name, sha) for name, sha in self.inputs if self.claims[name]]
        return frozenset(name for name, sha in read if first.setdefault(sha, name) != name)

    def bucket(self, bucket: int) -> tuple[pa.Table, pa.Table]:
        """The claims of a bucket, and its lines (those of claims left out with them)."""
        return of_other_sources(self._claim.parts([bucket]), self.again), self._line.parts([bucket])

    def pieces(self, bucket: int, window: Window, lasting: frozenset[str]) -> Iterator[Piece]:
        """As ``History.pieces`` says, of one addition."""
        claim = of_other_sources(self._claim.parts([bucket]), self.again)
        yield Piece(0, claim, bool(lasting), lambda wanted: (claim, self._line.parts([bucket])))

    def bearing(self, numbers: pa.Array) -> Iterator[tuple[int, pa.Table]]:
        """As ``History.bearing`` says, of one addition."""
        for bucket in range(BUCKETS):
            yield 0, of_other_sources(self._claim.parts([bucket]), self.again)
