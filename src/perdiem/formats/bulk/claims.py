"""The compiled reading of the segments of a claim: its head, its other payers, its lines, where they are clean.

Each function takes one segment and answers whether it was clean; the rows it makes count only when the claim
is kept at its end, or are taken back with it.
"""

from __future__ import annotations

from typing import Any

from perdiem.formats.bulk import names as n
from perdiem.formats.bulk.compiled import BAD, amount, code, find, inlined, part, strip, whole
from perdiem.formats.bulk.names import Parties, Rows

Array = Any


@inlined
def put(text: Array, column: int, row: int, bounds: tuple[int, int]) -> None:
    """Sets one text of a row."""
    text[0, column, row] = bounds[0]
    text[1, column, row] = bounds[1] - bounds[0]


@inlined
def spread(buf: Array, bounds: tuple[int, int], component: int, most: int, text: Array, column: int, row: int) -> int:
    """Sets the components of an element in columns one after another; gives where the last of ``most`` ends."""
    a, b = bounds
    stop = a
    for i in range(most):
        stop = find(buf, a, b, component)
        put(text, column + i, row, strip(buf, a, stop))
        if stop == b:
            break
        a = stop + 1
    return stop


@inlined
def begin_claim(buf: Array, cuts: Array, k: int, component: int, rows: Rows, at: Array, u: Array) -> bool:
    """CLM."""
    row, text = at[n.N_CLAIM], rows.claim_text
    if row + 1 >= rows.claim.shape[1]:
        return False
    for i in range(n.U_SIZE):
        u[i] = 0
    u[n.U_MODE], u[n.U_PLAIN], u[n.U_MARK] = n.IN_CLAIM, 1, at[n.N_OTHER]
    name, stated = part(buf, cuts, k, 1), part(buf, cuts, k, 2)
    u[n.U_CHARGE] = amount(buf, stated[0], stated[1], 2)
    if name[1] == name[0] or name[1] - name[0] > n.LONGEST_CLAIM_ID or u[n.U_CHARGE] < 0:
        return False
    for i in range(n.CLAIM_TEXTS):
        text[1, i, row] = 0
    put(text, n.C_ID, row, name)
    rows.claim[n.C_SEGMENT, row] = at[n.N_ORDINAL]
    if k >= 5:
        spread(buf, (cuts[5] + 1, cuts[6]), component, 3, text, n.C_PLACE, row)
    return True


@inlined
def in_claim(buf: Array, cuts: Array, k: int, name: int, component: int, rows: Rows, at: Array, u: Array) -> bool:
    """REF, HI, NM1 or SBR in the head of a claim."""
    row, text = at[n.N_CLAIM], rows.claim_text
    first = part(buf, cuts, k, 1)
    kind = code(buf, first[0], first[1])
    if name == n.HI:
        return _diagnoses(buf, cuts, k, component, rows, at)
    if name == n.REF:
        if kind == n.F8 and u[n.U_PLAIN]:
            put(text, n.C_ORIGINAL, row, part(buf, cuts, k, 2))
        elif kind == n.G1 and u[n.U_PLAIN]:
            put(text, n.C_PRIOR, row, part(buf, cuts, k, 2))
    elif name == n.NM1:
        u[n.U_PLAIN] = 0
        if kind == n.E82:
            put(text, n.C_RENDERING, row, part(buf, cuts, k, 9))
        elif kind == n.E77:
            put(text, n.C_FACILITY, row, part(buf, cuts, k, 3))
    else:
        u[n.U_MODE], u[n.U_MARK], u[n.U_OTHER_A], u[n.U_OTHER_B] = n.IN_PAYER, at[n.N_OTHER], 0, 0
    return True


@inlined
def _diagnoses(buf: Array, cuts: Array, k: int, component: int, rows: Rows, at: Array) -> bool:
    for i in range(1, k + 1):
        a, b = cuts[i] + 1, cuts[i + 1]
        stop = find(buf, a, b, component)
        kind = strip(buf, a, stop)
        kind_code = code(buf, kind[0], kind[1])
        if stop == b or not (kind_code == n.ABK or kind_code == n.ABF or kind_code == n.BK or kind_code == n.BF):
            continue
        value = strip(buf, stop + 1, find(buf, stop + 1, b, component))
        only_points = True
        for j in range(value[0], value[1]):
            only_points = only_points and buf[j] == 46
        if only_points:
            continue
        item = at[n.N_DIAGNOSIS]
        if item >= rows.diagnosis.shape[1]:
            return False
        rows.diagnosis[0, item], rows.diagnosis[1, item] = value[0], value[1] - value[0]
        at[n.N_DIAGNOSIS] = item + 1
    return True


@inlined
def in_payer(buf: Array, cuts: Array, k: int, name: int, rows: Rows, at: Array, u: Array) -> bool:
    """SBR, NM1, AMT or CAS of another payer of the claim."""
    if name == n.SBR:
        u[n.U_MARK], u[n.U_OTHER_A], u[n.U_OTHER_B] = at[n.N_OTHER], 0, 0
        return True
    if name != n.NM1:
        return stated(buf, cuts, k, name, rows, at, u)
    first = part(buf, cuts, k, 1)
    if code(buf, first[0], first[1]) == n.PR and u[n.U_OTHER_A] == u[n.U_OTHER_B]:
        payer = part(buf, cuts, k, 9)
        u[n.U_OTHER_A], u[n.U_OTHER_B] = payer
        for row in range(u[n.U_MARK], at[n.N_OTHER]):
            put(rows.other_text, n.O_PAYER, row, payer)
    return True


