"""A conflict: what documents say of a code against each other, against themselves, or against the official code set."""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.model.citation import Citation

STATES = {
    "open": "the payer should be asked",
    "settled": "one side is followed",
    "watch": "not yet a contradiction, or two times",
    "noise": "nothing hangs on it",
}
"""What the status of a conflict means."""


@dataclass(frozen=True)
class Side:
    """One voice in a conflict: what it says, in our words, and where."""

    cite: Citation
    says: str


@dataclass(frozen=True)
class Conflict:
    """One contradiction: the codes and the field it is about, its sides, whose word is followed, and why.

    codes: codes and ranges ``first..last``; empty where it is about no code. followed: the key of a source, or ``each payer``.
    rules: those whose reading rests on it, as ``policy#rule``. checked: what a person found who compared it with the texts.
    fact: its number in the list that the register began with; 0 for one found later.
    """

    id: str
    codes: tuple[str, ...]
    field: str
    about: str
    sides: tuple[Side, ...]
    followed: str
    why: str
    status: str
    rules: tuple[str, ...] = ()
    checked: str = ""
    fact: int = 0

    def speaks_of(self, code: str) -> bool:
        """Whether the conflict is about this code."""
        spans = (term.partition("..") for term in self.codes)
        return any(len(code) == len(first) and first <= code <= (last or first) for first, _, last in spans)
