"""one_modifier: of a list of modifiers a line carries exactly one, and which one it is says what follows.

A modifier named under ``allowed`` is right and gives no finding. Blank modifiers and repeats of one do not count.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Rule, values


@dataclass(frozen=True, kw_only=True)
class OneModifier(Rule, kind="one_modifier", stage=1):
    """values: the modifiers of the list, each under the outcome that it leads to when it stands alone."""

    values: dict[str, tuple[str, ...]] = values(default_factory=dict)
    ends = {
        "allowed": "one that is right (no finding)",
        "noticed": "one that says the patient was warned",
        "refused": "one that says the criteria are not met",
        "excluded": "one that says the benefit excludes it",
        "several": "more than one of the list",
        "none": "none of the list",
    }
    finds = """
        insert into found
        with carried as (
            select s.rule_no, s.line_no, s.first_day, s.last_day, count(distinct v.value) as modifiers, min(v.outcome) as outcome
            from subject s join one_modifier r using (rule_no)
            left join line_modifier m using (line_no)
            left join rule_value v on v.rule_no = s.rule_no and v.value = m.modifier
            group by s.rule_no, s.line_no, s.first_day, s.last_day
        )
        select rule_no, case modifiers when 0 then 'none' when 1 then outcome else 'several' end as outcome,
               line_no, first_day, last_day, null::decimal(18, 3) as units, null::bigint as other_line_no
        from carried where modifiers <> 1 or outcome <> 'allowed'
    """
