"""Random claims to DME MACs that together meet every ruling of part B; `python -m judge.pumps_generate` (from tests)
counts how often each finding falls."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

from . import material
from .pumps import found, judge
from .pumps_scenes import OTHERS, OURS, SCENES, Case
from .scenes import put

Claim = dict[str, Any]
BASES = [date(2024, 6, 3)] * 6 + [date(2023, 1, 1)] * 3 + [date(2023, 7, 1)] * 2 + [date(2017, 1, 1)]
BASES += [date(2024, 1, 31), date(2023, 1, 31), date(2024, 12, 31)]


def generate(seed: int, n: int) -> list[Claim]:
    """Exactly n claims, the same for the same seed; those of neighbouring members are mixed."""
    rng = random.Random(f"perdiem pumps {seed}")
    placed: list[tuple[float, int, Claim]] = []
    while len(placed) < n:
        start = len(placed)
        claims = episode(rng, start)
        keys = [start + rng.random() * 6 for _ in claims]
        for key, claim in zip(keys if rng.random() < 0.15 else sorted(keys), claims, strict=True):
            placed.append((key, len(placed), claim))
    return [claim for _, _, claim in sorted(placed[:n], key=lambda p: p[:2])]


def episode(rng: random.Random, start: int) -> list[Claim]:
    """The claims of one member within some weeks."""
    e = Case(rng, member=f"1EG4TE{start:05d}", base=rng.choice(BASES) + timedelta(rng.choice([0, 0, 1, 3, -2])))
    claims: list[Claim] = []
    for _ in range(rng.choice([1, 1, 2, 2, 3, 3, 4])):
        claims.append(fresh_claim(e, f"P{start + len(claims):07d}"))
    for claim in claims:
        for _ in range(rng.choice([0, 1, 1, 1, 2])):
            rng.choice(SCENES)(e, claim)
        while not claim["lines"]:
            rng.choice(SCENES)(e, claim)
        if rng.random() < 0.3:
            rng.shuffle(claim["lines"])
    return after(e, claims, start)


def fresh_claim(e: Case, name: str) -> Claim:
    rng = e.rng
    npi, taxonomy = material.PROVIDERS[0] if rng.random() < 0.75 else rng.choice(material.PROVIDERS)
    claim: Claim = {"id": name, "payer": OURS[0], "member": e.member, "npi": npi, "taxonomy": taxonomy, "lines": []}
    if rng.random() < 0.1:
        claim["payer"] = rng.choice([*OURS, *OTHERS])
    if rng.random() < 0.03:
        claim["dependent"] = {"last": "ROE", "first": "ANN", "birth": "2001-05-06", "sex": "F"}
    if rng.random() < 0.03:  # nothing that brings a claim in
        put(claim, rng.choice(["E0776", "A4216", "A4244"]), 1, e.base, e.base)
    return claim


def after(e: Case, claims: list[Claim], start: int) -> list[Claim]:
    """Lines billed again, replacements and voids."""
    rng, roll = e.rng, e.rng.random()
    old = rng.choice(claims)
    if roll < 0.06:
        rng.choice(claims)["lines"].append(json.loads(json.dumps(rng.choice(old["lines"]))))
    elif roll < 0.2:
        new = json.loads(json.dumps(old)) | {"id": f"P{start + len(claims):07d}"}
        if rng.random() < 0.8:
            new["frequency"] = rng.choice(["7", "7", "8"])
            new["original_ref"] = old["id"] if rng.random() < 0.8 else "P9999999"
            if rng.random() < 0.1:
                new["npi"], new["taxonomy"] = material.PROVIDERS[1]
            if rng.random() < 0.5:
                new["lines"] = new["lines"][: max(1, len(new["lines"]) // 2)]
        claims.append(new)
    return claims


def coverage(claims: list[Claim], history: list[Claim] | None = None) -> tuple[Counter[str], Counter[str]]:
    """Lines by ruling and finding, lines by verdict."""
    read, seen = found(claims, history)
    met: Counter[str] = Counter()
    for claim in read:
        for line in claim.lines:
            on_line = {f for findings in seen.findings.get(line, {}).values() for f in findings}
            met.update(f"{f.rule:4} {f.effect} {' '.join([*f.reason[:2], *f.reason[2]])}".strip() for f in on_line)
            met["B5   cut"] += line in seen.surplus
    return met, Counter(a["verdict"] for a in judge(claims, history).values())


if __name__ == "__main__":
    counted, verdicts = coverage(generate(1, 3000))
    print(dict(verdicts))
    for name, count in sorted(counted.items()):
        print(f"{name:28} {count}")
