"""What is written as an 837P is read back as it was, and a full validator accepts it; what cannot be written says why."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from full import PROVIDER, ROOT, again, faults, members_of, provider_of, rows, written
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from perdiem import write
from perdiem.formats.intake import read
from perdiem.formats.members import Member, Members
from perdiem.formats.provider import read_provider
from perdiem.formats.write_837p import CLAIMS_OF_A_SET, write_837p
from perdiem.model.errors import FormatError
from perdiem.model.schema import CLAIM, LINE, OTHER_PAYER, PROBLEM, REJECTED, Batch, Census

CORPUS = ROOT.parent / "shared" / "data" / "x12"
SAMPLES = sorted([*CORPUS.glob("lfh__837_005010X222A2__*"), *CORPUS.glob("*837P_5010__Ex*"), *CORPUS.glob("moov*837p*")])
NOT_WRITTEN = {"lfh__837_005010X222A2__demo.example9.837": "has a pointer"}  # it points to a fifth diagnosis by name
EXAMPLES = ROOT / "examples"

# Texts as X12 has them: no space at the ends, and now and then a separator.
words = st.text(string.ascii_uppercase + string.digits + " '&*:^-.", min_size=1, max_size=20).map(str.strip).filter(bool)
ids = st.text(string.ascii_uppercase + string.digits, min_size=2, max_size=15)
days = st.dates(date(2020, 1, 1), date(2029, 12, 31))
money = st.decimals(0, 99999, places=2)
amounts = st.decimals(0, 9999, places=3)
maybe = st.none()
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking takes minutes
diagnoses = st.lists(st.sampled_from(["A419", "E119", "K50"]), min_size=1, max_size=12)
MORNING = datetime.combine(date(2024, 6, 10), time(8, 30))


def row_of(table: Any, values: dict[str, Any]) -> dict[str, Any]:
    return {column.name: values.get(column.name) for column in table.columns}


@st.composite
def a_line(draw: st.DrawFn, number: int) -> dict[str, Any]:
    first = draw(days)
    drug = draw(st.booleans())
    modifiers = draw(st.lists(st.sampled_from(["SH", "SJ", "KX", "JW"]), max_size=4, unique=True))
    return row_of(LINE, {
        "qualifier": "HC", "code": draw(st.sampled_from(["S9500", "J0690", "A4222", "99601"])), "lx": number,
        **dict(zip(("mod1", "mod2", "mod3", "mod4"), modifiers, strict=False)),
        "description": draw(maybe | words), "charge": draw(money), "unit_basis": draw(st.sampled_from(["UN", "MJ"])),
        "units": draw(amounts), "place": draw(maybe | st.sampled_from(["11", "12"])), "pointers": ["1"],
        "from_date": first, "to_date": first + timedelta(draw(st.integers(0, 40))),
        "ndc": "00074433201" if drug else None, "ndc_quantity": draw(amounts) if drug else None,
        "ndc_unit": draw(st.sampled_from(["ML", "UN", "GR"])) if drug else None,
        "prescription": draw(maybe | ids) if drug else None, "control": draw(maybe | ids), "note": draw(maybe | words),
    })  # fmt: skip


@st.composite
def a_claim(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    count = draw(st.integers(1, 3))
    lines = [draw(a_line(number)) for number in range(1, count + 1)]
    own = draw(st.booleans())
    claim = row_of(CLAIM, {
        "claim_id": draw(ids), "charge": sum((line["charge"] for line in lines), Decimal()), "place": "12",
        "facility_qualifier": "B", "frequency": draw(st.sampled_from(["1", "7", "8"])), "original_ref": draw(maybe | ids),
        "prior_auth": draw(maybe | ids), "payer_qualifier": draw(st.sampled_from(["PI", "XV"])), "payer_id": draw(ids),
        "payer_name": draw(words), "filing": draw(st.sampled_from(["BL", "CI"])), "member_id": draw(ids),
        "relation": "18" if own else draw(st.sampled_from(["01", "19", "G8"])), "last_name": draw(words),
        "first_name": draw(maybe | words), "birth_date": draw(days), "sex": draw(st.sampled_from("FMU")),
        "billing_npi": draw(st.sampled_from(["1234567893", "1093817465"])), "billing_taxonomy": draw(maybe | st.just("3336H0001X")),
        "billing_name": draw(words), "rendering_npi": draw(maybe | st.just("1234567893")),
        "facility_name": draw(maybe | words), "diagnoses": draw(diagnoses),
    })  # fmt: skip
    others: list[dict[str, Any]] = []
    for payer in draw(st.lists(ids, max_size=2, unique=True)):
        kinds = draw(st.lists(st.sampled_from(["D", "A8", "EAF", "CO-45", "CO-97", "PR-1"]), unique=True, min_size=1))
        others += [{"line_no": None, "payer_id": payer, "kind": kind, "amount": draw(money)} for kind in kinds]
        for number in draw(st.lists(st.integers(1, count), max_size=1)):
            of_line = ["SVD", *draw(st.lists(st.sampled_from(["CO-45", "PR-2", "EAF"]), unique=True))]
            others += [{"line_no": number, "payer_id": payer, "kind": kind, "amount": draw(money)} for kind in of_line]
    return claim, lines, others


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    claims, lines, others = [], [], []
    for number, (claim, its_lines, its_others) in enumerate(draw(st.lists(a_claim(), min_size=1, max_size=4)), 1):
        before = len(lines)
        claims.append(claim | {"claim_no": number, "source": "drawn"})
        lines += [line | {"claim_no": number, "line_no": before + at} for at, line in enumerate(its_lines, 1)]
        others += [one | {"claim_no": number, "line_no": one["line_no"] and before + one["line_no"]} for one in its_others]
    return batch_of(claims, lines, others)


def batch_of(claims: list[dict[str, Any]], lines: list[dict[str, Any]], others: list[dict[str, Any]]) -> Batch:
    tables = zip((CLAIM, LINE, OTHER_PAYER, PROBLEM, REJECTED), (claims, lines, others, [], []), strict=True)
    return Batch(*(pa.Table.from_pylist(found, table.arrow) for table, found in tables), Census())


@settings(max_examples=150, deadline=None, phases=UNSHRUNK)
@given(batches())
def test_what_is_written_is_read_back(batch: Batch) -> None:
    data = written(batch)
    with TemporaryDirectory() as folder:
        read_back = again(data, Path(folder))
    assert rows(read_back) == rows(batch)
    assert read_back.problem.num_rows == 0


@settings(max_examples=25, deadline=None, phases=UNSHRUNK)
@given(batches())
def test_a_full_validator_accepts_what_is_written(batch: Batch) -> None:
    assert faults(written(batch)) == []


@pytest.mark.skipif(not SAMPLES, reason="skipped, because ../shared/data/x12 is not beside the repository")
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_samples_come_back(sample: Path, tmp_path: Path) -> None:
    batch = read([sample])
    if sample.name in NOT_WRITTEN:
        with pytest.raises(FormatError, match=NOT_WRITTEN[sample.name]):
            written(batch)
        return
    usual = pa.array([value or "B" for value in batch.claim["facility_qualifier"].to_pylist()])
    at = batch.claim.column_names.index("facility_qualifier")
    wanted = replace(batch, claim=batch.claim.set_column(at, "facility_qualifier", usual))  # left out by one of them
    data = written(batch)
    assert rows(again(data, tmp_path)) == rows(wanted)
    assert faults(data) == []


@pytest.mark.parametrize("name", ["week-23.837", "week-24.837.gz"])
def test_the_examples_come_back(name: str, tmp_path: Path) -> None:
    batch = read([EXAMPLES / name])
    data = written(batch)
    assert rows(again(data, tmp_path)) == rows(batch)
    assert faults(data) == []


def test_the_example_files_describe_the_examples() -> None:
    batch = read([EXAMPLES / "week-23.837"])
    data = write(batch, EXAMPLES / "provider.toml", EXAMPLES / "members.csv")
    assert data.count(b"\nCLM*") == batch.claim.num_rows
    assert faults(data) == []


def test_the_same_claims_give_the_same_bytes_and_no_clock_speaks() -> None:
    batch = read([EXAMPLES / "week-23.837"])
    first = written(batch)
    assert first == written(batch)
    last = max(line["to_date"] for line in batch.line.to_pylist())
    assert f"*{last:%Y%m%d}*0000*CH~".encode() in first
    at = b"".join(write_837p(batch, provider_of(batch), members_of(batch), MORNING))
    assert b"*240610*0830*^*00501*000000001*0*T*:~" in at
    assert b"*20240610*0830*CH~" in at


def test_sets_and_subscribers_are_cut_where_the_guide_says(tmp_path: Path) -> None:
    one = read([EXAMPLES / "week-23.837"])
    claim, line = one.claim.to_pylist()[0], one.line.to_pylist()[0]
    many = CLAIMS_OF_A_SET + 120
    claims = [claim | {"claim_no": n, "claim_id": f"C{n}", "charge": line["charge"]} for n in range(1, many + 1)]
    batch = batch_of(claims, [line | {"claim_no": n, "line_no": n} for n in range(1, many + 1)], [])
    data = written(batch)
    assert data.count(b"\nST*") == 2
    assert data.count(b"*22*0~") == CLAIMS_OF_A_SET // 100 + 2
    back = again(data, tmp_path)
    assert (rows(back), back.problem.num_rows) == (rows(batch), 0)


def plain(**changed: Any) -> Batch:
    """The first example claim, changed."""
    batch = read([EXAMPLES / "week-23.837"])
    claim, line = batch.claim.to_pylist()[0], batch.line.to_pylist()[0]
    of_line = {name: value for name, value in changed.items() if name in LINE.arrow.names and name != "charge"}
    of_claim = {name: value for name, value in changed.items() if name in CLAIM.arrow.names}
    return batch_of([claim | of_claim], [line | of_line], [])


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"member_id": None, "birth_date": None}, "claim 1 .* lacks member_id, birth_date"),
        ({"place": None, "control": None}, ""),  # the line's own place may be empty, the claim's may not
        ({"diagnoses": []}, "has no diagnosis"),
        ({"diagnoses": ["A419"] * 13}, "more than 12 diagnoses"),
        ({"billing_npi": "1093817465"}, "billing provider that provider.toml does not describe"),
        ({"rendering_npi": "1093817465"}, "rendering provider"),
        ({"facility_name": "ELSEWHERE"}, "service facility"),
        ({"ndc": "00074433201"}, "lacks ndc_quantity, ndc_unit"),
        ({"prescription": "RX1"}, "without ndc"),
        ({"unit_basis": "DA"}, "unit_basis that the guide does not list"),
        ({"pointers": ["13"]}, "has a pointer"),
        ({"note": "N" * 81}, "more than 80 characters in note"),
        ({"relation": "99"}, "relation that the guide does not list"),
        ({"relation": "19"}, "lacks subscriber_last"),
        ({"payer_name": None, "payer_id": "X9"}, "lacks payer_name"),
        ({"last_name": "A\nB"}, "hold a line break"),
        ({"last_name": "A*B", "note": "C|D"}, "so none can separate"),
    ],
)
def test_what_cannot_be_written_is_told(changed: dict[str, Any], says: str) -> None:
    batch = plain(**changed)
    members = Members(
        [Member(batch.claim["member_id"][0].as_py() or "M", address="1 A ST", city="AUSTIN", state="TX", zip="78701")]
    )
    wanted = says or "lacks place"
    with pytest.raises(FormatError, match=wanted) as told:
        list(write_837p(batch, PROVIDER, members))
    assert "ORTEGA" not in str(told.value)
    assert told.value.do


def test_every_claim_that_cannot_be_written_is_told_at_once() -> None:
    batch = plain()
    claim, line = batch.claim.to_pylist()[0], batch.line.to_pylist()[0]
    many = [claim | {"claim_no": number, "sex": None, "diagnoses": []} for number in range(1, 103)]
    with pytest.raises(FormatError) as told:
        list(
            write_837p(
                batch_of(many, [line | {"claim_no": n, "line_no": n} for n in range(1, 103)], []), PROVIDER, None, MORNING, ["x"]
            )
        )
    said = told.value.what.split("; ")
    assert (len(said), said[0], said[-1]) == (101, "x", "and 3 more")
    assert all("sex" in one and one.endswith("has no diagnosis") for one in said[1:-1])
    assert [one.split()[1] for one in said[1:-1]] == [str(number) for number in range(1, 100)]


def test_a_claim_without_lines_or_a_batch_without_claims_is_told() -> None:
    batch = plain()
    with pytest.raises(FormatError, match="are none"):
        list(write_837p(batch_of([], [], []), PROVIDER))
    with pytest.raises(FormatError, match="has no service line"):
        list(write_837p(replace(batch, line=batch.line.slice(0, 0)), provider_of(batch), members_of(batch), MORNING))


def test_an_empty_payer_and_provider_are_filled_from_the_file(tmp_path: Path) -> None:
    bare = {
        "payer_id": None,
        "payer_name": None,
        "payer_qualifier": None,
        "filing": None,
        "billing_npi": None,
        "billing_name": None,
    }
    batch = plain(**bare, billing_taxonomy=None)
    back = again(b"".join(write_837p(batch, PROVIDER, members_of(batch))), tmp_path).claim.to_pylist()[0]
    assert (back["payer_id"], back["filing"], back["billing_npi"]) == ("84980", "BL", "1234567893")
    assert (back["billing_name"], back["billing_taxonomy"]) == ("EXAMPLE HOME INFUSION", "3336H0001X")


def test_the_provider_file_is_read_as_it_says() -> None:
    assert read_provider(EXAMPLES / "provider.toml") == PROVIDER
    assert (PROVIDER.control, PROVIDER.usage, PROVIDER.receiver.id) == (1, "T", "EXAMPLECH")
