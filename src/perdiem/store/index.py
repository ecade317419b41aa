"""The index of an addition: of each bucket one small file that says whose its claims are, and on which days.

So few of the files of claims need be opened. Its rows are those of the bucket's files, one after the other in the manifest's
order. An addition made before there were indexes has none, and is read from the files of its claims themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.model.errors import FormatError
from perdiem.pipeline.history import PLACED_CLAIM, WHOSE
from perdiem.store.files import filled, put, table

INDEX = pa.schema([*WHOSE, PLACED_CLAIM.field("claim_id")])
"""One claim of a bucket: number, member, first and last day of its lines (null: not told), and the number that it bears."""

Entry = dict[str, Any]


def put_index(claims: Sequence[pa.Table], folder: Path, bucket: int) -> None:
    """Write the index of a bucket whose files hold these claims, in this order."""
    put(pa.concat_tables([claim.select(INDEX.names) for claim in claims]), _file(folder, bucket))


def _file(folder: Path, bucket: int) -> Path:
    return folder / f"{bucket:02d}.index.parquet"


class Index:
    """What of a bucket's claims is asked for, file by file; read once, when it is first needed.

    folder: of the addition. entries: all of the addition's files, as the manifest tells them.
    """

    def __init__(self, folder: Path, bucket: int, entries: Sequence[Entry], columns: Sequence[str]) -> None:
        self.entries = [entry for entry in entries if entry["bucket"] == bucket]
        self._folder, self._file, self._columns = folder, _file(folder, bucket), list(columns)
        self._rows: pa.Table | None = None

    def of(self, entry: Entry) -> pa.Table:
        """The rows of one of the files. Raises FormatError where the store is damaged."""
        schema = pa.schema([INDEX.field(name) for name in self._columns])
        if not self._file.is_file():
            return filled(table(self._folder / f"{entry['name']}.claim.parquet", self._columns), schema)
        if self._rows is None:
            self._rows = table(self._file, self._columns)
            if self._rows.num_rows != sum(one["claims"] for one in self.entries):
                raise FormatError(self._file.name, "of the history store is damaged", "Restore the store from a backup")
        before = self.entries[: self.entries.index(entry)]
        return self._rows.slice(sum(one["claims"] for one in before), entry["claims"])

    def bearing(self, numbers: pa.Array) -> Iterator[Entry]:
        """The files that hold a claim which bears one of these numbers."""
        for entry in self.entries:
            if pc.any(pc.is_in(self.of(entry)["claim_id"], numbers)).as_py():
                yield entry
