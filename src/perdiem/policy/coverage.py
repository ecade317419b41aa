"""Coverage: every word of a policy's source and what it is to the policy, so that nothing is left out.

The tiles of ``coverage.toml`` touch, so their words add up to the document's. With the reader's own copy at hand
each is looked for exactly where the tiles before it end; gaps, overlaps and words left over are told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

from perdiem.formats.coverage_page import Page, Said, Share, Stretch
from perdiem.policy.citation import Standing, Text, fingerprint, fold, places
from perdiem.policy.read import Policy
from perdiem.policy.tiles import KINDS, Tile, read_tiles

_RUN = re.compile(r"[^\W_]+")  # what citation.fold takes for a word; each wording is proven by its fingerprint


@dataclass(frozen=True)
class Coverage:
    """The tiles of one policy, where each stands in the text at hand (None where it does not), and what is wrong."""

    policy: Policy
    tiles: tuple[Tile, ...]
    total: int
    standings: tuple[Standing, ...]
    at: tuple[int | None, ...]
    faults: tuple[str, ...]

    @property
    def words(self) -> dict[str, int]:
        """Words by kind of tile, every kind named."""
        return {kind: sum(t.cite.words for t in self.tiles if t.kind == kind) for kind in KINDS}

    @property
    def verified(self) -> bool:
        """Every tile was found in a text at hand."""
        return set(self.standings) == {"found"}

    @property
    def whole(self) -> bool:
        """Nothing is broken; without a text the tiles may still be unverified."""
        return not self.faults


def read_coverage(policy: Policy) -> tuple[Tile, ...]:
    """The tiles beside a policy file, in the order of the source; raises PolicyError where they cannot be used."""
    return read_tiles(policy)[1]


def coverage(policy: Policy, text: Text | None) -> Coverage:
    """The tiles counted and, with the text, each looked for at its exact place among the words.

    Raises PolicyError where coverage.toml is malformed; what is broken between tiles and text is a fault.
    """
    total, tiles = read_tiles(policy)
    faults = list(_unsummed(policy, total, tiles))
    if text is None:
        unverified: list[Standing] = ["unverified"] * len(tiles)
        return Coverage(policy, tiles, total, tuple(unverified), (None,) * len(tiles), tuple(faults))
    at, broken = _lay(tiles, text, same=text.sha256 == policy.source_sha256)
    standings: tuple[Standing, ...] = tuple("missing" if here is None else "found" for here in at)
    faults += [*broken, *_unnamed(policy, tiles, at, text)]
    return Coverage(policy, tiles, total, standings, tuple(at), tuple(faults))


def wording(covered: Coverage, file: Path) -> tuple[str, ...]:
    """The words of each tile as the reader's own copy prints them; empty where the tile does not stand in it."""
    raw = unicodedata.normalize("NFKC", file.read_bytes().decode("utf-8", "replace"))
    runs = list(_RUN.finditer(raw))
    ends = [here + t.cite.words for t, here in zip(covered.tiles, covered.at, strict=True) if here is not None]
    if not ends or max(ends) > len(runs):
        return ("",) * len(covered.tiles)
    # A mark between two words belongs to the word it touches: "end) (next" is cut at the space.
    cuts = [0] + [_cut(raw, a.end(), b.start()) for a, b in pairwise(runs)] + [len(raw)]
    printed = (
        "" if here is None else " ".join(raw[cuts[here] : cuts[here + t.cite.words]].split()).strip(" •")
        for t, here in zip(covered.tiles, covered.at, strict=True)
    )
    return tuple(
        text if fingerprint(fold(text)) == t.cite.fingerprint else "" for t, text in zip(covered.tiles, printed, strict=True)
    )


def page(covered: Coverage, words: tuple[str, ...] = ()) -> Page:
    """What a report shows: shares by kind, then stretches of neighbouring tiles that are alike."""
    policy, tiles = covered.policy, covered.tiles
    count = {kind: sum(t.kind == kind for t in tiles) for kind in KINDS}
    standing = (
        f"broken: {covered.faults[0]}"
        if not covered.whole
        else "whole: every tile stands where it says"
        if covered.verified
        else "unverified: no text of the source at hand; the tiles add up"
    )
    return Page(
        title=f"Coverage of {policy.name}, {policy.title}",
        source=policy.source_name,
        standing=standing,
        faults=covered.faults,
        shares=tuple(
            Share(kind, KINDS[kind], count[kind], n, n / max(sum(covered.words.values()), 1)) for kind, n in covered.words.items()
        ),
        stretches=tuple(_stretches(covered, words or ("",) * len(tiles))),
        rules=tuple(Said(r.id, r.says, r.reading, r.doubt) for r in policy.rules),
    )


