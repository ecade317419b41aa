"""The source files as the house tests read them: paths, floors, syntax trees, docstrings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
SHARED = ROOT.parent / "shared"
SOURCES = SHARED / "sources"
LIBRARY = SRC / "perdiem" / "library"

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
Function = ast.FunctionDef | ast.AsyncFunctionDef


def files() -> list[Path]:
    """Every Python file under src, sorted."""
    return sorted(SRC.rglob("*.py"))


def place(path: Path, line: int = 0) -> str:
    """A file, and a line of it, as an editor opens it."""
    return str(path.relative_to(ROOT)) + (f":{line}" if line else "")


def module_name(path: Path) -> str:
    """``perdiem.edits.scope`` for its file, ``perdiem.edits`` for a package's ``__init__``."""
    parts = path.relative_to(SRC).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """What a file imports, wherever in it, as (dotted name, line); ``from a import b`` is ``a.b``."""
    package = module_name(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((f"{stem}.{alias.name}", node.lineno) for alias in node.names)


@cache
def modules() -> dict[str, Path]:
    return {module_name(path): path for path in files()}


def module_of(dotted: str) -> str | None:
    """The module of ours that a dotted name leads to; None for another's."""
    known = modules()
    parts = dotted.split(".")
    return next((name for n in range(len(parts), 0, -1) if (name := ".".join(parts[:n])) in known), None)


def docstrings(path: Path) -> Iterator[ast.Constant]:
    """The docstrings of a file: of its module, classes and functions."""
    for node in ast.walk(tree(path)):
        if isinstance(node, Documented) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
                yield first.value


def literals(path: Path) -> Iterator[ast.Constant]:
    """The text constants of a file that are no docstrings, parts of f-strings too."""
    said = {id(node) for node in docstrings(path)}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node


def public(body: list[ast.stmt]) -> Iterator[ast.ClassDef | Function]:
    """Classes and functions, and methods of such classes, whose names do not begin with an underscore."""
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)
