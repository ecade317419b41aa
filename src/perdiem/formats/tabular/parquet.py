"""Parquet as a grid: only the columns that are needed are read, row group by row group.

No spreadsheet has marked its text, so nothing is taken for a mark.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from perdiem.formats.tabular import faults
from perdiem.formats.tabular.grid import BATCH, RefusedTableError, text_of
from perdiem.formats.tabular.header import Asked, Mapping, match
from perdiem.formats.tabular.marks import marked, marked_cells


class ParquetGrid:
    """A Parquet file; its rows are counted from 1."""

    def __init__(self, where: Path | bytes, mapping: Mapping) -> None:
        self.where, self.mapping, self.first = where, mapping, 1
        self.notes: tuple[str, ...] = ()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """As Grid.batches says; raises RefusedTableError where the file is damaged."""
        names = list(self.mapping.at)
        try:
            with _opened(self.where) as file:
                for batch in file.iter_batches(BATCH, columns=[self.mapping.head[at] for at in self.mapping.at.values()]):
                    columns = [marked_cells(_text(batch.column(self.mapping.head[at]))) for at in self.mapping.at.values()]
                    no = pa.nulls(batch.num_rows, pa.bool_()).fill_null(False)
                    yield pa.RecordBatch.from_arrays([*columns, no], [*names, "overlong"])
        except (pa.ArrowException, OSError):
            raise RefusedTableError(faults.DAMAGED.format(what="Parquet file")) from None

    def plain(self, fields: Sequence[str]) -> Iterator[Sequence[str]]:
        """As Grid.plain says: value by value, without Arrow's casts."""
        named = [self.mapping.head[self.mapping.at[name]] for name in fields]
        with _opened(self.where) as file:
            for batch in file.iter_batches(BATCH, columns=list(dict.fromkeys(named))):
                yield from zip(*(map(marked, map(str.strip, _cells(batch.column(name)))) for name in named), strict=True)


def find_parquet(where: Path | bytes, ask: Asked) -> ParquetGrid:
    """The table in a Parquet file.

    Raises RefusedTableError where it cannot be read, UnmatchedError where its columns are not those of claims.
    """
    try:
        with _opened(where) as file:
            names = file.schema_arrow.names
    except (pa.ArrowException, OSError):
        raise RefusedTableError(faults.DAMAGED.format(what="Parquet file")) from None
    return ParquetGrid(where, match(names, ask, named=True))


def _opened(where: Path | bytes) -> pq.ParquetFile:
    return pq.ParquetFile(where if isinstance(where, Path) else io.BytesIO(where))


def _text(column: pa.Array) -> pa.Array:
    """A column as text; floats, lists and days with a time cell by cell, the rest by Arrow."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.dictionary_decode())
    if pa.types.is_string(kind):
        return column
    if pa.types.is_integer(kind) or pa.types.is_date(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pc.cast(column, pa.string())
    return pa.array(_cells(column), pa.string())


def _cells(column: pa.Array) -> list[str]:
    """The cells of a column as text; a number of single precision with the seven digits that it holds."""
    if pa.types.is_float32(column.type):
        return ["" if v is None or v != v else f"{v:.7G}" for v in column.to_pylist()]
    return [text_of(v) for v in column.to_pylist()]
