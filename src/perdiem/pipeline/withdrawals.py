"""Withdrawals: the replacements and voids of a batch and its history, and which claims they withdraw, however the batch is cut.

The rule is that of ``edits/withdrawal.py``. Of a history only the claims at hand are looked at, and others that bear a number
where one of them may come first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.edits.withdrawal import WITHDRAWN
from perdiem.engine.embedded import Engine
from perdiem.model.schema import FREQUENCIES

OF_NAME = pa.schema(
    [
        ("claim_no", pa.int64()),
        *((name, pa.string()) for name in ("claim_id", "original_ref", "payer", "provider", "source")),
        ("voids", pa.bool_()),
    ]
)
"""One claim, with the number it names where it is a replacement or void that names one; voids: it is a void."""

FOUND = pa.schema({"claim_no": pa.int64(), "by_claim_no": pa.int64(), "withdrawn_by": pa.string()})
"""One claim that is withdrawn, and the last that withdraws it."""

_NAME = pa.dictionary(pa.int32(), pa.string())  # few sources, payers and providers, many claims
_FOUND = "select claim_no, by_claim_no, withdrawn_by from withdrawn order by claim_no"

Bearing = Callable[[pa.Array], pa.Table]
"""Given claim numbers, the claims that bear one of them, as ``OF_NAME``."""


@dataclass
class Withdrawals:
    """The claims of a batch seen so far, by number, payer, provider and source, and those of them that name another."""

    naming: list[pa.Table] = field(default_factory=list)
    claims: list[pa.Table] = field(default_factory=list)

    def note(self, claim: pa.Table, payer: pa.Array, provider: pa.Array) -> None:
        """Take note of a chunk's claims; payer and provider: of each."""
        rows = of_name(claim, payer, provider)
        for name in ("payer", "provider", "source"):
            rows = rows.set_column(rows.schema.get_field_index(name), name, rows[name].dictionary_encode().cast(_NAME))
        self.naming.append(rows.filter(pc.is_valid(rows["original_ref"])).cast(OF_NAME))
        self.claims.append(rows)

    def forget(self, sources: frozenset[str]) -> None:
        """Leave out the claims of some sources: they are skipped, so they withdraw nothing and nothing withdraws them."""
        self.naming = [of_other_sources(rows, sources) for rows in self.naming]
        self.claims = [of_other_sources(rows, sources) for rows in self.claims]

    def among(self, earlier: pa.Table | None = None, others: Bearing | None = None) -> pa.Table:
        """Which of the claims noted are withdrawn, as ``FOUND``, by each other or by earlier ones that name a claim.

        others: the claims of the history that bear a number.
        """
        naming = pa.concat_tables([*self.naming, *([] if earlier is None else [earlier])])
        named = pc.unique(naming["original_ref"])
        bearing = [rows.filter(pc.is_in(rows["claim_id"], named)).cast(OF_NAME) for rows in self.claims]
        return withdrawn(naming, pa.concat_tables(bearing), others)


def withdrawn(naming: pa.Table, claims: pa.Table, others: Bearing | None = None) -> pa.Table:
    """Which of some claims (``OF_NAME``) those that name a claim withdraw, as ``FOUND``.

    others: the claims elsewhere that bear a number, those given maybe among them. They are asked for only where a claim seems to
    be withdrawn by one before it, which holds only while no other of its number comes first.
    """
    naming = naming.filter(pc.is_in(naming["original_ref"], pc.unique(claims["claim_id"])))
    claims = claims.filter(pc.is_in(claims["claim_id"], pc.unique(naming["original_ref"])))
    if not claims.num_rows:
        return FOUND.empty_table()
    found = _among(naming, claims)
    early = found["claim_no"].filter(pc.less(found["by_claim_no"], found["claim_no"])).combine_chunks()
    if others is None or not len(early):
        return found
    doubtful = pc.unique(claims["claim_id"].filter(pc.is_in(claims["claim_no"], early)))
    return _among(naming, pa.concat_tables([claims, others(doubtful)]), claims)


def _among(naming: pa.Table, claims: pa.Table, of: pa.Table | None = None) -> pa.Table:
    """What is found among claims; of these only, where some are given."""
    more = naming.filter(pc.invert(pc.is_in(naming["claim_no"], claims["claim_no"].combine_chunks())))
    with Engine(threads=1) as engine:
        engine.load("claim_of_name", pa.concat_tables([claims, more]))
        engine.run(WITHDRAWN)
        found = engine.rows(_FOUND).cast(FOUND)
    return found.filter(pc.is_in(found["claim_no"], (claims if of is None else of)["claim_no"].combine_chunks()))


def of_name(claim: pa.Table, payer: pa.ChunkedArray | pa.Array, provider: pa.ChunkedArray | pa.Array) -> pa.Table:
    """Claims as ``OF_NAME``; payer and provider: of each."""
    withdraws = pc.is_in(claim["frequency"], pa.array(list(FREQUENCIES)))
    names = pc.if_else(withdraws, claim["original_ref"], pa.scalar(None, pa.string()))
    voids = pc.is_in(claim["frequency"], pa.array([frequency for frequency, voids in FREQUENCIES.items() if voids]))
    columns = [claim["claim_no"], claim["claim_id"], names, payer, provider, claim["source"], voids]
    return pa.table(columns, names=OF_NAME.names)


def of_other_sources(rows: pa.Table, sources: frozenset[str], others: bool = True) -> pa.Table:
    """The rows whose source is none of these, or one of them."""
    named = pc.is_in(rows["source"], pa.array(sorted(sources), pa.string()))
    return rows.filter(pc.invert(named) if others else named)
