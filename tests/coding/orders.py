"""Orders of the tests: written as a person writes fields, coded as the command does."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from perdiem.coding.order import order
from perdiem.model.order import Coded, CodedLine, Written

MONDAY = "2024-06-03"


def coded(*orders: dict[str, Any], year: int | None = None) -> Coded:
    """Orders of one member coded together; nothing may be set aside."""
    written = [Written({k: str(v) for k, v in fields.items()}, "test", n) for n, fields in enumerate(orders, 1)]
    found = order(written, year=year)
    assert not found.set_aside, found.set_aside
    return found


def one(**fields: Any) -> Coded:
    """One order from a Monday in June 2024, unless told otherwise; ``first`` stands for ``from``."""
    given = {"first": MONDAY, **fields}
    return coded({("from" if k == "first" else k): v for k, v in given.items() if v is not None})


def told(found: Coded) -> list[tuple[str, str, int | None]]:
    """Code, modifiers and units of each line."""
    return [(line.code, " ".join(line.modifiers), None if line.units is None else int(line.units)) for line in found.lines]


def units(found: Coded, code: str) -> Decimal:
    """The units of all lines of a code."""
    return sum((line.units or Decimal(0) for line in found.lines if line.code == code), Decimal(0))


def lines(found: Coded, role: str) -> list[CodedLine]:
    """The lines of one role."""
    return [line for line in found.lines if line.role == role]


def about(found: Coded) -> set[str]:
    """What questions are about."""
    return {question.about for question in found.questions}
