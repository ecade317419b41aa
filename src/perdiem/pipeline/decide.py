"""Decide: one fold per line from its findings to a verdict, units and reasons.

Services paid by the day are paid by the day: units go to payable days first, then to pending ones, the rest is
denied with the reasons of the denied days in rule order. Any other line is paid whole, less units in excess: if its
days agree that is the verdict, if they differ it pends. Days before a policy takes effect carry no finding and stay payable.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.engine.embedded import Engine


@dataclass(frozen=True)
class Decided:
    """Whether there is a finding, and whether any day was denied or pends."""

    found: bool
    judged: bool


# one row per line in scope of any policy on any day
_SCOPED = """
    create or replace table scoped as
    with force as (
        select line_no, claim_no, units, from_date, calendar_days, first_day, last_day, paid_by_day
        from line_scope where line_no > 0 and not several
        union all
        -- claims that several policies or versions reach
        select line_no, any_value(claim_no), any_value(units), any_value(from_date), any_value(calendar_days),
               min(first_day), max(last_day), bool_or(paid_by_day)
        from line_scope where line_no > 0 and several group by line_no
    )
    select * exclude (from_date), last_day - first_day + 1 as force_days, first_day > from_date as crosses from force
"""

# one row per line and run of days judged alike: deny beats pend, the first denying rule in printed order speaks
_JUDGED = """
    create or replace table judged_span as
    with told as (
        select f.*, s.first_day as force_first, s.last_day as force_last
        from finding f join scoped s using (line_no)
        where f.effect in ('deny', 'pend') and f.units is null
    ),
    at_once as (
        select line_no, force_first as first_day, force_last as last_day, bool_or(effect = 'deny') as denied,
               min(rule_no) filter (effect = 'deny') as rule_no, arg_min(outcome, rule_no) filter (effect = 'deny') as outcome
        from told group by line_no, force_first, force_last
        having bool_and(first_day <= force_first and last_day >= force_last)
    ),
    by_day as (
        select line_no, rule_no, outcome, effect, first_day + unnest(range(last_day - first_day + 1))::integer as day
        from told anti join at_once using (line_no)
    )
    from at_once
    union all
    select line_no, day, day, bool_or(effect = 'deny'), min(rule_no) filter (effect = 'deny'),
           arg_min(outcome, rule_no) filter (effect = 'deny')
    from by_day group by line_no, day
"""

# one row per line that a finding denies or pends: units and verdict, of services paid by the day and of those paid whole
_FOLDED = """
    create or replace table folded as
    with days as (
        select line_no, coalesce(sum(last_day - first_day + 1) filter (denied), 0)::bigint as denied,
               coalesce(sum(last_day - first_day + 1) filter (not denied), 0)::bigint as pending
        from judged_span group by line_no
    ),
    excess as (
        select line_no, max(units) as beyond from finding where units is not null and effect = 'deny' group by line_no
    ),
    tally as (
        select s.*, coalesce(d.denied, 0) as denied, coalesce(d.pending, 0) as pending, coalesce(e.beyond, 0) as beyond,
               not s.paid_by_day and s.crosses and coalesce(e.beyond, 0) > 0 as unsplit
        from scoped s semi join (from finding where effect in ('deny', 'pend')) f using (line_no)
        left join days d using (line_no) left join excess e using (line_no)
    ),
    paid as (
        select *, case when paid_by_day then least(units, calendar_days - denied - pending)
                       when denied = 0 and pending = 0 and not unsplit then greatest(units - beyond, 0)
                       else 0 end::decimal(18, 3) as pay_units
        from tally
    ),
    held as (
        select *, case when paid_by_day then least(units - pay_units, pending)
                       when (denied = 0 and pending = 0 and not unsplit) or (denied = force_days and not crosses) then 0
                       else units - pay_units end::decimal(18, 3) as pend_units
        from paid
    )
    select line_no, claim_no, units, first_day, paid_by_day, calendar_days, force_days, denied, pending,
           paid_by_day or (denied + pending = 0 and not unsplit) as by_units, beyond, pay_units, pend_units,
           (units - pay_units - pend_units)::decimal(18, 3) as deny_units,
           case when paid_by_day and pend_units > 0 then 'pend'
                when paid_by_day and pay_units = units then 'pay'
                when paid_by_day and pay_units > 0 then 'partial'
                when paid_by_day then 'deny'
                when unsplit then 'pend'
                when denied = 0 and pending = 0 and beyond = 0 then 'pay'
                when denied = 0 and pending = 0 and pay_units > 0 then 'partial'
                when (denied = 0 and pending = 0) or (denied = force_days and not crosses) then 'deny'
                else 'pend' end as verdict,
           case when paid_by_day then ''
                when unsplit or (denied = force_days and crosses) then 'crosses'
                when denied > 0 and denied < force_days then 'days differ'
                when pending > 0 and pending < force_days then 'days differ'
                else '' end as fold
    from held
