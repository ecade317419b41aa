"""Drawn members in cohorts, each with a provider, a plan and some weeks of therapy; names and numbers are made up."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from mix.kinds import Plan, draw

COHORT = 10_000  # claims; what is held in memory at a time
WEEKS = (1, 2, 3, 4, 4, 4, 6, 8)  # of therapy; each claim bills one week
MONDAYS = 104  # on which a cohort may begin, from the first on
SPREAD = 6  # weeks within which the members of a cohort begin
DEPENDENT = 0.06  # share of members who are not the subscriber
AUTHORIZED = 0.35  # share with a prior authorization

_LAST = """GARCIA SMITH NGUYEN MARTINEZ JOHNSON LOPEZ WILLIAMS HERNANDEZ BROWN GONZALEZ JONES DAVIS RODRIGUEZ MILLER PEREZ
TAYLOR SANCHEZ MOORE RAMIREZ JACKSON TORRES MARTIN LEE FLORES THOMPSON WHITE RIVERA HARRIS CLARK LEWIS PATEL KIM WALKER
OKAFOR SCHMIDT OLSEN NOVAK ROSSI TANAKA HADDAD""".split()  # noqa: SIM905
_FIRST = """MARIA JAMES LINDA ROBERT ELENA DAVID SUSAN CARLOS GRACE JOHN ANA PAUL RUTH MARK IRENE LUIS ALICE HENRY NORA PETER
CLARA OMAR JUNE FELIX EMMA VICTOR ROSA SAMUEL HELEN KARL""".split()  # noqa: SIM905
_STREETS = ("OAK ST", "ELM AVE", "CEDAR LN", "PECAN DR", "MAIN ST", "LAKE RD", "RIVER BLVD", "HILL CT")
_TOWNS = (
    ("AUSTIN", "787030000"),
    ("DALLAS", "752010000"),
    ("HOUSTON", "770020000"),
    ("WACO", "767010000"),
    ("LUBBOCK", "794010000"),
)


@dataclass(frozen=True)
class Provider:
    """A billing provider as it stands in loop 2010AA."""

    name: str
    npi: str
    taxonomy: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member: ``subscriber``, ``patient`` (empty for the subscriber himself) and ``stated`` (on each claim: prior
    authorization, diagnoses, who ordered) are ready X12 text."""

    provider: int
    subscriber: str
    patient: str
    stated: str
    segments: int  # of ``stated``
    plan: Plan
    first: int
    weeks: int


def npi(stem: str) -> str:
    """Nine digits and the check digit of an NPI (Luhn with the prefix 80840)."""
    total = 24
    for place, digit in enumerate(reversed(stem)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return stem + str(-total % 10)


SUPPLIERS = {"pharmacy": ("3336H0001X", 12), "nursing": ("251F00000X", 3), "equipment": ("332B00000X", 3)}
"""Sorts of billing provider: taxonomy and how many of them there are."""
PROVIDERS = tuple(
    Provider(f"{sort.upper()} {n + 1:02d} HOME CARE", npi(f"1{at}{n:02d}00077"), taxonomy)
    for at, (sort, (taxonomy, count)) in enumerate(SUPPLIERS.items())
    for n in range(count)
)
_ORDERING = tuple(npi(f"15{n:03d}0012") for n in range(200))
_FROM = {"pharmacy": (0, 12), "nursing": (12, 15), "equipment": (15, 18)}


def cohorts(seed: int, claims: int) -> Iterator[list[Member]]:
    """Members in the order of their providers, whose weeks together are exactly so many claims."""
    for number, begins in enumerate(range(0, claims, COHORT)):
        yield cohort(seed, number, min(COHORT, claims - begins))


def cohort(seed: int, number: int, claims: int) -> list[Member]:
    """One cohort: the same for the same arguments."""
    rng = random.Random(f"perdiem mix {seed} {number}")
    members: list[Member] = []
    begins = rng.randrange(MONDAYS)
    while claims > 0:
        weeks = min(rng.choice(WEEKS), claims)
        claims -= weeks
        members.append(_member(rng, f"ZPB{number:05d}{len(members):05d}", begins + rng.randrange(SPREAD), weeks))
    members.sort(key=lambda member: member.provider)
    return members


def _member(rng: random.Random, number: str, first: int, weeks: int) -> Member:
    plan = draw(rng)
    last, group = rng.choice(_LAST), f"GRP{rng.randrange(900) + 100}"
    town, code = rng.choice(_TOWNS)
    home = f"N3*{rng.randrange(9000) + 10} {rng.choice(_STREETS)}~N4*{town}*TX*{code}~"
    payer = "NM1*PR*2*BLUE CROSS BLUE SHIELD OF TEXAS*****PI*84980~"
    named = f"NM1*IL*1*{last}*{rng.choice(_FIRST)}****MI*{number}~"
    patient = ""
    if rng.random() < DEPENDENT:
        subscriber = f"SBR*P**{group}******BL~{named}{payer}"
        relation, name = rng.choice(("01", "19", "19")), f"NM1*QC*1*{last}*{rng.choice(_FIRST)}~"
        patient = f"PAT*{relation}~{name}{home}{_birth(rng)}"
    else:
        subscriber = f"SBR*P*18*{group}******BL~{named}{home}{_birth(rng)}{payer}"
    authorized = rng.random() < AUTHORIZED
    stated = f"REF*G1*A{rng.randrange(10**8):08d}~" if authorized else ""
    stated += "HI*" + "*".join(("ABF:" if n else "ABK:") + code for n, code in enumerate(plan.diagnoses)) + "~"
    stated += f"NM1*DN*1*{rng.choice(_LAST)}*{rng.choice(_FIRST)}****XX*{rng.choice(_ORDERING)}~"
    provider = rng.randrange(*_FROM[plan.supplier])
    return Member(provider, subscriber, patient, stated, 2 + authorized, plan, first, weeks)


def _birth(rng: random.Random) -> str:
    return f"DMG*D8*{rng.randrange(1935, 2020)}{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}*{rng.choice('FM')}~"
