"""weekly_units: a supply is billed by the week: one unit for each week begun of the days that a line covers.

Days that an earlier line of the member with the same code already covers begin no week again. A single date is a
delivery: units up to ``delivered`` may be stock for the weeks to come, more is a question. Units in excess are
denied, the rest of the line stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Lines, Rule, lines


@dataclass(frozen=True, kw_only=True)
class WeeklyUnits(Rule, kind="weekly_units", stage=6):
    """delivered: units that one delivery may hold. earlier: the lines that may already cover a week (normally the same set)."""

    delivered: int
    earlier: tuple[Lines, ...] = lines(default=())
    ends = {
        "beyond_weeks": "units in excess of the weeks begun",
        "delivery": "a single date with no more units than a delivery may hold",
        "overstocked": "a single date, and the deliveries of that date hold more units than one may",
    }
    finds = """
        insert into found
        with billed as (
            select s.rule_no, s.line_no, s.member_no, s.code, s.first_day, s.last_day, s.units, s.from_date, s.to_date
            from subject s join weekly_units r using (rule_no)
        ),
        -- single dates: what was delivered to the member on that date up to this line, lines that were denied left out
        dropped as (
            select b.rule_no, b.line_no, b.first_day, b.last_day, r.delivered, sum(l.units) as units,
                   min(l.line_no) as other_line_no
            from billed b join weekly_units r using (rule_no)
            join object o on o.rule_no = b.rule_no and o.role = 'earlier' and o.member_no = b.member_no and o.code = b.code
                 and o.from_date = b.from_date and o.to_date = o.from_date and o.line_no <= b.line_no
            join live_line l on l.line_no = o.line_no
            where b.from_date = b.to_date
              and (o.line_no = b.line_no or not exists (from lost_day x where x.line_no = o.line_no and x.day = o.from_date))
            group by b.rule_no, b.line_no, b.first_day, b.last_day, r.delivered
        ),
        line_day as (
            select rule_no, line_no, member_no, code, from_date, from_date + unnest(range(to_date - from_date + 1))::integer as day
            from billed where from_date < to_date
        ),
        -- days that an earlier line, itself a span that stands, already covers
        covered as (
            select d.rule_no, d.line_no, d.day, min(o.line_no) as other_line_no
            from line_day d
            join object o on o.rule_no = d.rule_no and o.role = 'earlier' and o.member_no = d.member_no and o.code = d.code
                 and o.from_date < o.to_date and d.day between o.from_date and o.to_date
                 and (o.line_no < 0 or o.from_date < d.from_date or (o.from_date = d.from_date and o.line_no < d.line_no))
                 and o.line_no <> d.line_no
            anti join lost_day x on x.line_no = o.line_no and x.day = d.day
            group by d.rule_no, d.line_no, d.day
        ),
        spanned as (
            select b.rule_no, b.line_no, b.first_day, b.last_day, b.units,
                   (b.to_date - b.from_date + 1 - count(c.day) + 6) // 7 as weeks, min(c.other_line_no) as other_line_no
            from billed b left join covered c on c.rule_no = b.rule_no and c.line_no = b.line_no
            where b.from_date < b.to_date
            group by b.rule_no, b.line_no, b.first_day, b.last_day, b.units, b.from_date, b.to_date
        )
        select rule_no, 'beyond_weeks' as outcome, line_no, first_day, last_day, (units - weeks)::decimal(18, 3) as units,
               other_line_no
        from spanned where units > weeks
        union all
        select rule_no, if(units > delivered, 'overstocked', 'delivery'), line_no, first_day, last_day, null,
               if(other_line_no = line_no, null, other_line_no)
        from dropped
    """
