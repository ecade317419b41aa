"""purpose: a line is separate or included according to what else was given that day.

An IV solution is the therapy itself where it is given for its own sake, and a means where it carries another drug.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Lines, Rule, lines


@dataclass(frozen=True, kw_only=True)
class Purpose(Rule, kind="purpose", stage=5, by_day=("on", "own", "another")):
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
        with given as (
            select o.rule_no, o.member_no, o.day, o.role, min(o.line_no) as line_no
            from object_day o anti join lost_day x on x.line_no = o.line_no and x.day = o.day
            group by all
        )
        select s.rule_no, case when w.day is not null and a.day is not null then 'both'
                               when w.day is not null then 'own_alone'
                               when a.day is not null then 'another_alone'
                               else 'neither' end as outcome,
               s.line_no, s.day as first_day, s.day as last_day, null::decimal(18, 3) as units,
               coalesce(a.line_no, w.line_no) as other_line_no
        from subject_day s join purpose r using (rule_no)
        left join given w on w.rule_no = s.rule_no and w.member_no = s.member_no and w.day = s.day and w.role = 'own'
        left join given a on a.rule_no = s.rule_no and a.member_no = s.member_no and a.day = s.day and a.role = 'another'
    """
