"""The code book: what is known of each code, dated and sourced, from the tables in ``library/codes`` and the user's releases.

Class, routes, families and labels are the shipped tables' own; that a code exists, its days and its successor come
from a release where the tables are silent or their source is older. A code with a row of its own is *known*. A code
that only falls into a range has a class and a family, but nobody has said that it exists; one outside every range has
the class ``unknown``.
"""

from __future__ import annotations

import csv
import hashlib
import tomllib
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from perdiem.codes.official import Life, Official, official
from perdiem.codes.releases import Release, loaded, releases_folder, rows

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
    release: str = ""  # the imported release that speaks of it too


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
    """All tables of the code book; build it with :func:`open_book`.

    shipped: fingerprint of the shipped tables. releases: fingerprints of the imported releases, by id. fingerprint: of
    both. official: what those releases say of codes.
    """

    codes: dict[str, CodeFacts]
    ranges: tuple[CodeRange, ...]
    therapies: tuple[Therapy, ...]
    modifiers: dict[str, Named]
    places: dict[str, Named]
    reasons: dict[tuple[str, str], Named]
    products: dict[str, Named]
    sources: dict[str, dict[str, object]] = field(default_factory=dict)
    fingerprint: str = ""
    shipped: str = ""
    releases: dict[str, str] = field(default_factory=dict)
    official: Official = field(default_factory=Official)

    def look_up(self, code: str) -> CodeFacts:
        """What is known of a code; class ``unknown`` where nothing is."""
        facts, life = self._own(code), self.official.life(code)
        return facts if life is None else self._with(facts, life)

    def _own(self, code: str) -> CodeFacts:
        """What the shipped tables know of a code."""
        known = self.codes.get(code)
        if known is not None:
            return known
        holding = [r for r in self.ranges if r.holds(code)]
        if not holding:
            return CodeFacts(code)
        facts = min(holding, key=lambda r: r.width).facts
        return CodeFacts(**{**facts.__dict__, "code": code})

    def _with(self, facts: CodeFacts, life: Life) -> CodeFacts:
        """The facts with what a release says where they are silent, or their source is older than it."""
        source = self.sources.get(facts.source, {})
        read = source.get("as_of") or source.get("read")
        newer = not facts.known or not isinstance(read, date) or life.of > read
        end = life.end if newer or not facts.end else facts.end
        return replace(
            facts,
            known=True,
            start=life.start if life.start and (newer or not facts.start) else facts.start,
            end=end,
            successor=facts.successor or (life.successor if end else ()),
            source=facts.source if facts.known else life.release,
            release=life.release,
        )

    def meaning(self, list_: str, code: str) -> str:
        """What a group, CARC or RARC means, in our words; empty where the book has none."""
        reason = self.reasons.get((list_, code))
        return reason.label if reason else ""

    def therapy_of(self, code: str) -> Therapy | None:
        """The therapy family that a per diem code bills for."""
        return next((t for t in self.therapies if code in t.per_diems), None)

    def component_of(self, ndc: str | None, code: str) -> str:
        """The parenteral nutrition part on a line: the product named by NDC beats the code."""
        product = self.product_of(ndc)
        return product.kind if product else self.look_up(code).component

    def product_of(self, ndc: str | None) -> Named | None:
        """The product of parenteral nutrition that an NDC names, where the book knows it."""
        return self.products.get(ndc_digits(ndc)[:9]) if ndc else None


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


def _table(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((LIBRARY / "codes" / name).read_text("utf-8").splitlines()))


def _named(rows: list[dict[str, str]], key: str, kind: str = "kind", label: str = "label") -> dict[str, Named]:
    return {r[key]: Named(r[key], r[label], r.get(kind, ""), r["note"], r["source"]) for r in rows}


_FILES = ("classes.csv", "codes.csv", "modifiers.csv", "places.csv", "products.csv", "ranges.csv", "reasons.csv")


def open_book() -> Book:
    """The shipped book with the user's releases; the fingerprint covers every table and every release.

    Raises FormatError where the imported releases are damaged.
    """
    return _opened(releases_folder(), tuple(loaded()))


@lru_cache(maxsize=8)
def _opened(folder: Path, releases: tuple[Release, ...]) -> Book:
    book = shipped_book()
    if not releases:
        return book
    marks = {release.id: release.fingerprint for release in sorted(releases, key=lambda r: r.id)}
    return replace(
        book,
        modifiers=book.modifiers | _listed(releases, folder, "modifier", "text", book.modifiers),
        places=book.places | _listed(releases, folder, "place", "name", book.places),
        reasons=book.reasons | _reasons(releases, folder, book.reasons),
        fingerprint="sha256:" + hashlib.sha256(repr((book.shipped, marks)).encode()).hexdigest(),
        releases=marks,
        official=official(releases, folder),
    )


_NOT_GIVEN = "unassigned"  # how the list of places names numbers that it has not given away


def _listed(releases: tuple[Release, ...], folder: Path, kind: str, label: str, own: dict[str, Named]) -> dict[str, Named]:
    """What the releases of a kind list and the shipped table does not; of two releases the later speaks."""
    found = dict[str, Named]()
    for release in sorted((r for r in releases if r.kind == kind), key=lambda r: (r.effective, r.id)):
        named = rows(release, (kind, label), folder=folder).to_pydict()
        found |= {k: Named(k, said or "", source=release.id) for k, said in zip(named[kind], named[label], strict=True)}
    return {key: named for key, named in found.items() if key not in own and named.label.casefold() != _NOT_GIVEN}


def _reasons(releases: tuple[Release, ...], folder: Path, own: dict[tuple[str, str], Named]) -> dict[tuple[str, str], Named]:
    """Reasons with the text of the user's own list, in place of our words."""
    found = dict[tuple[str, str], Named]()
    for release in sorted((r for r in releases if r.kind == "reason"), key=lambda r: (r.effective, r.id)):
        for row in rows(release, ("list", "code", "text"), folder=folder).to_pylist():
            key = row["list"], row["code"]
            found[key] = Named(row["code"], row["text"] or "", row["list"], own[key].note if key in own else "", release.id)
    return found


@cache
def shipped_book() -> Book:
    """The book that ships with perdiem, without releases; the fingerprint covers every table it is made of."""
    classes = {row["class"]: row for row in _table("classes.csv")}
    therapies = (LIBRARY / "therapies.toml").read_bytes()
    digest = hashlib.sha256(therapies)
    for name in _FILES:
        digest.update((LIBRARY / "codes" / name).read_bytes())
    return Book(
        codes={row["code"]: _facts(row, classes, True) for row in _table("codes.csv")},
        ranges=tuple(CodeRange(row["first"], row["last"], _facts(row, classes, False)) for row in _table("ranges.csv")),
        therapies=tuple(
            Therapy(t["family"], tuple(t["per_diems"]), t.get("any_drug", False), t.get("own_products", False))
            for t in tomllib.loads(therapies.decode())["therapy"]
        ),
        modifiers=_named(_table("modifiers.csv"), "modifier"),
        places=_named(_table("places.csv"), "place"),
        reasons={
            (row["list"], row["code"]): Named(row["code"], row["meaning"], row["list"], row["note"], row["source"])
            for row in _table("reasons.csv")
        },
        products=_named(_table("products.csv"), "ndc9", "component", "name"),
        sources=tomllib.loads((LIBRARY / "codes" / "sources.toml").read_text("utf-8")),
        fingerprint="sha256:" + digest.hexdigest(),
        shipped="sha256:" + digest.hexdigest(),
    )
