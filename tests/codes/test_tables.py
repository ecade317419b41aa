"""The tables of the code book hold together: keys, classes, families, sources, dates, and no borrowed text."""

from __future__ import annotations

import csv
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "src" / "perdiem" / "library"
TABLES = LIBRARY / "codes"
SHARED = ROOT.parent / "shared"

WINDOW = 8
ROUTES = {"IV", "SC", "IM", "IT", "epidural", "IP", "oral", "inhaled", "topical", "enteral", "irrigation", "any"}
ROUTES |= {"IV access"}
KEYS = {
    "codes": ("code",),
    "classes": ("class",),
    "ranges": ("first", "last"),
    "modifiers": ("modifier",),
    "places": ("place",),
    "reasons": ("list", "code"),
    "products": ("ndc9",),
}
SOURCED = ("codes", "ranges", "modifiers", "places", "reasons", "products")


def rows(table: str) -> list[dict[str, str]]:
    with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def toml(path: Path) -> dict[str, object]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())


def windows(text: str) -> Iterator[tuple[str, ...]]:
    folded = words(text)
    return (tuple(folded[i : i + WINDOW]) for i in range(len(folded) - WINDOW + 1))


def listed(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]


CODES = {row["code"]: row for row in rows("codes")}
CLASSES = {row["class"]: row for row in rows("classes")}
SOURCES = toml(LIBRARY / "codes" / "sources.toml")
THERAPIES: list[dict[str, object]] = toml(LIBRARY / "therapies.toml")["therapy"]  # type: ignore[assignment]
FAMILIES = {str(therapy["family"]) for therapy in THERAPIES}


