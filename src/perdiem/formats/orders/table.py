"""Orders in a table: CSV or a workbook, one order a row, columns found by their names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from perdiem.formats.grid import Grid, read_grids
from perdiem.formats.orders.columns import field_of, matched
from perdiem.model.errors import FormatError
from perdiem.model.order import SetAside, Written


def read_table(path: Path) -> Iterator[Written | SetAside]:
    """The orders of a file, row by row; a row that does not fit its header is set aside.

    Raises FormatError where the file is no table, or its header names no drug.
    """
    try:
        _, grids, unread = read_grids(path)
    except FormatError as error:
        do = "Name a CSV, Excel or JSON file of orders" if "release" in error.do else error.do
        raise FormatError(error.where, error.what, do) from error
    if unread:
        raise FormatError(path.name, unread[0], "Unpack it, and name the files")
    for grid in grids:
        yield from _rows(grid, path.name)


def _rows(grid: Grid, source: str) -> Iterator[Written | SetAside]:
    where = f"{source} {grid.name}".strip()
    rows = [(number, cells) for number, cells in grid.rows if any(cells)]
    if not rows:
        raise FormatError(where, "it holds no row", "Give one order a row below a row of column names")
    start = next((n for n, (_, cells) in enumerate(rows[:10]) if sum(field_of(cell) is not None for cell in cells) > 1), 0)
    names = rows[start][1]
    at = matched(names, where)
    if not rows[start + 1 :]:
        raise FormatError(where, "no order stands below the column names", "Give one order a row")
    for number, cells in rows[start + 1 :]:
        if len(cells) > len(names) and any(cells[len(names) :]):
            yield SetAside(
                where, number, f"the row has {len(cells)} cells and the header {len(names)}: a comma may lack its quotes"
            )
            continue
        yield Written({field: cells[n] for n, field in at.items() if n < len(cells) and cells[n]}, where, number)
