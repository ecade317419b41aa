"""Imports run downstairs only, in no circle, and the machinery of others stays on the floor that owns it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from . import tree

FLOORS = ("model", "engine", "formats", "codes", "edits", "policy", "pipeline", "cli")
DOOR = "perdiem"  # the package itself: opens every floor lazily
FROM_THE_DOOR = {"perdiem.__version__"}  # what anybody may ask of it
OWNERS = {  # third-party packages, and where they may be imported
    "duckdb": {"perdiem.engine.embedded"},
    "pyarrow": None,
    "typer": {"perdiem.cli", "perdiem.cli.check", "perdiem.cli.codes", "perdiem.cli.policy"},
    "rich": {"perdiem.formats.report", "perdiem.formats.picture", "perdiem.cli.codes", "perdiem.cli.policy", "perdiem.cli.check"},
}
STANDARD_BUT_BARRED = {"socket", "http", "urllib", "ssl", "smtplib", "ftplib", "pickle", "marshal", "subprocess", "ctypes"}
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
    """A kind knows no other kind, and a command no other command: what they share lies below or in the file made for it."""
    kinds = {f"perdiem.edits.{path.stem}" for path in tree.files() if _declares_a_kind(path)}
    assert len(kinds) >= 10
    commands = {name for name in tree.modules() if name.startswith("perdiem.cli.")}
    sideways = [
        f"{here} imports {there}"
        for group in (kinds, commands)
        for here in sorted(group)
        for there in sorted(edges()[here] & group)
    ]
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
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
    ]
    assert not found


def test_other_peoples_machinery_stays_where_it_is_owned() -> None:
    ours, wrong = set(OWNERS), []
    standard = set(__import__("sys").stdlib_module_names)
    for name, path in tree.modules().items():
        for dotted, line in tree.imports(path):
            top = dotted.split(".")[0]
            if top == "perdiem":
                continue
            barred = top in STANDARD_BUT_BARRED
            strange = top not in ours and top not in standard
            homeless = top in ours and OWNERS[top] is not None and name not in (OWNERS[top] or set())
            if barred or strange or homeless:
                wrong.append(f"{tree.place(path, line)} imports {dotted}")
    assert not wrong, "\n".join(wrong)
