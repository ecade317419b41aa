"""Orders in FHIR: MedicationRequest of R4 or R5, alone, in a Bundle or line by line, read as plain JSON into fields."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from perdiem.model.order import SetAside, Written

Json = dict[str, Any]

_HCPCS = ("hcpcs", "2.16.840.1.113883.6.285")
_NDC = "sid/ndc"
_UNITS = {"min": "minute", "h": "h", "d": "d", "wk": "w", "mo": "months"}
_HOURS = {"h": 1, "min": 60}  # how many make an hour
_DAYS = {"mon": "Mon", "tue": "Tue", "wed": "Wed", "thu": "Thu", "fri": "Fri", "sat": "Sat", "sun": "Sun"}
_LIVE = {"active", "completed", "unknown"}
_ORDERED = {"order", "original-order", "reflex-order", "filler-order", "instance-order"}
_BESIDE = {"id", "extension"}  # what an element may carry without a change of its meaning
_AS_NEEDED = {"asNeededBoolean", "asNeeded", "asNeededCodeableConcept", "asNeededFor"}
_OF_DOSAGE = _BESIDE | _AS_NEEDED | {"sequence", "text", "patientInstruction", "timing", "site", "route", "method", "doseAndRate"}
_OF_TIMING = _BESIDE | {"repeat", "code"}
_OF_REPEAT = _BESIDE | {"boundsPeriod", "boundsDuration", "count", "duration", "durationUnit", "frequency", "period"}
_OF_REPEAT |= {"periodUnit", "dayOfWeek"}
_OF_DOSE = _BESIDE | {"type", "doseQuantity", "rateQuantity", "rateRatio"}


class _NoOrderError(Exception):
    """Why a resource is no order that can be coded."""


def orders_of(resource: Json, source: str, row: int) -> Iterator[Written | SetAside]:
    """The orders that a resource holds: itself, or each MedicationRequest of a Bundle, numbered from 1 within it."""
    kind = resource.get("resourceType")
    if kind == "Bundle":
        entries = resource.get("entry")
        inner = [e.get("resource") for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
        held = [r for r in inner if isinstance(r, dict)]
        named = {_key(r): r for r in held if r.get("resourceType") == "Medication"}
        requests = [r for r in held if r.get("resourceType") == "MedicationRequest"]
        if not requests:
            yield SetAside(source, row, "the Bundle holds no MedicationRequest")
        for number, request in enumerate(requests, 1):
            yield _order(request, source, number, named)
    elif kind == "MedicationRequest":
        yield _order(resource, source, row, {})
    else:
        yield SetAside(source, row, "the resource is no MedicationRequest and no Bundle of them")


def _order(request: Json, source: str, row: int, named: dict[str, Json]) -> Written | SetAside:
    try:
        fields = {k: v for k, v in _fields(request, named).items() if v}
        dosage: Json = request["dosageInstruction"][0]
        return Written(fields, source, row, _unread(dosage), _text(dosage.get("text")))
    except _NoOrderError as why:
        return SetAside(source, row, str(why))
    except (TypeError, AttributeError, KeyError, ValueError, IndexError):
        return SetAside(source, row, "an element of the MedicationRequest is not of the type that FHIR gives it")


def _fields(request: Json, named: dict[str, Json]) -> dict[str, str]:
    if request.get("status", "active") not in _LIVE:
        raise _NoOrderError("its status says that it is not to be carried out")
    if request.get("doNotPerform") or request.get("intent", "order") not in _ORDERED:
        raise _NoOrderError("it is no order: its intent or doNotPerform says so")
    if _modified(request):
        raise _NoOrderError("a modifierExtension or implicitRules changes its meaning in a way that is not known")
    dosages = request.get("dosageInstruction") or []
    if len(dosages) != 1:
        what = "several dosage instructions: give each as an order of its own" if dosages else "no dosage instruction"
        raise _NoOrderError(f"it has {what}")
    dosage: Json = dosages[0]
    if any(dosage.get(name) for name in _AS_NEEDED):
        raise _NoOrderError("it is given as needed, so no doses can be expected from it")
    subject = request.get("subject") or {}
    found = {
        "order_id": _identifier(request) or _text(request.get("id")),
        "member_id": _text((subject.get("identifier") or {}).get("value")) or _text(subject.get("reference")).rsplit("/", 1)[-1],
        "route": _said(dosage.get("route")),
        "method": _said(dosage.get("method")),
        "prescriber_npi": _text(((request.get("requester") or {}).get("identifier") or {}).get("value")),
    }
    return found | _medication(request, named) | _amounts(dosage) | _timing(dosage)


def _medication(request: Json, named: dict[str, Json]) -> dict[str, str]:
    concept = request.get("medicationCodeableConcept") or (request.get("medication") or {}).get("concept")
    if concept is None:
        reference = request.get("medicationReference") or (request.get("medication") or {}).get("reference") or {}
        key = _text(reference.get("reference"))
        inside = {f"#{_text(r.get('id'))}": r for r in request.get("contained") or []}
        medication = (inside | named).get(key) or {}
        if _modified(medication):
            raise _NoOrderError("a modifierExtension or implicitRules of its medication is not known")
        concept = medication.get("code")
        if concept is None:
            raise _NoOrderError("its medication is named elsewhere: send it in the same Bundle, or contained")
    codings = [
        (_text(c.get("system")).casefold(), _text(c.get("code")), _text(c.get("display"))) for c in concept.get("coding") or []
    ]
    code = next((code for system, code, _ in codings if any(mark in system for mark in _HCPCS)), "")
    ndc = next((code for system, code, _ in codings if _NDC in system), "")
    name = _text(concept.get("text")) or next((display for _, _, display in codings if display), "")
    if not (code or ndc or name):
        raise _NoOrderError("its medication has no text, no display and no HCPCS or NDC code")
    return {"drug": code or name, "ndc": ndc}


def _amounts(dosage: Json) -> dict[str, str]:
    given = dosage.get("doseAndRate") or []
    if len(given) > 1:
        raise _NoOrderError("it has several doses for one instruction: give each as an order of its own")
    said: Json = given[0] if given else {}
    found = {"dose": _quantity(said.get("doseQuantity"))}
    rate = _quantity(said.get("rateQuantity"))
    if ratio := said.get("rateRatio"):
        hours = ratio["denominator"]
        if _number(hours["value"]) == "1" and _text(hours.get("code") or hours.get("unit")).casefold() in ("h", "hr", "hour"):
            rate = _quantity(ratio["numerator"]) + "/h"
    return found | ({"rate": rate} if rate.endswith(("/h", "/hr", "/hour")) else {})


def _timing(dosage: Json) -> dict[str, str]:
    timing = dosage.get("timing") or {}
    repeat: Json = timing.get("repeat") or {}
    bounds = repeat.get("boundsPeriod") or {}
    found = {"from": _text(bounds.get("start"))[:10], "to": _text(bounds.get("end"))[:10]}
    length = repeat.get("boundsDuration")
    if length:
        number, unit = _number(length["value"]), _text(length.get("code") or length.get("unit"))[:2].casefold()
        found |= {"d": {"days": number}, "da": {"days": number}, "mo": {"months": number}}.get(unit, {})
        found |= {"days": str(7 * int(number))} if unit in ("wk", "we") else {}
    if repeat.get("count"):
        found["doses"] = _number(repeat["count"])
    if repeat.get("duration") and repeat.get("durationUnit") in _HOURS:
        found["over"] = _number(Decimal(_number(repeat["duration"])) / _HOURS[repeat["durationUnit"]])
    often = {"frequency", "period", "dayOfWeek"} & repeat.keys()
    return found | {"every": _every(repeat) if often else _said(timing.get("code"))}


def _every(repeat: Json) -> str:
    """A repeat as an interval; empty where it is none, such as three times a week."""
    frequency, period = int(_number(repeat.get("frequency", 1))), repeat.get("period")
    unit = _UNITS.get(_text(repeat.get("periodUnit")), "")
    if days := repeat.get("dayOfWeek"):
        often = (frequency, period if period is None else _number(period), unit)
        return "-".join(_DAYS[day] for day in days) if often in ((1, None, ""), (1, "1", "d"), (len(days), "1", "w")) else ""
    if period is None or not unit or unit == "minute":
        return ""
    if frequency == 1:
        return f"every {_number(period)} {unit}"
    return f"{frequency} times a day" if _number(period) == "1" and unit == "d" else ""


def _unread(dosage: Json) -> tuple[str, ...]:
    """The elements of a dosage that may change what is counted and that are not understood, by their paths."""
    timing: Json = dosage.get("timing") or {}
    repeat: Json = timing.get("repeat") or {}
    dose: Json = (dosage.get("doseAndRate") or [{}])[0]
    found = [
        f"{path}{name}"
        for path, element, known in (
            ("dosage.", dosage, _OF_DOSAGE),
            ("timing.", timing, _OF_TIMING),
            ("timing.repeat.", repeat, _OF_REPEAT),
            ("doseAndRate.", dose, _OF_DOSE),
        )
        for name in element
        if name not in known
    ]
    ratio: Json = dose.get("rateRatio") or {}
    quantities = {"doseQuantity": dose, "rateQuantity": dose, "numerator": ratio, "denominator": ratio, "boundsDuration": repeat}
    found += [f"{name}.comparator" for name, within in quantities.items() if (within.get(name) or {}).get("comparator")]
    if repeat.get("duration") and repeat.get("durationUnit") not in _HOURS:
        found.append("timing.repeat.durationUnit")
    if repeat.get("dayOfWeek") and not _every(repeat):
        found.append("timing.repeat.dayOfWeek with this frequency and period")
    return tuple(found)


def _modified(element: Any) -> bool:
    """Whether an element, or one inside it, carries an extension or rules that may turn its meaning round."""
    if isinstance(element, list):
        return any(_modified(one) for one in element)
    if not isinstance(element, dict):
        return False
    return any(bool(element.get(name)) for name in ("modifierExtension", "implicitRules")) or any(map(_modified, element.values()))


def _quantity(quantity: Json | None) -> str:
    return f"{_number(quantity['value'])} {_text(quantity.get('code') or quantity.get('unit'))}" if quantity else ""


def _said(concept: Json | None) -> str:
    if not concept:
        return ""
    return _text(concept.get("text")) or next(
        (d for c in concept.get("coding") or [] if (d := _text(c.get("display") or c.get("code")))), ""
    )


def _identifier(request: Json) -> str:
    return next((v for i in request.get("identifier") or [] if (v := _text(i.get("value")))), "")


def _key(medication: Json) -> str:
    return f"Medication/{_text(medication.get('id'))}"


def _number(value: Any) -> str:
    text = f"{value:f}" if not isinstance(value, int | str) else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError
    return value.strip()
