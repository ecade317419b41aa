"""identifier: a number or code that names a provider, product, diagnosis, modifier or place is sound.

The values of a batch are looked at once each, before any line is; what is unsound waits in ``unsound_line``. A field of
the claim is told once, on the first of its lines that the rule judges; a diagnosis on the lines that point to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from perdiem.edits.rule import Rule, values


@dataclass(frozen=True, kw_only=True)
class Identifier(Rule, kind="identifier", stage=1):
    """field: which identifier. values: those under ``allowed`` are never found, whatever a release says."""

    field: Literal["billing_npi", "rendering_npi", "billing_taxonomy", "ndc", "diagnosis", "modifier", "place"]
    values: dict[str, tuple[str, ...]] = values(under=("allowed",), default_factory=dict)
    ends = {
        "malformed": "its characters cannot be right",
        "ambiguous": "its characters can be read in more than one way",
        "unlisted": "a release that holds on these days is complete, and does not list it",
        "heading": "a release that holds on these days lists it as a heading of others, not to be billed",
    }
    reads = "unsound"
    sift = """
        insert into sifted
        select distinct r.rule_no, u.line_no from identifier r join unsound_line u using (field)
    """
    finds = """
        insert into found
        with met as (
            select distinct s.rule_no, u.outcome, s.line_no, s.claim_no, u.field, u.of_claim,
                   greatest(s.first_day, u.first_day) as first_day, least(s.last_day, u.last_day) as last_day
            from subject s join identifier r using (rule_no) join unsound_line u on u.field = r.field and u.line_no = s.line_no
            anti join rule_value v on v.rule_no = s.rule_no and v.outcome = 'allowed' and v.value = u.value
            where u.outcome in ('malformed', 'ambiguous', 'unlisted', 'heading')
        )
        select rule_no, outcome, line_no, first_day, last_day, null::decimal(18, 3) as units, null::bigint as other_line_no
        from met where first_day <= last_day
        qualify not of_claim or row_number() over (partition by rule_no, outcome, claim_no order by line_no) = 1
    """
