"""Scope: which lines meet which rules, on which days - the only place that compares payers and dates.

Out of claims and rule tables it prepares what the kinds read:

``live_line``   one line of a claim that no later claim has withdrawn, with member and provider numbered
``line_scope``  one line and policy of its payer: the days on which the policy is in force for it
``selected``    one rule and line that it may judge; a kind may sift out beforehand what it can never find
``subject``     one rule and line judged by it, clipped to the days in force
``object``      one rule, role and line that the rule looks at (any claim of a member with a subject)
``equipment_span``  one line that a rule looks at as equipment, and the days on which the member has it
``linked_finding``  one finding and rule that names the finding's rule in a role
``unsound_line``  one unsound identifier and line that carries it or points to it
``line_modifier``, ``finding``, ``lost_day``, ``pending_day``  as their names say

Nothing is spread to days here: a kind spreads only what it cannot settle by spans.
"""

from __future__ import annotations

import pyarrow as pa

from perdiem.edits import drawing
from perdiem.edits.rule import KINDS
from perdiem.engine.embedded import Engine

# one row per claim; earlier claims of the history have negative numbers
_NAMED = """
    create or replace table claim_named as
    with keyed as (
        select c.claim_no, c.claim_id, c.place, c.frequency, c.original_ref, c.billing_taxonomy, c.member_id, c.last_name,
               c.first_name, c.birth_date, c.sex,
               coalesce(p.payer, c.payer_qualifier || ':' || c.payer_id, c.payer_name, '') as payer,
               coalesce(c.billing_npi, c.billing_name, '') as provider, coalesce(c.relation, '18') <> '18' as dependent
        from claim c
        left join payer_seen p on p.payer_qualifier is not distinct from c.payer_qualifier
             and p.payer_id is not distinct from c.payer_id and p.payer_name is not distinct from c.payer_name
    )
    select claim_no, claim_id, place, frequency, original_ref, billing_taxonomy, payer, provider,
        payer || chr(31) || if(coalesce(trim(member_id), '') = '', claim_no::varchar, 'id ' || upper(trim(member_id)))
        || if(dependent, chr(31) || coalesce(upper(last_name), '') || chr(31) || coalesce(upper(first_name), '')
            || chr(31) || coalesce(birth_date::varchar, '') || chr(31) || coalesce(upper(sex), ''), '') as member
    from keyed
"""

_CLAIMS = """
    create or replace table claim_in as
    with numbered as (
        select member, min(claim_no) as member_no from claim_named where claim_no > 0 group by member
    )
    select c.* exclude (member), n.member_no from claim_named c join numbered n using (member)
"""

_BUCKETS = """
    select claim_no, (md5_number_lower(member) % 32)::integer as bucket, member, payer, provider
    from claim_named order by claim_no
"""

_WITHDRAWN = """
    create or replace table withdrawn as
    with withdrawing_claim as (
        select claim_no, claim_id, original_ref, payer, provider from claim_in semi join withdrawing using (frequency)
        where original_ref is not null
    )
    select w.claim_no, max(c.claim_no) as by_claim_no, arg_max(c.claim_id, c.claim_no) as by_claim_id
    from claim_in w join withdrawing_claim c on c.original_ref = w.claim_id and c.payer = w.payer and c.provider = w.provider
    where w.claim_no < c.claim_no
    group by w.claim_no
"""

_GIVEN = "create or replace table withdrawn as from withdrawn_elsewhere"

# only modifiers that some rule or the book's blanks look at
_MODIFIERS = """
    create or replace table line_modifier as
    select line_no, modifier
    from (select line_no, unnest([mod1, mod2, mod3, mod4]) as modifier from line where mod1 is not null
          or mod2 is not null or mod3 is not null or mod4 is not null) m
    semi join telling_modifier t using (modifier)
"""

