"""Shapes: the kinds of official releases, and the columns that each has once it is imported, whatever file it came in.

Codes are text as billed (no dots, no hyphens, leading zeros kept), days are dates, first and last day inclusive,
amounts and money are decimals. An empty cell says that the file states nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

TEXT, DAY, WHOLE, YES = pa.string(), pa.date32(), pa.int64(), pa.bool_()
AMOUNT, USD, MANY = pa.decimal128(18, 6), pa.decimal128(18, 3), pa.list_(pa.string())
EACH = pa.list_(pa.struct([("state", TEXT), ("rural", YES), ("amount", USD)]))


@dataclass(frozen=True)
class Shape:
    """One kind of release: what a row is, its columns (name to type and meaning), and what makes a row one of a kind.

    by: the columns that hold codes; ``rows(codes=...)`` asks that all of them be among the codes. key: two rows with
    the same key cannot both stand. months: how many calendar months a release may hold that does not say when it ends
    (counted by calendar quarters, halves of the year from April, or whole years); 0 where only a later release ends it.
    """

    kind: str
    title: str
    grain: str
    columns: dict[str, tuple[pa.DataType, str]]
    by: tuple[str, ...]
    key: tuple[str, ...] = ()
    months: int = 3

    @property
    def arrow(self) -> pa.Schema:
        """The schema of the kind's table."""
        return pa.schema([(name, type_) for name, (type_, _) in self.columns.items()])


_SETTING = (TEXT, "`practitioner`, `outpatient` (hospital) or `dme` (supplier)")
_LIFE = {
    "start": (DAY, "first day"),
    "end": (DAY, "last day; empty while it is in force"),
    "acted": (DAY, "first day of the latest action"),
    "action": (TEXT, "the latest action, as the maintainer codes it"),
}

_USAGE = {
    "code": (TEXT, "HCPCS code"),
    "rental": (YES, "whether it was rented"),
    "text": (TEXT, "descriptor"),
    "category": (TEXT, "RBCS or BETOS category, as coded"),
    "suppliers": (WHOLE, "suppliers that billed it"),
    "members": (WHOLE, "people who had it; empty where withheld, since they are fewer than eleven"),
    "claims": (WHOLE, "claims"),
    "services": (AMOUNT, "units"),
    "submitted": (AMOUNT, "USD billed for one unit, mean"),
    "allowed": (AMOUNT, "USD that Medicare allowed for one unit, mean"),
    "paid": (AMOUNT, "USD that Medicare paid for one unit, mean"),
    "standardised": (AMOUNT, "USD paid for one unit, with differences between places taken out, mean"),
}
_PROVIDER = {"npi": (TEXT, "ten digits"), "state": (TEXT, "two letters, as printed")}

