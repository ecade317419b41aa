"""What the judge knows of codes: the library's tables, read plainly (class, routes, families, dates, products)."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from . import codes as c

TABLES = Path(__file__).resolve().parents[2] / "src" / "perdiem" / "library" / "codes"


@dataclass(frozen=True)
class Fact:
    kind: str
    routes: frozenset[str]
    families: frozenset[str]
    component: str
    spans: tuple[tuple[date, date], ...]  # empty = no row of its own = not known


def rows(name: str) -> list[dict[str, str]]:
    path = TABLES / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def words(text: str | None) -> frozenset[str]:
    return frozenset(w.strip() for w in (text or "").split(";") if w.strip())


def day(text: str | None, otherwise: date) -> date:
    return date.fromisoformat(text) if text else otherwise


@cache
def known() -> dict[str, Fact]:
    book: dict[str, Fact] = {}
    for r in rows("codes.csv"):
        span = (day(r["start"], date.min), day(r["end"], date.max))
        spans = (*(book[r["code"]].spans if r["code"] in book else ()), span)
        book[r["code"]] = Fact(r["class"], words(r["routes"]), words(r["families"]), r["component"], spans)
    return book


@cache
def ranges() -> list[tuple[str, str, Fact]]:
    found = [
        (r["first"], r["last"], Fact(r["class"], words(r["routes"]), words(r["families"]), r["component"], ()))
        for r in rows("ranges.csv")
    ]
    return sorted(found, key=lambda f: (_width(f[0], f[1]), f[0]))


def _width(first: str, last: str) -> int:
    return int(re.sub(r"\D", "", last)) - int(re.sub(r"\D", "", first))


@cache
def classes() -> dict[str, bool]:
    return {r["class"]: r["drug_line"] == "yes" for r in rows("classes.csv")}


@cache
def products() -> dict[str, tuple[str, str]]:
    return {r["ndc9"]: (r["name"], r["component"]) for r in rows("products.csv")}


NOTHING = Fact("", frozenset(), frozenset(), "", ())


@cache
def fact(code: str) -> Fact:
    """The code's own row, else the narrowest range that holds it (which does not make it known)."""
    own = known().get(code)
    if own:
        return own
    if len(code) == 5:
        for first, last, says in ranges():
            if first <= code <= last and first[0] == code[0]:
                return says
    return NOTHING


def is_known(code: str) -> bool:
    return code in known()


def in_force(code: str, on: date) -> bool:
    return any(a <= on <= b for a, b in known()[code].spans)


@cache
def drug_line(code: str) -> bool:
    """A6: drug, biological, blood, formula, parenteral product, S5000/S5001, or an unknown J, Q, C9, S0 code."""
    if code in c.NEVER_A_DRUG:
        return False
    kind = fact(code).kind
    if kind:
        return classes()[kind]
    return code.startswith(("J", "Q", "C9", "S0"))


@cache
def families(code: str) -> frozenset[str]:
    return fact(code).families


@cache
def per_diems_of(family: str) -> frozenset[str]:
    """Every per diem code of a family, the incidental ones too."""
    return frozenset(k for k, f in known().items() if f.kind == "per diem" and family in f.families)


def product(ndc: str) -> tuple[str, str] | None:
    """Name and component of an NDC's product: the first nine digits of eleven."""
    digits = ndc.replace("-", "")
    return products().get(digits[:9]) if len(digits) == 11 else None
