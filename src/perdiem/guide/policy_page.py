"""Pages of a policy and of a payer: rules with their readings, every word of the source by what it is, and what is loaded."""

from __future__ import annotations

from collections.abc import Iterator

from perdiem.edits.rule import Outcome, Rule
from perdiem.guide.known import Known
from perdiem.guide.speech import Speech, capital
from perdiem.model.page import Block, Bullets, Cell, Facts, Gap, Missing, Page, Paragraph, Section, Table, words
from perdiem.policy.coverage import coverage, page
from perdiem.policy.payers import Payer
from perdiem.policy.read import Policy


def policy_page(known: Known, policy: Policy, speech: Speech) -> Page:
    """A policy: where it comes from, each rule beside its reading and outcomes, and the coverage of its text where it is tiled."""
    rules = tuple(Section(rule.id, rule.id, tuple(_rule(known, policy, rule, speech))) for rule in policy.rules)
    sections = (
        Section("the-policy", "The policy", (_about(known, policy, speech),)),
        Section("the-rules", "Rules and readings", (_overview(policy, speech),), rules),
        Section("its-words", "Every word of the source", tuple(_words(policy, speech))),
    )
    foot = words(f"Policy {policy.fingerprint}. Library {known.fingerprint}.")
    return Page(f"{policy.name}: {policy.title}", policy.drawn_from, known.on, sections, foot)


def _about(known: Known, policy: Policy, speech: Speech) -> Facts:
    payer = next((s.payer for b in known.brands for s in b.payers if s.payer.id == policy.payer), None)
    in_force = any(by.policy is policy for by in known.rules)
    pairs: list[tuple[str, Cell]] = [
        (
            "Payer",
            words(speech.payer(payer))
            if payer
            else words("of no payer; " + ("asked for by id" if policy.on_request else "speaks beside others")),
        ),
        ("Version", words(policy.version)),
        ("In force from", words(policy.effective.isoformat() + (f" to {policy.until}" if policy.until else ""))),
        ("In force on this day", words("yes" if in_force else "no")),
        ("Whole or excerpt", words("excerpt: only some sentences of the source are known" if policy.excerpt else "whole")),
        ("Speaks beside it", words(", ".join(policy.beside) or "none")),
        ("Yields to", words(", ".join(policy.yields_to) or "nothing that it names")),
    ]
    for source in policy.sources:
        copy = f"fingerprint {source.sha256}" if source.sha256 else "no copy was read; it is cited by section"
        pairs.append((f"Source {source.key}", words(f"{source.name}; read {source.read}; {copy}")))
    if policy.note:
        pairs.append(("Note", words(policy.note)))
    return Facts(tuple(pairs))


def _overview(policy: Policy, speech: Speech) -> Table:
    rows = tuple(
        (words(speech.rule(policy, rule.id)), words(rule.says), words(rule.reading or "as it says")) for rule in policy.rules
    )
    return Table(
        "Rules in the order in which a denial's reason is chosen", ("Rule", "It says, in our words", "How it is read"), rows
    )


def _rule(known: Known, policy: Policy, rule: Rule, speech: Speech) -> Iterator[Block]:
    yield Paragraph(words(f"{rule.says} (kind {rule.kind})"))
    for label, text in (("Reading: ", rule.reading), ("Doubt: ", rule.doubt)):
        if text:
            yield Paragraph(words(label, text))
    rows = []
    for name, outcome in rule.outcomes.items():
        for told, history in ((outcome, ""), (outcome.with_history, ", with history")):
            if told:
                case = next((c for c in known.cases[policy.name] if f"{rule.id}.{name}" in c.gives), None)
                rows.append(
                    (
                        words(name + history),
                        words(told.effect),
                        _codes(told, speech),
                        words(_said(told)),
                        words(case.id if case else ""),
                    )
                )
    yield Table(f"Outcomes of {rule.id}", ("Outcome", "Effect", "Codes", "Words", "Case"), tuple(rows))
    yield Bullets(
        tuple(
            words(cite.place + (f"; {cite.words} words, {cite.fingerprint}" if cite.fingerprint else "; by section"))
            for cite in (rule.cite, *rule.also)
        )
    )


