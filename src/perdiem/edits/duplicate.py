"""duplicate: the same service billed twice by one provider for one member; the later line loses.

``whole`` compares everything a service is known by (code, modifiers as a set, NDC, dates, units);
``day`` compares code and modifiers on each day, whatever the units, for services paid by the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from perdiem.edits.rule import Lines, Rule, lines


@dataclass(frozen=True, kw_only=True)
class Duplicate(Rule, kind="duplicate", stage=1):
    """match: ``whole`` or ``day``. earlier: the lines that may have come first (normally the same set)."""

    match: Literal["whole", "day"] = "whole"
    earlier: tuple[Lines, ...] = lines(default=(Lines(),))
    ends = {"again": "an earlier line already bills this"}
    sift = """
        insert into sifted
        with twice as (
            select member_no, provider, code, modifiers, from_date from live_line group by all having count(*) > 1
        ),
        paid_by_day as (
            select r.rule_no, l.line_no, l.from_date, l.to_date,
                   max(l.to_date) over (
                       partition by r.rule_no, l.member_no, l.provider, l.code, l.modifiers order by l.from_date, l.line_no
                       rows between unbounded preceding and 1 preceding) as before_to,
                   lead(l.from_date) over (
                       partition by r.rule_no, l.member_no, l.provider, l.code, l.modifiers
                       order by l.from_date, l.line_no) as after_from
            from duplicate r join selector c on c.rule_no = r.rule_no and c.role = 'earlier' join live_line l using (code)
            where r.match = 'day'
        )
        select r.rule_no, l.line_no
        from live_line l semi join twice t using (member_no, provider, code, modifiers, from_date)
        cross join duplicate r where r.match = 'whole'
        union all
        select rule_no, line_no from paid_by_day where before_to >= from_date or after_from <= to_date
    """
    finds = """
        insert into found
        with first_line as (
            select rule_no, min(line_no) as line_no, l.member_no, l.provider, l.code, l.modifiers, l.ndc,
                   l.from_date, l.to_date, l.units
            from object o join duplicate r using (rule_no) join live_line l using (line_no)
            where o.role = 'earlier' and r.match = 'whole'
            group by all having count(*) > 1
        ),
        first_day_line as (
            select rule_no, min(line_no) as line_no, member_no, provider, code, modifiers, day
            from (
                select rule_no, o.line_no, o.member_no, o.provider, o.code, l.modifiers,
                       o.from_date + unnest(range(o.to_date - o.from_date + 1))::integer as day
                from object o join duplicate r using (rule_no) join live_line l using (line_no)
                where o.role = 'earlier' and r.match = 'day'
            ) group by all having count(*) > 1
        )
        select s.rule_no, 'again' as outcome, s.line_no, s.first_day, s.last_day,
               null::decimal(18, 3) as units, f.line_no as other_line_no
        from subject s join live_line l using (line_no)
        join first_line f on f.rule_no = s.rule_no and f.member_no = s.member_no and f.provider = s.provider
             and f.code = s.code and f.modifiers = l.modifiers and f.ndc is not distinct from l.ndc
             and f.from_date = l.from_date and f.to_date = l.to_date and f.units = l.units
        where f.line_no < s.line_no
        union all
        select s.rule_no, 'again', s.line_no, f.day, f.day, null, f.line_no
        from subject s join live_line l using (line_no)
        join first_day_line f on f.rule_no = s.rule_no and f.member_no = s.member_no and f.provider = s.provider
             and f.code = s.code and f.modifiers = l.modifiers and f.day between s.first_day and s.last_day
        where f.line_no < s.line_no
    """
