"""Reads ``provider.toml``: what an 837P says of its sender and receiver and no claim table holds.

The tables say who is billed for what; the file says who bills: names, numbers and addresses of the submitter, the receiver and the
billing provider, the payer of claims that name none, and what the provider attests on each claim. docs/how-to/write.md shows it.
Source: ASC X12N 005010X222A1, loops 1000A, 1000B, 2010AA, 2010BB, 2310B, 2310C, 2330B.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from perdiem.formats.settings import Section, read_settings

NPI = r"[0-9]{10}"
ZIP = r"[0-9]{5}([0-9]{4})?"
STATE = r"[A-Z]{2}"
_ID = r"\S.{0,78}\S"
_CALL = r"[A-Za-z0-9 ._-]{1,14}[A-Za-z0-9._-]"  # of a submitter or receiver, who stand in ISA too
_CALLS = "2 to 15 letters, digits or signs"
_Any = TypeVar("_Any")


@dataclass(frozen=True)
class Address:
    """A street address: N3 and N4."""

    street: str
    city: str
    state: str
    zip: str


@dataclass(frozen=True)
class Sender:
    """The submitter, loop 1000A: name, its number with the receiver, and whom to ask."""

    name: str
    id: str
    contact: str
    phone: str


@dataclass(frozen=True)
class Named:
    """A receiver or payer: name and number; of a payer also the qualifier of the number and the filing indicator (SBR09)."""

    name: str
    id: str
    qualifier: str = ""
    filing: str | None = None


@dataclass(frozen=True)
class Biller:
    """A billing provider, loop 2010AA. tax_kind: EI (employer) or SY (person)."""

    npi: str
    name: str
    tax_id: str
    tax_kind: str
    address: Address
    taxonomy: str | None
    contact: str | None
    phone: str | None


@dataclass(frozen=True)
class Clinician:
    """A rendering provider, loop 2310B; a firm where it has no first name and says so."""

    npi: str
    last: str
    first: str | None
    taxonomy: str | None


@dataclass(frozen=True)
class OtherInsurer:
    """Another payer of a claim, loops 2320 and 2330B; paid_on: the day of its remittance, which amounts of lines need."""

    id: str
    name: str
    filing: str
    paid_on: date | None


@dataclass(frozen=True)
class Statements:
    """What the provider attests on each claim: CLM06 signature, CLM07 assignment, CLM08 benefits, CLM09 release."""

    signature: str
    assignment: str
    benefits: str
    release: str


@dataclass(frozen=True)
class Provider:
    """All of ``provider.toml``. control: ISA13, the first of the control numbers; usage: T for a test, P for production.

    charges: what is charged for one unit of a code (USD), for claims made from orders.
    """

    control: int
    usage: str
    submitter: Sender
    receiver: Named
    payer: Named | None
    statements: Statements
    billers: Mapping[str, Biller]
    clinicians: Mapping[str, Clinician]
    facilities: Mapping[str, Address]
    insurers: Mapping[str, OtherInsurer]
    charges: Mapping[str, Decimal]

    def texts(self) -> Iterator[str]:
        """Every text of the file."""
        yield from _texts(asdict(self))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _texts(one)


def read_provider(file: Path) -> Provider:
    """A ``provider.toml``. Raises FormatError with the key and what to write there."""
    top = read_settings(file)
    envelope = top.section("envelope")
    control = envelope.number("control", least=1)
    usage = envelope.text("usage", "T", among=("T", "P"))
    envelope.done()
    payer = top.section("payer", None)
    made = Provider(
        control,
        usage,
        _sender(top.section("submitter")),
        _receiver(top.section("receiver")),
        _payer(payer) if payer else None,
        _statements(top.section("statements")),
        _unique([(b.npi, b) for b in map(_biller, top.sections("provider"))], top, "provider"),
        _unique([(c.npi, c) for c in map(_clinician, top.sections("rendering"))], top, "rendering"),
        _unique([_facility(one) for one in top.sections("facility")], top, "facility"),
        _unique([(o.id, o) for o in map(_insurer, top.sections("other_payer"))], top, "other_payer"),
        _charges(top.section("charges", None)),
    )
    top.done()
    if not made.billers:
        raise top.fault("provider", "is missing", "Describe who bills below a line [[provider]]")
    return made


def _unique(rows: list[tuple[str, _Any]], top: Section, key: str) -> dict[str, _Any]:
    made = dict(rows)
    if len(made) < len(rows):
        raise top.fault(key, "stands twice with one number or name", "Leave one of them out")
    return made


def _sender(one: Section) -> Sender:
    number = one.text("id", form=_CALL, asks=_CALLS)
    made = Sender(one.text("name"), number, one.text("contact"), _phone(one) or "")
    if not made.phone:
        raise one.fault("phone", "is missing", "Add ten digits, for questions about the file")
    one.done()
    return made


def _receiver(one: Section) -> Named:
    made = Named(one.text("name"), one.text("id", form=_CALL, asks=_CALLS))
    one.done()
    return made


def _payer(one: Section) -> Named:
    qualifier = one.text("qualifier", "PI", among=("PI", "XV"))
    made = Named(one.text("name"), one.text("id", form=_ID, asks="2 to 80 characters"), qualifier, one.text("filing", None))
    one.done()
    return made


def _statements(one: Section) -> Statements:
    made = Statements(
        one.text("signature", among=("Y", "N")),
        one.text("assignment", among=("A", "B", "C")),
        one.text("benefits", among=("Y", "N", "W")),
        one.text("release", among=("Y", "I")),
    )
    one.done()
    return made


def _biller(one: Section) -> Biller:
    made = Biller(
        one.text("npi", form=NPI, asks="ten digits"),
        one.text("name"),
        one.text("tax_id", form=r"[0-9]{9}", asks="nine digits, without hyphens"),
        one.text("tax_kind", "EI", among=("EI", "SY")),
        _address(one, r"[0-9]{9}", "nine digits: the guide asks for the whole ZIP code of a billing provider"),
        one.text("taxonomy", None, form=r"[A-Z0-9]{10}", asks="ten letters and digits"),
        one.text("contact", None),
        _phone(one),
    )
    one.done()
    return made


def _clinician(one: Section) -> Clinician:
    made = Clinician(
        one.text("npi", form=NPI, asks="ten digits"),
        one.text("last"),
        one.text("first", None),
        one.text("taxonomy", None, form=r"[A-Z0-9]{10}", asks="ten letters and digits"),
    )
    one.done()
    return made


def _facility(one: Section) -> tuple[str, Address]:
    made = one.text("name"), _address(one, r"[0-9]{9}", "nine digits")
    one.done()
    return made


def _insurer(one: Section) -> OtherInsurer:
    made = OtherInsurer(one.text("id"), one.text("name"), one.text("filing"), one.day("paid_on", None))
    one.done()
    return made


def _charges(one: Section | None) -> dict[str, Decimal]:
    made = dict[str, Decimal]()
    for code in one.left() if one else ():
        if one and re.fullmatch(r"[A-Z0-9]{5}", code) is None:
            raise one.fault(code, "is no code", "Write five capitals or digits")
        made[code] = one.decimal(code) if one else Decimal()
    return made


def _address(one: Section, zip_form: str, asks: str) -> Address:
    street, city = one.text("address"), one.text("city")
    return Address(street, city, one.text("state", form=STATE, asks="two capitals"), one.text("zip", form=zip_form, asks=asks))


def _phone(one: Section) -> str | None:
    found: str | None = one.text("phone", None, form=NPI, asks="ten digits, without spaces or hyphens")
    return found
