"""export: judged claims as Parquet tables - claim, line, finding, problem, rule - for those who count.

``line`` and ``claim`` are what was read with what was decided; ``finding`` names its rule, whose words, question
and citation stand once in ``rule``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.formats.parquet import ParquetTable
from perdiem.model.schema import CLAIM, LINE, PROBLEM
from perdiem.pipeline.session import Run

_REASON = pa.struct({"group": pa.string(), "carc": pa.string(), "rarc": pa.list_(pa.string()), "units": pa.decimal128(18, 3)})
_SPAN = pa.struct({"first_day": pa.date32(), "last_day": pa.date32()})
_UNITS = pa.decimal128(18, 3)

_CLAIM = pa.schema([*CLAIM.arrow, ("verdict", pa.string()), ("withdrawn_by", pa.string())])
_LINE = pa.schema(
    [
        *LINE.arrow,
        ("verdict", pa.string()),
        *((name, _UNITS) for name in ("pay_units", "deny_units", "pend_units")),
        ("unjudged_days", pa.int64()),
        ("adjustments", pa.list_(_REASON)),
        *((name, pa.string()) for name in ("claim_id", "payer", "member_id", "provider_npi", "pos")),
        ("line", pa.int64()),
        ("modifiers", pa.string()),
        ("from", pa.date32()),
        ("to", pa.date32()),
        *((name, pa.string()) for name in ("diagnoses", "taxonomy", "frequency", "original_ref")),
    ]
)
_FINDING = pa.schema(
    [
        *((name, pa.int64()) for name in ("claim_no", "line_no", "rule_no")),
        *((name, pa.string()) for name in ("policy", "rule", "outcome", "effect")),
        ("spans", pa.list_(_SPAN)),
        ("units", _UNITS),
        ("other_line_no", pa.int64()),
        ("other_claim_id", pa.string()),
        ("other_line", pa.int64()),
        ("other_code", pa.string()),
        ("note", pa.bool_()),
    ]
)
_RULE_TEXT = ("policy", "rule", "kind", "outcome", "effect", "group", "carc")
_RULE = pa.schema(
    [
        ("rule_no", pa.int64()),
        *((name, pa.string()) for name in _RULE_TEXT),
        ("rarc", pa.list_(pa.string())),
        *((name, pa.string()) for name in ("message", "fix", "asks", "doubt", "source", "section")),
        ("line", pa.int64()),
        ("fingerprint", pa.string()),
    ]
)
_COUNTED = ("claim_no", "line_no", "segment")
_NAMED = ("claim_id", "member_id", "original_ref")
TABLES = {"claim": _CLAIM, "line": _LINE, "finding": _FINDING, "problem": PROBLEM.arrow, "rule": _RULE}


class Export:
    """Writes the tables of a run into files, chunk by chunk; ``close`` finishes them, ``abandon`` lets go where that failed."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files
        self._tables = {
            name: ParquetTable(
                self._files[name],
                schema,
                counted=[column for column in _COUNTED if column in schema.names],
                named=[column for column in _NAMED if column in schema.names],
            )
            for name, schema in TABLES.items()
        }
        self._ruled = False

    def add(self, run: Run) -> None:
        """Append a run's rows."""
        claim, line = run.batch.claim, run.batch.line
        for name in ("verdict", "withdrawn_by"):
            claim = claim.append_column(name, run.claim[name])
        for name in ("verdict", "pay_units", "deny_units", "pend_units", "unjudged_days", "adjustments"):
            line = line.append_column(name, run.decision[name])
        line = _layout(line, claim)
        rows = {"line": line, "finding": _findings(run), "claim": claim, "problem": run.batch.problem}
        with ThreadPoolExecutor(len(rows)) as pool:  # every table is a file of its own
            for wrote in [pool.submit(self._tables[name].add, table) for name, table in rows.items()]:
                wrote.result()
        if not self._ruled:
            self._tables["rule"].add(_rules(run))
            self._ruled = True

    def close(self) -> str:
        """Finish the files; returns their common fingerprint."""
        digest = hashlib.sha256()
        with ThreadPoolExecutor(len(self._tables)) as pool:
            for one in pool.map(self._finish, self._tables):
                digest.update(one)
        return "sha256:" + digest.hexdigest()

    def abandon(self) -> None:
        """Let go of the files that are not finished; nothing where all are."""
        for table in self._tables.values():
            table.abandon()

    def _finish(self, name: str) -> bytes:
        self._tables[name].close()
        with self._files[name].open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()


def _layout(line: pa.Table, claim: pa.Table) -> pa.Table:
    """The lines with the columns of the tabular layout, so that the file is a table of claims that can be read again."""
    at = pc.index_in(line["claim_no"], claim["claim_no"].combine_chunks())

    def of_claim(column: pa.ChunkedArray) -> pa.ChunkedArray:
        return column.take(at)

    mods = pc.fill_null(line["mod1"], ""), line["mod2"], line["mod3"], line["mod4"]
    made = {
        "claim_id": of_claim(claim["claim_id"]),
        "payer": of_claim(pc.coalesce(claim["payer_id"], claim["payer_name"])),
        "member_id": of_claim(claim["member_id"]),
        "provider_npi": of_claim(claim["billing_npi"]),
        "pos": pc.coalesce(line["place"], of_claim(claim["place"])),
        "line": line["lx"],
        "modifiers": pc.utf8_trim_whitespace(pc.binary_join_element_wise(*mods, " ", null_handling="skip")),
        "from": line["from_date"],
        "to": line["to_date"],
        "diagnoses": of_claim(pc.binary_join(claim["diagnoses"], " ")),
        "taxonomy": of_claim(claim["billing_taxonomy"]),
        "frequency": of_claim(claim["frequency"]),
        "original_ref": of_claim(claim["original_ref"]),
    }
    for name, column in made.items():
        line = line.append_column(name, column)
    return line


def _findings(run: Run) -> pa.Table:
    pairs = [run.compiled.rule(number) for number in range(1, len(run.compiled.rules) + 1)]
    at = pc.subtract(run.finding["rule_no"], 1)
    policy = pa.array([policy.name for policy, _ in pairs], pa.string()).take(at.combine_chunks())
    rule = pa.array([rule.id for _, rule in pairs], pa.string()).take(at.combine_chunks())
    rows = run.finding.append_column("policy", policy).append_column("rule", rule)
    other = rows["other_line_no"]  # one of the history has a number in this run only, by how its files were added
    rows = rows.set_column(
        rows.schema.get_field_index("other_line_no"), "other_line_no", pc.if_else(pc.greater(other, 0), other, None)
    )
    return rows.rename_columns({"other_lx": "other_line"}).select(_FINDING.names)


def _rules(run: Run) -> pa.Table:
    rows = []
    for number in range(1, len(run.compiled.rules) + 1):
        policy, rule = run.compiled.rule(number)
        for name, outcome in rule.outcomes.items():
            rows.append(
                {
                    "rule_no": number, "policy": policy.name, "rule": rule.id, "kind": rule.kind, "outcome": name,
                    "effect": outcome.effect, "group": outcome.group, "carc": outcome.carc, "rarc": list(outcome.rarc),
                    "message": outcome.message, "fix": outcome.fix, "asks": outcome.asks, "doubt": rule.doubt,
                    "source": rule.cite.source, "section": rule.cite.section, "line": rule.cite.line or None,
                    "fingerprint": rule.cite.fingerprint or None,
                }
            )  # fmt: skip
    return pa.Table.from_pylist(rows, _RULE)
