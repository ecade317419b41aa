"""duplicate: the same service billed twice by one provider for one member; the later line loses.

``whole`` compares everything a service is known by (code, modifiers as a set, NDC, dates, units);
``day`` compares code and modifiers on each day, whatever the units, for services paid by the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from perdiem.edits.rule import Lines, Rule, lines
from perdiem.engine.embedded import Engine


@dataclass(frozen=True, kw_only=True)
class Duplicate(Rule, kind="duplicate", stage=1):
    """match: ``whole`` or ``day``. earlier: the lines that may have come first (normally the same set)."""

    match: Literal["whole", "day"] = "whole"
    earlier: tuple[Lines, ...] = lines(default=(Lines(),))
    ends = {"again": "an earlier line already bills this"}
    sift = """
        insert into sifted
        -- one row per line; bits: its days as bits, of which each stands for every 31st day (all of them where the line is longer)
        with billed as (
            select hash(member_no, provider, code, modifiers) as service, line_no, code, from_date, to_date,
                   to_date - from_date + 1 as days,
                   case when to_date - from_date >= 31 then (1::bigint << 62) - 1
                        else ((1::bigint << (to_date - from_date + 1)) - 1) << (julian(from_date)::bigint % 31) end as bits
            from live_line
        ),
        -- services with more days than different bits, which all that overlap have
        crowded as (
            select service from billed group by service
            having sum(days) > bit_count(bit_or((bits & ((1::bigint << 31) - 1)) | (bits >> 31)))
        ),
        alike as (
            select line_no, code, from_date, to_date, max(to_date) over (so_far rows between unbounded preceding and 1 preceding)
                   as before_to, lead(from_date) over so_far as after_from
            from billed semi join crowded using (service)
            window so_far as (partition by service order by from_date, line_no)
        )
        select distinct s.rule_no, a.line_no
        from alike a join open_code s using (code)
        where s.kind = 'duplicate' and (a.before_to >= a.from_date or a.after_from <= a.to_date)
    """

    @classmethod
    def meets(cls, engine: Engine) -> bool:
        """Whether any code is billed twice."""
        return engine.repeats("line", "code")

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
