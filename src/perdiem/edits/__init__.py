"""The kinds of edit: one file each, a schema and one static query; importing this package knows them all."""

from perdiem.edits import (
    allowed_values,
    code_life,
    companion,
    concurrent,
    duplicate,
    included,
    listed,
    mutually_exclusive,
    only_beside,
    purpose,
    supported,
    unit_count,
)
from perdiem.edits.rule import KINDS

__all__ = [
    "KINDS",
    "allowed_values",
    "code_life",
    "companion",
    "concurrent",
    "duplicate",
    "included",
    "listed",
    "mutually_exclusive",
    "only_beside",
    "purpose",
    "supported",
    "unit_count",
]
