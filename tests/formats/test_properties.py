"""Whatever is done to a file, reading it never raises and its ledger balances in claims, lines and cents."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import writer as w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from damage import damaged_bytes, damaged_segments
from perdiem.formats import census, elements
from perdiem.formats.claim_837p import read_837p
from perdiem.formats.columns import Shelf
from perdiem.formats.content import refusal
from perdiem.formats.intake import tally
from perdiem.formats.refused import is_837p, set_aside
from perdiem.formats.x12 import stretches
from perdiem.model.schema import Batch, Census

CHILD = ["HL*3*2*23*0", "PAT*19", "NM1*QC*1*DOE*KIM", "DMG*D8*20150304*M"]
OTHER = ["SBR*S*18*******MB", "CAS*CO*45*10.5", "AMT*D*80", "NM1*PR*2*SECOND*****PI*99"]
DRUG = [*w.line(2), "LIN**N4*00074433201", "CTP****2*ML", "SVD*99*80*HC:S9500**7", "CAS*PR*1*20"]
CLAIM = w.claim("C3", "200", [*OTHER, *w.line(), *DRUG])
BODY = [*w.provider(), *w.subscriber(), *w.claim(), *w.claim("C2", "7.5"), *w.subscriber(2), *CHILD, *CLAIM]
PARTS = [
    *w.segments(BODY),
    w.isa(control="000000002"),
    *w.group([w.transaction(BODY), w.transaction(BODY, "2", "005010X223A2")]),
    "IEA*1*000000002",
]
FILES = [w.text(PARTS), w.text(PARTS, "~"), w.text(PARTS, "\n"), w.text(PARTS, "!\r\n").replace(b"*", b"|").replace(b":", b"^")]
many = settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))


def taken(data: bytes) -> Batch:
    """The batch of one file in memory, and its census; as intake does it, without the file."""
    shelf = Shelf()
    shelf.begin("test")
    counted = Census()
    if refusal(data) is None:
        for stretch in stretches(data, shelf):
            if is_837p(stretch, shelf):
                read_837p(stretch, shelf)
            else:
                set_aside(stretch, shelf)
        counted = census.count(data)
    shelf.begin("")
    return Batch(*(rows.arrow() for rows in (shelf.claim, shelf.line, shelf.other_payer, shelf.problem, shelf.rejected)), counted)


def balances(data: bytes) -> None:
    batch = taken(data)
    assert tally(batch) == batch.census
    if batch.rejected.num_rows:
        assert set(batch.problem.column("weight").to_pylist()) & {"rejected", "refused"}


@many
@given(damaged_bytes(FILES))
def test_damaged_bytes_balance(data: bytes) -> None:
    balances(data)


@many
@given(damaged_segments(PARTS))
def test_damaged_segments_balance(data: bytes) -> None:
    balances(data)


@many
@given(st.binary(max_size=400), st.binary(max_size=400))
def test_noise_balances(one: bytes, other: bytes) -> None:
    balances(one)
    balances(FILES[0] + one + FILES[3] + other)
    balances(FILES[0][:106] + one)


def test_truncations_balance() -> None:
    for data in FILES:
        for end in range(0, len(data), 7):
            balances(data[:end])


def test_single_byte_damage_balances() -> None:
    for data in FILES[:2]:
        for at in range(0, len(data), 5):
            for new in b"*~":
                balances(data[:at] + bytes([new]) + data[at + 1 :])


@many
@given(st.text(alphabet=st.sampled_from("0123456789.- +eE,x٣"), max_size=24))
def test_the_two_readings_of_an_amount_agree(text: str) -> None:
    amount = elements.cents(text.strip(" "))
    data = w.one(charge=text)
    assert census.count(data).charge_cents == (amount or 0)
    if amount is not None:
        assert Decimal(text.strip(" ")) * 100 == amount


def test_the_unharmed_files_are_read_whole(tmp_path: Path) -> None:
    for data in FILES:
        batch = w.put(tmp_path, data)
        assert (batch.claim.num_rows, batch.line.num_rows, batch.rejected.num_rows) == (6, 8, 3)
