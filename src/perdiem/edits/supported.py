"""supported: a line is payable on days on which any one of several other services stands by it.

Three legs: a therapy (which must not be denied, and whose doubt is the line's doubt), a visit (whatever becomes
of it), and the per diem of the drug's own family (which must be payable). Any leg is enough.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Lines, Rule, lines, pairs


@dataclass(frozen=True, kw_only=True)
class Supported(Rule, kind="supported", stage=5, by_day=("on", "therapy", "visit", "own")):
    """therapy, visit, own: the lines of the three legs. pairs: which code is of the subject's own family."""

    therapy: tuple[Lines, ...] = lines(default=())
    visit: tuple[Lines, ...] = lines(default=())
    own: tuple[Lines, ...] = lines(default=())
    pairs: str = pairs(default="therapies")
    ends = {"support_pends": "only a therapy that itself pends", "unsupported": "no leg stands that day"}
    finds = """
        with standing as (
            select o.rule_no, o.role, o.member_no, o.day, o.code, o.line_no,
                   exists (from lost_day x where x.line_no = o.line_no and x.day = o.day) as lost,
                   exists (from pending_day x where x.line_no = o.line_no and x.day = o.day) as pending
            from object_day o
        ),
        met as (
            select s.rule_no, s.line_no, s.day,
                   bool_or(o.role = 'visit'
                        or (o.role = 'therapy' and not o.lost and not o.pending)
                        or (o.role = 'own' and p.subject_code is not null and not o.lost and not o.pending)) as supported,
                   bool_or(o.role = 'therapy' and not o.lost and o.pending) as pends,
                   min(o.line_no) filter (o.role = 'therapy') as other_line_no
            from subject_day s join supported r using (rule_no)
            left join standing o on o.rule_no = s.rule_no and o.member_no = s.member_no and o.day = s.day
            left join pair p on p.rule_no = s.rule_no and p.subject_code = s.code and p.object_code = o.code and p.fit = 'own'
            group by s.rule_no, s.line_no, s.day
        )
        select rule_no, if(pends, 'support_pends', 'unsupported') as outcome, line_no,
               day as first_day, day as last_day, null::decimal(18, 3) as units, other_line_no
        from met where not coalesce(supported, false)
    """
