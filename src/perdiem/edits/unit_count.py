"""unit_count: a service paid by the day has no more units than its line has calendar days.

Doses never multiply the units of a per diem. The finding carries the units in excess.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Rule


@dataclass(frozen=True, kw_only=True)
class UnitCount(Rule, kind="unit_count", stage=6):
    """The selected lines, units against calendar days of the whole line."""

    ends = {"beyond_days": "units in excess of the calendar days"}
    sift = """
        insert into sifted
        select distinct s.rule_no, l.line_no
        from open_code s join live_line l using (code)
        where s.kind = 'unit_count' and l.units > l.to_date - l.from_date + 1
    """
    finds = """
        insert into found
        select s.rule_no, 'beyond_days' as outcome, s.line_no, s.first_day, s.last_day,
               (l.units - (l.to_date - l.from_date + 1))::decimal(18, 3) as units, null::bigint as other_line_no
        from subject s join unit_count r using (rule_no) join live_line l using (line_no)
        where l.units > l.to_date - l.from_date + 1
    """