def per_diems_of(therapies: Iterable[dict[str, object]]) -> list[str]:
    return [code for therapy in therapies for code in therapy["per_diems"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("table", sorted(KEYS))
def test_tables_are_sorted_and_name_nothing_twice(table: str) -> None:
    keys = [tuple(row[part] for part in KEYS[table]) for row in rows(table)]
    assert keys == sorted(keys)
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("table", sorted(KEYS))
def test_every_row_has_every_column_and_no_stray_space(table: str) -> None:
    for row in rows(table):
        assert None not in {*row, *row.values()}, row
        assert all(cell == cell.strip() for cell in row.values()), row
        lists = [row.get(column, "") for column in ("routes", "families", "successor", "excludes")]
        assert all(part and part == part.strip() for cell in lists if cell for part in cell.split(";")), row


@pytest.mark.parametrize("table", SOURCED)
def test_every_row_names_a_source(table: str) -> None:
    assert {row["source"] for row in rows(table)} <= set(SOURCES)


def test_every_source_says_what_it_is_and_is_used() -> None:
    for key, source in SOURCES.items():
        assert isinstance(source, dict)
        assert {"name", "kind", "licence", "took", "unverified"} <= set(source), key
        assert isinstance(source.get("as_of", source.get("read")), date), key
    assert set(SOURCES) - {"hcpcs-2020"} <= {row["source"] for table in SOURCED for row in rows(table)}


def test_classes_say_whether_they_are_drug_lines() -> None:
    for row in CLASSES.values():
        assert {row["drug_line"], row["own_family_only"]} <= {"yes", "no"}
        assert row["drug_line"] == "yes" or row["own_family_only"] == "no"
        assert row["meaning"]
    assert {name for name, row in CLASSES.items() if row["own_family_only"] == "yes"} == {
        "solution",
        "parenteral",
        "lipid",
    }
    assert {row["class"] for row in CODES.values()} == set(CLASSES)
    assert {row["class"] for row in rows("ranges")} <= set(CLASSES)


def test_every_code_is_labelled_classed_and_shaped_like_a_code() -> None:
    for code, row in CODES.items():
        assert re.fullmatch(r"[A-Z]\d{4}|\d{5}", code)
        assert row["label"], code
        assert row["unit_basis"], code
        assert len(row["label"]) <= 90, code
        assert set(listed(row["routes"])) <= ROUTES, code
        assert set(listed(row["families"])) <= FAMILIES, code


def test_labels_tell_codes_apart() -> None:
    labels = [row["label"] for row in CODES.values()]
    assert sorted({label for label in labels if labels.count(label) > 1}) == []


def test_dates_are_iso_and_successors_exist() -> None:
    for table in ("codes", "modifiers"):
        for row in rows(table):
            start, end = (date.fromisoformat(row[part]) if row[part] else None for part in ("start", "end"))
            assert not (start and end) or start <= end, row
    for code, row in CODES.items():
        assert set(listed(row["successor"])) <= set(CODES) - {code}
        assert not row["successor"] or row["end"], f"{code} has a successor but does not end"


def test_exclusions_are_codes_or_ranges_of_the_book() -> None:
    for code, row in CODES.items():
        for part in listed(row["excludes"]):
            first, _, last = part.partition("..")
            assert (first in CODES) if not last else (first < last and len(first) == len(last)), code


def test_ranges_run_forward_and_the_narrower_lies_inside_the_wider() -> None:
    spans = [(row["first"], row["last"]) for row in rows("ranges")]
    for first, last in spans:
        assert len(first) == len(last)
        assert first <= last
    for a, b in ((a, b) for a in spans for b in spans if a < b):
        apart = a[1] < b[0] or b[1] < a[0] or len(a[0]) != len(b[0])
        assert apart or b[1] <= a[1] or (a[0] >= b[0] and a[1] <= b[1]), (a, b)


def test_ranges_agree_with_the_codes_inside_them() -> None:
    """Where row and range differ the row says so, by a class that it has for itself."""
    own = {
        "other",
        "unclassified drug",
        "lipid",
        "flush",
        "diluent",
        "kit",
        "battery",
        "inhaled drug",
        "electrolyte",
        "topical drug",
        "drug",
    }
    spans = [(row["first"], row["last"], row["class"]) for row in rows("ranges")]
    for code, row in CODES.items():
        holding = [s for s in spans if s[0] <= code <= s[1] and len(code) == len(s[0])]
        if holding:
            narrowest = min(holding, key=lambda s: int(s[1][1:], 36) - int(s[0][1:], 36))
            assert row["class"] == narrowest[2] or row["class"] in own, (code, row["class"], narrowest)


def test_each_therapy_per_diem_is_a_per_diem_of_exactly_one_family() -> None:
    per_diems = per_diems_of(THERAPIES)
    assert len(per_diems) == len(set(per_diems))
    assert len(FAMILIES) == len(THERAPIES)
    for therapy in THERAPIES:
        assert set(therapy) <= {"family", "per_diems", "any_drug", "own_products", "companions", "source"}
        assert therapy["source"] in SOURCES
        assert therapy["companions"]
        for code in therapy["per_diems"]:  # type: ignore[attr-defined]
            assert CODES[code]["class"] == "per diem"
            assert CODES[code]["families"] == therapy["family"]
    without = {code for code, row in CODES.items() if row["class"] == "per diem"} - set(per_diems)
    assert all(CODES[code]["families"] == "" for code in without)
    assert sorted(without) == ["S9061", "S9208", "S9209", "S9211", "S9212", "S9213", "S9214"]
    assert [therapy["family"] for therapy in THERAPIES if therapy.get("any_drug")] == ["unclassified infusion"]


def test_lines_that_serve_their_own_family_only_have_one() -> None:
    for code, row in CODES.items():
        if CLASSES[row["class"]]["own_family_only"] == "yes":
            assert len(listed(row["families"])) == 1, code
        if CLASSES[row["class"]]["drug_line"] == "no" and row["class"] != "per diem":
            assert row["families"] == "", code
    assert {code for code, row in CODES.items() if row["class"] == "unclassified drug" and row["families"]} == {"J9999"}


def test_traps_of_the_factor_range_have_no_family() -> None:
    for code in ("J7170", "J7196", "J7197"):
        assert (CODES[code]["class"], CODES[code]["families"]) == ("drug", "")


def test_modifiers_know_the_two_that_are_none() -> None:
    assert {row["modifier"] for row in rows("modifiers") if row["kind"] == "none"} == {"00", "000"}
    assert {"SH", "SJ"} == {row["modifier"] for row in rows("modifiers") if row["kind"] == "concurrency"}


def test_products_are_nine_digits_with_a_part() -> None:
    for row in rows("products"):
        assert re.fullmatch(r"\d{9}", row["ndc9"]), row
        assert all((row["component"], row["name"])), row


def test_payers_have_ids_or_names() -> None:
    """Those without either are listed under their brand for readers, and match no claim."""
    brands = {brand["id"] for brand in toml(LIBRARY / "payers.toml")["brand"]}  # type: ignore[attr-defined]
    payers: list[dict[str, object]] = toml(LIBRARY / "payers.toml")["payer"]  # type: ignore[assignment]
    for payer in payers:
        assert all((payer["id"], payer["name"], payer["ids"] or payer["names"] or payer["brand"]))
        assert payer.get("brand", "") in {"", *brands}
        assert all(note.strip() for note in payer.get("notes", ()))  # type: ignore[attr-defined]
        assert payer["source"] in SOURCES
        names: list[str] = payer["names"]  # type: ignore[assignment]
        assert names == sorted({name.upper() for name in names})


needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared (facts and sources) is not here")


@needs_shared
def test_all_facts_are_in_the_book() -> None:
    with (SHARED / "facts" / "codes.csv").open(encoding="utf-8", newline="") as lines:
        facts = {row["code"]: row for row in csv.DictReader(lines)}
    assert len(facts) == 431
    assert set(facts) <= set(CODES)
    for code, fact in facts.items():
        assert bool(fact["terminated"]) == bool(CODES[code]["end"]), code
        assert (fact["unit_basis"] == "per diem") == (CODES[code]["class"] == "per diem"), code
    with (SHARED / "facts" / "carc_rarc.csv").open(encoding="utf-8", newline="") as lines:
        reasons = {(row["kind"], row["code"]) for row in csv.DictReader(lines)}
    assert reasons <= {(row["list"], row["code"]) for row in rows("reasons")}


@needs_shared
def test_no_words_are_borrowed() -> None:
    """No run of eight words of a source or of an official name, save in the descriptor column."""
    borrowed: set[tuple[str, ...]] = set()
    named: set[str] = set()
    for path in sorted((SHARED / "sources").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        borrowed.update(windows(text))
        named.update(re.findall(r"\b[A-Z]\d{4}\b", text))
    with (SHARED / "facts" / "codes.csv").open(encoding="utf-8", newline="") as lines:
        facts = {row["code"]: row["official_long_descriptor"] for row in csv.DictReader(lines)}
    for descriptor in facts.values():
        borrowed.update(windows(descriptor))
    for table in KEYS:
        for row in rows(table):
            for column, cell in row.items():
                if column == "descriptor":
                    assert not cell or (row["code"] in named and words(cell) == words(facts[row["code"]]))
                elif column != "excludes":
                    assert not borrowed.intersection(windows(cell)), (table, row)
    for path in (LIBRARY / "therapies.toml", LIBRARY / "payers.toml", TABLES / "sources.toml"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not borrowed.intersection(windows(line)), (path, line)


@needs_shared
def test_no_label_is_an_official_name() -> None:
    """Save of codes whose official name the book may hold anyway."""
    with (SHARED / "facts" / "codes.csv").open(encoding="utf-8", newline="") as lines:
        for fact in csv.DictReader(lines):
            official = words(fact["official_long_descriptor"])
            row = CODES[fact["code"]]
            assert not official or row["descriptor"] or words(row["label"]) != official, fact["code"]
