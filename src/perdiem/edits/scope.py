"""Scope: which lines meet which rules, on which days - the only place that compares payers and dates.

Out of claims and rule tables it prepares what the kinds read:

``live_line``   one line of a claim that no later claim has withdrawn, with member and provider numbered
``line_scope``  one line and policy: the days on which the policy is in force for it
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

from perdiem.edits.rule import KINDS
from perdiem.engine.embedded import Engine

# one row per claim; earlier claims of the history have negative numbers
_NAMED = """
    create or replace table claim_named as
    with keyed as (
        select c.*, coalesce(p.payer, c.payer_qualifier || ':' || c.payer_id, c.payer_name, '') as payer,
               coalesce(c.billing_npi, c.billing_name, '') as provider, coalesce(c.relation, '18') <> '18' as dependent
        from claim c
        left join payer_seen p on p.payer_qualifier is not distinct from c.payer_qualifier
             and p.payer_id is not distinct from c.payer_id and p.payer_name is not distinct from c.payer_name
    )
    select *, payer || chr(31) || if(coalesce(trim(member_id), '') = '', claim_no::varchar, 'id ' || upper(trim(member_id)))
        || if(dependent, chr(31) || coalesce(upper(last_name), '') || chr(31) || coalesce(upper(first_name), '')
            || chr(31) || coalesce(birth_date::varchar, '') || chr(31) || coalesce(upper(sex), ''), '') as member
    from keyed
"""

_CLAIMS = """
    create or replace table claim_in as
    with numbered as (
        select member, row_number() over (order by member) as member_no
        from (select distinct member from claim_named where claim_no > 0)
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
        select claim_no, original_ref, payer, provider from claim_in semi join withdrawing using (frequency)
        where original_ref is not null
    )
    select w.claim_no, max(c.claim_no) as by_claim_no
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
           if(coalesce(l.mod1, l.mod2, l.mod3, l.mod4) is null, '', array_to_string(list_sort(list_distinct(list_filter(
               [l.mod1, l.mod2, l.mod3, l.mod4], lambda m: m is not null and not list_contains(b.blanks, m)))), ' ')) as modifiers,
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
    select v.policy_no, c.claim_no, if(bool_or(k.code is not null), 'code', 'taxonomy') as scope_by
    from policy_version v
    join claim_in c on v.forced or c.payer = v.payer
    join live_line l using (claim_no)
    left join policy_code k on k.policy_no = v.policy_no and k.use = 'scope' and k.code = l.code
    group by v.policy_no, c.claim_no, c.billing_taxonomy
    having bool_or(k.code is not null)
        or c.billing_taxonomy in (select taxonomy from policy_taxonomy t where t.policy_no = v.policy_no)
"""

# a policy's own lines; a policy that applies beside others speaks on the days on which one of them is in force
_LINE_SCOPE = """
    create or replace table line_scope as
    with own as (
        select v.policy_no, l.line_no, l.claim_no, s.scope_by,
               greatest(l.from_date, v.effective) as first_day, least(l.to_date, v.until) as last_day,
               d.code is not null as paid_by_day, l.units, l.from_date, l.to_date - l.from_date + 1 as calendar_days
        from claim_scope s join policy_version v using (policy_no) join live_line l using (claim_no)
        left join policy_code d on d.policy_no = v.policy_no and d.use = 'paid_by_day' and d.code = l.code
        where l.to_date >= v.effective and l.from_date <= v.until
          and (not v.excerpt or exists (
              from policy_code k where k.policy_no = v.policy_no and k.use = 'lines' and k.code = l.code))
    )
    from own
    union all
    select v.policy_no, o.line_no, any_value(o.claim_no), any_value(o.scope_by),
           greatest(min(o.first_day), v.effective), least(max(o.last_day), v.until),
           false, any_value(o.units), any_value(o.from_date), any_value(o.calendar_days)
    from own o join policy_beside b using (policy_no) join policy_version v on v.policy_no = b.beside_policy_no
    where o.last_day >= v.effective and o.first_day <= v.until
    group by v.policy_no, v.effective, v.until, o.line_no
"""

# one row per selector and line of its codes, for the selectors that are open; sifted kinds only where they can matter
_DRAWN = """
    create view if not exists drawn as
    select s.*, l.line_no, l.claim_no, l.member_no, l.provider, l.code, l.from_date, l.to_date, l.units, l.component
    from open_selector s join selector_code c using (selector_no) join live_line l using (code)
    where not s.sifted
    union all
    select s.*, l.line_no, l.claim_no, l.member_no, l.provider, l.code, l.from_date, l.to_date, l.units, l.component
    from sifted z join live_line l using (line_no) join open_selector s using (rule_no)
    join selector_code c on c.selector_no = s.selector_no and c.code = l.code
    where s.sifted
