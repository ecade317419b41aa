"""A session: the engine kept open with the rules loaded, so that one claim after another is judged warm.

The rule tables are expanded against the codes seen so far; a batch with codes that are new expands them again.
Nothing else outlives a batch, so a claim gets the same answer from a session as from a fresh start. Sessions beside each
other share what is known of rules and identifiers, and have an engine each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from threading import Lock
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.codes.book import Book, ndc_digits, open_book
from perdiem.codes.crosswalk import PRODUCT, contradicted
from perdiem.codes.releases import Release, loaded
from perdiem.codes.validity import UNSOUND, Validity
from perdiem.edits.documents import Documents
from perdiem.edits.identifier import Identifier
from perdiem.edits.product import Product
from perdiem.edits.scope import CLAIM_READ, LINE_READ, prepare
from perdiem.edits.stages import find
from perdiem.engine.embedded import Engine
from perdiem.model.on_file import ON_FILE, OnFile
from perdiem.model.schema import FREQUENCIES, MODIFIERS, Batch
from perdiem.pipeline.decide import decide
from perdiem.pipeline.spool import in_order
from perdiem.policy.compile import Compiled, compile_policies, lasting_codes
from perdiem.policy.payers import find_payer, read_payers
from perdiem.policy.read import Policy

Progress = Callable[[str, int, int], None]

_FEW_LINES = 10_000  # up to which the planner's dearer steps and further threads do not pay
_TEXT = pa.string()
_NONE_UNSOUND, _NONE_CONTRADICTED = UNSOUND.empty_table(), PRODUCT.empty_table()


@dataclass(frozen=True)
class Run:
    """Judged claims: what was read, what was found, and the rules and book that found it.

    claim, decision, finding: one row per claim, line, and finding, as ``pipeline.decide`` says. day: one row per line
    and run of days that a denial or a pend fell on. releases: the imported releases that identifiers were held against.
    """

    batch: Batch
    claim: pa.Table
    decision: pa.Table
    finding: pa.Table
    day: pa.Table
    compiled: Compiled
    book: Book
    releases: tuple[Release, ...] = ()


class Session:
    """Judges batches one after the other; close it, or use it as a context manager.

    forced: ids of policies that apply whatever the payer. threads, memory: of the embedded engine. on_file: the papers that
    are held; without them no rule of documents is judged.
    """

    def __init__(
        self,
        policies: Sequence[Policy],
        *,
        forced: Sequence[str] = (),
        book: Book | None = None,
        threads: int | None = None,
        memory: str | None = None,
        on_file: OnFile | None = None,
    ) -> None:
        if on_file is None:
            policies = [replace(p, rules=tuple(r for r in p.rules if not isinstance(r, Documents))) for p in policies]
        self.rules = Rules(policies, forced, book or open_book())
        self._papers = on_file.rows if on_file else ON_FILE.empty_table()
        self._memory = memory
        self._open(threads)

    def _open(self, threads: int | None) -> None:
        self._engine = Engine(threads=threads, memory=self._memory)
        self._engine.load("on_file", self._papers)
        self._held: Compiled | None = None

    def beside(self) -> Session:
        """A session of the same rules, with an engine of one thread of its own, that judges beside this one."""
        other = copy(self)
        other._open(1)
        return other

    @property
    def threads(self) -> int:
        """How many threads the engine works with."""
        return self._engine.threads

    def judge(
        self,
        batch: Batch,
        progress: Progress | None = None,
        history: Batch | None = None,
        withdrawn: pa.Table | None = None,
    ) -> Run:
        """Judge every line of a batch, with earlier claims at hand.

        history: earlier claims, numbered below zero; None where no history was given, which some outcomes depend on.
        withdrawn: withdrawn claims found elsewhere (claim_no, by_claim_no, withdrawn_by).
        """
        tell = progress or (lambda what, done, of: None)
        compiled = self.expand(batch, history)
        tell("look up", 0, 4)
        engine = self._engine
        engine.spare(batch.line.num_rows <= _FEW_LINES)
        given = claim_tables(batch, self.rules.book, history)
        engine.load("claim", given["claim"].select(CLAIM_READ))
        engine.load("line", given["line"].select(LINE_READ))
        for name, table in self.rules.doubtful(batch, compiled).items():
            engine.load(name, table)
        if withdrawn is not None:
            engine.load("withdrawn_elsewhere", withdrawn)
        tell("scope", 1, 4)
        kinds = prepare(engine, withdrawn=withdrawn is None)
        tell("check", 2, 4)
        find(engine, kinds)
        tell("decide", 3, 4)
        decided = decide(engine, batch.line.num_rows)
        tell("decide", 4, 4)
        findings, days = engine.rows if decided.found else engine.none, engine.rows if decided.judged else engine.none
        return Run(
            batch,
            in_order(engine.rows("from claim_decision"), "claim_no"),
            in_order(engine.rows("from decision"), "line_no"),
            findings("select * from finding_out order by line_no, rule_no, outcome"),
            days("select line_no, first_day, last_day, denied from judged_span order by line_no, first_day"),
            compiled,
            self.rules.book,
            self.rules.releases,
        )

    def expand(self, batch: Batch, history: Batch | None = None) -> Compiled:
        """The rules for the codes of a batch, with all met so far, and the engine ready for them."""
        tables = [batch.line, history.line] if history else [batch.line]
        codes = {code for table in tables for code in table.column("code").unique().to_pylist()}
        compiled = self.rules.expand(codes, history is not None)
        if compiled is not self._held:
            self._held = compiled
            self._engine.keep(compiled.tables | self.rules.small)
        return compiled

    def lasting(self, payers: Sequence[str]) -> frozenset[str]:
        """The codes of equipment whose earlier lines matter for claims to these payers, however long ago."""
        return self.rules.lasting(payers)

    def close(self) -> None:
        """Free the engine's memory."""
        self._engine.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class Rules:
    """What sessions beside each other share: policies, code book, releases, and the rules compiled for the codes met so far."""

    def __init__(self, policies: Sequence[Policy], forced: Sequence[str], book: Book) -> None:
        self.policies, self.forced, self.book = policies, forced, book
        self.releases = tuple(loaded())
        self._validity = Validity(self.releases)
        self._codes: set[str] = set()
        self._compiled: Compiled | None = None
        self._history = False
        self._expanding = Lock()
        frequencies = {"frequency": list(FREQUENCIES), "voids": list(FREQUENCIES.values())}
        self.small = {"withdrawing": pa.table(frequencies, pa.schema({"frequency": _TEXT, "voids": pa.bool_()}))}

    def expand(self, codes: set[str], history: bool) -> Compiled:
        """The rules compiled for these codes and all met before; again only where a code is new, or a history comes or goes."""
        with self._expanding:
            if self._compiled is None or self._history != history or not codes <= self._codes:
                self._codes |= codes
                self._history = history
                self._compiled = compile_policies(self.policies, self.book, self._codes, self.forced, history)
            return self._compiled

    def lasting(self, payers: Sequence[str]) -> frozenset[str]:
        """The codes of equipment that serves beyond its line's days, by the policies of these payers and those that are forced."""
        asked = [p for p in self.policies if p.payer in payers or p.id in self.forced]
        return lasting_codes(asked, self.book)

    def doubtful(self, batch: Batch, compiled: Compiled) -> dict[str, pa.Table]:
        """The batch's identifiers and products that are unsound, looked up once each; none where no rule asks."""
        asked = {kind: compiled.tables[kind.kind].num_rows > 0 for kind in (Identifier, Product)}
        unsound = self._validity.unsound(batch.claim, batch.line) if asked[Identifier] else _NONE_UNSOUND
        other = contradicted(batch.line, self.releases) if asked[Product] else _NONE_CONTRADICTED
        return {
            "unsound": unsound if unsound.num_rows else _NONE_UNSOUND,  # the same table again need not be loaded again
            "contradicted": other if other.num_rows else _NONE_CONTRADICTED,
        }


