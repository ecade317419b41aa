"""The compiled step from one clean set to the next one that is like it, for files of many small sets."""

from __future__ import annotations

from typing import Any

from perdiem.formats import bulk_names as n
from perdiem.formats.bulk_names import Marks, Parties
from perdiem.formats.bulk_numba import compiled, inlined
from perdiem.formats.bulk_values import code, part, whole

Array = Any
_NONE = -1


@inlined
def next_set(buf: Array, cuts: Array, k: int, pos: int, stop: int, marks: Marks, parties: Parties, at: Array) -> int:
    """From an SE to just after the ST that follows; -1 where a count or number differs, or the ST is not like the last.

    The first SV1 of the new set must use the separators in force, as the split-based reader looks at that.
    """
    number, text, levels = parties
    stated, control = part(buf, cuts, k, 1), part(buf, cuts, k, 2)
    segments = at[n.N_ORDINAL] + 2 - at[n.N_SET_AT]
    if not at[n.N_ALIKE] or at[n.N_CLAIM_NO] <= at[n.N_SET_CLAIM_NO] or whole(buf, stated[0], stated[1], 9) != segments:
        return _NONE
    if not _same(buf, control, text, n.SET_NO):
        return _NONE
    begin = _next(buf, pos, stop, marks)
    if begin == _NONE:
        return _NONE
    k, end = _cut(buf, begin, marks, cuts)
    kind, control, guide = part(buf, cuts, k, 1), part(buf, cuts, k, 2), part(buf, cuts, k, 3)
    if k < 2 or k > 3 or end - begin > n.LONGEST_SEGMENT or code(buf, begin, cuts[1]) != n.ST:
        return _NONE
    if code(buf, kind[0], kind[1]) != n.E837 or not _same(buf, guide, text, n.GUIDE):
        return _NONE
    if not _same_separators(buf, end + 1, stop, marks, cuts):
        return _NONE
    for i in range(1, number[n.TOP] + 1):
        levels[i] = 0
    for i in range(n.PARTY_SIZE):
        number[i] = 0
    number[n.DOUBT], number[n.ABOVE_20], number[n.ABOVE_22] = n.NO_SUBSCRIBER, -1, -1
    number[n.SUBSCRIBER_BIRTH] = number[n.PATIENT_BIRTH] = n.NO_BIRTH
    for i in range(n.SET_NO):
        text[1, i] = 0
    text[0, n.SET_NO], text[1, n.SET_NO] = control[0], control[1] - control[0]
    at[n.N_ORDINAL] += 2
    at[n.N_SET_AT], at[n.N_SET_CLAIM_NO] = at[n.N_ORDINAL], at[n.N_CLAIM_NO]
    at[n.N_SETS] += 1
    return end + 1


@compiled
def _next(buf: Array, pos: int, stop: int, marks: Marks) -> int:
    """Where the next segment begins."""
    while pos < stop and (marks.sort[buf[pos]] == n.NOISE or buf[pos] == marks.terminator):
        pos += 1
    return pos if pos < stop else _NONE


@compiled
def _cut(buf: Array, begin: int, marks: Marks, cuts: Array) -> tuple[int, int]:
    """The elements of a segment, 0 where it has too many or is not ASCII, and its end."""
    k, pos, plain = 0, begin, True
    while buf[pos] != marks.terminator:
        if buf[pos] == marks.element:
            k += 1
            if k <= n.MOST_ELEMENTS:
                cuts[k] = pos
        plain = plain and buf[pos] < 128
        pos += 1
    if k > n.MOST_ELEMENTS or not plain:
        k = 0
    cuts[k + 1] = pos
    return k, pos


@compiled
def _same(buf: Array, bounds: tuple[int, int], text: Array, at: int) -> bool:
    length = bounds[1] - bounds[0]
    same = length == text[1, at]
    for i in range(length if same else 0):
        byte = buf[bounds[0] + i]
        same = same and byte == buf[text[0, at] + i] and byte < 128
    return bool(same)


@compiled
def _same_separators(buf: Array, pos: int, stop: int, marks: Marks, cuts: Array) -> bool:
    """Whether the first SV1 comes before a control segment, and uses no other component separator."""
    while True:
        pos = _next(buf, pos, stop, marks)
        if pos == _NONE:
            return False
        end = pos
        while buf[end] != marks.terminator and buf[end] != marks.element:
            end += 1
        name = code(buf, pos, end)
        if name == n.ST or name == n.SE or name == n.GS or name == n.GE or name == n.IEA or name == n.ISA:
            return False
        if name == n.SV1 and buf[end] == marks.element:
            break
        while buf[end] != marks.terminator:
            end += 1
        pos = end + 1
    for i in range(1, 3):
        if buf[end + i] < 65 or buf[end + i] > 90:
            return True
    other, after = int(buf[end + 3]), int(buf[end + 4]) if end + 4 < stop else 0
    if other == marks.terminator or other == marks.component or other == marks.element:
        return True
    odd = 33 <= other <= 47 or 58 <= other <= 64 or 91 <= other <= 96 or 123 <= other <= 126
    return not (odd and (65 <= after <= 90 or 48 <= after <= 57))
