"""Puts segments together: separators that no text of the file contains, widths, numbers and days as X12 writes them.

Source: X12.5 (interchange control), X12.6 (application control structure), ASC X12N 005010X222A1, appendix B.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from perdiem.model.errors import FormatError

GUIDE = "005010X222A1"
_ELEMENT, _COMPONENT, _REPETITION, _TERMINATOR = "*|", ":>\\", "^!`", "~'"
_REMOVE = "Remove it from names and notes"


@dataclass(frozen=True)
class Separators:
    """The four separators of an interchange."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    terminator: str = "~"


def separators(texts: Iterable[str]) -> Separators:
    """The usual separators, or others where one of the texts contains them.

    Raises FormatError where a text holds a control character, or every separator that might serve.
    """
    held: set[str] = set()
    for text in texts:
        held.update(text)
    if any(ord(one) < 32 or ord(one) == 127 for one in held):
        raise FormatError("the claims", "hold a line break or the like in a text", _REMOVE)
    chosen = []
    for choice in (_ELEMENT, _COMPONENT, _REPETITION, _TERMINATOR):
        free = [one for one in choice if one not in held]
        if not free:
            shown = " and ".join(choice)
            raise FormatError("the claims", f"hold {shown} in their texts, so none can separate", _REMOVE)
        chosen.append(free[0])
    return Separators(*chosen)


class Segments:
    """The segments of one interchange as text, counted; trailing empty elements are left away."""

    def __init__(self, by: Separators) -> None:
        self.by = by
        self.count = 0  # since the last ST
        self._parts: list[str] = []
        self._blank = by.element

    def add(self, *elements: str | int | None) -> None:
        """One segment, its identifier first."""
        text = self.by.element.join("" if one is None else str(one) for one in elements)
        self._parts.append(text.rstrip(self._blank) + self.by.terminator + "\n")
        self.count += 1

    def composite(self, parts: Sequence[str | None]) -> str:
        """One element of several components."""
        return self.by.component.join(part or "" for part in parts).rstrip(self.by.component)

    def header(self, sender: str, receiver: str, at: datetime, control: int, usage: str) -> None:
        """ISA, whose elements have fixed widths."""
        blank = " " * 10
        fields = ["ISA", "00", blank, "00", blank, "ZZ", sender.ljust(15), "ZZ", receiver.ljust(15)]
        fields += [at.strftime("%y%m%d"), at.strftime("%H%M"), self.by.repetition, "00501", f"{control:09d}", "0", usage]
        self._parts.append(self.by.element.join([*fields, self.by.component]) + self.by.terminator + "\n")

    def take(self) -> bytes:
        """What was added since the last time, as UTF-8."""
        made = "".join(self._parts).encode()
        self._parts = []
        return made


def amount(value: Decimal) -> str:
    """A decimal as X12 type R: no zeros behind the point, no point without a digit behind it."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(value: date) -> str:
    """A day as X12 format D8."""
    return value.strftime("%Y%m%d")
