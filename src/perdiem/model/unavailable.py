"""Unavailable: a figure that cannot be given, with the sort of reason and the reason in words; never a blank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Why = Literal["no file", "licence", "too few", "not in source", "not comparable"]
WHYS: tuple[Why, ...] = ("no file", "licence", "too few", "not in source", "not comparable")
"""no file: the user has not given it. licence: its owner does not let us ship it. too few: fewer members or claims than may be
shown. not in source: the source that would say it does not. not comparable: there is a figure, and it measures another thing."""


@dataclass(frozen=True)
class Unavailable:
    """Not available: the sort of reason, and in words what is missing or what to do."""

    why: Why
    said: str

    def __str__(self) -> str:
        return f"Not available: {self.why}"
