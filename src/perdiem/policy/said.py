"""said: what each rule says of a line with one code in one situation, as far as the rule's own tables show it.

A situation is what a rule looks at: the line alone, what one of its fields holds, what stands beside it that day. Kinds that
ask the same question give a situation the same name, so that their answers can be laid side by side.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from perdiem.codes.book import Book, CodeFacts
from perdiem.codes.sets import CodeSets
from perdiem.edits.rule import LINES, SCALAR, VALUES, Lines, Rule, fields_as
from perdiem.policy.compile import fit, selects
from perdiem.policy.read import Policy

Situation = tuple[Hashable, ...]
LINE, HOLDS, BESIDE, WITHOUT = "line", "holds", "beside", "without"
ALLOWED = "allow"
"""The effect of an allowed value, which no policy writes: nothing is said against it."""

_CODE = re.compile(r"[A-Z0-9]{5}")
ANY, _EMPTY = "any other", "no"


@dataclass(frozen=True, order=True)
class Thing:
    """A line that a rule looks for beside its own: its code, and what else the selector asks of it."""

    code: str
    with_modifier: tuple[str, ...] = ()
    without_modifier: tuple[str, ...] = ()
    component: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class RuleInForce:
    """A rule of a policy, the days on which it is in force, and the codes that it is tried on."""

    policy: Policy
    rule: Rule
    first: date
    last: date
    book: Book
    sets: CodeSets
    tried: tuple[CodeFacts, ...]

    def selecting(self, facts: CodeFacts) -> tuple[Lines, ...]:
        """The selectors of the judged lines that select this code."""
        return tuple(lines for lines in self.rule.on if self._selects(lines, facts))

    def things(self, role: str) -> frozenset[Thing]:
        """What the selectors of a role look for."""
        return self._roles[role]

    def paired(self, facts: CodeFacts, role: str) -> frozenset[Thing]:
        """The things of a role that the rule's pairs give to this code."""
        pairs: Any = getattr(self.rule, "pairs", "each")
        found = frozenset(thing for thing in self._roles[role] if thing.code != facts.code)
        if pairs == "each":
            return found
        if pairs == "therapies":
            return frozenset(thing for thing in found if self._corresponds(facts, self.book.look_up(thing.code)))
        others = [other for first, other in pairs if self.sets.holds(first, facts)]
        return frozenset(t for t in found if any(self.sets.holds(other, self.book.look_up(t.code)) for other in others))

    def effects(self, outcome: str) -> tuple[str, str]:
        """The effect of an outcome without and with history; empty where the policy leaves it out."""
        told = self.rule.outcomes.get(outcome)
        return (told.effect, (told.with_history or told).effect) if told else ("", "")

    @cached_property
    def _roles(self) -> dict[str, frozenset[Thing]]:
        return {
            f.name: frozenset(
                Thing(facts.code, lines.with_modifier, lines.without_modifier, lines.component)
                for lines in getattr(self.rule, f.name)
                for facts in self.tried
                if facts.code and self._selects(lines, facts)
            )
            for f in fields_as(type(self.rule), LINES)
            if f.name != "on"
        }

    def _selects(self, lines: Lines, facts: CodeFacts) -> bool:
        return (not lines.component or facts.component in lines.component) and selects(lines, facts, self.sets)

    def _corresponds(self, one: CodeFacts, other: CodeFacts) -> bool:
        drug, per_diem = (other, one) if other.drug_line else (one, other)
        return fit(drug, self.book.therapy_of(per_diem.code)) in ("own", "corresponds")


@dataclass(frozen=True, eq=False)
class Said:
    """One answer of a rule: of a line with this code in this situation, on days from ``first`` to ``last``.

    selectors: those of the rule that select the code. effects: without and with history at hand.
    """

    by: RuleInForce
    facts: CodeFacts
    selectors: tuple[Lines, ...]
    situation: Situation
    outcome: str
    effects: tuple[str, str]
    first: date
    last: date


def in_force(policies: Sequence[Policy], book: Book) -> list[RuleInForce]:
    """Every rule of the policies with its days; a version is in force until the next one of its policy."""
    tried = _tried(policies, book)
    found = []
    for policy in policies:
        later = [p.effective for p in policies if p.id == policy.id and p.effective > policy.effective]
        until = min(later) - timedelta(days=1) if later else date.max
        sets = CodeSets(book, policy.codes, policy.name)
        for rule in policy.rules:
            first, last = max(policy.effective, rule.since or date.min), min(until, rule.until or date.max)
            if first <= last:
                found.append(RuleInForce(policy, rule, first, last, book, sets, tried))
    return found


def all_said(rules: Iterable[RuleInForce]) -> Iterator[Said]:
    """What the rules say of every code they are tried on, while the code and what stands beside it are in force."""
    for by in rules:
        for facts in by.tried:
            selectors = by.selecting(facts)
            for situation, outcome in _READ.get(by.rule.kind, _plain)(by, facts) if selectors else ():
                effects = (ALLOWED, ALLOWED) if outcome == "allowed" else by.effects(outcome)
                first, last = _common(by, facts, situation)
                if first <= last and (any(effects) or situation[0] == HOLDS):
                    yield Said(by, facts, selectors, situation, outcome, effects, first, last)


