"""Tiles: the words of a policy's source, cut into touching pieces that each say what they are.

``coverage.toml`` beside a policy holds them in the order of the source. A tile is a place, a length and a
fingerprint, never the words; it names the rules that rest on it, the code it describes, or why it does neither.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from perdiem.model.citation import Citation
from perdiem.model.errors import PolicyError
from perdiem.policy.read import Policy

KINDS = {
    "rules": "words on which rules rest",
    "open": "words that a claim could show broken, and no rule reads them whole",
    "defines": "the printed description of a code",
    "unseeable": "words that no claim can show",
    "background": "words that ask nothing of a claim",
    "heading": "titles, column heads and page numbers",
}
_NEEDS = {"rules": ("rules",), "open": ("because",), "defines": ("codes",), "unseeable": ("because",), "background": ("because",)}
_MAY = {"rules": ("codes",), "open": ("rules", "codes")}
_PLACE = ("section", "line", "words", "fingerprint", "is")

_MARK = re.compile(r"sha256:[0-9a-f]{64}")
_CODE = re.compile(r"[A-Z0-9]{5}(\.\.[A-Z0-9]{5})?")


@dataclass(frozen=True)
class Tile:
    """Some words in a row of the source and what they are; ``first`` is the position of the first one."""

    cite: Citation
    kind: str
    rules: tuple[str, ...]
    codes: tuple[str, ...]
    because: str
    first: int

    @property
    def place(self) -> str:
        """The place in words, for people."""
        return f"the tile of line {self.cite.line} ({self.cite.section}, {self.cite.words} words from word {self.first + 1})"


def read_tiles(policy: Policy) -> tuple[int, tuple[Tile, ...]]:
    """The words that the source holds, as its author counted them, and the tiles."""
    where = f"coverage of {policy.name}"
    file = policy.folder / "coverage.toml"
    if not file.is_file():
        raise PolicyError(
            where, "no coverage.toml stands beside the policy", "Tile the source as the coverage of another policy does"
        )
    try:
        toml = tomllib.loads(file.read_text("utf-8"))
        total, sha256, rows = toml["source"]["words"], toml["source"]["sha256"], toml["tile"]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(where, f"not TOML: {error}", "Mend the line it names") from error
    except (KeyError, TypeError) as error:
        raise PolicyError(where, f"{error} is missing", "Give source = { words, sha256 } and the tiles") from error
    if not _counts(total) or not isinstance(rows, list):
        raise PolicyError(where, "source.words is no count, or tile is no list", "Give source = { words, sha256 } and the tiles")
    if sha256 != policy.source_sha256:
        raise PolicyError(
            where, "it tiles another copy of the source than the policy cites", "Tile the copy that policy.source names"
        )
    tiles: list[Tile] = []
    for number, row in enumerate(rows, 1):
        first = tiles[-1].first + tiles[-1].cite.words if tiles else 0
        tiles.append(_tile(row, policy, first, f"{where}, tile {number}"))
    return total, tuple(tiles)


def _tile(row: Any, policy: Policy, first: int, where: str) -> Tile:
    if not isinstance(row, Mapping):
        raise PolicyError(where, "is no table", f"Give {', '.join(_PLACE)}")
    kind = row.get("is")
    where = f"{where} (line {row.get('line')})"
    if kind not in KINDS:
        raise PolicyError(where, f"no kind of tile {kind!r}", f"A tile is {', '.join(KINDS)}")
    lacks = [name for name in (*_PLACE, *_NEEDS.get(kind, ())) if not row.get(name)]
    if lacks:
        raise PolicyError(where, f"{kind} without {lacks[0]}", f"Give {', '.join((*_PLACE, *_NEEDS.get(kind, ())))}")
    may = {*_PLACE, *_NEEDS.get(kind, ()), *_MAY.get(kind, ())}
    if set(row) - may:
        raise PolicyError(where, f"{kind} knows no {sorted(set(row) - may)[0]!r}", f"It knows {', '.join(sorted(may))}")
    wrong = _wrong(row)
    if wrong:
        raise PolicyError(where, wrong, "See the coverage of another policy for the shape")
    strange = [rule for rule in row.get("rules", ()) if rule not in {r.id for r in policy.rules}]
    if strange:
        raise PolicyError(where, f"{policy.id} has no rule {strange[0]!r}", f"perdiem policy show {policy.id} lists them")
    cite = Citation(policy.source, row["section"], row["line"], row["words"], row["fingerprint"])
    return Tile(cite, kind, tuple(row.get("rules", ())), tuple(row.get("codes", ())), row.get("because", ""), first)


def _wrong(row: Mapping[str, Any]) -> str:
    """What is of the wrong sort in a tile whose names are right; empty where nothing is."""
    lists = [row.get(name, []) for name in ("rules", "codes")]
    if not (_counts(row["line"]) and _counts(row["words"])):
        return "line and words are whole numbers from 1"
    if not all(isinstance(row.get(name, ""), str) for name in ("section", "because", "fingerprint")):
        return "section, because and fingerprint are text"
    if not _MARK.fullmatch(row["fingerprint"]):
        return "the fingerprint is not sha256: and 64 digits"
    if not all(isinstance(given, list) and all(isinstance(one, str) for one in given) for given in lists):
        return "rules and codes are lists of text"
    strange = [code for code in row.get("codes", ()) if not _CODE.fullmatch(code)]
    return f"{strange[0]!r} is neither a code nor a range A..B" if strange else ""


def _counts(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
