"""Imports run downstairs only, in no circle, and the machinery of others stays on the floor that owns it."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

from . import tree

FLOORS = ("model", "engine", "formats", "codes", "edits", "policy", "pricing", "pipeline", "coding", "guide", "store", "cli")
"""From the ground up; a floor may still be empty."""
DOOR = "perdiem"  # the package itself: opens every floor lazily
FROM_THE_DOOR = {"perdiem.__version__"}  # what anybody may ask of it
HOMES = {"duckdb": {"engine"}, "typer": {"cli"}, "rich": {"cli", "formats"}, "pyarrow": set(FLOORS)}
"""Where dependencies may be imported; any other, declared in pyproject.toml as an extra, on one floor only."""

BARRED = {"socket", "http", "urllib", "ssl", "smtplib", "ftplib", "pickle", "marshal", "subprocess", "ctypes"}
"""A program that reads members' claims opens no connection, runs no other program, and unpickles nothing."""


def floor(module: str) -> int:
    parts = module.split(".")
    return FLOORS.index(parts[1]) if len(parts) > 1 else len(FLOORS)


def edges() -> dict[str, set[str]]:
    """Which module of ours imports which, the door left out."""
    found: dict[str, set[str]] = {}
    for name, path in tree.modules().items():
        into = {tree.module_of(dotted) for dotted, _ in tree.imports(path)} - {None, DOOR, name}
        found[name] = set() if name == DOOR else {module for module in into if module}
    return found


def test_every_folder_is_a_floor() -> None:
    folders = {path.relative_to(tree.SRC / "perdiem").parts[0] for path in tree.files() if path.parent.name != "perdiem"}
    assert folders <= set(FLOORS), "a new folder needs its place in the order of floors"


@pytest.mark.parametrize("path", tree.files(), ids=lambda path: tree.module_name(path))
def test_imports_go_down(path: Path) -> None:
    here = tree.module_name(path)
    if here == DOOR:
        return
    up = []
    for dotted, line in tree.imports(path):
        there = tree.module_of(dotted)
        if there is not None and floor(there) > floor(here) and dotted not in FROM_THE_DOOR:
            up.append(f"{tree.place(path, line)} imports {dotted}, which is upstairs")
    assert not up, "\n".join(up)


def test_nothing_goes_sideways() -> None:
    """A kind knows no other kind: what they share lies below, or in the file made for it."""
    kinds = {f"perdiem.edits.{path.stem}" for path in tree.files() if _declares_a_kind(path)}
    assert len(kinds) >= 10
    sideways = [f"{here} imports {there}" for here in sorted(kinds) for there in sorted(edges()[here] & kinds)]
    assert not sideways, "\n".join(sideways)


def _declares_a_kind(path: Path) -> bool:
    classes = [node for node in ast.walk(tree.tree(path)) if isinstance(node, ast.ClassDef)]
    return path.parent.name == "edits" and any(word.arg == "kind" for node in classes for word in node.keywords)


def test_no_circles() -> None:
    graph, seen, circles = edges(), set(), []

    def walk(module: str, trail: list[str]) -> None:
        if module in trail:
            circles.append(" -> ".join([*trail[trail.index(module) :], module]))
        elif module not in seen:
            for there in sorted(graph[module]):
                walk(there, [*trail, module])
            seen.add(module)

    for name in sorted(graph):
        walk(name, [])
    assert not circles, "\n".join(circles)


def test_modules_are_imported_by_name_only() -> None:
    """Loading by a computed name would go past the tests above; only the door does it."""
    names = {"import_module", "__import__", "exec", "eval", "compile"}
    found = [
        tree.place(path, node.lineno)
        for path in tree.files()
        if tree.module_name(path) != DOOR
        for node in ast.walk(tree.tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in names
        # a library of others may be named by a plain constant
        and not (isinstance(node.args[0], ast.Constant) and not str(node.args[0].value).startswith("perdiem"))
    ]
    assert not found


IMPORTED_AS = {"python_dateutil": "dateutil", "vl_convert_python": "vl_convert"}
"""Packages whose modules go by another name."""


def declared() -> set[str]:
    """The packages that pyproject.toml asks for, extras too, those for developers aside."""
    project = tomllib.loads((tree.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = {name: asked for name, asked in project.get("optional-dependencies", {}).items() if name != "dev"}
    asked = [*project["dependencies"], *(line for lines in extras.values() for line in lines)]
    names = {re.split(r"[^A-Za-z0-9_.-]", line)[0].lower().replace("-", "_") for line in asked}
    return {IMPORTED_AS.get(name, name) for name in names}


def test_other_peoples_machinery_stays_where_it_is_owned() -> None:
    used: dict[str, set[str]] = {}
    wrong = []
    for name, path in tree.modules().items():
        for dotted, line in tree.imports(path):
            top = dotted.split(".")[0]
            if top == "perdiem" or (top in sys.stdlib_module_names and top not in BARRED):
                continue
            if top in BARRED or top not in declared():
                wrong.append(f"{tree.place(path, line)} imports {dotted}")
            used.setdefault(top, set()).add(name.split(".")[1] if "." in name else DOOR)
    assert not wrong, "\n".join(wrong)
    for package, floors in used.items():
        assert floors <= HOMES.get(package, floors), (package, floors)
        assert package in HOMES or len(floors) == 1, f"{package} is spread over {floors}"
