"""Seen: the identifiers, products and limits that findings speak of, looked up only where a finding does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Any

from perdiem.codes.crosswalk import contradicted
from perdiem.codes.validity import Validity
from perdiem.edits.identifier import Identifier
from perdiem.edits.max_units import MaxUnits
from perdiem.edits.product import Product
from perdiem.model.schema import MODIFIERS
from perdiem.pipeline.session import Run

Row = dict[str, Any]

_PRODUCT = ("code", "ndc", "ndc_quantity", "ndc_unit", "units")


class Seen:
    """What the templates of a run's findings may say of values and of what was wanted."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._validity = Validity(run.releases)

    def of(self, finding: Row, claim: Row, line: Row) -> dict[str, str]:
        """``value`` and ``wanted`` of a finding where its rule has them, and ``code`` with the product that says more than it."""
        _, rule = self._run.compiled.rule(finding["rule_no"])
        if isinstance(rule, Identifier):
            allowed = set(rule.values.get("allowed", ()))
            values = [value for value in _values(rule.field, claim, line) if value not in allowed]
            unsound = self._validity.spans(rule.field, values)
            found = [v for v in dict.fromkeys(values) if any(_speaks(finding, span) for span in unsound[v])]
            return {"value": ", ".join(found)}
        if isinstance(rule, Product):
            wanted = {said for outcome, first, last, said in self._products.get(_key(finding["outcome"], line), ())
                      if _speaks(finding, (outcome, first, last))}  # fmt: skip
            return {"value": line["ndc"] or "", "wanted": " or ".join(sorted(wanted))}
        if isinstance(rule, MaxUnits):
            return {"wanted": str(self._limits.get((finding["rule_no"], line["code"]), ""))}
        by_product = any(lines.component for lines in rule.on) and self._run.book.product_of(line["ndc"])
        if by_product and by_product.kind != self._run.book.look_up(line["code"]).component:
            return {"code": f"{line['code']} (by its NDC {line['ndc']}: {by_product.label})"}
        return {}

    @cached_property
    def _products(self) -> dict[tuple[Any, ...], list[tuple[str, date, date, str]]]:
        found: dict[tuple[Any, ...], list[tuple[str, date, date, str]]] = {}
        for row in contradicted(self._run.batch.line, self._run.releases).to_pylist():
            told = (row["outcome"], row["first_day"], row["last_day"], row["wanted"])
            found.setdefault(_key(row["outcome"], row), []).append(told)
        return found

    @cached_property
    def _limits(self) -> dict[tuple[int, str], int]:
        return {(row["rule_no"], row["code"]): row["units"] for row in self._run.compiled.tables["release_limit"].to_pylist()}


def _key(outcome: str, row: Row) -> tuple[Any, ...]:
    known = _PRODUCT if outcome == "other_units" else _PRODUCT[:2]
    return (outcome, *(row[name] for name in known))


def _speaks(finding: Row, span: tuple[str, date, date]) -> bool:
    """Whether a value's outcome is the finding's, on one of its days."""
    outcome, first, last = span
    return outcome == finding["outcome"] and any(s["first_day"] <= last and first <= s["last_day"] for s in finding["spans"])


def _values(field: str, claim: Row, line: Row) -> Iterator[str]:
    """The values of a field that a line, its claim or its pointers show."""
    if field == "modifier":
        found = [line[name] for name in MODIFIERS]
    elif field == "diagnosis":
        held = dict(enumerate(claim["diagnoses"] or (), 1))
        found = [held.get(int(at)) for at in line["pointers"] or () if at.isdigit()]
    elif field == "place":
        found = [line["place"] or claim["place"]]
    else:
        found = [line[field] if field in line else claim[field]]
    yield from filter(None, found)
