"""A citation: the place of a sentence in a source, and the hash that proves it is still there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Citation:
    """One place: source key, section title, first physical line (from 1), words, and their hash."""

    source: str
    section: str
    line: int
    words: int
    fingerprint: str

    @property
    def place(self) -> str:
        """The place in words, for people."""
        return f"{self.source}, {self.section}, line {self.line}"
