"""Scope: which lines meet which rules, on which days - the only place that compares payers and dates.

Out of claims and rule tables it prepares what the kinds read:

``live_line``   one line of a claim that no other claim has withdrawn, with member and provider numbered
``gone``        one claim that bills nothing: withdrawn, or a mere withdrawal of another
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
from perdiem.edits.withdrawal import WITHDRAWN
from perdiem.engine.embedded import Engine
from perdiem.model.schema import MODIFIERS

# the columns of claims and lines that this module and the kinds read; every other one costs each statement
CLAIM_READ = (
    "claim_no", "claim_id", "place", "frequency", "original_ref", "payer_qualifier", "payer_id", "payer_name", "payer",
    "member_id", "relation", "last_name", "first_name", "birth_date", "sex", "billing_npi", "billing_taxonomy", "billing_name",
    "rendering_npi", "diagnoses", "source",
)  # fmt: skip
LINE_READ = (
    "line_no", "claim_no", "lx", "code", "mod1", "mod2", "mod3", "mod4", "modifiers", "unit_basis", "units", "place",
    "pointers", "from_date", "to_date", "ndc", "ndc_key", "ndc_quantity", "ndc_unit", "component",
)  # fmt: skip

# one row per claim; earlier claims of the history have negative numbers
_NAMED = """
    create view claim_named as
    with keyed as (
        select c.claim_no, c.claim_id, c.place, c.frequency, c.original_ref, c.billing_taxonomy, c.member_id, c.last_name,
               c.first_name, c.birth_date, c.sex,
               coalesce(c.payer, c.payer_qualifier || ':' || c.payer_id, c.payer_name, '') as payer,
               coalesce(c.billing_npi, c.billing_name, '') as provider, coalesce(c.relation, '18') <> '18' as dependent
        from claim c
    )
    select claim_no, claim_id, place, frequency, original_ref, billing_taxonomy, payer, provider,
        concat(payer, chr(31), if(coalesce(trim(member_id), '') = '', claim_no::varchar, 'id ' || upper(trim(member_id))),
            if(dependent, concat(chr(31), upper(last_name), chr(31), upper(first_name), chr(31), birth_date, chr(31),
                                 upper(sex)), '')) as member
    from keyed
"""

_CLAIMS = """
    create or replace table claim_in as
    select * exclude (member)
    from (select *, min(claim_no) filter (claim_no > 0) over (partition by member) as member_no from claim_named)
    where member_no is not null
"""

_BUCKETS = """
    select claim_no, (md5_number_lower(member) % 32)::integer as bucket, member, payer, provider
    from claim_named order by claim_no
"""

# what ``WITHDRAWN`` reads; a file of the history is another than the batch's, whatever its name
_OF_NAME = """
    create view claim_of_name as
    select i.claim_no, i.claim_id, if(w.frequency is null, null, i.original_ref) as original_ref, i.payer, i.provider,
           if(i.claim_no > 0, c.source, concat(chr(31), c.source)) as source, coalesce(w.voids, false) as voids
    from claim_in i join claim c using (claim_no) left join withdrawing w on w.frequency = i.frequency
"""

_GIVEN = "create or replace table withdrawn as from withdrawn_elsewhere"

_NONE_WITHDRAWN = "create or replace table withdrawn (claim_no bigint, by_claim_no bigint, withdrawn_by varchar)"
_NONE_GONE = "create or replace table gone (claim_no bigint)"
_NO_MODIFIERS = "create or replace table line_modifier (line_no bigint, modifier varchar)"

# claims that another withdraws, and those that only withdraw another
_GONE = """
    create or replace table gone as
    select claim_no from withdrawn
    union all
    select claim_no from claim_in semi join (from withdrawing where voids) using (frequency)
"""

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
           l.modifiers, l.ndc_key as ndc, l.units, l.unit_basis, coalesce(l.place, c.place) as place,
           l.from_date, l.to_date, coalesce(l.component, '') as component
    from line l join claim_in c using (claim_no)
    anti join gone using (claim_no)
"""

_CLAIM_SCOPE = """
    create or replace table claim_scope as
    select v.policy_no, c.claim_no, if(bool_or(k.scope), 'code', 'taxonomy') as scope_by, v.effective, v.until, v.excerpt,
           count(*) over (partition by c.claim_no) > 1 as several
    from policy_version v
    join claim_in c on v.forced or c.payer = v.payer
    join live_line l using (claim_no)
    left join policy_code k on k.policy_no = v.policy_no and k.code = l.code
    left join policy_taxonomy t on t.policy_no = v.policy_no and t.taxonomy = c.billing_taxonomy
    group by v.policy_no, v.effective, v.until, v.excerpt, c.claim_no
    having bool_or(k.scope or t.taxonomy is not null)
"""

# a policy's own lines
_LINE_SCOPE = """
    create or replace table line_scope as
    select s.policy_no, l.line_no, l.claim_no, s.scope_by,
           greatest(l.from_date, s.effective) as first_day, least(l.to_date, s.until) as last_day, s.several,
           coalesce(u.paid_by_day, false) as paid_by_day, l.units, l.from_date, l.to_date - l.from_date + 1 as calendar_days
    from live_line l join claim_scope s using (claim_no) left join policy_code u on u.policy_no = s.policy_no and u.code = l.code
    where l.to_date >= s.effective and l.from_date <= s.until and (not s.excerpt or u.spoken_of)
"""

