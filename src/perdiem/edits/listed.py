"""listed: a line stands on a list, and the outcome says what follows.

The plainest kind: incidental codes are denied, excluded drugs are denied, codes whose payment hangs on a
fact that no claim shows are pended with their question, notices are advised. It reads nothing but the line.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Rule


@dataclass(frozen=True, kw_only=True)
class Listed(Rule, kind="listed", stage=1):
    """Every selected line, on all its days."""

    ends = {"listed": "the line is one of those selected"}
    finds = """
        insert into found
        select s.rule_no, 'listed' as outcome, s.line_no, s.first_day, s.last_day,
               null::decimal(18, 3) as units, null::bigint as other_line_no
        from subject s join listed r using (rule_no)
    """
