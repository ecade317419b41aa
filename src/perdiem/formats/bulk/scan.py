"""The compiled pass over one window: finds the claims and lines of clean 837P text as bounds, numbers and days.

It reads what is plainly clean, unit by unit: a claim (CLM to the next CLM or HL), or what stands before claims (HL to
the next). At the first segment that the split-based reader would say anything about, it takes the unit back
and returns, so that reader can read the unit itself. It keeps no rule of its own; where in doubt, it returns. From one
clean set it steps to the next one that is like it, for files of many small sets.
"""

from __future__ import annotations

from typing import Any

from perdiem.formats.bulk import names as n
from perdiem.formats.bulk.claims import begin_claim, begin_line, end_claim, in_claim, in_payer
from perdiem.formats.bulk.compiled import code, compiled, inlined, part, whole
from perdiem.formats.bulk.lines import in_line, service
from perdiem.formats.bulk.names import Marks, Parties, Rows, Scratch
from perdiem.formats.bulk.parties import level, party

Array = Any
_NONE = -1


@compiled
def scan(
    buf: Array, start: int, stop: int, marks: Marks, parties: Parties, rows: Rows, at: Array, scratch: Scratch
) -> tuple[int, int]:
    """Reads clean units from ``start``, a place between two units, and says where it ended and why.

    ``stop`` is just after a terminator, and a unit begins there. Rows, parties and counts are those of whole units.
    """
    sort, component = marks.sort, marks.component
    cuts, u, at_before, number_before, text_before = scratch
    u[n.U_MODE] = n.BEFORE
    u[n.U_LEVEL] = 0
    pos = unit = start
    _save(at, at_before, parties, number_before, text_before)
    clean = True
    while pos < stop:
        here = pos
        while sort[buf[pos]] == n.NOISE:
            pos += 1
        begin, wide = pos, False
        k = pos - begin  # a plain 0 would be a type of its own, for which all that is called would be compiled once more
        while True:
            byte = sort[buf[pos]]
            if byte != n.PLAIN:
                if byte == n.TERMINATOR:
                    break
                if byte == n.ELEMENT:
                    k += 1
                    if k <= n.MOST_ELEMENTS:
                        cuts[k] = pos
                elif byte == n.WIDE:
                    wide = True
            pos += 1
        end = pos
        pos += 1
        if end == begin:
            continue
        crowded = k > n.MOST_ELEMENTS
        cuts[min(k, n.MOST_ELEMENTS) + 1] = end
        length = cuts[1] - begin
        if length == 3:
            name = (int(buf[begin]) * 256 + int(buf[begin + 1])) * 256 + int(buf[begin + 2])
        elif length == 2:
            name = int(buf[begin]) * 256 + int(buf[begin + 1])
        else:
            name = 0
        opens = name == n.CLM or name == n.HL
        if opens or name == n.ST or name == n.SE or name == n.GS or name == n.GE or name == n.IEA or name == n.ISA:
            overlong_end = name == n.SE and end - begin > n.LONGEST_SEGMENT  # it still belongs to the claim
            if u[n.U_MODE] != n.BEFORE and (overlong_end or not end_claim(rows, parties, at, u)):
                clean = False
                break
            unit = here
            _save(at, at_before, parties, number_before, text_before)
            u[n.U_MODE] = n.BEFORE
            u[n.U_LEVEL] = 0
            if not opens:
                begun = -1
                if name == n.SE and not (wide or crowded or overlong_end):
                    begun = next_set(buf, cuts, k, pos, stop, marks, parties, at)
                if begun < 0:
                    return unit, n.STOPPED
                pos = unit = begun
                _save(at, at_before, parties, number_before, text_before)
                continue
        at[n.N_ORDINAL] += 1
        if end - begin > n.LONGEST_SEGMENT:
            clean = False
            break
        mode = u[n.U_MODE]
        if name == n.CLM:
            clean = begin_claim(buf, cuts, k, component, rows, at, u)
        elif name == n.HL:
            clean = level(buf, cuts, k, parties, u)
        elif mode == n.BEFORE:
            if name == n.NM1 or name == n.SBR or name == n.DMG or name == n.PRV or name == n.PAT:
                clean = party(buf, cuts, k, name, parties)
            elif name == n.SV1:
                clean = False
            else:
                continue
        elif name == n.LX:
            clean = begin_line(buf, cuts, k, rows, at, u)
        elif name == n.SV1:
            clean = service(buf, cuts, k, component, rows, at, u)
        elif name == n.SV2 or name == n.SV3:
            clean = False
        elif mode == n.IN_LINE:
            if not (
                name == n.DTP or name == n.REF or name == n.LIN or name == n.CTP or name == n.NTE or name == n.NM1
                or name == n.SVD or name == n.CAS or name == n.AMT or name == n.SBR or name == n.HI
            ):  # fmt: skip
                continue
            clean = in_line(buf, cuts, k, name, component, rows, at, u)
        elif mode == n.IN_CLAIM:
            if not (name == n.REF or name == n.HI or name == n.NM1 or name == n.SBR):
                continue
            clean = in_claim(buf, cuts, k, name, component, rows, at, u)
        elif name == n.SBR or name == n.NM1 or name == n.AMT or name == n.CAS:
            clean = in_payer(buf, cuts, k, name, rows, at, u)
        else:
            continue
        if wide or crowded or not clean:
            clean = False
            break
    if clean and (u[n.U_MODE] == n.BEFORE or end_claim(rows, parties, at, u)):
        return stop, n.DONE
    full = (
        at[n.N_CLAIM] + 2 > rows.claim.shape[1]
        or at[n.N_LINE] + 2 > rows.line.shape[1]
        or at[n.N_OTHER] + 1 > rows.other.shape[1]
        or at[n.N_DIAGNOSIS] + 1 > rows.diagnosis.shape[1]
        or at[n.N_POINTER] + 1 > rows.pointer.shape[1]
    )
    if u[n.U_LEVEL]:
        parties.levels[u[n.U_LEVEL]] = 0
    _save(at_before, at, Parties(number_before, text_before, parties.levels), parties.number, parties.text)
    return unit, n.FULL if full else n.STOPPED


@inlined
def _save(at: Array, at_before: Array, parties: Parties, number_before: Array, text_before: Array) -> None:
    for i in range(n.N_SIZE):
        at_before[i] = at[i]
    for i in range(n.PARTY_SIZE):
        number_before[i] = parties.number[i]
    for half in range(2):
        for i in range(n.PARTY_TEXTS):
            text_before[half, i] = parties.text[half, i]


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
