"""A figure: what was measured, of what, in how many runs, beside what the prototype gave and what is to be reached."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

GOALS_AT = 100_000  # claims of the file that the goals are stated for


@dataclass(frozen=True)
class Goal:
    """What the prototype gave and what is to be reached; ``bound`` at least, or at most if ``below``."""

    prototype: str
    reach: str
    bound: float
    below: bool = False

    def reached(self, value: float) -> bool:
        """Whether a value lies where it should."""
        return value <= self.bound if self.below else value >= self.bound


@dataclass(frozen=True)
class Figure:
    """One measured number: the median, the least and the greatest of its runs, and how it came about."""

    name: str
    claims: int
    unit: str
    value: float
    least: float
    greatest: float
    runs: int
    how: str
    goal: Goal | None = None

    def as_json(self) -> dict[str, Any]:
        """The figure as plain data."""
        told = asdict(self)
        goal = told.pop("goal")
        if self.goal is not None:
            told |= {"prototype": goal["prototype"], "reach": goal["reach"], "reached": self.goal.reached(self.value)}
        return told


def figure(name: str, claims: int, unit: str, values: list[float], how: str, goal: Goal | None = None) -> Figure:
    """The median of values as a figure."""
    return Figure(name, claims, unit, median(values), min(values), max(values), len(values), how, goal)
