"""war: two rules that answer one situation in opposite ways, or one that asks for what another forbids.

What only a claim can bring together, such as a wrong place on a day without a drug, is no war: there each rule speaks of its
own fact. Nor is a question that a narrower rule answers in part, for a denial beats a question; but a question that is never
asked, since another rule of its kind always denies, is. A rule that names the other under ``unless`` has said which yields.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product

from perdiem.codes.book import Book, CodeFacts
from perdiem.edits.rule import Lines
from perdiem.policy.read import Policy
from perdiem.policy.said import ALLOWED, ANY, BESIDE, HOLDS, LINE, WITHOUT, RuleInForce, Said, Situation, Thing, all_said, in_force

_LOSES = frozenset({"deny", "pend"})
_PAYS = frozenset({"pay", ALLOWED})
_WORDS = {"deny": "denied", "pend": "asked about", "pay": "payable", ALLOWED: "allowed"}

_Found = Iterator[tuple[RuleInForce, RuleInForce, str]]
_OfCode = dict[CodeFacts, list[Said]]


@dataclass(frozen=True, eq=False)
class War:
    """Two rules, the later one first, and how they contradict each other."""

    rule: RuleInForce
    other: RuleInForce
    what: str

    def seen_from(self, policy: Policy) -> tuple[str, str] | None:
        """The rule of this policy and the words for its author; None where the policy takes no part."""
        if policy.name not in (self.rule.policy.name, self.other.policy.name):
            return None
        mine, theirs = (self.rule, self.other) if policy.name == self.rule.policy.name else (self.other, self.rule)
        if mine.policy is theirs.policy:
            remedy = "say which yields with unless, or part their codes, modifiers or days"
            return mine.rule.id, f"is at war with {theirs.rule.id}: {self.what}; {remedy}"
        name = f"{theirs.policy.id}#{theirs.rule.id}@{theirs.policy.effective}"
        return mine.rule.id, f"is at war with {name}: {self.what}; part their codes or days"


def wars(policies: Sequence[Policy], book: Book) -> list[War]:
    """Every two rules at war that one line can meet on one day, in printed order."""
    rules = in_force(policies, book)
    place = {rule: number for number, rule in enumerate(rules)}
    of_code: _OfCode = defaultdict(list)
    for said in all_said(rules):
        of_code[said.facts].append(said)
    met: dict[tuple[RuleInForce, RuleInForce], dict[str, None]] = defaultdict(dict)
    for one, other, what in chain(*(look(of_code) for look in (_opposed, _values, _crossed, _demands, _circles))):
        first, last = sorted((one, other), key=place.__getitem__)
        met[last, first][what] = None
    found = [War(last, first, _with_more(list(told))) for (last, first), told in met.items()]
    return sorted(found, key=lambda war: (place[war.rule], place[war.other]))


def _with_more(told: list[str]) -> str:
    return told[0] + (f" (and {len(told) - 1} more like it)" if len(told) > 1 else "")


def _opposed(of_code: _OfCode) -> _Found:
    """Rules that answer one situation in opposite ways; what is listed is answered whatever stands beside it."""
    for said in of_code.values():
        by_situation: dict[Situation, list[Said]] = defaultdict(list)
        for one in said:
            if one.situation[0] != HOLDS:
                by_situation[one.situation].append(one)
        bundles = [one for one in said if one.situation[0] in (BESIDE, WITHOUT)]
        pairs = chain(*(combinations(told, 2) for told in by_situation.values()), product(by_situation.get((LINE,), ()), bundles))
        for mode, one, other in _at_odds(list(pairs), said):
            yield one.by, other.by, _told(one, other, other.situation, mode)


def _at_odds(pairs: list[tuple[Said, Said]], said: list[Said]) -> Iterator[tuple[int, Said, Said]]:
    """Payable against denied or asked about; and questions that a rule of the same kind leaves no room for."""
    seen: set[tuple[RuleInForce, RuleInForce]] = set()
    for mode in (0, 1):
        asked = Counter((one.by, one.outcome) for one in said if one.effects[mode] == "pend")
        denied: dict[tuple[RuleInForce, str, RuleInForce], list[tuple[Said, Said]]] = defaultdict(list)
        found = []
        for one, other in pairs:
            effects = {one.effects[mode], other.effects[mode]}
            if effects & _LOSES and effects & _PAYS and _meet(one, other):
                found.append((one, other))
            elif effects == _LOSES and one.by.rule.kind == other.by.rule.kind and _meet(one, other):
                asks, denies = (one, other) if one.effects[mode] == "pend" else (other, one)
                denied[asks.by, asks.outcome, denies.by].append((one, other))
        found += [answered[0] for (by, outcome, _), answered in denied.items() if len(answered) == asked[by, outcome]]
        yield from ((mode, one, other) for one, other in found if (one.by, other.by) not in seen)
        seen |= {(one.by, other.by) for one, other in found}


def _values(of_code: _OfCode) -> _Found:
    """Fields of which one rule names as allowed what another names otherwise, or whose allowed values leave nothing to both."""
    for facts, said in of_code.items():
        told: dict[tuple[RuleInForce, str], dict[str, Said]] = defaultdict(dict)
        for one in said:
            if one.situation[0] == HOLDS:
                told[one.by, str(one.situation[1])][str(one.situation[2])] = one
        for (mine, field), (theirs, other_field) in combinations(told, 2):
            here, there = told[mine, field], told[theirs, other_field]
            if field != other_field or not _meet(next(iter(here.values())), next(iter(there.values()))):
                continue
            if _none_passes(here, there):
                yield mine, theirs, f"no {field} of {_line(facts)} is let pass by both {_cited(mine)} and {_cited(theirs)}"
                continue
            named = [(here[value], there[value]) for value in sorted(here.keys() & there.keys())]
            asked = [pair for pair in _turned(here, there) if ALLOWED not in pair[0].effects + pair[1].effects]
            for mode, one, other in _at_odds([*named, *asked], said):
                yield mine, theirs, _told(one, other, one.situation, mode)


def _turned(here: dict[str, Said], there: dict[str, Said]) -> Iterator[tuple[Said, Said]]:
    """What one rule names and the other takes for any other value."""
    for told, others in ((here, there), (there, here)):
        yield from ((told[value], others[ANY]) for value in sorted(told.keys() - others.keys()) if ANY in others)


def _none_passes(here: dict[str, Said], there: dict[str, Said]) -> bool:
    passed = [{value for value in here.keys() | there.keys() if _passes(told, value)} for told in (here, there)]
    return all(passed) and not passed[0] & passed[1]


def _passes(told: dict[str, Said], value: str) -> bool:
    said = told.get(value, told.get(ANY))
    return said is None or not _LOSES & set(said.effects)


def _crossed(of_code: _OfCode) -> _Found:
    """Two orders of concurrent therapies in which one modifier has two places."""
    for said in of_code.values():
        placing = [one for one in said if "deny" in one.effects and hasattr(one.by.rule, "second")]
        for one, other in combinations(placing, 2):
            here, there = _places(one), _places(other)
            shared = sorted(mark for mark in here.keys() & there.keys() if here[mark] != there[mark])
            if shared and _meet(one, other):
                ours, theirs = (
                    f"the {places[shared[0]]} therapy by {_cited(each.by)}" for places, each in ((here, one), (there, other))
                )
                yield one.by, other.by, f"{shared[0]} is the modifier of {ours} and of {theirs}"


def _places(said: Said) -> dict[str, str]:
    return {getattr(said.by.rule, place): place for place in ("second", "third")}


def _demands(of_code: _OfCode) -> _Found:
    """Rules that pay a line only beside another, where each line that would do is what denies it, or is denied for it."""
    forbidden = _forbidden(of_code)
    for facts, said in of_code.items():
        for one in said:
            against = {thing: _enemy(one, forbidden, thing) for thing in _wanted(one)}
            enemies = [enemy for enemy in against.values() if enemy is not None]
            if enemies and len(enemies) == len(against):
                yield (
                    one.by,
                    enemies[0].by,
                    (
                        f"{_line(facts)} is denied without {_listed(set(against))} by {_cited(one.by)}, "
                        f"and both are not paid together by {_cited(enemies[0].by)}"
                    ),
                )


def _wanted(said: Said) -> list[Thing]:
    """The lines without any of which the rule denies its own; none for an answer that is no such demand."""
    by, things = said.by, frozenset[Thing]()
    if "deny" in said.effects and said.outcome == "none_on_claim":
        things = by.paired(said.facts, "beside")
    elif "deny" in said.effects and said.outcome == "unsupported":
        things = by.things("therapy") | by.things("visit") | by.paired(said.facts, "own")
    return sorted(things)


def _enemy(one: Said, forbidden: dict[tuple[str, Thing], list[Said]], thing: Thing) -> Said | None:
    """Who denies the code beside this thing; or where two codes exclude each other, who denies the thing beside the code."""
    against = [said for said in forbidden.get((one.facts.code, thing), ()) if _meet(one, said)]
    turned = forbidden.get((thing.code, Thing(one.facts.code)), ())
    against += [said for said in turned if said.outcome == "together" and said.by is not one.by and _share_a_day(one, said)]
    return next(iter(against), None)


def _forbidden(of_code: _OfCode) -> dict[tuple[str, Thing], list[Said]]:
    """By code and what stands beside it, the answers that deny the code for that."""
    found: dict[tuple[str, Thing], list[Said]] = defaultdict(list)
    for said in chain(*of_code.values()):
        thing = said.situation[-1]
        plain = said.situation[0] == BESIDE and len(said.situation) == 2 and "deny" in said.effects
        helped = said.outcome == "nothing_else" and said.by.things("among")
        if plain and isinstance(thing, Thing) and not helped:
            found[said.facts.code, thing].append(said)
    return found


def _circles(of_code: _OfCode) -> _Found:
    """Two codes of which each is denied for the other, by two rules that are tried at once."""
    forbidden = _forbidden(of_code)
    for (code, thing), told in forbidden.items():
        turned = forbidden.get((thing.code, Thing(code)), ()) if code < thing.code else ()
        for one, other in product(told, turned):
            if one.by is not other.by and one.by.rule.stage == other.by.rule.stage and _share_a_day(one, other):
                yield (
                    one.by,
                    other.by,
                    (
                        f"beside each other {_line(one.facts)} is denied by {_cited(one.by)} "
                        f"and {_line(other.facts)} by {_cited(other.by)}, so that neither stands"
                    ),
                )


def _meet(one: Said, other: Said) -> bool:
    """Whether one line of the code can be selected by both rules on one day, and neither leaves it to the other."""
    if one.by is other.by or not _share_a_day(one, other):
        return False
    same = one.by.policy is other.by.policy
    if same and (other.by.rule.id in one.by.rule.unless or one.by.rule.id in other.by.rule.unless):
        return False
    return any(_agree(mine, theirs, same) for mine, theirs in product(one.selectors, other.selectors))


def _share_a_day(one: Said, other: Said) -> bool:
    return one.by.policy.payer == other.by.policy.payer and max(one.first, other.first) <= min(one.last, other.last)


def _agree(mine: Lines, theirs: Lines, same: bool) -> bool:
    """Whether the modifiers of one line, and in one policy its way into scope, can suit both selectors."""
    if same and mine.scope_by and theirs.scope_by and mine.scope_by != theirs.scope_by:
        return False
    barred = {*mine.without_modifier, *theirs.without_modifier}
    return all(not lines.with_modifier or set(lines.with_modifier) - barred for lines in (mine, theirs))


def _told(one: Said, other: Said, situation: Situation, mode: int) -> str:
    answers = " and ".join(f"{_WORDS[each.effects[mode]]} by {_cited(each.by)}" for each in (one, other))
    return f"{_line(one.facts)}{_where(situation)} is {answers}" + (" once there is a history" if mode else "")


def _cited(by: RuleInForce) -> str:
    return f"{by.rule.id} ({by.rule.cite.place})"


def _line(facts: CodeFacts) -> str:
    return facts.code or (f"a product of {facts.component}" if facts.component else "a code that nobody knows")


def _where(situation: Situation) -> str:
    """A situation in words, after the code: ``beside`` what, or with which value in which field."""
    head, *rest = situation
    if head == HOLDS:
        return f" with {rest[1]} {rest[0]}" if rest[1] in (ANY, "no") else f" with {rest[0]} {rest[1]}"
    if head not in (BESIDE, WITHOUT):
        return ""
    things = set(rest[0]) if isinstance(rest[0], frozenset) else {part for part in rest if isinstance(part, Thing)}
    told = " ".join(part for part in rest if isinstance(part, str))
    return f" {head} {_listed(things)}" + (f" ({told})" if told else "") if things else ""


def _listed(things: set[Thing]) -> str:
    first = sorted(things)[0]
    told = " ".join([first.code, *first.with_modifier])
    return f"{told} or {len(things) - 1} more" if len(things) > 1 else told
