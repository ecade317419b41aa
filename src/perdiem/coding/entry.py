"""Entry: the text of an order's fields, however they came, read into an order; a field that cannot be read sets the order aside."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from perdiem.coding.amounts import read_amount
from perdiem.coding.choices import choices
from perdiem.coding.drugs import drug_names
from perdiem.coding.sig import read_day, read_schedule, read_sig
from perdiem.coding.spoken import against_words
from perdiem.model.order import Amount, Order, Question, Schedule, SetAside, Visit, Written
from perdiem.policy.payers import find_payer, read_payers

FIELDS = {
    "order_id": "the order's own number",
    "member_id": "the member's number",
    "sig": "a typed sig; any other field beats what it says",
    "drug": "name, HCPCS code or therapy word",
    "ndc": "product number",
    "dose": "amount of one dose, or of a day where it is continuous, with its unit",
    "rate": "amount an hour, with its unit",
    "volume": "volume of a day, with its unit",
    "every": "8h, 10d, daily, weekly, monthly, BID, M-W-F, continuous or once",
    "over": "hours that one dose runs",
    "route": "IV, SC, IM, IT, epidural or enteral",
    "method": "gravity, pump, bolus, syringe, injection or implanted",
    "from": "first day, YYYY-MM-DD",
    "to": "last day, inclusive",
    "days": "days of the course",
    "months": "months of the course",
    "doses": "number of doses",
    "diluent": "fluid that the drug is given in",
    "vials": "sizes of single-dose containers, by semicolons",
    "multi_dose": "yes for containers of several doses",
    "payer": "id or name of the payer",
    "pos": "place of service",
    "visits": "visits of nurses, YYYY-MM-DD=minutes, by semicolons; first=yes after a colon for the first one",
    "pump": "code of the pump with its modifiers",
    "cartridges": "cartridges of an insulin pump",
    "attested": "the modifier by which the supplier vouches for coverage",
    "prescriber_npi": "the prescriber's number",
    "diagnoses": "diagnosis codes, by semicolons or blanks",
}
"""Every field of a written order, and what stands in it."""

METHODS = ("gravity", "pump", "bolus", "syringe", "injection", "implanted")
_ROUTES = {
    "iv": "IV", "intravenous": "IV", "ivpb": "IV", "sc": "SC", "sq": "SC", "subcutaneous": "SC", "subq": "SC", "im": "IM",
    "intramuscular": "IM", "it": "IT", "intrathecal": "IT", "epidural": "epidural", "enteral": "enteral", "oral": "oral",
    "po": "oral",
}  # fmt: skip
_YES, _NO = {"yes", "y", "true", "1"}, {"no", "n", "false", "0", ""}
_MOST_DAYS = 3660
_LONGEST = 500  # characters of a field


class UnreadableError(Exception):
    """Why a field cannot be read, in words for the user; the value itself is not told."""


def read_order(written: Written, year: int | None = None) -> tuple[Order, list[Question]] | SetAside:
    """The order that fields say, with what its sig leaves to ask; set aside where a field is wrong. year: of days without one."""
    given = {name: text.strip() for name, text in written.fields.items() if text and text.strip()}
    try:
        return _read(given, written, year)
    except UnreadableError as why:
        return SetAside(written.source, written.row, str(why))


def _read(given: Mapping[str, str], written: Written, year: int | None) -> tuple[Order, list[Question]]:
    unknown = sorted(set(given) - set(FIELDS))
    if unknown:
        raise UnreadableError(f"{unknown[0]!r} is no field of an order")
    if any(len(text) > _LONGEST for text in given.values()):
        raise UnreadableError(f"a field holds more than {_LONGEST} characters")
    sig = read_sig(given["sig"], drug_names(), year) if "sig" in given else None
    said: dict[str, Any] = {name: value for name, value in sig.fields.items() if name != "access"} if sig else {}
    said |= {name: read(given[name], name, year) for name, (_, read) in _READERS.items() if name in given}
    said = {_READERS[name][0] if name in _READERS else name: value for name, value in said.items()}
    if not said.get("drug") and not given.get("ndc"):
        raise UnreadableError("no drug is named: give its name, HCPCS code or NDC")
    if any(name in given for name in ("days", "months", "doses", "to")) and sig:
        said |= {_READERS[n][0]: None for n in ("days", "months", "doses", "to") if n not in given}
    order_id = given.get("order_id") or str(written.row or 1)
    unclear = any(about == "sig" for about, _ in sig.asks) if sig else False
    order = Order(order_id, **{"drug": "", **said}, unclear=unclear, source=written.source, row=written.row)
    beside = [f"what {name} means: it is not understood" for name in written.unread]
    beside += against_words(order, written.words) if written.words else []
    order = replace(order, unclear=unclear or bool(beside))
    if order.first_day and order.last_day and order.last_day < order.first_day:
        raise UnreadableError("the last day lies before the first")
    if order.first_day and order.last_day and (order.last_day - order.first_day).days > _MOST_DAYS:
        raise UnreadableError("the course is longer than ten years: see that its days are right")
    asks = [Question(order_id, about, what) for about, what in (sig.asks if sig else ()) if not _answered(about, given)]
    asks += [Question(order_id, "dosage", what) for what in beside]
    if "payer" in given and not order.payer:
        raise UnreadableError(
            "the payer is none that the library knows; leave it out for the codes alone (perdiem policy list --payers)"
        )
    return order, asks


def _answered(about: str, given: Mapping[str, str]) -> bool:
    fields = {"length": ("days", "doses", "to", "months"), "first day": ("from",), "last day": ("to",)}
    return any(name in given for name in fields.get(about, ()))


def _text(text: str, name: str, year: int | None) -> str:
    return " ".join(text.split())


def _amount(text: str, name: str, year: int | None) -> Amount:
    made = read_amount(re.sub(r"\s*(?:/|per )\s*(?:hour|hr|h|day|d)$", "", text, flags=re.I))
    if made is None:
        raise UnreadableError(f"the {name} is no amount with a unit such as 2 g, 500 mg, 1,000 units or 2 L")
    if not made.value:
        raise UnreadableError(f"the {name} is nothing")
    return made


def _vials(text: str, name: str, year: int | None) -> tuple[Amount, ...]:
    return tuple(_amount(part.strip(), "vial size", year) for part in text.split(";") if part.strip())


def _schedule(text: str, name: str, year: int | None) -> Schedule:
    made = read_schedule(text)
    if made is None:
        raise UnreadableError("the interval is none such as 8h, 10d, daily, weekly, monthly, BID, M-W-F, continuous or once")
    return made


def _hours(text: str, name: str, year: int | None) -> Decimal:
    try:
        value = Decimal(re.sub(r"\s*(?:hours?|hrs?|h)$", "", text, flags=re.I))
    except InvalidOperation:
        raise UnreadableError(f"{name} is no number of hours") from None
    if not 0 < value <= 24 * 31:
        raise UnreadableError(f"{name} is no number of hours up to a month")
    return value


def _whole(text: str, name: str, year: int | None) -> int:
    if not text.isdecimal() or not 0 < int(text) <= _MOST_DAYS:
        raise UnreadableError(f"{name} is no whole number from 1 to {_MOST_DAYS}")
    return int(text)


def _day(text: str, name: str, year: int | None) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}(/\d{2,4})?", text):
        raise UnreadableError(f"the day of {name!r} is none: write YYYY-MM-DD")
    day = read_day(text, year)
    if isinstance(day, str):
        raise UnreadableError(f"the day of {name!r} is none that can be told: write YYYY-MM-DD")
    return day


def _route(text: str, name: str, year: int | None) -> str:
    if text.casefold() not in _ROUTES:
        raise UnreadableError("the route is none of IV, SC, IM, IT, epidural, enteral, oral")
    return _ROUTES[text.casefold()]


def _method(text: str, name: str, year: int | None) -> str:
    if text.casefold() not in METHODS:
        raise UnreadableError(f"the method is none of {', '.join(METHODS)}")
    return text.casefold()


def _yes(text: str, name: str, year: int | None) -> bool:
    if text.casefold() not in _YES | _NO:
        raise UnreadableError(f"{name} is neither yes nor no")
    return text.casefold() in _YES


def _payer(text: str, name: str, year: int | None) -> str:
    payers = read_payers()
    known = next((payer.id for payer in payers if payer.id == text.casefold()), None)
    numbered = next((payer.id for payer in payers if text in payer.ids), None)
    return known or numbered or find_payer(payers, None, None, text) or ""


def _place(text: str, name: str, year: int | None) -> str:
    if not re.fullmatch(r"\d{2}", text):
        raise UnreadableError("the place of service is no two-digit code such as that of the home")
    return text


def _visits(text: str, name: str, year: int | None) -> tuple[Visit, ...]:
    found = []
    for part in filter(None, (p.strip() for p in text.split(";"))):
        match = re.fullmatch(r"(\d{4}-\d{2}-\d{2})=(\d{1,4})(?::first=(yes|no))?", part)
        if match is None or not 0 < int(match[2]) <= 1440:
            raise UnreadableError("a visit is no day and minutes, such as YYYY-MM-DD=90")
        found.append(Visit(_day(match[1], "visits", year), int(match[2]), None if match[3] is None else match[3] == "yes"))
    return tuple(found)


def _codes(text: str, name: str, year: int | None) -> tuple[str, ...]:
    return tuple(part.upper().replace(".", "") for part in re.split(r"[;,\s]+", text) if part)


def _attested(text: str, name: str, year: int | None) -> str:
    known = {modifier for row in choices()["payer"] for modifier in row.get("attest", ())}
    if text.upper() not in known:
        raise UnreadableError(f"attested is none of {', '.join(sorted(known))}")
    return text.upper()


_READERS: dict[str, tuple[str, Callable[[str, str, int | None], Any]]] = {
    "member_id": ("member_id", _text), "drug": ("drug", _text), "ndc": ("ndc", _text), "dose": ("dose", _amount),
    "rate": ("rate", _amount), "volume": ("volume", _amount), "every": ("schedule", _schedule), "over": ("over", _hours),
    "route": ("route", _route), "method": ("method", _method), "from": ("first_day", _day), "to": ("last_day", _day),
    "days": ("days", _whole), "months": ("months", _whole), "doses": ("doses", _whole), "diluent": ("diluent", _text),
    "vials": ("vials", _vials), "multi_dose": ("multi_dose", _yes), "payer": ("payer", _payer), "pos": ("place", _place),
    "visits": ("visits", _visits), "pump": ("pump", _codes), "cartridges": ("cartridges", _whole),
    "attested": ("attested", _attested), "prescriber_npi": ("prescriber_npi", _text), "diagnoses": ("diagnoses", _codes),
}  # fmt: skip
