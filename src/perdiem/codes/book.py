"""The code book: what is known of each code, dated and sourced, from the tables in ``library/codes``.

A code with a row of its own is *known*. A code that only falls into a range has a class and a family,
but nobody has said that it exists; one outside every range has the class ``unknown``.
"""

from __future__ import annotations

import csv
import hashlib
import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

LIBRARY: Traversable = files("perdiem") / "library"


@dataclass(frozen=True)
class CodeFacts:
    """What the book says of one code; dates inclusive, empty where not sourced."""

    code: str
    known: bool = False
    label: str = ""
    descriptor: str = ""
    kind_of: str = "unknown"  # the class column of codes.csv
    unit_basis: str = ""
    routes: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    component: str = ""
    start: date | None = None
    end: date | None = None
    successor: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    note: str = ""
    source: str = ""
    drug_line: bool = False
    own_family_only: bool = False


@dataclass(frozen=True)
class CodeRange:
    """A run of codes of one class, first and last inclusive, compared as text of equal length."""

    first: str
    last: str
    facts: CodeFacts

    def holds(self, code: str) -> bool:
        """Whether the code lies in the range."""
        return len(code) == len(self.first) and self.first <= code <= self.last

    @property
    def width(self) -> int:
        """How wide the range is; the narrowest one that holds a code speaks."""
        return int(self.last[1:], 36) - int(self.first[1:], 36)


@dataclass(frozen=True)
class Therapy:
    """One therapy family: its per diem codes, whether any drug belongs to it, or only products of its own."""

    family: str
    per_diems: tuple[str, ...]
    any_drug: bool = False
    own_products: bool = False


@dataclass(frozen=True)
class Named:
    """One row of a small table: modifier, place of service, reason code or product."""

    key: str
    label: str
    kind: str = ""
    note: str = ""
    source: str = ""


@dataclass(frozen=True)
class Book:
    """All tables of the code book; build it with :func:`open_book`."""

    codes: dict[str, CodeFacts]
    ranges: tuple[CodeRange, ...]
    therapies: tuple[Therapy, ...]
    modifiers: dict[str, Named]
    places: dict[str, Named]
    reasons: dict[tuple[str, str], Named]
    products: dict[str, Named]
    sources: dict[str, dict[str, object]] = field(default_factory=dict)
    fingerprint: str = ""

    def look_up(self, code: str) -> CodeFacts:
        """What is known of a code; class ``unknown`` where nothing is."""
        known = self.codes.get(code)
        if known is not None:
            return known
        holding = [r for r in self.ranges if r.holds(code)]
        if not holding:
            return CodeFacts(code)
        facts = min(holding, key=lambda r: r.width).facts
        return CodeFacts(**{**facts.__dict__, "code": code})

    def meaning(self, list_: str, code: str) -> str:
        """What a group, CARC or RARC means, in our words; empty where the book has none."""
        reason = self.reasons.get((list_, code))
        return reason.label if reason else ""

    def therapy_of(self, code: str) -> Therapy | None:
        """The therapy family that a per diem code bills for."""
        return next((t for t in self.therapies if code in t.per_diems), None)

    def component_of(self, ndc: str | None, code: str) -> str:
        """The parenteral nutrition part on a line: the product named by NDC beats the code."""
        product = self.products.get(ndc_digits(ndc)[:9]) if ndc else None
        return product.kind if product else self.look_up(code).component


def ndc_digits(ndc: str) -> str:
    """An NDC as 11 digits; hyphenated forms are padded to 5-4-2, others are returned as digits."""
    parts = ndc.strip().split("-")
    if len(parts) == 3:
        return parts[0].zfill(5) + parts[1].zfill(4) + parts[2].zfill(2)
    return "".join(parts)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _facts(row: dict[str, str], classes: dict[str, dict[str, str]], known: bool) -> CodeFacts:
    of = classes[row["class"]]
    return CodeFacts(
        code=row.get("code", ""),
        known=known,
        label=row.get("label", ""),
        descriptor=row.get("descriptor", ""),
        kind_of=row["class"],
        unit_basis=row.get("unit_basis", ""),
        routes=_words(row["routes"]),
        families=_words(row["families"]),
        component=row["component"],
        start=_day(row.get("start", "")),
        end=_day(row.get("end", "")),
        successor=_words(row.get("successor", "")),
        excludes=_words(row.get("excludes", "")),
        note=row["note"],
        source=row["source"],
        drug_line=of["drug_line"] == "yes",
        own_family_only=of["own_family_only"] == "yes",
    )


def _table(library: Traversable, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((library / "codes" / name).read_text("utf-8").splitlines()))


def _named(rows: list[dict[str, str]], key: str, kind: str = "kind", label: str = "label") -> dict[str, Named]:
    return {r[key]: Named(r[key], r[label], r.get(kind, ""), r["note"], r["source"]) for r in rows}


_FILES = ("classes.csv", "codes.csv", "modifiers.csv", "places.csv", "products.csv", "ranges.csv", "reasons.csv")


@cache
def open_book(library: Traversable = LIBRARY) -> Book:
    """Read the book that ships with perdiem; the fingerprint covers every table it is made of."""
    classes = {row["class"]: row for row in _table(library, "classes.csv")}
    therapies = (library / "therapies.toml").read_bytes()
    digest = hashlib.sha256(therapies)
    for name in _FILES:
        digest.update((library / "codes" / name).read_bytes())
    return Book(
        codes={row["code"]: _facts(row, classes, True) for row in _table(library, "codes.csv")},
        ranges=tuple(CodeRange(row["first"], row["last"], _facts(row, classes, False)) for row in _table(library, "ranges.csv")),
        therapies=tuple(
            Therapy(t["family"], tuple(t["per_diems"]), t.get("any_drug", False), t.get("own_products", False))
            for t in tomllib.loads(therapies.decode())["therapy"]
        ),
        modifiers=_named(_table(library, "modifiers.csv"), "modifier"),
        places=_named(_table(library, "places.csv"), "place"),
        reasons={
            (row["list"], row["code"]): Named(row["code"], row["meaning"], row["list"], row["note"], row["source"])
            for row in _table(library, "reasons.csv")
        },
        products=_named(_table(library, "products.csv"), "ndc9", "component", "name"),
        sources=tomllib.loads((library / "codes" / "sources.toml").read_text("utf-8")),
        fingerprint="sha256:" + digest.hexdigest(),
    )
