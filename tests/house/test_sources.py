"""Nothing of the payers' texts stands in the repository, and every citation still stands in them."""

from __future__ import annotations

import csv
import io
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from perdiem.codes.book import open_book
from perdiem.pipeline.words import facts_of
from perdiem.policy.citation import fold, read_text
from perdiem.policy.read import read_policies
from perdiem.policy.verify import verify_policy

from . import tree

WINDOW = 8
UNTILED = "no coverage.toml says what becomes of each word of the text"
DESCRIPTORS = "src/perdiem/library/codes/codes.csv"  # its column of official HCPCS Level II descriptors may say what they say

with_sources = pytest.mark.skipif(
    not tree.SOURCES.is_dir(), reason="skipped, because ../shared/sources is not beside the repository"
)


@cache
def source_windows() -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for path in sorted(tree.SOURCES.glob("*.txt")):
        tokens = read_text(path).tokens
        for at in range(len(tokens) - WINDOW + 1):
            found.setdefault(tokens[at : at + WINDOW], path.name)
    return found


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=tree.ROOT, capture_output=True, check=True
    )
    return sorted(tree.ROOT / name for name in listed.stdout.decode().split("\0") if name and (tree.ROOT / name).is_file())


def own_words(path: Path) -> str | None:
    """The text of a file as it counts here; None for a file that is no text."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
    if path.relative_to(tree.ROOT).as_posix() != DESCRIPTORS:
        return text
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return "\n".join(" ".join(value or "" for key, value in row.items() if key != "descriptor") for row in rows)


def copied(text: str, windows: dict[tuple[str, ...], str]) -> Iterator[tuple[int, str]]:
    """Where a text repeats eight words of a source: its line, and the source."""
    tokens, lines = [], []
    for number, line in enumerate(text.splitlines(), 1):
        found = fold(line)
        tokens += found
        lines += [number] * len(found)
    for at in range(len(tokens) - WINDOW + 1):
        source = windows.get(tuple(tokens[at : at + WINDOW]))
        if source:
            yield lines[at], source


@with_sources
def test_no_eight_words_of_a_source_stand_in_the_repository() -> None:
    windows = source_windows()
    assert len(windows) > 5000
    files = tracked()
    assert len(files) > 50
    found = []
    for path in files:
        text = own_words(path)
        if text is not None:
            seen = {f"{tree.place(path, line)} repeats {source}" for line, source in copied(text, windows)}
            found += sorted(seen)
    assert not found, "\n".join(found)


@with_sources
def test_the_window_sees_a_copy() -> None:
    path = sorted(tree.SOURCES.glob("*.txt"))[0]
    words = read_text(path).tokens[20:29]
    assert list(copied("Own words, then: " + ",\n".join(words).upper() + " and own words.", source_windows()))
    assert not list(copied(" ".join(words[:7]) + " then other words entirely of our own make", source_windows()))


@with_sources
@pytest.mark.parametrize("policy", read_policies(), ids=lambda policy: policy.name)
def test_every_citation_is_found_and_nothing_is_wrong(policy) -> None:  # type: ignore[no-untyped-def]
    verified = verify_policy(policy, tree.SOURCES, open_book())
    told = [f"{fault.rule or fault.policy}: {fault.what}" for fault in verified.faults]
    cannot = [words for words in told if re.search(r": no case can give \w+: \w", words)]  # an honest note, with its reason
    unread = [f"{policy.name}: no copy of {s.key} was read: it is cited by its sections" for s in policy.sources if not s.sha256]
    assert [words for words in told if words not in [*cannot, *unread, f"{policy.name}: {UNTILED}"]] == []
    assert len(cannot) <= 2, "more outcomes than these two should have cases"
    cited = [citation for rule in policy.rules for citation in (rule.cite, *rule.also)]
    marked = sum(bool(citation.fingerprint) for citation in cited)
    assert verified.citations.get("found", 0) == marked
    assert verified.citations.get("unverified", 0) == len(cited) - marked
    assert verified.sound


def test_what_is_not_tiled_yet() -> None:
    """A policy of one text that was read has its words accounted for; these are of several texts, or of none that was read."""
    untiled = {policy.id: policy for policy in read_policies() if not (policy.folder / "coverage.toml").is_file()}
    assert all(len(policy.sources) > 1 or not policy.source_sha256 for policy in untiled.values())


@pytest.mark.parametrize("policy", read_policies(), ids=lambda policy: policy.name)
def test_no_citation_no_rule(policy) -> None:  # type: ignore[no-untyped-def]
    ids = [rule.id for rule in policy.rules]
    assert len(ids) == len(set(ids))
    copies = {source.key: source.sha256 for source in policy.sources}
    assert all(re.fullmatch(r"([0-9a-f]{64})?", sha256) for sha256 in copies.values())
    for rule in policy.rules:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.id), "an id is a phrase in small letters"
        assert rule.says.strip(), rule.id
        for citation in (rule.cite, *rule.also):
            assert citation.section.strip(), rule.id
            assert bool(citation.fingerprint) == bool(copies[citation.source]), f"{rule.id}: a copy was read, or none was"
            if citation.fingerprint:
                assert re.fullmatch(r"sha256:[0-9a-f]{64}", citation.fingerprint), rule.id
                assert citation.words >= 2, rule.id
                assert citation.line >= 1, rule.id


@pytest.mark.parametrize("policy", read_policies(), ids=lambda policy: policy.name)
def test_outcomes_say_what_to_do(policy) -> None:  # type: ignore[no-untyped-def]
    """A denial has reason codes, words and a fix; a pend its question; every placeholder is one that is filled."""
    finding: dict[str, Any] = defaultdict(list, units=Decimal(1))
    known = set(facts_of({"code": "S9500", "units": Decimal(1)}, finding, "12", "line 2", open_book()))
    for rule in policy.rules:
        told = [(name, outcome) for name, outcome in rule.outcomes.items()]
        told += [(f"{name} with history", o.with_history) for name, o in told if o.with_history]
        for name, outcome in told:
            here = f"{rule.id}.{name}"
            assert outcome.message, here
            if outcome.effect == "deny":
                assert outcome.group, here
                assert outcome.carc, here
                assert outcome.fix, here
            if outcome.effect == "pend":
                assert outcome.asks, here
            said = " ".join([outcome.message, outcome.fix, outcome.asks])
            assert set(re.findall(r"{(\w*)}", said)) <= known, here
            assert "covered" not in re.sub(r"uncovered", "", said), f"{here} promises coverage"
