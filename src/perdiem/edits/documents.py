"""documents: a paper that a line needs is on file.

What is on file is told by a list that is given with the claims; no claim shows it. A claim of which the list says nothing
is not judged, and without a list no rule of this kind is.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Rule


@dataclass(frozen=True, kw_only=True)
class Documents(Rule, kind="documents", stage=8):
    """document: the id of a paper of ``library/documents.toml``. It may be on file for the whole claim or for the line."""

    document: str
    ends = {"missing": "the list speaks of the claim, or is whole for all claims, and does not hold the paper for this line"}
    sift = """
        insert into sifted
        with spoken as (
            select c.claim_no, c.claim_id from claim c
            where c.claim_id in (select claim_id from on_file) or exists (from on_file where claim_id = '*')
        ), held as (
            select l.line_no, f.document from spoken c join on_file f using (claim_id) join live_line l using (claim_no)
            where f.document is not null and coalesce(f.lx, l.lx) = l.lx
        )
        select r.rule_no, l.line_no from spoken join live_line l using (claim_no) cross join documents r
        anti join held h on h.line_no = l.line_no and h.document = r.document
    """
    finds = """
        insert into found
        select s.rule_no, 'missing' as outcome, s.line_no, s.first_day, s.last_day,
               null::decimal(18, 3) as units, null::bigint as other_line_no
        from subject s join documents r using (rule_no)
    """
