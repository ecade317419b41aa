"""Stages: the kinds run in declared order, and a kind reads only what earlier stages found.

After each stage the days that its findings deny or pend are added to ``lost_day`` and ``pending_day``.
A finding in excess of units takes no day away.
"""

from __future__ import annotations

from itertools import groupby

from perdiem.edits import KINDS
from perdiem.edits.rule import Rule
from perdiem.engine.embedded import Engine

_COLLECT = (
    "create or replace temp table found (rule_no bigint, outcome varchar, line_no bigint, first_day date, "
    "last_day date, units decimal(18, 3), other_line_no bigint)"
)
_KEEP = """
    insert into finding
    select f.* from found f semi join outcome o on o.rule_no = f.rule_no and o.outcome = f.outcome
"""
_LOSE = """
    insert into lost_day
    select distinct line_no, day from (
        select f.line_no, f.first_day + unnest(range(f.last_day - f.first_day + 1))::integer as day
        from found f join outcome o on o.rule_no = f.rule_no and o.outcome = f.outcome
        where o.effect = 'deny' and f.units is null
    ) d anti join lost_day x using (line_no, day)
"""
_PEND = """
    insert into pending_day
    select distinct line_no, day from (
        select f.line_no, f.first_day + unnest(range(f.last_day - f.first_day + 1))::integer as day
        from found f join outcome o on o.rule_no = f.rule_no and o.outcome = f.outcome
        where o.effect = 'pend' and f.units is null
    ) d anti join pending_day x using (line_no, day)
"""


def stages() -> list[list[type[Rule]]]:
    """The kinds by stage, in order; within a stage by name."""
    ordered = sorted(KINDS.values(), key=lambda kind: (kind.stage, kind.kind))
    return [list(group) for _, group in groupby(ordered, key=lambda kind: kind.stage)]


def find(engine: Engine) -> None:
    """Run every kind over the prepared tables and fill ``finding``, ``lost_day`` and ``pending_day``."""
    for stage in stages():
        engine.run(_COLLECT)
        for kind in stage:
            engine.insert("found", kind.finds)
        for step in (_KEEP, _LOSE, _PEND):
            engine.run(step)
