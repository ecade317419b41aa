"""Claims drawn from known distributions, as a table of one line a row."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from perdiem.guide.utilisation import benchmark
from perdiem.model.benchmark import Benchmark

HEAD = "claim_id,payer,member_id,provider_npi,pos,line,code,modifiers,units,from,to,charge,ndc,diagnoses"
TEXAS, MEDICARE, OTHER = "84980", "16013", "60054"
FIRST = date(2024, 5, 1)

Line = tuple[str, str, int, date, date, int]
"""Code, modifiers, units, first and last day, charge in USD."""
Claim = tuple[str, str, str, list[Line]]
"""Number, payer, member, lines."""


def line(code: str, units: int, first: int = 0, days: int = 1, mods: str = "", charge: int = 100) -> Line:
    """A line that begins so many days after the first of May 2024."""
    begin = FIRST + timedelta(first)
    return code, mods, units, begin, begin + timedelta(days - 1), charge


def rows(claims: Iterable[Claim]) -> list[str]:
    return [
        f"{name},{payer},{member},1999999984,12,{number},{code},{mods},{units},{first},{last},{charge},,E119"
        for name, payer, member, lines in claims
        for number, (code, mods, units, first, last, charge) in enumerate(lines, 1)
    ]


def write(folder: Path, claims: Iterable[Claim], name: str = "claims.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([HEAD, *rows(claims)]) + "\n", encoding="utf-8")
    return path


def told(folder: Path, claims: Iterable[Claim], **asked: Any) -> Benchmark:
    """The benchmark of these claims."""
    return benchmark([write(folder, claims)], **asked)


def drawn(seed: int, members: int = 40) -> list[Claim]:
    """Members of three payers, each with a few claims of a few codes, some of them denied; the same seed, the same claims."""
    chance = random.Random(seed)
    made: list[Claim] = []
    for member in range(members):
        payer = chance.choices((TEXAS, OTHER, MEDICARE), (6, 3, 1))[0]
        for number in range(chance.randint(1, 3)):
            begin = 14 * number
            lines = [line("S9500", chance.choice((5, 7, 9)), begin, 7), line("J0696", 28, begin, chance.choice((5, 7)))]
            if chance.random() < 0.4:
                lines.append(line("A4222", chance.randint(1, 7), begin, 7, charge=chance.randint(20, 90)))
            if chance.random() < 0.15:
                lines.append(line("E0781", 1, begin, 1, "RR", charge=250))
            made.append((f"C{member}-{number}", payer, f"M{member}", lines))
    return made
