"""Sizes, names, docstrings and words of the source files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import tree

LONGEST = 300
NO_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "types"}
NEVER = {"hit", "alert", "flag", "score", "handler", "manager", "helper", "util"}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@pytest.mark.parametrize("path", tree.files(), ids=lambda path: tree.module_name(path))
def test_three_hundred_lines_is_a_house_full(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


def test_the_files_beside_the_house_keep_to_it_too() -> None:
    """Tests, pages, examples and benchmarks are read as often as the program."""
    files = [path for folder in ("tests", "docs", "examples", "benchmarks") for path in (tree.ROOT / folder).rglob("*.py")]
    assert len(files) > 50
    assert [path.name for path in files if len(path.read_text("utf-8").splitlines()) > LONGEST] == []


def test_nobody_is_called_utils() -> None:
    parts = {part for path in tree.files() for part in (*path.relative_to(tree.SRC).parts[:-1], path.stem)}
    assert not parts & NO_NAMES


@pytest.mark.parametrize("path", tree.files(), ids=lambda path: tree.module_name(path))
def test_module_says_what_it_is_for_in_its_first_line(path: Path) -> None:
    said = ast.get_docstring(tree.tree(path), clean=False) or ""
    assert said.split("\n")[0].strip(), f"{tree.place(path)} does not say what it is for"
    assert path.read_text("utf-8").startswith('"""'), f"{tree.place(path)} does not begin with it"


@pytest.mark.parametrize("path", tree.files(), ids=lambda path: tree.module_name(path))
def test_public_names_say_what_they_do(path: Path) -> None:
    silent = [tree.place(path, n.lineno) for n in tree.public(tree.tree(path).body) if not ast.get_docstring(n)]
    assert not silent


def identifiers(path: Path) -> Iterator[tuple[str, int]]:
    """Names of classes, functions and arguments, and of what classes and modules hold."""
    for node in ast.walk(tree.tree(path)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno


def words(name: str) -> set[str]:
    """``open_theHits`` in words: open, the, hit."""
    found = {word.lower() for word in _WORD.findall(name)}
    return found | {word[:-1] for word in found if word.endswith("s")}


@pytest.mark.parametrize("path", tree.files(), ids=lambda path: tree.module_name(path))
def test_glossary(path: Path) -> None:
    wrong = [f"{tree.place(path, line)} {name}" for name, line in identifiers(path) if words(name) & NEVER]
    assert not wrong, "\n".join(wrong)


def test_the_glossary_test_sees_words() -> None:
    assert words("on_hits") & words("HitList") & words("hit") == {"hit"}
    assert not words("white_list") & NEVER
    assert words("ErrorHandler") & NEVER == {"handler"}
