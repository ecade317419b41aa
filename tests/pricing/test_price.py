"""Prices of judged claims, reckoned by hand: therapies of some days, weeks and months, official prices, what has no price."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cli.command import claim, line, perdiem, write
from codes.drawn import imported
from perdiem import check, price
from perdiem.pipeline.bulk import Sizes, judge_all
from perdiem.pipeline.check import loaded_policies
from perdiem.pipeline.price import Priced, Pricer, Totals, claim_totals, priced_lines
from perdiem.pipeline.stakes import BY, stakes
from perdiem.pricing.contract import read_contract

from .world import CONTRACT, HEAD, Judged, contract, priced

HOME = CONTRACT.replace('payer_ids = ["P1"]', 'payer = "bcbstx"')
RATES = """\
S9502,,unit,,,100.00
S9351,,unit,,,45.55
S9338,,week,,,300.00
S9347,,month,,,900.00
S9500,,unit,,2024-06-04,80.00
S9500,,unit,2024-06-05,,90.00
J0690,,unit,,,1.5
J2405,,unit,,,0.333
E0781,RR,unit,,,200.00
E0781,RR KX,unit,,,180.00
E0781,KX,unit,,,170.00
E0776,RR,unit,,,5.00
E0776,NU,unit,,,50.00
"""


def judged(folder: Path, *claims: dict[str, Any], rates: str = RATES, lesser: bool = False, more: str = "") -> Priced:
    contract(folder, rates, lesser=lesser, text=HOME, more=more)
    return price(check([write(folder / "claims.837", list(claims))]), folder / "contract.toml")


def sums(found: Priced) -> dict[str, tuple[Any, ...]]:
    """For each line: allowed, pended, denied as text, or why it has no price."""
    return {
        f"{row['claim_id']}.{row['line']}": (row["lacks"],)
        if row["lacks"]
        else tuple(f"{row[m]}" for m in ("allowed", "pended", "denied"))
        for row in priced_lines(found)
    }


def test_a_second_therapy_of_four_days_is_paid_half_for_four_days(tmp_path: Path) -> None:
    """Cefazolin all week; ondansetron from Wednesday to Saturday, billed as a second therapy for all seven days."""
    drug = line("J2405", 32, "2024-06-05", "2024-06-08")
    found = judged(tmp_path, claim("C1", line("S9502"), line("J0690", 84), line("S9351", mods="SH"), drug))
    assert sums(found) == {
        "C1.1": ("700.00", "0.00", "0.00"),
        "C1.2": ("126.00", "0.00", "0.00"),
        "C1.3": ("91.10", "0.00", "68.33"),  # 4 and 3 days at half of 45.55: 68.325 is half up
        "C1.4": ("10.66", "0.00", "0.00"),  # 32 x 0.333 = 10.656
    }
    how = [row["how"] for row in priced_lines(found)][2]
    assert how == [
        "pay: 4 units x 45.55 x 50 % = 91.10 [rates.csv, row 3]",
        "deny: 3 units x 45.55 x 50 % = 68.325 [rates.csv, row 3]",
    ]


def test_a_rate_holds_on_its_days(tmp_path: Path) -> None:
    found = judged(tmp_path, claim("C1", line("S9500"), line("J0696", 56)))
    assert sums(found) == {"C1.1": ("610.00", "0.00", "0.00"), "C1.2": ("no rate",)}  # two days at 80, five at 90


def test_pending_money_is_a_range(tmp_path: Path) -> None:
    found = judged(tmp_path, claim("C1", line("S9502"), line("J0690", 84), pos="13"))
    assert sums(found) == {"C1.1": ("0.00", "700.00", "0.00"), "C1.2": ("0.00", "126.00", "0.00")}
    totals = Totals()
    totals.add(found.line)
    assert totals.expected == (Decimal("0.00"), Decimal("826.00"))


def test_lesser_of_the_charge(tmp_path: Path) -> None:
    low = line("S9502", charge=350)
    assert sums(judged(tmp_path, claim("C1", low, line("J0690", 84)), lesser=True))["C1.1"] == ("350.00", "0.00", "0.00")
    part = line("J0690", 36, "2024-06-03", "2024-06-05")
    assert sums(judged(tmp_path, claim("C1", low, part), lesser=True))["C1.1"] == ("150.00", "0.00", "200.00")


def terms(folder: Path) -> Any:
    return contract(folder, RATES)


@pytest.mark.parametrize(
    ("days", "paid"),
    [("p" * 7, 300), ("p" * 8, 600), ("p" * 21, 900), ("pddddddpdddddd", 600), ("pp" + "d" * 12, 300), ("dddddddp", 300)],
)
def test_a_week_is_paid_where_a_payable_day_falls(tmp_path: Path, days: str, paid: int) -> None:
    [row], _ = priced([Judged("S9338", days, Decimal(len(days)), Decimal(1))], [terms(tmp_path)])
    assert row["allowed"] == paid


def test_a_month_is_paid_where_a_payable_day_falls(tmp_path: Path) -> None:
    lines = [Judged("S9347", days, Decimal(len(days)), Decimal(1)) for days in ("p" * 28, "p" * 29, "d" * 28 + "p", "p" * 70)]
    rows, _ = priced(lines, [terms(tmp_path)])
    assert [row["allowed"] for row in rows] == [900, 1800, 900, 2700]  # from 3 June on
    assert [row["denied"] for row in rows] == [0, 0, 900, 0]


def test_the_rate_that_names_more_of_the_modifiers_is_taken(tmp_path: Path) -> None:
    def one(code: str, *modifiers: str) -> Judged:
        return Judged(code, "p", Decimal(1), Decimal(1), modifiers, by_day=False)

    lines = [one("E0781", "RR"), one("E0781", "KX", "RR"), one("E0781", "RR", "SH"), one("E0781"), one("E0776", "NU", "RR")]
    rows, _ = priced(lines, [terms(tmp_path)])
    assert [row["allowed"] for row in rows] == [200, 180, 100, None, None]
    assert [row["lacks"] for row in rows] == [None, None, None, "no rate", "two rates"]


def test_what_the_rate_names_is_not_reduced_again(tmp_path: Path) -> None:
    made = contract(tmp_path, "S9351,SH,unit,,,30\nS9351,,unit,,,45\n")
    rows, _ = priced([Judged("S9351", "pp", Decimal(2), Decimal(1), mods) for mods in (("SH",), ("SJ",), ("SJ", "SH"))], [made])
    assert [row["allowed"] for row in rows] == [60, 0, 0]


def test_days_outside_the_contract_have_no_price(tmp_path: Path) -> None:
    made = contract(tmp_path, "S9502,,unit,,,100\n")
    whole = Judged("S9502", "pp", Decimal(2), Decimal(1))
    rows, _ = priced([whole], [replace(made, until=whole.first)])
    assert (rows[0]["lacks"], rows[0]["allowed"], rows[0]["pay_charge"]) == ("no contract", None, 1)


def test_other_payers_and_providers_have_no_price(tmp_path: Path) -> None:
    lines = line("S9502"), line("J0690", 84)
    other = {"name": "AETNA", "id": "60054"}
    claims = [claim("C1", *lines), claim("C2", *lines, npi="1093817465"), claim("C3", *lines, payer=other)]
    more = HOME.replace("effective", 'providers = ["1234567893"]\neffective')
    contract(tmp_path, RATES, text=more)
    found = sums(price(check([write(tmp_path / "c.837", claims)]), tmp_path / "contract.toml"))
    assert found["C1.1"] == ("700.00", "0.00", "0.00")
    assert found["C2.1"] == found["C3.1"] == ("no contract",)


def test_unedited_lines_are_priced_apart_and_withdrawn_ones_not(tmp_path: Path) -> None:
    contract(tmp_path, RATES.replace("S9338,,week", "S9338,,unit"), text=HOME.replace('payer = "bcbstx"', 'payer_ids = ["60054"]'))
    other = {"name": "AETNA", "id": "60054"}
    first = claim("C1", line("S9502"), payer=other, member="M1")
    again = claim("C2", line("S9502"), payer=other, member="M1", frequency="7", original_ref="C1")
    found = price(check([write(tmp_path / "c.837", [first, again])]), tmp_path / "contract.toml")
    rows = [(row["claim_id"], row["allowed"], row["unedited"]) for row in priced_lines(found)]
    assert rows == [("C2", Decimal("0.00"), Decimal("700.00"))]


def test_official_prices_fill_what_the_schedule_leaves_out(tmp_path: Path) -> None:
    imported(tmp_path, "limits.csv")
    imported(tmp_path, "DME24-C.csv")
    bases = '\n[[base]]\nkind = "asp"\npercent = 95.5\n[[base]]\nkind = "dmepos"\nstate = "AL"\nrural = true\npercent = 80\n'
    made = contract(tmp_path, "J9002,,unit,,,1\n", more=bases)
    july = Judged("J9001", "p", Decimal(3), Decimal(1), (), False).first.replace(month=7)

    def one(code: str, *modifiers: str, units: int = 1, day: Any = july) -> Judged:
        return Judged(code, "p", Decimal(units), Decimal(1), modifiers, by_day=False, first=day)

    lines = [
        one("J9001", units=3),
        one("A9001"),
        one("E9001", "RR"),
        one("E9001", "RR", "KZ"),
        one("E9001"),
        one("J9001", day=july.replace(month=6)),
    ]
    rows, steps = priced(lines, [made])
    half_up = (Decimal("1234.567") * 3 * Decimal("0.955")).quantize(Decimal("0.01"))
    assert [row["allowed"] for row in rows] == [half_up, Decimal("2.73"), Decimal("28.80"), Decimal("35.20"), None, None]
    assert {step["origin"] for step in steps if step["origin"]} == {row.id for row in imported_releases()}


def imported_releases() -> list[Any]:
    from perdiem.codes.releases import loaded

    return loaded()


def test_stakes_add_up_to_the_lines_however_they_are_summed(tmp_path: Path) -> None:
    examples = Path(__file__).parents[2] / "examples"
    found = price(check([examples / "week-23.837", examples / "week-24.837.gz"]), examples / "contract.toml")
    totals = Totals()
    totals.add(found.line)
    for by in BY:
        told = stakes([found], by)
        assert sum(one.charge for one in told) == totals.charges["deny_charge"] + totals.charges["pend_charge"]
        assert sum(one.expected for one in told) == totals.money["denied"] + totals.money["pended"]
        assert [one.expected for one in told] == sorted((one.expected for one in told), reverse=True)
    assert sum(totals.charges.values()) == totals.charge
    claims = claim_totals(list(priced_lines(found)))
    assert sum(row["allowed"] for row in claims) == totals.money["allowed"]
    assert {stake.what.partition("#")[0] for stake in stakes([found], "rule") if "#" in stake.what} == {"bcbstx-cpcp019"}


@pytest.mark.parametrize("sizes", [Sizes(chunk=20, whole=1, part=30, threads=2), Sizes(chunk=11, whole=30, part=40, threads=1)])
def test_parts_and_chunks_change_no_cent(sizes: Sizes) -> None:
    examples = Path(__file__).parents[2] / "examples"
    files = [examples / "week-23.837", examples / "week-24.837.gz"]
    whole, cut = Totals(), Totals()
    lines: list[list[dict[str, Any]]] = []
    for into, how in ((whole, Sizes()), (cut, sizes)):
        told: list[dict[str, Any]] = []
        with Pricer([read_contract(examples / "contract.toml")]) as pricer:
            for run in judge_all(files, loaded_policies(), sizes=how):
                one = pricer.price(run)
                into.add(one.line)
                told += priced_lines(one)
        lines.append(told)
    assert whole.told() == cut.told()
    assert lines[0] == lines[1]


def test_the_command_tells_lines_stakes_and_totals(tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text(HEAD + RATES, encoding="utf-8")
    terms = tmp_path / "contract.toml"
    terms.write_text(HOME.replace("{lesser}", "true"), encoding="utf-8")
    claims = write(tmp_path / "c.837", [claim("C1", line("S9502"), line("J0690", 84), line("A4222"))])
    table = perdiem("price", claims, "--contract", terms)
    assert (table.status, "7 units x 100.00 = 700.00 [rates.csv, row 2]" in table.out) == (0, True)
    assert "not priced  1 line, $100.00 charged: no rate" in table.out
    told = perdiem("price", claims, "--contract", terms, "--format", "csv").out.splitlines()
    assert told[1].startswith("C1,c.837,1,S9502,,2024-06-03,2024-06-09,7,100.00,pay,7,0,0,100.00,0.00,0.00,0.00,,drawn,")
    shown = perdiem("price", claims, "--contract", terms, "--by", "carc", "--format", "json")
    assert '"what": "CO-97 M15"' in shown.out
    assert '"expected": [\n' in shown.out
    missing = perdiem("price", claims, "--contract", tmp_path / "none.toml")
    assert (missing.status, "none.toml: cannot be read" in missing.err) == (2, True)
    assert perdiem("price", claims, "--contract", terms, "--by", "shoe").status == 2
    assert perdiem("price", claims, "--contract", terms, "--out", claims).status == 2


def test_an_empty_batch_has_an_empty_price(tmp_path: Path) -> None:
    (tmp_path / "none.837").write_bytes(b"")
    contract(tmp_path, RATES, text=HOME)
    found = price(check([tmp_path / "none.837"]), tmp_path / "contract.toml")
    totals = Totals()
    totals.add(found.line)
    assert (found.line.num_rows, found.step.num_rows, found.stake.num_rows, totals.lines) == (0, 0, 0, 0)
