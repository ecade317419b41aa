"""The code lists of rulings part B, written out from the rulings' own words; what a drug line is stays A6's."""

from __future__ import annotations

from . import book
from . import codes as c
from .codes import codes

# B1, B2, B3
GENERAL_PUMP = codes("E0779 E0780 E0781 E0791 K0455")
INSULIN_PUMP = codes("E0784 E0787")
UNINTERRUPTED = "K0455"
EXTERNAL_PUMP = codes("E0779 E0780 E0781 E0791 K0455 E0784 E0787")
PUMP = codes("E0779..E0787 E0791 K0455")  # B9's list, the implanted ones too
GENERAL_SUPPLY = codes("A4221 A4222 K0552")
INSULIN_SUPPLY = codes("A4224 A4225")
NO_PUMP_SUPPLY = "A4223"
CASSETTE = "A4222"
# B4, B5, B7, B8
FLUID = c.IV_FLUID
SOLUTION_OR_DILUENT = codes("J7030..J7131 A4216 A4217 A4218")
WEEKLY = codes("A4221 A4224")
INSIDE_A4224 = codes("A4230 A4231 A4232")
DISPOSABLE = codes("A4305 A4306 A9274")
# B9, B11
SUPPLY = codes("A4221..A4226 K0552 K0601..K0605")
BATTERY = c.OWNED_BATTERY
NEEDS_K0455 = codes("J1325 J3285")
COVERAGE = {"KX", "GA", "GZ", "GY"}


def drug_line(code: str) -> bool:
    """A6's, the infusion solutions with it."""
    return book.drug_line(code)


NO_SINGLE_DOSE = {"solution", "parenteral", "lipid", "formula", "oral nutrition", "blood", "oral drug", "topical drug"}


def single_dose(code: str) -> bool:
    """B10's drugs: drug lines that may come in a vial."""
    return drug_line(code) and book.fact(code).kind not in NO_SINGLE_DOSE


NUTRITION = {"parenteral", "lipid", "formula", "oral nutrition"}
OTHER_BENEFIT = NUTRITION | {"blood", "oral drug", "topical drug", "inhaled drug", "hyaluronate"}


def in_scope(code: str) -> bool:
    """A line that brings its claim under part B."""
    listed = code in PUMP or code in SUPPLY or code in DISPOSABLE or code in INSIDE_A4224 or code in FLUID
    return listed or (drug_line(code) and book.is_known(code) and book.fact(code).kind not in OTHER_BENEFIT)
