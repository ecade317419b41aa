"""SQL has no holes: no query is put together from parts, and every query plans against the schema's empty tables."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from perdiem.codes.book import open_book
from perdiem.edits import KINDS
from perdiem.edits.scope import prepare
from perdiem.edits.stages import find, stages
from perdiem.engine.embedded import Engine
from perdiem.model.schema import CLAIM_TABLES, Batch, Census
from perdiem.pipeline.answer import answers
from perdiem.pipeline.check import _tables, judge
from perdiem.pipeline.decide import decide
from perdiem.pipeline.ledger import ledger
from perdiem.policy.compile import compile_policies
from perdiem.policy.read import read_policies

from . import tree

_SQL = re.compile(r"\b(select|insert\s+into|create\s+(or\s+replace\s+)?(temp\s+)?(table|view)|delete\s+from)\b", re.I)
KIND_QUERIES = {"kind.finds", "kind.sift"}
_BUILDERS = {"format", "format_map", "replace", "join", "substitute", "safe_substitute"}
FINDING = {
    "rule_no": pa.int64(), "outcome": pa.string(), "line_no": pa.int64(), "first_day": pa.date32(), "last_day": pa.date32(),
    "units": pa.decimal128(18, 3), "other_line_no": pa.int64(),
}  # fmt: skip


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
    verbs = {"run": 0, "rows": 0, "insert": 1, "execute": 0, "sql": 0}
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
    book = open_book()
    compiled = compile_policies(read_policies(), book, [])
    with Engine(threads=1) as made:
        for name, table in _tables(nothing(), book, compiled).items():
            made.load(name, table)
        yield made


def test_every_query_plans_on_empty_tables(engine: Engine) -> None:
    prepare(engine)
    find(engine)
    decide(engine)
    for name in ("finding", "decision", "adjustment", "finding_out", "withdrawn"):
        assert engine.rows(f"select * from {name}").num_rows == 0


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_finds_findings(engine: Engine, kind: str) -> None:
    prepare(engine)
    rows = engine.rows(KINDS[kind].finds)
    assert rows.num_rows == 0
    assert rows.schema.names == list(FINDING)
    for name, wanted in FINDING.items():
        assert rows.schema.field(name).type == wanted, (kind, name)


def test_stages_hold_every_kind_once() -> None:
    flat = [kind.kind for stage in stages() for kind in stage]
    assert sorted(flat) == sorted(KINDS)
    assert [stage[0].stage for stage in stages()] == sorted({kind.stage for kind in KINDS.values()})


def test_kinds_say_their_outcomes_and_no_others() -> None:
    """Every outcome a kind declares stands in its query, so that none is promised and never given."""
    for kind in KINDS.values():
        for outcome in kind.ends:
            quoted = f"'{outcome}'" in kind.finds
            by_data = kind.kind == "allowed_values"
            assert quoted or by_data, (kind.kind, outcome)


def test_an_empty_batch_has_an_empty_answer() -> None:
    run = judge(nothing(), read_policies())
    assert list(answers(run)) == []
    told = ledger(run)
    assert (told["claims_in"], told["judged"], told["rejected"], told["charge_in"]) == (0, 0, 0, "0.00")
    assert set(told["verdicts"].values()) == {0}
