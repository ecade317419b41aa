"""Known: all that briefs draw on, as of a day: the code book, the rules in force, the payers, the statements and the cases."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cached_property

from perdiem.codes.book import LIBRARY, Book, CodeFacts, open_book
from perdiem.edits.rule import LINES, Lines, fields_as
from perdiem.guide.statements import Statement, Statements, read_statements
from perdiem.model.benchmark import Benchmark
from perdiem.model.errors import PolicyError
from perdiem.policy.cases import Case, read_cases
from perdiem.policy.payers import read_brands
from perdiem.policy.read import Policy, read_policies
from perdiem.policy.said import RuleInForce, in_force
from perdiem.policy.standing import BrandStanding, standings

_NOBODY = CodeFacts("")
"""A code that no table knows: a rule that selects it speaks of any line."""


@dataclass(frozen=True, eq=False)
class Judging:
    """A rule that judges lines of a code. ``own``: it speaks of this code, not of every line alike."""

    by: RuleInForce
    selectors: tuple[Lines, ...]
    own: bool


@dataclass(frozen=True, eq=False)
class Looking:
    """A rule that looks for a code beside the lines it judges, and in which role."""

    by: RuleInForce
    role: str


@dataclass(frozen=True, eq=False)
class Known:
    """What is known on a day. policies: all that are loaded; rules: those in force on the day, policy by policy.

    figures: what the reader's own claims show, where some were given.
    """

    book: Book
    policies: tuple[Policy, ...]
    rules: tuple[RuleInForce, ...]
    on: date
    statements: tuple[Statements, ...]
    figures: Benchmark | None = None
    _said: dict[str, tuple[Statement, ...]] = field(default_factory=dict)

    @cached_property
    def brands(self) -> tuple[BrandStanding, ...]:
        """What is loaded, and in force on the day, of every payer that the sources name."""
        current = [p for p in self.policies if any(by.policy is p for by in self.rules)]
        return tuple(standings(read_brands(), current))

    @cached_property
    def selected(self) -> dict[RuleInForce, dict[str, tuple[Lines, ...]]]:
        """The codes that each rule judges, with the selectors that pick them."""
        found = {}
        for by in self.rules:
            picked = ((facts, by.selecting(facts)) for facts in by.tried)
            found[by] = {facts.code: lines for facts, lines in picked if lines}
        return found

    @cached_property
    def looked_for(self) -> dict[RuleInForce, dict[str, frozenset[str]]]:
        """The codes that each rule looks for, by role."""
        found = {}
        for by in self.rules:
            roles = [f.name for f in fields_as(type(by.rule), LINES) if f.name != "on"]
            found[by] = {role: frozenset(thing.code for thing in by.things(role)) for role in roles}
        return found

    @cached_property
    def cases(self) -> dict[str, tuple[Case, ...]]:
        """The cases beside each policy, by the policy's name."""
        return {policy.name: tuple(read_cases(policy)) for policy in self.policies}

    def facts(self, code: str) -> CodeFacts:
        """What the book says of a code. Raises PolicyError with codes near to it where the book does not know it."""
        wanted = code.strip().upper()
        facts = self.book.look_up(wanted)
        if not facts.known:
            near = get_close_matches(wanted, list(self.book.codes), 5, 0.6)
            do = f"Near to it: {', '.join(sorted(near))}" if near else "perdiem codes search WORD finds codes by label"
            raise PolicyError(f"code {wanted}", "the code book does not know it, so there is nothing to say of it", do)
        return facts

    def judging(self, code: str) -> list[Judging]:
        """The rules that judge lines of a code: those of its own first, in printed order."""
        found = [Judging(by, codes[code], own=_NOBODY.code not in codes) for by, codes in self.selected.items() if code in codes]
        return sorted(found, key=lambda judging: not judging.own)

    def looking(self, code: str) -> list[Looking]:
        """The rules that look for a code beside others; not those that look for nearly any code."""
        return [
            Looking(by, role)
            for by, roles in self.looked_for.items()
            for role, codes in roles.items()
            if code in codes and 2 * len(codes) < len(self.book.codes)
        ]

    def said_of(self, facts: CodeFacts, *parts: str) -> list[Statement]:
        """The statements about a code in some parts, in printed order."""
        if facts.code not in self._said:
            self._said[facts.code] = tuple(said for file in self.statements for said in file.of(facts))
        return [said for said in self._said[facts.code] if said.part in parts]

    def case_of(self, by: RuleInForce, outcome: str, code: str) -> Case | None:
        """A case that meets an outcome of a rule: with this code on a line where there is one, else any."""
        named = f"{by.rule.id}.{outcome}"
        found = [case for case in self.cases[by.policy.name] if named in case.gives]
        with_code = [case for case in found if code in codes_of(case)]
        return next(iter(with_code or found), None)

    @cached_property
    def fingerprint(self) -> str:
        """Of the code book, the policies, the payers and the statements."""
        digest = hashlib.sha256(self.book.fingerprint.encode())
        for policy in self.policies:
            digest.update(policy.fingerprint.encode())
        for name in ("payers.toml", *(f"briefs/{file.name}" for file in sorted((LIBRARY / "briefs").iterdir(), key=str))):
            digest.update((LIBRARY / name).read_bytes())
        return "sha256:" + digest.hexdigest()


def codes_of(case: Case) -> set[str]:
    """The codes on the lines of a case."""
    return {line["code"] for claim in case.claims for line in claim["line"]}


def known(on: date | None = None, policies: Sequence[Policy] | None = None, book: Book | None = None) -> Known:
    """All that is known on a day; by default the last day on which a source of a policy was read.

    Raises PolicyError where a policy or a text cannot be used.
    """
    book, loaded = book or open_book(), tuple(read_policies() if policies is None else policies)
    day = on or max(source.read for policy in loaded for source in policy.sources)
    rules = tuple(by for by in in_force(loaded, book) if by.first <= day <= by.last)
    return Known(book, loaded, rules, day, read_statements(book))
