"""Drawing: selectors draw the lines that rules judge, and those they look at, from the lines of the batch.

Codes come first, being few; then modifiers and components, where a selector asks for them. What is drawn for the lines
that a rule only looks at comes from the members who have a line judged by it.
"""

from __future__ import annotations

from perdiem.engine.embedded import Engine

# what the batch's lines bring of the selectors that are open, one row per selector and code; first those of lines judged.
# Rules of policies without a line here, their own or that of a policy beside which they stand, select nothing
_OPEN_JUDGED = """
    create or replace table open_code as
    from selector where role = 'on' and code in (select code from live_line)
      and policy_no in (select policy_no from policy_open where by_policy_no in (select policy_no from line_scope))
"""

_OPEN_OTHERS = """
    create or replace table open_code as
    from selector where role <> 'on' and code in (select code from live_line) and rule_no in (select rule_no from subject)
"""

# what sorts of selectors are open decides which of the steps below have anything to do
_SORTS = "select distinct kind, plain, sifted, needs_modifier, needs_component from open_code"
_ANY_MODIFIER = "select modifier from line_modifier semi join (from selector_modifier where wanted) k using (modifier) limit 1"

# for selectors by more than the code: those that ask for a modifier or a component begin with the few lines that have it,
# sifted kinds with the lines that can matter
_DRAWN = """
    create view drawn as
    select s.*, l.line_no, l.claim_no, l.member_no, l.provider, l.from_date, l.to_date, l.units, l.component
    from open_code s join line_at_hand l using (code)
    where not s.plain and not s.sifted and not s.needs_modifier and not s.needs_component
    union all
    select s.*, l.line_no, l.claim_no, l.member_no, l.provider, l.from_date, l.to_date, l.units, l.component
    from (
        select distinct k.selector_no, m.line_no from line_modifier m join selector_modifier k using (modifier) where k.wanted
    ) m join line_at_hand l using (line_no) join open_code s using (selector_no, code)
    where not s.plain and not s.sifted and s.needs_modifier
    union all
    select s.*, l.line_no, l.claim_no, l.member_no, l.provider, l.from_date, l.to_date, l.units, l.component
    from selector_component x join line_at_hand l using (component) join open_code s using (selector_no, code)
    where not s.plain and not s.sifted and s.needs_component and not s.needs_modifier
    union all
    select s.*, l.line_no, l.claim_no, l.member_no, l.provider, l.from_date, l.to_date, l.units, l.component
    from sifted z join line_at_hand l using (line_no) join open_code s using (rule_no, code)
    where not s.plain and s.sifted
"""

# one row per rule, role and line that an open selector by more than the code fits
_FITTING = """
    create view fitting as
    select distinct d.rule_no, d.role, d.scope_by, d.line_no, d.claim_no, d.member_no, d.provider, d.code,
           d.from_date, d.to_date, d.units
    from drawn d
    where (not d.needs_component or exists (
          from selector_component x where x.selector_no = d.selector_no and x.component = d.component))
      and (not d.needs_modifier or exists (
          from line_modifier m join selector_modifier k using (modifier)
          where m.line_no = d.line_no and k.selector_no = d.selector_no and k.wanted))
      and not exists (
          from line_modifier m join selector_modifier k using (modifier)
          where m.line_no = d.line_no and k.selector_no = d.selector_no and not k.wanted)
"""

_EVERY_LINE = "create or replace view line_at_hand as from live_line"

# of a large batch only lines of members whose lines are judged by a rule that looks at others
_NEAR_LINES = """
    create or replace table near_line as
    from live_line semi join (
        select x.member_no from subject x where x.rule_no in (select s.rule_no from open_code s)) m using (member_no)
"""

_LINES_NEAR = "create or replace view line_at_hand as from near_line"

_NONE_SELECTED = """
    create or replace table selected (rule_no bigint, scope_by varchar, line_no bigint, claim_no bigint, member_no bigint,
        provider varchar, code varchar, from_date date, to_date date, units decimal(18, 3))
"""

_SELECTED_BY_CODE = """
    insert into selected
    select s.rule_no, s.scope_by, l.line_no, l.claim_no, l.member_no, l.provider, l.code, l.from_date, l.to_date, l.units
    from open_code s join live_line l using (code)
    where s.plain and not s.sifted and l.line_no > 0
"""

