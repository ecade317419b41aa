"""The Parquet tables say what the JSON lines say, in the schema's types, with every rule's words once."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from judge.to_837 import to_837
from perdiem.edits.documents import Documents
from perdiem.formats.parquet import ROW_GROUP, ParquetTable
from perdiem.model.schema import CLAIM, LINE, PROBLEM
from perdiem.pipeline.bulk import Sizes
from perdiem.pipeline.export import TABLES, Export
from perdiem.pipeline.output import write_parquet
from perdiem.pipeline.words import days_of, say_number
from perdiem.policy.compile import choose
from perdiem.policy.read import read_policies

from .claims import pool
from .history import jsonl, runs

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, pa.Table], list[dict[str, Any]]]:
    """The tables of some hundred claims, one of them unreadable, and the JSON lines of the same runs."""
    folder = tmp_path_factory.mktemp("export")
    text = to_837(list(pool()[:700])).replace("*UN*7*", "*UN*many*", 1)
    (folder / "week.837").write_text(text)
    found = runs([folder / "week.837"], None, Sizes(chunk=300, whole=1, part=100))
    write_parquet(found, {"format": "parquet"}, folder / "out")
    tables = {name: pq.read_table(folder / "out" / f"{name}.parquet") for name in TABLES}
    return tables, [json.loads(row) for row in jsonl(found).splitlines()]


def test_tables_have_their_schema(made: tuple[dict[str, pa.Table], Rows]) -> None:
    tables, _ = made
    for name, schema in TABLES.items():
        assert tables[name].schema.equals(schema), name
    assert tables["claim"].schema.names[: len(CLAIM.columns)] == [c.name for c in CLAIM.columns]
    assert tables["line"].schema.names[: len(LINE.columns)] == [c.name for c in LINE.columns]
    assert tables["problem"].schema.equals(PROBLEM.arrow)


def test_tables_have_a_total_order(made: tuple[dict[str, pa.Table], Rows]) -> None:
    tables, _ = made
    keys = {"claim": ["claim_no"], "line": ["line_no"], "finding": ["line_no", "rule_no", "outcome"], "rule": ["rule_no"]}
    for name, key in keys.items():
        rows = [tuple(row.values()) for row in tables[name].select(key).to_pylist()]
        assert rows == sorted(rows), name


def test_verdicts_are_those_of_the_json_lines(made: tuple[dict[str, pa.Table], Rows]) -> None:
    tables, answers = made
    claims, lines = tables["claim"].to_pylist(), tables["line"].to_pylist()
    assert len(claims) == len(answers) == 699
    assert [(c["claim_id"], c["verdict"], c["withdrawn_by"]) for c in claims] == [
        (a["claim_id"], a["verdict"], a.get("withdrawn_by")) for a in answers
    ]
    told = [line for answer in answers for line in answer["lines"]]
    assert len(lines) == len(told)
    for row, said in zip(lines, told, strict=True):
        for name in ("pay_units", "deny_units", "pend_units"):
            assert say_number(row[name]) == said[name]
        assert (row["lx"], row["code"], row["verdict"]) == (said["line"], said["code"], said["verdict"])
        assert row["unjudged_days"] == said["unjudged_days"]
        assert [{**a, "units": say_number(a["units"])} for a in row["adjustments"]] == said["adjustments"]


def test_findings_are_those_of_the_json_lines(made: tuple[dict[str, pa.Table], Rows]) -> None:
    tables, answers = made
    rules = {(r["rule_no"], r["outcome"]): r for r in tables["rule"].to_pylist()}
    found: dict[int, Rows] = {}
    for row in tables["finding"].to_pylist():
        found.setdefault(row["line_no"], []).append(row)
    told = [line for answer in answers for line in answer["lines"]]
    count = 0
    for line, said in zip(tables["line"].to_pylist(), told, strict=True):
        rows = found.pop(line["line_no"], [])
        assert [(r["policy"], r["rule"], r["outcome"], r["effect"], r["note"]) for r in rows] == [
            (f["policy"], f["rule"], f["outcome"], f["effect"], f.get("note", False)) for f in said["findings"]
        ]
        for row, finding in zip(rows, said["findings"], strict=True):
            assert [day.isoformat() for day in days_of(row)] == finding["days"]
            rule = rules[row["rule_no"], row["outcome"]]
            assert (rule["rule"], rule["kind"], rule["effect"]) == (finding["rule"], finding["kind"], finding["effect"])
            assert rule["doubt"] == finding.get("doubt", "")
            assert {k: rule[k] for k in ("source", "section", "line", "fingerprint")} == {
                k: finding["cite"][k] for k in ("source", "section", "line", "fingerprint")
            }
            count += 1
    assert not found, "findings of lines that are not there"
    assert count > 1000


def test_the_rule_table_is_complete(made: tuple[dict[str, pa.Table], Rows]) -> None:
    rows = made[0]["rule"].to_pylist()
    """Every outcome of the policies that speak; a section of which no copy was read has no fingerprint."""
    wanted = [
        (p.name, rule.id, name, o)
        for p in choose(read_policies(), ())
        for rule in p.rules
        if not isinstance(rule, Documents)  # without a list of what is on file no rule of papers speaks
        for name, o in rule.outcomes.items()
    ]
    assert [(r["policy"], r["rule"], r["outcome"]) for r in rows] == [w[:3] for w in wanted]
    for row, (*_, outcome) in zip(rows, wanted, strict=True):
        assert (row["effect"], row["group"], row["carc"]) == (outcome.effect, outcome.group, outcome.carc)
        assert tuple(row["rarc"]) == outcome.rarc
        assert (row["message"], row["fix"], row["asks"]) == (outcome.message, outcome.fix, outcome.asks)
        assert row["fingerprint"] is None or row["fingerprint"].startswith("sha256:")


def test_problems_stand_in_their_table(made: tuple[dict[str, pa.Table], Rows]) -> None:
    rows = made[0]["problem"].to_pylist()
    assert [row["weight"] for row in rows] == ["rejected"]


def test_an_empty_run_has_every_table(tmp_path: Path) -> None:
    (tmp_path / "empty.837").write_bytes(b"")
    export = Export({name: tmp_path / f"{name}.parquet" for name in TABLES})
    for run in runs([tmp_path / "empty.837"]):
        export.add(run)
    export.close()
    for name, schema in TABLES.items():
        assert pq.read_table(tmp_path / f"{name}.parquet").schema.equals(schema), name


@pytest.mark.parametrize("pieces", [[5], [1, 4], [2, 0, 3], [1] * 5])
def test_pieces_change_no_byte(tmp_path: Path, pieces: list[int]) -> None:
    """Row groups are of one size, however the rows came, and a piece may be larger than a group."""
    size = ROW_GROUP // 2 + 7
    rows = pa.table({"n": pa.array(range(5 * size), pa.int64())})
    at, made = 0, []
    for name, cut in (("cut", pieces), ("whole", [5])):
        table, at = ParquetTable(tmp_path / name, rows.schema), 0
        for piece in cut:
            table.add(rows.slice(at, piece * size))
            at += piece * size
        table.close()
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    assert pq.read_table(io.BytesIO(made[0])).equals(rows)


def test_counted_columns_are_written_as_differences(tmp_path: Path) -> None:
    """And all others but the named by a dictionary, those inside lists too."""
    schema = pa.schema([("no", pa.int64()), ("id", pa.string()), ("code", pa.string()), ("marks", pa.list_(pa.string()))])
    table = ParquetTable(tmp_path / "some.parquet", schema, counted=["no"], named=["id"])
    rows = [{"no": n, "id": f"C{n}", "code": "S9494", "marks": ["A", "B"]} for n in range(1, 1001)]
    table.add(pa.Table.from_pylist(rows, schema))
    table.close()
    group = pq.ParquetFile(tmp_path / "some.parquet").metadata.row_group(0)
    used = {group.column(n).path_in_schema: " ".join(group.column(n).encodings) for n in range(group.num_columns)}
    assert "DELTA_BINARY_PACKED" in used["no"]
    assert {name.split(".")[0]: "DICTIONARY" in encodings for name, encodings in used.items()} == {
        "no": False, "id": False, "code": True, "marks": True,
    }  # fmt: skip
    assert pq.read_table(tmp_path / "some.parquet").to_pylist() == rows
