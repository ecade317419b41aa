"""Reads files of orders by their content: JSON or FHIR where they begin like it, else a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from perdiem.formats.orders.columns import field_of
from perdiem.formats.orders.fhir import orders_of
from perdiem.formats.orders.table import read_table
from perdiem.model.errors import FormatError
from perdiem.model.order import SetAside, Written

_MOST = 256 << 20  # bytes of a file of JSON
_MARKS = b"\xef\xbb\xbf \t\r\n"


def read_orders(paths: Iterable[str | Path]) -> Iterator[Written | SetAside]:
    """The orders of files, one by one; what is wrong with one of them sets that one aside.

    Raises FormatError where a file cannot be read at all.
    """
    for path in map(Path, paths):
        if not path.is_file():
            raise FormatError(path.name or ".", "is no file", "Name a CSV, Excel or JSON file of orders")
        with path.open("rb") as file:
            start = file.read(4096).lstrip(_MARKS)
        yield from _read_json(path) if start[:1] in (b"{", b"[") else read_table(path)


def _read_json(path: Path) -> Iterator[Written | SetAside]:
    if path.stat().st_size > _MOST:
        raise FormatError(path.name, "it is too large for one file of JSON", "Split it, or send a table")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FormatError(path.name, "it begins like JSON and is not in UTF-8", "Save it as UTF-8") from None
    try:
        whole = _loads(text)
    except (ValueError, RecursionError):
        yield from _by_line(text, path.name)
        return
    found = whole.get("orders", whole) if isinstance(whole, dict) else whole
    if isinstance(found, list) and not found:
        raise FormatError(path.name, "its list of orders is empty", "Give one object an order")
    for number, one in enumerate(found if isinstance(found, list) else [found], 1):
        yield from _one(one, path.name, number)


def _by_line(text: str, source: str) -> Iterator[Written | SetAside]:
    """JSON lines; where not even the first line is JSON, the file is none."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            one = _loads(line)
        except (ValueError, RecursionError):
            if number == 1:
                do = "Correct it; a file holds one JSON value, or one object a line"
                raise FormatError(source, "it begins like JSON and is none, or gives a name twice", do) from None
            yield SetAside(source, number, "the line is no JSON object, or gives a name twice")
            continue
        yield from _one(one, source, number)


def _one(one: Any, source: str, number: int) -> Iterator[Written | SetAside]:
    if not isinstance(one, dict):
        yield SetAside(source, number, "the order is no JSON object")
    elif "resourceType" in one:
        yield from orders_of(one, source, number)
    else:
        yield _plain(one, source, number)


def _plain(one: dict[str, Any], source: str, number: int) -> Written | SetAside:
    fields: dict[str, str] = {}
    for name, value in one.items():
        field = field_of(name)
        if field is None:
            return SetAside(source, number, f"{name!r} is no field of an order")
        if field in fields:
            return SetAside(source, number, f"{name!r} and another name both mean {field}")
        told = _cell(value)
        if told is None:
            return SetAside(source, number, f"{name!r} holds neither text nor a number nor a list of them")
        fields[field] = told
    return Written({field: told for field, told in fields.items() if told}, source, number)


def _cell(value: Any) -> str | None:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list):
        parts = [_cell(part) for part in value]
        return None if any(part is None for part in parts) else ";".join(part or "" for part in parts)
    return str(value) if isinstance(value, str | int) else None


def _loads(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_once)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found
