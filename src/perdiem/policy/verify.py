"""verify: what can be known to be wrong with a policy before any claim meets it.

Fingerprints against the reader's own copy of the source, code sets against the book, rules against each other and against
those of the payer's other policies, outcomes against cases. Errors make a policy unusable; notes say what could not be
verified. A folder of texts that lacks the policy's own is an error, for whoever names it means it to be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from perdiem.codes.book import Book, open_book
from perdiem.codes.sets import CodeSets
from perdiem.edits.documents import Documents
from perdiem.edits.rule import LINES, VALUES, Rule, fields_as
from perdiem.model.citation import Source
from perdiem.model.errors import PolicyError
from perdiem.policy.cases import read_cases, read_undrawable
from perdiem.policy.citation import Text, quote, read_text, standing
from perdiem.policy.coverage import coverage
from perdiem.policy.documents import documents
from perdiem.policy.read import Policy, read_policies
from perdiem.policy.war import wars


@dataclass(frozen=True)
class Fault:
    """One thing that verify found: the rule (empty for the policy), what, and whether it is an error."""

    policy: str
    rule: str
    what: str
    error: bool = True


@dataclass(frozen=True)
class Verified:
    """The faults of one policy and how many of its citations stand where they should."""

    policy: Policy
    faults: tuple[Fault, ...]
    citations: dict[str, int]

    @property
    def sound(self) -> bool:
        """No error was found (citations may still be unverified)."""
        return not any(fault.error for fault in self.faults)

    @property
    def word(self) -> str:
        """``sound``, ``faulty``, or ``unverified`` where nothing worse is known than that the text is not at hand."""
        absent = {_absent(source) for source in self.policy.sources}
        if any(fault.error and fault.what not in absent for fault in self.faults):
            return "faulty"
        return "sound" if set(self.citations) == {"found"} else "unverified"


def verify(ids: list[str] | None = None, sources: Path | None = None, book: Book | None = None) -> list[Verified]:
    """Verify policies of the library, all or by id; ``sources`` holds the reader's own copies of the texts.

    Raises PolicyError for an unknown id or a folder that is none.
    """
    policies = read_policies()
    missing = sorted(set(ids or ()) - {p.id for p in policies})
    if missing:
        raise PolicyError("policy verify", f"no policy {missing[0]!r}", "perdiem policy list shows those loaded")
    if sources is not None and not sources.is_dir():
        raise PolicyError("--sources", f"{sources.name!r} is no folder", "Name the folder that holds the payers' texts")
    return [verify_policy(p, sources, book or open_book(), policies) for p in policies if not ids or p.id in ids]


def verify_policy(policy: Policy, sources: Path | None, book: Book, loaded: Sequence[Policy] = ()) -> Verified:
    """Everything verify can say of one policy; ``loaded`` are the policies it must agree with."""
    texts = {source.key: source_text(source, sources) for source in policy.sources}
    counted: dict[str, int] = {}
    faults = list(_citations(policy, texts, counted))
    for source in policy.sources:
        found = texts[source.key]
        if not source.sha256:
            faults.append(Fault(policy.name, "", f"no copy of {source.key} was read: it is cited by its sections", error=False))
        elif sources is not None and found is None and not source.table:
            faults.append(Fault(policy.name, "", _absent(source)))
        elif found is not None and found.sha256 != source.sha256:
            what = f"the text of {source.key} at hand is not the copy that was read; citations decide"
            faults.append(Fault(policy.name, "", what, error=False))
    faults += _quarrels(policy, book, loaded)
    if not policy.sources[0].table:  # a policy that stands for a table was written from a pattern, which has its own tests
        faults += [*_codes(policy, book), *_papers(policy), *_uncased(policy), *_days_without_units(policy, book)]
        faults += _uncovered(policy, texts[policy.source])
    return Verified(policy, tuple(faults), counted)


def source_file(source: Source, sources: Path | None) -> Path | None:
    """The reader's copy of a source: by its hash, else by the source key that begins its name."""
    files = sorted(f for f in sources.iterdir() if f.is_file()) if sources and source.sha256 else []
    same = [f for f in files if f.suffix == ".txt" and read_text(f).sha256 == source.sha256]
    named = [f for f in files if f.stem == source.key or f.name.startswith(f"{source.key}_")]
    return next(iter(same + named), None)


def _absent(source: Source) -> str:
    return (
        f"the folder holds no text of source {source.key}, so no citation of it was verified. Looked for a file named {source.key} "
        f"with any ending, for one whose name begins with {source.key}_, and for a .txt file with SHA-256 {source.sha256}"
    )


def source_text(source: Source, sources: Path | None) -> Text | None:
    """The tokens of that copy; None where there is none."""
    file = source_file(source, sources)
    return read_text(file) if file else None


def quotes(policy: Policy, sources: Path | None) -> dict[str, str]:
    """The cited words of every citation that stands once in the reader's own copies, by fingerprint."""
    files = {source.key: source_file(source, sources) for source in policy.sources}
    cited = [(files[citation.source], citation) for rule in policy.rules for citation in (rule.cite, *rule.also)]
    found = {citation.fingerprint: quote(file, citation) for file, citation in cited if file}
    return {mark: words for mark, words in found.items() if words}


def _citations(policy: Policy, texts: dict[str, Text | None], counted: dict[str, int]) -> Iterator[Fault]:
    for rule in policy.rules:
        for citation in (rule.cite, *rule.also):
            found = standing(texts[citation.source], citation)
            counted[found] = counted.get(found, 0) + 1
            if found not in ("found", "unverified"):
                yield Fault(policy.name, rule.id, f"the citation of {citation.place} is {found}")


