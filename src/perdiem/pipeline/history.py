"""History: a member's earlier claims, so that rules may look beyond the batch.

``place`` says for each claim whose it is: member, bucket of members, payer and provider. A history gives the
earlier claims of the members at hand, numbered below zero so that they come first, without those that another
claim has withdrawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.edits.scope import CLAIM_READ, LINE_READ, buckets
from perdiem.engine.embedded import Engine
from perdiem.model.schema import CLAIM, LINE, OTHER_PAYER, PROBLEM, REJECTED, Batch, Census
from perdiem.pipeline.session import with_payer
from perdiem.pipeline.withdrawals import OF_NAME, Withdrawals, of_name, of_other_sources, withdrawn


@dataclass(frozen=True)
class Placed:
    """One row per claim of a batch, in claim order: member, bucket, payer, provider."""

    claim_no: pa.Array
    member: pa.Array
    bucket: pa.Array
    payer: pa.Array
    provider: pa.Array


def place(batch: Batch) -> Placed:
    """Whose each claim of a batch is."""
    with Engine(threads=1) as engine:
        engine.load("claim", with_payer(batch.claim).select(CLAIM_READ))
        rows = buckets(engine)
    return Placed(*(rows[name].combine_chunks() for name in ("claim_no", "member", "bucket", "payer", "provider")))


Window = tuple[date, date]

PLACED_CLAIM = pa.schema(
    [
        *CLAIM.arrow,
        *((name, pa.string()) for name in ("member", "payer", "provider")),
        *((name, pa.date32()) for name in ("first_day", "last_day")),
    ]
)
"""Claims of a history: the claim table with whose each claim is, and from when to when its lines are (null: not told)."""

WHOSE = pa.schema([PLACED_CLAIM.field(name) for name in ("claim_no", "member", "first_day", "last_day")])
"""What says whether a claim of a history may matter."""

EARLIER_CLAIM = tuple(f.name for f in PLACED_CLAIM if f.name in CLAIM_READ or not f.nullable or f.name not in CLAIM.arrow.names)
EARLIER_LINE = tuple(f.name for f in LINE.arrow if f.name in LINE_READ or not f.nullable)
"""The columns of earlier claims and lines that rules read or that no table may lack; a history may leave the others empty."""


@dataclass(frozen=True)
class Piece:
    """Some of a history's claims. addition: when they were added, counted from 0. whose: one row per claim (claim_no, member,
    first_day, last_day). lasting: lines of lasting codes may be among them, whatever their days. read: given the numbers
    of some of them, gives these claims with their lines, and maybe others; called only where some may matter."""

    addition: int
    whose: pa.Table
    lasting: bool
    read: Callable[[pa.Array], tuple[pa.Table, pa.Table]]


_SPAN = 1 << 40  # room for the claim and line numbers of one addition
_BOTTOM = -(1 << 62)


@dataclass(frozen=True)
class History:
    """Earlier claims, held by bucket of members.

    shas: fingerprints of the files they came from, in the order in which these were added: it is part of the answer, for a
    replacement withdraws first what came before it. naming: replacements and voids among them (addition, claim_no, claim_id,
    original_ref, payer, provider, source; claim_id and source null where an old store does not tell them). pieces: given a bucket,
    a window of days and codes, yields pieces that hold every line in the window and every line of these codes. bearing: given
    claim numbers, yields additions and rows of ``PLACED_CLAIM``, those of every claim that bears one and maybe others.
    problems: rows of what was set aside or is doubtful when the files were read for this run.
    """

    shas: tuple[str, ...]
    naming: pa.Table
    pieces: Callable[[int, Window, frozenset[str]], Iterator[Piece]]
    bearing: Callable[[pa.Array], Iterator[tuple[int, pa.Table]]]
    problems: tuple[dict[str, Any], ...] = ()

    def holds(self, inputs: Sequence[tuple[str, str]]) -> frozenset[str]:
        """Names of inputs whose very bytes are held already; their claims are skipped."""
        held = frozenset(self.shas)
        return frozenset(name for name, sha in inputs if sha in held)

    def of(self, batch: Batch, placed: Placed, of: range, later: Withdrawals, lasting: frozenset[str] = frozenset()) -> Batch:
        """The earlier claims of the batch's members, numbered below zero, less those withdrawn since.

        Each member's lines from the first to the last of his days in the batch; of the codes in ``lasting`` (equipment
        that serves beyond its line's days) all.
        """
        if not batch.line.num_rows:
            return _batch(CLAIM.arrow.empty_table(), LINE.arrow.empty_table())
        codes = pa.array(sorted(lasting), pa.string())
        members = _days_of_members(batch, placed)

        def of_bucket(bucket: int) -> tuple[pa.Table, pa.Table]:
            claims, lines = [PLACED_CLAIM.empty_table()], [LINE.arrow.empty_table()]
            days = members.filter(pc.equal(members["bucket"], bucket)).combine_chunks()
            window = pc.min(days["first"]).as_py(), pc.max(days["last"]).as_py()
            for piece in self.pieces(bucket, window, lasting):
                wanted = _wanted(piece, days)
                if len(wanted):
                    claim, line = piece.read(wanted)
                    kept = claim.filter(pc.is_in(claim["claim_no"], wanted)).select(PLACED_CLAIM.names)
                    near = _near(line, kept, days, codes)
                    kept = kept.filter(pc.is_in(kept["claim_no"], near["claim_no"].combine_chunks()))
                    claims.append(_shifted(kept, ("claim_no",), piece.addition))
                    lines.append(_shifted(near, ("claim_no", "line_no"), piece.addition))
            return pa.concat_tables(claims), pa.concat_tables(lines)

        met = set(members["bucket"].unique().to_pylist())
        with ThreadPoolExecutor() as pool:  # files are unpacked beside each other
            found = list(pool.map(of_bucket, (bucket for bucket in of if bucket in met)))
        claim, line = (pa.concat_tables(tables) for tables in zip(*found, strict=True))
        gone = withdrawn(pa.concat_tables([self._naming(), *later.naming]), self._of_name(claim), self._bearing)["claim_no"]
        claim = claim.filter(pc.invert(pc.is_in(claim["claim_no"], gone.combine_chunks())))
        line = line.filter(pc.is_in(line["claim_no"], claim["claim_no"].combine_chunks()))
        return _batch(claim.select([c.name for c in CLAIM.columns]), line)

    def withdrawn(self, later: Withdrawals) -> pa.Table:
        """Which of a batch's claims are withdrawn, as ``FOUND``, by each other or by an earlier claim."""
        return later.among(self._naming(), self._bearing)

    def _naming(self) -> pa.Table:
        shift = pc.add(pc.multiply(self.naming["addition"], _SPAN), _BOTTOM)
        naming = self.naming.set_column(1, "claim_no", pc.add(self.naming["claim_no"], shift))
        return _in_additions(naming.select(OF_NAME.names)).cast(OF_NAME)

    def _bearing(self, numbers: pa.Array) -> pa.Table:
        found = [PLACED_CLAIM.empty_table()]
        for addition, claim in self.bearing(numbers):
            found.append(_shifted(claim.filter(pc.is_in(claim["claim_id"], numbers)), ("claim_no",), addition))
        return self._of_name(pa.concat_tables(found))

    def _of_name(self, claim: pa.Table) -> pa.Table:
        """Earlier claims, numbered below zero, as ``OF_NAME``; without source where replacements of their addition tell none."""
        rows = of_name(claim, claim["payer"], claim["provider"])
        untold = self.naming["addition"].filter(pc.is_null(self.naming["source"])).combine_chunks()
        told = pc.if_else(pc.is_in(_addition(rows), untold), pa.scalar(None, pa.string()), rows["source"].cast(pa.string()))
        return _in_additions(rows.set_column(rows.schema.get_field_index("source"), "source", told)).cast(OF_NAME)


