"""Turns what the compiled pass found in one window into Arrow batches of the schema, without an object per cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from perdiem.formats.bulk import names as n
from perdiem.formats.bulk.compiled import BAD, compiled
from perdiem.formats.bulk.names import Rows
from perdiem.model.schema import CLAIM, DAY, LINE, MONEY, OTHER_PAYER, QUANTITY, WORDS

Array = Any
_AS_IS, _UPPER, _NO_POINTS = range(3)
_CLAIM_HOW = np.zeros(n.CLAIM_TEXTS, np.int64)
_LINE_HOW = np.array([_UPPER if n.B_CODE <= at <= n.B_MOD4 else _AS_IS for at in range(n.LINE_TEXTS)])
_OTHER_HOW = np.zeros(n.OTHER_TEXTS, np.int64)


def room(window: int) -> Rows:
    """Room for the rows of a window of so many bytes; a window may hold more, and is then read in several turns."""
    claims, lines, others = window // 160 + 64, window // 48 + 64, window // 24 + 64
    return Rows(
        np.zeros((2, n.CLAIM_TEXTS, claims), np.int32),
        np.zeros((n.CLAIM_NUMBERS, claims), np.int64),
        np.zeros((2, others), np.int32),
        np.zeros(claims + 1, np.int32),
        np.zeros((2, n.LINE_TEXTS, lines), np.int32),
        np.zeros((n.LINE_NUMBERS, lines), np.int64),
        np.zeros((2, others), np.int32),
        np.zeros(lines + 1, np.int32),
        np.zeros((2, n.OTHER_TEXTS, others), np.int32),
        np.zeros((n.OTHER_NUMBERS, others), np.int64),
    )


def claims(buf: Array, rows: Rows, count: int, source: str, interchange: str | None) -> pa.RecordBatch:
    """The claims found."""
    text = _texts(buf, rows.claim_text, _CLAIM_HOW, count)
    number = rows.claim
    words = _words(buf, rows.diagnosis, rows.diagnosis_end, count, _NO_POINTS)
    whole = {"claim_no": n.C_NO, "segment": n.C_SEGMENT}
    made = {
        "charge": _decimal(number[n.C_CHARGE, :count], MONEY),
        "birth_date": _day(number[n.C_BIRTH, :count]),
        "diagnoses": words,
        "source": pa.repeat(pa.scalar(source), count),
        "interchange": pa.repeat(pa.scalar(interchange, pa.string()), count),
        **{name: pa.array(number[at, :count].copy()) for name, at in whole.items()},
    }
    return _batch(CLAIM.arrow, made, text)


def lines(buf: Array, rows: Rows, count: int) -> pa.RecordBatch:
    """The lines found."""
    text = _texts(buf, rows.line_text, _LINE_HOW, count)
    number = rows.line
    whole = {"line_no": n.B_NO, "claim_no": n.B_CLAIM_NO, "lx": n.B_LX, "segment": n.B_SEGMENT}
    made = {
        "charge": _decimal(number[n.B_CHARGE, :count], MONEY),
        "units": _decimal(number[n.B_UNITS, :count], QUANTITY),
        "ndc_quantity": _decimal(number[n.B_QUANTITY, :count], QUANTITY),
        "from_date": _day(number[n.B_FROM, :count]),
        "to_date": _day(number[n.B_TO, :count]),
        "pointers": _words(buf, rows.pointer, rows.pointer_end, count, _AS_IS, none_is_null=True),
        **{name: pa.array(number[at, :count].copy()) for name, at in whole.items()},
    }
    return _batch(LINE.arrow, made, text)


def others(buf: Array, rows: Rows, count: int) -> pa.RecordBatch:
    """The amounts of other payers found."""
    number = rows.other
    text = _texts(buf, rows.other_text, _OTHER_HOW, count)
    reasons = rows.other_text[0, n.O_REASON, :count] != n.NO_TEXT
    if reasons.any():
        joined = _joined(buf, rows.other_text[:, n.O_KIND], rows.other_text[:, n.O_REASON], count)
        text[n.O_KIND] = joined
    line = number[n.O_LINE_NO, :count].copy()
    made = {
        "claim_no": pa.array(number[n.O_CLAIM_NO, :count].copy()),
        "line_no": pa.array(line, mask=line == 0),
        "payer_id": text[n.O_PAYER],
        "kind": text[n.O_KIND],
        "amount": _decimal(number[n.O_AMOUNT, :count], MONEY),
    }
    return _batch(OTHER_PAYER.arrow, made, [])


def _batch(schema: pa.Schema, made: dict[str, pa.Array], text: list[pa.Array]) -> pa.RecordBatch:
    """The texts go, in order, to the columns that are not made."""
    rest = iter(text)
    return pa.RecordBatch.from_arrays([made[name] if name in made else next(rest) for name in schema.names], schema=schema)


def _texts(buf: Array, text: Array, how: Array, count: int) -> list[pa.Array]:
    sizes = text[1, :, :count].sum(axis=1, dtype=np.int64)
    used = np.flatnonzero(sizes)
    starts = np.concatenate([[0], np.cumsum(sizes[used])])
    ends = np.empty((len(used), count + 1), np.int32)
    valid = np.zeros((len(used), (count + 7) // 8), np.uint8)
    data = np.empty(int(starts[-1]), np.uint8)
    nulls = np.empty(len(used), np.int64)
    _gather(buf, text, used, how, count, starts, ends, valid, nulls, data)
    whole, none = pa.py_buffer(data), pa.py_buffer(np.zeros(4 * count + 4, np.uint8))
    empty = pa.StringArray.from_buffers(count, none, none, none, count)
    made = [empty] * text.shape[1]
    for at, column in enumerate(used.tolist()):
        filled = pa.py_buffer(valid[at]) if nulls[at] else None
        part = whole.slice(int(starts[at]), int(starts[at + 1] - starts[at]))
        made[column] = pa.StringArray.from_buffers(count, pa.py_buffer(ends[at]), part, filled, int(nulls[at]))
    return made


def _words(buf: Array, items: Array, ends: Array, count: int, how: int, none_is_null: bool = False) -> pa.Array:
    total = int(ends[count])
    values = _texts(buf, items[:, None, :], np.array([how]), total)[0]
    whole = ends[: count + 1].copy()
    if not none_is_null:
        return pa.Array.from_buffers(WORDS, count, [None, pa.py_buffer(whole)], 0, children=[values])
    some = whole[1:] > whole[:-1]
    valid = pa.py_buffer(np.packbits(some, bitorder="little"))
    nulls = count - int(some.sum())
    return pa.Array.from_buffers(WORDS, count, [valid if nulls else None, pa.py_buffer(whole)], nulls, children=[values])


def _joined(buf: Array, kind: Array, reason: Array, count: int) -> pa.Array:
    ends = np.empty(count + 1, np.int32)
    data = np.empty(int(kind[1, :count].sum() + reason[1, :count].sum()) + count, np.uint8)
    _join(buf, kind, reason, count, ends, data)
    return pa.StringArray.from_buffers(count, pa.py_buffer(ends), pa.py_buffer(data), None, 0)


def _decimal(values: Array, kind: pa.DataType) -> pa.Array:
    """Whole numbers as decimals: the same 128-bit integers, read with the point in its place."""
    wide = np.empty((len(values), 2), np.int64)
    wide[:, 0] = values
    wide[:, 1] = values >> 63
    return _nullable(values != BAD, kind, wide)


def _day(values: Array) -> pa.Array:
    return _nullable(values != BAD, DAY, values.astype(np.int32))


def _nullable(some: Array, kind: pa.DataType, data: Array) -> pa.Array:
    nulls = len(some) - int(some.sum())
    valid = pa.py_buffer(np.packbits(some, bitorder="little")) if nulls else None
    return pa.Array.from_buffers(kind, len(some), [valid, pa.py_buffer(data)], nulls)


@compiled
def _gather(
    buf: Array,
    text: Array,
    used: Array,
    how: Array,
    count: int,
    starts: Array,
    ends: Array,
    valid: Array,
    nulls: Array,
    data: Array,
) -> None:
    """Copies the texts of every column that has some, one after another; a text of no length is null."""
    for at in range(used.size):
        column = used[at]
        base = out = starts[at]
        way = how[column]
        empty = 0
        ends[at, 0] = 0
        for row in range(count):
            length = text[1, column, row]
            if length == 0:
                empty += 1
            else:
                start = text[0, column, row]
                valid[at, row >> 3] |= np.uint8(1 << (row & 7))
                if way == _AS_IS:
                    for place in range(start, start + length):
                        data[out] = buf[place]
                        out += 1
                else:
                    for place in range(start, start + length):
                        byte = buf[place]
                        if way == _NO_POINTS and byte == 46:
                            continue
                        data[out] = byte - 32 if 97 <= byte <= 122 else byte
                        out += 1
            ends[at, row + 1] = out - base
        nulls[at] = empty


@compiled
def _join(buf: Array, kind: Array, reason: Array, count: int, ends: Array, data: Array) -> None:
    """Group and reason with a hyphen between, or a kind alone."""
    out = 0
    ends[0] = 0
    for row in range(count):
        for at in range(kind[0, row], kind[0, row] + kind[1, row]):
            data[out] = buf[at]
            out += 1
        if reason[0, row] != n.NO_TEXT:
            data[out] = 45
            out += 1
            for at in range(reason[0, row], reason[0, row] + reason[1, row]):
                data[out] = buf[at]
                out += 1
        ends[row + 1] = out
