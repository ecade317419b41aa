"""Payers: who a claim is billed to, by exact id (qualifier PI or XV) or exact folded name, from 2010BB only."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable

from perdiem.codes.book import LIBRARY

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Payer:
    """One payer of the library: its ids and its names, folded."""

    id: str
    name: str
    ids: frozenset[str]
    qualifiers: frozenset[str]
    names: frozenset[str]


def fold_name(name: str) -> str:
    """A payer's name as compared: NFKC, case folded, words joined by single spaces."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", name).casefold()))


@cache
def read_payers(library: Traversable = LIBRARY) -> tuple[Payer, ...]:
    """The payers of ``library/payers.toml``."""
    rows = tomllib.loads((library / "payers.toml").read_text("utf-8"))["payer"]
    return tuple(
        Payer(r["id"], r["name"], frozenset(r["ids"]), frozenset(r["qualifiers"]), frozenset(map(fold_name, r["names"])))
        for r in rows
    )


def find_payer(payers: tuple[Payer, ...], qualifier: str | None, number: str | None, name: str | None) -> str | None:
    """The library's id of the payer on a claim; None where no payer matches exactly."""
    for payer in payers:
        if number and number.strip() in payer.ids and (qualifier or "") in payer.qualifiers:
            return payer.id
    folded = fold_name(name or "")
    return next((payer.id for payer in payers if folded in payer.names), None)