_LINES = """
    create or replace table live_line as
    select l.line_no, l.claim_no, l.lx, c.member_no, c.provider, l.code,
           case when coalesce(l.mod2, l.mod3, l.mod4) is not null then array_to_string(list_sort(list_distinct(list_filter(
                    [l.mod1, l.mod2, l.mod3, l.mod4], lambda m: m is not null and not list_contains(b.blanks, m)))), ' ')
                when l.mod1 is null or list_contains(b.blanks, l.mod1) then ''
                else l.mod1 end as modifiers,
           p.ndc_key as ndc, l.units, l.unit_basis, coalesce(l.place, c.place) as place, l.from_date, l.to_date,
           coalesce(p.component, '') as component
    from line l join claim_in c using (claim_no)
    left join line_part p on p.code = l.code and p.ndc is not distinct from l.ndc
    cross join (select coalesce(list(modifier), []) as blanks from blank_modifier) b
    anti join withdrawn w on w.claim_no = l.claim_no
    where coalesce(c.frequency, '') not in (select frequency from withdrawing where voids)
"""

_CLAIM_SCOPE = """
    create or replace table claim_scope as
    select v.policy_no, c.claim_no, if(bool_or(k.code is not null), 'code', 'taxonomy') as scope_by, v.effective, v.until, v.excerpt
    from policy_version v
    join claim_in c on v.forced or c.payer = v.payer
    join live_line l using (claim_no)
    left join policy_code k on k.policy_no = v.policy_no and k.use = 'scope' and k.code = l.code
    group by v.policy_no, v.effective, v.until, v.excerpt, c.claim_no, c.billing_taxonomy
    having bool_or(k.code is not null)
        or c.billing_taxonomy in (select taxonomy from policy_taxonomy t where t.policy_no = v.policy_no)
"""

# a policy's own lines
_LINE_SCOPE = """
    create or replace table line_scope as
    with used as (
        select policy_no, code, bool_or(use = 'paid_by_day') as paid_by_day, bool_or(use = 'lines') as spoken_of
        from policy_code group by policy_no, code
    )
    select s.policy_no, l.line_no, l.claim_no, s.scope_by,
           greatest(l.from_date, s.effective) as first_day, least(l.to_date, s.until) as last_day,
           coalesce(u.paid_by_day, false) as paid_by_day, l.units, l.from_date, l.to_date - l.from_date + 1 as calendar_days
    from live_line l join claim_scope s using (claim_no) left join used u on u.policy_no = s.policy_no and u.code = l.code
    where l.to_date >= s.effective and l.from_date <= s.until and (not s.excerpt or u.spoken_of)
"""

# rules of policies without a line in this batch, their own or that of a policy beside which they stand, select nothing
_OPEN_JUDGED = """
    create or replace table open_selector as
    with met as (select distinct policy_no from line_scope)
    from selector s where s.role = 'on' and s.rule_no in (
        select r.rule_no from rule r
        where r.policy_no in (from met)
           or r.policy_no in (select b.beside_policy_no from policy_beside b where b.policy_no in (from met)))
"""

# a policy that applies beside others speaks on the days on which one of them is in force
_SUBJECT = """
    create or replace table subject as
    with beside_scope as (
        select v.policy_no, o.line_no, any_value(o.scope_by) as scope_by,
               greatest(min(o.first_day), v.effective) as first_day, least(max(o.last_day), v.until) as last_day
        from (select distinct r.policy_no, x.line_no from selected x join rule r using (rule_no)) x
        join policy_version v using (policy_no) join policy_beside b on b.beside_policy_no = v.policy_no
        join line_scope o on o.policy_no = b.policy_no and o.line_no = x.line_no
        where o.last_day >= v.effective and o.first_day <= v.until
        group by v.policy_no, v.effective, v.until, o.line_no
    ),
    scope as (
        select policy_no, line_no, scope_by, first_day, last_day from line_scope
        union all
        from beside_scope
    )
    select x.rule_no, x.line_no, x.claim_no, x.member_no, x.provider, x.code, x.from_date, x.to_date, x.units,
           greatest(s.first_day, r.since) as first_day, least(s.last_day, r.until) as last_day
    from selected x join rule r using (rule_no)
    join scope s on s.policy_no = r.policy_no and s.line_no = x.line_no
    where (x.scope_by = '' or x.scope_by = s.scope_by)
      and greatest(s.first_day, r.since) <= least(s.last_day, r.until)
      and not exists (
        from rule_link k join selected u on u.rule_no = k.other_rule_no
        where k.rule_no = x.rule_no and k.role = 'unless' and u.line_no = x.line_no)
"""

