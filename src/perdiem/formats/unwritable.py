"""Gathers why a claim cannot be written as an 837P, so that one error tells all of it: the claim's number and fields, no value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perdiem.model.errors import FormatError

_DO = "Add what is missing to the claims or to the members file, describe providers in provider.toml, then write again"


class Unwritable:
    """What keeps one claim from being written."""

    def __init__(self, claim: Mapping[str, Any]) -> None:
        self._claim = claim
        self._missing: list[str] = []
        self._wrong: list[str] = []

    def need(self, value: Any, name: str, longest: int = 0) -> Any:
        """The value, noted as missing where there is none."""
        if value is None or value == "":
            self._missing.append(name)
        return self.fit(value, name, longest) if longest else value

    def fit(self, value: Any, name: str, longest: int) -> Any:
        """The value, noted as too long where the guide allows fewer characters."""
        if value is not None and len(value) > longest:
            self.add(f"has more than {longest} characters in {name}")
        return value

    def among(self, value: Any, name: str, allowed: frozenset[str]) -> Any:
        """The value, noted where the guide does not list it."""
        if value is not None and value not in allowed:
            self.add(f"has a {name} that the guide does not list")
        return value

    def add(self, what: str, *, now: bool = False) -> None:
        """Notes something else; with ``now`` nothing more can be said of the claim."""
        self._wrong.append(what)
        if now:
            self.refuse()

    def refuse(self) -> None:
        """Raises FormatError where something was noted."""
        told = [*([f"lacks {', '.join(dict.fromkeys(self._missing))}"] if self._missing else []), *dict.fromkeys(self._wrong)]
        if told:
            where = f"claim {self._claim['claim_no']} ({self._claim['source']})"
            raise FormatError(where, " and ".join(told) + ", so no 837P is written", _DO)
