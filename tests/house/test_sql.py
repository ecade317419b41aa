"""SQL has no holes: no query is put together from parts, and every query plans against the schema's empty tables."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from perdiem.edits import KINDS, drawing, scope
from perdiem.edits.scope import buckets, prepare
from perdiem.edits.stages import _ADD, _FOUND, _LOSE, _PEND, find, stages
from perdiem.edits.withdrawal import WITHDRAWN
from perdiem.engine.embedded import Engine
from perdiem.model.schema import CLAIM_TABLES, Batch, Census
from perdiem.pipeline import decide as deciding
from perdiem.pipeline.answer import answers
from perdiem.pipeline.check import judge
from perdiem.pipeline.decide import decide
from perdiem.pipeline.history import place
from perdiem.pipeline.ledger import ledger
from perdiem.pipeline.session import Session
from perdiem.pipeline.withdrawals import FOUND, OF_NAME, Withdrawals, _among
from perdiem.policy.read import read_policies

from . import tree

_SQL = re.compile(r"\b(select|insert\s+into|create\s+(or\s+replace\s+)?(temp\s+)?(table|view)|delete\s+from)\b", re.I)
KIND_QUERIES = {"kind.sift", "kind.settles", "kind.opens", "kind.finds"}
_BUILDERS = {"format", "format_map", "replace", "join", "substitute", "safe_substitute"}
ON_DEMAND = (
    WITHDRAWN, scope._GONE, scope._MODIFIERS, scope._UNSOUND, scope._SUBJECT, scope._SUBJECT_BESIDE,
    drawing._SELECTED_BY_CODE, drawing._SELECTED_BY_SIFT, drawing._SELECTED,
    drawing._OPEN_OTHERS, drawing._NEAR_LINES, drawing._LINES_NEAR, drawing._EVERY_LINE,
    drawing._OBJECT_BY_CODE, drawing._OBJECT_BY_SIFT, drawing._OBJECT,
    deciding._JUDGED, deciding._FOLDED, deciding._COST, deciding._FOUND, deciding._UNTOUCHED, deciding._UNEDITED,
)  # fmt: skip
ASKED = (drawing._SORTS, drawing._ANY_MODIFIER, scope._CHOSEN)
FINDING = ("rule_no", "outcome", "line_no", "first_day", "last_day", "units", "other_line_no")


def texts(node: ast.AST) -> str:
    return " ".join(n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))


def built(module: ast.Module) -> Iterator[str]:
    """Expressions of a module that put text with SQL in it together."""
    for node in ast.walk(module):
        joins = (
            isinstance(node, ast.JoinedStr)
            or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod | ast.Mult))
            or (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _BUILDERS)
            or isinstance(node, ast.AugAssign)
        )
        if joins and _SQL.search(texts(node)):
            yield f"line {getattr(node, 'lineno', 0)}: {ast.unparse(node)[:80]}"


@pytest.mark.parametrize("path", tree.files(), ids=lambda path: tree.module_name(path))
def test_no_query_is_built(path: Path) -> None:
    assert not list(built(tree.tree(path)))


@pytest.mark.parametrize("path", tree.files(), ids=lambda path: tree.module_name(path))
def test_the_engine_gets_constants(path: Path) -> None:
    """What is handed to the engine is a constant, a module's constant, or a query that a kind declares."""
    verbs = {"run": 0, "once": 0, "words": 0, "few": 0, "none": 0, "rows": 0, "empty": 1, "insert": 1, "execute": 0, "sql": 0}
    wrong = []
    for node in ast.walk(tree.tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in verbs:
            owner = ast.unparse(node.func.value)
            at = verbs[node.func.attr]
            if owner in ("engine", "self._db") and len(node.args) > at:
                given = node.args[at]
                if not isinstance(given, ast.Constant | ast.Name) and ast.unparse(given) not in KIND_QUERIES:
                    wrong.append(f"{tree.place(path, node.lineno)} {ast.unparse(given)[:60]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "text",
    ["f'select {x} from y'", "'select %s' % x", "'select ' + x", "'create table {}'.format(x)", "' '.join(['select 1', x])",
     "q += ' insert into y'", "'select a from b'.replace('a', x)"],
)  # fmt: skip
def test_the_test_sees_built_queries(text: str) -> None:
    assert list(built(ast.parse(text)))


def test_the_test_lets_constants_be() -> None:
    assert not list(built(ast.parse("x = ('select a ' 'from b')\ny = f'{a} selects nothing' + 'selected'")))


def nothing() -> Batch:
    """A batch without claims."""
    return Batch(*(pa.table({c.name: pa.array([], c.type) for c in table.columns}) for table in CLAIM_TABLES), Census())


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine that has judged nothing: every table stands and is empty."""
    with Session(read_policies(), threads=1) as session:
        session.judge(nothing())
        yield session._engine


def test_every_step_plans_on_empty_tables(engine: Engine) -> None:
    """With history, without, and with withdrawals found elsewhere; what only runs where something is found, too."""
    engine.load("withdrawn_elsewhere", FOUND.empty_table())
    engine.once(scope._OF_NAME)
    for withdrawn in (True, False):
        prepare(engine, withdrawn=withdrawn)
        find(engine, KINDS)
        engine.run(_FOUND)
        for step in (_ADD, _LOSE, _PEND):
            engine.run(step, [1])
        decide(engine, 1)
        for step in ON_DEMAND:
            assert engine.run(step) == 0
        for question in ASKED:
            assert engine.few(question) == []
        for name in ("finding", "decision", "claim_decision", "finding_out", "withdrawn", "judged_span"):
            assert engine.rows(f"select * from {name}").num_rows == 0
    assert buckets(engine).num_rows == 0


def test_withdrawals_plan_on_empty_tables() -> None:
    placed = place(nothing())
    noted = Withdrawals()
    noted.note(nothing().claim, placed.payer, placed.provider)
    assert noted.among().schema == FOUND
    assert _among(noted.naming[0], noted.claims[0].cast(OF_NAME)).schema == FOUND


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_finds_findings(engine: Engine, kind: str) -> None:
    """Its statements plan; what they insert has the columns of a finding, in their order, by name."""
    of = KINDS[kind]
    prepare(engine)
    engine.run(_FOUND)
    for statement in (of.sift, of.settles, of.opens, of.finds):
        if statement:
            engine.run(statement)
    assert engine.rows("select * from found").num_rows == 0
    for statement in filter(None, (of.settles, of.finds)):
        rows = engine.rows(selecting(statement))
        assert len(rows.schema.names) == len(FINDING), kind
        for given, name in zip(rows.schema, FINDING, strict=True):  # columns are inserted in order; one with a name has its own
            assert given.name == name or given.name not in FINDING, (kind, given.name, name)


def selecting(statement: str) -> str:
    """What a statement inserts into ``found``, as a query."""
    verb, query = statement.strip().split("\n", 1)
    assert verb == "insert into found"
    return query


def test_a_kinds_statements_fill_the_tables_they_are_for() -> None:
    begins = {"sift": "insert into sifted", "settles": "insert into found", "finds": "insert into found",
              "opens": "create or replace table open_line as"}  # fmt: skip
    for kind in KINDS.values():
        for name, begin in begins.items():
            statement = getattr(kind, name)
            assert not statement or statement.strip().startswith(begin), (kind.kind, name)
        assert kind.finds, kind.kind
        assert ("open_line" in kind.finds) == bool(kind.opens), kind.kind


def test_stages_hold_every_kind_once() -> None:
    flat = [kind.kind for stage in stages() for kind in stage]
    assert sorted(flat) == sorted(KINDS)
    assert [stage[0].stage for stage in stages()] == sorted({kind.stage for kind in KINDS.values()})


def test_kinds_say_their_outcomes_and_no_others() -> None:
    """Every outcome a kind declares stands in its query, so that none is promised and never given."""
    for kind in KINDS.values():
        for outcome in kind.ends:
            quoted = f"'{outcome}'" in kind.finds + kind.settles
            by_data = outcome in kind.ends and kind.kind in ("allowed_values", "one_modifier")
            assert quoted or by_data, (kind.kind, outcome)


def test_an_empty_batch_has_an_empty_answer() -> None:
    run = judge(nothing(), read_policies())
    assert list(answers(run)) == []
    told = ledger(run)
    assert (told["claims_in"], told["judged"], told["rejected"], told["charge_in"]) == (0, 0, 0, "0.00")
    assert set(told["verdicts"].values()) == {0}
