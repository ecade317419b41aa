"""Orders as claims, by the commands: written as an 837P, priced, and held against what was billed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from formats.full import faults

from .command import perdiem

EXAMPLES = Path(__file__).parents[2] / "examples"
SIG = "cefazolin 2 g IV q8h x 7 days"
ORDER = ("order", "--sig", SIG, "--from", "2024-06-03", "--payer", "bcbstx", "--pos", "12", "--member", "M1", "--diagnosis", "A419")
MEMBER = (
    "member_id,last_name,first_name,birth_date,sex,address,city,state,zip\nM1,EXAMPLE,PAT,1970-01-02,F,1 A ST,AUSTIN,TX,78701\n"
)


@pytest.fixture
def claim(tmp_path: Path) -> Path:
    """The 837P of one order."""
    (tmp_path / "members.csv").write_text(MEMBER, encoding="utf-8")
    files = ("--provider", EXAMPLES / "provider.toml", "--members", tmp_path / "members.csv", "--out", tmp_path / "order.837")
    done = perdiem(*ORDER, "--format", "837p", *files)
    assert done.status == 0, done.err
    return tmp_path / "order.837"


def orders(folder: Path, sig: str, member: str = "M1") -> Path:
    file = folder / "orders.csv"
    file.write_text(f'order_id,member_id,sig,from,payer,pos\n7,{member},"{sig}",2024-06-03,bcbstx,12\n', encoding="utf-8")
    return file


def test_an_order_passes_the_check_of_its_payer(claim: Path) -> None:
    [answer] = perdiem("check", claim, "--format", "jsonl").answers
    assert (answer["verdict"], answer["charge"], answer["payer"]) == ("pay", "938.00", "84980")
    assert [(line["code"], line["units"], line["verdict"]) for line in answer["lines"]] == [
        ("S9502", 7, "pay"),
        ("J0690", 84, "pay"),
    ]


def test_the_example_orders_are_claims_in_one_command(tmp_path: Path) -> None:
    files = ("--provider", EXAMPLES / "provider.toml", "--members", EXAMPLES / "members.csv", "--out", tmp_path / "orders.837")
    done = perdiem("order", EXAMPLES / "orders-to-bill.csv", "--format", "837p", *files)
    assert (done.status, done.err) == (0, "")
    assert faults((tmp_path / "orders.837").read_bytes()) == []
    checked = perdiem("check", tmp_path / "orders.837", "--format", "jsonl")
    assert checked.status == 0
    assert {answer["claim_id"]: answer["verdict"] for answer in checked.answers} == dict.fromkeys(
        ("RX-11", "RX-13", "RX-14"), "pay"
    )


def test_all_that_keeps_orders_from_being_written_is_told_at_once(tmp_path: Path) -> None:
    bare = (EXAMPLES / "provider.toml").read_text("utf-8").partition("[charges]")[0]
    (tmp_path / "bare.toml").write_text(bare + "[charges]\nS9502 = 110.00\n", encoding="utf-8")
    (tmp_path / "one.csv").write_text(MEMBER.replace("M1", "ZPT800000102"), encoding="utf-8")
    files = ("--provider", tmp_path / "bare.toml", "--members", tmp_path / "one.csv", "--out", tmp_path / "orders.837")
    done = perdiem("order", EXAMPLES / "orders-to-bill.csv", "--format", "837p", *files)
    said = " ".join(done.err.split())
    assert done.status == 2
    for told in (
        "order RX-11 gives J0690, 99601, 99602, for",
        "order RX-12 gives S9501, J3370, for",
        "order RX-13 gives S9500, J0696, for", "order RX-14 gives S9338, J1459, for",
        "claim 1 (order RX-11) lacks last_name, birth_date, sex",
        "claim 3 (order RX-14) lacks last_name, birth_date, sex",
    ):  # fmt: skip
        assert told in said
    assert "claim 2" not in said
    assert not list(tmp_path.glob("orders.837*"))


def test_back_to_the_order(claim: Path) -> None:
    told = json.loads(perdiem("order", "--from-claim", claim, "--format", "json").out)
    assert [(one["code"], one["says"], one["dose_a_day"]) for one in told["implied"]] == [
        ("J0690", "Cefazolin sodium", "6000 mg"), ("S9502", "every 8 hours", None)
    ]  # fmt: skip


def test_the_same_order_does_not_differ_and_another_does(claim: Path, tmp_path: Path) -> None:
    same = perdiem("order", "--from-claim", claim, "--orders", orders(tmp_path, SIG))
    assert (same.status, same.out.strip()) == (0, "no difference")
    other = perdiem("order", "--from-claim", claim, "--orders", orders(tmp_path, SIG.replace("8h", "6h")), "--format", "json")
    found = json.loads(other.out)["findings"]
    assert other.status == 1
    assert {(one["kind"], one["effect"]) for one in found} == {("order", "advise")}
    assert {one["about"]: (one["ordered"], one["billed"]) for one in found}["interval"] == (
        "S9503, every 6 hours", "S9502, every 8 hours"
    )  # fmt: skip
    nobody = perdiem("order", "--from-claim", claim, "--orders", orders(tmp_path, SIG, ""))
    assert (nobody.status, "name no member" in nobody.err) == (2, True)


def test_the_expected_payment_of_an_order() -> None:
    told = perdiem(*ORDER, "--contract", EXAMPLES / "contract.toml")
    assert told.status == 0, told.err
    assert told.out.rstrip().endswith("expected  $915.07")  # 3 x 117.75 + 4 x 121.25 + 84 x 0.9145, each line rounded
    assert "84 units x 0.9145 = 76.818" in told.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--format", "837p"), "name who bills with --provider"),
        (("--format", "837p", "--provider", EXAMPLES / "provider.toml"), "claim 1 (order 1) lacks last_name"),
        (("--format", "837p", "--provider", "gone.toml"), "gone.toml: cannot be read"),
        (("--contract", "gone.toml"), "gone.toml: cannot be read"),
        (("--from-claim", "gone.837"), "are none that can be read"),
    ],
)
def test_what_is_missing_is_told(words: tuple[str | Path, ...], says: str, tmp_path: Path) -> None:
    done = perdiem(*ORDER, *words, cwd=tmp_path)
    assert done.status == 2
    assert says in " ".join((done.err).replace("│", " ").split())


def test_writing_claims_again(tmp_path: Path) -> None:
    files = ("--provider", EXAMPLES / "provider.toml", "--members", EXAMPLES / "members.csv")
    out = tmp_path / "again.837"
    assert perdiem("write", EXAMPLES / "week-23.837", *files, "--out", out).status == 0
    one, two = (perdiem("check", file, "--format", "csv").out for file in (EXAMPLES / "week-23.837", out))
    assert one.replace("week-23.837", "again.837") == two
    assert perdiem("write", EXAMPLES / "week-23.837", *files).out.encode() == out.read_bytes()
    before = out.read_bytes()
    lacking = perdiem("write", EXAMPLES / "week-24.837.gz", *files, "--out", out)  # members.csv does not know them
    assert (lacking.status, out.read_bytes()) == (2, before)
    assert not list(tmp_path.glob("*.part"))
