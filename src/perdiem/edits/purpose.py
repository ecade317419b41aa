"""purpose: a line is separate or included according to what else was given that day.

An IV solution is the therapy itself where it is given for its own sake, and a means where it carries another drug.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Lines, Rule, lines


@dataclass(frozen=True, kw_only=True)
class Purpose(Rule, kind="purpose", stage=5):
    """own: services for which the line is the therapy. another: services for which it is a means. Denied days do not count."""

    own: tuple[Lines, ...] = lines(default=())
    another: tuple[Lines, ...] = lines(default=())
    ends = {
        "own_alone": "only its own service that day",
        "another_alone": "only another service that day",
        "both": "its own and another service",
        "neither": "no such service",
    }
    finds = """
        insert into found
        with subject_day as (
            select s.rule_no, s.line_no, s.member_no, s.first_day + unnest(range(s.last_day - s.first_day + 1))::integer as day
            from subject s join purpose r using (rule_no)
        ),
        given as (
            select d.rule_no, d.line_no, d.day, min(o.line_no) filter (o.role = 'own') as own,
                   min(o.line_no) filter (o.role = 'another') as another
            from subject_day d
            join object o on o.rule_no = d.rule_no and o.member_no = d.member_no and d.day between o.from_date and o.to_date
            anti join lost_day x on x.line_no = o.line_no and x.day = d.day
            group by d.rule_no, d.line_no, d.day
        )
        select d.rule_no, case when g.own is not null and g.another is not null then 'both'
                               when g.own is not null then 'own_alone'
                               when g.another is not null then 'another_alone'
                               else 'neither' end as outcome,
               d.line_no, d.day as first_day, d.day as last_day, null::decimal(18, 3) as units,
               coalesce(g.another, g.own) as other_line_no
        from subject_day d left join given g using (rule_no, line_no, day)
    """
