"""Home therapies as they are billed by the week: per diem, drug, doses and diagnoses; amounts are made up."""

from __future__ import annotations

from typing import NamedTuple

DAILY = (0, 1, 2, 3, 4, 5, 6)


class Therapy(NamedTuple):
    """One therapy: ``days`` of infusion after Monday, ``doses`` in drug units a day, amounts in cents."""

    family: str
    per_diem: str
    per_diem_cents: int
    drug: str
    drug_cents: int
    doses: tuple[int, ...]
    days: tuple[int, ...]
    diagnoses: tuple[str, ...]
    ndc: str = ""
    modifier: str = ""


INFUSIONS: tuple[tuple[int, Therapy], ...] = (  # with how often each is met
    (14, Therapy("anti-infective", "S9500", 9800, "J0696", 420, (4, 8), DAILY, ("A419", "M86171"), "70001010101", "JZ")),
    (10, Therapy("anti-infective", "S9501", 11800, "J0692", 510, (4, 8), DAILY, ("J159",), "70001010201", "JZ")),
    (12, Therapy("anti-infective", "S9502", 13250, "J0690", 285, (12,), DAILY, ("M86171", "L03115"), "70001010301", "JZ")),
    (8, Therapy("anti-infective", "S9502", 13250, "J2185", 310, (30, 60), DAILY, ("A4152",), "70001010401")),
    (5, Therapy("anti-infective", "S9503", 14900, "J2543", 640, (12, 16), DAILY, ("K651",), "70001010501", "JZ")),
    (3, Therapy("anti-infective", "S9504", 16800, "J2540", 330, (24, 40), DAILY, ("A5217",), "70001010601")),
    (8, Therapy("anti-infective", "S9500", 9800, "J0878", 95, (350, 500, 700), DAILY, ("I330", "B9562"), "70001010701", "JZ")),
    (7, Therapy("anti-infective", "S9501", 11800, "J3370", 450, (4, 6), DAILY, ("B9562", "M00061"), "70001010801")),
    (6, Therapy("immune globulin", "S9338", 14000, "J1569", 4475, (60, 80), (2,), ("G6181",), "70001020101", "JZ")),
    (3, Therapy("immune globulin", "S9338", 14000, "J1561", 4310, (50, 70), (1, 2), ("D801",), "70001020201", "JZ")),
    (4, Therapy("inotropic", "S9348", 15500, "J2260", 890, (10, 14), DAILY, ("I5022",), "70001030101")),
    (3, Therapy("pain", "S9326", 12600, "J2270", 610, (6, 10), DAILY, ("G893", "C7951"), "70001040101")),
    (3, Therapy("chemotherapy", "S9330", 16200, "J9190", 275, (2, 4), (0, 1, 2, 3, 4), ("C189",), "70001050101")),
    (3, Therapy("antiemetic", "S9351", 9100, "J2405", 55, (8, 16), DAILY, ("O210",), "70001060101", "JZ")),
    (2, Therapy("alpha-1", "S9346", 13900, "J0256", 520, (420, 480), (3,), ("E8801",), "70001070101", "JZ")),
    (2, Therapy("enzyme", "S9357", 15000, "J1786", 4000, (240, 320), (0,), ("E7522",), "70001080101", "JZ")),
    (2, Therapy("pulmonary hypertension", "S9347", 16900, "J3285", 6120, (18, 25), DAILY, ("I270",), "70001090101")),
    (2, Therapy("diuretic", "S9361", 8700, "J1940", 120, (4, 8), (0, 2, 4), ("I5033",), "70001100101")),
    (2, Therapy("corticosteroid", "S9490", 8900, "J2919", 35, (200,), (0, 1, 2), ("G35",), "70001110101", "JZ")),
    (1, Therapy("chelation", "S9355", 9900, "J0895", 940, (4,), (0, 1, 2, 3, 4), ("D571",), "70001120101")),
)
NUTRITION = (
    Therapy("tpn", "S9365", 24000, "B4185", 980, (5, 10), DAILY, ("K9129",)),
    Therapy("tpn", "S9366", 25000, "B4185", 980, (5, 10), DAILY, ("E43", "K9589")),
    Therapy("tpn", "S9367", 27500, "B4185", 980, (10,), DAILY, ("K5660",)),
)
FLUIDS = (
    Therapy("hydration", "S9374", 8300, "J7120", 640, (1,), DAILY, ("O210",)),
    Therapy("hydration", "S9374", 8300, "J7030", 510, (1,), (0, 2, 4), ("E860",)),
    Therapy("hydration", "S9375", 9700, "J7120", 640, (2,), (0, 1, 2, 3, 4), ("K9120", "E860")),
)
FORMULAS = (
    Therapy("enteral", "S9342", 4100, "B4150", 70, (15, 18), DAILY, ("R1310", "Z931")),
    Therapy("enteral", "S9341", 3600, "B4152", 75, (12, 15), DAILY, ("C154",)),
    Therapy("enteral", "S9343", 3300, "B4154", 120, (15,), DAILY, ("K3184",)),
)
BESIDE = tuple(therapy for _, therapy in INFUSIONS if therapy.days == DAILY)
"""Therapies that are met beside another one of another family."""
