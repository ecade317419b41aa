"""Identifiers: what the characters of an NPI, a taxonomy, an NDC or a diagnosis code show by themselves.

No list is asked here. A value is ``""`` (sound), ``malformed``, or ``ambiguous`` where it can be read in more than one way;
nothing is mended by a guess.
"""

from __future__ import annotations

import re

SOUND, MALFORMED, AMBIGUOUS = "", "malformed", "ambiguous"

_NPI_PREFIX = "80840"  # ISO 7812: health (80) and the United States (840); it stands before an NPI when its digits are summed
_NDC_LENGTHS = {(4, 4, 2), (5, 3, 2), (5, 4, 1), (5, 4, 2)}
_TAXONOMY = re.compile(r"[0-9]{2}[0-9A-Z]{7}X")
_DIAGNOSIS = re.compile(r"[A-Z][0-9][0-9AB](\.?[0-9A-Z]{1,4})?")
_PLACE = re.compile(r"[0-9]{2}")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")


def npi(value: str) -> str:
    """Outcome of an NPI: ten digits, the first 1 or 2, the last the check digit of the Luhn sum with the prefix 80840."""
    if not (len(value) == 10 and value.isascii() and value.isdigit() and value[0] in "12"):
        return MALFORMED
    digits = [int(c) for c in reversed(_NPI_PREFIX + value)]
    return MALFORMED if (sum(digits[::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])) % 10 else SOUND


def taxonomy(value: str) -> str:
    """Outcome of a provider taxonomy code: ten characters, two digits first, an X last."""
    return SOUND if _TAXONOMY.fullmatch(value) else MALFORMED


def diagnosis(value: str) -> str:
    """Outcome of an ICD-10-CM code by its shape: letter, digit, digit or A or B, then up to four more, with or without a point."""
    return SOUND if _DIAGNOSIS.fullmatch(value) else MALFORMED


def place(value: str) -> str:
    """Outcome of a place of service: two digits."""
    return SOUND if _PLACE.fullmatch(value) else MALFORMED


def modifier(value: str) -> str:
    """Outcome of a modifier: two letters or digits."""
    return SOUND if _MODIFIER.fullmatch(value) else MALFORMED


def ndc(value: str) -> str:
    """Outcome of an NDC as billed: eleven digits, or hyphens that show where a zero is missing; ten bare digits are ambiguous."""
    return read_ndc(value)[1]


def read_ndc(value: str) -> tuple[str, str]:
    """An NDC as eleven digits (5-4-2), empty where they cannot be told, and its outcome.

    4-4-2, 5-3-2 and 5-4-1 with hyphens get their zero in the part that is short. Ten digits without hyphens may be any of
    the three and stay as they are.
    """
    parts = value.strip().split("-")
    if not all(part.isascii() and part.isdigit() for part in parts):
        return "", MALFORMED
    if len(parts) == 1:
        length = len(parts[0])
        return (parts[0], SOUND) if length == 11 else ("", AMBIGUOUS if length == 10 else MALFORMED)
    if tuple(map(len, parts)) not in _NDC_LENGTHS:
        return "", MALFORMED
    return parts[0].zfill(5) + parts[1].zfill(4) + parts[2].zfill(2), SOUND


SHAPES = {
    "billing_npi": npi,
    "rendering_npi": npi,
    "billing_taxonomy": taxonomy,
    "ndc": ndc,
    "diagnosis": diagnosis,
    "modifier": modifier,
    "place": place,
}
"""The fields of a claim whose values have a shape, and the function that tells it."""
