"""Every table that claims travel in: columns, types, units and grain, once.

A table is a plain pyarrow table. Amounts are USD decimals, days are dates, codes are text.
``claim_no`` and ``line_no`` count claims and lines of one batch in input order (sorted path, then
interchange, set and CLM) from 1 up; they are the keys of every join and never leave the program.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

TEXT = pa.string()
WHOLE = pa.int64()
DAY = pa.date32()
MONEY = pa.decimal128(18, 2)  # USD
QUANTITY = pa.decimal128(18, 3)  # billing units; 837P allows three decimals
YES_NO = pa.bool_()
WORDS = pa.list_(pa.string())

FREQUENCIES = {"7": False, "8": True}
"""CLM05-3 values that withdraw the claim they name (REF F8), and whether the claim itself bills nothing."""

MODIFIERS = ("mod1", "mod2", "mod3", "mod4")
"""The columns of a line's modifiers, in the order of SV101-3 to SV101-6."""


@dataclass(frozen=True)
class Column:
    """One column: its name, its Arrow type, what it means, and whether it may be empty."""

    name: str
    type: pa.DataType
    meaning: str
    empty: bool = True


@dataclass(frozen=True)
class Table:
    """One table: its name, its grain in words, its columns in order."""

    name: str
    grain: str
    columns: tuple[Column, ...]

    @property
    def arrow(self) -> pa.Schema:
        """The Arrow schema of the table."""
        return pa.schema([pa.field(c.name, c.type, nullable=c.empty) for c in self.columns])


def _key(name: str, meaning: str) -> Column:
    return Column(name, WHOLE, meaning, empty=False)


CLAIM = Table(
    "claim",
    "one claim (837P CLM)",
    (
        _key("claim_no", "position of the claim in the batch, from 1"),
        Column("claim_id", TEXT, "CLM01, the submitter's claim number", empty=False),
        Column("charge", MONEY, "CLM02, USD", empty=False),
        Column("place", TEXT, "CLM05-1, place of service"),
        Column("facility_qualifier", TEXT, "CLM05-2"),
        Column("frequency", TEXT, "CLM05-3: 1 original, 7 replacement, 8 void"),
        Column("original_ref", TEXT, "REF F8: the claim that a replacement or void names"),
        Column("prior_auth", TEXT, "REF G1"),
        Column("payer_qualifier", TEXT, "2010BB NM108: PI or XV"),
        Column("payer_id", TEXT, "2010BB NM109"),
        Column("payer_name", TEXT, "2010BB NM103"),
        Column("filing", TEXT, "SBR09, claim filing indicator"),
        Column("member_id", TEXT, "2010BA NM109"),
        Column("relation", TEXT, "SBR02, else PAT01: 18 self"),
        Column("last_name", TEXT, "patient: NM103 of 2010CA, else of 2010BA"),
        Column("first_name", TEXT, "patient: NM104 of 2010CA, else of 2010BA"),
        Column("birth_date", DAY, "patient: DMG02"),
        Column("sex", TEXT, "patient: DMG03"),
        Column("billing_npi", TEXT, "2010AA NM109"),
        Column("billing_taxonomy", TEXT, "2000A PRV03"),
        Column("billing_name", TEXT, "2010AA NM103"),
        Column("rendering_npi", TEXT, "2310B NM109"),
        Column("facility_name", TEXT, "2310C NM103"),
        Column("diagnoses", WORDS, "HI codes in order, without qualifier or point"),
        Column("source", TEXT, "file as named to the user, never an absolute path", empty=False),
        Column("interchange", TEXT, "ISA13"),
        Column("set_no", TEXT, "ST02"),
        Column("segment", WHOLE, "ordinal of the CLM segment in the file, ISA of the file is 1; of a table, the claim's first row"),
    ),
)

