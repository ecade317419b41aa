"""Readings: what the cells of a release mean, as canonical rows; a row that cannot be read is told and left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from perdiem.codes.book import ndc_digits
from perdiem.codes.layouts import Cells, Found
from perdiem.codes.shapes import AMOUNT, DAY, EACH, MANY, SETTINGS, SHAPES, TEXT, USD, WHOLE, YES

_LEVEL_TWO = re.compile(r"[A-Z][0-9]{4}")
_CODE = re.compile(r"[A-Z0-9]{5}")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_KEYS: dict[str, tuple[str, re.Pattern[str]]] = {
    "hcpcs": ("code", _LEVEL_TWO),
    "modifier": ("modifier", _MODIFIER),
    "place": ("place", re.compile(r"[0-9]{2}")),
    "mue": ("code", _CODE),
    "ptp": ("column_1", _CODE),
    "ndc_crosswalk": ("code", _CODE),
    "payment_limit": ("code", _CODE),
    "icd10cm": ("code", re.compile(r"[A-Z][A-Z0-9]{2,6}")),
    "reason": ("code", re.compile(r"[A-Z0-9]{1,5}")),
    "fee_schedule": ("code", _CODE),
    **dict.fromkeys(("usage_geography", "usage_supplier", "usage_referring"), ("code", _CODE)),
}
_NPI = re.compile(r"[0-9]{10}")
_STATE = re.compile(r"([a-z]{2})(nr|r)?")  # a folded heading: not rural, rural, or not parted
_NO_MODIFIER = "none"  # keeps the key whole
_YES = {"1": True, "y": True, "yes": True, "true": True, "facility": True, "*": True, "0": False, "n": False, "no": False,
        "false": False, "non-facility": False, "unassigned": None, "": None}  # fmt: skip
_CONTINUES = {"4": "3", "8": "7"}  # record that goes on with the descriptor of the record before it
_SORTS = {"3": "hcpcs", "7": "modifier"}
_FAR = date(date.max.year, 12, 31)  # stands for no end

Row = dict[str, Any]


@dataclass(frozen=True)
class BadRow:
    """A row that was left out: its line in the file (or row of the sheet), and why."""

    line: int
    why: str


class _UnreadableError(Exception):
    """Why one row cannot be read, in words."""


@dataclass(frozen=True)
class Read:
    """What a grid holds: canonical rows by kind and setting, ordered by key; what was left out, and how many stood twice."""

    tables: dict[tuple[str, str], pa.Table]
    bad: list[BadRow]
    twice: int = 0


def read_rows(found: Found, setting: str = "") -> Read:
    """The rows of a recognised grid. setting: of NCCI edits that do not tell theirs (see SETTINGS)."""
    bad: list[BadRow] = []
    kept: dict[tuple[str, str], dict[tuple[Any, ...], Row]] = {}
    twice = 0
    source = _records(found, bad) if found.layout.kind == "hcpcs" else ((found.layout.kind, n, c) for n, c in found.lines)
    for kind, number, cells in source:
        try:
            row = _row(kind, cells, setting or found.setting)
            mine = kept.setdefault((kind, row.get("setting") or ""), {})
            key = tuple(row[name] for name in SHAPES[kind].key)
            if key in mine and mine[key] != row:
                raise _UnreadableError(f"{' '.join(str(part) for part in key if part)} stands above with other facts")
            twice += key in mine
            mine[key] = row
        except _UnreadableError as error:
            bad.append(BadRow(number, str(error)))
    tables = {of: _table(of[0], list(rows.values())) for of, rows in sorted(kept.items())}
    return Read(tables, sorted(bad, key=lambda row: row.line), twice)


def _records(found: Found, bad: list[BadRow]) -> Iterator[tuple[str, int, Cells]]:
    """HCPCS records, each with the descriptors of the records that go on with it."""
    open_: tuple[str, int, Cells] | None = None
    for number, cells in found.lines:
        record = cells.get("record") or "3"
        if record in _SORTS:
            if open_:
                yield open_
            open_ = (_SORTS[record], number, {**cells, "modifier": cells["code"]})
        elif record in _CONTINUES and open_ and cells["code"] == open_[2]["code"]:
            open_[2]["text"] = f"{open_[2]['text']} {cells['text']}".strip()
        else:
            bad.append(BadRow(number, "a record that goes on with a code goes on with no code above it"))
    if open_:
        yield open_


def _row(kind: str, cells: Cells, setting: str) -> Row:
    made: Row = {}
    for name, (type_, _) in SHAPES[kind].columns.items():
        made[name] = _READERS[type_](name, cells)
    if kind in _FINISH:
        _FINISH[kind](made, cells, setting)
    name, pattern = _KEYS[kind]
    value = made[name] or ""
    if not pattern.fullmatch(value):
        raise _UnreadableError(f"{value[:20]!r} is no {name.replace('_', ' ')}" if value else f"it has no {name.replace('_', ' ')}")
    start, end = made.get("start"), made.get("end")
    if start and end and end < start and kind != "ptp":
        raise _UnreadableError(f"it ends on {end}, before it begins on {start}")
    return made


def _text(name: str, cells: Cells) -> str | None:
    return " ".join(cells.get(name, "").split()) or None


def _day(name: str, cells: Cells) -> date | None:
    text = cells.get(name, "").strip()
    if text in ("", "*"):
        return None
    digits = text.replace("-", "") if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text
    slashed = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    if slashed:
        digits = f"{slashed[3]}{slashed[1]:0>2}{slashed[2]:0>2}"
    try:
        if not re.fullmatch(r"\d{8}", digits):
            raise ValueError
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise _UnreadableError(f"{text[:20]!r} is no day ({name})") from None
    return None if day == _FAR else day


def _number(name: str, cells: Cells) -> Decimal | None:
    text = cells.get(name, "").strip().lstrip("$").replace(",", "")
    if text.casefold() in ("", "n/a", "na", "*"):
        return None
    try:
        value = Decimal(text)
        if not value.is_finite() or value < 0:
            raise InvalidOperation
        return value
    except InvalidOperation:
        raise _UnreadableError(f"{text[:20]!r} is no amount ({name})") from None


def _scaled(places: int) -> Callable[[str, Cells], Decimal | None]:
    unit = Decimal(1).scaleb(-places)

    def read(name: str, cells: Cells) -> Decimal | None:
        value = _number(name, cells)
        try:
            return None if value is None else value.quantize(unit)
        except InvalidOperation:
            raise _UnreadableError(f"the amount is beyond measure ({name})") from None

    return read


def _whole(name: str, cells: Cells) -> int | None:
    value = _number(name, cells)
    if value is not None and (value != int(value) or value >= 10**15):
        raise _UnreadableError(f"{value} is no whole number ({name})")
    return None if value is None else int(value)


def _yes(name: str, cells: Cells) -> bool | None:
    text = cells.get(name, "").strip().casefold()
    if text not in _YES:
        raise _UnreadableError(f"{text[:20]!r} is neither yes nor no ({name})")
    return _YES[text]


def _many(name: str, cells: Cells) -> list[str]:
    parts = [cells.get(name, ""), *(cells.get(f"{name}_{n}", "") for n in range(1, 6))]
    return list(dict.fromkeys(part.strip() for text in parts for part in text.split(",") if part.strip()))


def _each(name: str, cells: Cells) -> list[Row]:
    """The amounts by state; a zero or an empty cell says that there is none."""
    made = []
    for head in sorted(cells):
        place = _STATE.fullmatch(head)
        amount = _scaled(3)(head, cells) if place else None
        if place and amount:
            rural = place[2] == "r" if place[2] else None
            made.append({"state": place[1].upper(), "rural": rural, "amount": amount})
    return made


_READERS: dict[pa.DataType, Callable[[str, Cells], Any]] = {
    TEXT: _text, DAY: _day, WHOLE: _whole, YES: _yes, AMOUNT: _scaled(6), USD: _scaled(3), MANY: _many,
    EACH: _each,
}  # fmt: skip


def _finish_place(row: Row, cells: Cells, setting: str) -> None:
    row["place"] = (row["place"] or "").zfill(2) if row["place"] else None  # a workbook drops the zero in front


def _finish_setting(row: Row, cells: Cells, setting: str) -> None:
    said = (row["setting"] or "").casefold()
    told = [known for known in SETTINGS if known in said]
    row["setting"] = told[0] if told else setting or None


def _finish_mue(row: Row, cells: Cells, setting: str) -> None:
    _finish_setting(row, cells, setting)
    row["indicator"] = _leading(row["indicator"], "123", "adjudication indicator")
    if row["units"] is None:
        raise _UnreadableError("it has no units")


def _finish_ptp(row: Row, cells: Cells, setting: str) -> None:
    _finish_setting(row, cells, setting)
    row["modifier_indicator"] = _leading(row["modifier_indicator"], "019", "modifier indicator")
    if not _CODE.fullmatch(row["column_2"] or ""):
        raise _UnreadableError("its column 2 is no code")


def _leading(text: str | None, allowed: str, what: str) -> str:
    if not text or text[0] not in allowed or text[1:2].isdigit():
        raise _UnreadableError(f"{(text or '')[:20]!r} is no {what}")
    return text[0]


def _finish_crosswalk(row: Row, cells: Cells, setting: str) -> None:
    row["ndc"] = ndc_digits(row["ndc"] or "")
    if not re.fullmatch(r"\d{11}", row["ndc"]):
        raise _UnreadableError("its NDC has not eleven digits")


def _finish_icd(row: Row, cells: Cells, setting: str) -> None:
    row["code"] = (row["code"] or "").replace(".", "")
    if "billable" not in cells:  # a file of billable codes alone
        row["billable"] = True
    if not row["text"]:
        raise _UnreadableError("it has no text")


def _finish_reason(row: Row, cells: Cells, setting: str) -> None:
    row["list"] = (row["list"] or "").upper()
    if row["list"] not in ("GROUP", "CARC", "RARC"):
        raise _UnreadableError(f"{row['list'][:20]!r} is none of GROUP, CARC, RARC")
    row["notes"] = " ".join(part for part in (cells.get("usage", ""), row["notes"] or "") if part) or None


def _finish_fee(row: Row, cells: Cells, setting: str) -> None:
    for name in ("modifier", "modifier_2"):
        if row[name] and not _MODIFIER.fullmatch(row[name]):
            raise _UnreadableError(f"{row[name][:20]!r} is no modifier")
        row[name] = row[name] or _NO_MODIFIER
    row["ceiling"], row["floor"] = row["ceiling"] or None, row["floor"] or None
    if row["ceiling"] and row["floor"] and row["floor"] > row["ceiling"]:
        raise _UnreadableError("its floor is above its ceiling")


def _finish_usage(row: Row, cells: Cells, setting: str) -> None:
    if "npi" in row and not _NPI.fullmatch(row["npi"] or ""):
        raise _UnreadableError("its NPI has not ten digits")
    if "level" in row and (row["level"] not in ("National", "State") or not row["area"]):
        raise _UnreadableError(f"{(row['level'] or '')[:20]!r} of {(row['area'] or '')[:20]!r} is no area")
    if row["rental"] is None or not row["claims"] or not row["services"]:
        raise _UnreadableError("it does not tell whether it was rented, or has no claims or services")
    if row["members"] and row["members"] > row["claims"]:
        raise _UnreadableError("it has more members than claims")


_FINISH: dict[str, Callable[[Row, Cells, str], None]] = {
    "place": _finish_place, "mue": _finish_mue, "ptp": _finish_ptp, "ndc_crosswalk": _finish_crosswalk,
    "icd10cm": _finish_icd, "reason": _finish_reason, "fee_schedule": _finish_fee,
    **dict.fromkeys(("usage_geography", "usage_supplier", "usage_referring"), _finish_usage),
}  # fmt: skip


def _table(kind: str, rows: list[Row]) -> pa.Table:
    shape = SHAPES[kind]
    schema = shape.arrow
    made = pa.table({name: pa.array([row[name] for row in rows], schema.field(name).type) for name in schema.names}, schema)
    return made.sort_by([(name, "ascending") for name in shape.key])