def _codes(outcome: Outcome, speech: Speech) -> Cell:
    meant = speech.meant(outcome)
    return words(speech.reasons(outcome) + (f": {meant}" if meant else "")) if outcome.carc else words("none")


def _said(outcome: Outcome) -> str:
    parts = [outcome.message, outcome.fix, f"needed: {outcome.asks}" if outcome.asks else ""]
    return " ".join(capital(part) for part in parts if part)


def _words(policy: Policy, speech: Speech) -> Iterator[Block]:
    if not (policy.folder / "coverage.toml").is_file():
        yield Missing(Gap.NO_FILE, "the text of this source is not tiled, so what its other sentences say is not accounted for.")
        return
    covered = page(coverage(policy, None))
    shares = tuple(
        (words(s.kind), words(s.meaning), words(str(s.tiles)), words(str(s.words)), words(f"{100 * s.part:.1f} %"))
        for s in covered.shares
    )
    yield Table("Words of the source by what they are", ("Kind", "Meaning", "Tiles", "Words", "Part"), shares, (2, 3, 4))
    rows = []
    for s in covered.stretches:
        rests = [part for rule in s.rules for part in (", ", speech.rule(policy, rule))][1:]
        if s.codes:
            rests += [" of " if s.rules else "describes ", *speech.codes(s.codes)]
        rows.append(
            (
                words(s.place),
                words(s.section),
                words(s.kind),
                words(str(s.words)),
                words(*([s.because, " "] if s.because else []), *rests) or words("heading"),
            )
        )
    yield Table(
        "The text, stretch by stretch; its words are the payer's and are not shown",
        ("Line", "Section", "Is", "Words", "Rules, codes or reason"),
        tuple(rows),
        (3,),
    )


def payer_page(known: Known, payer: Payer, speech: Speech) -> Page:
    """A payer: what is loaded of it, how claims name it, and what was read of it that is not fit to judge by."""
    loaded = [p for p in known.policies if p.payer == payer.id]
    blocks: list[Block] = [
        Bullets(
            tuple(
                words(speech.policy(p), f" {p.title}, {len(p.rules)} rules" + (", an excerpt" if p.excerpt else "")) for p in loaded
            )
        )
        if loaded
        else Missing(Gap.NO_POLICY, "claims of this payer stay unedited; nothing is guessed from what others do.")
    ]
    sections = [Section("loaded", "Policies", tuple(blocks))]
    ids, names = ", ".join(sorted(payer.ids)), "; ".join(sorted(payer.names))
    none = Missing(Gap.NOT_IN_SOURCE, "no source gives one.")
    named = Facts(
        (
            ("Ids in 2010BB", words(ids) if ids else none),
            ("Names, folded", words(names) if names else none),
            ("Brand", words(payer.brand or "none")),
        )
    )
    sections.append(Section("named", "How claims name it", (named,)))
    if payer.notes:
        about = Paragraph(words("Too old, too thin or of another sort to judge claims by:"))
        sections.append(Section("notes", "What else was read of it", (about, Bullets(tuple(words(note) for note in payer.notes)))))
    spoken = sorted(
        {
            code
            for p in loaded
            for by in known.rules
            if by.policy is p and "" not in known.selected[by]
            for code in known.selected[by]
        }
    )
    if spoken:
        sections.append(
            Section(
                "codes",
                "Codes that its rules speak of",
                (Paragraph(tuple(s for c in spoken for s in (speech.code(c), *words(" ")))),),
            )
        )
    return Page(payer.name, "What is loaded of this payer", known.on, tuple(sections), words(f"Library {known.fingerprint}."))
