"""Orders in FHIR: MedicationRequest of R4 or R5, alone, in a Bundle or line by line, read as plain JSON into fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perdiem.model.order import SetAside, Written

Json = dict[str, Any]

_HCPCS = ("hcpcs", "2.16.840.1.113883.6.285")
_NDC = "sid/ndc"
_UNITS = {"min": "minute", "h": "h", "d": "d", "wk": "w", "mo": "months"}
_DAYS = {"mon": "Mon", "tue": "Tue", "wed": "Wed", "thu": "Thu", "fri": "Fri", "sat": "Sat", "sun": "Sun"}
_LIVE = {"active", "completed", "unknown"}
_ORDERED = {"order", "original-order", "reflex-order", "filler-order", "instance-order"}
_BASE = ("http://", "https://")


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
        return Written({k: v for k, v in _fields(request, named).items() if v}, source, row)
    except _NoOrderError as why:
        return SetAside(source, row, str(why))
    except (TypeError, AttributeError, KeyError, ValueError, IndexError):
        return SetAside(source, row, "an element of the MedicationRequest is not of the type that FHIR gives it")


def _fields(request: Json, named: dict[str, Json]) -> dict[str, str]:
    if request.get("status", "active") not in _LIVE:
        raise _NoOrderError("its status says that it is not to be carried out")
    if request.get("doNotPerform") or request.get("intent", "order") not in _ORDERED:
        raise _NoOrderError("it is no order: its intent or doNotPerform says so")
    dosages = request.get("dosageInstruction") or []
    if len(dosages) != 1:
        what = "several dosage instructions: give each as an order of its own" if dosages else "no dosage instruction"
        raise _NoOrderError(f"it has {what}")
    dosage: Json = dosages[0]
    if (
        dosage.get("asNeededBoolean")
        or dosage.get("asNeeded")
        or dosage.get("asNeededCodeableConcept")
        or dosage.get("asNeededFor")
    ):
        raise _NoOrderError("it is given as needed, so no doses can be expected from it")
    subject = request.get("subject") or {}
    found = {
        "order_id": _identifier(request) or _text(request.get("id")),
        "member_id": _text((subject.get("identifier") or {}).get("value")) or _text(subject.get("reference")).rsplit("/", 1)[-1],
        "route": _said(dosage.get("route")),
        "method": _said(dosage.get("method")),
        "prescriber_npi": _text(((request.get("requester") or {}).get("identifier") or {}).get("value")),
    }
    return found | _medication(request, named) | _amounts(dosage) | _timing(dosage, request)


def _medication(request: Json, named: dict[str, Json]) -> dict[str, str]:
    concept = request.get("medicationCodeableConcept") or (request.get("medication") or {}).get("concept")
    if concept is None:
        reference = request.get("medicationReference") or (request.get("medication") or {}).get("reference") or {}
        key = _text(reference.get("reference"))
        inside = {f"#{_text(r.get('id'))}": r for r in request.get("contained") or []}
        concept = ((inside | named).get(key) or {}).get("code")
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


def _timing(dosage: Json, request: Json) -> dict[str, str]:
    timing = dosage.get("timing") or {}
    repeat: Json = timing.get("repeat") or {}
    bounds = repeat.get("boundsPeriod") or (request.get("dispenseRequest") or {}).get("validityPeriod") or {}
    found = {"from": _text(bounds.get("start"))[:10], "to": _text(bounds.get("end"))[:10]}
    length = repeat.get("boundsDuration") or (
        {} if bounds.get("end") else (request.get("dispenseRequest") or {}).get("expectedSupplyDuration")
    )
    if length:
        number, unit = _number(length["value"]), _text(length.get("code") or length.get("unit"))[:2].casefold()
        found |= {"d": {"days": number}, "da": {"days": number}, "mo": {"months": number}}.get(unit, {})
        found |= {"days": str(7 * int(number))} if unit in ("wk", "we") else {}
    if repeat.get("count"):
        found["doses"] = _number(repeat["count"])
    if repeat.get("duration") and repeat.get("durationUnit") == "h":
        found["over"] = _number(repeat["duration"])
    return found | {"every": _every(repeat) or _said(timing.get("code"))}


def _every(repeat: Json) -> str:
    """A repeat as an interval; empty where it is none, such as three times a week."""
    if days := repeat.get("dayOfWeek"):
        return "-".join(_DAYS[day] for day in days)
    frequency, period = int(_number(repeat.get("frequency", 1))), repeat.get("period")
    unit = _UNITS.get(_text(repeat.get("periodUnit")), "")
    if period is None or not unit or unit == "minute":
        return ""
    if frequency == 1:
        return f"every {_number(period)} {unit}"
    return f"{frequency} times a day" if _number(period) == "1" and unit == "d" else ""


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
