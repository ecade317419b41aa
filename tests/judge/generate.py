"""Random claims that together meet every ruling of part A and its outcomes; `python -m tests.judge.generate --count N`
counts how often each fires."""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from . import book, material
from .judge import found, judge
from .scenes import ADDITIONS, Episode, therapies

BASES = [date(2024, 6, 3)] * 8 + [date(2024, 4, 18), date(2024, 9, 24), date(2024, 8, 12), date(2025, 6, 26)]
Claim = dict[str, Any]


def generate(seed: int, n: int) -> list[Claim]:
    """Exactly n claims, the same for the same seed."""
    rng = random.Random(f"perdiem judge {seed}")
    placed: list[tuple[float, int, Claim]] = []
    while len(placed) < n:
        start = len(placed)
        keys = sorted(start + rng.random() * 12 for _ in range(12))
        for k, claim in enumerate(episode(rng, start)):
            placed.append((keys[min(k, 11)], len(placed), claim))
    placed = sorted(placed[:n], key=lambda p: p[:2])
    return [claim for _, _, claim in placed]


def episode(rng: random.Random, start: int) -> list[Claim]:
    """One member (and sometimes a dependent of the same subscriber id) and a few claims within some weeks."""
    e = Episode(rng, member=f"MBR{start:07d}", base=rng.choice(BASES) + timedelta(rng.randint(0, 6)))
    claims: list[Claim] = []
    for _ in range(rng.choice([1, 1, 1, 2, 2, 3, 4])):
        claims.append(fresh_claim(e, f"C{start + len(claims):07d}"))
    for claim in list(claims):
        fill(e, claim, claims)
    return after(e, claims, start)


def fresh_claim(e: Episode, name: str) -> Claim:
    rng = e.rng
    npi, taxonomy = material.PROVIDERS[0] if rng.random() < 0.7 else rng.choice(material.PROVIDERS)
    claim: Claim = {"id": name, "payer": material.OURS[0], "member": e.member, "npi": npi, "taxonomy": taxonomy}
    if rng.random() < 0.06:
        claim["payer"] = rng.choice([*material.OURS, *material.OTHERS])
    claim["pos"] = "12"
    if rng.random() < 0.08:
        claim["pos"] = rng.choice(["", *material.PLACES])
    if rng.random() < 0.1:
        claim["dependent"] = rng.choice(e.dependents)
    claim["lines"] = []
    return claim


def fill(e: Episode, claim: Claim, claims: list[Claim]) -> None:
    rng = e.rng
    if rng.random() < 0.82:
        therapies(e, claim, claims)
    for _ in range(rng.choice([0, 0, 1, 1, 2, 3])):
        rng.choice(ADDITIONS)(e, claim)
    while not claim["lines"]:
        rng.choice(ADDITIONS)(e, claim)
    if rng.random() < 0.25:
        rng.shuffle(claim["lines"])
    for line in claim["lines"]:
        if rng.random() < 0.03:
            line["pos"] = rng.choice(["12", *material.PLACES])
        if rng.random() < 0.03 and len(line["mods"]) < 4:
            line["mods"] = [*line["mods"], "00"]


def after(e: Episode, claims: list[Claim], start: int) -> list[Claim]:
    """Duplicates, replacements and voids."""
    rng = e.rng
    name = f"C{start + len(claims):07d}"
    roll = rng.random()
    if roll < 0.06:
        source = rng.choice(claims)
        line = json.loads(json.dumps(rng.choice(source["lines"])))
        line["mods"] = line["mods"][::-1]
        rng.choice([source, *claims])["lines"].append(line)
    elif roll < 0.15:
        old = rng.choice(claims)
        new = json.loads(json.dumps(old)) | {"id": name}
        if rng.random() < 0.6:
            new["frequency"] = rng.choice(["7", "7", "8"])
            new["original_ref"] = old["id"] if rng.random() < 0.8 else rng.choice(["C9999999", name])
            if rng.random() < 0.15:
                new["npi"], new["taxonomy"] = material.PROVIDERS[1]
            if rng.random() < 0.5:
                new["lines"] = new["lines"][: max(1, len(new["lines"]) // 2)]
        claims.insert(rng.randint(0, len(claims)), new) if rng.random() < 0.1 else claims.append(new)
        if new.get("frequency") == "7" and rng.random() < 0.15:
            last = json.loads(json.dumps(new)) | {"id": f"C{start + len(claims):07d}", "original_ref": name}
            claims.append(last | {"frequency": rng.choice(["7", "8"])})
    return claims


def coverage(claims: list[Claim]) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Lines by ruling, line-days by ruling and outcome, lines by verdict."""
    rulings: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    answers = judge(claims)
    for answer in answers.values():
        rulings.update(answer["rules"])
    for claim in found(claims):
        for line in claim.lines:
            for findings in line.findings.values():
                outcomes.update(f"{f.rule:4} {f.effect} {' '.join([*f.reason[:2], *f.reason[2]])}" for f in findings)
    rulings["A25"] = sum("00" in line["mods"] for claim in claims for line in claim["lines"])
    return rulings, outcomes, Counter(a["verdict"] for a in answers.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path, help="write the claims as JSON")
    given = parser.parse_args()
    claims = generate(given.seed, given.count)
    if given.write:
        given.write.write_text(json.dumps(claims, indent=1))
    rulings, outcomes, verdicts = coverage(claims)
    expected = [f"A{n}" for n in (*range(1, 21), 24, 25)]
    print(f"{len(claims)} claims, {verdicts.total()} lines: {dict(verdicts)}; book of {len(book.known())} codes")
    for ruling in expected:
        print(f"{ruling:4} {rulings[ruling]:7} lines")
    print("line-days by outcome:")
    for outcome, count in sorted(outcomes.items()):
        print(f"  {outcome:34} {count}")
    silent = [r for r in expected if not rulings[r]]
    if silent:
        raise SystemExit(f"never fired: {' '.join(silent)}")


if __name__ == "__main__":
    main()
