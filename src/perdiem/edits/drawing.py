"""Drawing: selectors draw the lines that rules judge, and those they look at, from the lines of the batch.

Codes come first, being few; then modifiers and components, where a selector asks for them. What is drawn for the lines
that a rule only looks at comes from the members who have a line judged by it.
"""

from __future__ import annotations

# one row per selector and line of its codes, for the selectors that are open: those that ask for a modifier or a component
# begin with the few lines that have it, sifted kinds with the lines that can matter
DRAWN = """
    create view if not exists drawn as
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
FITTING = """
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

EVERY_LINE = "create or replace view line_at_hand as from live_line"

# only lines of members whose lines are judged by a rule that looks at others
NEAR_LINES = """
    create or replace table near_line as
    from live_line semi join (
        select x.member_no from subject x where x.rule_no in (select s.rule_no from open_selector s)) m using (member_no)
"""

LINES_NEAR = "create or replace view line_at_hand as from near_line"

OPEN_OTHERS = """
    create or replace table open_selector as
    from selector s where s.role <> 'on' and exists (from subject x where x.rule_no = s.rule_no)
"""

SELECTED = """
    create or replace table selected as
    select rule_no, scope_by, line_no, claim_no, member_no, provider, code, from_date, to_date, units from fitting where line_no > 0
"""

OBJECT = """
    create or replace table object as
    select x.rule_no, x.role, x.line_no, x.claim_no, x.member_no, x.provider, x.code, x.from_date, x.to_date
    from fitting x semi join subject s on s.rule_no = x.rule_no and s.member_no = x.member_no
"""

# one row per line that a rule looks at as equipment: the days on which the member has it
EQUIPMENT = """
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