_SELECTED_BY_SIFT = """
    insert into selected
    select s.rule_no, s.scope_by, l.line_no, l.claim_no, l.member_no, l.provider, l.code, l.from_date, l.to_date, l.units
    from sifted z join live_line l using (line_no) join open_code s using (rule_no, code)
    where s.plain and s.sifted and l.line_no > 0
"""

_SELECTED = """
    insert into selected
    select rule_no, scope_by, line_no, claim_no, member_no, provider, code, from_date, to_date, units from fitting where line_no > 0
"""

_OBJECT_BY_CODE = """
    insert into object
    select s.rule_no, s.role, l.line_no, l.claim_no, l.member_no, l.provider, l.code, l.from_date, l.to_date
    from open_code s join line_at_hand l using (code)
    semi join subject x on x.rule_no = s.rule_no and x.member_no = l.member_no
    where s.plain and not s.sifted
"""

_OBJECT_BY_SIFT = """
    insert into object
    select s.rule_no, s.role, l.line_no, l.claim_no, l.member_no, l.provider, l.code, l.from_date, l.to_date
    from sifted z join line_at_hand l using (line_no) join open_code s using (rule_no, code)
    semi join subject x on x.rule_no = s.rule_no and x.member_no = l.member_no
    where s.plain and s.sifted
"""

_OBJECT = """
    insert into object
    select x.rule_no, x.role, x.line_no, x.claim_no, x.member_no, x.provider, x.code, x.from_date, x.to_date
    from fitting x semi join subject s on s.rule_no = x.rule_no and s.member_no = x.member_no
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


_ALL_NEAR = 2000

Sorts = list[tuple[str, bool, bool, bool, bool]]
"""Of open selectors: kind, and whether the code alone decides, lines are sifted, a modifier or a component is asked for."""


def open_judged(engine: Engine) -> Sorts:
    """Make ``open_code`` out of the selectors of lines judged, and say of what sorts they are."""
    return _sorts(engine) if engine.run(_OPEN_JUDGED) else []


def draw_judged(engine: Engine, sorts: Sorts) -> None:
    """Make ``selected`` out of the open selectors, from every live line."""
    engine.empty("selected", _NONE_SELECTED)
    for view in (_EVERY_LINE, _DRAWN, _FITTING, _EQUIPMENT):
        engine.once(view)
    for step, way in zip((_SELECTED_BY_CODE, _SELECTED_BY_SIFT, _SELECTED), _ways(engine, sorts), strict=True):
        if way:
            engine.run(step)


def draw_others(engine: Engine, lines: int) -> None:
    """Make ``object`` out of the selectors of what rules with subjects look at, from the lines of members who have one.

    lines: how many there are; of few all are looked at.
    """
    if not engine.run(_OPEN_OTHERS):
        return
    if lines <= _ALL_NEAR:
        _draw_others(engine)
        return
    engine.run(_NEAR_LINES)
    engine.run(_LINES_NEAR)
    try:
        _draw_others(engine)
    finally:
        engine.run(_EVERY_LINE)


def _draw_others(engine: Engine) -> None:
    for step, way in zip((_OBJECT_BY_CODE, _OBJECT_BY_SIFT, _OBJECT), _ways(engine, _sorts(engine)), strict=True):
        if way:
            engine.run(step)


def _any_component(engine: Engine) -> bool:
    return not engine.met("line", "component").isdisjoint(engine.met("selector_component", "component"))


def _sorts(engine: Engine) -> Sorts:
    return engine.few(_SORTS)


def _ways(engine: Engine, sorts: Sorts) -> tuple[bool, bool, bool]:
    """Whether open selectors draw lines by the code alone, by the code out of those sifted, and by more than the code."""
    sifted = not engine.bare("sifted")
    plain = {way for _, by_code, way, _, _ in sorts if by_code}
    rest = [needs for _, by_code, way, *needs in sorts if not by_code and (sifted or not way)]
    modifier = any(m for m, _ in rest) and not engine.bare("line_modifier") and bool(engine.words(_ANY_MODIFIER))
    component = any(c for m, c in rest if not m) and _any_component(engine)
    return False in plain, sifted and True in plain, modifier or component or [False, False] in rest
