"""The pages of the documents, and the scripts that write them."""

from __future__ import annotations

import importlib
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    [ROOT / name for name in ("README.md", "GLOSSARY.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md")]
    + list(DOCS.rglob("*.md"))
)


@cache
def script(name: str) -> ModuleType:
    """A script of docs/, imported as it is when run there."""
    sys.path.insert(0, str(DOCS))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(DOCS))