LINE = Table(
    "line",
    "one service line (837P LX/SV1) of one claim",
    (
        _key("line_no", "position of the line in the batch, from 1"),
        _key("claim_no", "its claim"),
        Column("lx", WHOLE, "LX01", empty=False),
        Column("qualifier", TEXT, "SV101-1, HC for HCPCS"),
        Column("code", TEXT, "SV101-2, upper case", empty=False),
        Column("mod1", TEXT, "SV101-3, as billed, upper case"),
        Column("mod2", TEXT, "SV101-4"),
        Column("mod3", TEXT, "SV101-5"),
        Column("mod4", TEXT, "SV101-6"),
        Column("description", TEXT, "SV101-7"),
        Column("charge", MONEY, "SV102, USD", empty=False),
        Column("unit_basis", TEXT, "SV103: UN units, MJ minutes"),
        Column("units", QUANTITY, "SV104, billing units", empty=False),
        Column("place", TEXT, "SV105, the line's own place of service"),
        Column("pointers", WORDS, "SV107 diagnosis pointers"),
        Column("from_date", DAY, "DTP 472, first day, inclusive", empty=False),
        Column("to_date", DAY, "DTP 472, last day, inclusive", empty=False),
        Column("ndc", TEXT, "LIN03 where LIN02 is N4, as billed"),
        Column("ndc_quantity", QUANTITY, "CTP04"),
        Column("ndc_unit", TEXT, "CTP05-1"),
        Column("prescription", TEXT, "REF XZ of 2410"),
        Column("control", TEXT, "REF 6R of 2400, the submitter's line number"),
        Column("note", TEXT, "NTE02 of 2400, several joined by a space"),
        Column("segment", WHOLE, "ordinal of the SV1 segment in the file; of a table, the row"),
    ),
)

OTHER_PAYER = Table(
    "other_payer",
    "one amount that another payer states for a claim (2320 AMT) or a line (2430 SVD, CAS)",
    (
        _key("claim_no", "its claim"),
        Column("line_no", WHOLE, "its line, empty for a claim amount"),
        Column("payer_id", TEXT, "2330B NM109 or SVD01"),
        Column("kind", TEXT, "AMT01 (D paid, A8 not covered, EAF owed), SVD, or group-CARC of a CAS", empty=False),
        Column("amount", MONEY, "USD", empty=False),
    ),
)

PROBLEM = Table(
    "problem",
    "one thing wrong with the input, with its address",
    (
        Column("source", TEXT, "file as named to the user", empty=False),
        Column("segment", WHOLE, "ordinal of the segment, or row of a table, 0 for the file itself", empty=False),
        Column("claim_id", TEXT, "CLM01 where known"),
        Column("weight", TEXT, "rejected (claim is set aside), refused (file or set), warning", empty=False),
        Column("problem", TEXT, "what is wrong, why it matters, what to do", empty=False),
        Column("counted_in", TEXT, "what `segment` counts: segment (837P) or row (table)", empty=False),
        Column("unread", WHOLE, "claims that a refused file seems to hold: a guess, outside the accounts"),
        Column("unread_charge", MONEY, "sum of their CLM02 as far as it can be read, USD"),
    ),
)

REJECTED = Table(
    "rejected",
    "one claim that was counted and set aside",
    (
        Column("source", TEXT, "file as named to the user", empty=False),
        Column("segment", WHOLE, "ordinal of its CLM segment, or its first row", empty=False),
        Column("claim_id", TEXT, "CLM01 where readable"),
        Column("charge", MONEY, "CLM02, 0 where unreadable", empty=False),
        Column("lines", WHOLE, "its service lines as counted", empty=False),
    ),
)

CLAIM_TABLES = (CLAIM, LINE, OTHER_PAYER, PROBLEM, REJECTED)


@dataclass(frozen=True)
class Census:
    """What a scan that does not use the parser counts: claims, lines, and charges in USD."""

    claims: int = 0
    lines: int = 0
    charge_cents: int = 0


@dataclass(frozen=True)
class Batch:
    """Claims as read: the five tables, and the independent count they must add up to.

    inputs: name and ``sha256:`` fingerprint of every source, in order. skipped: claims left out because the
    loaded history holds that very claim. cut: sources, of those read so far, with an interchange that ends without its trailer,
    so that claims of them may be missing.
    """

    claim: pa.Table
    line: pa.Table
    other_payer: pa.Table
    problem: pa.Table
    rejected: pa.Table
    census: Census
    inputs: tuple[tuple[str, str], ...] = ()
    skipped: Census = Census()
    cut: frozenset[str] = frozenset()
