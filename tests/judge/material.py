"""What generated claims are made of: codes by role, places, payers, providers."""

from __future__ import annotations

import random

HOME, DME, CLINIC = "3336H0001X", "332B00000X", "261QI0500X"


def npi(stem: str) -> str:
    """Nine digits and the check digit of an NPI."""
    total = 24
    for n, digit in enumerate(reversed(stem)):
        value = int(digit) * (2 if n % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return stem + str(-total % 10)


PROVIDERS = [
    (npi("123456789"), HOME),
    (npi("187654321"), HOME),
    (npi("155500011"), "251F00000X"),
    (npi("144400022"), DME),
    (npi("133300033"), CLINIC),
]
OURS = [
    {"name": "BLUE CROSS BLUE SHIELD OF TEXAS", "id": "84980"},
    {"name": "BCBSTX CLAIMS", "id": "84980"},
    {"name": "Blue Cross and Blue Shield of Texas", "id": "G84980"},
    {"name": "BLUE CROSS BLUE-SHIELD OF TEXAS", "id": "TXBLUE"},
]
OTHERS = [{"name": "AETNA", "id": "60054"}, {"name": "BLUE CROSS BLUE SHIELD OF ILLINOIS", "id": "00621"}]

# per diems of a family, and drugs that correspond
THERAPIES: dict[str, tuple[list[str], list[str]]] = {
    "anti-infective": (
        ["S9500", "S9501", "S9502", "S9503", "S9504", "S9497", "S9494"],
        ["J0690", "J0696", "J2185", "J0692", "J1335", "J0878", "J3370", "J2543", "J0561"],
    ),
    "pain": (["S9325", "S9326", "S9327", "S9328"], ["J2270", "J1171", "J1170", "J3010", "J2278"]),
    "chemotherapy": (["S9329", "S9330", "S9331"], ["J9190", "J9000", "J9039", "J9999"]),
    "immune globulin": (["S9338"], ["J1569", "J1459", "J1559", "J1561", "J1555"]),
    "clotting factor": (["S9345"], ["J7192", "J7185", "J7206"]),
    "alpha-1": (["S9346"], ["J0256", "J0257"]),
    "pulmonary hypertension": (["S9347"], ["J3285", "J1325"]),
    "inotropic": (["S9348"], ["J2260", "J1250"]),
    "tocolytic": (["S9349"], ["J3105"]),
    "antiemetic": (["S9351", "S9370"], ["J2405", "J2765", "J1626"]),
    "insulin": (["S9353"], ["J1817", "J1815"]),
    "chelation": (["S9355"], ["J0895"]),
    "enzyme": (["S9357"], ["J1786", "J0221"]),
    "anti-TNF": (["S9359"], ["J1745", "Q5103"]),
    "diuretic": (["S9361"], ["J1940"]),
    "antispasmodic": (["S9363"], ["J0475"]),
    "anticoagulant": (["S9336", "S9372"], ["J1644", "J1650"]),
    "corticosteroid": (["S9490"], ["J2919", "J1100", "J2930"]),
    "any": (["S9379"], ["J1756", "J0597", "J3380", "J0690", "J3490"]),
    "tpn": (["S9364", "S9365", "S9366", "S9367", "S9368"], ["B4197", "B4189", "B4185", "B5000", "J3480", "J7799"]),
    "enteral": (["S9340", "S9341", "S9342", "S9343"], ["B4150", "B4152", "B4154", "B4161", "B4102"]),
    "hydration": (["S9373", "S9374", "S9375", "S9376", "S9377"], ["J7030", "J7040", "J7050", "J7120", "J7060"]),
    "transfusion": (["S9538"], ["P9016", "P9035", "P9040"]),
    "catheter care": (["S5497", "S5498", "S5501", "S5502"], []),
    "dialysis": (["S9335", "S9339"], []),
    "irrigation": (["S9590"], []),
}
INFUSION = [f for f in THERAPIES if f not in ("tpn", "enteral", "hydration", "transfusion", "catheter care", "dialysis")]

NO_FAMILY = ["J1200", "J0171", "J1756", "J0597", "J7170"]
UNKNOWN_DRUG = ["J0997", "Q5999", "J7215", "S0199", "J7052", "J9998"]
UNCLASSIFIED = ["J3490", "J3590", "J7799", "J7999", "J9999", "C9399", "S5000", "S5001"]
SUPPLIES = ["A4206", "A4222", "A4223", "A4221", "A4230", "A4215", "A4300", "A4305", "A4306", "A9270", "A9274", "A9900"]
SUPPLIES += ["A9999", "K0552", "A8004", "A4320", "B4034", "B4081", "B4148", "B4220", "B4224", "B4105", "A4602", "A4217"]
EQUIPMENT = ["E0776", "E0779", "E0781", "E0784", "E0787", "E0791", "K0455", "B9002", "B9004", "B9006", "E0783"]
BATTERIES = ["K0601", "K0602", "K0605"]
FLUSHES = ["J1642", "A4216", "A4218"]
FLUIDS = ["J7030", "J7040", "J7042", "J7050", "J7060", "J7070", "J7100", "J7120", "J7121", "J7131"]
TPN_PARTS = ["B4164", "B4168", "B4172", "B4176", "B4180", "B4189", "B4193", "B4197", "B4199", "B4216", "A4217", "B4178"]
TPN_PARTS += [
    "B4185",
    "B4187",
    "B5000",
    "B5100",
    "B5200",
    "J3480",
    "J3475",
    "J0612",
    "J0613",
    "J3411",
    "J3430",
    "S0028",
]
PRODUCT_CODES = ["B4168", "B4176", "B4178", "B4185", "B4216", "B4189", "J3490", "J7799"]
ORAL = ["J8499", "J8540", "Q0162", "Q0181", "B4100", "J8501"]
INHALED = ["S9061", "J7605", "J7682", "J2545", "Q4074"]
HYALURONATE = ["J7318", "J7321", "J7329", "J7331", "J7332"]
TOPICAL = ["J7336", "J7308"]
INCIDENTAL = ["S9537", "S9542", "S9558", "S9559", "S9560", "S9562"]
INJECTABLE = [
    "J0885",
    "J1442",
    "J2941",
    "J9217",
    "90378",
    "J1559",
    "J1558",
    "J2510",
    "J3420",
    "J1815",
    "J7170",
    "J3250",
]
ASKED = ["S9563", "S9529", "S5517", "S5518", "S5520", "S5522", "S5523"]
MATERNITY = ["S9208", "S9209", "S9211", "S9213", "S9214"]
SERVICES = ["G0068", "G0069", "G0088", "G0090", "G0498", "S9810", "99601", "99602"]
ENDED = ["J1170", "J2920", "J2930", "J1840", "B9000", "J7356", "J1457", "J0610"]
UNKNOWN = ["A5055", "E1390", "T1999", "S9430", "A0425", "J0997", "97110", "P9999"]
STRANGERS = ["A0425", "97110", "J7330", "B4104", "E0607", "B9998", "B9999", "Q0084", "S0155", "J3420"]
RESIDENCES = ["13", "14", "16", "32", "33", "04", "34", "54", "55", "56"]
PLACES = ["11", "31", "49", "22", "21", "99", "20", "01", "24", "65", *RESIDENCES]


def units_of(rng: random.Random, days: int) -> int | float:
    """Per diem units: mostly one a day, sometimes short, beyond, none or half."""
    roll = rng.random()
    if roll < 0.74:
        return days
    if roll < 0.84:
        return max(1, days - rng.randint(1, 4))
    if roll < 0.94:
        return days + rng.randint(1, 6)
    if roll < 0.97:
        return 1
    return 0 if roll < 0.985 else days - 0.5
