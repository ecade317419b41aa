"""What make installs can be installed: by every Python that the project says it runs on."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, metadata

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from . import tree

LOCK = [Requirement(row) for row in (tree.ROOT / "requirements.lock").read_text("utf-8").splitlines() if not row.startswith("#")]
OLDEST = "3.11.0"


def test_the_oldest_python_is_the_one_declared() -> None:
    asked = tomllib.loads((tree.ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    assert OLDEST in SpecifierSet(asked)
    assert "3.10.99" not in SpecifierSet(asked)


@pytest.mark.parametrize("locked", LOCK, ids=lambda locked: locked.name)
def test_the_oldest_python_takes_every_locked_version(locked: Requirement) -> None:
    try:
        told = metadata(locked.name)
    except PackageNotFoundError:
        pytest.fail(f"{locked.name} stands in requirements.lock and is not installed: run make test")
    assert told["Version"] in locked.specifier, "run make test, which installs what the lock says"
    asked = told["Requires-Python"]
    assert asked is None or OLDEST in SpecifierSet(asked), f"{locked.name} asks for Python {asked}"
