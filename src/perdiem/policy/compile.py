"""Policies to tables: every rule a row, expanded against the codes that a batch really holds.

Sets, ranges and pairings are evaluated once per distinct code, so that every later join is an equality.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, get_type_hints

import pyarrow as pa

from perdiem.codes.book import Book, CodeFacts, Therapy
from perdiem.codes.sets import CodeSets
from perdiem.edits import KINDS
from perdiem.edits.concurrent import Concurrent
from perdiem.edits.rule import LINES, LINKS, LISTING, PAIRS, SCALAR, VALUES, Lines, Rule, fields_as
from perdiem.model.errors import PolicyError
from perdiem.policy.listed import listed
from perdiem.policy.read import Policy

_TEXT, _WHOLE, _DAY, _YES = pa.string(), pa.int64(), pa.date32(), pa.bool_()

SHAPES: dict[str, dict[str, pa.DataType]] = {
    "policy_version": {"policy_no": _WHOLE, "payer": _TEXT, "forced": _YES, "effective": _DAY, "until": _DAY,
                       "excerpt": _YES},
    "policy_beside": {"policy_no": _WHOLE, "beside_policy_no": _WHOLE},
    "policy_open": {"policy_no": _WHOLE, "by_policy_no": _WHOLE},
    "policy_taxonomy": {"policy_no": _WHOLE, "taxonomy": _TEXT},
    "policy_code": {"policy_no": _WHOLE, "code": _TEXT, "scope": _YES, "spoken_of": _YES, "paid_by_day": _YES},
    "rule": {"rule_no": _WHOLE, "policy_no": _WHOLE, "kind": _TEXT, "since": _DAY, "until": _DAY, "beside": _YES},
    "outcome": {
        "rule_no": _WHOLE, "outcome": _TEXT, "effect": _TEXT, "group_code": _TEXT, "carc": _TEXT, "rarc": pa.list_(_TEXT),
    },
    "selector": {
        "selector_no": _WHOLE, "policy_no": _WHOLE, "kind": _TEXT, "rule_no": _WHOLE, "role": _TEXT, "scope_by": _TEXT,
        "plain": _YES, "sifted": _YES, "needs_modifier": _YES, "needs_component": _YES, "code": _TEXT,
    },
    "selector_modifier": {"selector_no": _WHOLE, "wanted": _YES, "modifier": _TEXT},
    "selector_component": {"selector_no": _WHOLE, "component": _TEXT},
    "rule_value": {"rule_no": _WHOLE, "outcome": _TEXT, "value": _TEXT},
    "rule_link": {"rule_no": _WHOLE, "role": _TEXT, "other_rule_no": _WHOLE},
    "linked_code": {"rule_no": _WHOLE, "role": _TEXT, "code": _TEXT},
    "pair": {"rule_no": _WHOLE, "subject_code": _TEXT, "object_code": _TEXT, "fit": _TEXT, "proves": _YES},
    "release_pair": {"rule_no": _WHOLE, "first_code": _TEXT, "other_code": _TEXT, "indicator": _TEXT, "first_day": _DAY,
                     "last_day": _DAY},
    "release_limit": {"rule_no": _WHOLE, "code": _TEXT, "units": _WHOLE, "indicator": _TEXT},
    "telling_modifier": {"modifier": _TEXT},
    "code_fact": {"code": _TEXT, "known": _YES, "start_day": _DAY, "end_day": _DAY},
    "complete_span": {"code": _TEXT, "first_day": _DAY, "last_day": _DAY, "complete": _YES},
    "code_family": {"code": _TEXT, "family": _TEXT},
    "therapy_code": {"code": _TEXT, "family": _TEXT},
}  # fmt: skip


@dataclass
class Compiled:
    """The tables of :data:`SHAPES` and one per kind, and the rules and policies behind their numbers (from 1)."""

    tables: dict[str, pa.Table]
    rules: list[Rule] = field(default_factory=list)
    policy_of: list[Policy] = field(default_factory=list)

    def rule(self, rule_no: int) -> tuple[Policy, Rule]:
        """The policy and the rule of a rule number."""
        return self.policy_of[rule_no - 1], self.rules[rule_no - 1]


def compile_policies(
    policies: Sequence[Policy], book: Book, codes: Iterable[str], forced: Sequence[str] = (), history: bool = False
) -> Compiled:
    """The rule tables of these policies for a batch with these distinct codes.

    forced: ids of policies that apply whatever the payer; then only those apply. history: earlier claims are at
    hand, so that outcomes that wait for them are decided. Raises PolicyError.
    """
    facts = [book.look_up(code) for code in sorted(set(codes))]
    chosen = choose(policies, forced)
    draft = _Draft(facts, book, {id_ for policy in chosen for id_ in policy.beside})
    for number, policy in enumerate(chosen, 1):
        later = [p.effective for p in policies if p.id == policy.id and p.effective > policy.effective]
        until = min([policy.until or date.max, *(day - timedelta(days=1) for day in later)])
        draft.add_policy(number, policy, until, policy.id in forced, history)
    draft.add_beside(chosen)
    draft.add_codes()
    draft.add_modifiers()
    draft.add_linked()
    return Compiled(draft.tables(), draft.rules, draft.policy_of)


def choose(policies: Sequence[Policy], forced: Sequence[str]) -> list[Policy]:
    """The policies that speak, in the order in which their rules do: those of payers, then those beside them.

    Without ``forced`` every payer's policy that does not wait to be asked for, else those named; with them the
    policies that any of them names in ``beside``.
    """
    own = [p for p in policies if (p.id in forced if forced else p.payer and not p.on_request)]
    named = {id_ for p in own for id_ in p.beside}
    return own + [p for p in policies if p.id in named and p not in own]


def lasting_codes(policies: Sequence[Policy], book: Book) -> frozenset[str]:
    """The codes of equipment that some rule follows beyond the days on its line (the rule says how far: ``reach``)."""
    found: set[str] = set()
    for policy in policies:
        sets = CodeSets(book, policy.codes, policy.name)
        for rule in policy.rules:
            if getattr(rule, "reach", None):
                looked_at = [s for f in fields_as(type(rule), LINES) if f.name != "on" for s in getattr(rule, f.name)]
                found.update(code for selector in looked_at for code in sets.members(selector.codes))
    return frozenset(found)


class _Draft:
    def __init__(self, facts: list[CodeFacts], book: Book, beside: set[str]) -> None:
        self.facts, self.book, self.beside = facts, book, beside
        self.rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in SHAPES}
        self.kind_rows: dict[str, list[tuple[Any, ...]]] = {kind: [] for kind in KINDS}
        self.rules: list[Rule] = []
        self.policy_of: list[Policy] = []
        self.selectors = 0
        self.therapy = {code: therapy for therapy in book.therapies for code in therapy.per_diems}

    def add_policy(self, number: int, policy: Policy, until: date, forced: bool, history: bool) -> None:
        sets = CodeSets(self.book, policy.codes, policy.name)
        self.rows["policy_version"].append((number, policy.payer or None, forced, policy.effective, until, policy.excerpt))
        self.rows["policy_taxonomy"] += [(number, taxonomy) for taxonomy in policy.taxonomies]
        for f in self.facts:
            uses = [sets.holds(terms, f) for terms in (policy.claims_with, policy.lines_with, policy.paid_by_day)]
            if any(uses):
                self.rows["policy_code"].append((number, f.code, *uses))
        first = len(self.rules) + 1
        numbers = {rule.id: first + i for i, rule in enumerate(policy.rules)}
        for written in policy.rules:
            rule = _informed(written) if history else written
            self.rules.append(rule)
            self.policy_of.append(policy)
            self._add_rule(numbers, number, policy, rule, sets)

    def add_beside(self, chosen: Sequence[Policy]) -> None:
        """Which policies speak beside which."""
        numbers = list(enumerate(chosen, 1))
        beside = [(n, m) for n, p in numbers for m, other in numbers if other.id in p.beside]
        self.rows["policy_beside"] = beside
        self.rows["policy_open"] = sorted({(m, n) for n, m in beside} | {(n, n) for n, _ in numbers})

    def _add_rule(self, numbers: dict[str, int], policy_no: int, policy: Policy, rule: Rule, sets: CodeSets) -> None:
        no = numbers[rule.id]
        self.rows["rule"].append((no, policy_no, rule.kind, rule.since, rule.until, policy.id in self.beside))
        self.kind_rows[rule.kind].append((no, *(getattr(rule, f.name) for f in fields_as(type(rule), SCALAR))))
        for name, outcome in rule.outcomes.items():
            row = (no, name, outcome.effect, outcome.group, outcome.carc, list(outcome.rarc))
            self.rows["outcome"].append(row)
        for f in fields_as(type(rule), LINES):
            sifted = bool(rule.sift) and f.name not in rule.unsifted
            for selector in getattr(rule, f.name):
                only = len(getattr(rule, f.name)) == 1
                head = (policy_no, rule.kind, no, f.name, selector.scope_by, only and _by_code(selector), sifted)
                self._add_selector(head, selector, sets)
        for f in fields_as(type(rule), VALUES):
            for outcome_name, allowed in getattr(rule, f.name).items():
                self.rows["rule_value"] += [(no, outcome_name, value) for value in allowed]
        for f in fields_as(type(rule), LINKS):
            for other in getattr(rule, f.name):
                if other not in numbers:
                    raise PolicyError(f"{policy.name}#{rule.id}", f"no rule {other!r} here", "Name a rule of this policy")
                self.rows["rule_link"].append((no, f.name, numbers[other]))
        for f in fields_as(type(rule), LISTING):
            named = listed(f.metadata["table"], getattr(rule, f.name), [f.code for f in self.facts], f"{policy.name}#{rule.id}")
            self.rows[f.metadata["table"]] += [(no, *row) for row in named]
        for f in fields_as(type(rule), PAIRS):
            self._add_pairs(no, rule, getattr(rule, f.name), sets)

    def _add_selector(self, head: tuple[Any, ...], lines: Lines, sets: CodeSets) -> None:
        self.selectors += 1
        number = self.selectors
        whole = (number, *head, bool(lines.with_modifier), bool(lines.component))
        self.rows["selector"] += [(*whole, f.code) for f in self.facts if selects(lines, f, sets)]
        self.rows["selector_modifier"] += [(number, True, m) for m in lines.with_modifier]
        self.rows["selector_modifier"] += [(number, False, m) for m in lines.without_modifier]
        self.rows["selector_component"] += [(number, c) for c in lines.component]

    def _add_pairs(self, no: int, rule: Rule, pairs: Any, sets: CodeSets) -> None:
        if pairs == "therapies":
            self._add_therapy_pairs(no, rule, sets)
            return
        if pairs == "each":
            pairs = ((("@all",), ("@all",)),)
        for first, other in pairs:
            subjects = [f.code for f in self.facts if sets.holds(first, f)]
            objects = [f.code for f in self.facts if sets.holds(other, f)]
            proving = self._proving(rule, sets)
            found = {(no, s, o, "corresponds", o in proving) for s in subjects for o in objects if s != o}
            self.rows["pair"] += sorted(found - set(self.rows["pair"]))

    def _add_therapy_pairs(self, no: int, rule: Rule, sets: CodeSets) -> None:
        """Pair drugs with per diems by family, whichever of the two the rule judges."""
        subjects = [f for f in self.facts if any(sets.holds(s.codes, f) for s in rule.on)]
        others = [s for f in fields_as(type(rule), LINES) if f.name != "on" for s in getattr(rule, f.name)]
        objects = [f for f in self.facts if any(sets.holds(s.codes, f) for s in others)]
        proving = self._proving(rule, sets)
        for subject in subjects:
            for thing in objects:
                drug, per_diem = (thing, subject) if thing.drug_line else (subject, thing)
                how = fit(drug, self.therapy.get(per_diem.code))
                if how:
                    self.rows["pair"].append((no, subject.code, thing.code, how, how != "other" and thing.code in proving))

    def _proving(self, rule: Rule, sets: CodeSets) -> set[str]:
        """The codes of lines that may stand beside others by their code alone."""
        beside = getattr(rule, "beside", ())
        plain = [lines for lines in beside if len(beside) == 1 and _by_code(lines)]
        return {f.code for lines in plain for f in self.facts if selects(lines, f, sets)}

    def add_codes(self) -> None:
        for f in self.facts:
            self.rows["code_fact"].append((f.code, f.known, f.start, f.end))
            self.rows["complete_span"] += [(f.code, *span) for span in self.book.official.spans(f.code) if not f.known]
            self.rows["code_family"] += [(f.code, family) for family in f.families]
        for therapy in self.book.therapies:
            self.rows["therapy_code"] += [(code, therapy.family) for code in therapy.per_diems]

    def add_modifiers(self) -> None:
        """The modifiers that any rule or the book's own blanks look at."""
        told = {row[2] for row in self.rows["selector_modifier"]}
        told |= {value for _, _, value in self.rows["rule_value"]}
        told |= {m for rule in self.rules if isinstance(rule, Concurrent) for m in (rule.second, rule.third)}
        self.rows["telling_modifier"] = [(m,) for m in sorted(told)]

    def add_linked(self) -> None:
        """The codes of lines judged by rules that others name, where no sift tells beforehand which of the lines they find."""
        codes: dict[int, set[str]] = {}
        for _, _, _, rule_no, role, _, _, sifted, _, _, code in self.rows["selector"]:
            if role == "on" and not sifted:
                codes.setdefault(rule_no, set()).add(code)
        linked = {(no, role, code) for no, role, other in self.rows["rule_link"] for code in codes.get(other, ())}
        self.rows["linked_code"] = sorted(linked)

    def tables(self) -> dict[str, pa.Table]:
        made = {name: _table(SHAPES[name], rows) for name, rows in self.rows.items()}
        for kind, of in KINDS.items():
            made[kind] = _table(kind_shape(of), self.kind_rows[kind])
        return made


