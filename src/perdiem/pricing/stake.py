"""stake: what each denial and each open question puts at stake - the charge, and the money that the contract would pay.

The denied money of a line is shared among its reasons by their units, and each reason belongs to the first rule that gives it;
the pending money of a line belongs to the first rule that asks. So the rows add up to what the lines say, to the cent.
"""

from __future__ import annotations

from perdiem.engine.embedded import Engine

# one row per line and reason of its denial, and per line that pends; whole cents, the last reason takes what is left
_STAKE = """
    create or replace table stake as
    with reason as (
        select d.line_no, unnest(range(1, len(d.adjustments) + 1)) as place, unnest(d.adjustments, max_depth := 2), d.deny_units
        from decision d where len(d.adjustments) > 0
    ),
    named as (select line_no, place, "group" as group_code, carc, rarc, units, deny_units from reason),
    added as (
        select *, sum(units) over (partition by line_no order by place) as taken,
               row_number() over (partition by line_no order by place desc) = 1 as last
        from named
    ),
    ends as (
        select a.*, (p.deny_charge * 100)::hugeint as charge, (p.denied * 100)::hugeint as money, p.claim_no,
               (a.taken * 1000)::hugeint as upto, (a.deny_units * 1000)::hugeint as per
        from added a join line_price p using (line_no)
    ),
    shared as (
        select *, case when last then charge when per > 0 then charge * upto // per else 0 end as charge_upto,
               case when last then money when per > 0 then money * upto // per else 0 end as money_upto
        from ends
    ),
    parted as (
        select *, charge_upto - coalesce(lag(charge_upto) over one, 0) as charge_part,
               money_upto - coalesce(lag(money_upto) over one, 0) as money_part
        from shared window one as (partition by line_no order by place)
    ),
    denying as (
        select f.line_no, o.group_code, o.carc, o.rarc, min(f.rule_no) as rule_no
        from finding_out f join outcome o using (rule_no, outcome)
        where f.effect = 'deny' and not f.note group by all
    ),
    asking as (select line_no, min(rule_no) as rule_no from finding_out where effect = 'pend' group by line_no)
    select s.line_no, s.claim_no, 'deny' as effect, n.rule_no, s.group_code, s.carc, s.rarc, s.units,
           (s.charge_part::decimal(16, 0) * 0.01)::decimal(18, 2) as charge,
           (s.money_part::decimal(16, 0) * 0.01)::decimal(18, 2) as expected
    from parted s left join denying n using (line_no, group_code, carc, rarc)
    union all
    select p.line_no, p.claim_no, 'pend', n.rule_no, null, null, [], d.pend_units, p.pend_charge, p.pended
    from line_price p join decision d using (line_no) left join asking n using (line_no)
    where p.verdict = 'pend'
"""


def find_stakes(engine: Engine) -> None:
    """Make ``stake``: one row per line and reason of denial, and per pending line.

    Reads decision, finding_out, outcome and line_price. rule_no is empty where no rule of its own asks (the days of the line
    differ). charge is USD; expected, what the contract would pay (USD), is null where the line is not priced.
    """
    engine.run(_STAKE)
