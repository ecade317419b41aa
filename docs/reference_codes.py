"""The reference of the code book: its tables, what they hold, and where each row comes from."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator

from reference_tables import typed

from perdiem.codes.book import LIBRARY, open_book
from perdiem.codes.layouts import LAYOUTS
from perdiem.codes.shapes import SHAPES

INTRO = """\
# Code book

<!-- Written by `python docs/reference.py`; do not edit. -->

`perdiem codes show CODE` says what the book holds of one code.

The book is a folder of small tables, `src/perdiem/library/codes`. Every row names its source. Labels, classes, families
and meanings are our own work; a source vouches that a code exists, for its unit and for its dates. What no source vouches
for is listed as unverified, or left empty.
"""

TABLES = {
    "classes": ("one class of codes", {
        "class": "name of the class; a policy writes `@class`", "drug_line": "whether such a line is a drug",
        "own_family_only": "whether it is a drug for its own therapies only", "meaning": "in our words"}),
    "codes": ("one code", {
        "code": "HCPCS Level II, or a CPT number without its text", "label": "name in our words",
        "descriptor": "official HCPCS Level II descriptor, where one is kept", "class": "its class",
        "unit_basis": "what one unit is", "routes": "routes, separated by semicolons", "families": "therapies of a drug",
        "component": "part of parenteral nutrition", "start": "first day, where sourced", "end": "last day, where sourced",
        "successor": "codes that took its place", "excludes": "codes that its descriptor excludes", "note": "remark",
        "source": "key of the source"}),
    "ranges": ("one range of codes that have no row of their own", {
        "first": "first code", "last": "last code", "class": "class of the codes", "routes": "as in codes",
        "families": "as in codes", "component": "as in codes", "note": "remark", "source": "key of the source"}),
    "modifiers": ("one modifier", {
        "modifier": "two characters, as billed", "label": "name in our words", "kind": "sort; `none` is read as no modifier",
        "start": "first day, where sourced", "end": "last day, where sourced", "note": "remark", "source": "key of the source"}),
    "places": ("one place of service", {
        "place": "two digits", "label": "name in our words", "note": "remark", "source": "key of the source"}),
    "products": ("one product, by the first nine digits of its NDC", {
        "ndc9": "labeler and product", "name": "name and maker", "component": "part of parenteral nutrition",
        "note": "remark", "source": "key of the source"}),
    "reasons": ("one group code, reason code or remark code", {
        "list": "`GROUP`, `CARC` or `RARC`", "code": "the code", "meaning": "in our words", "note": "remark",
        "source": "key of the source"}),
}  # fmt: skip


def codes_page() -> str:
    """Tables, counts, therapies, sets and sources; then the releases that users import."""
    return "\n".join([INTRO, *_tables(), *_counts(), *_therapies(), *_sets(), *_sources(), *_releases()])


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one table as they stand in the file."""
    return list(csv.DictReader((LIBRARY / "codes" / f"{name}.csv").read_text("utf-8").splitlines()))


def _tables() -> Iterator[str]:
    yield "## Tables\n"
    for name, (grain, columns) in TABLES.items():
        found = rows(name)
        yield f"### {name}.csv\n\nOne row is {grain}; {len(found)} rows.\n\n| column | what it is |\n|---|---|"
        yield from (f"| `{column}` | {columns[column]} |" for column in found[0])
        yield ""


def _counts() -> Iterator[str]:
    yield "## Classes\n\n| class | codes with a row | a drug line | meaning |\n|---|---:|---|---|"
    count = Counter(row["class"] for row in rows("codes"))
    yield from (f"| {r['class']} | {count[r['class']]} | {r['drug_line']} | {r['meaning']} |" for r in rows("classes"))


def _therapies() -> Iterator[str]:
    yield "\n## Therapies\n"
    yield "`therapies.toml` says which per diems belong to one therapy. A drug names the therapies that it serves.\n"
    yield "| therapy | per diems | drugs that name it |\n|---|---|---:|"
    book = open_book()
    for therapy in book.therapies:
        drugs = sum(therapy.family in facts.families and facts.drug_line for facts in book.codes.values())
        yield f"| {therapy.family} | {' '.join(therapy.per_diems)} | {drugs} |"


def _sets() -> Iterator[str]:
    yield "\n## Sets\n"
    yield "A policy names sets of the book after `@`; `perdiem codes search` takes the same names and lists their codes.\n"
    yield "| set | codes with a row | what it holds |\n|---|---:|---|"
    book = open_book()
    drugs = sum(facts.drug_line for facts in book.codes.values())
    yield f"| `@all`, `@known` | {len(book.codes)} | every code with a row; a policy's `@all` takes in unknown codes too |"
    yield "| `@unknown` | 0 | codes without a row, also those that only a range holds |"
    yield f"| `@drug` | {drugs} | every code that is a drug line, whatever its class |"
    yield "| `@` and a class | as above | the codes of that class; the class `drug` alone has no set of its own |"
    yield "| `@therapy:` and a therapy | as above | its per diems |"
    yield "| `@family:` and a therapy | as above | what names that therapy as its own |"


def _sources() -> Iterator[str]:
    yield "\n## Sources\n\n| key | source | of | what was taken | licence | unverified |\n|---|---|---|---|---|---|"
    for key, source in sorted(open_book().sources.items()):
        unverified = source.get("unverified") or []
        told = "; ".join(map(str, unverified)) if isinstance(unverified, list) else str(unverified)
        of = source.get("as_of") or source.get("read") or ""
        yield f"| `{key}` | {source['name']} | {of} | {source.get('took', '')} | {source.get('licence', '')} | {told} |"


def _releases() -> Iterator[str]:
    yield "\n## Releases\n"
    yield "What `perdiem codes import` makes of official files ([how to](how-to/releases.md)): one Parquet file for each release,"
    yield "with these columns whatever file it came in. In Python, `perdiem.codes.releases` has `loaded(kind)`,"
    yield "`in_force(kind, day)` and `rows(release, columns, codes)`. An empty cell says that the file states nothing."
    for shape in SHAPES.values():
        named = ", ".join(layout.name for layout in LAYOUTS if layout.kind == shape.kind)
        period = {
            0: "until a later release",
            3: "to the end of its quarter",
            6: "to the end of its half-year (April, October)",
            12: "to the end of its year",
        }
        yield f"\n### {shape.kind} (release)\n\n{shape.title}. One row is {shape.grain}. Holds {period[shape.months]}, unless it"
        yield f"says otherwise. Read from: {named}.\n\n| column | type | meaning |\n|---|---|---|"
        yield from (f"| `{name}` | {typed(of)} | {meaning} |" for name, (of, meaning) in shape.columns.items())
