"""No code, date, payer, rule id or modifier stands in the source files: whatever a policy says is data."""

from __future__ import annotations

import ast
import csv
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from perdiem.edits.rule import LINES, VALUES, fields_as
from perdiem.policy.read import read_policies

from . import tree

EXAMPLES = ("perdiem/cli/", "perdiem/codes/sets.py", "perdiem/policy/cases.py")
"""Whose docstrings (shown by --help, or saying a notation) may show a real code, policy, rule or date."""
PLACEHOLDERS = {"perdiem/codes/sets.py": {"A1234", "A1299"}}  # in the words of an error; no such codes exist
EPOCH = "1970-01-01"  # what a column of days counts from; docstrings may say so
BUILT = {  # the epoch again, and what a drawn claim leaves out: a birth date
    "perdiem/formats/elements.py": {"date(1970, 1, 1)"},
    "perdiem/policy/cases.py": {"date(1970, 1, 1)"},
}
FILLED_IN = {"perdiem/policy/cases.py": {"3336H0001X"}}  # a drawn claim that names no taxonomy is a home infusion pharmacy's

_CODE = re.compile(r"(?<![A-Za-z0-9])[A-Z][0-9]{4}\b")
_VISIT = re.compile(r"\b9960[12]\b")
_DAY = re.compile(r"\b(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}\b")


@cache
def policy_words() -> dict[str, str]:
    """Words of the library that only data may say: payers, policies, rules, taxonomies."""
    payers = tomllib.loads((tree.LIBRARY / "payers.toml").read_text("utf-8"))["payer"]
    found = {word: "payer" for payer in payers for word in (payer["id"], *payer["ids"], *payer["names"], payer["name"])}
    for policy in read_policies():
        found |= {policy.id: "policy"} | {source.sha256: "source" for source in policy.sources if source.sha256}
        found |= dict.fromkeys(policy.taxonomies, "taxonomy")
        found |= {rule.id: "rule" for rule in policy.rules}
    return found


@cache
def modifiers() -> set[str]:
    """The modifiers that policies speak of; those of digits alone are left out."""
    rules = [rule for policy in read_policies() for rule in policy.rules]
    chosen = [s for rule in rules for f in fields_as(type(rule), LINES) for s in getattr(rule, f.name)]
    found = {m for s in chosen for m in (*s.with_modifier, *s.without_modifier)}
    found |= {getattr(rule, name) for rule in rules for name in ("second", "third") if hasattr(rule, name)}
    lists = [given for rule in rules for f in fields_as(type(rule), VALUES) for given in getattr(rule, f.name).values()]
    found |= {value for given in lists for value in given}
    return {modifier for modifier in found if not modifier.isdigit()}


def inside(path: Path) -> str:
    return path.relative_to(tree.SRC).as_posix()


def outside_examples(path: Path) -> Iterator[tuple[int, str]]:
    """The physical lines of a file, comments too; without the docstrings of files that show examples."""
    shown: set[int] = set()
    if inside(path).startswith(EXAMPLES):
        shown = {line for node in tree.docstrings(path) for line in range(node.lineno, (node.end_lineno or 0) + 1)}
    for number, text in enumerate(path.read_text("utf-8").splitlines(), 1):
        if number not in shown:
            yield number, text


def report(path: Path, found: Iterator[tuple[int, str]]) -> None:
    wrong = [f"{tree.place(path, line)} {what}" for line, what in found]
    assert not wrong, "\n".join(wrong)


each = pytest.mark.parametrize("path", tree.files(), ids=lambda path: tree.module_name(path))


@each
def test_no_code(path: Path) -> None:
    allowed = PLACEHOLDERS.get(inside(path), set())
    report(path, ((n, code) for n, text in outside_examples(path) for code in _CODE.findall(text) if code not in allowed))
    report(path, ((n, code) for n, text in outside_examples(path) for code in _VISIT.findall(text)))


def test_placeholders_are_no_codes() -> None:
    with (tree.LIBRARY / "codes" / "codes.csv").open(encoding="utf-8", newline="") as text:
        codes = {row["code"] for row in csv.DictReader(text)}
    assert not {code for some in PLACEHOLDERS.values() for code in some} & codes


@each
def test_no_date(path: Path) -> None:
    epochs = {node.lineno + n for node in tree.docstrings(path) for n in range(len(node.value.splitlines()))}  # type: ignore[union-attr,arg-type]
    report(
        path,
        ((n, day) for n, text in outside_examples(path) for day in _DAY.findall(text) if not (day == EPOCH and n in epochs)),
    )


@each
def test_no_date_is_built_from_numbers(path: Path) -> None:
    found = []
    for node in ast.walk(tree.tree(path)):
        if isinstance(node, ast.Call) and len(node.args) >= 3 and all(isinstance(a, ast.Constant) for a in node.args[:3]):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in ("date", "datetime") and ast.unparse(node) not in BUILT.get(inside(path), set()):
                found.append((node.lineno, ast.unparse(node)))
    report(path, iter(found))


@each
def test_no_payer_policy_or_rule(path: Path) -> None:
    words = {w: sort for w, sort in policy_words().items() if sort != "rule" or "-" in w}
    spoken = re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + r")(?![\w-])", re.I)
    allowed = FILLED_IN.get(inside(path), set())
    found = [(n, m[0]) for n, text in outside_examples(path) for m in spoken.finditer(text)]
    report(path, ((n, f"{what} ({policy_words().get(what, 'name')})") for n, what in found if what not in allowed))


@each
def test_no_rule_of_one_word_is_quoted(path: Path) -> None:
    """A rule id of one plain word may be said, but not stand alone in quotes."""
    plain = {w for w, sort in policy_words().items() if sort == "rule" and "-" not in w}
    report(path, ((node.lineno, str(node.value)) for node in tree.literals(path) if node.value in plain))


@each
def test_no_modifier(path: Path) -> None:
    spoken = re.compile(r"\b(?:" + "|".join(sorted(modifiers())) + r")\b")
    concurrency = re.compile(r"\bS[HJ]\b")
    for node in tree.literals(path):
        text = str(node.value)
        whole = spoken.fullmatch(text.strip())
        report(path, ((node.lineno, m[0]) for m in [whole or concurrency.search(text)] if m))


def test_the_patterns_see_what_they_must() -> None:
    assert _CODE.findall("S9500 'J0690' \"A4222\", (B4197)") == ["S9500", "J0690", "A4222", "B4197"]
    assert not _CODE.findall("005010X222A1 SHA256 X12345 sha256")
    assert {"84980", "bcbstx", "drug-that-day", "bcbstx-cpcp019"} <= set(policy_words())
    assert {"SH", "SJ", "RR", "BO"} <= modifiers()
