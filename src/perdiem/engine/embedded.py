"""The embedded engine: DuckDB behind four verbs - load, make, run, rows - with fixed settings.

Every query that reaches it is a constant of the module that owns its meaning; nothing here builds SQL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from perdiem.model.errors import EngineError

_SETTINGS = (
    "set timezone = 'UTC'",
    "set enable_progress_bar = false",
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    "set preserve_insertion_order = false",
    "set checkpoint_threshold = '1TB'",  # in memory a checkpoint only packs tables that are read once more and dropped
)


_OPTIMISERS = "select name from duckdb_optimizers()"
_SPARED = "set disabled_optimizers = ?"
_PAYS_ON_LITTLE = {
    "expression_rewriter", "deliminator", "cte_inlining", "unused_columns", "filter_pushdown", "filter_pullup",
    "common_subexpressions",
}  # fmt: skip
_THREADS = "set threads = ?"
_ALL_THREADS = "select current_setting('threads')"
_KEPT = "kept"
_NOTHING_KEPT = ("drop schema if exists kept cascade", "create schema kept", "set search_path = 'main,kept'")


class Engine:
    """One in-memory database; close it, or use it as a context manager.

    threads: worker threads (answers do not depend on it). memory: limit such as ``"2GB"``.
    """

    def __init__(self, threads: int | None = None, memory: str | None = None) -> None:
        config: dict[str, str | bool | int | float | list[str]] = {}
        if threads is not None:
            config["threads"] = threads
        if memory is not None:
            config["memory_limit"] = memory
        self._db = duckdb.connect(":memory:", config=config)
        self._small, self._threads = False, int(self._db.execute(_ALL_THREADS).fetchall()[0][0])
        self._parsed: dict[str, duckdb.Statement] = {}  # parsing is a good part of a small query's time
        self._loaded: dict[str, pa.Table] = {}
        self._kept: dict[str, pa.Table] = {}
        self._makes: dict[str, tuple[str, bool]] = {}  # the table that a statement fills, and whether it leaves what is there
        self._bare: dict[str, bool] = {}
        self._columns: dict[str, pa.Schema] = {}
        for setting in _SETTINGS:
            self._db.execute(setting)

    @property
    def threads(self) -> int:
        """The worker threads that large work is given."""
        return self._threads

    def load(self, name: str, table: pa.Table) -> None:
        """Give an Arrow table to the engine as ``name``, in place of what had that name; its rows are not copied."""
        if self._loaded.get(name) is table:
            return
        try:
            self._db.register(name, table)
            self._loaded[name] = table
        except duckdb.Error as reason:
            raise _failed(reason) from reason

    def keep(self, tables: Mapping[str, pa.Table]) -> None:
        """Copy Arrow tables into the engine, those with rows, in place of all that were kept before.

        What many statements read costs less so: each reading of a loaded table asks Python for its columns anew.
        """
        for step in _NOTHING_KEPT:
            self.run(step)
        try:
            for name, table in tables.items():
                if not table.num_rows:  # which is read so seldom that its copy does not pay
                    self.load(name, table)
                    continue
                if self._loaded.pop(name, None) is not None:
                    self._db.unregister(name)
                self._db.from_arrow(table).create(f"{_KEPT}.{name}")
                self._kept[name] = table
        except duckdb.Error as reason:
            raise _failed(reason) from reason

    def bare(self, table: str) -> bool:
        """Whether a table is known to have no row, from what the statements that filled it told; asks no query."""
        return self._bare.get(table, False)

    def empty(self, table: str, step: str) -> None:
        """Make a table anew by a statement that makes it without rows, unless it is known to be so already."""
        if not self.bare(table):
            self.run(step)

    def holds(self, name: str) -> bool:
        """Whether a table that is loaded or kept has a row; asks no query."""
        return bool(self.given(name).num_rows)

    def met(self, name: str, *columns: str) -> set[Any]:
        """The distinct values of columns of a table that is loaded or kept, null apart; asks no query."""
        return {value for column in columns for value in self.given(name)[column].unique().to_pylist() if value is not None}

    def repeats(self, name: str, column: str) -> bool:
        """Whether two rows of a table that is loaded or kept have one value in a column; asks no query."""
        values = self.given(name)[column]
        return bool(pc.count_distinct(values, mode="all").as_py() < len(values))

    def given(self, name: str) -> pa.Table:
        """A table that is loaded or kept, as it was given."""
        return self._loaded[name] if name in self._loaded else self._kept[name]

    def spare(self, small: bool) -> None:
        """Spare the planner's dearer steps and further threads, which never pay on small tables; answers do not depend on it."""
        if small != self._small:
            self._small = small
            spared = sorted(self.words(_OPTIMISERS) - _PAYS_ON_LITTLE) if small else []
            self.run(_SPARED, [",".join(spared)])
            self.run(_THREADS, [1 if small else self._threads])

    def run(self, query: str, values: Sequence[object] = ()) -> int:
        """Execute one constant statement and tell how many rows it made; raises EngineError with the engine's own reason."""
        try:
            parsed = self._known(query)
            told = self._db.execute(parsed, list(values)).fetchone()
            made = told[0] if told and isinstance(told[0], int) else 0
            table, adds = self._makes[query]
            self._bare[table] = made == 0 and (not adds or self.bare(table))
            return made
        except duckdb.Error as reason:
            raise _failed(reason) from reason

    def once(self, query: str) -> None:
        """Execute one constant statement, unless it was executed before; for what stays as it is, such as views."""
        if query not in self._parsed:
            self.run(query)

    def _known(self, query: str) -> duckdb.Statement:
        if query not in self._parsed:
            self._parsed[query] = self._db.extract_statements(query)[0]
            self._makes[query] = _made_by(query)
        return self._parsed[query]

    def words(self, query: str, values: Sequence[object] = ()) -> set[str]:
        """The first column of a constant query's few rows, as a set."""
        return {row[0] for row in self.few(query, values)}

    def few(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """A constant query's few rows."""
        try:
            parsed = self._known(query)
            return self._db.execute(parsed, list(values)).fetchall()
        except duckdb.Error as reason:
            raise _failed(reason) from reason

    def rows(self, query: str, values: Sequence[object] = ()) -> pa.Table:
        """Execute one constant query and return its rows as an Arrow table."""
        if self._small and query in self._columns:  # of few rows most of the price is that they are planned twice for Arrow
            held = zip(*self.few(query, values), strict=True)
            shape = self._columns[query]
            columns = list(held) or [()] * len(shape)
            return pa.table([pa.array(column, type_) for column, type_ in zip(columns, shape.types, strict=True)], schema=shape)
        try:
            parsed = self._known(query)
            found = self._db.sql(parsed, params=list(values)).to_arrow_table()
        except duckdb.Error as reason:
            raise _failed(reason) from reason
        self._columns[query] = found.schema
        return found

    def none(self, query: str) -> pa.Table:
        """The columns of a constant query without rows, for where it is known beforehand that there are none."""
        return (self._columns[query] if query in self._columns else self.rows(query).schema).empty_table()

    def close(self) -> None:
        """Free the memory."""
        self._db.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _made_by(query: str) -> tuple[str, bool]:
    """The table that a statement fills, and whether it adds to what is there."""
    words = query.split(maxsplit=5)
    if words[:2] == ["insert", "into"]:
        return words[2], True
    if words[:4] == ["create", "or", "replace", "table"]:
        return words[4], False
    return (words[1], False) if words[0] == "truncate" else ("", False)


def _failed(reason: duckdb.Error) -> EngineError:
    """The engine's failure by its sort alone, for its words may hold what stood in a claim."""
    sort = type(reason).__name__
    return EngineError(
        "the embedded engine", f"it failed ({sort})", "Free memory or disk and run again; else report it with run.json"
    )
