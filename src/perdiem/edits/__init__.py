"""The kinds of edit: one file each, a schema and one static query; importing this package knows them all."""

from perdiem.edits import (
    allowed_values,
    calendar_month,
    code_life,
    companion,
    concurrent,
    duplicate,
    equipment,
    included,
    listed,
    mutually_exclusive,
    one_modifier,
    only_beside,
    purpose,
    second_equipment,
    supported,
    unit_count,
    weekly_units,
)
from perdiem.edits.rule import KINDS

__all__ = [
    "KINDS",
    "allowed_values",
    "calendar_month",
    "code_life",
    "companion",
    "concurrent",
    "duplicate",
    "equipment",
    "included",
    "listed",
    "mutually_exclusive",
    "one_modifier",
    "only_beside",
    "purpose",
    "second_equipment",
    "supported",
    "unit_count",
    "weekly_units",
]
