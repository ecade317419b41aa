"""Stages: the kinds run in declared order, and a kind reads only what earlier stages found.

After each stage the days that its findings deny or pend are added to ``lost_day`` and ``pending_day``.
A finding in excess of units takes no day away.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby

from perdiem.edits import KINDS
from perdiem.edits.rule import Rule
from perdiem.engine.embedded import Engine

_LOSE = """
    insert into lost_day
    select distinct line_no, day from (
        select f.line_no, f.first_day + unnest(range(f.last_day - f.first_day + 1))::integer as day
        from finding f semi join object o using (line_no)
        where f.effect = 'deny' and f.units is null and f.stage = ?
    ) d anti join lost_day x using (line_no, day)
"""
_PEND = """
    insert into pending_day
    select distinct line_no, day from (
        select f.line_no, f.first_day + unnest(range(f.last_day - f.first_day + 1))::integer as day
        from finding f semi join object o using (line_no)
        where f.effect = 'pend' and f.units is null and f.stage = ?
    ) d anti join pending_day x using (line_no, day)
"""
_ADD = """
    insert into finding
    select f.rule_no, f.outcome, f.line_no, f.first_day, f.last_day, f.units, f.other_line_no, o.effect, ?
    from found f join outcome o on o.rule_no = f.rule_no and o.outcome = f.outcome
"""
_EFFECTS = "select distinct effect from finding where stage = ?"
_FOUND = """
    create or replace table found (rule_no bigint, outcome varchar, line_no bigint, first_day date, last_day date,
        units decimal(18, 3), other_line_no bigint)
"""


def stages() -> list[list[type[Rule]]]:
    """The kinds by stage, in order; within a stage by name."""
    ordered = sorted(KINDS.values(), key=lambda kind: (kind.stage, kind.kind))
    return [list(group) for _, group in groupby(ordered, key=lambda kind: kind.stage)]


def find(engine: Engine, kinds: Collection[str]) -> None:
    """Run these kinds, which are all that have subjects, and fill ``finding``, ``lost_day`` and ``pending_day``."""
    if engine.bare("subject"):
        return
    for stage in stages():
        chosen = [kind for kind in stage if kind.kind in kinds]
        if not chosen:
            continue
        engine.empty("found", _FOUND)
        for kind in chosen:
            _find(engine, kind)
        number = stage[0].stage
        if not engine.run(_ADD, [number]) or engine.bare("object"):  # then nobody asks for days that are lost
            continue
        effects = engine.words(_EFFECTS, [number])
        for effect, step in (("deny", _LOSE), ("pend", _PEND)):
            if effect in effects and number < _LAST:
                engine.run(step, [number])


def _find(engine: Engine, kind: type[Rule]) -> None:
    if kind.settles:
        engine.run(kind.settles)
    if kind.opens:
        engine.run(kind.opens)
        if not engine.words("select rule_no from open_line limit 1"):
            return
    engine.run(kind.finds)


_LAST = max(kind.stage for kind in KINDS.values())
