"""Gathered: judged claims folded, chunk by chunk and member by member, into small tables of sums and of counted values.

Claims are set down by bucket of members, and each bucket is folded alone. All that is kept of a bucket adds up with the
others, so that neither chunks nor buckets nor the order of the input change a figure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.engine.embedded import Engine
from perdiem.guide.measures import Measures
from perdiem.model.schema import FREQUENCIES
from perdiem.pipeline.history import place
from perdiem.pipeline.session import Run
from perdiem.pipeline.spool import BUCKETS, Spool

UNNAMED = "(no payer named)"
_ANY = "*"  # stands for each payer where payers are not told apart; such rows repeat those of all payers
LINES = 500_000
"""Lines that are folded at a time, or one bucket where that holds more."""

# one row per line that bills something, in the window, and is not withdrawn; ``placed`` has one row per claim
_BILLED = """
    select l.line_no, l.claim_no, p.bucket, p.member, if($3, coalesce(nullif(p.payer, ''), $1), $6) as payer,
           coalesce(nullif(p.payer, ''), $1) as billed_payer, if($2, l.code, '') as code, l.code as billed_code,
           list_filter([mod1, mod2, mod3, mod4], lambda m: m is not null) as modifiers,
           l.units, l.charge, l.from_date, l.to_date, d.verdict <> 'unedited' as judged,
           d.verdict <> 'unedited' and d.deny_units > 0 or d.verdict = 'deny' as denied,
           d.verdict <> 'unedited' and d.pend_units > 0 or d.verdict = 'pend' as pended
    from line l join placed p using (claim_no) join decision d using (line_no)
    join claim c on c.claim_no = l.claim_no join told t on t.claim_no = l.claim_no
    anti join voiding v on v.frequency = c.frequency
    where t.by_claim_no is null and l.from_date >= $4 and l.from_date <= $5
    order by l.line_no
"""

# one row per line and reason of what it was denied for; the rule is the first that gives that reason
_REASONS = """
    with given as (
        select line_no, unnest(adjustments) as a from decision
    ),
    reason as (
        select line_no, a."group" as group_code, a.carc as carc, array_to_string(a.rarc, ' ') as rarc, a.units as units from given
    ),
    said as (
        select f.line_no, o.group_code, o.carc, o.rarc, min(o.rule_no) as rule_no
        from finding f join rule_outcome_told o using (rule_no, outcome)
        where f.effect = 'deny' and not f.note group by all
    )
    select b.line_no, b.claim_no, b.bucket, b.member, b.payer, r.group_code, r.carc, r.rarc, coalesce(n.rule, '') as rule,
           if(coalesce(r.units, 0) > 0 and b.units > 0, round(b.charge * least(r.units / b.units, 1), 2), b.charge)::decimal(18, 2)
               as charge
    from reason r join billed b using (line_no)
    left join said s using (line_no, group_code, carc, rarc) left join rule_name n using (rule_no)
    order by b.line_no
"""

# one row per member: for how many days he was seen, from his first line to the end of his last
_SEEN = """
    create or replace table seen as
    select member, max(to_date) - min(from_date) + 1 as days from billed group by member
"""

# one row per member, measure and role: units or days; a line that a modifier shuts out is left out
_CHOSEN = """
    create or replace table chosen as
    select c.measure, c.role, b.* exclude (code), exists (
               select 1 from measure_modifier w where w.measure = c.measure and w.wanted and list_contains(b.modifiers, w.modifier)
           ) as found
    from billed b join measure_code c on c.code = b.billed_code
    where c.role = 'over' or not exists (
        select 1 from measure_modifier w where w.measure = c.measure and not w.wanted and list_contains(b.modifiers, w.modifier)
    )
