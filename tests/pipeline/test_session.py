"""A session judges one claim after another as a fresh start would: nothing of a batch outlives it but rules and codes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import pytest

from judge.to_837 import to_837
from perdiem.edits import KINDS, drawing, scope
from perdiem.edits.rule import Rule
from perdiem.engine.embedded import Engine
from perdiem.formats import report
from perdiem.formats.intake import read
from perdiem.model.schema import CLAIM, LINE, Batch
from perdiem.pipeline import decide as deciding
from perdiem.pipeline.answer import answers
from perdiem.pipeline.session import Session
from perdiem.policy.cases import draw
from perdiem.policy.read import read_policies

from .claims import Claim, claim, line, members, pool

POLICIES = read_policies()


def batch(*claims: Claim) -> Batch:
    return read(["-"], stdin=io.BytesIO(to_837(list(claims)).encode()))


def told(session: Session, *claims: Claim, history: Batch | None = None) -> str:
    return "".join(report.jsonl(answers(session.judge(batch(*claims), history=history))))


def fresh(*claims: Claim, history: Batch | None = None) -> str:
    with Session(POLICIES) as session:
        return told(session, *claims, history=history)


def earlier(*lines: dict[str, object]) -> Batch:
    drawn = draw([{"line": list(lines)}] if lines else [], "84980", earlier=True)
    return replace(drawn, claim=drawn.claim.cast(CLAIM.arrow), line=drawn.line.cast(LINE.arrow))


def few(count: int) -> Sequence[list[Claim]]:
    return [[pool()[at] for at in group] for group in members()[:count]]


def test_one_after_another_is_one_alone() -> None:
    """Each member's claims warm, after all those before: new codes come and go, batches grow and shrink."""
    with Session(POLICIES) as session:
        warm = [told(session, *own) for own in few(12)]
        again = [told(session, *own) for own in reversed(few(12))]
    assert warm == [fresh(*own) for own in few(12)]
    assert again == warm[::-1]


def test_a_large_batch_between_small_ones() -> None:
    """The planner's settings change with the size of a batch, and the answer does not."""
    large = list(pool()[:600])
    with Session(POLICIES) as session:
        small = told(session, *few(1)[0])
        between = told(session, *large)
        assert told(session, *few(1)[0]) == small
    assert between == fresh(*large)


def the_long_way(ask: pytest.MonkeyPatch) -> None:
    """Nothing is known to be empty or not needed: every step is taken, whatever is there."""
    ask.setattr(Engine, "bare", lambda self, table: False)
    ask.setattr(Engine, "holds", lambda self, table: True)
    ask.setattr(Engine, "none", Engine.rows)
    ask.setattr(Rule, "looks", lambda: True)
    for kind in KINDS.values():
        ask.setattr(kind, "meets", lambda engine: True)
    ask.setattr(drawing, "_ways", lambda engine, sorts: (True, True, True))
    ask.setattr(drawing, "_ALL_NEAR", -1)
    ask.setattr(scope, "_any_withdrawing", lambda engine: True)
    ask.setattr(scope, "_any_telling", lambda engine: True)
    ask.setattr(scope, "_CHOSEN", "select distinct kind, true from rule")
    ask.setattr(deciding, "_EFFECTS", "select unnest(['deny', 'pend'])")
    ask.setattr(deciding, "_any_unedited", lambda lines, scoped: True)


def test_the_shorter_ways_lead_to_the_same_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a small batch spares itself, asked to be done all the same, changes nothing."""
    with Session(POLICIES) as session:
        short = [told(session, *own) for own in few(12)]
    the_long_way(monkeypatch)
    with Session(POLICIES) as session:
        assert [told(session, *own) for own in few(12)] == short


DRUG = line("J0696", 56)
STEPS = [
    ("S9500", [claim(line("S9500"), DRUG)], ["pay", "pay"]),
    ("a code not seen before", [claim(line("S9501"), line("J0692", 56))], ["pay", "pay"]),
    ("an unknown code", [claim(line("S9500"), DRUG, line("J9998", 1))], ["pay", "pay", "pend"]),
    ("nothing in scope", [claim(line("A4222", 1), payer={"name": "AETNA", "id": "60054"})], ["unedited"]),
    ("the first again", [claim(line("S9500"), DRUG)], ["pay", "pay"]),
]


def test_new_codes_and_old_ones() -> None:
    with Session(POLICIES) as session:
        for what, claims, wanted in STEPS:
            run = session.judge(batch(*claims))
            assert [row["verdict"] for row in run.decision.to_pylist()] == wanted, what


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 0, 1, 2, 0, 3)])
def test_with_and_without_history_by_turns(order: tuple[int, ...]) -> None:
    """A supply without history, with an empty one, with a per diem that day, with one another day."""
    per_diem = {"code": "S9500", "units": 1}
    asked = claim(line("A4222", 1, "2024-06-05", "2024-06-05"))
    steps = [
        (None, "pend"),
        (earlier(), "pay"),
        (earlier({**per_diem, "days": "2024-06-05"}), "deny"),
        (earlier({**per_diem, "days": "2024-06-06"}), "pay"),
    ]
    with Session(POLICIES) as session:
        for number in order:
            history, wanted = steps[number]
            run = session.judge(batch({**asked, "member": "M1"}), history=history)
            assert [row["verdict"] for row in run.decision.to_pylist()] == [wanted], number


def test_history_does_not_stay() -> None:
    """The withdrawals and earlier claims of one batch are gone with it."""
    own = few(6)
    with Session(POLICIES) as session:
        for one in own:
            session.judge(batch(*one), history=earlier({"code": "S9500", "units": 7, "days": "2024-06-03..2024-06-09"}))
        assert [told(session, *one) for one in own] == [fresh(*one) for one in own]
