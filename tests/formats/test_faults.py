"""Every fault that sets a claim aside, every oddity that is told, and that neither speaks of the patient."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import writer as w

from perdiem.formats import faults

SV1 = "SV1*HC:S9500*100*UN*7***1"


def sv1(old: str, new: str) -> list[str]:
    return w.line(sv1=SV1.replace(old, new))


def dated(dtp: str) -> list[str]:
    return w.line(dtp=dtp)


REJECTED = {
    "no claim id": (w.one(name=""), faults.NO_CLAIM_ID),
    "long claim id": (w.one(name="C" * 39), faults.LONG_CLAIM_ID),
    "negative claim charge": (w.one(charge="-100"), faults.NEGATIVE_CLAIM_CHARGE),
    "no lines": (w.one(lines=[]), faults.NO_LINES),
    "institutional lines": (w.one(lines=["LX*1", "SV2*0300*HC:80019*100*UN*1"]), faults.OTHER_LINES),
    "no LX": (w.one(lines=w.line()[1:]), faults.NO_LX),
    "second SV1": (w.one(lines=[*w.line(), SV1]), faults.SECOND_SERVICE),
    "LX without SV1": (w.one(lines=[*w.line(), "LX*2"]), faults.NO_SERVICE),
    "no code": (w.one(lines=sv1("S9500", "")), faults.NO_CODE),
    "long code": (w.one(lines=sv1("S9500", "S" * 49)), faults.LONG_CODE),
    "negative charge": (w.one(lines=sv1("*100*", "*-1*")), faults.NEGATIVE_CHARGE),
    "negative units": (w.one(lines=sv1("UN*7", "UN*-7")), faults.NEGATIVE_UNITS),
    "no date": (w.one(lines=w.line()[:2]), faults.NO_DATE),
    "claim date only": (w.one(lines=w.line()[:2], extra=["DTP*472*D8*20240603"]), faults.NO_DATE),
    "backward span": (w.one(lines=dated("DTP*472*RD8*20240609-20240603")), faults.BACKWARD_SPAN),
    "long span": (w.one(lines=dated("DTP*472*RD8*20220101-20240102")), faults.LONG_SPAN),
    "two dates": (w.one(lines=[*w.line(), "DTP*472*D8*20240604"]), faults.TWO_DATES),
    "lost CLM": (w.one(lines=[*w.line(), "HI*ABK:E119", *w.line(2)]), faults.LOST_CLAIM),
    "overlong": (w.one(lines=[*w.line(), "NTE*ADD*" + "x" * 5000]), faults.OVERLONG),
}
BAD_AMOUNTS = [
    "", "ABC", "1E5", "NaN", "Infinity", "1,000", "$5", "1.005", "9" * 17, "1" * 41, "--1", "+1", "1.2.3", "٣", "1 0", ".",
]  # fmt: skip
BAD_UNITS = ["", "ABC", "1E2", "NaN", "1.0005", "9" * 16, "٣", "1-"]
BAD_DATES = [
    "DTP*472*D8*20240230", "DTP*472*D8*18991231", "DTP*472*D8*22000101", "DTP*472*D8*2024060", "DTP*472*D8*",
    "DTP*472*RD8*20240603", "DTP*472*RD8*20240603-", "DTP*472*TM*1200", "DTP*472", "DTP*472*D8*20240603-20240604",
]  # fmt: skip


@pytest.mark.parametrize("name", REJECTED)
def test_a_fault_sets_the_claim_aside(tmp_path: Path, name: str) -> None:
    data, fault = REJECTED[name]
    batch = w.put(tmp_path, data)
    assert (batch.claim.num_rows, batch.rejected.num_rows) == (0, 1)
    assert fault in w.told(batch, "rejected")


@pytest.mark.parametrize("amount", BAD_AMOUNTS)
def test_amounts_that_are_none(tmp_path: Path, amount: str) -> None:
    claim, line = w.put(tmp_path, w.one(charge=amount)), w.put(tmp_path, w.one(lines=sv1("*100*", f"*{amount}*")))
    assert w.told(claim, "rejected") == [faults.NO_CLAIM_CHARGE]
    assert w.told(line, "rejected") == [faults.NO_CHARGE]
    assert claim.rejected.column("charge").to_pylist() == [Decimal(0)]
    assert line.rejected.column("charge").to_pylist() == [Decimal(100)]


@pytest.mark.parametrize("units", BAD_UNITS)
def test_units_that_are_none(tmp_path: Path, units: str) -> None:
    assert w.told(w.put(tmp_path, w.one(lines=sv1("UN*7", f"UN*{units}"))), "rejected") == [faults.NO_UNITS]


@pytest.mark.parametrize("quantity", ["ABC", "-1", "1.0005", "1E1"])
def test_drug_quantities_that_are_none(tmp_path: Path, quantity: str) -> None:
    lines = [*w.line(), "LIN**N4*00074433201", f"CTP****{quantity}*ML"]
    assert w.told(w.put(tmp_path, w.one(lines=lines)), "rejected") == [faults.NO_QUANTITY]


@pytest.mark.parametrize("dtp", BAD_DATES)
def test_dates_that_are_none(tmp_path: Path, dtp: str) -> None:
    assert w.told(w.put(tmp_path, w.one(lines=dated(dtp))), "rejected") == [faults.BAD_DATE]


def test_amounts_that_are_some(tmp_path: Path) -> None:
    for amount, value in {"100": "100", ".5": "0.5", "5.": "5", "007.10": "7.10", "1.500": "1.5", " 3 ": "3", "0": "0"}.items():
        batch = w.put(tmp_path, w.one(charge=amount, lines=sv1("*100*", f"*{amount}*")))
        assert batch.line.column("charge").to_pylist() == [Decimal(value)]
        assert w.told(batch, "warning") == []
    top = "9" * 16 + ".99"
    assert w.put(tmp_path, w.one(charge=top)).claim.column("charge").to_pylist() == [Decimal(top)]


def test_a_span_of_731_days_is_read(tmp_path: Path) -> None:
    assert w.put(tmp_path, w.one(lines=dated("DTP*472*RD8*20220101-20240101"))).line.num_rows == 1


WARNED = {
    "sum": (w.one(charge="99"), faults.SUM_DIFFERS),
    "member": (w.one().replace(b"MI*M1", b"MI"), faults.NO_MEMBER),
    "payer": (w.one().replace(b"NM1*PR", b"NM1*XX"), faults.NO_PAYER),
    "patient": (w.text(w.segments([*w.provider(), *w.subscriber(), "HL*3*2*23*0", *w.claim()])), faults.NO_PATIENT),
    "same level": (w.text(w.segments([*w.provider(), *w.subscriber(1), *w.claim()])), faults.SAME_LEVEL),
    "birth": (w.one().replace(b"19700102", b"19701302"), faults.BAD_BIRTH),
    "same LX": (w.one(charge="200", lines=[*w.line(1), *w.line(1)]), faults.SAME_LX),
    "skipped LX": (w.one(lines=w.line(3)), faults.SKIPPED_LX),
    "bad LX": (w.one().replace(b"LX*1", b"LX*A"), faults.BAD_LX),
    "same date": (w.one(lines=[*w.line(), w.line()[2]]), faults.SAME_DATE),
    "second drug": (w.one(lines=[*w.line(), "LIN**N4*1", "LIN**N4*2"]), faults.SECOND_DRUG),
    "other amount": (w.one(extra=["SBR*S*18", "AMT*D*X"]), faults.BAD_OTHER_AMOUNT),
}


@pytest.mark.parametrize("name", WARNED)
def test_an_oddity_is_told_and_the_claim_read(tmp_path: Path, name: str) -> None:
    data, fault = WARNED[name]
    batch = w.put(tmp_path, data)
    assert (batch.claim.num_rows, batch.rejected.num_rows) == (1, 0)
    assert fault in w.told(batch, "warning")


def test_the_next_claim_goes_on_and_the_address_is_right(tmp_path: Path) -> None:
    body = [*w.provider(), *w.subscriber(), *w.claim("BAD", lines=sv1("UN*7", "UN*x")), *w.claim("GOOD")]
    batch = w.put(tmp_path, w.text(w.segments(body)))
    assert batch.claim.column("claim_id").to_pylist() == ["GOOD"]
    [told] = batch.problem.to_pylist()
    assert told == {
        "source": "a.837", "segment": 17, "claim_id": "BAD", "weight": "rejected", "problem": faults.NO_UNITS,
        "counted_in": "segment", "unread": None, "unread_charge": None,
    }  # fmt: skip
    assert batch.rejected.to_pylist() == [{"source": "a.837", "segment": 14, "claim_id": "BAD", "charge": Decimal(100), "lines": 1}]


def test_a_claim_with_very_many_faults_lists_the_first(tmp_path: Path) -> None:
    lines = [part for at in range(1, 40) for part in w.line(at, dtp="DTP*472*D8*X")]
    rejected = w.told(w.put(tmp_path, w.one(lines=lines)), "rejected")
    assert len(rejected) == 21
    assert any("19 more" in problem for problem in rejected)


def test_a_file_cut_inside_a_claim(tmp_path: Path) -> None:
    parts = w.segments()
    whole = w.put(tmp_path, w.text(parts[:-3]))  # the lines add up: only trailers are missing
    assert (whole.claim.num_rows, faults.NO_TRAILER in w.told(whole, "warning")) == (1, True)
    for cut in (w.text(parts[:-4]), w.text(parts[:-3])[:-6], w.text([*parts[:-3], "LX*2"])):
        batch = w.put(tmp_path, cut)
        assert (batch.claim.num_rows, batch.rejected.num_rows) == (0, 1)


def test_lines_without_a_claim_are_told(tmp_path: Path) -> None:
    body = [*w.provider(), *w.subscriber(), *w.claim()[1:], *w.subscriber(3), *w.claim()]
    batch = w.put(tmp_path, w.text(w.segments(body)))
    assert (batch.claim.num_rows, batch.line.num_rows) == (1, 1)
    assert "1 service lines (SV1) of this set stand in no claim" in w.told(batch, "refused")[0]


def test_no_problem_speaks_of_the_patient(tmp_path: Path) -> None:
    secret = b"SECRETNAME"
    for data, _ in [*REJECTED.values(), *WARNED.values()]:
        data = data.replace(b"DOE", secret).replace(b"S9500", secret[:5] + b"*" + secret)
        batch = w.put(tmp_path, data.replace(b"SE*", b"SE*" + secret).replace(b"HL*2", b"HL*" + secret))
        assert not any("SECRET" in problem for problem in batch.problem.column("problem").to_pylist())
