"""Drugs: from the name, HCPCS code or NDC on an order to the code that bills it on each day, or to what must be asked."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from perdiem.codes.book import LIBRARY, Book, CodeFacts
from perdiem.codes.crosswalk import products
from perdiem.model.order import Order

_CODE = re.compile(r"[A-Z]\d{4}|\d{5}")
_MARKS = re.compile(r"[^a-z0-9%.\-/+]+")


@dataclass(frozen=True)
class Drug:
    """What an order gives: its name, its code by day where one is known, its family and routes, and what must be asked.

    whole_therapy: a word for a therapy, such as the nutrition of a day, which has no drug code of its own.
    """

    name: str
    code_on: dict[date, str]
    family: str = ""
    routes: tuple[str, ...] = ()
    whole_therapy: bool = False
    asks: tuple[tuple[str, str], ...] = ()
    makers: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """Its codes, each once, in the order of the days."""
        return tuple(dict.fromkeys(self.code_on.values()))


def fold_drug(name: str) -> str:
    """A drug's name as compared: case folded, marks and runs of blanks as one blank, salts kept."""
    return " ".join(_MARKS.sub(" ", unicodedata.normalize("NFKC", name).casefold()).split())


@cache
def drug_names() -> dict[str, dict[str, Any]]:
    """The rows of ``library/coding/drugs.toml`` by every name."""
    rows = tomllib.loads((LIBRARY / "coding" / "drugs.toml").read_text("utf-8"))["drug"]
    return {fold_drug(name): row for row in rows for name in row["names"]}


def find_drug(order: Order, days: Sequence[date], book: Book) -> Drug:
    """The drug of an order on its days, by code, by NDC, by name, and last by the labels of the book."""
    name = order.drug.strip()
    if _CODE.fullmatch(name.upper()):
        return _by_code(name, name.upper(), days, book)
    by_ndc = {p.code for day in days for p in products(order.ndc, day)} if order.ndc else set[str]()
    if len(by_ndc) == 1:
        return _by_code(name or order.ndc, by_ndc.pop(), days, book)
    row = drug_names().get(fold_drug(name))
    if row is None:
        labelled = [code for code, facts in book.codes.items() if facts.drug_line and fold_drug(facts.label) == fold_drug(name)]
        if len(labelled) == 1:
            return _by_code(name, labelled[0], days, book)
        said = f"which drug {name} is: no name of the library is like it; give its HCPCS code" if name else "which drug it is"
        return Drug(name, {}, asks=(("drug", said),))
    return _by_row(name, row, order, days, book)


def _by_code(name: str, code: str, days: Sequence[date], book: Book) -> Drug:
    facts, asks = book.look_up(code), list[tuple[str, str]]()
    if facts.kind_of == "unknown":
        asks.append(("drug", f"whether {code} is a valid code: no loaded table knows it"))
    elif not facts.drug_line:
        asks.append(("drug", f"which drug it is: {code} is no drug ({facts.kind_of})"))
        return Drug(name, {}, asks=tuple(asks))
    live = [day for day in days if _alive(facts, day)]
    if len(live) < len(days):
        asks.append(("code", _dead(facts)))
    return Drug(name, dict.fromkeys(live, code), _family(facts), facts.routes, asks=tuple(asks))


def _by_row(name: str, row: dict[str, Any], order: Order, days: Sequence[date], book: Book) -> Drug:
    if "code" in row:
        found = _by_code(name, row["code"], days, book)
        return Drug(name, found.code_on, found.family, found.routes, False, found.asks, tuple(row.get("makers", ())))
    if "codes" in row:
        code_on = {day: code for day in days if (code := _code_of(row["codes"], day, book))}
        facts = book.look_up(row["codes"][-1]["code"])
        asks = () if len(code_on) == len(days) else (("code", row["asks"]),)
        return Drug(name, code_on, _family(facts), facts.routes, asks=asks)
    if "by_volume" in row:
        return _by_volume(name, row, order, days, book)
    choose: list[str] = row.get("choose", [])
    asks = (("product", f"which product of {name}: {', '.join(f'{c} {book.look_up(c).label}' for c in choose)}"),) if choose else ()
    routes = {route for code in choose for route in book.look_up(code).routes}
    return Drug(name, {}, row["family"], tuple(sorted(routes)), bool(row.get("therapy")), asks)


def _by_volume(name: str, row: dict[str, Any], order: Order, days: Sequence[date], book: Book) -> Drug:
    """A fluid whose codes go by the size of the bag: the bag that the dose fills, else the largest."""
    from perdiem.coding.amounts import unit_of, units_for, whole_units_in

    fitting = []
    for code in row["by_volume"]:
        basis = unit_of(book.look_up(code).unit_basis)
        if order.dose is not None and basis is not None:
            filled, begun = whole_units_in(order.dose, basis), units_for(order.dose, basis)
            if filled and filled == begun:
                fitting.append(code)
    if fitting:
        return _by_code(name, fitting[0], days, book)
    asks = (("product", f"the size of the bag: {', '.join(f'{c} {book.look_up(c).label}' for c in row['by_volume'])}"),)
    return Drug(name, {}, row["family"], book.look_up(row["by_volume"][0]).routes, asks=asks)


def _alive(facts: CodeFacts, day: date) -> bool:
    return (facts.start is None or facts.start <= day) and (facts.end is None or day <= facts.end)


def _dead(facts: CodeFacts) -> str:
    then = f"; {' or '.join(facts.successor)} followed it" if facts.successor else ""
    life = f"ended on {facts.end}" if facts.end else f"began on {facts.start}"
    return f"which code to bill: {facts.code} {life}{then}"


def _code_of(rows: list[dict[str, Any]], day: date, book: Book) -> str | None:
    """The one code in force on a day: by the book where it holds both ends, else by what the sources saw."""
    told = [row["code"] for row in rows if (facts := book.look_up(row["code"])).start and facts.start <= day and _alive(facts, day)]
    if len(told) == 1:
        return str(told[0])
    seen = [
        row["code"]
        for row in rows
        if row.get("from", day) <= day <= row.get("until", day) and _alive(book.look_up(row["code"]), day)
    ]
    return str(seen[0]) if len(seen) == 1 else None


def _family(facts: CodeFacts) -> str:
    return facts.families[0] if facts.families else ""
