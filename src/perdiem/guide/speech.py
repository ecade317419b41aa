"""Speech: codes, rules, citations and effects as the words of a page, with links where the page stands among others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from perdiem.codes.book import Book, CodeFacts
from perdiem.edits.rule import Outcome
from perdiem.guide.statements import Statement
from perdiem.model.page import Span, Words, words
from perdiem.pipeline.words import say, successor_of
from perdiem.policy.payers import Payer
from perdiem.policy.read import Policy
from perdiem.policy.said import RuleInForce

EFFECTS = {"deny": "denies", "pend": "asks", "advise": "advises", "warn": "warns", "pay": "pays"}
FEW = 12
"""Codes that are named one by one; of more, the first ones and their number."""


def page_of_policy(policy: Policy) -> str:
    """The name of a policy's page."""
    return f"policy-{policy.id}-{policy.effective.isoformat()}"


def page_of_payer(payer: Payer) -> str:
    """The name of a payer's page."""
    return f"payer-{payer.id}"


@dataclass(frozen=True)
class Speech:
    """Words about codes, rules and payers.

    pages: codes, policies and payers that have pages of their own beside this one. only: the ids of the policies that are spoken
    of, where not all are.
    """

    book: Book
    pages: frozenset[str] = frozenset()
    only: frozenset[str] | None = None

    def tells(self, said: Statement) -> bool:
        """Whether a statement is told: one on a rule only with the rule's policy."""
        return not said.rule or self.only is None or said.rule.partition("#")[0] in self.only

    def address(self, name: str, place: str = "") -> str:
        """Where a page is; empty where there is none."""
        return f"{name}.html{'#' + place if place else ''}" if name in self.pages else ""

    def code(self, code: str) -> Span:
        """A code."""
        return Span(code, "code", self.address(code))

    def codes(self, some: Iterable[str]) -> Words:
        """Codes in a row; of many the first and how many there are."""
        each = sorted(some)
        shown = each if len(each) <= FEW + 2 else each[:FEW]
        spans = [part for code in shown for part in (Span(", "), self.code(code))][1:]
        return (*spans, Span(f" and {len(each) - len(shown)} more")) if len(shown) < len(each) else tuple(spans)

    def policy(self, policy: Policy) -> Span:
        """A policy by name and day."""
        return Span(policy.name, "code", self.address(page_of_policy(policy)))

    def rule(self, policy: Policy, rule_id: str) -> Span:
        """A rule, as ``policy#rule``."""
        return Span(f"{policy.id}#{rule_id}", "code", self.address(page_of_policy(policy), rule_id))

    def payer(self, payer: Payer) -> Span:
        """A payer by name."""
        return Span(payer.name, "plain", self.address(page_of_payer(payer)))

    def basis(self, text: Statement, rules: Iterable[RuleInForce]) -> Words:
        """What a statement rests on, in brackets."""
        parts = list[Span]()
        for by in rules:
            if text.rule == f"{by.policy.id}#{by.rule.id}":
                parts.append(self.rule(by.policy, by.rule.id))
        if text.rule and not parts:
            parts.append(Span(f"{text.rule}, not in force on this day", "citation"))
        if text.cite:
            parts.append(Span(text.cite.place, "citation"))
        parts += [Span("official name", "citation")] if text.descriptor else []
        parts += [Span("own wording", "citation")] if text.own else []
        joined = [part for one in parts for part in (Span("; "), one)][1:]
        return words(" (", *joined, ")") if joined else ()

    def reasons(self, outcome: Outcome) -> str:
        """Group, reason and remark codes, as on a remittance; empty where there are none."""
        return " ".join([f"{outcome.group}-{outcome.carc}", *outcome.rarc]) if outcome.carc else ""

    def meant(self, outcome: Outcome) -> str:
        """What the reason and remark codes mean, in our words."""
        told = [self.book.meaning("CARC", outcome.carc), *(self.book.meaning("RARC", rarc) for rarc in outcome.rarc)]
        return "; ".join(part for part in told if part)


def filled(template: str, facts: CodeFacts) -> str:
    """A rule's template said of a code in general, where no claim is at hand."""
    return say(
        template.replace(" ({with})", "").replace("service {place}", "service"),
        {
            "code": facts.code,
            "units": "surplus units",
            "days": "those days",
            "place": "as billed",
            "with": "another line",
            "successor": successor_of(facts),
            "start": facts.start.isoformat() if facts.start else "later",
            "end": facts.end.isoformat() if facts.end else "an earlier day",
            "value": "as billed",
            "wanted": "the other one",
        },
    )


def capital(text: str) -> str:
    """A sentence with a capital and a full stop."""
    told = text[:1].upper() + text[1:]
    return told if told.endswith((".", "?", "!")) else told + "."
