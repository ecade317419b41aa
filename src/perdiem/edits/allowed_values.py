"""allowed_values: one field of the line must hold one of the allowed values.

Values that are neither allowed nor named lead to ``elsewhere``; an empty field to ``missing``. Naming
values under an outcome of their own lets a nursing home be told from a wrong box.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from perdiem.edits.rule import Rule, values


@dataclass(frozen=True, kw_only=True)
class AllowedValues(Rule, kind="allowed_values", stage=1):
    """field: ``place`` (SV105, else CLM05-1) or ``unit_basis`` (SV103). values: lists under outcome names."""

    field: Literal["place", "unit_basis"] = "place"
    values: dict[str, tuple[str, ...]] = values(default_factory=dict)
    ends = {
        "allowed": "the value is allowed (no finding)",
        "refused": "a value named as never allowed",
        "unclear": "a value that the policy's words allow and refuse",
        "missing": "the field is empty",
        "elsewhere": "any other value",
    }
    sift = """
        insert into sifted
        select distinct r.rule_no, l.line_no
        from allowed_values r join open_code s using (rule_no) join live_line l using (code)
        anti join rule_value v on v.rule_no = r.rule_no and v.outcome = 'allowed'
             and v.value = case r.field when 'place' then l.place else l.unit_basis end
    """
    finds = """
        insert into found
        with seen as (
            select s.rule_no, s.line_no, s.first_day, s.last_day,
                   case r.field when 'place' then l.place else l.unit_basis end as value
            from subject s join allowed_values r using (rule_no) join live_line l using (line_no)
        )
        select s.rule_no, coalesce(v.outcome, if(s.value is null, 'missing', 'elsewhere')) as outcome,
               s.line_no, s.first_day, s.last_day, null::decimal(18, 3) as units, null::bigint as other_line_no
        from seen s left join rule_value v on v.rule_no = s.rule_no and v.value = s.value
        where coalesce(v.outcome, '') <> 'allowed'
    """
