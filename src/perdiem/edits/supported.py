"""supported: a line is payable on days on which any one of several other services stands by it.

Three legs: a therapy (which must not be denied, and whose doubt is the line's doubt), a visit (whatever becomes
of it), and the per diem of the drug's own family (which must be payable). Any leg is enough.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Lines, Rule, lines, pairs


@dataclass(frozen=True, kw_only=True)
class Supported(Rule, kind="supported", stage=5):
    """therapy, visit, own: the lines of the three legs. pairs: which code is of the subject's own family."""

    therapy: tuple[Lines, ...] = lines(default=())
    visit: tuple[Lines, ...] = lines(default=())
    own: tuple[Lines, ...] = lines(default=())
    pairs: str = pairs(default="therapies")
    ends = {"support_pends": "only a therapy that itself pends", "unsupported": "no leg stands that day"}
    finds = """
        insert into found
        with subject_day as (
            select s.rule_no, s.line_no, s.member_no, s.code,
                   s.first_day + unnest(range(s.last_day - s.first_day + 1))::integer as day
            from subject s join supported r using (rule_no)
        ),
        standing as (
            select d.rule_no, d.line_no, d.day, o.role, o.line_no as object_no, p.subject_code is not null as of_family,
                   x.line_no is not null as lost, y.line_no is not null as pending
            from subject_day d
            join object o on o.rule_no = d.rule_no and o.member_no = d.member_no and d.day between o.from_date and o.to_date
            left join pair p on p.rule_no = d.rule_no and p.subject_code = d.code and p.object_code = o.code and p.fit = 'own'
            left join lost_day x on x.line_no = o.line_no and x.day = d.day
            left join pending_day y on y.line_no = o.line_no and y.day = d.day
        ),
        legs as (
            select rule_no, line_no, day,
                   bool_or(role = 'visit' or (not lost and not pending
                        and (role = 'therapy' or (role = 'own' and of_family)))) as supported,
                   bool_or(role = 'therapy' and not lost and pending) as pends,
                   min(object_no) filter (role = 'therapy') as other_line_no
            from standing group by rule_no, line_no, day
        )
        select d.rule_no, if(g.pends, 'support_pends', 'unsupported') as outcome, d.line_no,
               d.day as first_day, d.day as last_day, null::decimal(18, 3) as units, g.other_line_no
        from subject_day d left join legs g using (rule_no, line_no, day)
        where not coalesce(g.supported, false)
    """
