"""Drawing: selectors draw the lines that rules judge, and those they look at, from the lines of the batch.

Codes come first, being few; then modifiers and components, where a selector asks for them. What is drawn for the lines
that a rule only looks at comes from the members who have a line judged by it.
"""

from __future__ import annotations

from perdiem.engine.embedded import Engine

# one row per selector and line of its codes, for the selectors that are open: those that ask for a modifier or a component
# begin with the few lines that have it, sifted kinds with the lines that can matter
_DRAWN = """
    create view drawn as
    select s.*, l.line_no, l.claim_no, l.member_no, l.provider, l.code, l.from_date, l.to_date, l.units, l.component
    from open_selector s join selector_code c using (selector_no) join line_at_hand l using (code)
    where not s.sifted and not s.needs_modifier and not s.needs_component
    union all
    select s.*, l.line_no, l.claim_no, l.member_no, l.provider, l.code, l.from_date, l.to_date, l.units, l.component
    from (
        select distinct k.selector_no, m.line_no from line_modifier m join selector_modifier k using (modifier) where k.wanted
    ) m join open_selector s using (selector_no) join line_at_hand l using (line_no)
    join selector_code c on c.selector_no = s.selector_no and c.code = l.code
    where not s.sifted and s.needs_modifier
    union all
    select s.*, l.line_no, l.claim_no, l.member_no, l.provider, l.code, l.from_date, l.to_date, l.units, l.component
    from selector_component x join open_selector s using (selector_no) join line_at_hand l using (component)
    join selector_code c on c.selector_no = s.selector_no and c.code = l.code
    where not s.sifted and s.needs_component and not s.needs_modifier
    union all
    select s.*, l.line_no, l.claim_no, l.member_no, l.provider, l.code, l.from_date, l.to_date, l.units, l.component
    from sifted z join line_at_hand l using (line_no) join open_selector s using (rule_no)
    join selector_code c on c.selector_no = s.selector_no and c.code = l.code
    where s.sifted
"""

# one row per rule, role and line that an open selector fits
_FITTING = """
    create view fitting as
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

_EVERY_LINE = "create or replace view line_at_hand as from live_line"

# only lines of members whose lines are judged by a rule that looks at others
_NEAR_LINES = """
    create or replace table near_line as
    from live_line semi join (
        select x.member_no from subject x where x.rule_no in (select s.rule_no from open_selector s)) m using (member_no)
"""

_LINES_NEAR = "create or replace view line_at_hand as from near_line"

_OPEN_OTHERS = """
    create or replace table open_selector as
    from selector s where s.role <> 'on' and exists (from subject x where x.rule_no = s.rule_no)
"""

_SELECTED = """
    create or replace table selected as
    select rule_no, scope_by, line_no, claim_no, member_no, provider, code, from_date, to_date, units from fitting where line_no > 0
"""

_OBJECT = """
    create or replace table object as
    select x.rule_no, x.role, x.line_no, x.claim_no, x.member_no, x.provider, x.code, x.from_date, x.to_date
    from fitting x semi join subject s on s.rule_no = x.rule_no and s.member_no = x.member_no
"""

# where only the code decides, which is so of most small batches, a shorter way leads to the same rows
_NOT_BY_CODE = """
    select s.selector_no from open_selector s join selector_code c using (selector_no) semi join line_at_hand l using (code)
    where not s.plain limit 1
"""

_SELECTED_BY_CODE = """
    create or replace table selected as
    select s.rule_no, s.scope_by, l.line_no, l.claim_no, l.member_no, l.provider, l.code, l.from_date, l.to_date, l.units
    from open_selector s join selector_code c using (selector_no) join line_at_hand l using (code)
    where s.plain and not s.sifted and l.line_no > 0
    union all
    select s.rule_no, s.scope_by, l.line_no, l.claim_no, l.member_no, l.provider, l.code, l.from_date, l.to_date, l.units
    from sifted z join line_at_hand l using (line_no) join open_selector s using (rule_no)
    join selector_code c on c.selector_no = s.selector_no and c.code = l.code
    where s.plain and s.sifted and l.line_no > 0
"""

_OBJECT_BY_CODE = """
    create or replace table object as
    with fitting as (
        select s.rule_no, s.role, l.line_no, l.claim_no, l.member_no, l.provider, l.code, l.from_date, l.to_date
        from open_selector s join selector_code c using (selector_no) join line_at_hand l using (code)
        where s.plain and not s.sifted
        union all
        select s.rule_no, s.role, l.line_no, l.claim_no, l.member_no, l.provider, l.code, l.from_date, l.to_date
        from sifted z join line_at_hand l using (line_no) join open_selector s using (rule_no)
        join selector_code c on c.selector_no = s.selector_no and c.code = l.code
        where s.plain and s.sifted
    )
    select x.* from fitting x semi join subject s on s.rule_no = x.rule_no and s.member_no = x.member_no
"""

# one row per line that a rule looks at as equipment: the days on which the member has it
_EQUIPMENT = """
    create view equipment_span as
    select o.rule_no, o.role, o.line_no, o.member_no, o.from_date as first_day,
           case when bool_or(v.outcome = 'bought') then date '9999-12-31'
                when bool_or(v.outcome = 'rented')
                then greatest(o.to_date, (o.from_date + interval 1 month - interval 1 day)::date)
                else o.to_date end as last_day
    from object o left join line_modifier m using (line_no)
    left join rule_value v on v.rule_no = o.rule_no and v.value = m.modifier
    group by o.rule_no, o.role, o.line_no, o.member_no, o.from_date, o.to_date
"""


def draw_judged(engine: Engine) -> None:
    """Make ``selected`` out of the open selectors of lines judged, from every live line."""
    engine.run(_EVERY_LINE)
    engine.once(_DRAWN)
    engine.once(_FITTING)
    step = _SELECTED if engine.words(_NOT_BY_CODE) else _SELECTED_BY_CODE
    engine.run(step)


def draw_others(engine: Engine) -> None:
    """Make ``object`` out of the selectors of what rules with subjects look at, from the lines of members who have one."""
    for made in (_OPEN_OTHERS, _NEAR_LINES, _LINES_NEAR):
        engine.run(made)
    step = _OBJECT if engine.words(_NOT_BY_CODE) else _OBJECT_BY_CODE
    engine.run(step)
    engine.once(_EQUIPMENT)