def claim_tables(batch: Batch, book: Book, history: Batch | None = None) -> dict[str, pa.Table]:
    """Claims, lines, and what the library says of their payers and products; history rows come first."""
    claim = pa.concat_tables([history.claim, batch.claim]) if history else batch.claim
    line = pa.concat_tables([history.line, batch.line]) if history else batch.line
    return {"claim": with_payer(claim), "line": _looked_up(line, book)}


def with_payer(claim: pa.Table) -> pa.Table:
    """Claims with the library's id of their payer (payer), null where it knows none."""
    payers = read_payers()
    met, of = _distinct(claim, ("payer_qualifier", "payer_id", "payer_name"))
    return claim.append_column("payer", pa.array([find_payer(payers, *named) for named in met], _TEXT).take(of))


def _looked_up(line: pa.Table, book: Book) -> pa.Table:
    """Lines with what the book says of each product (ndc_key, component) and their modifiers as a set (modifiers)."""
    products, product_of = _distinct(line, ("code", "ndc"))
    carried, carried_of = _distinct(line, MODIFIERS)
    blank = {m for m, named in book.modifiers.items() if named.kind == "none"} | {None}
    told = {
        "ndc_key": ([ndc_digits(ndc) if ndc else None for _, ndc in products], product_of),
        "component": ([book.component_of(ndc, code) for code, ndc in products], product_of),
        "modifiers": ([" ".join(sorted(set(modifiers) - blank)) for modifiers in carried], carried_of),
    }
    for name, (values, of) in told.items():
        line = line.append_column(name, pa.array(values, _TEXT).take(of))
    return line


def _distinct(rows: pa.Table, names: Sequence[str]) -> tuple[list[tuple[Any, ...]], pa.Array]:
    """The distinct rows of some columns of text, and for each row which of them it is."""
    values: list[list[Any]] = []
    at: pa.Array = pa.repeat(pa.scalar(0, pa.int64()), rows.num_rows)
    for name in names:
        if rows[name].null_count == rows.num_rows:
            values.append([None])
            continue
        column = pa.concat_arrays(rows[name].chunks).dictionary_encode("encode")
        values.append(column.dictionary.to_pylist())
        at = pc.add(pc.multiply(at, len(values[-1])), column.indices.cast(pa.int64()))
    met = at.dictionary_encode()
    found = []
    for number in met.dictionary.to_pylist():
        row = []
        for known in reversed(values):
            number, place = divmod(number, len(known))
            row.append(known[place])
        found.append(tuple(reversed(row)))
    return found, met.indices
