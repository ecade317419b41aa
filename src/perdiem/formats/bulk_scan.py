"""The compiled pass over one window: finds the claims and lines of clean 837P text as bounds, numbers and days.

It reads what is plainly clean, unit by unit: a claim (CLM to the next CLM or HL), or what stands before claims (HL to
the next). At the first segment that the split-based reader would say anything about, it takes the unit back
and returns, so that reader can read the unit itself. It keeps no rule of its own; where in doubt, it returns.
"""

from __future__ import annotations

from typing import Any

from perdiem.formats import bulk_names as n
from perdiem.formats.bulk_claims import begin_claim, begin_line, end_claim, in_claim, in_payer
from perdiem.formats.bulk_lines import in_line, service
from perdiem.formats.bulk_names import Marks, Parties, Rows, Scratch
from perdiem.formats.bulk_numba import compiled, inlined
from perdiem.formats.bulk_parties import level, party
from perdiem.formats.bulk_sets import next_set

Array = Any


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
        begin, k, wide = pos, 0, False
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