"""

_SPREADS = """
    with rate as (
        select c.measure, c.payer, c.member, sum(c.units) * any_value(m.days) / any_value(s.days) as value
        from chosen c join measure m using (measure) join seen s using (member)
        where m.kind = 'rate' and s.days >= $1 group by c.measure, c.payer, c.member
    ),
    numerator as (
        select c.measure, c.payer, c.member, sum(if(m.by_day, least(c.units, c.to_date - c.from_date + 1), c.units)) as units
        from chosen c join measure m using (measure) where m.kind = 'ratio' and c.role = 'of' group by c.measure, c.payer, c.member
    ),
    covered as (
        select distinct c.measure, c.payer, c.member, unnest(generate_series(
            c.from_date::timestamp, (c.to_date + if(c.to_date = c.from_date, m.lasts - 1, 0)::integer)::timestamp, interval 1 day
        )) as day
        from chosen c join measure m using (measure) where m.kind = 'ratio' and c.role = 'over'
    ),
    denominator as (select measure, payer, member, count(*) as days from covered group by measure, payer, member),
    valued as (
        select 'measure' as figure, measure as key, payer, member, value from rate
        union all
        select 'measure', measure, n.payer, n.member, n.units / d.days
        from numerator n join denominator d using (measure, payer, member)
        union all
        select 'per claim', code, payer, member, sum(units) from billed group by code, payer, member, claim_no
        union all
        select 'per 30 days', b.code, b.payer, b.member, sum(b.units) * 30 / any_value(s.days)
        from billed b join seen s using (member) where s.days >= $1 group by b.code, b.payer, b.member
    )
    select figure, key, if(grouping(payer) = 1, '', payer) as payer, value::decimal(18, 2) as value, count(*)::bigint as n
    from valued group by grouping sets ((figure, key, value::decimal(18, 2)), (figure, key, payer, value::decimal(18, 2)))
"""

_LOOKS = """
    with looked as (
        select 'denied' as figure, code as key, payer, member, denied as part from billed where judged
        union all
        select 'pended', code, payer, member, pended from billed where judged
        union all
        select 'measure', c.measure, c.payer, c.member, c.found from chosen c join measure m using (measure) where m.kind = 'share'
    ),
    by_member as (
        select figure, key, payer, member, count(*) as lines, count(*) filter (where part) as part
        from looked group by figure, key, payer, member
    )
    select figure, key, if(grouping(payer) = 1, '', payer) as payer, count(*)::bigint as members,
           count(*) filter (where part > 0)::bigint as having, count(*) filter (where part < lines)::bigint as lacking,
           sum(lines)::bigint as lines, sum(part)::bigint as part, sum(lines * lines)::bigint as lines_squared,
           sum(part * part)::bigint as part_squared, sum(lines * part)::bigint as product
    from by_member group by grouping sets ((figure, key), (figure, key, payer))
"""

_USES = """
    select code, if(grouping(payer) = 1, '', payer) as payer, count(distinct member)::bigint as members,
           count(distinct claim_no)::bigint as claims, count(*)::bigint as lines,
           sum(units)::decimal(38, 3) as units, sum(charge)::decimal(38, 2) as charge
    from billed group by grouping sets ((code), (code, payer))
"""

_WHYS = """
    select group_code, carc, rarc, rule, if(grouping(payer) = 1, '', payer) as payer, count(distinct member)::bigint as members,
           count(distinct line_no)::bigint as lines, sum(charge)::decimal(38, 2) as charge
    from because group by grouping sets ((group_code, carc, rarc, rule), (group_code, carc, rarc, rule, payer))
"""

# of one code, rented or not, for peers
_RENTALS = """
    select billed_code as code, list_has_any(modifiers, $1) as rental, billed_payer as payer,
           count(distinct member)::bigint as members, sum(units)::decimal(38, 3) as units, sum(charge)::decimal(38, 2) as charge
    from billed group by billed_code, rental, billed_payer
"""

_TOTALS = """
    select count(distinct member)::bigint as members, count(distinct claim_no)::bigint as claims, count(*)::bigint as lines,
           sum(charge)::decimal(38, 2) as charge, min(from_date) as first, max(to_date) as last
    from billed
