"""price: judged lines to money - what is owed for payable units, what waits, and what was denied.

A service paid by the day is priced by the day: its payable units stand on its earliest payable days. Any other line is priced
at the rate of its first day. Amounts are exact decimals until the line is whole; then payable, pending and denied money is rounded
half up to the cent one upon the other, so that the parts add up to the whole. With lesser-of-charge each sum is at
most the same share of what was charged. A line that any unit of has no rate is not priced at all, and says why.
"""

from __future__ import annotations

from perdiem.engine.embedded import Engine

# one row per line that bills something, with what was decided of it
_BILLED = """
    create or replace table billed as
    select l.line_no, l.claim_no, l.code, l.charge, l.units, l.from_date, l.to_date, l.to_date - l.from_date + 1 as days,
           list_filter([l.mod1, l.mod2, l.mod3, l.mod4], lambda m: m is not null) as modifiers,
           d.verdict, d.pay_units, d.pend_units, d.deny_units, d.paid_by_day
    from line l join decision d using (line_no)
    where d.fold not in ('withdrawn', 'withdrawn early', 'void')
"""

# one row per line, part and day (of lines not paid by the day: per line and part), with the units that stand there
_SLOT = """
    create or replace table slot as
    with judged as (
        select j.line_no, j.denied, j.first_day + unnest(range(j.last_day - j.first_day + 1))::integer as day
        from judged_day j join billed b using (line_no) where b.paid_by_day
    ),
    spread as (
        select line_no, from_date + unnest(range(days))::integer as day from billed where paid_by_day
    ),
    placed as (
        select s.line_no, s.day, case when j.day is null then 'pay' when j.denied then 'deny' else 'pend' end as part,
               row_number() over (partition by s.line_no, part order by s.day) as place
        from spread s left join judged j using (line_no, day)
    ),
    -- a day takes one unit at most; the earliest days of a part take them
    by_day as (
        select p.line_no, p.part, p.day, least(greatest(case p.part when 'pay' then b.pay_units when 'deny' then b.deny_units
                   else b.pend_units end - (p.place - 1), 0), 1) as units
        from placed p join billed b using (line_no)
    ),
    beyond as (
        select b.line_no, 'deny' as part, b.to_date as day, b.deny_units - coalesce(sum(d.units), 0) as units
        from billed b left join by_day d on d.line_no = b.line_no and d.part = 'deny'
        where b.paid_by_day group by b.line_no, b.to_date, b.deny_units
    ),
    whole as (
        select line_no, unnest(['pay', 'pend', 'deny']) as part, from_date as day,
               unnest([pay_units, pend_units, deny_units]) as units
        from billed where not paid_by_day and verdict <> 'unedited'
        union all
        select line_no, 'unedited', from_date, units from billed where verdict = 'unedited'
    ),
    slots as (from by_day union all from beyond union all from whole)
    select row_number() over (order by line_no, part, day, units) as slot_no, line_no, part, day, units::decimal(18, 3) as units
    from slots where units > 0
"""

# one row per slot: the contract of its day, the one rate that fits best, and the share that its modifiers leave
_RATED = """
    create or replace table rated as
    with termed as (
        select s.slot_no, min(t.contract_no) as contract_no
        from slot s join billed b using (line_no) join claim c using (claim_no)
        join term_payer p on p.payer = c.payer or p.payer_id = c.payer_id
        join term t on t.contract_no = p.contract_no and s.day between t.first_day and t.last_day
        join term_provider v on v.contract_no = t.contract_no and (v.npi is null or v.npi = c.billing_npi)
        group by s.slot_no
    ),
    fitting as (
        select s.slot_no, r.rate_no, rank() over (partition by s.slot_no order by r.rank, len(r.modifiers) desc) as fit
        from slot s join termed t using (slot_no) join billed b using (line_no)
        join rate r on r.contract_no = t.contract_no and r.code = b.code and s.day between r.first_day and r.last_day
             and list_has_all(b.modifiers, r.modifiers)
    ),
    best as (select slot_no, min(rate_no) as rate_no, count(*) as fits from fitting where fit = 1 group by slot_no),
    cut as (
        select s.slot_no, min(k.share) as share
        from slot s join termed t using (slot_no) join best f using (slot_no) join rate r using (rate_no)
        join billed b using (line_no)
        join reduction k on k.contract_no = t.contract_no and s.day between k.first_day and k.last_day
             and list_contains(b.modifiers, k.modifier) and not list_contains(r.modifiers, k.modifier)
        group by s.slot_no
    )
    select s.*, t.contract_no, f.rate_no, r.unit, r.amount, coalesce(k.share, 1)::decimal(7, 4) as share,
           case when t.contract_no is null then 'no contract' when f.fits is null then 'no rate'
                when f.fits > 1 then 'two rates'
                when r.unit in ('week', 'month') and not b.paid_by_day and s.units <> b.units then 'rate by time'
                when try_cast(s.units as decimal(12, 3)) is null then 'too many units' end as lacks
    from slot s join billed b using (line_no) left join termed t using (slot_no) left join best f using (slot_no)
    left join rate r using (rate_no) left join cut k using (slot_no)
"""

