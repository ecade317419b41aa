"""Anew: files to be added whose claims another file holds already, as an export made again does: other bytes, the same claims.

They are told and added all the same: two files may be alike for a reason, and only the sender knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.engine.embedded import Engine
from perdiem.model.schema import FREQUENCIES

LEAST = 20
"""Of fewer claims nothing is told."""

_CLAIM = ("addition", "claim_no", "claim_id", "charge", "frequency", "payer", "provider", "member", "source")
_LINE = ("addition", "claim_no", "code", "from_date", "to_date", "units")

# one row per file and the first that holds claims of it with the same number, parties, charge and lines: how many
_ANEW = """
    with content as ( -- one row per claim
        select addition, claim_no, list([code, from_date::varchar, to_date::varchar, units::varchar]
                                        order by code, from_date, to_date, units) as lines
        from line group by addition, claim_no
    ),
    met as (
        select addition, source, first_value({'addition': addition, 'source': source}) over (
            partition by claim_id, payer, provider, member, charge, lines order by addition, claim_no
        ) as first
        from claim join content using (addition, claim_no)
        where frequency is null or frequency not in (select frequency from withdrawing)
    )
    select addition, source, first.source as first_source, count(*) as claims
    from met where first.addition <> addition or first.source <> source
    group by addition, source, first.addition, first.source
    order by claims desc, first.addition, first.source
"""


def only(claim: pa.Table, line: pa.Table, ids: pa.Array, addition: int) -> tuple[pa.Table, pa.Table]:
    """The claims that bear one of some numbers and their lines, as far as they are compared, with the number of their addition."""
    claim = claim.filter(pc.is_in(claim["claim_id"], ids))
    line = line.filter(pc.is_in(line["claim_no"], claim["claim_no"].combine_chunks()))
    return _of(claim, addition).select(_CLAIM), _of(line, addition).select(_LINE)


def _of(rows: pa.Table, addition: int) -> pa.Table:
    return rows.append_column("addition", pa.array([addition] * rows.num_rows, pa.int64()))


def again(claims: Sequence[pa.Table], lines: Sequence[pa.Table]) -> Iterator[tuple[int, str, str, int]]:
    """Addition and name of each file, the first file that holds claims of it too, and how many; of tables from ``only``."""
    if not claims:
        return
    claim, line = pa.concat_tables(claims), pa.concat_tables(lines)
    counted = pc.value_counts(claim["claim_id"])
    twice = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
    claim = claim.filter(pc.is_in(claim["claim_id"], twice))
    if claim.num_rows:
        with Engine(threads=1) as engine:
            engine.load("claim", claim)
            engine.load("line", line)
            engine.load("withdrawing", pa.table({"frequency": list(FREQUENCIES)}))
            yield from engine.few(_ANEW)


def anew(found: Counter[tuple[str, str]], claims: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Rows of ``problem``: files of which half and more is held by another.

    found: how many claims of a file another holds, by their names. claims: of each file.
    """
    for name in dict.fromkeys(sorted(name for name, _ in found)):
        count, other = max((count, other) for (one, other), count in found.items() if one == name)
        if count >= LEAST and 2 * count >= claims[name]:
            said = (
                f"It looks like {other} exported anew: {count} of its {claims[name]} claims have the same number, charge and days, "
                "so each stands in the store twice. If it is, make the store again without one of the two."
            )
            none = dict.fromkeys(("claim_id", "unread", "unread_charge"))
            yield {"source": name, "segment": 0, "weight": "warning", "problem": said, "counted_in": "segment", **none}
