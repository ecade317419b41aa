"""Makes claims of the rows of a window: groups them by claim number, holds them against each other, fills the tables.

Rows of one claim may stand anywhere in the window. Claims come in the order of their first row, lines in the order of
their rows. A claim with a fault in any row is set aside whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.formats.columns import Shelf, scaled
from perdiem.formats.line_837p import LONGEST_SPAN
from perdiem.formats.tabular import cells, faults
from perdiem.formats.tabular import header as named
from perdiem.formats.tabular.fields import DIAGNOSES
from perdiem.formats.tabular.marks import unmarked
from perdiem.formats.tabular.values import Values
from perdiem.model.schema import CLAIM, DAY, LINE, MODIFIERS, MONEY, QUANTITY, WORDS

_MOST_FAULTS = 20  # problem rows of one claim
_FACTS = ("payer", "payer_name", "member_id", "provider_npi", "taxonomy", "billing_name", "frequency", "original_ref",
          "relation", "patient_name", "last_name", "first_name", "sex")  # fmt: skip
_READ = {
    "payer": cells.undotted, "provider_npi": cells.undotted, "relation": cells.relation, "frequency": cells.undotted,
    "sex": lambda text: text[:1].upper(), "taxonomy": str.upper,
}  # fmt: skip
_ORDERED = pc.ScalarAggregateOptions(skip_nulls=True)


@dataclass
class Told:
    """What is said once of a whole table: the first row it is true of, and of how many."""

    first: dict[str, int] = field(default_factory=dict)
    count: dict[str, int] = field(default_factory=dict)

    def note(self, what: str, rows: pa.Array) -> None:
        """Notes that something is true of these rows, in order."""
        if len(rows):
            self.first.setdefault(what, rows[0].as_py())
            self.count[what] = self.count.get(what, 0) + len(rows)


def read_window(
    window: pa.Table, first: int, mapping: named.Mapping, orders: Mapping[str, cells.Order], shelf: Shelf, told: Told
) -> None:
    """Reads the rows of a window, of which the first has this number, into the tables of ``shelf``."""
    text = {name: unmarked(window.column(name).combine_chunks()) for name in mapping.at}
    row = pa.array(range(first, first + window.num_rows), pa.int64())
    total = pc.and_(_is_total(text["claim_id"]), pc.is_null(text["code"]))
    text["claim_id"] = pc.if_else(pc.fill_null(total, False), pa.scalar(None, pa.string()), text["claim_id"])
    line = pc.or_(pc.is_valid(text["claim_id"]), pc.is_valid(text["code"]))
    filled = pc.fill_null(total, False)
    for column in text.values():
        filled = pc.or_(filled, pc.is_valid(column))
    told.note("totals", row.filter(pc.and_(filled, pc.invert(line))))
    rows = _Rows(
        Values({name: column.filter(line) for name, column in text.items()}, mapping, orders),
        row.filter(line), window.column("overlong").combine_chunks().filter(line), shelf, told,
    )  # fmt: skip
    if rows.values.rows:
        rows.read()


class _Rows:
    """The rows of a window that are lines, and the claim of each."""

    def __init__(self, values: Values, row: pa.Array, overlong: pa.Array, shelf: Shelf, told: Told) -> None:
        self.values, self.row, self.overlong, self.shelf, self.told = values, row, overlong, shelf, told
        claim = values.text["claim_id"]
        alone = pc.binary_join_element_wise("r", row.cast(pa.string()), "")
        key = pc.if_else(pc.is_valid(claim), pc.binary_join_element_wise("c", claim, ""), alone)
        self.claim: pa.Array = key.dictionary_encode().indices.cast(pa.int64())  # in the order of first rows
        self.order = pc.sort_indices(pa.table({"claim": self.claim, "row": row}), [("claim", "ascending"), ("row", "ascending")])

    def read(self) -> None:
        values = self.values
        self.claim_id = values.words("claim_id")
        values.fault(pc.is_null(values.text["claim_id"]), faults.NO_CLAIM_ID)
        values.fault(self.overlong, faults.OVERLONG)
        facts = {name: values.words(name, _READ.get(name, str)) for name in _FACTS if name in values.text}
        if "birth_date" in values.text:
            facts["birth_date"] = values.day("birth_date")
        lines = self._lines()
        for name, column in facts.items():
            self._hold(name, column)
        bad = self._problems()
        self._fill(facts, lines, bad)

    def _lines(self) -> dict[str, pa.Array]:
        values = self.values
        made = {
            "code": values.words("code", lambda text: cells.undotted(text).upper(), needed=True),
            "charge": values.number("charge", cells.cents),
            "units": values.number("units", cells.thousandths),
            "lx": values.number("line", cells.whole, needed=False),
            "from_date": values.day("from", needed=True),
            "place": values.words("pos", cells.place),
            "unit_basis": pc.fill_null(values.words("unit_basis", str.upper), "UN"),
        }
        made["to_date"] = pc.if_else(self._empty("to"), made["from_date"], values.day("to"))
        span = pc.subtract(made["to_date"], made["from_date"])
        values.fault(pc.less(span, 0), faults.BACKWARD_SPAN)
        values.fault(pc.greater_equal(span, LONGEST_SPAN), faults.LONG_SPAN)
        made["ndc"] = values.words("ndc", lambda text: cells.ndc(text)[0])
        odd = values.each("ndc", lambda text: cells.ndc(text)[1], pa.string())
        for what in ("padded", "short"):
            self.told.note(what, self.row.filter(pc.fill_null(pc.equal(odd, what), False)))
        made["ndc_quantity"] = scaled(values.number("ndc_quantity", cells.thousandths, needed=False), QUANTITY)
        made["ndc_unit"] = values.words("ndc_unit", str.upper)
        return made | self._modifiers()

    def _empty(self, name: str) -> pa.Array:
        column = self.values.text.get(name)
        return pc.is_null(column) if column is not None else pa.nulls(self.values.rows, pa.bool_()).fill_null(True)

    def _modifiers(self) -> dict[str, pa.Array]:
        values = self.values
        names = tuple(name for name in ("modifiers", *MODIFIERS) if name in values.text)
        for name in names:
            values.check(name, "modifiers", lambda text: cells.modifiers([text]), WORDS)
        values.joined(names, "all modifiers")
        count = values.each("all modifiers", lambda text: len(cells.modifiers([text]) or ()), pa.int64())
        values.fault(pc.greater(count, len(MODIFIERS)), faults.MANY_MODIFIERS)

        def at(place: int) -> pa.Array:
            return values.each("all modifiers", lambda text: (*(cells.modifiers([text]) or ()), *[None] * 5)[place], pa.string())

        return {name: at(place) for place, name in enumerate(MODIFIERS)}

    def _hold(self, name: str, column: pa.Array) -> None:
        """A claim says one thing of what it has once; an empty cell says nothing."""
        rows = pa.table({"claim": self.claim, "value": column, "row": self.row, "at": pa.array(range(len(self.row)), pa.int64())})
        rows = rows.filter(pc.is_valid(rows["value"]))
        counted = rows.group_by("claim").aggregate([("value", "count_distinct")])
        several = counted.filter(pc.greater(counted["value_count_distinct"], 1))["claim"].combine_chunks()
        if not len(several):
            return
        firsts: dict[int, tuple[object, int]] = {}
        told: set[int] = set()
        for one in rows.filter(pc.is_in(rows["claim"], several)).to_pylist():
            value, row = firsts.setdefault(one["claim"], (one["value"], one["row"]))
            if value != one["value"] and one["claim"] not in told:
                told.add(one["claim"])
                self.values.faults.append((one["at"], faults.disagree(self.values.mapping.column(name), row, one["row"])))

    def _problems(self) -> pa.Array:
        """Tells what is wrong, at most so much of one claim; gives the claims that are set aside, in order."""
        told: dict[int, int] = {}
        for at, problem in sorted(self.values.faults, key=lambda fault: fault[0]):
            claim = self.claim[at].as_py()
            told[claim] = told.get(claim, 0) + 1
            if told[claim] <= _MOST_FAULTS:
                self.shelf.tell(self.row[at].as_py(), "rejected", problem, self.claim_id[at].as_py())
        return pa.array(sorted(told), pa.int64())

    def _fill(self, facts: dict[str, pa.Array], lines: dict[str, pa.Array], bad: pa.Array) -> None:
        columns = {"claim": self.claim, "row": self.row, "claim_id": self.claim_id, "place": lines["place"], **facts}
        summed = pa.table({**columns, "charge": pc.fill_null(lines["charge"], 0)})
        firsts = [(name, "first", _ORDERED) for name in ("row", "claim_id", "place", *facts)]
        grouped = summed.group_by("claim", use_threads=False)
        claims = grouped.aggregate([*firsts, ("charge", "sum"), ("row", "count")]).sort_by("claim")
        aside = pc.is_in(claims["claim"], bad)
        for one in claims.filter(aside).select(["row_first", "claim_id_first", "charge_sum", "row_count"]).to_pylist():
            self.shelf.set_aside(*one.values())
        kept = claims.filter(pc.invert(aside))
        number = pa.array(range(len(self.shelf.claim) + 1, len(self.shelf.claim) + 1 + kept.num_rows), pa.int64())
        self._warn(kept, facts)
        diagnoses, pointers = self._diagnoses(kept["claim"].combine_chunks())
        self._fill_lines(lines | {"pointers": pointers}, bad, kept["claim"].combine_chunks(), number)
        self._fill_claims(kept, number, diagnoses)

    def _fill_claims(self, kept: pa.Table, number: pa.Array, diagnoses: pa.Array) -> None:
        def fact(name: str) -> pa.Array | None:
            return kept[f"{name}_first"].combine_chunks() if f"{name}_first" in kept.column_names else None

        payer, names, birth = fact("payer"), fact("payer_name"), fact("birth_date")
        if payer is not None:
            spaced = pc.match_substring_regex(payer, r"\s")
            names = pc.coalesce(names, payer) if names is not None else payer
            payer = pc.if_else(spaced, pa.scalar(None, pa.string()), payer)
        whole, last, first = fact("patient_name"), fact("last_name"), fact("first_name")
        if whole is not None and last is None:
            parts = pc.split_pattern(whole, ",", max_splits=1)
            last = pc.utf8_trim_whitespace(pc.list_element(parts, 0))
            first = pc.utf8_trim_whitespace(pc.replace_substring_regex(whole, "^[^,]*,?", ""))
        self._place(
            CLAIM,
            {
                "claim_no": number, "claim_id": fact("claim_id"), "charge": scaled(kept["charge_sum"].combine_chunks(), MONEY),
                "place": fact("place"), "frequency": fact("frequency"), "original_ref": fact("original_ref"),
                "payer_qualifier": None if payer is None else pc.if_else(pc.is_valid(payer), "PI", pa.scalar(None, pa.string())),
                "payer_id": payer, "payer_name": names, "member_id": fact("member_id"), "relation": fact("relation"),
                "last_name": last, "first_name": first, "birth_date": None if birth is None else birth.cast(pa.int32()).cast(DAY),
                "sex": fact("sex"), "billing_npi": fact("provider_npi"), "billing_taxonomy": fact("taxonomy"),
                "billing_name": fact("billing_name"), "diagnoses": diagnoses, "segment": fact("row"),
                "source": pa.array([self.shelf.source] * kept.num_rows, pa.string()),
            },
        )  # fmt: skip

    def _fill_lines(self, lines: dict[str, pa.Array], bad: pa.Array, kept: pa.Array, number: pa.Array) -> None:
        order = self.order.filter(pc.invert(pc.is_in(self.claim.take(self.order), bad)))
        claim = self.claim.take(order)
        made = {name: column.take(order) for name, column in lines.items()}
        at = pa.array(range(len(order)), pa.int64())
        begins = pa.table({"claim": claim, "at": at}).group_by("claim", use_threads=False).aggregate([("at", "min")])
        begin = begins["at_min"].combine_chunks().take(pc.index_in(claim, begins["claim"].combine_chunks()))
        made["lx"] = pc.coalesce(made["lx"], pc.add(pc.subtract(at, begin), 1))
        self._same_lines(claim, made["lx"], order)
        base = len(self.shelf.line)
        self._place(
            LINE,
            made | {
                "line_no": pc.add(at, base + 1), "claim_no": number.take(pc.index_in(claim, kept)),
                "charge": scaled(made["charge"], MONEY), "units": scaled(made["units"], QUANTITY),
                "from_date": made["from_date"].cast(pa.int32()).cast(DAY), "to_date": made["to_date"].cast(pa.int32()).cast(DAY),
                "segment": self.row.take(order),
            },
        )  # fmt: skip

    def _same_lines(self, claim: pa.Array, lx: pa.Array, order: pa.Array) -> None:
        pairs = pa.table({"claim": claim, "lx": lx, "at": order})
        counted = pairs.group_by(["claim", "lx"]).aggregate([("at", "count"), ("at", "max")])
        for at in sorted(counted.filter(pc.greater(counted["at_count"], 1))["at_max"].to_pylist()):
            self.shelf.tell(self.row[at].as_py(), "warning", faults.SAME_LINE, self.claim_id[at].as_py())

    def _diagnoses(self, kept: pa.Array) -> tuple[pa.Array, pa.Array]:
        """The diagnoses of each kept claim, and for each row the places of its own among them, from 1."""
        self.values.joined(("diagnoses", *DIAGNOSES), "all diagnoses")
        if "all diagnoses" not in self.values.text:
            return pa.array([[]] * len(kept), WORDS), pa.nulls(len(self.claim), WORDS)
        rows = pa.table({"claim": self.claim, "text": pc.fill_null(self.values.text["all diagnoses"], "")})
        pairs = rows.take(self.order).group_by(["claim", "text"], use_threads=False).aggregate([])
        found: dict[int, list[str]] = {}
        points: list[list[str]] = []
        for claim, text in zip(pairs["claim"].to_pylist(), pairs["text"].to_pylist(), strict=True):
            own, codes = cells.diagnoses([text]) or (), found.setdefault(claim, [])
            codes += [code for code in own if code not in codes]
            points.append([str(codes.index(code) + 1) for code in own])
        at = pa.array(range(len(rows)), pa.int64())
        number = pa.array(range(len(pairs)), pa.int64())
        met = rows.append_column("at", at).join(pairs.append_column("pair", number), ["claim", "text"]).sort_by("at")
        pointers = pa.array(points, WORDS).take(met["pair"].combine_chunks())
        return pa.array([found.get(claim, []) for claim in kept.to_pylist()], WORDS), pointers

    def _warn(self, kept: pa.Table, facts: dict[str, pa.Array]) -> None:
        without = {"member_id": (("member_id",), faults.NO_MEMBER), "payer": (("payer", "payer_name"), faults.NO_PAYER)}
        for names, problem in without.values():
            columns = [kept[f"{name}_first"] for name in names if name in facts]
            if columns:
                none = kept.filter(pc.is_null(pc.coalesce(*columns)))
                for row, claim in zip(none["row_first"].to_pylist(), none["claim_id_first"].to_pylist(), strict=True):
                    self.shelf.tell(row, "warning", problem, claim)

    def _place(self, table: object, columns: dict[str, pa.Array | None]) -> None:
        made, rows = (CLAIM.arrow, self.shelf.claim) if table is CLAIM else (LINE.arrow, self.shelf.line)
        size = len(next(column for column in columns.values() if column is not None))
        arrays = [column if (column := columns.get(one.name)) is not None else pa.nulls(size, one.type) for one in made]
        rows.place(pa.RecordBatch.from_arrays(arrays, schema=made))


def _is_total(claim: pa.Array) -> pa.Array:
    names = [name for name in pc.unique(claim).drop_null().to_pylist() if cells.is_total(name)]
    return pc.is_in(claim, pa.array(names, pa.string()))
