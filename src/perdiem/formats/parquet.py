"""Parquet out: tables written in row groups of one size, so that how the work was cut changes no byte."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 122_880


class ParquetTable:
    """One Parquet file; rows are kept back until a row group is full."""

    def __init__(self, file: Path, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(file, schema, compression="zstd")
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
