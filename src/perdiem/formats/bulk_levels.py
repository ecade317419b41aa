"""Keeps the level of every HL of a set in one byte each, for a set may hold millions."""

from __future__ import annotations

from collections.abc import Iterator

_CODES = {"20": 20, "22": 22, "23": 23}
_OTHER = 1  # any other level; which one, nobody asks
_JUMP = 1000  # numbers that may be left out before one is kept as text
_LONGEST = 9


class Levels(dict[str, str]):
    """HL03 by HL01, as a dict; plain numbers that grow are kept as bytes, all others as what they are."""

    def __init__(self) -> None:
        super().__init__()
        self.codes = bytearray(1)
        self.top = 0  # the greatest plain number

    def room(self, more: int) -> bytearray:
        """The codes by number, 0 where there is none, with room for so many numbers after the greatest."""
        need = self.top + 1 + more
        if len(self.codes) < need:
            self.codes = self.codes + bytearray(2 * need - len(self.codes))
        return self.codes

    def plain(self, number: str) -> int:
        """The number where it is written plainly and not far above the greatest, else 0."""
        if number.isascii() and number.isdigit() and number[0] != "0" and len(number) <= _LONGEST:
            value = int(number)
            return value if value <= self.top + _JUMP else 0
        return 0

    def __setitem__(self, number: str, level: str) -> None:
        value = 0 if super().__contains__(number) else self.plain(number)
        if not value:
            super().__setitem__(number, level)
            return
        self.room(_JUMP + 1)[value] = _CODES.get(level, _OTHER)
        self.top = max(self.top, value)

    def __contains__(self, number: object) -> bool:
        value = self.plain(number) if isinstance(number, str) else 0
        return bool(value and value < len(self.codes) and self.codes[value]) or super().__contains__(number)

    def get(self, number: str, default: str | None = None) -> str | None:  # type: ignore[override]
        """The level of an HL number, as a dict gives it."""
        value = self.plain(number)
        if value and value < len(self.codes) and self.codes[value]:
            code = self.codes[value]
            return str(code) if code != _OTHER else "other"
        return super().get(number, default)

    def irregular(self) -> Iterator[str]:
        """The numbers that are kept as text."""
        return super().__iter__()
