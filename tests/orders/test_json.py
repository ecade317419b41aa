"""Orders as JSON and as FHIR: what is read, and at least ten bad inputs of each with what is said of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from perdiem.model.errors import FormatError

from .files import as_json, coded, dosage, read, request, write

GOOD = {"drug": "cefazolin", "dose": "2 g", "every": "8h", "from": "2024-06-03", "days": 7}
CODED = [("S9502", 7), ("J0690", 84)]


def units(path: Path) -> list[tuple[str, int | None]]:
    return [(line.code, None if line.units is None else int(line.units)) for line in coded(path).lines]


@pytest.mark.parametrize("value", [GOOD, [GOOD], {"orders": [GOOD]}, {**GOOD, "Frequency": "q8h", "every": None}])
def test_plain_json(value: Any, tmp_path: Path) -> None:
    if isinstance(value, dict) and "Frequency" in value:
        value = {name: one for name, one in value.items() if one is not None}
    assert units(as_json(tmp_path, value)) == CODED


def test_json_lines_and_lists(tmp_path: Path) -> None:
    text = json.dumps(GOOD) + "\n\n" + json.dumps({**GOOD, "member": "M2", "vials": ["1 g", "500 mg"]}) + "\n"
    assert units(write(tmp_path, text, "orders.ndjson")) == [*CODED, ("S9502", 7), ("J0690", 84)]


BAD_JSON: dict[str, tuple[Any, str]] = {
    "unknown name": ({**GOOD, "colour": "red"}, "'colour' is no field"),
    "one field twice": ({**GOOD, "medication": "b"}, "both mean drug"),
    "an object as value": ({**GOOD, "dose": {"value": 2}}, "neither text nor a number"),
    "a list in a list": ({**GOOD, "vials": [["1 g"], {"a": 1}]}, "neither text nor a number"),
    "no object": ("cefazolin", "no JSON object"),
    "a number": (7, "no JSON object"),
    "nothing": (None, "no JSON object"),
    "no drug": ({"dose": "2 g"}, "no drug is named"),
    "a dose without unit": ({**GOOD, "dose": 2}, "the dose is no amount"),
    "another resource": ({"resourceType": "Patient"}, "no MedicationRequest"),
    "days of half": ({**GOOD, "days": 2.5}, "days is no whole number"),
}


@pytest.mark.parametrize("name", BAD_JSON)
def test_a_bad_object_is_set_aside_and_the_others_go_on(name: str, tmp_path: Path) -> None:
    value, said = BAD_JSON[name]
    _, aside = read(as_json(tmp_path, [GOOD, value, GOOD]))
    assert [(one.source, one.row) for one in aside] == [("orders.json", 2)]
    assert said in aside[0].reason


BAD_FILES = {
    "cut off": '[{"drug": "cefazolin"',
    "a name twice": '{"drug": "a", "drug": "b"}',
    "no number": '{"drug": "a", "days": NaN}',
    "empty list": "[]",
    "deep": "[" * 100_000,
    "not UTF-8": b'{"drug": "caf\xe9"}',
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_no_json(name: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError) as error:
        read(write(tmp_path, BAD_FILES[name], "orders.json"))
    assert error.value.do


def test_a_bad_line_of_json_lines_is_set_aside(tmp_path: Path) -> None:
    written, aside = read(write(tmp_path, json.dumps(GOOD) + "\n{broken\n" + json.dumps(GOOD), "orders.ndjson"))
    assert (len(written), [one.row for one in aside]) == (2, [2])


def test_fhir(tmp_path: Path) -> None:
    assert units(as_json(tmp_path, request())) == CODED
    found = coded(as_json(tmp_path, request()))
    assert (found.orders[0].order_id, found.orders[0].member_id) == ("rx1", "M1")


WEEK = {"boundsPeriod": {"start": "2024-06-03", "end": "2024-06-09"}}
EVERY_8 = {"frequency": 1, "period": 8, "periodUnit": "h"}


def dosed(**repeat: Any) -> dict[str, Any]:
    return {"dosageInstruction": [dosage(repeat)]}


FHIR: dict[str, tuple[dict[str, Any], list[tuple[str, int | None]]]] = {
    "a HCPCS coding": (
        {"medicationCodeableConcept": {"coding": [{"system": "urn:oid:2.16.840.1.113883.6.285", "code": "J0696"}]}},
        [("S9502", 7), ("J0696", 168)],
    ),
    "a display": ({"medicationCodeableConcept": {"coding": [{"display": "Cefazolin"}]}}, CODED),
    "contained": (
        {
            "medicationCodeableConcept": None, "medicationReference": {"reference": "#m"},
            "contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "cefazolin"}}],
        },
        CODED,
    ),
    "R5": ({"medicationCodeableConcept": None, "medication": {"concept": {"text": "cefazolin"}}}, CODED),
    "times a day": (dosed(**WEEK, frequency=3, period=1, periodUnit="d"), CODED),
    "weekdays": (
        dosed(boundsPeriod={"start": "2024-06-03", "end": "2024-06-03"}, dayOfWeek=["mon", "wed"]),
        [("S9494", 1), ("J0690", 4)],
    ),
    "a duration without a first day": (dosed(boundsDuration={"value": 1, "code": "wk"}, **EVERY_8), [("S9502", None)]),
    "validity is no course": (
        {"dispenseRequest": {"validityPeriod": WEEK["boundsPeriod"]}, **dosed(**EVERY_8)},
        [("S9502", None)],
    ),
    "supply is no course": (
        {
            "dispenseRequest": {"expectedSupplyDuration": {"value": 7, "code": "d"}},
            **dosed(boundsPeriod={"start": "2024-06-03"}, **EVERY_8),
        },
        [("S9502", None)],
    ),
    "a dose on each of the weekdays": (
        dosed(**WEEK, dayOfWeek=["mon", "thu"], frequency=1, period=1, periodUnit="d"),
        [("S9494", 1), ("S9494", 1), ("J0690", 4), ("J0690", 4)],
    ),
    "as many a week as weekdays": (
        dosed(**WEEK, dayOfWeek=["mon", "thu"], frequency=2, period=1, periodUnit="wk"),
        [("S9494", 1), ("S9494", 1), ("J0690", 4), ("J0690", 4)],
    ),
    "a code of timing": ({"dosageInstruction": [dosage(timing={"code": {"text": "TID"}, "repeat": WEEK})]}, CODED),
    "three times a week is no interval": (
        dosed(**WEEK, frequency=3, period=1, periodUnit="wk"),
        [("S9494", None), ("J0690", None)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FHIR)
def test_fhir_shapes(name: str, tmp_path: Path) -> None:
    changes, expected = FHIR[name]
    assert units(as_json(tmp_path, request(**changes))) == expected


def test_a_bundle_with_its_medications(tmp_path: Path) -> None:
    named = {"resourceType": "Medication", "id": "m", "code": {"text": "cefazolin"}}
    by_reference = request(medicationCodeableConcept=None, medicationReference={"reference": "Medication/m"})
    bundle = {
        "resourceType": "Bundle",
        "entry": [{"resource": named}, {"resource": by_reference}, {"resource": request(status="stopped")}],
    }
    written, aside = read(as_json(tmp_path, bundle))
    assert [one.fields["drug"] for one in written] == ["cefazolin"]
    assert [one.row for one in aside] == [2]


BAD_FHIR: dict[str, tuple[dict[str, Any], str]] = {
    "cancelled": ({"status": "cancelled"}, "its status says"),
    "a plan": ({"intent": "plan"}, "it is no order"),
    "not to be done": ({"doNotPerform": True}, "it is no order"),
    "no dosage": ({"dosageInstruction": []}, "no dosage instruction"),
    "several dosages": ({"dosageInstruction": [dosage(), dosage()]}, "several dosage instructions"),
    "as needed": ({"dosageInstruction": [dosage(asNeededBoolean=True)]}, "as needed"),
    "several doses": ({"dosageInstruction": [dosage(doseAndRate=[{}, {}])]}, "several doses"),
    "elsewhere": ({"medicationCodeableConcept": None, "medicationReference": {"reference": "Medication/x"}}, "named elsewhere"),
    "no name": ({"medicationCodeableConcept": {"coding": [{"system": "x", "code": "1"}]}}, "no text, no display"),
    "wrong type": ({"dosageInstruction": [dosage(route="IV")]}, "not of the type"),
    "dose without value": ({"dosageInstruction": [dosage(doseAndRate=[{"doseQuantity": {"unit": "g"}}])]}, "not of the type"),
    "unknown route": ({"dosageInstruction": [dosage(route={"text": "by mouthpiece"})]}, "the route is none"),
    "odd unit": (
        {"dosageInstruction": [dosage(doseAndRate=[{"doseQuantity": {"value": 1, "unit": "spoon"}}])]},
        "the dose is no amount",
    ),
}


@pytest.mark.parametrize("name", BAD_FHIR)
def test_bad_fhir_is_set_aside_and_the_others_go_on(name: str, tmp_path: Path) -> None:
    changes, said = BAD_FHIR[name]
    lines = [json.dumps(request()), json.dumps(request(**changes)), json.dumps(request())]
    _, aside = read(write(tmp_path, "\n".join(lines), "orders.ndjson"))
    assert [(one.source, one.row) for one in aside] == [("orders.ndjson", 2)]
    assert said in aside[0].reason


@pytest.mark.parametrize("bundle", [{"entry": []}, {}, {"entry": "x"}, {"entry": [{"resource": {"resourceType": "Patient"}}]}])
def test_a_bundle_without_orders(bundle: dict[str, Any], tmp_path: Path) -> None:
    _, aside = read(as_json(tmp_path, {"resourceType": "Bundle", **bundle}))
    assert "holds no MedicationRequest" in aside[0].reason