_SUBJECT = """
    insert into subject
    select x.rule_no, x.line_no, x.claim_no, x.member_no, x.provider, x.code, x.from_date, x.to_date, x.units,
           greatest(s.first_day, r.since) as first_day, least(s.last_day, r.until) as last_day
    from selected x join rule r using (rule_no)
    join line_scope s on s.policy_no = r.policy_no and s.line_no = x.line_no
    anti join left_alone n on n.rule_no = x.rule_no and n.line_no = x.line_no
    where (x.scope_by = '' or x.scope_by = s.scope_by)
      and greatest(s.first_day, r.since) <= least(s.last_day, r.until)
"""

# a policy that applies beside others speaks on the days on which one of them is in force
_SUBJECT_BESIDE = """
    insert into subject
    with beside_scope as (
        select v.policy_no, o.line_no, any_value(o.scope_by) as scope_by,
               greatest(min(o.first_day), v.effective) as first_day, least(max(o.last_day), v.until) as last_day
        from (select distinct r.policy_no, x.line_no from selected x join rule r using (rule_no)) x
        join policy_version v using (policy_no) join policy_beside b on b.beside_policy_no = v.policy_no
        join line_scope o on o.policy_no = b.policy_no and o.line_no = x.line_no
        where o.last_day >= v.effective and o.first_day <= v.until
        group by v.policy_no, v.effective, v.until, o.line_no
    )
    select x.rule_no, x.line_no, x.claim_no, x.member_no, x.provider, x.code, x.from_date, x.to_date, x.units,
           greatest(s.first_day, r.since) as first_day, least(s.last_day, r.until) as last_day
    from selected x join rule r using (rule_no)
    join beside_scope s on s.policy_no = r.policy_no and s.line_no = x.line_no
    anti join left_alone n on n.rule_no = x.rule_no and n.line_no = x.line_no
    where (x.scope_by = '' or x.scope_by = s.scope_by)
      and greatest(s.first_day, r.since) <= least(s.last_day, r.until)
"""

# lines of rules that another rule leaves alone
_LEFT_ALONE = """
    create view left_alone as
    select k.rule_no, u.line_no from rule_link k join selected u on u.rule_no = k.other_rule_no where k.role = 'unless'
"""

_CHOSEN = "select distinct kind, beside from rule semi join selected using (rule_no)"

_EMPTY = {
    "sifted": """create or replace table sifted (rule_no bigint, line_no bigint)""",
    "subject": """create or replace table subject (rule_no bigint, line_no bigint, claim_no bigint, member_no bigint,
        provider varchar, code varchar, from_date date, to_date date, units decimal(18, 3), first_day date, last_day date)""",
    "object": """create or replace table object (rule_no bigint, role varchar, line_no bigint, claim_no bigint, member_no bigint,
        provider varchar, code varchar, from_date date, to_date date)""",
    "finding": """create or replace table finding (rule_no bigint, outcome varchar, line_no bigint, first_day date,
        last_day date, units decimal(18, 3), other_line_no bigint, effect varchar, stage integer)""",
    "lost_day": "create or replace table lost_day (line_no bigint, day date)",
    "pending_day": "create or replace table pending_day (line_no bigint, day date)",
}

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


def buckets(engine: Engine) -> pa.Table:
    """Which of 32 buckets each loaded claim's member falls into, by a hash that is the same everywhere.

    Columns claim_no, bucket, member, payer, provider; one row per claim. No rule reaches beyond a member's bucket.
    """
    engine.once(_NAMED)
    return engine.rows(_BUCKETS)


def prepare(engine: Engine, withdrawn: bool = True) -> set[str]:
    """Make every table that the kinds read, and name the kinds that may have subjects.

    Claims, rule tables and small tables must be loaded.

    withdrawn: find the withdrawn claims among these; False where ``withdrawn_elsewhere`` is loaded.
    """
    engine.once(_NAMED)
    engine.run(_CLAIMS)
    if _any_withdrawing(engine) or (not withdrawn and engine.holds("withdrawn_elsewhere")):
        engine.once(_OF_NAME)
        for step in (WITHDRAWN if withdrawn else _GIVEN, _GONE):
            engine.run(step)
    else:
        engine.empty("withdrawn", _NONE_WITHDRAWN)
        engine.empty("gone", _NONE_GONE)
    if _any_telling(engine):
        engine.run(_MODIFIERS)
    else:
        engine.empty("line_modifier", _NO_MODIFIERS)
    lines = engine.run(_LINES)
    for step in (_CLAIM_SCOPE, _LINE_SCOPE):
        engine.run(step)
    for table, step in _EMPTY.items():
        engine.empty(table, step)
    engine.once(_LINKED)
    if engine.holds("unsound") or not engine.bare("unsound_line"):
        engine.run(_UNSOUND)
    sorts = drawing.open_judged(engine)
    _sift(engine, {kind for kind, *_ in sorts})
    drawing.draw_judged(engine, sorts)
    engine.once(_LEFT_ALONE)
    if engine.bare("selected"):
        return set()
    chosen = engine.few(_CHOSEN)
    engine.run(_SUBJECT)
    if any(beside for _, beside in chosen):
        engine.run(_SUBJECT_BESIDE)
    if any(KINDS[kind].looks() for kind, _ in chosen):
        drawing.draw_others(engine, lines)
    return {kind for kind, _ in chosen}


def _any_withdrawing(engine: Engine) -> bool:
    return not engine.met("claim", "frequency").isdisjoint(engine.met("withdrawing", "frequency"))


def _any_telling(engine: Engine) -> bool:
    telling = engine.met("telling_modifier", "modifier")
    return not telling.isdisjoint(engine.met("line", *MODIFIERS))


def _sift(engine: Engine, kinds: set[str]) -> None:
    """Run the sifts of kinds that have an open selector."""
    for kind in sorted(KINDS.values(), key=lambda kind: kind.stage):  # a sift may read what those of earlier stages left
        if kind.sift and kind.kind in kinds and kind.meets(engine):
            engine.run(kind.sift)
