"""second_equipment: equipment of which a member is given one, billed again while an earlier one still serves.

How long one serves is told as for ``equipment``. Earlier are the lines of the history, then those that begin before,
then those that stand before in the input; a line whose modifiers say nothing serves its own days.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Lines, Rule, lines, values


@dataclass(frozen=True, kw_only=True)
class SecondEquipment(Rule, kind="second_equipment", stage=1):
    """first: the equipment that may already serve (normally the same set). reach: as for ``equipment``."""

    first: tuple[Lines, ...] = lines(default=())
    reach: dict[str, tuple[str, ...]] = values(under=("rented", "bought"), default_factory=dict)
    ends = {"overlaps": "an earlier one serves on a day on which this one would"}
    finds = """
        insert into found
        select s.rule_no, 'overlaps' as outcome, s.line_no, s.first_day, s.last_day,
               null::decimal(18, 3) as units, min(e.line_no) as other_line_no
        from subject s join second_equipment r using (rule_no)
        join equipment_span m on m.rule_no = s.rule_no and m.line_no = s.line_no and m.role = 'first'
        join equipment_span e on e.rule_no = s.rule_no and e.member_no = s.member_no and e.role = 'first'
             and e.line_no <> s.line_no and e.first_day <= m.last_day and e.last_day >= m.first_day
        where e.line_no < 0 or e.first_day < m.first_day or (e.first_day = m.first_day and e.line_no < s.line_no)
        group by s.rule_no, s.line_no, s.first_day, s.last_day
    """
