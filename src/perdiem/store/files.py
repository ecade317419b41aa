"""The Parquet files of a history store: read with the least that is asked for, and what is damaged told."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from perdiem.model.durable import flush
from perdiem.model.errors import FormatError
from perdiem.store.manifest import unreadable

_GROUP = 2048  # rows of a row group: few are read for a few claims


def put(rows: pa.Table, file: Path) -> None:
    """Write a file, and wait until the disk has it."""
    pq.write_table(rows, file, compression="zstd", row_group_size=_GROUP)
    flush(file)


def filled(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Rows with all columns of a schema, empty where the file does not tell them."""
    for name in schema.names:
        if name not in rows.column_names:
            rows = rows.append_column(schema.field(name), pa.nulls(rows.num_rows, schema.field(name).type))
    return rows.select(schema.names)


def table(file: Path, columns: Sequence[str] | None = None, numbers: Sequence[int] | None = None) -> pa.Table:
    """A file of the store, or some of its columns, of the row groups with the claims of these numbers (in order).

    Raises FormatError where the file is gone or cut.
    """
    try:
        opened = pq.ParquetFile(file)  # read_table takes twice as long for files as small as these
        if numbers is None:
            return opened.read(columns, use_threads=False)
        return opened.read_row_groups(_groups(opened, numbers), columns, use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(file, error) from error


def lines_of(file: Path, codes: frozenset[str], columns: Sequence[str]) -> pa.Table:
    """The lines of some codes, some columns of them. Raises FormatError where the file is gone or cut."""
    try:
        return pq.read_table(file, columns=list(columns), filters=pc.field("code").isin(sorted(codes)))
    except (OSError, pa.ArrowException) as error:
        raise _damaged(file, error) from error


def _damaged(file: Path, error: Exception) -> FormatError:
    if isinstance(error, PermissionError):
        return unreadable(file.name)
    return FormatError(file.name, "of the history store is missing or damaged", "Restore the store from a backup")


def _groups(file: pq.ParquetFile, numbers: Sequence[int]) -> list[int]:
    """The row groups in which one of some claims may be, by the first and last number in each; numbers are in order."""
    at = next(n for n in range(file.metadata.num_columns) if file.metadata.schema.column(n).path == "claim_no")
    found = []
    for group in range(file.num_row_groups):
        told = file.metadata.row_group(group).column(at).statistics
        if told is None or not told.has_min_max or bisect_left(numbers, told.min) < bisect_right(numbers, told.max):
            found.append(group)
    return found
