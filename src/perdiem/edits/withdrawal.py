"""Withdrawal: which claims a replacement or void takes out of every rule, by one statement wherever claims are looked at.

It withdraws the claims that bear the number it names, of the same payer and provider, and come before it. Where none does, it
withdraws the first that comes after it: the order of files, and of rows in a sorted table, is no evidence of time. A void does
so in another file only, so that what is billed anew under a number after its void stands. Claims that name their own number,
or the very claim that looks for one, are no originals.
"""

from __future__ import annotations

# reads ``claim_of_name``: one claim, and the number it names where it is a replacement or void (voids) that names one
WITHDRAWN = """
    create or replace table withdrawn as
    with naming as (from claim_of_name where original_ref is not null),
    given as ( -- one row per name that is given, with the last claim that gives it
        select original_ref as claim_id, payer, provider, max(claim_no) as by_claim_no,
               arg_max(coalesce(claim_id, ''), claim_no) as withdrawn_by
        from naming group by original_ref, payer, provider
    ),
    bearing as ( -- one row per claim of such a name
        select w.claim_no, w.claim_id, w.payer, w.provider, w.source, w.original_ref, g.by_claim_no, g.withdrawn_by,
               min(w.claim_no) over (partition by w.claim_id, w.payer, w.provider) as first_no
        from claim_of_name w join given g using (claim_id, payer, provider)
    ),
    found as (
        select claim_no, by_claim_no, withdrawn_by from bearing where claim_no < by_claim_no
        union all
        -- one row per claim that names a number before any claim bears it
        select min(b.claim_no), c.claim_no, any_value(coalesce(c.claim_id, ''))
        from naming c join bearing b on b.claim_id = c.original_ref and b.payer = c.payer and b.provider = c.provider
        where c.claim_no <= b.first_no and (b.source <> c.source or (c.source is not null and not c.voids))
          and (b.original_ref is null or b.original_ref not in (b.claim_id, coalesce(c.claim_id, '')))
        group by c.claim_no
    )
    select claim_no, max(by_claim_no) as by_claim_no, arg_max(withdrawn_by, by_claim_no) as withdrawn_by
    from found group by claim_no
"""
