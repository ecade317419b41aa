"""Writes claim tables as an 837P interchange, guide 005010X222A1, such that reading it gives the tables back.

Whatever the guide asks for and neither the tables nor ``provider.toml`` nor ``members.csv`` say is an error that names the claim; a
claim is written whole or not at all. There is no clock: day, time and control numbers are given, or follow from the claims.
Source: ASC X12N 005010X222A1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.formats.envelope_837p import GUIDE, Segments, amount, day, separators
from perdiem.formats.insurers_837p import TURNS, Insurers
from perdiem.formats.lines_837p import write_line
from perdiem.formats.members import Members, read_members
from perdiem.formats.provider import Address, Named, Provider, read_provider
from perdiem.formats.unwritable import Unwritable, unwritable
from perdiem.model.errors import FormatError
from perdiem.model.schema import Batch

Row = Mapping[str, Any]
CLAIMS_OF_A_SET = 5_000  # as the guide recommends
_CLAIMS_OF_A_SUBSCRIBER = 100  # loop 2300 repeats so often
_MOST_DIAGNOSES = 12
_SELF = "18"
_SEXES = frozenset("FMU")
_RELATIONS = frozenset(("01", _SELF, "19", "20", "21", "39", "40", "53", "G8"))
_MOST_LINES = 50


def write_837p(
    batch: Batch,
    provider: Provider,
    members: Members | None = None,
    at: datetime | None = None,
    faults: Sequence[str] = (),
) -> Iterator[bytes]:
    """The claims of a batch as one interchange, set by set, in their order.

    provider: who bills, from ``provider.toml``. members: who the members are, where claims do not say. at: day and time of ISA, GS
    and BHT; without it midnight of the last day of service in the batch. Empty fields that have one usual value are written
    with it: facility qualifier B, frequency 1, qualifier HC, unit UN, pointer 1, payer qualifier PI, relation 18. Lines are
    numbered from 1 in their order. faults: what is known to be wrong with the batch, told with what the writer finds. Raises
    FormatError, before anything is yielded, for a batch without claims; and, when all were tried, for the claims that cannot be
    written, naming each and what is missing.
    """
    if not batch.claim.num_rows:
        raise FormatError("the claims", "are none, so there is nothing to write", "Give claims that can be read")
    members = members or Members()
    writer = _Writer(batch, provider, members, at or datetime.combine(pc.max(batch.line["to_date"]).as_py(), time()))
    writer.faults += faults
    yield from writer.interchange()


def write(batch: Batch, provider: str | Path, members: str | Path | None = None, at: datetime | None = None) -> bytes:
    """The claims of a batch as the bytes of one 837P; provider and members name files. See :func:`write_837p`."""
    return b"".join(write_837p(batch, read_provider(Path(provider)), read_members(Path(members)) if members else None, at))


class _Writer:
    """One interchange being written, and the levels that are open in it."""

    def __init__(self, batch: Batch, provider: Provider, members: Members, at: datetime) -> None:
        self.batch, self.provider, self.members, self.at = batch, provider, members, at
        self.out = Segments(separators(_texts(batch, provider, members)))
        self.faults = list[str]()  # of the claims that cannot be written
        self.billing: tuple[Any, ...] | None = None  # the provider of the open level
        self.insured: tuple[Any, ...] | None = None  # person, payer and turn of the open level
        self.level = self.above = self.held = 0  # HL01 of the last level and of the provider's; claims of the subscriber

    def interchange(self) -> Iterator[bytes]:
        out, provider, control = self.out, self.provider, self.provider.control
        sender, receiver = provider.submitter.id, provider.receiver.id
        out.header(sender, receiver, self.at, control, provider.usage)
        stamp = day(self.at), self.at.strftime("%H%M")
        out.add("GS", "HC", sender, receiver, *stamp, control, "X", GUIDE)
        starts = range(0, self.batch.claim.num_rows, CLAIMS_OF_A_SET)
        for number, start in enumerate(starts, 1):
            self.transaction(number, self.batch.claim.slice(start, CLAIMS_OF_A_SET), stamp)
            made = out.take()
            if not self.faults:
                yield made
        if self.faults:
            raise unwritable(self.faults)
        out.add("GE", len(starts), control)
        out.add("IEA", 1, f"{control:09d}")
        yield out.take()

    def transaction(self, number: int, claims: pa.Table, stamp: tuple[str, str]) -> None:
        out, sender, receiver = self.out, self.provider.submitter, self.provider.receiver
        out.count, self.level, self.billing, self.above, self.insured, self.held = 0, 0, None, 0, None, 0
        out.add("ST", "837", f"{number:04d}", GUIDE)
        out.add("BHT", "0019", "00", f"{self.provider.control:09d}{number:04d}", *stamp, "CH")
        out.add("NM1", "41", "2", sender.name, None, None, None, None, "46", sender.id)
        out.add("PER", "IC", sender.contact, "TE", sender.phone)
        out.add("NM1", "40", "2", receiver.name, None, None, None, None, "46", receiver.id)
        lines, others = _rows_of(self.batch.line, claims), _rows_of(self.batch.other_payer, claims)
        for claim in claims.to_pylist():
            try:
                self.claim(claim, lines.get(claim["claim_no"], []), others.get(claim["claim_no"], []))
            except FormatError as fault:
                self.faults.append(fault.what)
        out.add("SE", out.count + 1, f"{number:04d}")

    def claim(self, claim: Row, lines: list[Row], others: list[Row]) -> None:
        out, faults = self.out, Unwritable(claim)
        insurers = Insurers(self.provider, others, faults)
        self.biller(claim, faults)
        self.subscriber(claim, insurers, faults)
        where = faults.need(claim["place"], "place", 2), claim["facility_qualifier"] or "B", claim["frequency"] or "1"
        says = self.provider.statements
        out.add("CLM", faults.need(claim["claim_id"], "claim_id", 38), amount(claim["charge"]), None, None, out.composite(where),
                says.signature, says.assignment, says.benefits, says.release)  # fmt: skip
        for kind, column in (("G1", "prior_auth"), ("F8", "original_ref")):
            if claim[column]:
                out.add("REF", kind, faults.fit(claim[column], column, 50))
        self.diagnoses(claim["diagnoses"] or [], faults)
        self.clinician(claim, faults)
        self.facility(claim, faults)
        insurers.write_claim(out, self.treated)
        if not 0 < len(lines) <= _MOST_LINES:
            faults.add("has no service line" if not lines else f"has more than {_MOST_LINES} service lines")
        for number, line in enumerate(lines, 1):
            write_line(out, number, line, faults)
            insurers.write_line(out, line)
        faults.refuse()

    def biller(self, claim: Row, faults: Unwritable) -> None:
        """2000A and 2010AA, where it is not the provider of the claim before."""
        known = self.provider.billers
        npi = claim["billing_npi"] or (next(iter(known)) if len(known) == 1 else None)
        if npi not in known:
            faults.add("is of a billing provider that provider.toml does not describe", now=True)
        biller = known[str(npi)]
        name, taxonomy = claim["billing_name"] or biller.name, claim["billing_taxonomy"] or biller.taxonomy
        if self.billing == (npi, name, taxonomy):
            return
        self.billing, self.insured = (npi, name, taxonomy), None
        self.above = self.hierarchy(None, "20", 1)
        out = self.out
        if taxonomy:
            out.add("PRV", "BI", "PXC", taxonomy)
        out.add("NM1", "85", "2", faults.fit(name, "billing_name", 60), None, None, None, None, "XX", npi)
        self.address(biller.address)
        out.add("REF", biller.tax_kind, biller.tax_id)
        if biller.contact and biller.phone:
            out.add("PER", "IC", biller.contact, "TE", biller.phone)

    def subscriber(self, claim: Row, insurers: Insurers, faults: Unwritable) -> None:
        """2000B, 2010BA, 2010BB, and 2000C of a dependent, where they are not those of the claim before."""
        member_id = faults.need(claim["member_id"], "member_id", 80)
        member = self.members.of(member_id, claim["last_name"], claim["first_name"])

        def known(column: str) -> Any:
            return claim.get(column) or (getattr(member, column) if member else None)

        payer = self.payer(claim, faults)
        relation = faults.among(known("relation") or _SELF, "relation", _RELATIONS)
        person = {
            "last_name": faults.need(known("last_name"), "last_name", 60),
            "first_name": faults.fit(known("first_name"), "first_name", 35),
            "birth_date": faults.need(known("birth_date"), "birth_date"),
            "sex": faults.among(faults.need(known("sex"), "sex"), "sex", _SEXES),
            "address": faults.need(known("address"), "address", 55), "city": faults.need(known("city"), "city", 30),
            "state": faults.need(known("state"), "state", 2), "zip": faults.need(known("zip"), "zip", 15),
            "member_id": member_id, "relation": relation, "other_member_id": known("other_member_id"),
            "holder": (known("last_name"), known("first_name")),
        }  # fmt: skip
        if relation != _SELF:
            person["holder"] = faults.need(known("subscriber_last"), "subscriber_last", 60), known("subscriber_first")
        self.treated = person
        if faults.found:  # all else of the claim is looked at, then it is refused
            return
        turn = TURNS[insurers.count]
        if self.insured == (person, payer, turn) and self.held < _CLAIMS_OF_A_SUBSCRIBER:
            self.held += 1
            return
        self.insured, self.held = (person, payer, turn), 1
        self.insurance(person, payer, turn)

    def insurance(self, person: dict[str, Any], payer: Named, turn: str) -> None:
        out, own = self.out, person["relation"] == _SELF
        above = self.hierarchy(self.above, "22", 0 if own else 1)
        out.add("SBR", turn, _SELF if own else None, None, None, None, None, None, None, payer.filing)
        out.add("NM1", "IL", "1", *person["holder"], None, None, None, "MI", person["member_id"])
        if own:
            self.person(person)
        out.add("NM1", "PR", "2", payer.name, None, None, None, None, payer.qualifier, payer.id)
        if not own:
            self.hierarchy(above, "23", 0)
            out.add("PAT", person["relation"])
            out.add("NM1", "QC", "1", person["last_name"], person["first_name"])
            self.person(person)

    def person(self, person: dict[str, Any]) -> None:
        self.address(Address(person["address"], person["city"], person["state"], person["zip"]))
        self.out.add("DMG", "D8", day(person["birth_date"]), person["sex"])

    def payer(self, claim: Row, faults: Unwritable) -> Named:
        """2010BB: the payer of the claim, or that of provider.toml where the claim names none."""
        usual, said = self.provider.payer, (claim["payer_id"], claim["payer_name"])
        if usual and (said == (None, None) or usual.id == said[0] or (usual.name == said[1] and not said[0])):
            name, number, filing = said[1] or usual.name, usual.id, claim["filing"] or usual.filing
            return Named(faults.fit(name, "payer_name", 60), number, claim["payer_qualifier"] or usual.qualifier, filing)
        name, number = faults.need(said[1], "payer_name", 60), faults.need(said[0], "payer_id", 80)
        return Named(name, number, claim["payer_qualifier"] or "PI", claim["filing"])

    def diagnoses(self, codes: list[str], faults: Unwritable) -> None:
        if not codes or len(codes) > _MOST_DIAGNOSES:
            faults.add("has no diagnosis" if not codes else f"has more than {_MOST_DIAGNOSES} diagnoses")
        self.out.add("HI", *(self.out.composite(["ABF" if n else "ABK", code]) for n, code in enumerate(codes)))

    def clinician(self, claim: Row, faults: Unwritable) -> None:
        """2310B."""
        npi = claim["rendering_npi"]
        one = self.provider.clinicians.get(npi)
        if npi and one is None:
            faults.add("is of a rendering provider that provider.toml does not describe", now=True)
        if one:
            self.out.add("NM1", "82", "1" if one.first else "2", one.last, one.first, None, None, None, "XX", npi)
            if one.taxonomy:
                self.out.add("PRV", "PE", "PXC", one.taxonomy)

    def facility(self, claim: Row, faults: Unwritable) -> None:
        """2310C."""
        name = claim["facility_name"]
        address = self.provider.facilities.get(name)
        if name and address is None:
            faults.add("is of a service facility that provider.toml does not describe", now=True)
        if address:
            self.out.add("NM1", "77", "2", name)
            self.address(address)

    def address(self, one: Address) -> None:
        self.out.add("N3", one.street)
        self.out.add("N4", one.city, one.state, one.zip)

    def hierarchy(self, above: int | None, kind: str, children: int) -> int:
        self.level += 1
        self.out.add("HL", self.level, above, kind, children)
        return self.level


def _rows_of(table: pa.Table, claims: pa.Table) -> dict[int, list[Row]]:
    """The rows of these claims, by claim, in their order."""
    found: dict[int, list[Row]] = {}
    for row in table.filter(pc.is_in(table["claim_no"], claims["claim_no"].combine_chunks())).to_pylist():
        found.setdefault(row["claim_no"], []).append(row)
    return found


def _texts(batch: Batch, provider: Provider, members: Members) -> Iterator[str]:
    """Every text that may be written, each once a column."""
    for table in (batch.claim, batch.line, batch.other_payer):
        for name in table.column_names:
            column = table[name]
            if pa.types.is_list(column.type):
                column = pc.list_flatten(column)
            if pa.types.is_string(column.type) and name not in ("source", "interchange", "set_no"):
                yield from (text for text in column.unique().to_pylist() if text)
    yield from provider.texts()
    yield from members.texts()