def shas(inputs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The fingerprints of inputs, each once, in their order."""
    return tuple(dict.fromkeys(sha for _, sha in inputs))


def _days_of_members(batch: Batch, placed: Placed) -> pa.Table:
    """One row per member of the batch: member, bucket, first and last of the days on his lines."""
    claims = batch.line.group_by("claim_no").aggregate([("from_date", "min"), ("to_date", "max")])
    at = pc.index_in(claims["claim_no"], placed.claim_no)
    claims = claims.append_column("member", placed.member.take(at)).append_column("bucket", placed.bucket.take(at))
    found = claims.group_by(["member", "bucket"]).aggregate([("from_date_min", "min"), ("to_date_max", "max")])
    return found.rename_columns(["member", "bucket", "first", "last"])


def _wanted(piece: Piece, days: pa.Table) -> pa.Array:
    """The numbers of a piece's claims that are of these members, and may have lines on their days or of lasting codes."""
    whose = piece.whose
    at = pc.index_in(whose["member"], days["member"].combine_chunks())
    wanted = pc.is_valid(at)
    if not piece.lasting:
        begun = pc.less_equal(whose["first_day"], days["last"].take(at))
        open_still = pc.greater_equal(whose["last_day"], days["first"].take(at))
        wanted = pc.and_(wanted, pc.fill_null(pc.and_(begun, open_still), True))
    return whose["claim_no"].filter(wanted).combine_chunks()


def _near(line: pa.Table, claim: pa.Table, days: pa.Table, codes: pa.Array) -> pa.Table:
    """The lines of these claims on days of their members, and those of some codes."""
    of = pc.index_in(line["claim_no"], claim["claim_no"].combine_chunks())
    line, of = line.filter(pc.is_valid(of)), of.drop_null()
    whose = pc.index_in(claim["member"], days["member"].combine_chunks()).take(of)
    begun = pc.less_equal(line["from_date"], days["last"].take(whose))
    open_still = pc.greater_equal(line["to_date"], days["first"].take(whose))
    return line.filter(pc.or_(pc.and_(begun, open_still), pc.is_in(line["code"], codes)))


def _shifted(rows: pa.Table, columns: tuple[str, ...], addition: int) -> pa.Table:
    for name in columns:
        at = rows.schema.get_field_index(name)
        rows = rows.set_column(at, rows.schema.field(at), pc.add(rows[name], _BOTTOM + addition * _SPAN))
    return rows


def _addition(rows: pa.Table) -> pa.ChunkedArray:
    """The addition of rows that are numbered below zero."""
    return pc.shift_right(pc.subtract(rows["claim_no"], _BOTTOM), 40)


def _in_additions(rows: pa.Table) -> pa.Table:
    """Rows whose source is told with its addition, for files of several may have one name."""
    at = rows.schema.get_field_index("source")
    told = pc.binary_join_element_wise(_addition(rows).cast(pa.string()), rows["source"].cast(pa.string()), "\x1f")
    return rows.set_column(at, "source", told)


def _batch(claim: pa.Table, line: pa.Table) -> Batch:
    other, problem, rejected = (table.arrow.empty_table() for table in (OTHER_PAYER, PROBLEM, REJECTED))
    return Batch(claim.cast(CLAIM.arrow), line.cast(LINE.arrow), other, problem, rejected, Census())


def joined(chunks: Sequence[Batch]) -> Batch:
    """Chunks of one input as one batch."""
    if len(chunks) == 1:
        return chunks[0]
    names = ("claim", "line", "other_payer", "problem", "rejected")
    tables = {name: pa.concat_tables(getattr(chunk, name) for chunk in chunks) for name in names}
    counted = [chunk.census for chunk in chunks]
    census = Census(sum(c.claims for c in counted), sum(c.lines for c in counted), sum(c.charge_cents for c in counted))
    return replace(chunks[-1], **tables, census=census)


def without(batch: Batch, sources: frozenset[str]) -> Batch:
    """The batch without the claims of some sources, which are counted as skipped."""
    if not sources:
        return batch
    claim, left_out = of_other_sources(batch.claim, sources), of_other_sources(batch.claim, sources, others=False)
    line = batch.line.filter(pc.is_in(batch.line["claim_no"], claim["claim_no"].combine_chunks()))
    cents = int((pc.sum(left_out["charge"]).as_py() or 0) * 100)
    skipped = Census(left_out.num_rows, batch.line.num_rows - line.num_rows, cents)
    return replace(batch, claim=claim, line=line, skipped=skipped)