def _uncovered(policy: Policy, text: Text | None) -> Iterator[Fault]:
    """What is wrong with the tiles over the text, if the policy has any."""
    if not (policy.folder / "coverage.toml").is_file():
        yield Fault(policy.name, "", "no coverage.toml says what becomes of each word of the text", error=False)
        return
    for what in coverage(policy, text).faults:
        yield Fault(policy.name, "", f"coverage: {what}")


def _selectors(policy: Policy) -> Iterator[tuple[Rule, str, tuple[str, ...]]]:
    for rule in policy.rules:
        for f in fields_as(type(rule), LINES):
            for selector in getattr(rule, f.name):
                yield rule, f.name, selector.codes


def _codes(policy: Policy, book: Book) -> Iterator[Fault]:
    sets = CodeSets(book, policy.codes, policy.name)
    for name, terms in policy.codes.items():
        if not sets.members(terms):
            yield Fault(policy.name, "", f"the code set {name!r} is empty")
    for rule, role, terms in _selectors(policy):
        if not sets.members(terms):
            yield Fault(policy.name, rule.id, f"{role} names no code of the book")
    lists = [*policy.codes.values(), *(terms for _, _, terms in _selectors(policy))]
    single = {term.removeprefix("-") for terms in lists for term in terms}
    for code in sorted(term for term in single if len(term) == 5 and term.isupper() and term.isalnum()):
        if not book.look_up(code).known:
            yield Fault(policy.name, "", f"the book does not know {code}")
    for modifier in sorted(_modifiers(policy)):
        if modifier not in book.modifiers:
            yield Fault(policy.name, "", f"the book does not know modifier {modifier}")
    for rule in policy.rules:
        for f in fields_as(type(rule), VALUES):
            for value in (v for listed in getattr(rule, f.name).values() for v in listed):
                if getattr(rule, "field", "") == "place" and value not in book.places:
                    yield Fault(policy.name, rule.id, f"the book does not know place of service {value}")
    yield from _reasons(policy, book)


def _papers(policy: Policy) -> Iterator[Fault]:
    """A rule that asks for a paper names one of the library."""
    known = {document.id for document in documents()}
    for rule in policy.rules:
        if isinstance(rule, Documents) and rule.document not in known:
            yield Fault(policy.name, rule.id, f"the library has no document {rule.document!r}")


def _reasons(policy: Policy, book: Book) -> Iterator[Fault]:
    for rule in policy.rules:
        for name, outcome in rule.outcomes.items():
            used = [("GROUP", outcome.group), ("CARC", outcome.carc), *(("RARC", r) for r in outcome.rarc)]
            for list_, code in used:
                if code and (list_, code) not in book.reasons:
                    yield Fault(policy.name, rule.id, f"outcome {name}: the book does not know {list_} {code}")


def _modifiers(policy: Policy) -> set[str]:
    chosen = [s for rule in policy.rules for f in fields_as(type(rule), LINES) for s in getattr(rule, f.name)]
    found = {m for s in chosen for m in (*s.with_modifier, *s.without_modifier)}
    listed = [rule for rule in policy.rules if not hasattr(rule, "field")]  # their values are modifiers
    lists = [given for rule in listed for f in fields_as(type(rule), VALUES) for given in getattr(rule, f.name).values()]
    return found.union(*lists)


def _quarrels(policy: Policy, book: Book, loaded: Sequence[Policy]) -> Iterator[Fault]:
    """Rules at war with each other or with those of another policy of the same payer, and ids that two rules share."""
    beside = [p for p in loaded if p.payer == policy.payer and p.name != policy.name]
    for war in wars([policy, *beside], book):
        seen = war.seen_from(policy)
        if seen:
            yield Fault(policy.name, *seen)
    ids = [rule.id for rule in policy.rules]
    for twice in sorted({i for i in ids if ids.count(i) > 1}):
        yield Fault(policy.name, twice, "two rules have this id")


def _members(rule: Rule, sets: CodeSets) -> list[str]:
    return [code for selector in rule.on for code in sets.members(selector.codes)]


def _uncased(policy: Policy) -> Iterator[Fault]:
    cases = read_cases(policy)
    undrawable = read_undrawable(policy)
    given = {name for case in cases for name in case.gives}
    spared = {name for case in cases for name in case.spares}
    for rule in policy.rules:
        for outcome in rule.outcomes:
            name = f"{rule.id}.{outcome}"
            if name not in given and name in undrawable:
                yield Fault(policy.name, rule.id, f"no case can give {outcome}: {undrawable[name]}", error=False)
            elif name not in given:
                yield Fault(policy.name, rule.id, f"no case gives {outcome}")
            if name not in spared:
                yield Fault(policy.name, rule.id, f"no case is spared {outcome}")
    known = {f"{rule.id}.{outcome}" for rule in policy.rules for outcome in rule.outcomes}
    for name in sorted((given | spared) - known):
        yield Fault(policy.name, "", f"a case names {name}, which no rule has")


def _days_without_units(policy: Policy, book: Book) -> Iterator[Fault]:
    """Services paid by the day need a rule that denies units beyond the days, or the excess has no reason."""
    sets = CodeSets(book, policy.codes, policy.name)
    counted = {code for rule in policy.rules if rule.kind == "unit_count" for code in _members(rule, sets)}
    for code in sets.members(policy.paid_by_day):
        if code not in counted:
            yield Fault(policy.name, "", f"{code} is paid by the day and no unit_count rule covers it")
