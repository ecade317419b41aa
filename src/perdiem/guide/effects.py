"""Effects: what the rules in force may do to a code, policy by policy, and how to keep clear of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from perdiem.codes.book import CodeFacts
from perdiem.codes.sets import CodeSets
from perdiem.edits.rule import Outcome
from perdiem.guide.known import Judging, Known, Looking, codes_of
from perdiem.guide.speech import EFFECTS, Speech, capital, filled
from perdiem.model.page import Bullets, Cell, Span, Table, Words, words
from perdiem.policy.read import Policy

ROLES = {
    "beside": "what must stand beside",
    "within": "what includes the line",
    "right": "the equipment that fits",
    "wrong": "the equipment that does not fit",
    "other": "what excludes the line",
    "partner": "another therapy of the day",
    "therapy": "the therapy that supports the line",
    "visit": "the visit that supports the line",
    "own": "the purpose that pays",
    "another": "the purpose that includes",
    "only": "what must not stand alone",
    "among": "what would stand beside",
    "earlier": "what was billed before",
    "first": "the earlier equipment",
    "frequent": "a therapy with an infusion every day",
    "shared": "what shares the day",
}
"""What a rule looks for a code as, by the name of the role."""
_RELEASED = ("unknown", "not_in_release")
"""How the life of a code can end that the book does not know."""


@dataclass(frozen=True, eq=False)
class Effect:
    """One way in which a rule may end for a line with a code."""

    judging: Judging
    name: str
    outcome: Outcome


@dataclass(frozen=True, eq=False)
class Speaking:
    """A policy that speaks of a code: the rules that judge it, and those that look for it."""

    policy: Policy
    judging: tuple[Judging, ...]
    looking: tuple[Looking, ...]
    in_scope: bool

    @property
    def own(self) -> tuple[Judging, ...]:
        """The rules that speak of this code, not of any line."""
        return tuple(judging for judging in self.judging if judging.own)


def speaking(known: Known, facts: CodeFacts) -> list[Speaking]:
    """The policies that speak of a code: a rule of theirs judges it or looks for it, or it brings a claim into their scope.

    A policy that speaks of any claim alike does not count by that.
    """
    judging, looking = known.judging(facts.code), known.looking(facts.code)
    found = []
    for policy in {by.policy.name: by.policy for by in known.rules}.values():
        mine = tuple(j for j in judging if j.by.policy is policy)
        seen = tuple(one for one in looking if one.by.policy is policy)
        sets = CodeSets(known.book, policy.codes, policy.name)
        named = [terms for terms in (policy.claims_with, policy.lines_with) if terms and not sets.holds(terms, CodeFacts(""))]
        in_scope = any(sets.holds(terms, facts) for terms in named)
        if in_scope or seen or any(j.own for j in mine):
            found.append(Speaking(policy, mine, seen, in_scope))
    return found


def effects(of: Speaking, facts: CodeFacts) -> Iterator[Effect]:
    """Every effect that the rules of a policy may have on a code, in the order of the rules."""
    for judging in of.judging:
        for name, outcome in judging.by.rule.outcomes.items():
            if possible(judging, name, outcome, facts):
                yield Effect(judging, name, outcome)
                if outcome.with_history:
                    yield Effect(judging, name, outcome.with_history)


def possible(judging: Judging, name: str, outcome: Outcome, facts: CodeFacts) -> bool:
    """Whether an outcome can follow for this very code: a code without a last day never ends, one without a pair is alone."""
    if judging.by.rule.kind == "code_life" and name in _RELEASED:
        return False
    if ("{end}" in outcome.message and not facts.end) or ("{start}" in outcome.message and not facts.start):
        return False
    pairs = getattr(judging.by.rule, "pairs", None)
    return not isinstance(pairs, tuple) or bool(judging.by.paired(facts, "other"))


def rules_in_words(of: Speaking, facts: CodeFacts, speech: Speech) -> Bullets:
    """What the rules of a policy that speak of a code say, and what may follow."""
    points = []
    for judging in of.own:
        rule = judging.by.rule
        possible_ = [o for name, o in rule.outcomes.items() if possible(judging, name, o, facts)]
        if possible_:
            points.append(words(f"{rule.says} ", _may(possible_, speech), " ", speech.rule(of.policy, rule.id)))
    roles: dict[str, list[Looking]] = {}
    for looking in of.looking:
        roles.setdefault(looking.role, []).append(looking)
    seen: list[str | Span] = []
    for role, some in roles.items():
        rules: list[str | Span] = [part for one in some for part in (", ", speech.rule(of.policy, one.by.rule.id))][1:]
        seen += ["; ", f"as {ROLES.get(role, role)} by ", *rules]
    if seen:
        points.append(words("Looked for beside other lines: ", *seen[1:], "."))
    if not points:
        points.append(words("It brings a claim into the policy's scope; no rule of the policy speaks of this code alone."))
    return Bullets(tuple(points))


def _may(outcomes: list[Outcome], speech: Speech) -> str:
    told = []
    for effect, word in EFFECTS.items():
        some = [o for o in outcomes if o.effect == effect]
        reasons = dict.fromkeys(speech.reasons(o) for o in some if o.carc)
        if some:
            told.append(f"{word} {', '.join(reasons)}".strip())
    return capital("may end so: " + "; ".join(told))


def consequences(known: Known, facts: CodeFacts, policies: list[Speaking], speech: Speech, effect: str) -> Table | None:
    """What is denied, or asked, of lines of a code: why, with which codes, by which rule, how to prevent it, and a case."""
    alike: dict[tuple[str, str, str], list[Effect]] = {}
    policy_of = {}
    for of in policies:
        for found in effects(of, facts):
            if found.outcome.effect == effect:
                told = found.outcome.asks or speech.reasons(found.outcome) + found.outcome.fix
                key = of.policy.name, found.judging.by.rule.id, told
                alike.setdefault(key, []).append(found)
                policy_of[key] = of.policy
    if not alike:
        return None
    rows = tuple(_row(known, facts, some, policy_of[key], speech) for key, some in alike.items())
    if effect == "deny":
        return Table(
            "What is denied, in the order of the policies' rules", ("Why", "Codes", "Rule", "Prevent it", "Shown by"), rows
        )
    return Table("What is asked before it is paid", ("Why", "Asked for", "Rule", "Shown by"), rows)


def _row(known: Known, facts: CodeFacts, some: list[Effect], policy: Policy, speech: Speech) -> tuple[Cell, ...]:
    """A row of what has one answer; the whys are told one after the other."""
    rule, outcome = some[0].judging.by.rule, some[0].outcome
    cases = [(one, known.case_of(one.judging.by, one.name, facts.code)) for one in some]
    case = next(
        (case for _, case in cases if case and facts.code in codes_of(case)), next((case for _, case in cases if case), None)
    )
    shown = words(f"{case.title} (case {case.id})") if case else words("no drawn case")
    why = words(" ".join(dict.fromkeys(capital(filled(one.outcome.message, facts)) for one in some)))
    by = words(speech.rule(policy, rule.id))
    if outcome.effect != "deny":
        return why, words(capital(filled(outcome.asks or outcome.fix, facts))), by, shown
    meant = speech.meant(outcome)
    codes = words(speech.reasons(outcome) + (f": {meant}" if meant else ""))
    return why, codes, by, words(capital(filled(outcome.fix, facts))) if outcome.fix else words("See the rule."), shown


def asked(policies: list[Speaking], facts: CodeFacts) -> list[tuple[str, Policy, str]]:
    """What the rules of its own ask for before they pay: in words, with policy and rule, each once."""
    found: dict[str, tuple[str, Policy, str]] = {}
    for of in policies:
        for effect in effects(of, facts):
            if effect.judging.own and effect.outcome.asks:
                told = filled(effect.outcome.asks, facts)
                found.setdefault(told, (told, of.policy, effect.judging.by.rule.id))
    return list(found.values())


def doubts(policies: list[Speaking], speech: Speech) -> list[Words]:
    """What would be asked of the payers, by the rules that speak of the code."""
    return [
        words(f"{judging.by.rule.doubt} ", speech.rule(of.policy, judging.by.rule.id))
        for of in policies
        for judging in of.own
        if judging.by.rule.doubt
    ]
