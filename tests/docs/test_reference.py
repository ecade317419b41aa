"""The reference pages are current and whole: every command, kind, setting, table, column, policy and source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any

import pytest
import typer.main

from perdiem import answers, check, ledger
from perdiem.cli import app
from perdiem.codes.book import LIBRARY, open_book
from perdiem.edits import KINDS
from perdiem.edits.rule import Lines, Outcome
from perdiem.formats.report import CSV_COLUMNS
from perdiem.model.schema import CLAIM_TABLES
from perdiem.pipeline.export import TABLES
from perdiem.policy.coverage import coverage
from perdiem.policy.read import read_policies

from .pages import DOCS, ROOT, script


@cache
def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


@pytest.mark.parametrize("name", sorted(script("reference").build()))
def test_the_reference_is_current(name: str) -> None:
    assert page(name) == script("reference").build()[name], "run: make docs"


def test_no_page_outlives_its_policy() -> None:
    assert {f"policies/{file.name}" for file in (DOCS / "policies").iterdir()} <= set(script("reference").build())


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    yield name, command
    for sub, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, f"{name} {sub}")


def test_every_command_and_option_is_documented() -> None:
    for name, command in _commands(typer.main.get_command(app), "perdiem"):
        assert f"\n## {name}\n" in page("commands.md")
        text = page("commands.md").split(f"\n## {name}\n")[1].partition("\n## ")[0]
        for param in command.params:
            if param.param_type_name == "option" and param.name != "help":
                assert all(option in text for option in param.opts), f"{name} {param.opts}"


def test_every_command_is_shown_in_use() -> None:
    """The pages for people run each command at least once."""
    shown = "\n".join(file.read_text("utf-8") for file in [ROOT / "README.md", *DOCS.rglob("*.md")])
    for name, command in _commands(typer.main.get_command(app), "perdiem"):
        if not getattr(command, "commands", {}):
            assert f"\n$ {name} " in shown or f"\n$ {name}\n" in shown, name


def test_the_reference_names_every_kind_field_and_outcome() -> None:
    for kind in KINDS.values():
        text = page("kinds.md").split(f"\n## {kind.kind}\n")[1].partition("\n## ")[0]
        assert all(f"| `{name}` |" in text for name in kind.ends)
        common = page("kinds.md").partition("\n## ")[2].partition("\n## ")[0]
        assert all(f"`{f.name}`" in text or f"`{f.name}`" in common for f in fields(kind) if f.name != "outcomes")
    assert all(f"{f.name}:" in page("kinds.md") for f in fields(Lines))


def test_every_setting_of_a_policy_file_is_documented() -> None:
    code = (ROOT / "src/perdiem/policy/read.py").read_text("utf-8")
    keys = set(re.findall(r"""(?:toml|head|source|scope)(?:\[|\.get\()"(\w+)\"""", code)) - {"policy", "id", "kind"}
    keys |= {"payer", "effective", "key", "claims_with"} | {f.name for f in fields(Outcome)}
    assert len(keys) > 20
    text = page("writing-a-policy.md")
    assert not {key for key in keys if f"`{key}`" not in text}


def test_every_table_and_column_is_documented() -> None:
    text = page("tables.md")
    for table in CLAIM_TABLES:
        part = text.split(f"\n### {table.name} (read)\n")[1].partition("\n### ")[0]
        assert table.grain in part
        assert all(f"| `{column.name}` |" in part and column.meaning in part for column in table.columns)
    read = {table.name: {column.name for column in table.columns} for table in CLAIM_TABLES}
    for name, schema in TABLES.items():
        part = text.split(f"\n### {name}.parquet\n")[1].partition("\n### ")[0]
        assert all(f"| `{column}` |" in part for column in schema.names if column not in read.get(name, ()))
    assert all(f"| `{column}` |" in text.split("\n## CSV\n")[1] for column in CSV_COLUMNS)


def test_no_meaning_outlives_its_column() -> None:
    tables = script("reference_tables")
    assert set(tables.MEANINGS) <= {f"{name}.{column}" for name, schema in TABLES.items() for column in schema.names}
    assert set(tables.CSV) == set(CSV_COLUMNS)
    assert set(tables.GRAINS) == set(TABLES)


@pytest.mark.parametrize("policy", read_policies(), ids=lambda policy: policy.name)
def test_every_rule_stands_on_its_policys_page(policy: Any) -> None:
    text = page(f"policies/{script('reference_policies').place(policy)}")
    for rule in policy.rules:
        part = text.split(f"\n### {rule.id}\n")[1].partition("\n### ")[0]
        assert all(words in part for words in (rule.says, rule.reading, rule.doubt))
        assert all(f"| {name} |" in part for name in rule.outcomes)
        assert part.count(", line ") + part.count("(by section)") == 1 + len(rule.also)
    if not (policy.folder / "coverage.toml").is_file():
        return
    for kind, words in coverage(policy, None).words.items():
        assert re.search(rf"^\| {kind} \| \d+ \| {words} \|", text, re.MULTILINE)


def test_every_table_class_therapy_and_source_of_the_book_is_documented() -> None:
    book, text = open_book(), page("code-book.md")
    files = {file.name for file in (LIBRARY / "codes").iterdir() if file.name.endswith(".csv")}
    assert all(f"\n### {name}\n" in text for name in files)
    assert all(f"\n| {therapy.family} |" in text for therapy in book.therapies)
    assert all(f"\n| `{key}` |" in text for key in book.sources)


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _keys(inner)
    if isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def test_every_key_of_an_answer_and_of_the_ledger_is_documented() -> None:
    run = check([str(ROOT / "examples" / name) for name in ("week-23.837", "week-24.837.gz", "broken.837")])
    told, account = list(answers(run)), ledger(run)
    keys = set(_keys(json.loads(json.dumps(told)))) | (set(_keys(account)) - set(account["verdicts"]))
    assert {"withdrawn_by", "because", "note", "asks", "weight"} <= keys
    assert not {key for key in keys if f"`{key}`" not in page("how-to/integrator.md")}


def test_the_worked_claim_is_current() -> None:
    assert page("worked.md") == script("worked").page(), "run: make docs"


def test_the_worked_claim_takes_all_eight_steps() -> None:
    steps = ["Read", "Look up", "Spread", "Scope", "Check", "Price", "Decide", "Answer"]
    assert re.findall(r"^## \d\. (.+)$", page("worked.md"), re.MULTILINE) == steps
