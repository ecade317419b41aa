"""A citation: the place of a sentence in a source, and the hash that proves it is still there.

A source of which no copy is at hand is cited by its section alone; such a citation proves nothing and is said to be unverified.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Citation:
    """One place: source key, section title, first physical line (from 1), words, and their hash (0, 0 and empty for a section)."""

    source: str
    section: str
    line: int = 0
    words: int = 0
    fingerprint: str = ""

    @property
    def place(self) -> str:
        """The place in words, for people."""
        return f"{self.source}, {self.section}" + (f", line {self.line}" if self.line else "")


@dataclass(frozen=True)
class Source:
    """One text that is cited: its key, name, the hash of the copy that was read, and the day.

    Without a hash no copy is at hand: its citations name a section, and nobody has verified them. table: an official
    table and no text, so that its rows are cited by section too.
    """

    key: str
    name: str
    sha256: str
    read: date
    table: bool = False