def _stretches(covered: Coverage, words: tuple[str, ...]) -> Iterator[Stretch]:
    rows = zip(covered.tiles, covered.standings, words, strict=True)
    for key, group in groupby(rows, lambda row: (row[0].cite.section, row[0].kind, row[0].rules, row[0].because, row[1])):
        section, kind, rules, because, standing = key
        alike = list(group)
        yield Stretch(
            section=section,
            first_line=alike[0][0].cite.line,
            last_line=alike[-1][0].cite.line,
            kind=kind,
            tiles=len(alike),
            words=sum(tile.cite.words for tile, _, _ in alike),
            rules=rules,
            codes=tuple(dict.fromkeys(code for tile, _, _ in alike for code in tile.codes)),
            because=because,
            standing=standing,
            text=tuple(text for _, _, text in alike if text),
        )


def _cut(raw: str, end: int, start: int) -> int:
    gaps = [i for i in range(end, start) if raw[i].isspace()]
    return gaps[-1] + 1 if gaps else start


def _unsummed(policy: Policy, total: int, tiles: tuple[Tile, ...]) -> Iterator[str]:
    """What can be known without the text: the sum of the words, and rules that no tile names."""
    words = sum(tile.cite.words for tile in tiles)
    if words != total:
        yield f"the tiles hold {words} words, the source {total}"
    named = {rule for tile in tiles for rule in tile.rules}
    for rule in policy.rules:
        if rule.id not in named:
            yield f"no tile names the rule {rule.id}"


def _lay(tiles: tuple[Tile, ...], text: Text, same: bool) -> tuple[list[int | None], list[str]]:
    """Lay the tiles on the words in order: the position of each, None where it is missing, and what is broken.

    After a gap or an overlap the laying goes on where the tile was found, provided that the next tile follows it
    there, so that one slip is told once. ``same``: the text is the very copy, so lines must agree too.
    """
    at: list[int | None] = []
    broken: list[str] = []
    here, lost = 0, False
    for number, tile in enumerate(tiles):
        found = here if _stands(tile, text, here) else _elsewhere(tiles, number, text, here)
        at.append(found)
        if found is None:
            broken += [] if lost else [f"{tile.place} is missing"]
        elif found > here and not lost:
            broken.append(f"a gap of {found - here} words before {tile.place}")
        elif found < here and not lost:
            broken.append(f"{tile.place} overlaps the one before it by {here - found} words")
        if found is not None and same and text.lines[found] != tile.cite.line:
            broken.append(f"{tile.place} stands on line {text.lines[found]}")
        here, lost = (here if found is None else found) + tile.cite.words, found is None
    left = len(text.tokens) - here
    if left > 0:
        broken.append(f"{left} words after the last tile are in no tile")
    if left < 0:
        broken.append(f"the tiles go {-left} words beyond the end of the text")
    return at, broken


def _stands(tile: Tile, text: Text, here: int) -> bool:
    span = text.tokens[here : here + tile.cite.words]
    return len(span) == tile.cite.words and fingerprint(span) == tile.cite.fingerprint


def _elsewhere(tiles: tuple[Tile, ...], number: int, text: Text, here: int) -> int | None:
    tile, after = tiles[number], tiles[number + 1 : number + 2]
    found = places(text, tile.cite.words, tile.cite.fingerprint)
    sure = [p for p in found if all(_stands(next_, text, p + tile.cite.words) for next_ in after)]
    return min(sure, key=lambda p: abs(p - here), default=None)


def _unnamed(policy: Policy, tiles: tuple[Tile, ...], at: list[int | None], text: Text) -> Iterator[str]:
    """Citations of a rule under which no tile names that rule."""
    for rule in policy.rules:
        mine = [(here, here + t.cite.words) for t, here in zip(tiles, at, strict=True) if here is not None and rule.id in t.rules]
        for citation in (rule.cite, *rule.also):
            cited = places(text, citation.words, citation.fingerprint) if citation.source == policy.source else []
            if len(cited) == 1 and not any(a < cited[0] + citation.words and cited[0] < b for a, b in mine):
                yield f"no tile under line {citation.line}, which {rule.id} cites, names that rule"