# one row per slot: what is counted (units, or weeks and months that begin there) and its exact value
_VALUED = """
    create or replace table valued as
    with timed as (
        select r.*, b.paid_by_day, b.days, b.from_date, b.to_date,
               case r.unit when 'week' then (r.day - b.from_date) // 7
                           when 'month' then year(r.day) * 12 + month(r.day) else r.slot_no end as spell
        from rated r join billed b using (line_no)
    ),
    counted as (
        select *, case
            when lacks is not null then null
            when unit = 'day' and not paid_by_day then least(units, days)
            when unit = 'week' and not paid_by_day then (days + 6) // 7
            when unit = 'month' and not paid_by_day
                then (year(to_date) - year(from_date)) * 12 + month(to_date) - month(from_date) + 1
            when unit in ('unit', 'day') then units
            -- a week or month is paid once, where its first unit stands: payable before pending before denied
            else (row_number() over (partition by line_no, unit, spell
                  order by case part when 'pay' then 1 when 'pend' then 2 else 3 end, day, slot_no) = 1)::integer
            end::decimal(12, 3) as counts
        from timed
    )
    select slot_no, line_no, part, day, units, contract_no, rate_no, unit, amount, share, lacks, counts,
           (counts::decimal(38, 3) * amount * share)::decimal(38, 14) as value
    from counted
"""

# one row per line that bills something; money is null where it is not priced
_PRICED = """
    create or replace table line_price as
    with summed as (
        select line_no, min(lacks) as lacks, min(contract_no) as contract_no,
               coalesce(sum(value) filter (part = 'pay'), 0) as pay,
               coalesce(sum(value) filter (part in ('pay', 'pend')), 0) as held,
               coalesce(sum(value), 0) as all_value
        from valued group by line_no
    ),
    -- cents, and thousandths of units: whole numbers, so that shares are exact
    whole as (
        select b.*, s.lacks, s.contract_no, (b.charge * 100)::hugeint as cents, (b.units * 1000)::hugeint as per,
               case when b.verdict = 'unedited' then 0 else b.pay_units * 1000 end::hugeint as paying,
               case when b.verdict = 'unedited' then 0 else (b.pay_units + b.pend_units) * 1000 end::hugeint as holding,
               coalesce(t.lesser, false) as lesser,
               (round(coalesce(s.pay, 0), 2) * 100)::hugeint as pay_cents,
               (round(coalesce(s.held, 0), 2) * 100)::hugeint as held_cents,
               (round(coalesce(s.all_value, 0), 2) * 100)::hugeint as all_cents
        from billed b left join summed s using (line_no) left join term t using (contract_no)
    ),
    shared as (
        select *, case when per > 0 then (2 * cents * paying + per) // (2 * per) when verdict = 'pay' then cents
                    else 0 end as pay_charge,
               case when per > 0 then (2 * cents * holding + per) // (2 * per) when verdict in ('pay', 'pend') then cents
                    else 0 end as held_charge
        from whole
    ),
    capped as (
        select *, if(lesser, least(pay_cents, pay_charge), pay_cents) as pay,
               if(lesser, least(held_cents, held_charge), held_cents) as held,
               if(lesser, least(all_cents, cents), all_cents) as total,
               lesser and (pay_cents > pay_charge or held_cents > held_charge or all_cents > cents) as at_charge
        from shared
    )
    select line_no, claim_no, verdict, lacks, contract_no, charge,
           (pay_charge::decimal(16, 0) * 0.01)::decimal(18, 2) as pay_charge,
           ((held_charge - pay_charge)::decimal(16, 0) * 0.01)::decimal(18, 2) as pend_charge,
           if(verdict = 'unedited', 0, (cents - held_charge)::decimal(16, 0) * 0.01)::decimal(18, 2) as deny_charge,
           if(verdict = 'unedited', charge, 0)::decimal(18, 2) as unedited_charge,
           if(lacks is null, pay::decimal(16, 0) * 0.01, null)::decimal(18, 2) as allowed,
           if(lacks is null, (held - pay)::decimal(16, 0) * 0.01, null)::decimal(18, 2) as pended,
           if(lacks is null, if(verdict = 'unedited', 0, (total - held)::decimal(16, 0) * 0.01), null)::decimal(18, 2) as denied,
           if(lacks is null, if(verdict = 'unedited', total::decimal(16, 0) * 0.01, 0), null)::decimal(18, 2) as unedited,
           at_charge and lacks is null as at_charge
    from capped
"""

# one row per line, part and run of slots at one price, in the order of the days: the arithmetic
_STEP = """
    create or replace table price_step as
    select v.line_no, v.part, min(v.day) as first_day, max(v.day) as last_day, sum(v.units)::decimal(18, 3) as units,
           sum(v.counts)::decimal(18, 3) as counts, any_value(v.unit) as unit, v.amount, v.share,
           sum(v.value)::decimal(38, 14) as value, any_value(r.origin) as origin, v.lacks
    from valued v left join rate r using (rate_no)
    group by v.line_no, v.part, v.rate_no, v.amount, v.share, v.lacks
"""

STEPS = (_BILLED, _SLOT, _RATED, _VALUED, _PRICED, _STEP)


def price_lines(engine: Engine) -> None:
    """Price the judged lines in the engine: ``line_price``, one row a line, and ``price_step``, its arithmetic.

    Reads claim (with payer, the library's id), line, decision, judged_day (line_no, first_day, last_day, denied) and the tables of
    ``rates.contract_tables``. A withdrawn or void claim bills nothing and has no row. line_price: charge and expected money
    (USD) of the payable, pending, denied and unedited part; ``lacks`` says why a line is not priced: no contract, no rate,
    two rates, rate by time, too many units. Raises EngineError where the machine fails.
    """
    for step in STEPS:
        engine.run(step)
