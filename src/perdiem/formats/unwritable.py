"""Gathers why claims cannot be written as an 837P, so that one error tells all of it: each claim's number and fields, no value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from perdiem.model.errors import FormatError

_DO = "Add what is missing to the claims, the orders or the members file, providers and charges to provider.toml, then write again"
_MOST_TOLD = 100


def unwritable(told: Sequence[str]) -> FormatError:
    """The one error of all claims that cannot be written, of very many the first hundred and how many more."""
    more = [f"and {len(told) - _MOST_TOLD} more"] if len(told) > _MOST_TOLD else []
    return FormatError("no 837P is written", "; ".join([*told[:_MOST_TOLD], *more]), _DO)


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

    @property
    def found(self) -> bool:
        """Whether something was noted."""
        return bool(self._missing or self._wrong)

    def refuse(self) -> None:
        """Raises FormatError where something was noted; its ``what`` names the claim."""
        told = [*([f"lacks {', '.join(dict.fromkeys(self._missing))}"] if self._missing else []), *dict.fromkeys(self._wrong)]
        if told:
            raise unwritable([f"claim {self._claim['claim_no']} ({self._claim['source']}) {' and '.join(told)}"])
