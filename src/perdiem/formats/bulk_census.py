"""The census of a window, compiled: claims, lines and cents counted from bytes alone, by nothing that the pass uses."""

from __future__ import annotations

from typing import Any

from perdiem.formats.bulk_numba import compiled

Array = Any
_LONGEST, _MOST_DIGITS = 40, 12


@compiled
def count(buf: Array, start: int, stop: int, element: int, end: int, noise: Array, state: Array) -> bool:
    """Adds to ``state``: whether a claim is open, claims, lines, cents; False where an amount is too great to add here."""
    pos = start
    while pos < stop:
        while pos < stop and noise[buf[pos]]:
            pos += 1
        name = pos
        while pos < stop and buf[pos] != element and buf[pos] != end:
            pos += 1
        length = pos - name
        first = buf[name] if length else 0
        second = buf[name + 1] if length > 1 else 0
        third = buf[name + 2] if length > 2 else 0
        if length == 3 and first == 83 and second == 86 and third == 49:  # SV1
            state[2] += state[0]
        elif length == 3 and first == 67 and second == 76 and third == 77:  # CLM
            state[0] = 1
            state[1] += 1
            while pos < stop and buf[pos] != end:
                pos += 1
                if pos < stop and buf[pos] == element:
                    break
            a = pos + 1
            if pos < stop and buf[pos] == element:
                pos = a
                while pos < stop and buf[pos] != element and buf[pos] != end:
                    pos += 1
                cents = _cents(buf, a, pos)
                if cents == -(1 << 62):
                    return False
                state[3] += cents
        elif (
            (length == 3 and first == 73 and ((second == 69 and third == 65) or (second == 83 and third == 65)))  # IEA, ISA
            or (length == 2 and first == 71 and (second == 83 or second == 69))  # GS, GE
            or (length == 2 and first == 83 and (second == 84 or second == 69))  # ST, SE
            or (length == 2 and first == 72 and second == 76)  # HL
        ):
            state[0] = 0
        while pos < stop and buf[pos] != end:
            pos += 1
        pos += 1
    return True


@compiled
def _cents(buf: Array, a: int, b: int) -> int:
    while a < b and buf[a] == 32:
        a += 1
    while a < b and buf[b - 1] == 32:
        b -= 1
    if b - a > _LONGEST:
        return 0
    sign = 1
    if a < b and buf[a] == 45:
        sign = -1
        a += 1
    value = digits = seen = 0
    while a < b and 48 <= buf[a] <= 57:
        value = value * 10 + int(buf[a]) - 48
        digits += value > 0
        seen += 1
        a += 1
        if digits > _MOST_DIGITS:
            return -(1 << 62)
    places = 0
    if a < b and buf[a] == 46:
        a += 1
        while a < b and places < 2 and 48 <= buf[a] <= 57:
            value = value * 10 + int(buf[a]) - 48
            places += 1
            a += 1
        seen += places
        while a < b and buf[a] == 48:
            a += 1
    if a < b or seen == 0:
        return 0
    while places < 2:
        value *= 10
        places += 1
    return sign * value