def _common(by: RuleInForce, facts: CodeFacts, situation: Situation) -> tuple[date, date]:
    """The days on which the rule, the code and the code beside it are all in force."""
    beside = [by.book.look_up(part.code) for part in situation if isinstance(part, Thing)]
    lives = [facts, *beside]
    return (
        max(by.first, *(life.start or date.min for life in lives)),
        min(by.last, *(life.end or date.max for life in lives)),
    )


def _tried(policies: Iterable[Policy], book: Book) -> tuple[CodeFacts, ...]:
    """The codes of the book, those that a policy writes down, one that nobody knows, and products known by NDC alone."""
    chosen = [lines for p in policies for rule in p.rules for f in fields_as(type(rule), LINES) for lines in getattr(rule, f.name)]
    terms = {term for p in policies for listed in p.codes.values() for term in listed} | {t for s in chosen for t in s.codes}
    written = {code for term in terms for code in term.removeprefix("-").split("..") if _CODE.fullmatch(code)}
    products = sorted({part for lines in chosen for part in lines.component})
    unknown = CodeFacts("")
    return (
        *(book.look_up(code) for code in sorted(book.codes.keys() | written)),
        *(replace(unknown, component=part) for part in products),
        unknown,
    )


def _plain(by: RuleInForce, facts: CodeFacts) -> Iterator[tuple[Situation, str]]:
    """Any kind: rules with the same fields ask the same question, others none that could be compared."""
    fields = fields_as(type(by.rule), SCALAR)
    roles = [f.name for f in fields_as(type(by.rule), LINES) if f.name != "on"]
    lists = [tuple(sorted(getattr(by.rule, f.name).items())) for f in fields_as(type(by.rule), VALUES)]
    same = (*(getattr(by.rule, f.name) for f in fields), *lists, *(by.things(role) for role in roles))
    yield from (((by.rule.kind, *same, outcome), outcome) for outcome in by.rule.outcomes)


def _listed(by: RuleInForce, facts: CodeFacts) -> Iterator[tuple[Situation, str]]:
    yield (LINE,), "listed"


def _allowed_values(by: RuleInForce, facts: CodeFacts) -> Iterator[tuple[Situation, str]]:
    field, values = getattr(by.rule, "field", ""), getattr(by.rule, "values", {})
    yield from (((HOLDS, field, value), outcome) for outcome, listed in values.items() for value in listed)
    yield (HOLDS, field, _EMPTY), "missing"
    yield (HOLDS, field, ANY), "elsewhere"


def _duplicate(by: RuleInForce, facts: CodeFacts) -> Iterator[tuple[Situation, str]]:
    if any(thing.code == facts.code for thing in by.things("earlier")) or not facts.code:
        yield ("again", getattr(by.rule, "match", "")), "again"


def _companion(by: RuleInForce, facts: CodeFacts) -> Iterator[tuple[Situation, str]]:
    """Two of them ask the same only where they look for the same lines."""
    scalars = tuple(getattr(by.rule, f.name) for f in fields_as(type(by.rule), SCALAR))
    same = (by.rule.kind, *scalars, by.paired(facts, "beside"), by.things("frequent"))
    yield from (((*same, outcome), outcome) for outcome in by.rule.outcomes)


def _mutually_exclusive(by: RuleInForce, facts: CodeFacts) -> Iterator[tuple[Situation, str]]:
    yield from (((BESIDE, thing), "together") for thing in by.paired(facts, "other"))


def _only_beside(by: RuleInForce, facts: CodeFacts) -> Iterator[tuple[Situation, str]]:
    yield from (((BESIDE, thing), "nothing_else") for thing in by.things("only") if thing.code != facts.code)


def _included(by: RuleInForce, facts: CodeFacts) -> Iterator[tuple[Situation, str]]:
    within, shared = by.things("within"), by.things("shared")
    for thing in within - shared:
        if thing.code != facts.code:
            yield (BESIDE, thing), "with_service"
            yield (BESIDE, thing, "denied"), "with_denied"
            yield (BESIDE, thing, "of another provider"), "other_provider"
    yield (BESIDE, within, shared), "shared_day"
    yield (WITHOUT, within, "that day"), "some_days"
    yield (WITHOUT, within), "without"


def _purpose(by: RuleInForce, facts: CodeFacts) -> Iterator[tuple[Situation, str]]:
    own, another = by.things("own"), by.things("another")
    for thing in own | another:
        if thing.code != facts.code:
            alone = "own_alone" if thing not in another else "another_alone" if thing not in own else "both"
            yield (BESIDE, thing), alone
    yield (BESIDE, own, another), "both"
    yield (WITHOUT, own | another), "neither"


_READ: dict[str, Callable[[RuleInForce, CodeFacts], Iterator[tuple[Situation, str]]]] = {
    "allowed_values": _allowed_values,
    "companion": _companion,
    "duplicate": _duplicate,
    "included": _included,
    "listed": _listed,
    "mutually_exclusive": _mutually_exclusive,
    "only_beside": _only_beside,
    "purpose": _purpose,
}
"""The kinds whose questions other kinds, or rules with other fields, may ask too."""
