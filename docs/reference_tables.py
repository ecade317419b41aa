"""The reference of tables: what claims are read into, and what ``--format parquet`` and ``csv`` write."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from perdiem.formats.report import CSV_COLUMNS
from perdiem.formats.tabular.fields import BY_NAME, FIELDS
from perdiem.formats.xlsx import SHEETS
from perdiem.model.schema import CLAIM_TABLES, Table
from perdiem.pipeline.export import TABLES

INTRO = """\
# Tables

<!-- Written by `python docs/reference.py`; do not edit. -->

Claims travel in tables. This page names each table, says what one row of it is, and lists its columns. The read tables
are what `perdiem.read` gives. The Parquet tables are what `perdiem check --format parquet --out DIR` writes, one file a
table. Days are inclusive, amounts are US dollars, codes are text with their leading zeros.
"""

GRAINS = {
    "claim": "one claim that was judged, in input order",
    "line": "one service line of a judged claim, in input order",
    "finding": "one rule that ended in one way for one line",
    "problem": "one thing wrong with the input, with its address",
    "rule": "one way in which one rule of the loaded policies can end",
}
_LAYOUT = ("claim_id", "payer", "member_id", "provider_npi", "pos", "line", "modifiers", "from", "to", "diagnoses", "taxonomy",
           "frequency", "original_ref")  # fmt: skip
MEANINGS = {
    "claim.verdict": "`pay`, `partial`, `deny`, `pend` or `unedited`",
    "claim.withdrawn_by": "CLM01 of the claim that replaces or voids this one",
    "line.verdict": "as for the claim",
    "line.pay_units": "billing units payable under the policy; empty where unedited",
    "line.deny_units": "billing units denied",
    "line.pend_units": "billing units that wait for an answer",
    "line.unjudged_days": "days before the policy takes effect",
    "line.adjustments": "the reasons of what is denied, in rule order: group, CARC, RARCs, billing units",
    **{f"line.{name}": f"as in the [layout](columns.md): {BY_NAME[name].meaning}" for name in _LAYOUT},
    "finding.claim_no": "its claim, in table `claim`",
    "finding.line_no": "its line, in table `line`",
    "finding.rule_no": "its rule, in table `rule`; look it up with `outcome`",
    "finding.policy": "the policy that spoke, as `id@effective`",
    "finding.rule": "the rule that spoke",
    "finding.outcome": "the way in which the rule ended",
    "finding.effect": "`deny`, `pend`, `advise`, `warn` or `pay`",
    "finding.spans": "the days that it speaks of, as runs of first and last day; empty where it speaks of units",
    "finding.units": "billing units in excess, where the rule counts units",
    "finding.other_line_no": "the other line concerned, where it stands in this batch and not in the history",
    "finding.other_claim_id": "CLM01 of the claim of the other line concerned, in this batch or in the history",
    "finding.other_line": "LX number of the other line concerned",
    "finding.other_code": "code of the other line concerned",
    "finding.note": "true for a denial that cost no unit",
    "rule.rule_no": "number of the rule in this run",
    "rule.policy": "its policy, as `id@effective`",
    "rule.rule": "its id",
    "rule.kind": "its [kind](kinds.md)",
    "rule.outcome": "the outcome; rule and outcome together are the key",
    "rule.effect": "what follows",
    "rule.group": "group code of a denial",
    "rule.carc": "claim adjustment reason code",
    "rule.rarc": "remark codes",
    "rule.message": "the sentence of the finding, with places for its facts in braces",
    "rule.fix": "what a biller can do",
    "rule.asks": "what a pend asks for",
    "rule.doubt": "what we would ask the payer",
    "rule.source": "key of the payer's text",
    "rule.section": "its section in the text",
    "rule.line": "its first line in the text",
    "rule.fingerprint": "fingerprint of the cited words",
}
CSV = {
    "claim_id": "CLM01", "payer": "id of the payer, else its name", "member_id": "2010BA NM109",
    "source": "the input file", "position": "place of the claim in the input, from 1", "line": "LX01",
    "code": "SV101-2", "modifiers": "separated by a space", "from": "first day", "to": "last day",
    "pos": "place of service: the line's own, else the claim's", "units": "billing units billed",
    "charge": "the line's charge, USD", "verdict": "of the line", "pay_units": "billing units payable",
    "deny_units": "billing units denied", "pend_units": "billing units that wait",
    "unjudged_days": "days before the policy takes effect", "reasons": "group, CARC and RARCs",
    "rules": "rules that took or hold units", "why": "their sentences", "asks": "what a pend asks for",
    "cites": "their places in the payer's text",
    **{name: BY_NAME[name].meaning for name in ("provider_npi", "ndc", "diagnoses", "taxonomy", "frequency", "original_ref")},
}  # fmt: skip


def tables_page() -> str:
    """The read tables, the Parquet tables and the columns of CSV."""
    return "\n".join([INTRO, *_read(), *_parquet(), *_csv(), *_xlsx()])


def _read() -> Iterator[str]:
    yield "## Read\n"
    yield "Tables of a batch, as the reader leaves them. The column `may be empty` says where a fact can be missing.\n"
    for table in CLAIM_TABLES:
        yield f"### {table.name} (read)\n\nOne row is {table.grain}.\n"
        yield "| column | type | may be empty | meaning and unit |\n|---|---|---|---|"
        for column in table.columns:
            yield f"| `{column.name}` | {typed(column.type)} | {'yes' if column.empty else 'no'} | {column.meaning} |"
        yield ""


def _parquet() -> Iterator[str]:
    yield "## Parquet\n"
    yield "`line` joins `claim` by `claim_no`; `finding` joins `line` by `line_no`, and `rule` by `rule_no` with `outcome`."
    yield "A folder also holds `run.json`, the fingerprints of the run.\n"
    read = {table.name: table for table in CLAIM_TABLES}
    for name, schema in TABLES.items():
        yield f"### {name}.parquet\n\nOne row is {GRAINS[name]}.\n"
        own = _own(name, schema, read.get(name))
        if len(own) < len(schema.names):
            yield f"All columns of [{name} (read)](#{name}-read){', and:' if own else '.'}\n"
        if own:
            yield "| column | type | meaning and unit |\n|---|---|---|"
            yield from (f"| `{c}` | {typed(schema.field(c).type)} | {MEANINGS[f'{name}.{c}']} |" for c in own)
            yield ""


def _own(name: str, schema: pa.Schema, read: Table | None) -> list[str]:
    known = {column.name for column in read.columns} if read else set()
    return [column for column in schema.names if column not in known]


def _csv() -> Iterator[str]:
    yield "## CSV\n"
    yield "One row is one service line. Several reasons, rules or places in one cell are joined by a semicolon and a space."
    yield "A cell that a spreadsheet could take for a formula gets an apostrophe in front.\n"
    yield "| column | meaning and unit |\n|---|---|"
    yield from (f"| `{column}` | {CSV[column]} |" for column in CSV_COLUMNS)


def _xlsx() -> Iterator[str]:
    yield "\n## Excel\n"
    yield "`--format xlsx --out FILE` writes one workbook. Amounts are numbers, days dates, codes text; no cell is a formula."
    yield "`at_stake` is the charge of the units that are denied or pend.\n"
    yield "| sheet | columns |\n|---|---|"
    yield from (f"| {name} | {', '.join(f'`{column}`' for column in columns)} |" for name, columns in SHEETS.items())


COLUMNS_INTRO = """\
# Columns of a table