def _informed(rule: Rule) -> Rule:
    """The rule with what follows when the member's earlier claims are at hand."""
    return replace(rule, outcomes={name: outcome.with_history or outcome for name, outcome in rule.outcomes.items()})


def fit(drug: CodeFacts, therapy: Therapy | None) -> str:
    """How a drug stands to a therapy: ``own`` family, ``corresponds`` otherwise, ``other``, or not at all."""
    if therapy is None or not drug.drug_line:
        return ""
    if therapy.family in drug.families:
        return "own"
    if drug.own_family_only:
        return ""
    open_code = drug.kind_of == "unclassified drug" and not therapy.own_products
    return "corresponds" if open_code or therapy.any_drug else "other"


def _by_code(lines: Lines) -> bool:
    """Whether the code alone decides what a selector selects."""
    return not (lines.with_modifier or lines.without_modifier or lines.component)


def selects(lines: Lines, facts: CodeFacts, sets: CodeSets) -> bool:
    """Whether a selector can select lines of this code: by its code set and its routes; modifiers are the line's."""
    routes = set(facts.routes)
    within = not lines.routes_within or (routes and routes.issubset(lines.routes_within))
    return bool(within and (not lines.routes_with or routes & set(lines.routes_with)) and sets.holds(lines.codes, facts))


def kind_shape(kind: type[Rule]) -> dict[str, pa.DataType]:
    """The columns of a kind's own table: rule_no and its scalar fields."""
    hints = get_type_hints(kind)
    types = {int: _WHOLE, bool: _YES}
    return {"rule_no": _WHOLE, **{f.name: types.get(hints[f.name], _TEXT) for f in fields_as(kind, SCALAR)}}


def _table(shape: dict[str, pa.DataType], rows: list[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(shape)
    return pa.table({name: pa.array(column, type_) for (name, type_), column in zip(shape.items(), columns, strict=True)})
