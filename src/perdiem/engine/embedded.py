"""The embedded engine: DuckDB behind four verbs - load, make, run, rows - with fixed settings.

Every query that reaches it is a constant of the module that owns its meaning; nothing here builds SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType

import duckdb
import pyarrow as pa

from perdiem.model.errors import EngineError

_SETTINGS = (
    "set timezone = 'UTC'",
    "set enable_progress_bar = false",
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    "set preserve_insertion_order = false",
    "set checkpoint_threshold = '1TB'",  # in memory a checkpoint only packs tables that are read once more and dropped
)


_QUICK = (
    "set disabled_optimizers = 'join_order,statistics_propagation,compressed_materialization,column_lifetime,"
    "common_subplan,late_materialization,row_group_pruner,join_filter_pushdown,reorder_filter,join_elimination'"
)
_FULL = "set disabled_optimizers = ''"
_THREADS = "set threads = ?"
_ALL_THREADS = "select current_setting('threads')"


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

    def spare(self, small: bool) -> None:
        """Spare the planner's dearer steps and further threads, which never pay on small tables; answers do not depend on it."""
        if small != self._small:
            self._small = small
            self.run(_QUICK if small else _FULL)
            self.run(_THREADS, [1 if small else self._threads])

    def run(self, query: str, values: Sequence[object] = ()) -> None:
        """Execute one constant statement; raises EngineError with the engine's own reason."""
        try:
            parsed = self._known(query)
            self._db.execute(parsed, list(values))
        except duckdb.Error as reason:
            raise _failed(reason) from reason

    def once(self, query: str) -> None:
        """Execute one constant statement, unless it was executed before; for what stays as it is, such as views."""
        if query not in self._parsed:
            self.run(query)

    def _known(self, query: str) -> duckdb.Statement:
        if query not in self._parsed:
            self._parsed[query] = self._db.extract_statements(query)[0]
        return self._parsed[query]

    def words(self, query: str, values: Sequence[object] = ()) -> set[str]:
        """The first column of a constant query's few rows, as a set."""
        try:
            parsed = self._known(query)
            return {row[0] for row in self._db.execute(parsed, list(values)).fetchall()}
        except duckdb.Error as reason:
            raise _failed(reason) from reason

    def rows(self, query: str, values: Sequence[object] = ()) -> pa.Table:
        """Execute one constant query and return its rows as an Arrow table."""
        try:
            parsed = self._known(query)
            return self._db.sql(parsed, params=list(values)).to_arrow_table()
        except duckdb.Error as reason:
            raise _failed(reason) from reason

    def close(self) -> None:
        """Free the memory."""
        self._db.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _failed(reason: duckdb.Error) -> EngineError:
    """The engine's failure by its sort alone, for its words may hold what stood in a claim."""
    sort = type(reason).__name__
    return EngineError(
        "the embedded engine", f"it failed ({sort})", "Free memory or disk and run again; else report it with run.json"
    )
