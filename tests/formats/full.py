"""What tests of the 837P writer need: providers and members made to fit a batch, round trips, and a full validator."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from datetime import date
from pathlib import Path

from pyx12.params import params
from pyx12.x12n_document import x12n_document

from perdiem.formats.intake import read
from perdiem.formats.members import Member, Members
from perdiem.formats.provider import Address, Biller, Clinician, OtherInsurer, Provider, read_provider
from perdiem.formats.write_837p import write_837p
from perdiem.model.schema import Batch

ROOT = Path(__file__).parents[2]
PROVIDER = read_provider(ROOT / "examples" / "provider.toml")
HOME = Address("1 MAIN ST", "AUSTIN", "TX", "787010000")
PLACES = ("source", "interchange", "set_no", "segment")  # where a claim stood is no part of it

Rows = tuple[list[dict[str, object]], list[dict[str, object]], list[dict[str, object]]]


def provider_of(batch: Batch) -> Provider:
    """A provider.toml that describes every provider, facility and other payer that a batch names."""
    claims, others = batch.claim.to_pylist(), batch.other_payer.to_pylist()
    billers = {c["billing_npi"]: Biller(c["billing_npi"], "X", "741234567", "EI", HOME, None, None, None) for c in claims}
    clinicians = {c["rendering_npi"]: Clinician(c["rendering_npi"], "LAST", "FIRST", None) for c in claims if c["rendering_npi"]}
    facilities = {c["facility_name"]: HOME for c in claims if c["facility_name"]}
    insurers = {o["payer_id"]: OtherInsurer(o["payer_id"], "OTHER", "CI", date(2024, 1, 1)) for o in others}
    return replace(PROVIDER, billers=billers, clinicians=clinicians, facilities=facilities, insurers=insurers, payer=None)


def members_of(batch: Batch) -> Members:
    """A members.csv with what the tables never hold: addresses, and the holder of a membership."""
    told = {(c["member_id"], c["last_name"], c["first_name"]) for c in batch.claim.to_pylist() if c["member_id"]}
    rest = {"address": "2 OAK ST", "city": "AUSTIN", "state": "TX", "zip": "78701", "subscriber_last": "HOLDER"}
    return Members(Member(*who, other_member_id="OM1", **rest) for who in sorted(told, key=str))


def written(batch: Batch) -> bytes:
    """The batch as an 837P."""
    return b"".join(write_837p(batch, provider_of(batch), members_of(batch)))


def again(data: bytes, folder: Path) -> Batch:
    """What reading those bytes gives."""
    file = folder / "again.837"
    file.write_bytes(data)
    return read([file])


def rows(batch: Batch) -> Rows:
    """A batch without the places where its rows stood; amounts of other payers in one order."""
    tables = [
        [{name: value for name, value in row.items() if name not in PLACES} for row in table.to_pylist()]
        for table in (batch.claim, batch.line, batch.other_payer)
    ]
    return tables[0], tables[1], sorted(tables[2], key=str)


def faults(data: bytes) -> list[str]:
    """What a full validation of every segment and element finds wrong."""
    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    told = io.StringIO()
    if x12n_document(params(), io.StringIO(data.decode("utf-8")), told, None):
        return []
    return [line for line in told.getvalue().splitlines() if line.startswith(("IK3", "IK4", "IK5", "AK9", "TA1"))]
