"""Payers: who a claim is billed to, by exact id (qualifier PI or XV) or exact folded name, from 2010BB only."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from typing import Any

from perdiem.codes.book import LIBRARY

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Payer:
    """One payer of the library: its ids and its names, folded.

    brand: the payer as sources speak of it, of which this may be one licensee or contractor. notes: what was read of it and
    is not fit to judge claims by.
    """

    id: str
    name: str
    ids: frozenset[str]
    qualifiers: frozenset[str]
    names: frozenset[str]
    brand: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Brand:
    """A payer as sources speak of it, and those of its licensees or contractors that the library names."""

    id: str
    name: str
    source: str
    payers: tuple[Payer, ...]


def fold_name(name: str) -> str:
    """A payer's name as compared: NFKC, case folded, words joined by single spaces."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", name).casefold()))


@cache
def read_payers(library: Traversable = LIBRARY) -> tuple[Payer, ...]:
    """The payers of ``library/payers.toml``."""
    return tuple(_payer(row) for row in _toml(library)["payer"])


def read_brands(library: Traversable = LIBRARY) -> tuple[Brand, ...]:
    """The payers that sources speak of, each with its licensees or contractors, in the order of the file."""
    toml = _toml(library)
    payers = [_payer(row) for row in toml["payer"]]
    return tuple(
        Brand(row["id"], row["name"], row["source"], tuple(p for p in payers if p.brand == row["id"]))
        for row in toml.get("brand", ())
    )


def _toml(library: Traversable) -> dict[str, Any]:
    return tomllib.loads((library / "payers.toml").read_text("utf-8"))


def _payer(row: dict[str, Any]) -> Payer:
    names = frozenset(map(fold_name, row["names"]))
    ids, qualifiers, notes = frozenset(row["ids"]), frozenset(row["qualifiers"]), tuple(row.get("notes", ()))
    return Payer(row["id"], row["name"], ids, qualifiers, names, row.get("brand", ""), notes)


def find_payer(payers: tuple[Payer, ...], qualifier: str | None, number: str | None, name: str | None) -> str | None:
    """The library's id of the payer on a claim; None where no payer matches exactly."""
    for payer in payers:
        if number and number.strip() in payer.ids and (qualifier or "") in payer.qualifiers:
            return payer.id
    folded = fold_name(name or "")
    return next((payer.id for payer in payers if folded in payer.names), None)
