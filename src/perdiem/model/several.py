"""Several: what may be given alone or with others, as a list."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import TypeAlias

Paths: TypeAlias = "str | PathLike[str] | Sequence[str | PathLike[str]]"
"""One path or several."""


def several(given: Paths) -> list[str]:
    """Paths, or words, as a list of text; one alone is a list of one, for a text is a sequence of letters too."""
    return [str(one) for one in ([given] if isinstance(given, str | PathLike) else given)]
