"""equipment: a line is used with equipment that the member has, by the day.

What the member has is seen in the batch and the history: a rental covers its own days and at least a calendar month
from its first, a purchase every later day, any other line its own days. A day with the right equipment is never found.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Lines, Rule, lines, values


@dataclass(frozen=True, kw_only=True)
class Equipment(Rule, kind="equipment", stage=1):
    """right: equipment that the line is used with. wrong: equipment that it is not used with.

    reach: modifiers that tell how long equipment stays, under ``rented`` and ``bought``.
    """

    right: tuple[Lines, ...] = lines(default=())
    wrong: tuple[Lines, ...] = lines(default=())
    reach: dict[str, tuple[str, ...]] = values(under=("rented", "bought"), default_factory=dict)
    ends = {
        "wrong": "that day the member has equipment that the line is not used with, and none that it is",
        "unknown": "no equipment of either sort is known that day",
    }
    finds = """
        insert into found
        with subject_day as (
            select s.rule_no, s.line_no, s.member_no, s.first_day + unnest(range(s.last_day - s.first_day + 1))::integer as day
            from subject s join equipment r using (rule_no)
        ),
        met as (
            select d.rule_no, d.line_no, d.day, bool_or(e.role = 'right') as any_right, min(e.line_no) as other_line_no
            from subject_day d
            left join equipment_span e on e.rule_no = d.rule_no and e.member_no = d.member_no and e.line_no <> d.line_no
                 and d.day between e.first_day and e.last_day
            group by d.rule_no, d.line_no, d.day
        )
        select rule_no, if(other_line_no is null, 'unknown', 'wrong') as outcome, line_no, day as first_day, day as last_day,
               null::decimal(18, 3) as units, other_line_no
        from met where not coalesce(any_right, false)
    """
