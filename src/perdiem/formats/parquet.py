"""Parquet out: tables written in row groups of one size, so that how the work was cut changes no byte."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 122_880


class ParquetTable:
    """One Parquet file; rows are kept back until a row group is full.

    counted: whole numbers that rise by little from row to row, written as their differences. named: texts that hardly any
    two rows share, unless they stand together. All others are written as places in a dictionary of the row group.
    """

    def __init__(self, file: Path, schema: pa.Schema, counted: Sequence[str] = (), named: Sequence[str] = ()) -> None:
        self._writer = pq.ParquetWriter(
            file,
            schema,
            compression="zstd",
            use_dictionary=[path for path in _leaves(schema) if path not in {*counted, *named}],
            column_encoding=dict.fromkeys(counted, "DELTA_BINARY_PACKED"),
        )
        self._schema = schema
        self._waiting: list[pa.Table] = []
        self._rows = 0

    def add(self, rows: pa.Table) -> None:
        """Append rows of the file's schema, in order."""
        self._waiting.append(rows if rows.schema == self._schema else rows.cast(self._schema))
        self._rows += rows.num_rows
        if self._rows >= ROW_GROUP:
            whole = pa.concat_tables(self._waiting).combine_chunks()  # pages begin where chunks begin
            full = whole.num_rows // ROW_GROUP * ROW_GROUP
            self._writer.write_table(whole.slice(0, full), row_group_size=ROW_GROUP)
            self._waiting, self._rows = [whole.slice(full)], whole.num_rows - full

    def close(self) -> None:
        """Write what is left and finish the file."""
        if self._rows:
            self._writer.write_table(pa.concat_tables(self._waiting).combine_chunks(), row_group_size=ROW_GROUP)
        self._writer.close()

    def abandon(self) -> None:
        """Let go of a file that could not be finished; nothing where it was."""
        self._waiting, self._rows = [], 0
        with suppress(OSError):
            self._writer.close()


def _leaves(schema: pa.Schema) -> list[str]:
    """The paths of a schema's columns as Parquet lays them out, those inside lists and structs too."""
    empty = BytesIO()
    pq.write_table(schema.empty_table(), empty)
    columns = pq.ParquetFile(empty).schema
    return [columns.column(number).path for number in range(len(columns))]