"""

# one row per rule, role and line that an open selector fits
_FITTING = """
    create view if not exists fitting as
    select rule_no, role, scope_by, line_no, claim_no, member_no, provider, code, from_date, to_date, units
    from drawn where plain
    union all
    select distinct d.rule_no, d.role, d.scope_by, d.line_no, d.claim_no, d.member_no, d.provider, d.code,
           d.from_date, d.to_date, d.units
    from drawn d
    where not d.plain
      and (not d.needs_component or exists (
          from selector_component x where x.selector_no = d.selector_no and x.component = d.component))
      and (not d.needs_modifier or exists (
          from line_modifier m join selector_modifier k using (modifier)
          where m.line_no = d.line_no and k.selector_no = d.selector_no and k.wanted))
      and not exists (
          from line_modifier m join selector_modifier k using (modifier)
          where m.line_no = d.line_no and k.selector_no = d.selector_no and not k.wanted)
"""

# rules of policies without a line in this batch select nothing
_OPEN_JUDGED = """
    create or replace table open_selector as
    from selector s where s.role = 'on' and s.rule_no in (select r.rule_no from rule r semi join line_scope x using (policy_no))
"""

_OPEN_OTHERS = """
    create or replace table open_selector as
    from selector s where s.role <> 'on' and exists (from subject x where x.rule_no = s.rule_no)
"""

_SELECTED = """
    create or replace table selected as
    select rule_no, scope_by, line_no, claim_no, member_no, provider, code, from_date, to_date, units from fitting where line_no > 0
"""

_SUBJECT = """
    create or replace table subject as
    select x.rule_no, x.line_no, x.claim_no, x.member_no, x.provider, x.code, x.from_date, x.to_date, x.units,
           greatest(s.first_day, r.since) as first_day, least(s.last_day, r.until) as last_day
    from selected x join rule r using (rule_no)
    join line_scope s on s.policy_no = r.policy_no and s.line_no = x.line_no
    where (x.scope_by = '' or x.scope_by = s.scope_by)
      and greatest(s.first_day, r.since) <= least(s.last_day, r.until)
      and not exists (
        from rule_link k join selected u on u.rule_no = k.other_rule_no
        where k.rule_no = x.rule_no and k.role = 'unless' and u.line_no = x.line_no)
"""

_OBJECT = """
    create or replace table object as
    select x.rule_no, x.role, x.line_no, x.claim_no, x.member_no, x.provider, x.code, x.from_date, x.to_date
    from fitting x semi join subject s on s.rule_no = x.rule_no and s.member_no = x.member_no
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

# one row per line that a rule looks at as equipment: the days on which the member has it
_EQUIPMENT = """
    create view if not exists equipment_span as
    select o.rule_no, o.role, o.line_no, o.member_no, o.from_date as first_day,
           case when bool_or(v.outcome = 'bought') then date '9999-12-31'
                when bool_or(v.outcome = 'rented')
                then greatest(o.to_date, (o.from_date + interval 1 month - interval 1 day)::date)
                else o.to_date end as last_day
    from object o left join line_modifier m using (line_no)
    left join rule_value v on v.rule_no = o.rule_no and v.value = m.modifier
    group by o.rule_no, o.role, o.line_no, o.member_no, o.from_date, o.to_date
"""

# one row per finding and rule that names the finding's rule in a role
_LINKED = """
    create view if not exists linked_finding as
    select k.rule_no, k.role, f.line_no, f.first_day, f.last_day, f.effect
    from finding f join rule_link k on k.other_rule_no = f.rule_no
"""

_LINE_STEPS = (_MODIFIERS, _LINES, _CLAIM_SCOPE, _LINE_SCOPE, _UNSOUND, *_FOUND, _LINKED)
_RULE_STEPS = (_OPEN_JUDGED, _DRAWN, _FITTING, _SELECTED, _SUBJECT, _OPEN_OTHERS, _OBJECT, _EQUIPMENT)


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
    busy = engine.words("select distinct kind from rule")
    for kind in KINDS.values():
        if kind.sift and kind.kind in busy:
            engine.run(kind.sift)
    for step in _RULE_STEPS:
        engine.run(step)
