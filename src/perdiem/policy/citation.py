"""Citations without copying: a sentence is known by its place, its length and the hash of its words.

Text is folded to tokens (NFKC, case folded, runs of letters and digits), so that wraps, page breaks,
quotes and marks do not matter. A citation keeps section, first physical line, number of words and the
SHA-256 of those words; whoever has the text can find the sentence again, nobody can read it from here.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from perdiem.model.citation import Citation

_WORD = re.compile(r"[^\W_]+")

Standing = Literal["found", "moved", "missing", "twice", "unverified"]


@dataclass(frozen=True)
class Text:
    """A source text folded to tokens, each with its physical line."""

    tokens: tuple[str, ...]
    lines: tuple[int, ...]
    sha256: str


def fold(text: str) -> list[str]:
    """The tokens of a text: NFKC, case folded, runs of letters and digits."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def read_text(path: Path) -> Text:
    """A source file as tokens; the hash is that of the file's bytes."""
    raw = path.read_bytes()
    tokens: list[str] = []
    lines: list[int] = []
    for number, line in enumerate(raw.decode("utf-8", "replace").splitlines(), 1):
        found = fold(line)
        tokens += found
        lines += [number] * len(found)
    return Text(tuple(tokens), tuple(lines), hashlib.sha256(raw).hexdigest())


def fingerprint(tokens: list[str] | tuple[str, ...]) -> str:
    """``sha256:`` and the hash of the tokens joined by single spaces."""
    return "sha256:" + hashlib.sha256(" ".join(tokens).encode()).hexdigest()


def places(text: Text, words: int, mark: str) -> list[int]:
    """Positions of the first token of every window of that many words with that fingerprint."""
    last = len(text.tokens) - words
    return [i for i in range(last + 1) if fingerprint(text.tokens[i : i + words]) == mark]


def standing(text: Text | None, citation: Citation) -> Standing:
    """Whether the cited words stand where the citation says: found, moved, missing, twice, or unverified."""
    if text is None or not citation.fingerprint:
        return "unverified"
    here = places(text, citation.words, citation.fingerprint)
    if not here:
        return "missing"
    if len(here) > 1:
        return "twice"
    return "found" if text.lines[here[0]] == citation.line else "moved"


def quote(path: Path, citation: Citation) -> str | None:
    """The cited words as they stand in the reader's own copy, on one line; None where they do not."""
    text = read_text(path)
    here = places(text, citation.words, citation.fingerprint) if citation.fingerprint else []
    if len(here) != 1:
        return None
    first, last = here[0], here[0] + citation.words - 1
    lines = path.read_bytes().decode("utf-8", "replace").splitlines()
    span = lines[text.lines[first] - 1 : text.lines[last]]
    before = first - text.lines.index(text.lines[first])
    after = len(fold(span[-1])) - 1 - (last - text.lines.index(text.lines[last]))
    return _cut(" ".join(part.strip() for part in span), before, after)


def _cut(words: str, before: int, after: int) -> str:
    """Leave out the first ``before`` and the last ``after`` tokens of a passage."""
    found = list(_WORD.finditer(words))
    start = found[before].start() if before < len(found) else 0
    end = found[len(found) - 1 - after].end() if after < len(found) else len(words)
    return words[start:end]
