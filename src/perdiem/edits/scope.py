"""Scope: which lines meet which rules, on which days - the only place that compares payers and dates.

Out of claims and rule tables it prepares what the kinds read:

``live_line``   one line of a claim that no later claim has withdrawn, with member and provider numbered
``line_scope``  one line and policy: the days on which the policy is in force for it
``subject``     one rule and line judged by it, clipped to the days in force
``object``      one rule, role and line that the rule looks at (any claim of a member with a subject)
``subject_day``, ``object_day``  the same, one row a day, only for the roles that a kind spreads
``line_modifier``, ``finding``, ``lost_day``, ``pending_day``  as their names say
"""

from __future__ import annotations

from perdiem.engine.embedded import Engine

_CLAIMS = """
    create table claim_in as
    with keyed as (
        select c.*, coalesce(p.payer, c.payer_qualifier || ':' || c.payer_id, c.payer_name, '') as payer,
               coalesce(c.billing_npi, c.billing_name, '') as provider,
               coalesce(c.relation, '18') <> '18' as dependent,
               if(coalesce(trim(c.member_id), '') = '', c.claim_no, 0) as stray
        from claim c
        left join payer_seen p on p.payer_qualifier is not distinct from c.payer_qualifier
             and p.payer_id is not distinct from c.payer_id and p.payer_name is not distinct from c.payer_name
    )
    select *, dense_rank() over (order by payer, upper(trim(member_id)), stray, dependent,
        if(dependent, upper(last_name), null), if(dependent, upper(first_name), null),
        if(dependent, birth_date, null), if(dependent, upper(sex), null)) as member_no
    from keyed
"""

_WITHDRAWN = """
    create table withdrawn as
    select w.claim_no, max(c.claim_no) as by_claim_no
    from claim_in w join claim_in c on c.original_ref = w.claim_id and c.payer = w.payer and c.provider = w.provider
    where c.frequency in (select frequency from withdrawing) and w.claim_no < c.claim_no
    group by w.claim_no
"""

_MODIFIERS = """
    create table line_modifier as
    select line_no, modifier, b.modifier is not null as blank
    from (
        select line_no, unnest([mod1, mod2, mod3, mod4]) as modifier from line
    ) m left join blank_modifier b using (modifier)
    where modifier is not null
"""

_LINES = """
    create table live_line as
    with spoken as (
        select line_no, string_agg(distinct modifier, ' ' order by modifier) as modifiers
        from line_modifier where not blank group by line_no
    )
    select l.line_no, l.claim_no, c.member_no, c.provider, l.code, coalesce(s.modifiers, '') as modifiers,
           p.ndc_key as ndc, l.units, l.unit_basis, coalesce(l.place, c.place) as place, l.from_date, l.to_date,
           coalesce(p.component, '') as component
    from line l join claim_in c using (claim_no)
    left join spoken s using (line_no)
    left join line_part p on p.code = l.code and p.ndc is not distinct from l.ndc
    anti join withdrawn w on w.claim_no = l.claim_no
    where coalesce(c.frequency, '') not in (select frequency from withdrawing where voids)
    order by l.line_no
"""

_CLAIM_SCOPE = """
    create table claim_scope as
    select v.policy_no, c.claim_no, if(bool_or(k.code is not null), 'code', 'taxonomy') as scope_by
    from policy_version v
    join claim_in c on v.forced or c.payer = v.payer
    join live_line l using (claim_no)
    left join policy_code k on k.policy_no = v.policy_no and k.use = 'scope' and k.code = l.code
    group by v.policy_no, c.claim_no, c.billing_taxonomy
    having bool_or(k.code is not null)
        or c.billing_taxonomy in (select taxonomy from policy_taxonomy t where t.policy_no = v.policy_no)
"""