"""

_KEYS = {
    "spread": ("figure", "key", "payer", "value"),
    "look": ("figure", "key", "payer"),
    "use": ("code", "payer"),
    "why": ("group_code", "carc", "rarc", "rule", "payer"),
    "rental": ("code", "rental", "payer"),
    "total": (),
}


@dataclass
class Gathered:
    """The sums of all buckets: the tables ``spread``, ``look``, ``use``, ``why``, ``rental`` and ``total``.

    inputs: name and fingerprint of every source. rejected: claims that were set aside unread. judged: claims read.
    counted: the codes of these claims that each measure counts.
    """

    tables: dict[str, pa.Table]
    inputs: tuple[tuple[str, str], ...]
    judged: int
    rejected: int
    counted: dict[str, frozenset[str]]


def gather(runs: Iterable[Run], measures: Measures, by: tuple[str, ...], first: date, last: date, lines: int = LINES) -> Gathered:
    """Fold the runs. by: which of ``code`` and ``payer`` are told apart. first, last: days on which a counted line begins.

    lines: how many to fold at a time; no figure depends on it.
    """
    parts: dict[str, list[pa.Table]] = {name: [] for name in _KEYS}
    inputs, judged, rejected, billed, codes, book = tuple[tuple[str, str], ...](), 0, 0, 0, set[str](), None
    with TemporaryDirectory(prefix="perdiem-") as folder:
        spools = {name: Spool(Path(folder), name, "line_no") for name in ("billed", "because")}
        for run in runs:
            inputs, book = run.batch.inputs or inputs, run.book
            judged, rejected = judged + run.batch.claim.num_rows, rejected + run.batch.rejected.num_rows
            billed += run.batch.line.num_rows
            codes |= set(run.batch.line["code"].unique().to_pylist())
            for name, rows in _set_down(run, by, first, last).items():
                spools[name].scatter(rows.drop_columns(["bucket"]), rows["bucket"].combine_chunks())
        for spool in spools.values():
            spool.close()
        assert book is not None, "judging yields at least one run"
        with Engine() as engine:
            chosen = measures.tables(book, sorted(codes))
            for name, table in chosen.items():
                engine.load(name, table)
            step = max(1, min(BUCKETS, BUCKETS * lines // max(billed, 1)))
            for bucket in range(0, BUCKETS, step):
                for name, spool in spools.items():
                    engine.load(name, spool.parts(range(bucket, min(bucket + step, BUCKETS))))
                for name, table in _fold(engine, measures).items():
                    parts[name].append(table)
    return Gathered(
        {name: _summed(tables, _KEYS[name]) for name, tables in parts.items()}, inputs, judged, rejected, _counted(chosen)
    )


def _counted(chosen: dict[str, pa.Table]) -> dict[str, frozenset[str]]:
    rows = chosen["measure_code"].to_pylist()
    return {
        m: frozenset(row["code"] for row in rows if (row["measure"], row["role"]) == (m, "of"))
        for m in {r["measure"] for r in rows}
    }


def _set_down(run: Run, by: tuple[str, ...], first: date, last: date) -> dict[str, pa.Table]:
    placed = place(run.batch)
    pairs = [(number, *run.compiled.rule(number)) for number in range(1, len(run.compiled.rules) + 1)]
    told = [(n, name, o.group, o.carc, " ".join(o.rarc)) for n, _, rule in pairs for name, o in rule.outcomes.items()]
    columns = list(zip(*told, strict=True)) or [()] * 5
    text, whole = pa.string(), pa.int64()
    loaded = {
        "placed": pa.table({name: getattr(placed, name) for name in ("claim_no", "member", "bucket", "payer")}),
        "line": run.batch.line, "claim": run.batch.claim, "decision": run.decision, "told": run.claim, "finding": run.finding,
        "voiding": pa.table({"frequency": [mark for mark, voids in FREQUENCIES.items() if voids]}),
        "rule_name": pa.table({"rule_no": pa.array([n for n, _, _ in pairs], whole),
                               "rule": pa.array([f"{p.id}#{r.id}@{p.effective}" for _, p, r in pairs], text)}),
        "rule_outcome_told": pa.table([pa.array(c, t) for c, t in zip(columns, (whole, text, text, text, text), strict=True)],
                                      ["rule_no", "outcome", "group_code", "carc", "rarc"]),
    }  # fmt: skip
    with Engine() as engine:
        for name, table in loaded.items():
            engine.load(name, table)
        billed = engine.rows(_BILLED, (UNNAMED, "code" in by, "payer" in by, first, last, _ANY))
        engine.load("billed", billed)
        return {"billed": billed, "because": engine.rows(_REASONS)}


def _fold(engine: Engine, measures: Measures) -> dict[str, pa.Table]:
    engine.run(_SEEN)
    engine.run(_CHOSEN)
    return {
        "spread": engine.rows(_SPREADS, (measures.observed_at_least,)), "look": engine.rows(_LOOKS),
        "use": engine.rows(_USES), "why": engine.rows(_WHYS), "rental": engine.rows(_RENTALS, (list(measures.rental),)),
        "total": engine.rows(_TOTALS),
    }  # fmt: skip


def _summed(tables: list[pa.Table], keys: tuple[str, ...]) -> pa.Table:
    """Buckets added up; days are the first and last of any."""
    whole = pa.concat_tables(tables)
    sums = [(name, {"first": "min", "last": "max"}.get(name, "sum")) for name in whole.column_names if name not in keys]
    summed = whole.group_by(list(keys)).aggregate(sums)
    summed = summed.rename_columns({f"{name}_{how}": name for name, how in sums})
    if "payer" in keys:
        summed = summed.filter(pc.not_equal(summed["payer"], _ANY))
    return summed.sort_by([(key, "ascending") for key in keys]) if keys else summed
