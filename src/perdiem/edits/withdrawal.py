"""Withdrawal: which claims a replacement or void takes out of every rule, by one statement wherever claims are looked at.

It withdraws the claims that bear the number it names, of the same payer and provider, and come before it. Where none does, it
withdraws the first that comes after it, in another file, and names no claim itself: which file comes first is no evidence of
time. Within one file order is order, so that what is billed anew under a number that was voided stands.
"""

from __future__ import annotations

# reads ``claim_of_name``: one claim, and the number it names where it is a replacement or void that names one
WITHDRAWN = """
    create or replace table withdrawn as
    with naming as (from claim_of_name where original_ref is not null),
    given as ( -- one row per name that is given, with the last claim that gives it
        select original_ref as claim_id, payer, provider, max(claim_no) as by_claim_no,
               arg_max(coalesce(claim_id, ''), claim_no) as withdrawn_by
        from naming group by original_ref, payer, provider
    ),
    bearing as ( -- one row per claim of such a name
        select w.claim_no, w.claim_id, w.payer, w.provider, w.source, w.original_ref is not null as names, g.by_claim_no,
               g.withdrawn_by, min(w.claim_no) over (partition by w.claim_id, w.payer, w.provider) as first_no
        from claim_of_name w join given g using (claim_id, payer, provider)
    ),
    unmet as ( -- one row per name and file that gives it before any claim bears it
        select b.claim_id, b.payer, b.provider, c.source, max(c.claim_no) as by_claim_no,
               arg_max(coalesce(c.claim_id, ''), c.claim_no) as withdrawn_by
        from naming c join (select distinct claim_id, payer, provider, first_no from bearing) b
             on b.claim_id = c.original_ref and b.payer = c.payer and b.provider = c.provider
        where c.claim_no <= b.first_no
        group by b.claim_id, b.payer, b.provider, c.source
    ),
    found as (
        select claim_no, by_claim_no, withdrawn_by from bearing where claim_no < by_claim_no
        union all
        select min(b.claim_no), u.by_claim_no, u.withdrawn_by
        from unmet u join bearing b using (claim_id, payer, provider)
        where b.source <> u.source and not b.names
        group by u.claim_id, u.payer, u.provider, u.source, u.by_claim_no, u.withdrawn_by
    )
    select claim_no, max(by_claim_no) as by_claim_no, arg_max(withdrawn_by, by_claim_no) as withdrawn_by
    from found group by claim_no
"""
