"""Reads a user's TOML file strictly: every key is asked for by name and type, and what nobody asked for is an error.

Numbers with a point are decimals and never binary fractions. An error names the file, the key and the remedy; nothing is guessed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from perdiem.model.errors import FormatError

_MISSING: Any = object()


class Section:
    """One table of a settings file; each key is taken once, and :meth:`done` refuses those that nobody took.

    where: the file and the table, as errors name them. A key without ``default`` must be there.
    """

    def __init__(self, where: str, content: Mapping[str, Any]) -> None:
        self.where, self._left = where, dict(content)
        self._known: list[str] = []

    def text(self, key: str, default: Any = _MISSING, *, among: Sequence[str] = (), form: str = "", asks: str = "") -> Any:
        """A text without space around it; ``among`` are the values allowed, ``form`` a pattern, ``asks`` says it in words."""
        value = self._take(key, default)
        if value is default:
            return value
        if not isinstance(value, str) or not value.strip():
            raise self.fault(key, "is no text", 'Write it between quotes, as in key = "value"')
        if among and value not in among:
            raise self.fault(key, "has a value that is not known", f"Write one of {', '.join(among)}")
        if form and re.fullmatch(form, value) is None:
            raise self.fault(key, "has not the form it must have", f"Write {asks}")
        return value.strip()

    def texts(self, key: str, default: Any = _MISSING, *, form: str = "", asks: str = "") -> Any:
        """A list of texts as a tuple, none twice."""
        value = self._take(key, default)
        if value is default:
            return value
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            raise self.fault(key, "is no list of texts", 'Write it as ["one", "two"]')
        if form and any(re.fullmatch(form, one) is None for one in value):
            raise self.fault(key, "holds a value of another form", f"Write {asks}")
        if len(set(value)) < len(value):
            raise self.fault(key, "names one value twice", "Leave one of them out")
        return tuple(value)

    def day(self, key: str, default: Any = _MISSING) -> Any:
        """A date."""
        value = self._take(key, default)
        if value is not default and (not isinstance(value, date) or isinstance(value, datetime)):
            raise self.fault(key, "is no date", "Write year-month-day, without quotes")
        return value

    def number(self, key: str, default: Any = _MISSING, *, least: int = 0, most: int = 999_999_999) -> Any:
        """A whole number."""
        value = self._take(key, default)
        if value is not default and (not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most):
            raise self.fault(key, "is no such number", f"Write a whole number from {least} to {most}, without quotes")
        return value

    def decimal(self, key: str, default: Any = _MISSING, *, most: int = 1_000_000) -> Any:
        """A number of at least 0, exact as written."""
        value = self._take(key, default)
        if value is default:
            return value
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= most:
            raise self.fault(key, "is no such number", f"Write a number from 0 to {most}, without quotes")
        return Decimal(value)

    def yes(self, key: str, default: Any = _MISSING) -> Any:
        """true or false."""
        value = self._take(key, default)
        if value is not default and not isinstance(value, bool):
            raise self.fault(key, "is neither true nor false", "Write true or false, without quotes")
        return value

    def section(self, key: str, default: Any = _MISSING) -> Any:
        """A table as a section."""
        value = self._take(key, default)
        if value is default:
            return value
        if not isinstance(value, dict):
            raise self.fault(key, "is no table", f"Write its keys below a line [{key}]")
        return Section(f"{self.where}, [{key}]", value)

    def sections(self, key: str) -> list[Section]:
        """The tables of an array as sections; none where the key is not there."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.fault(key, "is no list of tables", f"Write the keys of each below a line [[{key}]]")
        return [Section(f"{self.where}, [[{key}]] number {number}", one) for number, one in enumerate(value, 1)]

    def left(self) -> list[str]:
        """The keys that nobody took yet."""
        return list(self._left)

    def done(self) -> None:
        """Refuses a key that nobody asked for."""
        for key in self._left:
            raise self.fault(key, "is not a key that is known here", f"Known keys are {', '.join(sorted(self._known))}")

    def fault(self, key: str, what: str, do: str) -> FormatError:
        """The error of one key."""
        return FormatError(f"{self.where}, {key}", what, do)

    def _take(self, key: str, default: Any) -> Any:
        self._known.append(key)
        if key in self._left:
            return self._left.pop(key)
        if default is _MISSING:
            raise self.fault(key, "is missing", f"Add the key {key}")
        return default


def read_settings(file: Path) -> Section:
    """A TOML file as one section. Raises FormatError where it cannot be read or is no TOML."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(file.name, "cannot be read", "Name a text file that is there and may be read") from error
    try:
        return Section(file.name, tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        raise FormatError(file.name, f"is no TOML ({error})", "Correct that line") from error
