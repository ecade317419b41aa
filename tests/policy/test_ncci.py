"""NCCI releases become policies beside those of payers, and go with them; without them nothing changes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from perdiem.codes.book import open_book
from perdiem.codes.keeping import forget, keep
from perdiem.codes.releases import Release
from perdiem.codes.shapes import SHAPES
from perdiem.model.errors import PolicyError
from perdiem.pipeline.answer import answers
from perdiem.pipeline.session import Session
from perdiem.policy.cases import draw
from perdiem.policy.ncci import renew
from perdiem.policy.read import Policy, read_policies
from perdiem.policy.verify import verify_policy

PAIR = {"column_1": "J0696", "column_2": "J1335", "modifier_indicator": "0", "start": date(2020, 1, 1)}
CLAIM = {
    "line": [
        {"code": "S9500", "days": "2024-06-03"},
        {"code": "J0696", "units": 8, "days": "2024-06-03"},
        {"code": "J1335", "units": 2, "days": "2024-06-03"},
    ]
}


def kept(kind: str, rows: list[dict[str, Any]], effective: date, **told: Any) -> Release:
    shape = SHAPES[kind].arrow
    table = pa.table([pa.array([row.get(f.name) for row in rows], f.type) for f in shape], schema=shape)
    mark = f"{kind}-{told.get('setting', '')}-{effective}{told.get('sha256', '')}"
    given = {"file": f'{mark} "a".txt', "sha256": mark, "fingerprint": mark, "setting": "practitioner", **told}
    release = Release(id=mark, kind=kind, effective=effective, rows=len(rows), **given)
    keep([(release, table)])
    return release


def generated() -> list[Policy]:
    return [policy for policy in read_policies() if policy.id.startswith("cms-ncci")]


def verdicts() -> list[str]:
    with Session(read_policies()) as session:
        return [line["verdict"] for answer in answers(session.judge(draw([CLAIM], "84980"))) for line in answer["lines"]]


def test_nothing_is_written_and_nothing_changes_without_releases(data: Path) -> None:
    assert renew() == ([], [])
    assert not data.exists()
    assert generated() == []
    assert verdicts() == ["pay", "pay", "pay"]


def test_a_quarter_is_a_policy_until_it_ends_and_goes_with_its_release() -> None:
    release = kept("ptp", [PAIR], date(2024, 4, 1))
    assert renew() == (["cms-ncci/2024-04-01.toml"], [])
    assert renew() == ([], [])
    [policy] = generated()
    assert (policy.effective, policy.until, policy.payer) == (date(2024, 4, 1), date(2024, 6, 30), "")
    assert [rule.kind for rule in policy.rules] == ["procedure_pair"]
    assert policy.source_sha256 == release.sha256
    assert policy.rules[0].cite.section == release.file
    assert verdicts() == ["pay", "pay", "deny"]
    assert verify_policy(policy, None, open_book()).faults == ()
    forget([release.id])
    with pytest.raises(PolicyError, match="not loaded"):
        verdicts()
    assert renew() == ([], ["cms-ncci/2024-04-01.toml"])
    assert verdicts() == ["pay", "pay", "pay"]


def test_releases_that_begin_apart_make_a_version_for_each_run_of_days() -> None:
    kept("ptp", [PAIR], date(2024, 4, 1))
    kept("mue", [{"code": "J1335", "units": 1, "indicator": "2"}], date(2024, 5, 1), until=date(2024, 7, 31))
    kept("mue", [{"code": "J1335", "units": 1, "indicator": "2"}], date(2024, 5, 1), setting="dme")
    written, _ = renew()
    assert written == ["cms-ncci-dme/2024-05-01.toml", *(f"cms-ncci/2024-{day}.toml" for day in ("04-01", "05-01", "07-01"))]
    told = [(p.effective, p.until, [rule.kind for rule in p.rules]) for p in generated() if p.id == "cms-ncci"]
    assert told == [
        (date(2024, 4, 1), date(2024, 4, 30), ["procedure_pair"]),
        (date(2024, 5, 1), date(2024, 6, 30), ["procedure_pair", "max_units"]),
        (date(2024, 7, 1), date(2024, 7, 31), ["max_units"]),
    ]


def test_several_files_of_one_table_speak_as_one_rule() -> None:
    kept("ptp", [PAIR], date(2024, 4, 1))
    kept("ptp", [{**PAIR, "column_2": "J0690"}], date(2024, 4, 1), setting="practitioner", sha256="f2", fingerprint="f2")
    renew()
    [policy] = generated()
    assert len(policy.sources) == 2
    assert [len(rule.also) for rule in policy.rules] == [1]


def test_a_policy_of_the_users_own_stands_beside_and_none_stands_twice(data: Path) -> None:
    kept("ptp", [PAIR], date(2024, 4, 1))
    renew()
    [policy] = generated()
    twin = data / "policies" / "own" / "again" / "2024-04-01.toml"
    twin.parent.mkdir(parents=True)
    twin.write_text((data / "policies" / "cms" / "cms-ncci" / "2024-04-01.toml").read_text())
    with pytest.raises(PolicyError, match="two files"):
        read_policies()
    twin.write_text(twin.read_text().replace('"cms-ncci"', '"my-pairs"'))
    assert {p.id for p in read_policies()} > {"my-pairs", policy.id}
    assert renew() == ([], [])


def test_an_identifier_that_is_malformed_is_told_in_words_and_changes_no_verdict() -> None:
    claim = {**CLAIM, "provider": "1234567890", "line": [{**line, "ndc": "9999900011"} for line in CLAIM["line"]]}
    with Session(read_policies()) as session:
        [answer] = answers(session.judge(draw([claim], "84980")))
    told = [[(f["rule"], f["message"]) for f in line["findings"] if f["effect"] == "warn"] for line in answer["lines"]]
    npi = ("billing-npi", "billing provider NPI 1234567890 fails its check digit or form: the payer's front end refuses the claim")
    ndc = ("ndc-form", "NDC 9999900011 has ten digits, and nothing shows where its zero is missing")
    assert told == [[npi, ndc], [ndc], [ndc]]
    assert answer["verdict"] == "pay"


def test_units_that_a_product_makes_are_told() -> None:
    row = {"ndc": "99999000111", "code": "J0696", "dosage": "250 MG", "package_size": 1, "units_per_item": 4}
    kept("ndc_crosswalk", [row], date(2024, 4, 1), setting="")
    lines = [CLAIM["line"][0], {**CLAIM["line"][1], "ndc": "99999000111", "ndc_quantity": 3, "ndc_unit": "UN"}]
    lines.append({**CLAIM["line"][2], "ndc": "99999-0001-11"})
    with Session(read_policies()) as session:
        [answer] = answers(session.judge(draw([{"line": lines}], "84980")))
    told = [f["message"] for line in answer["lines"] for f in line["findings"]]
    assert told == [
        "the amount of NDC 99999000111 makes 12 units of J0696",
        "the crosswalk lists NDC 99999-0001-11 under J0696, not J1335",
    ]
