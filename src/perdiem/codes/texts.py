"""The texts that the library cites, and citations of them read strictly from TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from datetime import date
from importlib.resources.abc import Traversable
from typing import Any

from perdiem.codes.book import LIBRARY
from perdiem.model.citation import Citation, Source
from perdiem.model.errors import PolicyError

Toml = Mapping[str, Any]

_PLACE = ("source", "section", "line", "words", "fingerprint")


def read_toml(file: Traversable, where: str) -> Toml:
    """A TOML file of the library; raises PolicyError for one that is none."""
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(where, f"not TOML: {error}", "Mend the line it names") from error


def fields_of(row: Toml, needed: Mapping[str, type], free: Mapping[str, type], where: str) -> dict[str, Any]:
    """The fields of a table, each of its type; raises PolicyError for one that is missing, unknown, empty or of another type."""
    known = {**needed, **free}
    for name in row:
        if name not in known:
            raise PolicyError(where, f"unknown field {name!r}", f"It knows {', '.join(known)}")
    for name, wanted in known.items():
        if name not in row:
            if name in needed:
                raise PolicyError(where, f"{name} is missing", f"Add {name}")
        elif type(row[name]) is not wanted or (wanted is str and not row[name].strip()):
            raise PolicyError(where, f"{row[name]!r} is no value of {name}", f"Give a {wanted.__name__}, not empty")
        elif wanted is list and not all(isinstance(value, str | dict) for value in row[name]):
            raise PolicyError(where, f"{name} is no list of texts or tables", "Write each entry as a text or a table")
    return dict(row)


def read_texts(library: Traversable = LIBRARY) -> dict[str, Source]:
    """Every text that the library cites, by key. Raises PolicyError for a row that cannot be read."""
    toml = read_toml(library / "texts.toml", "texts.toml")
    found = {}
    for key, row in toml.items():
        given = fields_of(row, {"name": str, "read": date}, {"sha256": str, "table": bool}, f"texts.toml, {key}")
        found[key] = Source(key, given["name"], given.get("sha256", ""), given["read"], given.get("table", False))
    return found


def citation(row: Toml, texts: Mapping[str, Source], where: str) -> Citation:
    """A citation of a text: by line, words and fingerprint where a copy was read, by section where none was.

    A row of an official table may carry words and fingerprint of the whole text of the code that its section names.
    """
    given = fields_of(row, {"source": str, "section": str}, {"line": int, "words": int, "fingerprint": str}, where)
    text = texts.get(given["source"])
    if text is None:
        raise PolicyError(where, f"no text {given['source']!r}", f"texts.toml has {', '.join(texts)}")
    told = set(given) & {"line", "words", "fingerprint"}
    wanted: Collection[set[str]] = [set()]
    if text.sha256:
        wanted = [{"line", "words", "fingerprint"}]
    elif text.table:
        wanted = [set(), {"words", "fingerprint"}]
    if told not in wanted:
        do = "a text that was read is cited by line, words and fingerprint; one that was not, by section alone"
        raise PolicyError(where, f"{text.key} is not cited so", do)
    return Citation(text.key, given["section"], given.get("line", 0), given.get("words", 0), given.get("fingerprint", ""))


def place_of(row: Toml) -> dict[str, Any]:
    """Those fields of a table that are its citation."""
    return {name: row[name] for name in _PLACE if name in row}
