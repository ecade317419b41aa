"""The compiled reading of the segments of a service line, where they are clean."""

from __future__ import annotations

from typing import Any

from perdiem.formats.bulk import names as n
from perdiem.formats.bulk.claims import add_stated, put, spread, stated
from perdiem.formats.bulk.compiled import BAD, amount, code, day, find, inlined, part, strip
from perdiem.formats.bulk.names import Rows

Array = Any


@inlined
def service(buf: Array, cuts: Array, k: int, component: int, rows: Rows, at: Array, u: Array) -> bool:
    """SV1, the only one of its line."""
    if not u[n.U_LINE] or u[n.U_SEGMENT] or k < 4:
        return False
    row, text = at[n.N_LINE], rows.line_text
    u[n.U_SEGMENT] = at[n.N_ORDINAL]
    u[n.U_SERVICES] += 1
    rest = spread(buf, (cuts[1] + 1, cuts[2]), component, 6, text, n.B_QUALIFIER, row) + 1
    if rest < cuts[2]:
        put(text, n.B_DESCRIPTION, row, strip(buf, rest, cuts[2]))
    length = text[1, n.B_CODE, row]
    charge, units = part(buf, cuts, k, 2), part(buf, cuts, k, 4)
    cents, thousandths = amount(buf, charge[0], charge[1], 2), amount(buf, units[0], units[1], 3)
    if length == 0 or length > n.LONGEST_CODE or cents < 0 or thousandths < 0:
        return False
    u[n.U_SUM] += cents
    rows.line[n.B_CHARGE, row] = cents
    rows.line[n.B_UNITS, row] = thousandths
    put(text, n.B_BASIS, row, part(buf, cuts, k, 3))
    put(text, n.B_PLACE, row, part(buf, cuts, k, 5))
    return k < 7 or _pointers(buf, cuts[7] + 1, cuts[8], component, rows, at)


@inlined
def _pointers(buf: Array, a: int, b: int, component: int, rows: Rows, at: Array) -> bool:
    while a <= b:
        stop = find(buf, a, b, component)
        bit = strip(buf, a, stop)
        if bit[1] > bit[0]:
            item = at[n.N_POINTER]
            if item >= rows.pointer.shape[1]:
                return False
            rows.pointer[0, item], rows.pointer[1, item] = bit[0], bit[1] - bit[0]
            at[n.N_POINTER] = item + 1
        a = stop + 1
    return True


@inlined
def in_line(buf: Array, cuts: Array, k: int, name: int, component: int, rows: Rows, at: Array, u: Array) -> bool:
    """Any other segment that means something in a line."""
    row, text = at[n.N_LINE], rows.line_text
    first = part(buf, cuts, k, 1)
    kind = code(buf, first[0], first[1])
    if name == n.DTP:
        return kind != n.E472 or _days(buf, cuts, k, rows, row, u)
    if name == n.REF:
        if kind == n.XZ:
            put(text, n.B_PRESCRIPTION, row, part(buf, cuts, k, 2))
        elif kind == n.R6:
            put(text, n.B_CONTROL, row, part(buf, cuts, k, 2))
        return True
    if name == n.LIN:
        u[n.U_DRUGS] += 1
        second = part(buf, cuts, k, 2)
        if code(buf, second[0], second[1]) == n.N4:
            put(text, n.B_NDC, row, part(buf, cuts, k, 3))
        return bool(u[n.U_DRUGS] == 1)
    if name == n.CTP:
        return _quantity(buf, cuts, k, component, rows, row)
    if name == n.NTE:
        note = part(buf, cuts, k, 2)
        if note[1] > note[0]:
            if text[1, n.B_NOTE, row]:
                return False
            put(text, n.B_NOTE, row, note)
        return True
    if name == n.NM1:
        return kind not in (n.E85, n.E87, n.PE, n.IL, n.PR, n.QC)
    if name == n.SVD:
        return _paid(buf, cuts, k, first, rows, at, u)
    if name == n.CAS or name == n.AMT:
        return not u[n.U_PAID] or stated(buf, cuts, k, name, rows, at, u)
    return False


@inlined
def _days(buf: Array, cuts: Array, k: int, rows: Rows, row: int, u: Array) -> bool:
    form, value = part(buf, cuts, k, 2), part(buf, cuts, k, 3)
    kind, a, b = code(buf, form[0], form[1]), value[0], value[1]
    if u[n.U_DATED]:
        return False
    u[n.U_DATED] = 1
    if kind == n.D8:
        first = last = day(buf, a, b)
    elif kind == n.RD8 and b - a == 17 and buf[a + 8] == 45:
        first, last = day(buf, a, a + 8), day(buf, a + 9, b)
    else:
        return False
    rows.line[n.B_FROM, row], rows.line[n.B_TO, row] = first, last
    return first != BAD and last != BAD and first <= last and last - first < n.LONGEST_SPAN


@inlined
def _quantity(buf: Array, cuts: Array, k: int, component: int, rows: Rows, row: int) -> bool:
    value = part(buf, cuts, k, 4)
    quantity = amount(buf, value[0], value[1], 3)
    if value[1] > value[0] and quantity < 0:
        return False
    rows.line[n.B_QUANTITY, row] = quantity
    bounds = (0, 0)
    if k >= 5:
        bounds = strip(buf, cuts[5] + 1, find(buf, cuts[5] + 1, cuts[6], component))
    put(rows.line_text, n.B_NDC_UNIT, row, bounds)
    return True


@inlined
def _paid(buf: Array, cuts: Array, k: int, payer: tuple[int, int], rows: Rows, at: Array, u: Array) -> bool:
    u[n.U_PAID], u[n.U_OTHER_A], u[n.U_OTHER_B] = 1, payer[0], payer[1]
    u[n.U_OTHER_LINE] = at[n.N_LINE_NO] + 1
    return add_stated(buf, cuts, k, 2, (cuts[1] - 3, cuts[1]), (n.NO_TEXT, n.NO_TEXT), rows, at, u)
