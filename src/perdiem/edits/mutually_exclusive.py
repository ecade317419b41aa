"""mutually_exclusive: two codes that may not be paid on one day; the first named loses.

The field says "do not use with". Only days that both share are lost, and only where the other line still
stands after the earlier stages; ``scope = "claim"`` widens this to every day of the line once both are on one claim.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from perdiem.edits.rule import Lines, Rule, lines, pairs


@dataclass(frozen=True, kw_only=True)
class MutuallyExclusive(Rule, kind="mutually_exclusive", stage=3, by_day=("on", "other")):
    """pairs: lists of (first, other) code sets. other: every line that may win. scope: ``day`` or ``claim``."""

    pairs: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = pairs(default=())
    other: tuple[Lines, ...] = lines(default=())
    scope: Literal["day", "claim"] = "day"
    ends = {"together": "the other code stands that day for the same member"}
    finds = """
        select s.rule_no, 'together' as outcome, s.line_no, s.day as first_day, s.day as last_day,
               null::decimal(18, 3) as units, min(o.line_no) as other_line_no
        from subject_day s join mutually_exclusive r using (rule_no)
        join pair p on p.rule_no = s.rule_no and p.subject_code = s.code
        join object_day o on o.rule_no = s.rule_no and o.role = 'other' and o.code = p.object_code
             and o.member_no = s.member_no and o.line_no <> s.line_no
             and (o.day = s.day or (r.scope = 'claim' and o.claim_no = s.claim_no))
        anti join lost_day x on x.line_no = o.line_no and x.day = o.day
        group by s.rule_no, s.line_no, s.day
    """
