"""Looks through a table once before it is read: where it may be cut between claims, and how its dates are written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.formats.tabular.cells import Order, is_total, order_of, tally
from perdiem.formats.tabular.fields import DAYS
from perdiem.formats.tabular.grid import WINDOW, Grid
from perdiem.formats.tabular.marks import unmarked

_FAR = 4 * WINDOW  # rows of a window that are worth a word

Tally = tuple[int, int, int]


@dataclass(frozen=True)
class Survey:
    """rows: below the header. cuts: how many of them lie before the end of each window, no claim lying across; the last
    is ``rows``. orders: how the dates of each date column are read."""

    rows: int
    cuts: list[int]
    orders: dict[str, Order] = field(default_factory=dict)

    @property
    def scattered(self) -> int:
        """The rows of the longest window, where that is far too long; else 0."""
        longest = max(end - begin for begin, end in zip([0, *self.cuts], self.cuts, strict=False)) if self.cuts else 0
        return longest if longest > _FAR else 0


def survey(grid: Grid, window: int = WINDOW) -> Survey:
    """The survey of a table; what its reading raises goes through."""
    rows = 0
    found: list[pa.Table] = []
    dates = {name: (0, 0, 0) for name in DAYS if name in grid.mapping.at}
    for batch in grid.batches():
        claim = unmarked(batch.column("claim_id"))
        numbered = pa.table({"claim": claim, "row": pa.array(range(rows, rows + len(claim)), pa.int64())})
        found.append(numbered.group_by("claim").aggregate([("row", "min"), ("row", "max")]).filter(pc.is_valid(pc.field("claim"))))
        for name in dates:
            distinct = pc.unique(unmarked(batch.column(name))).drop_null().to_pylist()
            dates[name] = _added(dates[name], tally(distinct))
        rows += len(claim)
    return Survey(rows, _cuts(found, rows, window), _orders(dates))


def _cuts(found: Iterable[pa.Table], rows: int, window: int) -> list[int]:
    """Windows of at least so many rows, each ending where every claim begun has ended."""
    tables = list(found)
    if not tables or rows <= window:
        return [rows] if rows else []
    spans = pa.concat_tables(tables).group_by("claim").aggregate([("row_min", "min"), ("row_max", "max")])
    spans = spans.filter(pc.invert(pc.is_in(spans["claim"], _total_names(spans["claim"])))).sort_by("row_min_min")
    first = spans["row_min_min"].combine_chunks()
    ended = pc.cumulative_max(spans["row_max_max"].combine_chunks())
    clear = first[1:].filter(pc.less(ended[:-1], first[1:])).to_pylist()  # a claim begins here, and none is open
    cuts, last = [], 0
    for at in clear:
        if at - last >= window:
            cuts.append(at)
            last = at
    return [*cuts, rows]


def _total_names(claims: pa.ChunkedArray) -> pa.Array:
    short = claims.filter(pc.less(pc.utf8_length(claims), 16)).unique().to_pylist()
    return pa.array([name for name in short if is_total(name)], pa.string())


def _orders(dates: dict[str, Tally]) -> dict[str, Order]:
    """The days of service are one column in two: what one shows holds for the other."""
    service = (0, 0, 0)
    for name in ("from", "to"):
        service = _added(service, dates.get(name, (0, 0, 0)))
    return {name: order_of(*(service if name in ("from", "to") else seen)) for name, seen in dates.items()}


def _added(one: Tally, other: Tally) -> Tally:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]
