"""included: a line is part of another service, and not paid beside it (the field says bundled).

By day and member. A service that is itself denied includes nothing, but the line is then still not separate;
one billed by another provider, or only on some of the days, is a question.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Lines, Rule, lines


@dataclass(frozen=True, kw_only=True)
class Included(Rule, kind="included", stage=5, by_day=("on", "within", "shared")):
    """within: the services that include it. shared: services that could be its reason instead."""

    within: tuple[Lines, ...] = lines(default=())
    shared: tuple[Lines, ...] = lines(default=())
    ends = {
        "with_service": "such a service stands that day, and the line's own provider bills one",
        "with_denied": "every such service of that day is denied",
        "other_provider": "such services, all of other providers",
        "shared_day": "such a service, and another that could be the reason",
        "some_days": "no such service that day, but on other days of the line",
        "without": "no such service on any day of the line",
    }
    finds = """
        with service as (
            select o.rule_no, o.member_no, o.provider, o.day, bool_or(x.line_no is null) as stands,
                   coalesce(min(o.line_no) filter (x.line_no is null), min(o.line_no)) as line_no
            from object_day o
            left join lost_day x on x.line_no = o.line_no and x.day = o.day
            where o.role = 'within'
            group by all
        ),
        another as (select distinct rule_no, member_no, day from object_day where role = 'shared'),
        -- one row per subject line and day
        met as (
            select s.rule_no, s.line_no, s.day, any_value(a.day) is not null as is_shared,
                   bool_or(v.provider = s.provider) as own, bool_or(v.stands) as any_stands, count(v.line_no) > 0 as any_service,
                   coalesce(min(v.line_no) filter (v.stands), min(v.line_no)) as other_line_no
            from subject_day s join included r using (rule_no)
            left join service v on v.rule_no = s.rule_no and v.member_no = s.member_no and v.day = s.day
            left join another a on a.rule_no = s.rule_no and a.member_no = s.member_no and a.day = s.day
            group by s.rule_no, s.line_no, s.day
        )
        select rule_no, case
                when any_service and is_shared then 'shared_day'
                when any_service and not own then 'other_provider'
                when any_stands then 'with_service'
                when any_service then 'with_denied'
                when bool_or(any_service) over (partition by rule_no, line_no) then 'some_days'
                else 'without' end as outcome,
               line_no, day as first_day, day as last_day, null::decimal(18, 3) as units, other_line_no
        from met
    """
