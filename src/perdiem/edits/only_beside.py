"""only_beside: a line whose claim shows nothing for it but one kind of line that cannot be its reason.

A per diem for anticoagulant injections beside nothing but a flush bills the flush.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Lines, Rule, lines


@dataclass(frozen=True, kw_only=True)
class OnlyBeside(Rule, kind="only_beside", stage=1):
    """only: the lines that are no reason. among: the lines that would be one; a line of ``only`` is never among them."""

    only: tuple[Lines, ...] = lines(default=())
    among: tuple[Lines, ...] = lines(default=())
    ends = {"nothing_else": "the claim has such a line, and no line that would be a reason"}
    finds = """
        insert into found
        with shown as (select distinct rule_no, role, claim_no from object)
        select s.rule_no, 'nothing_else' as outcome, s.line_no, s.first_day, s.last_day,
               null::decimal(18, 3) as units, null::bigint as other_line_no
        from subject s join only_beside r using (rule_no)
        semi join (from shown where role = 'only') o on o.rule_no = s.rule_no and o.claim_no = s.claim_no
        anti join (from shown where role = 'among') a on a.rule_no = s.rule_no and a.claim_no = s.claim_no
    """
