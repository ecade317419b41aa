"""Compact claims through the 837P text and the whole pipeline, and their answers as the pipeline tests compare them."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from judge.generate import generate
from judge.reading import claim_of
from judge.to_837 import to_837
from perdiem.formats.intake import read
from perdiem.pipeline.answer import Answer, answers
from perdiem.pipeline.check import Run, check, judge
from perdiem.policy.read import read_policies

Claim = dict[str, Any]
Member = tuple[Claim, ...]
WEEK = ("2024-06-03", "2024-06-09")


def run_of(claims: Sequence[Claim]) -> Run:
    """Compact claims written as an 837P and judged as the command line does."""
    return check(["-"], stdin=io.BytesIO(to_837(list(claims)).encode()))


def judged(claims: Sequence[Claim], **options: Any) -> Run:
    """The same with options of ``judge`` (a book of one's own, threads)."""
    return judge(read(["-"], stdin=io.BytesIO(to_837(list(claims)).encode())), read_policies(), **options)


def answered(claims: Sequence[Claim]) -> list[Answer]:
    """The answers of compact claims, in their order."""
    return list(answers(run_of(claims)))


def bare(answer: Answer) -> Answer:
    """An answer without its place in the input."""
    return {key: value for key, value in answer.items() if key not in ("position", "source")}


@cache
def pool() -> tuple[Claim, ...]:
    """Some thousand claims of some thousand members, among which others stand."""
    return tuple(generate(77, 2500))


@cache
def pool_answers() -> tuple[Answer, ...]:
    return tuple(bare(answer) for answer in answered(pool()))


@cache
def members() -> tuple[tuple[int, ...], ...]:
    """The claims of the pool by member (payer and member id; dependents stay together with the subscriber)."""
    found: dict[tuple[str, str], list[int]] = {}
    for at, claim in enumerate(pool()):
        payer = claim_of(at, claim).payer
        found.setdefault((payer, claim["member"]), []).append(at)
    return tuple(map(tuple, found.values()))


def shuffled(groups: Sequence[Sequence[int]], seed: int) -> list[int]:
    """The claims of some members mixed anew, each member's own claims in their order."""
    rng = random.Random(seed)
    slots = [at for at, group in enumerate(groups) for _ in group]
    rng.shuffle(slots)
    left = [iter(group) for group in groups]
    return [next(left[slot]) for slot in slots]


def line(code: str, units: float = 7, first: str = WEEK[0], last: str = WEEK[1], mods: str = "", **more: Any) -> Claim:
    """One compact line, a week in June 2024 unless told otherwise."""
    return {"code": code, "units": units, "from": first, "to": last, "mods": mods.split(), **more}


def claim(*lines: Claim, **more: Any) -> Claim:
    """One compact claim."""
    return {"id": "T1", "member": "M1", "lines": list(lines), **more}


def first_differences(one: Sequence[Any], other: Sequence[Any], most: int = 3) -> str:
    """The first answers that differ, as text."""
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return "\n".join(f"{json.dumps(a, default=str)}\n  is not\n{json.dumps(b, default=str)}" for a, b in pairs[:most])


def day(text: str) -> date:
    return date.fromisoformat(text)
