"""The compiled reading of what stands before claims: levels and parties, where they are clean.

Each function takes one segment and answers whether it was clean; only then does what it changed count.
"""

from __future__ import annotations

from typing import Any

from perdiem.formats import bulk_names as n
from perdiem.formats.bulk_names import Parties
from perdiem.formats.bulk_numba import inlined
from perdiem.formats.bulk_values import BAD, code, day, level_number, part

Array = Any


@inlined
def keep(text: Array, at: int, bounds: tuple[int, int]) -> None:
    """Sets one text of the parties."""
    text[0, at] = bounds[0]
    text[1, at] = bounds[1] - bounds[0]


@inlined
def level(buf: Array, cuts: Array, k: int, parties: Parties, u: Array) -> bool:
    """HL whose number is new and greater than all, under the level in force."""
    number, text, levels = parties
    own = part(buf, cuts, k, 1)
    parent = part(buf, cuts, k, 2)
    kind = part(buf, cuts, k, 3)
    at, kind_code = level_number(buf, own[0], own[1]), code(buf, kind[0], kind[1])
    if number[n.BLOCKED] or at <= number[n.TOP] or at >= levels.size:
        return False
    if kind_code == n.L20:
        sort = 20
    elif kind_code == n.L22:
        sort = 22
    elif kind_code == n.L23:
        sort = 23
    else:
        return False
    if sort != 20:
        above = level_number(buf, parent[0], parent[1])
        wanted = number[n.ABOVE_20] if sort == 22 else number[n.ABOVE_22]
        if above == BAD or above != wanted or above > number[n.TOP] or levels[above] != (20 if sort == 22 else 22):
            return False
    number[n.LEVEL], number[n.PERSON] = sort, n.NOBODY
    number[n.PATIENT_NAMED], number[n.PATIENT_BIRTH] = 0, n.NO_BIRTH
    text[1, n.PATIENT_RELATION] = 0
    for i in range(n.PATIENT_LAST, n.PATIENT_SEX + 1):
        text[1, i] = 0
    if sort != 23:
        number[n.SUBSCRIBER_NAMED], number[n.SUBSCRIBER_BIRTH], number[n.PAYER_NAMED] = 0, n.NO_BIRTH, 0
        for i in range(n.SUBSCRIBER_SEX + 1):
            if i != n.PATIENT_RELATION:
                text[1, i] = 0
    if sort == 22:
        number[n.DOUBT], number[n.ABOVE_22] = n.NO_DOUBT, at
    elif sort == 20:
        number[n.DOUBT], number[n.ABOVE_20], number[n.ABOVE_22] = n.NO_SUBSCRIBER, at, -1
        number[n.PROVIDER_NAMED] = 0
        for i in range(n.PROVIDER_NAME, n.PROVIDER_TAXONOMY + 1):
            text[1, i] = 0
    levels[at] = sort
    number[n.TOP] = u[n.U_LEVEL] = at
    return True


@inlined
def party(buf: Array, cuts: Array, k: int, name: int, parties: Parties) -> bool:
    """SBR, PAT, PRV, NM1 or DMG before a claim."""
    number, text = parties.number, parties.text
    first = part(buf, cuts, k, 1)
    kind = code(buf, first[0], first[1])
    if name == n.NM1:
        return _name(buf, cuts, k, kind, number, text)
    if name == n.DMG:
        return _birth(buf, cuts, k, kind, number, text)
    if name == n.SBR:
        if number[n.LEVEL] != 22:
            return False
        keep(text, n.SUBSCRIBER_RELATION, part(buf, cuts, k, 2))
        keep(text, n.FILING, part(buf, cuts, k, 9))
    elif name == n.PAT:
        if number[n.LEVEL] == 23:
            keep(text, n.PATIENT_RELATION, first)
    elif kind == n.BI and number[n.LEVEL] != 22 and number[n.LEVEL] != 23:
        keep(text, n.PROVIDER_TAXONOMY, part(buf, cuts, k, 3))
    return True


@inlined
def _birth(buf: Array, cuts: Array, k: int, kind: int, number: Array, text: Array) -> bool:
    person = number[n.PERSON]
    if person == n.NOBODY:
        return True
    stated = part(buf, cuts, k, 2)
    value = day(buf, stated[0], stated[1]) if kind == n.D8 else BAD
    if value == BAD and stated[1] > stated[0]:
        return False
    birth = value if value != BAD else n.NO_BIRTH
    if person == n.SUBSCRIBER:
        number[n.SUBSCRIBER_BIRTH] = birth
        keep(text, n.SUBSCRIBER_SEX, part(buf, cuts, k, 3))
    else:
        number[n.PATIENT_BIRTH] = birth
        keep(text, n.PATIENT_SEX, part(buf, cuts, k, 3))
    return True


@inlined
def _name(buf: Array, cuts: Array, k: int, kind: int, number: Array, text: Array) -> bool:
    number[n.PERSON] = n.NOBODY
    if kind == n.IL:
        if number[n.LEVEL] != 22 or number[n.SUBSCRIBER_NAMED]:
            return False
        number[n.SUBSCRIBER_NAMED], number[n.PERSON], number[n.SUBSCRIBER_BIRTH] = 1, n.SUBSCRIBER, n.NO_BIRTH
        _person(buf, cuts, k, text, n.SUBSCRIBER_LAST)
    elif kind == n.QC:
        if number[n.PATIENT_NAMED]:
            return False
        number[n.PATIENT_NAMED], number[n.PERSON], number[n.PATIENT_BIRTH] = 1, n.PATIENT, n.NO_BIRTH
        _person(buf, cuts, k, text, n.PATIENT_LAST)
    elif kind == n.PR:
        if number[n.LEVEL] != 22 or number[n.PAYER_NAMED]:
            return False
        number[n.PAYER_NAMED] = 1
        keep(text, n.PAYER_NAME, part(buf, cuts, k, 3))
        keep(text, n.PAYER_QUALIFIER, part(buf, cuts, k, 8))
        keep(text, n.PAYER_ID, part(buf, cuts, k, 9))
    elif kind == n.E85:
        if number[n.PROVIDER_NAMED]:
            return False
        number[n.PROVIDER_NAMED] = 1
        keep(text, n.PROVIDER_NAME, part(buf, cuts, k, 3))
        keep(text, n.PROVIDER_QUALIFIER, part(buf, cuts, k, 8))
        keep(text, n.PROVIDER_NUMBER, part(buf, cuts, k, 9))
    return True


@inlined
def _person(buf: Array, cuts: Array, k: int, text: Array, at: int) -> None:
    keep(text, at, part(buf, cuts, k, 3))
    keep(text, at + 1, part(buf, cuts, k, 4))
    keep(text, at + 2, part(buf, cuts, k, 9))
    text[1, at + 3] = 0
