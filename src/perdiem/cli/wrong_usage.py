"""Wrong values of options, in words for the user instead of those of the library that reads options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import typer

_WORDS = {
    "greater_than_equal": "it must be {ge} or more",
    "less_than_equal": "it must be {le} or less",
    "int_parsing": "it must be a whole number",
}
_DAYS = {"%Y-%m-%d": "YYYY-MM-DD", "%H:%M": "HH:MM"}


@contextmanager
def plainly() -> Iterator[None]:
    """A value that an option cannot take, and why, is told plainly; the option is named by what shows it."""
    try:
        yield
    except typer.BadParameter as error:
        faults: Any = getattr(error.__cause__, "errors", list)()
        if len(faults) == 1:
            error.message = _told(faults[0]) or error.message
        raise


def _told(fault: Mapping[str, Any]) -> str | None:
    """A fault of one value in plain words; None where there are none."""
    given, limits = fault["input"], fault.get("ctx", {})
    if fault["type"] in _WORDS:
        return f"{_WORDS[fault['type']].format(**limits)}, and is {given!s}."
    if fault["type"] == "value_error":
        said = str(limits["error"])
        if "%Y" in said:
            for form, shown in _DAYS.items():
                said = said.replace(form, shown)
            forms = said.rpartition(" formats ")[2].replace("'", "").rstrip(".").replace(", ", " or ")
            return f"{given!r} is no day; write it as {forms}."
        return said
    return None
