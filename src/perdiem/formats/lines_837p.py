"""Writes the service lines of a claim as loops 2400 and 2410 of an 837P.

Source: ASC X12N 005010X222A1, loops 2400 and 2410.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perdiem.formats.envelope_837p import Segments, amount, day
from perdiem.formats.unwritable import Unwritable
from perdiem.model.schema import MODIFIERS

_LONGEST_NOTE, _LONGEST_CODE = 80, 48
_QUALIFIERS = frozenset(("ER", "HC", "IV", "WK"))
_POINTERS = frozenset(str(number) for number in range(1, 13))
_BASES = frozenset(("MJ", "UN"))
_DRUG_UNITS = frozenset(("F2", "GR", "ME", "ML", "UN"))


def write_line(out: Segments, number: int, line: Mapping[str, Any], faults: Unwritable) -> None:
    """One line: LX, SV1, its days, control number, note, and the drug."""
    out.add("LX", number)
    place = faults.fit(line["place"], "place", 2)
    basis, pointers = faults.among(line["unit_basis"] or "UN", "unit_basis", _BASES), line["pointers"] or ["1"]
    if len(pointers) > 4 or not set(pointers) <= _POINTERS:
        faults.add("has a pointer that is no number from 1 to 12, or more than four")
    faults.among(line["qualifier"], "qualifier", _QUALIFIERS)
    faults.fit(line["code"], "code", _LONGEST_CODE)
    faults.fit(line["description"], "description", _LONGEST_NOTE)
    out.add("SV1", procedure(out, line), amount(line["charge"]), basis, amount(line["units"]), place, None, out.composite(pointers))
    first, last = day(line["from_date"]), day(line["to_date"])
    if first == last:
        out.add("DTP", "472", "D8", first)
    else:
        out.add("DTP", "472", "RD8", f"{first}-{last}")
    if line["control"]:
        out.add("REF", "6R", faults.fit(line["control"], "control", 50))
    if line["note"]:
        out.add("NTE", "ADD", faults.fit(line["note"], "note", _LONGEST_NOTE))
    _drug(out, line, faults)


def procedure(out: Segments, line: Mapping[str, Any]) -> str:
    """The composite of SV101 and SVD03: qualifier, code, modifiers, description."""
    return out.composite([line["qualifier"] or "HC", line["code"], *(line[m] for m in MODIFIERS), line["description"]])


def _drug(out: Segments, line: Mapping[str, Any], faults: Unwritable) -> None:
    quantity, unit = line["ndc_quantity"], line["ndc_unit"]
    if not line["ndc"]:
        if line["prescription"] or unit or quantity is not None:
            faults.add("has a prescription or a drug quantity on a line without ndc")
        return
    out.add("LIN", None, "N4", faults.fit(line["ndc"], "ndc", 48))
    faults.need(quantity, "ndc_quantity")
    faults.among(faults.need(unit, "ndc_unit"), "ndc_unit", _DRUG_UNITS)
    if quantity is not None:
        out.add("CTP", None, None, None, amount(quantity), unit)
    if line["prescription"]:
        out.add("REF", "XZ", faults.fit(line["prescription"], "prescription", 50))