_LINE_SCOPE = """
    create table line_scope as
    select v.policy_no, l.line_no, l.claim_no, s.scope_by,
           greatest(l.from_date, v.effective) as first_day, least(l.to_date, v.until) as last_day,
           d.code is not null as paid_by_day
    from claim_scope s join policy_version v using (policy_no) join live_line l using (claim_no)
    left join policy_code d on d.policy_no = v.policy_no and d.use = 'paid_by_day' and d.code = l.code
    where l.to_date >= v.effective and l.from_date <= v.until
"""

_SELECTED = """
    create table selected as
    with drawn as (
        select s.selector_no, s.rule_no, s.role, s.scope_by, s.needs_modifier, l.line_no
        from selector s join selector_code c using (selector_no) join live_line l using (code)
        where not s.needs_component
           or exists (from selector_component x where x.selector_no = s.selector_no and x.component = l.component)
    ),
    met as (
        select distinct d.selector_no, d.line_no, k.wanted
        from drawn d join line_modifier m using (line_no)
        join selector_modifier k on k.selector_no = d.selector_no and k.modifier = m.modifier
    )
    select distinct d.rule_no, d.role, d.scope_by, d.line_no
    from drawn d
    anti join met n on n.selector_no = d.selector_no and n.line_no = d.line_no and not n.wanted
    where not d.needs_modifier
       or exists (from met y where y.selector_no = d.selector_no and y.line_no = d.line_no and y.wanted)
"""

_SUBJECT = """
    create table subject as
    with judged as (
        select distinct x.rule_no, x.line_no, greatest(s.first_day, r.since) as first_day, least(s.last_day, r.until) as last_day
        from selected x join rule r using (rule_no)
        join line_scope s on s.policy_no = r.policy_no and s.line_no = x.line_no
        where x.role = 'on' and (x.scope_by = '' or x.scope_by = s.scope_by)
    )
    select j.rule_no, j.line_no, l.claim_no, l.member_no, l.provider, l.code, j.first_day, j.last_day
    from judged j join live_line l using (line_no)
    where j.first_day <= j.last_day and not exists (
        from rule_link k join selected u on u.rule_no = k.other_rule_no and u.role = 'on'
        where k.rule_no = j.rule_no and k.role = 'unless' and u.line_no = j.line_no)
"""

_OBJECT = """
    create table object as
    select distinct x.rule_no, x.role, x.line_no, l.claim_no, l.member_no, l.provider, l.code, l.from_date, l.to_date
    from selected x join live_line l using (line_no)
    semi join subject s on s.rule_no = x.rule_no and s.member_no = l.member_no
    where x.role <> 'on'
"""

_SUBJECT_DAY = """
    create table subject_day as
    select rule_no, line_no, claim_no, member_no, provider, code,
           first_day + unnest(range(last_day - first_day + 1))::integer as day
    from subject semi join (from spread where role = 'on') d using (rule_no)
"""

_OBJECT_DAY = """
    create table object_day as
    select * from (
        select rule_no, role, line_no, claim_no, member_no, provider, code,
               from_date + unnest(range(to_date - from_date + 1))::integer as day
        from object semi join spread d using (rule_no, role)
    ) o
    semi join (select distinct rule_no, member_no, day from subject_day) s using (rule_no, member_no, day)
"""

_FOUND = (
    """create table finding (rule_no bigint, outcome varchar, line_no bigint, first_day date, last_day date,
       units decimal(18, 3), other_line_no bigint)""",
    "create table lost_day (line_no bigint, day date)",
    "create table pending_day (line_no bigint, day date)",
)

_STEPS = (_CLAIMS, _WITHDRAWN, _MODIFIERS, _LINES, _CLAIM_SCOPE, _LINE_SCOPE, _SELECTED, _SUBJECT, _OBJECT)


def prepare(engine: Engine) -> None:
    """Make every table that the kinds read; claims, rule tables and small tables must be loaded."""
    for step in (*_STEPS, _SUBJECT_DAY, _OBJECT_DAY, *_FOUND):
        engine.run(step)
