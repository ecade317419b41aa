"""Spools: claims set down on disk by member, and answers taken up again in input order.

A spool holds one Arrow file per part; a part holds one record batch per chunk of the input. So a part can be
judged whole, and a chunk can be put together again from its piece in every part. Files go with the spool.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.model.durable import TEMPORARY, writing

BUCKETS = 32
"""Into so many buckets members fall, by a hash that is the same everywhere; parts are sets of buckets."""

_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


class Spool:
    """Rows of one table in ``parts`` files, each with one record batch per chunk; ``key`` orders a chunk's rows."""

    def __init__(self, folder: Path, name: str, key: str, parts: int = BUCKETS) -> None:
        self._paths = [folder / f"{name}-{part}.arrow" for part in range(parts)]
        self._writers: list[pa.ipc.RecordBatchFileWriter | None] = [None] * parts
        self._key = key

    def add(self, part: int, rows: pa.Table) -> None:
        """Append the next chunk's piece to a part; an empty piece keeps the chunks in step."""
        with writing(TEMPORARY):
            writer = self._writers[part]
            if writer is None:
                writer = self._writers[part] = pa.ipc.new_file(self._paths[part], rows.schema, options=_OPTIONS)
            whole = rows.combine_chunks().to_batches()
            writer.write_batch(whole[0] if whole else pa.RecordBatch.from_pylist([], rows.schema))

    def scatter(self, rows: pa.Table, part_of: pa.Array) -> None:
        """Append a chunk, each row to its part; rows keep their order within a part."""
        sorted_rows = rows.take(pc.sort_indices(part_of))
        counted = {row["values"]: row["counts"] for row in pc.value_counts(part_of).to_pylist()}
        start = 0
        for part in range(len(self._paths)):
            self.add(part, sorted_rows.slice(start, counted.get(part, 0)))
            start += counted.get(part, 0)

    def slice_out(self, part: int, rows: pa.Table, first_keys: Sequence[int]) -> None:
        """Append a part's rows, ordered by the key, cut into chunks at the first key of each chunk."""
        ends = [pc.sum(pc.less(rows[self._key], key)).as_py() or 0 for key in first_keys]
        for first, last in pairwise([*ends, rows.num_rows]):
            self.add(part, rows.slice(first, last - first))

    def close(self) -> None:
        """No more rows are added."""
        with writing(TEMPORARY):
            for writer in filter(None, self._writers):
                writer.close()

    def parts(self, parts: Iterable[int]) -> pa.Table:
        """Some parts whole, in key order."""
        rows = []
        for part in parts:
            with pa.OSFile(str(self._paths[part])) as file:
                rows.append(pa.ipc.open_file(file).read_all())
        return in_order(pa.concat_tables(rows), self._key)

    def chunk(self, number: int) -> pa.Table:
        """A chunk whole, in key order, whatever the parts were."""
        pieces = []
        for path in self._paths:
            with pa.OSFile(str(path)) as file:
                pieces.append(pa.Table.from_batches([pa.ipc.open_file(file).get_batch(number)]))
        return in_order(pa.concat_tables(pieces), self._key)


def in_order(rows: pa.Table, key: str) -> pa.Table:
    """Rows by their number; those of one number keep their order."""
    return rows.take(pc.sort_indices(rows[key]))
