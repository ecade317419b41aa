"""Writes drawn claims as one 837P interchange, set by set, in bounded memory."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import NamedTuple, TextIO

from mix.errors import DUPLICATE, ERRORS, WRONG_PLACE, Error, can_strike, struck
from mix.kinds import Plan
from mix.members import COHORT, PROVIDERS, Member, cohort, cohorts

GUIDE = "005010X222A1"
CLAIMS_OF_A_SET = 5_000
FIRST_MONDAY = date(2024, 5, 6)
ALREADY = 200  # one claim in so many stands in the history too


class Body(NamedTuple):
    """What of a claim depends on plan, week and error alone: its service lines as text, its charge, its segments and lines."""

    text: str
    charge: str
    segments: int
    lines: int


class Claim(NamedTuple):
    """One drawn claim, ready to be written."""

    name: str
    member: Member
    place: str
    body: Body
    error: Error | None


@dataclass
class Tally:
    """What was written: claims by kind and by error, lines, bytes."""

    claims: int = 0
    lines: int = 0
    bytes: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)


def drawn(seed: int, claims: int, rate: float = 0.0, sorts: Iterable[Error] = ERRORS) -> Iterator[Claim]:
    """So many claims, week by week; each sort of error strikes this share of the claims that it can strike."""
    sorts, number = tuple(sorts), 0
    if not 0 <= rate * len(sorts) <= 1:
        raise ValueError(f"a claim carries at most one error: with {len(sorts)} sorts the rate is at most {1 / len(sorts):.3f}")
    roll = random.Random(f"perdiem errors {seed}").random
    for members in cohorts(seed, claims):
        for week, member in _by_week(members):
            number += 1
            error, plan = None, member.plan
            if rate and (at := roll() / rate) < len(sorts):
                one = sorts[int(at)]
                if can_strike(one, plan) and (one is not DUPLICATE or week > member.first):
                    error = one
            billed = member.first if error is DUPLICATE else week
            place = "11" if error is WRONG_PLACE else "12"
            yield Claim(f"HB{number:09d}", member, place, body(plan, billed, error), error)


def earlier(seed: int, claims: int, lines: int) -> Iterator[Claim]:
    """The weeks before those of ``drawn``, without errors, at least so many lines; and one in 200 of its claims once more."""
    number = 0
    for at, begins in enumerate(range(0, claims, COHORT)):
        wanted = min(COHORT, claims - begins)
        members, left = cohort(seed, at, wanted), lines * (begins + wanted) // claims - lines * begins // claims
        each_week = sum(len(member.plan.lines) for member in members)
        back = -(-left // each_week)
        already = [(week, member) for week, member in _by_week(members)][::ALREADY]
        before = [(week, member) for week in range(-1, -back - 1, -1) for member in members]
        for week, member in [*already, *((member.first + week, member) for week, member in before)]:
            if left <= 0:
                break
            number += 1
            made = body(member.plan, week, None)
            left -= made.lines
            yield Claim(f"HH{number:09d}", member, "12", made, None)


def _by_week(members: list[Member]) -> Iterator[tuple[int, Member]]:
    first = min(member.first for member in members)
    last = max(member.first + member.weeks for member in members)
    for week in range(first, last):
        for member in members:
            if member.first <= week < member.first + member.weeks:
                yield week, member


@lru_cache(maxsize=20_000)
def body(plan: Plan, week: int, error: Error | None) -> Body:
    """The claim of a plan for one week, counted from the first Monday of May 2024."""
    days = _days(week)
    parts: list[str] = []
    lines, segments = struck(plan.lines, error), 0
    for number, line in enumerate(lines, 1):
        code = f"{line.code}:{line.modifier}" if line.modifier else line.code
        span = f"D8*{days[line.first]}" if line.first == line.last else f"RD8*{days[line.first]}-{days[line.last]}"
        parts.append(f"LX*{number}~SV1*HC:{code}*{_dollars(line.cents)}*UN*{line.units}***1~DTP*472*{span}~")
        segments += 3
        if line.ndc:
            parts.append(f"LIN**N4*{line.ndc}~CTP****{line.units}*UN~")
            segments += 2
    return Body("".join(parts), _dollars(sum(line.cents for line in lines)), segments, len(lines))


@cache
def _days(week: int) -> tuple[str, ...]:
    return tuple(f"{FIRST_MONDAY + timedelta(7 * week + n):%Y%m%d}" for n in range(7))


def _dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}".rstrip("0").rstrip(".")


def write(claims: Iterable[Claim], out: TextIO, day: str = "20261102") -> Tally:
    """Writes the claims as one interchange, 5,000 to a set, and tells what they were."""
    tally, sets, pending = Tally(), 0, iter(claims)
    blank, sender, receiver = " " * 10, "CLEARINGHOUSE".ljust(15), "EXAMPLEPAYER".ljust(15)
    ends = f"{day[2:]}*0800*^*00501*000000001*0*T*:~GS*HC*CLEARINGHOUSE*EXAMPLEPAYER*{day}*0800*1*X*{GUIDE}~"
    tally.bytes += out.write(f"ISA*00*{blank}*00*{blank}*ZZ*{sender}*ZZ*{receiver}*{ends}")
    while (claim := next(pending, None)) is not None:
        sets += 1
        tally.bytes += out.write(_set(claim, pending, sets, day, tally))
    tally.bytes += out.write(f"GE*{sets}*1~IEA*1*000000001~")
    return tally


def _set(claim: Claim | None, pending: Iterator[Claim], number: int, day: str, tally: Tally) -> str:
    """One transaction set of up to 5,000 claims, beginning with the one in hand."""
    parts = [
        f"ST*837*{number:04d}*{GUIDE}~BHT*0019*00*BATCH{number}*{day}*0800*CH~NM1*41*2*EXAMPLE CLEARINGHOUSE*****46*CLEARINGHOUSE~"
        "PER*IC*BILLING DESK*TE*5125550100~NM1*40*2*EXAMPLE PAYER*****46*EXAMPLEPAYER~"
    ]
    segments, level, above, provider, left = 6, 0, 0, -1, CLAIMS_OF_A_SET
    add, kinds, errors, lines = parts.append, tally.kinds, tally.errors, 0
    while claim is not None:
        name, member, place, (text, charge, size, of_claim), error = claim
        if member.provider != provider:
            provider, level = member.provider, level + 1
            above = level
            add(_provider(provider, level))
            segments += 6
        level += 1
        if member.patient:
            add(f"HL*{level}*{above}*22*1~{member.subscriber}HL*{level + 1}*{level}*23*0~{member.patient}")
            level, segments = level + 1, segments + 10
        else:
            add(f"HL*{level}*{above}*22*0~{member.subscriber}")
            segments += 7
        add(f"CLM*{name}*{charge}***{place}:B:1*Y*A*Y*Y~{member.stated}{text}")
        segments += size + 1 + member.segments
        lines += of_claim
        kinds[member.plan.kind] += 1
        if error is not None:
            errors[error.name] += 1
        left -= 1
        claim = next(pending, None) if left else None
    add(f"SE*{segments}*{number:04d}~")
    tally.claims += CLAIMS_OF_A_SET - left
    tally.lines += lines
    return "".join(parts)


def _provider(number: int, level: int) -> str:
    provider = PROVIDERS[number]
    return (
        f"HL*{level}**20*1~PRV*BI*PXC*{provider.taxonomy}~NM1*85*2*{provider.name}*****XX*{provider.npi}~"
        f"N3*{number + 100} CONGRESS AVE~N4*AUSTIN*TX*787010000~REF*EI*74{number:07d}~"
    )
