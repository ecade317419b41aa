"""mutually_exclusive: two codes that may not be paid on one day; the first named loses.

The field says "do not use with". Only days that both share are lost, and only where the other line still
stands after the earlier stages; ``scope = "claim"`` widens this to every day of the line once both are on one claim.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from perdiem.edits.rule import Lines, Rule, lines, pairs


@dataclass(frozen=True, kw_only=True)
class MutuallyExclusive(Rule, kind="mutually_exclusive", stage=3):
    """pairs: lists of (first, other) code sets. other: every line that may win. scope: ``day`` or ``claim``."""

    pairs: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = pairs(default=())
    other: tuple[Lines, ...] = lines(default=())
    scope: Literal["day", "claim"] = "day"
    ends = {"together": "the other code stands that day for the same member"}
    finds = """
        insert into found
        with shared as (
            select s.rule_no, s.line_no, o.line_no as other_line_no, o.claim_no = s.claim_no and r.scope = 'claim' as wide,
                   s.first_day, s.last_day,
                   greatest(s.first_day, o.from_date) as first_shared, least(s.last_day, o.to_date) as last_shared
            from subject s join mutually_exclusive r using (rule_no)
            join pair p on p.rule_no = s.rule_no and p.subject_code = s.code
            join object o on o.rule_no = s.rule_no and o.role = 'other' and o.code = p.object_code
                 and o.member_no = s.member_no and o.line_no <> s.line_no
            where (o.from_date <= s.last_day and o.to_date >= s.first_day) or (r.scope = 'claim' and o.claim_no = s.claim_no)
        ),
        shared_day as (
            select rule_no, line_no, other_line_no, false as wide, first_day, last_day,
                   first_shared + unnest(range(last_shared - first_shared + 1))::integer as day
            from shared where first_shared <= last_shared and not wide
            union all
            select x.rule_no, x.line_no, x.other_line_no, true, x.first_day, x.last_day,
                   l.from_date + unnest(range(l.to_date - l.from_date + 1))::integer
            from shared x join live_line l on l.line_no = x.other_line_no where x.wide
        ),
        standing as (
            select d.* from shared_day d anti join lost_day x on x.line_no = d.other_line_no and x.day = d.day
        )
        select rule_no, 'together' as outcome, line_no, if(wide, first_day, day) as first_day, if(wide, last_day, day) as last_day,
               null::decimal(18, 3) as units, min(other_line_no) as other_line_no
        from standing
        group by all
    """