"""

# one row per line and rule that took units: services paid by the day share them out in rule order
_COST = """
    create or replace table cost as
    with reason as (
        select line_no, rule_no, outcome, sum(last_day - first_day + 1)::decimal(18, 3) as days
        from judged_span where denied group by all
    ),
    shared as (
        select r.line_no, r.rule_no, r.outcome, r.days, u.deny_units - u.beyond as open_units,
               coalesce(sum(r.days) over (partition by r.line_no order by r.rule_no, r.outcome
                        rows between unbounded preceding and 1 preceding), 0) as before
        from reason r join folded u using (line_no)
        where u.paid_by_day
    ),
    taken as (
        select line_no, rule_no, outcome, greatest(least(days, open_units - before), 0) as units from shared
        union all
        -- of several rules that count units each takes what is left of its excess
        select line_no, rule_no, outcome, greatest(excess - coalesce(max(excess) over (
                   partition by line_no order by rule_no, outcome rows between unbounded preceding and 1 preceding), 0), 0)
        from (
            select f.line_no, f.rule_no, f.outcome, least(max(f.units), any_value(u.deny_units)) as excess
            from finding f join folded u using (line_no)
            where f.units is not null and f.effect = 'deny' and u.by_units
            group by f.line_no, f.rule_no, f.outcome
        )
        union all
        select w.line_no, d.rule_no, d.outcome, w.deny_units
        from folded w join judged_span d on d.line_no = w.line_no and d.first_day = w.first_day
        where w.verdict = 'deny' and not w.by_units
    )
    select t.line_no, t.rule_no, t.outcome, t.units::decimal(18, 3) as units,
           t.units > 0 or (not w.by_units and w.verdict = 'deny') as costs
    from taken t join folded w using (line_no)
"""

# one row per line; adjustments in rule order, equal reasons summed at the first's place
_NO_DECISION = """
    create or replace table decision (line_no bigint, claim_no bigint, verdict varchar, pay_units decimal(18, 3),
        deny_units decimal(18, 3), pend_units decimal(18, 3), unjudged_days bigint, fold varchar, paid_by_day boolean,
        adjustments struct("group" varchar, carc varchar, rarc varchar[], units decimal(18, 3))[])
"""

_FOUND = """
    insert into decision
    with reason as (
        select c.line_no, min(c.rule_no) as rule_no, o.group_code, o.carc, o.rarc, sum(c.units)::decimal(18, 3) as units
        from cost c join outcome o using (rule_no, outcome)
        where c.costs
        group by c.line_no, o.group_code, o.carc, o.rarc
    ),
    several as (select line_no from reason group by line_no having count(*) > 1),
    reasons as (
        select line_no, [{'group': group_code, 'carc': carc, 'rarc': rarc, 'units': units}] as adjustments
        from reason anti join several using (line_no)
        union all
        select line_no, list({'group': group_code, 'carc': carc, 'rarc': rarc, 'units': units} order by rule_no)
        from reason semi join several using (line_no) group by line_no
    )
    select f.line_no, f.claim_no, f.verdict, f.pay_units, f.deny_units, f.pend_units,
           f.calendar_days - f.force_days as unjudged_days, f.fold, f.paid_by_day, coalesce(r.adjustments, []) as adjustments
    from folded f left join reasons r using (line_no)
"""

# nothing is denied or asked: what is left out are units beyond the days of a service paid by the day
_UNTOUCHED = """
    insert into decision
    with untouched as (
        select *, if(paid_by_day, least(units, calendar_days), greatest(units, 0))::decimal(18, 3) as pay_units
        from scoped anti join folded using (line_no)
    )
    select line_no, claim_no,
           case when pay_units = units or not paid_by_day then 'pay' when pay_units > 0 then 'partial' else 'deny' end,
           pay_units, (units - pay_units)::decimal(18, 3), 0::decimal(18, 3), calendar_days - force_days, '', paid_by_day, []
    from untouched
"""

_UNEDITED = """
    insert into decision
    with other as (from line l anti join scoped s using (line_no) where l.line_no > 0),
    unedited as (
        select l.line_no, l.claim_no, l.to_date - l.from_date + 1 as days, case
            when w.by_claim_no < l.claim_no then 'withdrawn early'
            when w.claim_no is not null then 'withdrawn'
            when m.line_no is null then 'void'
            when x.line_no is not null then 'excerpt'
            when b.claim_no is not null then 'before'
            when p.claim_no is not null then 'out of scope'
            else 'no policy' end as fold
        from other l left join withdrawn w using (claim_no) left join live_line m using (line_no)
        left join (select distinct claim_no from claim_scope) b using (claim_no)
        left join (
            select distinct c.claim_no from claim_in c join policy_version v on v.forced or v.payer = c.payer
        ) p using (claim_no)
        left join (
            select distinct o.line_no from other o join claim_scope s using (claim_no) join policy_version v using (policy_no)
            where v.excerpt and o.to_date >= v.effective and o.from_date <= v.until
        ) x on x.line_no = l.line_no
    )
    select line_no, claim_no, 'unedited', null, null, null, if(fold = 'before', days, 0), fold, false, [] from unedited
