"""What belongs to a member stays in the answer: no name, birth date or member id in problems, ledgers, records, errors."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from judge.to_837 import to_837

from .command import CLEAN, SHORT, claim, line, perdiem

LAST, FIRST, BORN, MEMBER, STREET = "ZCANARYLAST", "ZCANARYFIRST", "19330417", "ZCANARYMEMBER", "ZCANARY STREET"
SECRETS = re.compile(r"ZCANARY|1933-?04-?17", re.I)

PATIENT = {"last": LAST, "first": FIRST, "birth": "1933-04-17", "sex": "F"}
SECRET = claim("SECRET", line("S9502"), line("J0690", 84), member=MEMBER, dependent=PATIENT)


def plain() -> str:
    return to_837([SECRET, CLEAN, SHORT]).replace("NM1*IL*1*ROE*SAM", f"NM1*IL*1*{LAST}*{FIRST}", 1).replace("7 OAK ST", STREET, 2)


def broken() -> dict[str, str]:
    """Files whose faults stand next to, or are made of, what is private."""
    text = plain()
    person = f"NM1*QC*1*{LAST}*{FIRST}"
    return {
        "plain": text,
        "no units": text.replace("*UN*7*", f"*UN*{LAST}*", 1),
        "charge": text.replace("SV1*HC:S9502*100*", f"SV1*HC:S9502*{LAST}*", 1),
        "date": text.replace("D8*19330417", f"D8*{LAST}1933-04-17", 1),
        "service date": text.replace("RD8*20240603-20240609", f"RD8*{BORN}-{LAST}", 1),
        "date form": text.replace("DTP*472*RD8*", f"DTP*472*{LAST}*", 1),
        "control": text.replace("ST*837*", f"ST*837*{LAST}", 1),
        "trailer": re.sub(r"SE\*\d+\*", f"SE*{LAST}*{FIRST}", text),
        "group": re.sub(r"GE\*1\*\d+", f"GE*{MEMBER}*{LAST}", text),
        "guide": text.replace("005010X222A1", f"{LAST}"),
        "set": text.replace("ST*837*", f"ST*{LAST}*"),
        "level": re.sub(r"HL\*3\*2\*23", f"HL*{MEMBER}*{LAST}*{FIRST}", text),
        "line number": text.replace("LX*1~", f"LX*{MEMBER}~"),
        "two patients": text.replace(person, f"{person}~\n{person}X"),
        "lost end": text[: text.index("LX*2")],
        "torn": text[: text.index("RD8*2024") + 6],
        "no isa": text[text.index("GS*") :],
        "no envelope": text[text.index("HL*") :],
        "noise first": f"{LAST};{FIRST};{MEMBER}\n" + text,
        "table": f"member,last,first,born\n{MEMBER},{LAST},{FIRST},1933-04-17\n",
        "segment": text.replace("HI*", f"{LAST}*{FIRST}~\nHI*", 1),
        "long": text.replace("HI*", "NTE*ADD*" + f"{LAST} " * 500 + "~\nHI*", 1),
        "amount": text.replace("HI*", f"SBR*S*18~\nAMT*D*{LAST}~\nHI*", 1),
        "component": text.replace("HC:S9502", f"HC>{LAST}"),
    }


def test_every_broken_file_is_broken_and_holds_a_canary() -> None:
    texts = broken()
    assert len(set(texts.values())) == len(texts)
    assert all(SECRETS.search(text) for text in texts.values())


def test_canaries_stay_in_the_answer(tmp_path: Path) -> None:
    for name, text in broken().items():
        (tmp_path / f"{name}.837").write_text(text)
    done = perdiem("check", ".", "--format", "jsonl", "--out", "../o.jsonl", "--ledger", "../l.json", cwd=tmp_path)
    beside = tmp_path.parent
    assert done.status == 1
    for what, text in (
        ("standard error", done.err),
        ("standard output", done.out),
        ("ledger", (beside / "l.json").read_text("utf-8")),
        ("run.json", (beside / "o.jsonl.run.json").read_text("utf-8")),
    ):
        assert not SECRETS.search(text), f"{what}: {SECRETS.search(text)}"
    told = json.loads((beside / "l.json").read_text("utf-8"))
    assert {p["source"] for p in told["problems"]} >= {f"{name}.837" for name in ("no units", "date form", "table", "torn")}


def test_the_answer_names_the_member_id_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "p.837").write_text(plain())
    for form in ("jsonl", "csv", "table"):
        done = perdiem("check", tmp_path / "p.837", "--format", form)
        assert not re.search(rf"{LAST}|{FIRST}|{STREET}|1933-?04-?17", done.out), form
        assert (MEMBER in done.out) == (form != "table")
    picture = perdiem("explain", tmp_path / "p.837", "--claim", "SECRET")
    assert not re.search(rf"{LAST}|{FIRST}|{STREET}|1933-?04-?17", picture.out + picture.err)


@pytest.mark.parametrize("name", ["plain", "no units", "service date", "level", "noise first", "table"])
def test_each_alone_says_nothing_either(tmp_path: Path, name: str) -> None:
    done = perdiem("check", "-", "--format", "csv", given=broken()[name].encode())
    assert not SECRETS.search(done.err)


def test_errors_of_wrong_usage_do_not_repeat_claims(tmp_path: Path) -> None:
    (tmp_path / "p.837").write_text(plain())
    done = perdiem("explain", tmp_path / "p.837", "--claim", "NOBODY")
    assert not SECRETS.search(done.out + done.err)
    done = perdiem("replay", tmp_path / "p.837")
    assert not SECRETS.search(done.out + done.err)
