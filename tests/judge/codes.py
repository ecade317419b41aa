"""The code lists of rulings part A, written out from the rulings' own words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Codes:
    """A list of single codes and closed ranges; a code is in it by plain text order."""

    singles: frozenset[str]
    ranges: tuple[tuple[str, str], ...]

    def __contains__(self, code: object) -> bool:
        if not isinstance(code, str):
            return False
        return code in self.singles or any(len(code) == 5 and a <= code <= b for a, b in self.ranges)


def codes(text: str) -> Codes:
    singles, ranges = set(), []
    for word in text.split():
        first, _, last = word.partition("..")
        if last:
            ranges.append((first, last))
        else:
            singles.add(first)
    return Codes(frozenset(singles), tuple(ranges))


# A3, then A2 "as they exist, less A3, less S9529 and S9563"
INCIDENTAL = codes("S9537 S9542 S9558 S9559 S9560 S9562")
PER_DIEM = codes(
    "S5497 S5498 S5501 S5502 "
    "S9325 S9326 S9327 S9328 S9329 S9330 S9331 S9335 S9336 S9338 S9339 S9340 S9341 S9342 S9343 S9345 S9346 S9347 "
    "S9348 S9349 S9351 S9353 S9355 S9357 S9359 S9361 S9363 S9364 S9365 S9366 S9367 S9368 S9370 S9372 S9373 S9374 "
    "S9375 S9376 S9377 S9379 "
    "S9490 S9494 S9497 S9500 S9501 S9502 S9503 S9504 S9538 S9590"
)
INJECTED_IMMUNOTHERAPY = "S9563"
MATERNITY = codes("S9208 S9209 S9211 S9212 S9213 S9214")
AEROSOL = "S9061"
PENDING_BY_A2 = codes("S5517 S5518 S5520 S5521 S5522 S5523 S9529 S9563")
OFFICE_CHEMO = "G0498"
VISIT, VISIT_HOUR = "99601", "99602"

# Scope: "A2's codes, S5517-S5523, S9061, S9208-S9214, S9563, S9810, 99601, 99602, G0068-..., G0498"
HOME_INFUSION_BESIDE_A2 = codes(
    "S5517 S5518 S5520 S5521 S5522 S5523 S9061 S9208 S9209 S9211 S9212 S9213 S9214 S9563 S9810 99601 99602 "
    "G0068 G0069 G0070 G0088 G0089 G0090 G0498"
)

# A6 and A7
NEVER_A_DRUG = codes("J1642 A4216 A4217 A4218")
UNCLASSIFIED = codes("J3490 J3590 J7799 J7999 J9999 C9399 S5000 S5001")
DISPENSED = codes("S5000 S5001")
IV_FLUID = codes("J7030..J7131")
PARENTERAL = codes("B4164..B4216 B5000..B5200")  # holds the lipids B4185, B4187; the kits B4220.. lie outside
FORMULA = codes("B4102 B4103 B4149..B4162")
BLOOD = codes("P9010..P9099")
TPN = codes("S9364 S9365 S9366 S9367 S9368")
ENTERAL = codes("S9340 S9341 S9342 S9343")
HYDRATION = codes("S9373 S9374 S9375 S9376 S9377")
TRANSFUSION = "S9538"
CATHETER_CARE = codes("S5497 S5498 S5501 S5502")
NO_DRUG_TO_ASK = codes("S5497 S5498 S5501 S5502 S9335 S9339 S9590")
ANY_DRUG = "S9379"
INTERVAL_STATED = codes("S9497 S9500 S9501 S9502 S9503 S9504 S9326 S9330")

# A8 to A11
INCLUDED = codes(
    "A4206..A8004 A4300 A4301 A4305 A4306 A9270 A9274 A9900 A9999 E0776 E0779..E0787 E0791 J1642 K0455 K0552 "
    "B4034..B4036 B4081..B4088 B4105 B4148 B4220..B4224 B9002..B9006"
)
OWNED_BATTERY = codes("K0601..K0605")
FLUSH = codes("J1642 A4216 A4218")
EQUIPMENT = codes("E0776 E0779..E0787 E0791 K0455 B9002..B9006")
DEPENDENT_FLUID = codes("J7030..J7060")
LATER_FLUID = codes("J7070..J7131")

# A12: who loses, to whom
ANY_PER_DIEM_BESIDE_A2 = codes("S9563 S9061 S9208 S9209 S9211 S9212 S9213 S9214")
LOSES_TO: tuple[tuple[str, str], ...] = (
    ("S9329", "S9330 S9331"),
    ("S9364", "S9365 S9366 S9367 S9368"),
    ("S9373", "S9374 S9375 S9376 S9377"),
    ("S9494", "S9497 S9500 S9501 S9502 S9503 S9504"),
    ("S9325", "S9326 S9327 S9328"),
)
LOSES_TO_ANY = codes("S9810 S9208 S9209 S9211 S9212 S9213 S9214")

# A13: "A2 less S5497-S5502, S9335, S9339, S9370, S9372, S9538, S9590"
NO_THERAPY = codes("S5497 S5498 S5501 S5502 S9335 S9339 S9370 S9372 S9538 S9590")

# A15, A16
NOT_A_FACTOR = codes("J7196 J7197")
ORAL = codes("J8499..J8999 Q0161..Q0181 B4100")
INHALED = codes("S9061 J7602..J7699 J2545 Q4074")
HYALURONATE = codes("J7318 J7320..J7329 J7331 J7332")

# A18
TPN_INCLUDED = codes("B4164 B4168 B4172 B4176 B4180 B4189 B4193 B4197 B4199 B4216 A4217")
TPN_ASKS = codes("B4178")
TPN_SEPARATE = codes("B4185 B4187 B5000 B5100 B5200")
ELECTROLYTE = codes("J3480 J3475 J0612 J0613")


def per_diem(code: str) -> bool:
    return code in PER_DIEM


def by_the_day(code: str) -> bool:
    """Lines that are judged and paid by the day."""
    return code in PER_DIEM or code in ANY_PER_DIEM_BESIDE_A2


def home_infusion(code: str) -> bool:
    return code in PER_DIEM or code in HOME_INFUSION_BESIDE_A2


def therapy(code: str) -> bool:
    return code in PER_DIEM and code not in NO_THERAPY
