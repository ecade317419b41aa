"""calendar_month: a line keeps to one calendar month.

Some payers close their months line by line; a span that crosses into another month is to be split.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Rule


@dataclass(frozen=True, kw_only=True)
class CalendarMonth(Rule, kind="calendar_month", stage=1):
    """Every selected line, by its own first and last day."""

    ends = {"crosses": "the line's days lie in more than one month"}
    finds = """
        insert into found
        select s.rule_no, 'crosses' as outcome, s.line_no, s.first_day, s.last_day,
               null::decimal(18, 3) as units, null::bigint as other_line_no
        from subject s join calendar_month r using (rule_no)
        where date_trunc('month', s.from_date) <> date_trunc('month', s.to_date)
    """
