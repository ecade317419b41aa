"""A benchmark as JSON and as CSV: every figure with its interval, or the reason why there is none."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

from perdiem.model.benchmark import QUANTILES, Benchmark, Interval, Share, Spread
from perdiem.model.page import Missing

COLUMNS = ("table", "name", "payer", "figure", "value", "low", "high", "n", "not_available", "why")
"""Of the CSV, one row a figure. n: values, or lines of a share. low, high: of the 95 % interval."""


def to_json(told: Benchmark) -> str:
    """All of it as one object; amounts are decimal strings, and a figure that is missing is an object that says why."""
    return json.dumps(_plain(told), indent=1, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Missing):
        return {"not_available": str(value.gap), "why": value.words}
    if isinstance(value, Spread):
        cuts = {f"p{percent}": str(cut) for percent, cut in zip(QUANTILES, value.quantiles, strict=True)}
        return {"values": value.values, "members": value.members, **cuts, "median_interval": _plain(value.interval)}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, Decimal | date) else value


def to_csv(told: Benchmark) -> str:
    """Every figure as one row of a table."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for table, name, payer, figure, value in _figures(told):
        writer.writerows([_guarded(table), _guarded(name), _guarded(payer), *row] for row in _rows(figure, value))
    return out.getvalue()


def _figures(told: Benchmark) -> Iterator[tuple[str, str, str, str, Any]]:
    for figure in ("members", "claims", "lines", "charge"):
        yield "total", "", "", figure, getattr(told, figure)
    for use in told.uses:
        for figure in ("members", "claims", "lines", "units", "charge", "per_claim", "per_30_days", "denied", "pended"):
            yield "use", use.code, use.payer, figure, getattr(use, figure)
    for m in told.measures:
        yield "measure", m.id, m.payer, "figure", m.figure
        yield "measure", m.id, m.payer, "expected", m.expected
    for r in told.reasons:
        name = " ".join(part for part in (f"{r.group}-{r.carc}", r.rarc, r.rule) if part)
        for figure in ("members", "lines", "charge"):
            yield "reason", name, r.payer, figure, getattr(r, figure)
    for p in told.peers:
        name = f"{p.code} {'rented' if p.rental else 'not rented'}"
        for figure in ("ours", "theirs", "ratio"):
            yield "peer", name, "", f"{p.what}, {figure}", getattr(p, figure)


def _rows(figure: str, value: Any) -> Iterator[list[Any]]:
    match value:
        case Missing():
            yield [figure, "", "", "", "", str(value.gap), value.words]
        case Spread():
            for percent, cut in zip(QUANTILES, value.quantiles, strict=True):
                held = value.interval if percent == 50 else None
                ends = [held.low, held.high] if isinstance(held, Interval) else ["", ""]
                why = [str(held.gap), held.words] if isinstance(held, Missing) else ["", ""]
                yield [f"{figure} p{percent}", cut, *ends, value.values, *why]
        case Share():
            yield [figure, value.value, value.interval.low, value.interval.high, value.whole, "", ""]
        case Interval():
            yield [figure, "", value.low, value.high, "", "", ""]
        case _:
            yield [figure, value, "", "", "", "", ""]


def _guarded(text: str) -> str:
    """Text that a spreadsheet would take for a formula, kept from being one."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠") else text