_SHAPES = (
    Shape(
        "hcpcs", "HCPCS Level II", "one code",
        {
            "code": (TEXT, "letter and four digits"),
            "text": (TEXT, "official long descriptor"),
            "short_text": (TEXT, "official short descriptor"),
            **_LIFE,
            "successor": (MANY, "codes that the release refers to; after the end, those that took its place"),
            "coverage": (TEXT, "Medicare coverage code"),
            "pricing": (MANY, "Medicare pricing indicators"),
            "multiple_pricing": (TEXT, "multiple pricing indicator"),
            "betos": (TEXT, "BETOS category"),
            "service_type": (MANY, "types of service"),
        },
        by=("code",), key=("code",),
    ),
    Shape(
        "modifier", "HCPCS Level II modifiers", "one modifier",
        {"modifier": (TEXT, "two characters"), "text": (TEXT, "official descriptor"), **_LIFE},
        by=("modifier",), key=("modifier",),
    ),
    Shape(
        "place", "Place of service codes", "one place of service",
        {
            "place": (TEXT, "two digits"),
            "name": (TEXT, "official name"),
            "text": (TEXT, "official definition"),
            "facility": (YES, "whether it is paid as a facility; empty where not stated"),
        },
        by=("place",), key=("place",), months=0,
    ),
    Shape(
        "mue", "NCCI medically unlikely edits", "one code in one setting",
        {
            "code": (TEXT, "HCPCS Level II code or CPT number"),
            "setting": _SETTING,
            "units": (WHOLE, "billing units that are never exceeded"),
            "indicator": (TEXT, "1 by line, 2 by day (policy), 3 by day (clinical)"),
            "rationale": (TEXT, "why, as printed"),
        },
        by=("code",), key=("code", "setting"),
    ),
    Shape(
        "ptp", "NCCI procedure to procedure pairs", "one pair of codes, for one run of days, in one setting",
        {
            "column_1": (TEXT, "the code that is paid"),
            "column_2": (TEXT, "the code that is not paid beside it"),
            "setting": _SETTING,
            "start": (DAY, "first day; empty where not stated"),
            "end": (DAY, "deletion date as printed; empty while it is in force; at or before `start` where it never was"),
            "modifier_indicator": (TEXT, "0 no modifier allows both, 1 a modifier may, 9 does not apply"),
            "rationale": (TEXT, "why, as printed"),
            "before_1996": (YES, "whether it is marked as older than 1996; empty where not stated"),
        },
        by=("column_1", "column_2"), key=("column_1", "column_2", "setting", "start", "end"),
    ),
    Shape(
        "ndc_crosswalk", "ASP crosswalk of NDC to HCPCS", "one product under one code",
        {
            "code": (TEXT, "HCPCS code"),
            "ndc": (TEXT, "eleven digits"),
            "text": (TEXT, "short descriptor of the code"),
            "labeler": (TEXT, "who sells it"),
            "drug": (TEXT, "name of the product"),
            "dosage": (TEXT, "what one billing unit of the code is, as printed"),
            "package_size": (AMOUNT, "amount in one item of the package, in the unit of its label"),
            "package_quantity": (AMOUNT, "items in the package"),
            "units_per_item": (AMOUNT, "billing units in one item"),
            "units_per_package": (AMOUNT, "billing units in the package"),
        },
        by=("code",), key=("code", "ndc"),
    ),
    Shape(
        "payment_limit", "Medicare Part B drug payment limits", "one code",
        {
            "code": (TEXT, "HCPCS code"),
            "text": (TEXT, "short descriptor"),
            "dosage": (TEXT, "what one billing unit is, as printed"),
            "limit": (USD, "USD for one billing unit"),
            "coinsurance": (AMOUNT, "percent that the patient pays"),
            "vaccine_percent": (AMOUNT, "percent of average wholesale price, for vaccines"),
            "vaccine_limit": (USD, "USD, for vaccines"),
            "blood_percent": (AMOUNT, "percent of average wholesale price, for blood products"),
            "blood_limit": (USD, "USD, for blood products"),
            "clotting_factor": (TEXT, "1 where it is a clotting factor"),
            "notes": (TEXT, "as printed"),
        },
        by=("code",), key=("code",),
    ),
    Shape(
        "icd10cm", "ICD-10-CM", "one code or category",
        {
            "code": (TEXT, "as billed, without the dot"),
            "text": (TEXT, "official long descriptor"),
            "short_text": (TEXT, "official short descriptor; empty where the file has none"),
            "billable": (YES, "whether it can be billed, or is a category of longer codes"),
        },
        by=("code",), key=("code",), months=6,
    ),
    Shape(
        "reason", "Claim adjustment reason and remark codes", "one code of one list",
        {
            "list": (TEXT, "`GROUP`, `CARC` or `RARC`"),
            "code": (TEXT, "the code"),
            "text": (TEXT, "official text, from your own copy"),
            "notes": (TEXT, "as printed"),
            "start": (DAY, "first day"),
            "changed": (DAY, "day of the last change"),
            "end": (DAY, "last day; empty while it is in force, or where the list does not say"),
        },
        by=("code",), key=("list", "code"), months=0,
    ),
    Shape(
        "fee_schedule", "Medicare DMEPOS fee schedule", "one code with up to two modifiers",
        {
            "code": (TEXT, "HCPCS code"),
            "modifier": (TEXT, "first modifier of the fee, such as new, used or rented; `none` where it has none"),
            "modifier_2": (TEXT, "second modifier of the fee; `none` where it has none"),
            "jurisdiction": (TEXT, "which contractor pays: `D` for equipment, `L` local, `J` either"),
            "category": (TEXT, "payment category, two letters as printed"),
            "ceiling": (USD, "USD, highest amount of any state; empty where there is none"),
            "floor": (USD, "USD, lowest amount of any state; empty where there is none"),
            "fees": (EACH, "for each state that has one: USD for one unit, and whether it is for rural areas (empty where the "
                           "schedule does not part them)"),
            "text": (TEXT, "short descriptor"),
        },
        by=("code",), key=("code", "modifier", "modifier_2"),
    ),
    Shape(
        "usage_geography", "Medicare DMEPOS use by geography and service", "one code, rented or not, in one area",
        {
            "level": (TEXT, "`National` or `State`"),
            "area": (TEXT, "name of the area, as printed"),
            "area_code": (TEXT, "FIPS code; empty for the nation"),
            "referring": (WHOLE, "providers who ordered it"),
            **_USAGE,
        },
        by=("code",), key=("level", "area", "code", "rental"), months=12,
    ),
    Shape(
        "usage_supplier", "Medicare DMEPOS use by supplier and service", "one code, rented or not, of one supplier",
        {**_PROVIDER, **_USAGE}, by=("code",), key=("npi", "code", "rental"), months=12,
    ),
    Shape(
        "usage_referring", "Medicare DMEPOS use by referring provider and service", "one code, rented or not, of one provider",
        {**_PROVIDER, **_USAGE}, by=("code",), key=("npi", "code", "rental"), months=12,
    ),
)  # fmt: skip

SHAPES: dict[str, Shape] = {shape.kind: shape for shape in _SHAPES}
SETTINGS = ("practitioner", "outpatient", "dme")