<!-- Written by `python docs/reference.py`; do not edit. -->

CSV, Parquet and Excel hold one service line a row. A column is known by its name here, else by one of its other names. Only letters
and digits count: `Claim #`, `claim` and `CLAIM` are one name. How the columns of a table were taken is told on standard error, and
`--columns field=column` says it otherwise. Two columns for one field are refused, unless one of them bears the field's own name.

| field | once a | needed | meaning | other names |
|---|---|---|---|---|"""


def columns_page() -> str:
    """The layout of tables of claims: its fields, and the names that each goes by."""
    rows = [
        f"| `{f.name}` | {f.grain} | {'yes' if f.needed else 'no'} | {f.meaning} | {', '.join(f'`{s}`' for s in f.synonyms)} |"
        for f in FIELDS
    ]
    return "\n".join([COLUMNS_INTRO, *rows])


def typed(of: pa.DataType) -> str:
    """An Arrow type in words."""
    if pa.types.is_list(of):
        return f"list of {typed(of.value_type)}"
    if pa.types.is_struct(of):
        return "row of " + ", ".join(f"{field.name} ({typed(field.type)})" for field in of)
    if pa.types.is_decimal(of):
        return f"decimal, {of.scale} places"
    names = {pa.string(): "text", pa.int64(): "whole number", pa.date32(): "day", pa.bool_(): "yes or no"}
    return names.get(of, str(of))
