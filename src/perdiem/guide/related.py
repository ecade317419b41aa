"""Related: the codes that stand near a code, each group with what joins it: the book, an official name, or a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from perdiem.codes.book import CodeFacts
from perdiem.codes.sets import CodeSets
from perdiem.guide.drawing import drawn
from perdiem.guide.effects import Speaking
from perdiem.guide.known import Known
from perdiem.guide.speech import FEW, Speech
from perdiem.model.page import Block, Figure, Table, Words, words
from perdiem.policy.compile import fit
from perdiem.policy.said import RuleInForce

APART = "Not together with"
_JOINED = {
    ("included", "within"): ("Included in the day of", "Includes"),
    ("companion", "beside"): ("Needs beside it", "Is needed beside"),
    ("equipment", "right"): ("Goes with", "Goes with"),
    ("equipment", "wrong"): ("Does not go with", "Does not go with"),
    ("mutually_exclusive", "other"): (APART, APART),
    ("purpose", "own"): ("Paid as part of the day of", "May be paid with"),
    ("supported", "visit"): ("Supported by a visit", "Supports"),
    ("second_equipment", "first"): ("Not beside an earlier", "Bars a second"),
}
"""How a rule of a kind joins the code it judges with those it looks for in a role, and those with it."""


@dataclass(frozen=True)
class Relation:
    """One group of codes near a code."""

    name: str
    codes: tuple[str, ...]
    basis: Words


def relations(known: Known, facts: CodeFacts, policies: list[Speaking], speech: Speech) -> list[Relation]:
    """The groups of codes near a code, those of the book first."""
    said = [
        Relation(one.told(facts), tuple(c for c in one.codes if c != facts.code), speech.basis(one, known.rules)[1:-1])
        for one in known.said_of(facts, "related")
        if speech.tells(one)
    ]
    found = [*_by_the_book(known, facts), *_by_rules(known, facts, policies, speech), *said]
    joined: dict[tuple[str, tuple[str, ...]], Relation] = {}
    for relation in found:
        key = relation.name, relation.codes
        before = joined.get(key)
        basis = (*before.basis, *words("; "), *relation.basis) if before else relation.basis
        joined[key] = Relation(*key, basis)
    return list(joined.values())


def bars(known: Known, facts: CodeFacts, policies: list[Speaking], speech: Speech) -> list[Relation]:
    """Those groups that the book tells, among them the codes that its official name bars."""
    exclusive = [of for of in policies if _excludes([j.by for j in of.own] + [one.by for one in of.looking])]
    found = [*_by_the_book(known, facts)]
    return found if any(one.name == APART for one in found) else [*found, *_by_rules(known, facts, exclusive, speech)]


def _excludes(rules: list[RuleInForce]) -> bool:
    return any(by.rule.kind == "mutually_exclusive" for by in rules)


def _by_the_book(known: Known, facts: CodeFacts) -> Iterator[Relation]:
    book, code = known.book, facts.code
    if facts.successor:
        yield Relation("Replaced by", tuple(facts.successor), words("code book"))
    before = tuple(sorted(other.code for other in book.codes.values() if code in other.successor))
    if before:
        yield Relation("Replaces", before, words("code book"))
    sets = CodeSets(book, {}, "related")
    apart = set(sets.members(facts.excludes)) if facts.excludes else set()
    apart |= {other.code for other in book.codes.values() if other.excludes and sets.holds(other.excludes, facts)}
    apart -= {code}
    if apart:
        yield Relation(APART, tuple(sorted(apart)), words("official name"))
    therapy = book.therapy_of(code)
    if therapy:
        yield from _group("Same therapy", (c for c in therapy.per_diems if c != code))
        yield from _group(
            "Drugs of the therapy", (o.code for o in book.codes.values() if o.drug_line and therapy.family in o.families)
        )
    elif facts.drug_line:
        yield from _group(
            "Per diems of its therapies", (c for t in book.therapies if t.family in facts.families for c in t.per_diems)
        )


def _group(name: str, codes: Iterable[str]) -> Iterator[Relation]:
    each = tuple(sorted(codes))
    if each:
        yield Relation(name, each, words("therapy families of the code book"))


def _by_rules(known: Known, facts: CodeFacts, policies: list[Speaking], speech: Speech) -> Iterator[Relation]:
    for of in policies:
        for judging in of.own:
            for (kind, role), (name, _) in _JOINED.items():
                if judging.by.rule.kind == kind and _bars(judging.by):
                    yield from _joined(name, _looks_for(known, judging.by, facts, role), judging.by, speech)
        for looking in of.looking:
            _, name = _JOINED.get((looking.by.rule.kind, looking.role), ("", ""))
            if name and _bars(looking.by):
                yield from _joined(name, _looked_for_by(known, looking.by, facts, looking.role), looking.by, speech)


def _bars(by: RuleInForce) -> bool:
    """Whether a rule does more than advise, which joins no codes."""
    return any(outcome.effect in ("deny", "pend") for outcome in by.rule.outcomes.values())


def _joined(name: str, codes: Iterable[str], by: RuleInForce, speech: Speech) -> Iterator[Relation]:
    each = tuple(sorted(code for code in codes if code))
    if each:
        yield Relation(name, each, words(speech.rule(by.policy, by.rule.id)))


def _looks_for(known: Known, by: RuleInForce, facts: CodeFacts, role: str) -> Iterable[str]:
    pairs = getattr(by.rule, "pairs", "each")
    if pairs == "therapies":  # the drugs of a therapy are told by the book
        return ()
    if isinstance(pairs, tuple):
        return {thing.code for thing in by.paired(facts, role)}
    return known.looked_for[by].get(role, frozenset()) - {facts.code}


def _looked_for_by(known: Known, by: RuleInForce, facts: CodeFacts, role: str) -> Iterable[str]:
    judged = [code for code in known.selected[by] if code and code != facts.code]
    pairs = getattr(by.rule, "pairs", "each")
    if pairs == "therapies":
        return (
            [c for c in judged if fit(facts, known.book.therapy_of(c)) == "own"]
            if facts.drug_line and not known.book.therapy_of(facts.code)
            else []
        )
    if isinstance(pairs, tuple):
        return [c for c in judged if any(t.code == facts.code for t in by.paired(known.book.look_up(c), role))]
    return judged


def shown(found: list[Relation], facts: CodeFacts, speech: Speech) -> tuple[Block, ...]:
    """The groups as a drawing and as a table."""
    by_name: dict[str, set[str]] = {}
    for one in found:
        by_name.setdefault(one.name, set()).update(one.codes)
    groups = [(name, _few(tuple(sorted(codes)))) for name, codes in by_name.items()]
    told = "; ".join(f"{name}: {', '.join(codes)}" for name, codes in groups)
    drawing = Figure(
        drawn(facts.code, facts.label, groups), f"{facts.code} and the codes near it. {told}", f"{facts.code} and the codes near it"
    )
    rows = tuple((words(one.name), _named(one.codes, speech), one.basis) for one in found)
    return drawing, Table("Codes near it, and what joins them", ("Relation", "Codes", "By"), rows)


def _few(codes: tuple[str, ...]) -> list[str]:
    return list(codes) if len(codes) <= FEW else [*codes[:6], f"and {len(codes) - 6} more"]


def _named(codes: tuple[str, ...], speech: Speech) -> Words:
    """Few codes with their names, many without."""
    if len(codes) > 4:
        return speech.codes(codes)
    parts = [part for code in codes for part in (words("; "), words(speech.code(code), f" {speech.book.look_up(code).label}"))][1:]
    return tuple(span for part in parts for span in part)
