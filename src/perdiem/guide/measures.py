"""Measures: what a benchmark counts beside single codes, with what is expected of it, from ``library/measures.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources.abc import Traversable
from typing import Any, Literal, get_args

import pyarrow as pa

from perdiem.codes.book import LIBRARY, Book
from perdiem.codes.sets import CodeSets
from perdiem.model.benchmark import Interval
from perdiem.model.citation import Citation
from perdiem.model.errors import PolicyError
from perdiem.model.page import Gap, Missing

Kind = Literal["rate", "ratio", "share"]
_FIELDS = {
    "rate": {"of", "days"},
    "ratio": {"of", "over", "lasts"},
    "share": {"among", "with"},
}
_ANY = {"id", "title", "kind", "expected", "unexpected", "cite", "source", "reading", "doubt", "without", "by_day"}
_WHERE = "library/measures.toml"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One measure. of: the lines counted; over: those whose days it is held against; ``with_modifier``: what a share looks for.

    days: of observation that a rate is for. lasts: days that a line ``over`` of one day stands for. by_day: whether a line
    counts at most one unit a day. expected: lowest and highest, or why there is none. source: a key of the book's sources.
    """

    id: str
    title: str
    kind: Kind
    of: tuple[str, ...]
    over: tuple[str, ...] = ()
    with_modifier: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    days: int = 0
    lasts: int = 1
    by_day: bool = False
    expected: Interval | Missing
    cite: Citation | None = None
    source: str = ""
    reading: str
    doubt: str


@dataclass(frozen=True)
class Measures:
    """All measures; how long a member must be seen to have a rate; whose claims Medicare's files count, and rental modifiers."""

    measures: tuple[Measure, ...]
    observed_at_least: int
    peer_brands: tuple[str, ...]
    rental: tuple[str, ...]

    def tables(self, book: Book, codes: list[str]) -> dict[str, pa.Table]:
        """The measures as tables that queries join: ``measure``, ``measure_code`` and ``measure_modifier``."""
        known = [book.look_up(code) for code in codes]
        sets = CodeSets(book, {}, _WHERE)
        roles = [(m, role, terms) for m in self.measures for role, terms in (("of", m.of), ("over", m.over)) if terms]
        code = [(m.id, role, facts.code) for m, role, terms in roles for facts in known if sets.holds(terms, facts)]
        words = [(m.id, word, has) for m in self.measures for has, words in ((True, m.with_modifier), (False, m.without))
                 for word in words]  # fmt: skip
        text, whole, yes = pa.string(), pa.int64(), pa.bool_()
        return {
            "measure": _table([(m.id, m.kind, m.days, m.lasts, m.by_day) for m in self.measures],
                              measure=text, kind=text, days=whole, lasts=whole, by_day=yes),
            "measure_code": _table(code, measure=text, role=text, code=text),
            "measure_modifier": _table(words, measure=text, modifier=text, wanted=yes),
        }  # fmt: skip


def _table(rows: list[tuple[Any, ...]], **columns: pa.DataType) -> pa.Table:
    made = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pa.table({name: pa.array(made[at], type_) for at, (name, type_) in enumerate(columns.items())})


def read_measures(library: Traversable = LIBRARY) -> Measures:
    """The measures of the library. Raises PolicyError where one lacks a field, has one too many, or no ground for its band."""
    said = tomllib.loads((library / "measures.toml").read_text("utf-8"))
    peer = said["peer"]
    made = tuple(_measure(row) for row in said["measure"])
    return Measures(made, said["observed_at_least"], tuple(peer["brands"]), tuple(peer["rental"]))


def _measure(row: dict[str, Any]) -> Measure:
    kind: Any = row.get("kind")
    where = f"{_WHERE}: {row.get('id')}"
    if kind not in get_args(Kind):
        raise PolicyError(where, f"{kind!r} is no kind of measure", f"Kinds are {', '.join(get_args(Kind))}")
    for name in sorted(_FIELDS[kind] - row.keys()):
        raise PolicyError(where, f"it has no {name!r}", f"A {kind} needs {', '.join(sorted(_FIELDS[kind]))}")
    for name in sorted(row.keys() - _FIELDS[kind] - _ANY):
        raise PolicyError(where, f"{name!r} is no field of a {kind}", "Take it out, or correct its name")
    if "expected" in row and not ("cite" in row or "source" in row):
        raise PolicyError(where, "its band has no ground", "Cite the sentence, or name a source of the code book")
    if ("expected" in row) == ("unexpected" in row):
        raise PolicyError(where, "it needs a band or the reason why it has none", "Give one of expected and unexpected")
    band = row.get("expected")
    return Measure(
        id=row["id"], title=row["title"], kind=kind, of=tuple(row["among" if kind == "share" else "of"]),
        over=tuple(row.get("over", ())),
        with_modifier=tuple(row.get("with", ())), without=tuple(row.get("without", ())), days=row.get("days", 0),
        lasts=row.get("lasts", 1), by_day=row.get("by_day", False), cite=Citation(**row["cite"]) if "cite" in row else None,
        expected=Interval(*map(Decimal, band)) if band else Missing(Gap.NOT_IN_SOURCE, row["unexpected"]),
        source=row.get("source", ""), reading=row["reading"], doubt=row["doubt"],
    )  # fmt: skip