@inlined
def stated(buf: Array, cuts: Array, k: int, name: int, rows: Rows, at: Array, u: Array) -> bool:
    """AMT or CAS of the payer at hand."""
    first = part(buf, cuts, k, 1)
    if name == n.AMT:
        return first[0] == first[1] or add_stated(buf, cuts, k, 2, first, (n.NO_TEXT, n.NO_TEXT), rows, at, u)
    for i in range(2, 20, 3):
        reason = part(buf, cuts, k, i)
        if reason[1] > reason[0] and not add_stated(buf, cuts, k, i + 1, first, reason, rows, at, u):
            return False
    return True


@inlined
def add_stated(
    buf: Array, cuts: Array, k: int, i: int, kind: tuple[int, int], reason: tuple[int, int], rows: Rows, at: Array, u: Array
) -> bool:
    """The i-th element as an amount of the payer at hand."""
    row = at[n.N_OTHER]
    value = part(buf, cuts, k, i)
    cents = amount(buf, value[0], value[1], 2)
    if cents == BAD or row >= rows.other.shape[1]:
        return False
    put(rows.other_text, n.O_PAYER, row, (u[n.U_OTHER_A], u[n.U_OTHER_B]))
    put(rows.other_text, n.O_KIND, row, kind)
    put(rows.other_text, n.O_REASON, row, reason)
    rows.other[n.O_CLAIM_NO, row] = at[n.N_CLAIM_NO] + 1
    rows.other[n.O_LINE_NO, row] = u[n.U_OTHER_LINE]
    rows.other[n.O_AMOUNT, row] = cents
    rows.other[n.O_SEQUENCE, row] = at[n.N_SEQUENCE] + row
    at[n.N_OTHER] = row + 1
    return True


@inlined
def begin_line(buf: Array, cuts: Array, k: int, rows: Rows, at: Array, u: Array) -> bool:
    """LX with the next number of the claim."""
    if not end_line(rows, at, u):
        return False
    row = at[n.N_LINE]
    if row + 1 >= rows.line.shape[1]:
        return False
    u[n.U_MODE], u[n.U_LINE] = n.IN_LINE, 1
    u[n.U_OPENED] += 1
    u[n.U_SEGMENT] = u[n.U_DATED] = u[n.U_DRUGS] = u[n.U_PAID] = 0
    stated_number = part(buf, cuts, k, 1)
    number = whole(buf, stated_number[0], stated_number[1], 6)
    for i in range(n.LINE_TEXTS):
        rows.line_text[1, i, row] = 0
    rows.line[n.B_LX, row] = number
    rows.line[n.B_QUANTITY, row] = BAD
    return bool(number == u[n.U_OPENED])


@inlined
def end_line(rows: Rows, at: Array, u: Array) -> bool:
    """Keeps the line at hand, if there is one."""
    if not u[n.U_LINE]:
        return True
    u[n.U_LINE] = 0
    if not u[n.U_SEGMENT] or not u[n.U_DATED]:
        return False
    row = at[n.N_LINE]
    rows.line[n.B_NO, row] = at[n.N_LINE_NO] + 1
    rows.line[n.B_CLAIM_NO, row] = at[n.N_CLAIM_NO] + 1
    rows.line[n.B_SEGMENT, row] = u[n.U_SEGMENT]
    rows.pointer_end[row + 1] = at[n.N_POINTER]
    at[n.N_LINE] = row + 1
    at[n.N_LINE_NO] += 1
    return True


@inlined
def end_claim(rows: Rows, parties: Parties, at: Array, u: Array) -> bool:
    """Keeps the claim at hand with the parties in force."""
    number, party = parties.number, parties.text
    patient = number[n.LEVEL] == 23
    if not end_line(rows, at, u) or not u[n.U_SERVICES] or u[n.U_SUM] != u[n.U_CHARGE] or number[n.DOUBT]:
        return False
    if not party[1, n.SUBSCRIBER_NUMBER] or (patient and not number[n.PATIENT_NAMED]):
        return False
    if not party[1, n.PAYER_ID] and not party[1, n.PAYER_NAME]:
        return False
    row, text = at[n.N_CLAIM], rows.claim_text
    person = n.PATIENT_LAST if patient else n.SUBSCRIBER_LAST
    for half in range(2):
        text[half, n.C_PAYER_QUALIFIER, row] = party[half, n.PAYER_QUALIFIER]
        text[half, n.C_PAYER_ID, row] = party[half, n.PAYER_ID]
        text[half, n.C_PAYER_NAME, row] = party[half, n.PAYER_NAME]
        text[half, n.C_FILING, row] = party[half, n.FILING]
        text[half, n.C_MEMBER, row] = party[half, n.SUBSCRIBER_NUMBER]
        text[half, n.C_RELATION, row] = party[half, n.PATIENT_RELATION if patient else n.SUBSCRIBER_RELATION]
        text[half, n.C_LAST, row] = party[half, person]
        text[half, n.C_FIRST, row] = party[half, person + 1]
        text[half, n.C_SEX, row] = party[half, person + 3]
        text[half, n.C_NPI, row] = party[half, n.PROVIDER_NUMBER]
        text[half, n.C_TAXONOMY, row] = party[half, n.PROVIDER_TAXONOMY]
        text[half, n.C_BILLING_NAME, row] = party[half, n.PROVIDER_NAME]
        text[half, n.C_SET_NO, row] = party[half, n.SET_NO]
    at[n.N_CLAIM_NO] += 1
    rows.claim[n.C_NO, row] = at[n.N_CLAIM_NO]
    rows.claim[n.C_CHARGE, row] = u[n.U_CHARGE]
    rows.claim[n.C_BIRTH, row] = number[n.PATIENT_BIRTH] if patient else number[n.SUBSCRIBER_BIRTH]
    rows.diagnosis_end[row + 1] = at[n.N_DIAGNOSIS]
    at[n.N_CLAIM] = row + 1
    return True
