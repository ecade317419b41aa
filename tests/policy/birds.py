"""A small source and a policy on it, whose coverage the tests break."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from perdiem.policy.citation import fingerprint, fold, read_text
from perdiem.policy.coverage import coverage
from perdiem.policy.read import Policy, read_policy

TEXT = """Birds

No owl is paid by day (see below).
• J0001 Owl, barn; each
hoots, do not bill with J0002

The nest is not on the bill. Further words.
"""
RULES = {"no-owl-by-day": (3, "No owl is paid by day"), "not-with-the-other": (5, "do not bill with J0002")}
TILES: list[dict[str, Any]] = [
    {"line": 1, "text": "Birds", "is": "heading"},
    {"line": 3, "text": "No owl is paid by day (see below).", "is": "rules", "rules": ["no-owl-by-day"]},
    {"line": 4, "text": "J0001 Owl, barn; each hoots,", "is": "defines", "codes": ["J0001"]},
    {"line": 5, "text": "do not bill with J0002", "is": "rules", "rules": ["not-with-the-other"], "codes": ["J0001"]},
    {"line": 7, "text": "The nest is not on the bill.", "is": "unseeable", "because": "Nests are elsewhere <here>."},
    {"line": 7, "text": "Further words.", "is": "background", "because": "Says little."},
]  # fmt: skip
WORDS = len(fold(TEXT))


def small(folder: Path, tiles: list[dict[str, Any]] | None = None, words: int = WORDS, text: str = TEXT, raw: str = "") -> Policy:
    """A policy of two rules on the small source, with its coverage beside it; ``raw`` replaces the coverage's text."""
    sha256 = hashlib.sha256(TEXT.encode()).hexdigest()
    rules = "".join(
        f"""
[[rule]]
id = "{id}"
kind = "listed"
on = ["J0001"]
says = "Ours: {id} & more."
cite = {{ section = "Birds", line = {line}, words = {len(fold(cited))}, fingerprint = "{fingerprint(fold(cited))}" }}
[rule.outcome]
listed = {{ effect = "advise", message = "look" }}
"""
        for id, (line, cited) in RULES.items()
    )
    file = folder / "nest" / "birds" / "2024-01-01.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        f"""
[policy]
id = "birds"
title = "Birds"
payer = "nest"
version = "1"
effective = 2024-01-01
paid_by_day = []
[policy.source]
key = "900"
name = "The birds"
sha256 = "{sha256}"
read = 2024-01-01
[scope]
claims_with = []
{rules}"""
    )
    rows = "".join(f"  {{ {', '.join(f'{k} = {json.dumps(v)}' for k, v in row(t).items())} }},\n" for t in tiles or TILES)
    file.with_name("coverage.toml").write_text(raw or f'source = {{ words = {words}, sha256 = "{sha256}" }}\ntile = [\n{rows}]\n')
    (folder / "900_birds.txt").write_text(text)
    return read_policy(file)


def row(tile: dict[str, Any]) -> dict[str, Any]:
    """A tile as the file has it, from one that gives its words."""
    given = dict(tile)
    if "text" in given:
        tokens = fold(given.pop("text"))
        given = {"words": len(tokens), "fingerprint": fingerprint(tokens), **given}
    return {"section": "Birds", **given}


def faults(folder: Path, tiles: list[dict[str, Any]] | None = None, words: int = WORDS, text: str = TEXT) -> list[str]:
    policy = small(folder, tiles, words, text)
    return list(coverage(policy, read_text(folder / "900_birds.txt")).faults)


def changed(number: int, **fields: Any) -> list[dict[str, Any]]:
    """The tiles with one of them changed; None takes a field away."""
    tiles = [dict(tile) for tile in TILES]
    tiles[number] = {name: value for name, value in {**tiles[number], **fields}.items() if value is not None}
    return tiles
