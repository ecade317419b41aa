"""FHIR elements that change what is counted and are not understood: asked by name, or the order is set aside; nothing counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .files import as_json, coded, dosage, read, request

REPEAT = {
    "boundsPeriod": {"start": "2024-06-03", "end": "2024-06-09"}, "frequency": 1, "period": 8, "periodUnit": "h",
}  # fmt: skip
GRAMS = {"value": 2, "unit": "g"}


def repeated(**changes: Any) -> dict[str, Any]:
    return dosage(REPEAT | changes)


UNREAD: dict[str, tuple[dict[str, Any], str]] = {
    "twice on weekdays": (repeated(dayOfWeek=["mon", "thu"], frequency=2, period=1, periodUnit="d"), "dayOfWeek"),
    "every other week": (repeated(dayOfWeek=["mon"], period=2, periodUnit="wk"), "dayOfWeek"),
    "once a week on one of two": (repeated(dayOfWeek=["mon", "thu"], period=1, periodUnit="wk"), "dayOfWeek"),
    **{
        name: (repeated(**{name: 9}), f"repeat.{name}")
        for name in ("periodMax", "frequencyMax", "countMax", "durationMax", "offset")
    },
    "timeOfDay": (repeated(timeOfDay=["08:00:00"]), "repeat.timeOfDay"),
    "when": (repeated(when=["MORN"]), "repeat.when"),
    "boundsRange": (repeated(boundsRange={"high": {"value": 9, "code": "d"}}), "repeat.boundsRange"),
    "a key that nobody knows": (repeated(colour="red"), "repeat.colour"),
    "days of a duration": (repeated(duration=2, durationUnit="d"), "repeat.durationUnit"),
    "events": (dosage(timing={"repeat": REPEAT, "event": ["2024-06-03"]}), "timing.event"),
    "comparator": (dosage(doseAndRate=[{"doseQuantity": GRAMS | {"comparator": "<"}}]), "doseQuantity.comparator"),
    "doseRange": (dosage(doseAndRate=[{"doseRange": {"low": GRAMS}}]), "doseAndRate.doseRange"),
    "rateRange": (dosage(doseAndRate=[{"doseQuantity": GRAMS, "rateRange": {"low": GRAMS}}]), "doseAndRate.rateRange"),
    "most a day": (dosage(maxDosePerPeriod=[{}]), "dosage.maxDosePerPeriod"),
    "an instruction beside": (dosage(additionalInstruction=[{"text": "every other week"}]), "dosage.additionalInstruction"),
    "other interval in words": (dosage(text="2 g IV every 12 hours"), "the words say every 12 hours, the fields say every 8 hours"),
    "other dose in words": (dosage(text="cefazolin 1 g IV q8h"), "the words say 1 g, the fields say 2 g"),
    "other days in words": (dosage(text="2 g q8h for 10 days"), "the words say 10, the fields say 7"),
    "words not understood": (dosage(text="2 g q8h, hold if fever"), "not all understood"),
}


@pytest.mark.parametrize("name", UNREAD)
def test_it_is_asked_and_nothing_is_counted(name: str, tmp_path: Path) -> None:
    said, asked = UNREAD[name]
    found = coded(as_json(tmp_path, request(dosageInstruction=[said])))
    assert found.lines
    assert all(line.units is None for line in found.lines)
    assert [question.asks for question in found.questions if question.about == "dosage" and asked in question.asks]


@pytest.mark.parametrize(
    "text", ["2 g IV every 8 hours", "Cefazolin 2,000 mg TID x 7 days", "Infuse 2 g three times a day for 1 week"]
)
def test_words_that_say_the_same_change_nothing(text: str, tmp_path: Path) -> None:
    found = coded(as_json(tmp_path, request(dosageInstruction=[dosage(text=text)])))
    assert [(line.code, line.units) for line in found.lines] == [("S9502", 7), ("J0690", 84)]
    assert "dosage" not in {question.about for question in found.questions}


MODIFIER = {"modifierExtension": [{"url": "urn:not", "valueBoolean": True}]}


@pytest.mark.parametrize(
    "changes",
    [
        MODIFIER,
        {"implicitRules": "urn:rules"},
        {"dosageInstruction": [dosage(**MODIFIER)]},
        {"dosageInstruction": [dosage(timing={"repeat": REPEAT, **MODIFIER})]},
        {"dispenseRequest": MODIFIER},
    ],
)
def test_what_may_turn_the_meaning_round_sets_the_order_aside(changes: dict[str, Any], tmp_path: Path) -> None:
    written, aside = read(as_json(tmp_path, request(**changes)))
    assert not written
    assert "modifierExtension" in aside[0].reason


def test_a_modified_medication_sets_the_order_aside(tmp_path: Path) -> None:
    named = {"resourceType": "Medication", "id": "m", "code": {"text": "cefazolin"}, **MODIFIER}
    by_reference = request(medicationCodeableConcept=None, medicationReference={"reference": "Medication/m"})
    bundle = {"resourceType": "Bundle", "entry": [{"resource": named}, {"resource": by_reference}]}
    assert "of its medication" in read(as_json(tmp_path, bundle))[1][0].reason


def test_minutes_of_a_dose_are_hours(tmp_path: Path) -> None:
    written, _ = read(as_json(tmp_path, request(dosageInstruction=[repeated(duration=90, durationUnit="min")])))
    assert written[0].fields["over"] == "1.5"