"""

# one row per claim of the batch
_CLAIM = """
    create view claim_decision as
    with edited as (
        select claim_no, min(verdict) as verdict, max(verdict) as last_verdict, bool_or(verdict = 'pend') as pends
        from decision where verdict <> 'unedited' group by claim_no
    )
    select c.claim_no, case when e.claim_no is null then 'unedited'
                            when e.verdict = e.last_verdict and e.verdict in ('pay', 'deny') then e.verdict
                            when e.pends then 'pend' else 'partial' end as verdict,
           w.by_claim_no, w.withdrawn_by
    from claim_in c left join edited e using (claim_no) left join withdrawn w using (claim_no)
    where c.claim_no > 0
"""

# one row per line, rule and outcome; a denial that cost no unit is a note
_FINDING = """
    create view finding_out as
    with counted as (
        select line_no, rule_no, outcome, any_value(effect) as effect, max(units) as units, min(other_line_no) as other_line_no,
               count(*) filter (units is null) as n, min(first_day) as first_day, max(last_day) as last_day
        from finding group by line_no, rule_no, outcome
    ),
    many as (
        select f.line_no, f.rule_no, f.outcome,
               list({'first_day': f.first_day, 'last_day': f.last_day} order by f.first_day, f.last_day) as spans
        from finding f semi join (from counted where n > 1) c using (line_no, rule_no, outcome)
        where f.units is null
        group by f.line_no, f.rule_no, f.outcome
    ),
    told as (
        select c.*, case when c.n = 0 then [] when c.n = 1 then [{'first_day': c.first_day, 'last_day': c.last_day}]
                         else m.spans end as spans
        from counted c left join many m using (line_no, rule_no, outcome)
    )
    select t.line_no, d.claim_no, t.rule_no, t.outcome, t.spans, t.units, t.effect,
           t.other_line_no, k.claim_no as other_claim_no, k.claim_id as other_claim_id, q.lx as other_lx, q.code as other_code,
           t.effect = 'deny' and not coalesce(c.costs, false)
               and (d.deny_units > 0 or d.verdict in ('pay', 'deny') or d.paid_by_day) as note
    from told t join decision d using (line_no)
    left join cost c using (line_no, rule_no, outcome)
    left join live_line q on q.line_no = t.other_line_no left join claim_in k on k.claim_no = q.claim_no
"""

_EFFECTS = "select distinct effect from finding"

# what is made of findings, and by which effects; without them it stays as empty as it is
_OF_FINDINGS = {
    "judged_span": (_JUDGED, ("deny", "pend")), "folded": (_FOLDED, ("deny", "pend")), "cost": (_COST, ("deny",)),
}  # fmt: skip


def decide(engine: Engine, lines: int) -> Decided:
    """Fold ``finding`` into ``decision``, ``claim_decision`` and ``finding_out``; the rows are in no order.

    decision: one line - verdict, pay/deny/pend units (null where unedited), unjudged_days, adjustments (group, CARC,
    RARC, units), fold (why a whole line pends although no single day decides it, or why a line is unedited).
    claim_decision: one claim - verdict, withdrawn_by. finding_out: one line, rule and outcome - spans of days, units in
    excess, the other line concerned, note. lines: how many lines the batch has.
    """
    effects = set() if engine.bare("finding") else engine.words(_EFFECTS)
    scoped = engine.run(_SCOPED)
    made = {table: _made(engine, table, step, not effects.isdisjoint(by)) for table, (step, by) in _OF_FINDINGS.items()}
    folded = made["folded"]
    engine.empty("decision", _NO_DECISION)
    if folded:
        engine.run(_FOUND)
    if scoped > folded:
        engine.run(_UNTOUCHED)
    if _any_unedited(lines, scoped):
        engine.run(_UNEDITED)
    engine.once(_CLAIM)
    engine.once(_FINDING)
    return Decided(found=bool(effects), judged=made["judged_span"] > 0)


def _any_unedited(lines: int, scoped: int) -> bool:
    return lines > scoped


def _made(engine: Engine, table: str, step: str, wanted: bool) -> int:
    if wanted or not engine.bare(table):
        return engine.run(step)
    return 0
