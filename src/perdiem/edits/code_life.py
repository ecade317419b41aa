"""code_life: a code is billed inside its life in the code set, and the book knows it.

Only days outside the life of the code are found, so that a line that crosses the end of a code is told apart
from one that lies behind it. A code that merely falls into a known range is still not known. That a code does not
exist is found only on days for which the whole code set is loaded; on all other days nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Rule


@dataclass(frozen=True, kw_only=True)
class CodeLife(Rule, kind="code_life", stage=1):
    """The selected lines, each against the dates of its own code."""

    ends = {
        "ended": "the code ended before these days",
        "not_begun": "the code begins after these days",
        "not_in_release": "no loaded table knows the code, and the whole code set of these days is loaded",
        "unknown": "no loaded table knows the code, and the whole code set of these days is not loaded",
    }
    sift = """
        insert into sifted
        select r.rule_no, l.line_no
        from live_line l semi join (from code_fact where not known or start_day is not null or end_day is not null) c using (code)
        cross join code_life r
    """
    finds = """
        insert into found
        with met as (
            select s.rule_no, s.line_no, s.first_day, s.last_day, c.code, c.start_day, c.end_day
            from subject s join code_life r using (rule_no) join code_fact c using (code)
        )
        select rule_no, 'ended' as outcome, line_no, greatest(first_day, end_day + 1) as first_day, last_day,
               null::decimal(18, 3) as units, null::bigint as other_line_no
        from met where end_day < last_day
        union all
        select rule_no, 'not_begun', line_no, first_day, least(last_day, start_day - 1), null, null
        from met where start_day > first_day
        union all
        select m.rule_no, case when s.complete then 'not_in_release' else 'unknown' end, m.line_no,
               greatest(m.first_day, s.first_day), least(m.last_day, s.last_day), null, null
        from met m join complete_span s using (code)  -- a row a line and run of days that are all loaded, or all not
        where s.first_day <= m.last_day and s.last_day >= m.first_day
    """
