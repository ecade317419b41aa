"""Turns the text columns of a window into values, each distinct text once, and gathers the cells that cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.formats.claim_837p import LONGEST_CLAIM_ID
from perdiem.formats.tabular import cells, faults
from perdiem.formats.tabular import header as named

_MOST = {"code": 48, "ndc": 48, "unit_basis": 2, "frequency": 1, "pos": 2, "taxonomy": 10}
_LONGEST_TEXT = 80  # characters, X12 element 67
_KEYS = frozenset({"claim_id", "member_id"})
_INT, _TEXT = pa.int64(), pa.string()

Fault = tuple[int, str]  # a row of the window, and what is wrong with it


class Values:
    """The values of a window of rows; ``faults`` gathers what cannot be read, row by row."""

    def __init__(self, text: Mapping[str, pa.Array], mapping: named.Mapping, orders: Mapping[str, cells.Order]) -> None:
        self.text, self.mapping, self.orders = text, mapping, orders
        self.faults: list[Fault] = []
        self.rows = len(text["claim_id"])

    def number(self, name: str, read: Callable[[str], int | None], needed: bool = True) -> pa.Array:
        """A column of whole numbers (cents, thousandths, line numbers), none of them below zero."""
        made = self._read(name, name, read, _INT)
        if needed:
            self._needed(name)
        self._tell(pc.less(made, 0), faults.negative(self.mapping.column(name)) if name in self.mapping.at else "")
        return made

    def day(self, name: str, needed: bool = False) -> pa.Array:
        """A column of days since 1970-01-01."""
        order = self.orders.get(name, cells.Order())
        made = self._read(name, "date", lambda text: cells.day(text, order), _INT, mixed=order.mixed)
        if needed:
            self._needed(name)
        return made

    def words(self, name: str, read: Callable[[str], str] = str, needed: bool = False) -> pa.Array:
        """A column of text without control characters and not too long; an id that was cut to a number is no text."""
        most = LONGEST_CLAIM_ID if name == "claim_id" else _MOST.get(name, _LONGEST_TEXT)
        if name in _KEYS:
            self.check(name, "key", lambda text: None if cells.shortened(text) else text, _TEXT)
        if needed:
            self._needed(name)

        def checked(text: str) -> str | None:
            made = read(text)
            return made if made.isprintable() and len(made) <= most else None

        return self._read(name, "code" if name == "code" else "text", checked, _TEXT, most=most)

    def each(self, name: str, read: Callable[[str], Any], kind: pa.DataType) -> pa.Array:
        """A column through a function of one text, which is asked once for each distinct one."""
        if name not in self.text:
            return pa.nulls(self.rows, kind)
        encoded = self.text[name].dictionary_encode()
        return pa.array([read(text) for text in encoded.dictionary.to_pylist()], kind).take(encoded.indices)

    def joined(self, names: tuple[str, ...], into: str) -> None:
        """Puts several columns together as one text, empty cells left out."""
        held = [pc.fill_null(self.text[name], "") for name in names if name in self.text]
        if held:
            together = pc.utf8_trim_whitespace(pc.binary_join_element_wise(*held, " "))
            empty = pc.equal(together, "")
            self.text = {**self.text, into: pc.if_else(empty, pa.scalar(None, _TEXT), together)}

    def check(self, name: str, kind: str, read: Callable[[str], Any], of: pa.DataType) -> None:
        """Tells the cells of a column that a function of their text makes nothing of."""
        self._cell_faults(name, kind, self.each(name, read, of))

    def fault(self, rows: pa.Array, problem: str) -> None:
        """Tells one thing of every row that is true in ``rows``."""
        self._tell(rows, problem)

    def _read(
        self, name: str, kind: str, read: Callable[[str], Any], of: pa.DataType, mixed: bool = False, most: int = 0
    ) -> pa.Array:
        made = self.each(name, read, of)
        if name in self.mapping.at:
            self._cell_faults(name, kind, made, mixed, most)
        return made

    def _cell_faults(self, name: str, kind: str, made: pa.Array, mixed: bool = False, most: int = 0) -> None:
        bad = pc.and_(pc.is_valid(self.text[name]), pc.is_null(made))
        for row in _places(bad):
            text = self.text[name][row].as_py()
            sort = "mixed" if mixed and cells.is_turned(text) else kind
            self.faults.append((row, faults.cell(self.mapping.column(name), sort, text, most)))

    def _needed(self, name: str) -> None:
        self._tell(pc.is_null(self.text[name]), faults.missing(self.mapping.column(name)))

    def _tell(self, rows: pa.Array, problem: str) -> None:
        self.faults += [(row, problem) for row in _places(rows)]


def _places(rows: pa.Array) -> list[int]:
    """The numbers of the rows that are true."""
    return pc.indices_nonzero(pc.fill_null(rows, False)).to_pylist()  # type: ignore[no-any-return]
