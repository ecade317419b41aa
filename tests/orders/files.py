"""Files of orders as the tests write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from perdiem.coding.order import order
from perdiem.formats.orders.read import read_orders
from perdiem.model.order import Coded, SetAside, Written

HEADER = "order,member,drug,dose,every,from,days"
GOOD = "1,M1,ceftriaxone,2 g,24h,2024-06-03,7"


def write(folder: Path, text: str | bytes, name: str = "orders.csv") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def read(path: Path) -> tuple[list[Written], list[SetAside]]:
    """What a file holds, and what of it was set aside by its reader or by the fields."""
    found = list(read_orders([path]))
    written = [one for one in found if isinstance(one, Written)]
    return written, [one for one in found if isinstance(one, SetAside)] + list(order(written).set_aside)


def coded(path: Path) -> Coded:
    """A file's orders coded, of which none may be set aside."""
    written, aside = read(path)
    assert not aside, aside
    return order(written)


def request(**changes: Any) -> dict[str, Any]:
    """A MedicationRequest for seven days of cefazolin; a change to None takes an element away."""
    made = {
        "resourceType": "MedicationRequest",
        "id": "rx1",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "cefazolin"},
        "subject": {"reference": "Patient/M1"},
        "dosageInstruction": [dosage()],
    }
    return {name: value for name, value in (made | changes).items() if value is not None}


def dosage(repeat: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Its dosage: 2 g every 8 hours by vein from a Monday for seven days."""
    bounds = {"boundsPeriod": {"start": "2024-06-03", "end": "2024-06-09"}}
    made = {
        "timing": {"repeat": repeat or {**bounds, "frequency": 1, "period": 8, "periodUnit": "h"}},
        "route": {"text": "IV"},
        "doseAndRate": [{"doseQuantity": {"value": 2, "unit": "g"}}],
    }
    return {name: value for name, value in (made | changes).items() if value is not None}


def as_json(folder: Path, value: Any, name: str = "orders.json") -> Path:
    """A file of JSON."""
    return write(folder, json.dumps(value), name)