_FOUND = (
    """create or replace table sifted (rule_no bigint, line_no bigint)""",
    """create or replace table finding (rule_no bigint, outcome varchar, line_no bigint, first_day date, last_day date,
       units decimal(18, 3), other_line_no bigint, effect varchar, stage integer)""",
    "create or replace table lost_day (line_no bigint, day date)",
    "create or replace table pending_day (line_no bigint, day date)",
)

# one row per line and unsound identifier that it, or its claim, carries
_UNSOUND = """
    create or replace table unsound_line as
    with pointed as (
        select claim_no, unnest(diagnoses) as value, generate_subscripts(diagnoses, 1)::varchar as at from claim
        where list_has_any(diagnoses, (select coalesce(list(value), []) from unsound where field = 'diagnosis'))
    )
    select u.*, l.line_no
    from unsound u join claim c on u.value = case u.field when 'billing_npi' then c.billing_npi
         when 'rendering_npi' then c.rendering_npi when 'billing_taxonomy' then c.billing_taxonomy end
    join line l using (claim_no) where u.of_claim
    union all
    select u.*, l.line_no from unsound u join line l on l.ndc = u.value where u.field = 'ndc'
    union all
    select u.*, l.line_no from unsound u join live_line l on l.place = u.value where u.field = 'place'
    union all
    select u.*, l.line_no from unsound u join line l on u.value in (l.mod1, l.mod2, l.mod3, l.mod4) where u.field = 'modifier'
    union all
    select u.*, l.line_no from unsound u join pointed p using (value)
    join line l on l.claim_no = p.claim_no and list_contains(l.pointers, p.at) where u.field = 'diagnosis'
"""

# one row per finding and rule that names the finding's rule in a role
_LINKED = """
    create view linked_finding as
    select k.rule_no, k.role, f.line_no, f.first_day, f.last_day, f.effect
    from finding f join rule_link k on k.other_rule_no = f.rule_no
"""

# nearly every small batch has none: the table is made once and emptied
_ANY_UNSOUND = "select field from unsound limit 1"
_ALL_SOUND = "truncate unsound_line"

_LINE_STEPS = (_MODIFIERS, _LINES, _CLAIM_SCOPE, _LINE_SCOPE, *_FOUND, _OPEN_JUDGED)


def buckets(engine: Engine) -> pa.Table:
    """Which of 32 buckets each loaded claim's member falls into, by a hash that is the same everywhere.

    Columns claim_no, bucket, member, payer, provider; one row per claim. No rule reaches beyond a member's bucket.
    """
    engine.run(_NAMED)
    return engine.rows(_BUCKETS)


def prepare(engine: Engine, withdrawn: bool = True) -> None:
    """Make every table that the kinds read; claims, rule tables and small tables must be loaded.

    withdrawn: find the withdrawn claims among these; False where ``withdrawn_elsewhere`` is loaded.
    """
    for step in (_NAMED, _CLAIMS, _WITHDRAWN if withdrawn else _GIVEN, *_LINE_STEPS):
        engine.run(step)
    engine.once(_LINKED)
    if engine.words(_ANY_UNSOUND):
        engine.run(_UNSOUND)
    else:
        engine.once(_UNSOUND)
        engine.run(_ALL_SOUND)
    open_kinds = engine.words("select distinct kind from rule semi join open_selector using (rule_no)")
    for kind in sorted(KINDS.values(), key=lambda kind: kind.stage):  # a sift may read what those of earlier stages left
        if kind.sift and kind.kind in open_kinds:
            engine.run(kind.sift)
    drawing.draw_judged(engine)
    engine.run(_SUBJECT)
    drawing.draw_others(engine)
