"""included: a line is part of another service, and not paid beside it (the field says bundled).

By day and member. A service that is itself denied includes nothing, but the line is then still not separate;
one billed by another provider, or only on some of the days, is a question.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Lines, Rule, lines


@dataclass(frozen=True, kw_only=True)
class Included(Rule, kind="included", stage=5):
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
    # one service of the own provider over all days, or no service on any day: no day need be looked at
    settles = """
        insert into found
        -- services that overlap a subject line, one row per pair
        with near as (
            select s.rule_no, s.line_no, s.first_day, s.last_day, o.line_no as object_no, o.provider = s.provider as own,
                   greatest(s.first_day, o.from_date) as first_shared, least(s.last_day, o.to_date) as last_shared
            from subject s join included r using (rule_no)
            join object o on o.rule_no = s.rule_no and o.role = 'within' and o.member_no = s.member_no
                 and o.from_date <= s.last_day and o.to_date >= s.first_day
        ),
        whole as (
            select n.rule_no, n.line_no, n.first_day, n.last_day, min(n.object_no) as other_line_no
            from near n join subject s using (rule_no, line_no)
            anti join lost_day x on x.line_no = n.object_no
            anti join (select distinct rule_no, member_no from object where role = 'shared') a
                 on a.rule_no = s.rule_no and a.member_no = s.member_no
            where n.own and n.first_shared = n.first_day and n.last_shared = n.last_day
            group by n.rule_no, n.line_no, n.first_day, n.last_day
        ),
        bare as (
            select s.rule_no, s.line_no, s.first_day, s.last_day
            from subject s join included r using (rule_no) anti join near n on n.rule_no = s.rule_no and n.line_no = s.line_no
        )
        select rule_no, 'with_service' as outcome, line_no, first_day, last_day, null::decimal(18, 3) as units, other_line_no
        from whole
        union all
        select rule_no, 'without', line_no, first_day, last_day, null, null from bare
    """
    opens = """
        create or replace table open_line as
        select s.* from subject s join included r using (rule_no) anti join found f using (rule_no, line_no)
    """
    finds = """
        insert into found
        with open_day as (
            select rule_no, line_no, member_no, provider, first_day + unnest(range(last_day - first_day + 1))::integer as day
            from open_line
        ),
        near as (
            select s.rule_no, s.line_no, o.line_no as object_no, o.provider = s.provider as own, o.from_date, o.to_date
            from open_line s
            join object o on o.rule_no = s.rule_no and o.role = 'within' and o.member_no = s.member_no
                 and o.from_date <= s.last_day and o.to_date >= s.first_day
        ),
        another_day as (
            select distinct o.rule_no, o.member_no, o.from_date + unnest(range(o.to_date - o.from_date + 1))::integer as day
            from object o semi join open_day d on d.rule_no = o.rule_no and d.member_no = o.member_no
            where o.role = 'shared'
        ),
        met as (
            select d.rule_no, d.line_no, d.day, any_value(a.day) is not null as is_shared, bool_or(n.own) as own,
                   bool_or(n.object_no is not null and x.line_no is null) as any_stands, count(n.object_no) > 0 as any_service,
                   coalesce(min(n.object_no) filter (x.line_no is null), min(n.object_no)) as other_line_no
            from open_day d
            left join near n on n.rule_no = d.rule_no and n.line_no = d.line_no and d.day between n.from_date and n.to_date
            left join lost_day x on x.line_no = n.object_no and x.day = d.day
            left join another_day a on a.rule_no = d.rule_no and a.member_no = d.member_no and a.day = d.day
            group by d.rule_no, d.line_no, d.day
        )
        select rule_no, case
                when any_service and is_shared then 'shared_day'
                when any_service and not own then 'other_provider'
                when any_stands then 'with_service'
                when any_service then 'with_denied'
                else 'some_days' end,
               line_no, day, day, null, other_line_no
        from met
    """
