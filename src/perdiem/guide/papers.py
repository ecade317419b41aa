"""Papers: the sections of a brief on what stands behind a claim and behind the page: documents, conflicts, figures, sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from perdiem.codes.book import CodeFacts
from perdiem.codes.register import conflicts as conflicts_of
from perdiem.codes.texts import read_texts
from perdiem.guide.benchmark_page import money, number
from perdiem.guide.effects import Speaking, asked, doubts
from perdiem.guide.known import Known
from perdiem.guide.parts import NO_TEXT, Blocks, told_of
from perdiem.guide.speech import Speech, capital
from perdiem.guide.statements import PARTS, Statement
from perdiem.model.citation import Citation, Source
from perdiem.model.conflict import STATES, Conflict
from perdiem.model.document import ANY, WHEN, Demand
from perdiem.model.page import Block, Bullets, Cell, Facts, Gap, Missing, Paragraph, Span, Table, words
from perdiem.policy.documents import needed


def documentation(known: Known, facts: CodeFacts, policies: list[Speaking], speech: Speech) -> Blocks:
    """The papers that stand behind a line, who asks for each, and what the rules ask for where they cannot decide."""
    told = [said for _, said in told_of(known, facts, speech, "documents")]
    wanted = [words(f"{capital(what)} ", speech.rule(policy, rule)) for what, policy, rule in asked(policies, facts)]
    blocks: list[Block] = []
    rows = tuple(_papers(known, facts, policies))
    if rows:
        columns = ("Document", "Written or signed by", "When", "Asked for by", "What it must hold")
        blocks.append(Table("Documents", columns, rows))
    blocks += [Bullets(tuple(told))] if told else []
    if wanted:
        blocks += [Paragraph(words("Asked for when a rule cannot decide:")), Bullets(tuple(wanted))]
    return tuple(blocks) or (Missing(Gap.NOT_IN_SOURCE, f"{NO_TEXT}, and no rule asks for anything."),)


def _papers(known: Known, facts: CodeFacts, policies: list[Speaking]) -> Iterator[tuple[Cell, ...]]:
    payers = dict.fromkeys(of.policy.payer for of in policies)
    found: dict[tuple[str, Citation], tuple[str, str, Demand]] = {}
    for payer in ("", *(payer for payer in payers if payer)):
        for paper in needed(facts.code, payer, known.on, book=known.book):
            for demand in paper.demands:
                found.setdefault((paper.document.id, demand.cite), (paper.document.name, paper.document.by, demand))
    for name, by, demand in found.values():
        whose = ", ".join("any payer (a reference page)" if one == ANY else one for one in demand.of)
        days = f" from {demand.since}" if demand.since > date.min else ""
        days += f" to {demand.until}" if demand.until < date.max else ""
        when = WHEN[demand.when] + (f", {demand.condition}" if demand.condition else "")
        when += f", with modifier {' or '.join(demand.modifiers)}" if demand.modifiers else ""
        holds = f"{demand.says} " + (f"It holds: {'; '.join(demand.holds)}. " if demand.holds else "")
        yield words(name), words(by), words(when), words(f"{whose}{days}"), words(holds, Span(f"({demand.cite.place})", "citation"))


def conflicts(known: Known, facts: CodeFacts, policies: list[Speaking], speech: Speech) -> Blocks:
    """Where sources contradict each other about the code, whose word is followed, and what would be asked of the payers."""
    blocks: list[Block] = []
    told = conflicts_of(facts.code)
    if told:
        blocks.append(conflict_table(told, f"Sources that contradict each other about {facts.code}"))
    doubted = doubts(policies, speech)
    if doubted:
        blocks += [Paragraph(words("What would be asked of the payers:")), Bullets(tuple(doubted))]
    none = "No contradiction between sources is known of this code, and no rule of its own is doubted."
    return tuple(blocks) or (Paragraph(words(none)),)


def conflict_table(told: Iterable[Conflict], caption: str) -> Table:
    """Conflicts as rows: what about, what each side says and where, and whose word is followed."""
    return Table(caption, ("About", "Who says what", "Followed, and why", "Standing"), tuple(_conflict(one) for one in told))


def _conflict(one: Conflict) -> tuple[Cell, ...]:
    sides: list[str | Span] = []
    for side in one.sides:
        sides += [" ", Span(f"{side.cite.source}:", "strong"), f" {side.says} ", Span(f"({side.cite.place})", "citation")]
    codes = f"{', '.join(one.codes)}: " if one.codes else ""
    return (
        words(f"{codes}{one.field}, {one.about}"),
        words(*sides[1:]),
        words(f"{one.followed}. {one.why}"),
        words(f"{one.status}: {STATES[one.status]}"),
    )


def benchmarks(known: Known, facts: CodeFacts, policies: list[Speaking], speech: Speech) -> Blocks:
    """How often it is billed, by the reader's own claims; groups too small to show stay hidden."""
    if known.figures is None:
        return (Missing(Gap.NO_FILE, "no claims were given (--claims), and no national figures are shipped."),)
    use = next((use for use in known.figures.uses if use.code == facts.code and not use.payer), None)
    if use is None:
        return (Missing(Gap.NO_FILE, f"the claims given hold no line of {facts.code}."),)
    spreads = (("Units on one claim", use.per_claim), ("Units per member and 30 days", use.per_30_days))
    shares = (("Lines denied", use.denied), ("Lines pended", use.pended))
    pairs = [
        *((name, number(value)) for name, value in (("Members", use.members), ("Claims", use.claims), ("Units", use.units))),
        ("Charge, USD", money(use.charge)),
        *(
            (name, spread if isinstance(spread, Missing) else words(f"median {spread.median:f} of {spread.values}"))
            for name, spread in spreads
        ),
        *(
            (name, share if isinstance(share, Missing) else words(f"{share.value:.1%} ({share.part} of {share.whole})"))
            for name, share in shares
        ),
    ]
    days = f"From the claims given, {known.figures.first} to {known.figures.last}, all payers; perdiem benchmark tells more."
    return Facts(tuple(pairs)), Paragraph(words(days))


def sources(known: Known, facts: CodeFacts, policies: list[Speaking], speech: Speech) -> Blocks:
    """What the page rests on, with the day each was read and its fingerprint."""
    book = known.book.sources.get(facts.source, {})
    named = str(book.get("name", facts.source))
    read = str(book.get("as_of") or book.get("read") or "not told")
    rows: list[tuple[Cell, ...]] = [(words(named), words("code book"), words(read), words(known.book.shipped[:23]))]
    told = known.said_of(facts, *PARTS)
    for source in _cited(known, facts, policies, told):
        copy = source.sha256[:16] if source.sha256 else "official table" if source.table else "no copy; cited by section"
        rows.append((words(source.name), words(source.key), words(source.read.isoformat()), words(copy)))
    if any(said.own for said in told):
        own = "perdiem's own clinical and billing wording; a clinician is to review it"
        rows.append((words(own), words("own wording"), words(known.on.isoformat()), words("none")))
    return (Table("What this page rests on", ("Source", "Cited as", "Read", "Fingerprint"), tuple(rows)),)


def _cited(known: Known, facts: CodeFacts, policies: list[Speaking], told: Iterable[Statement]) -> Iterator[Source]:
    every = {source.key: source for policy in known.policies for source in policy.sources} | read_texts()
    keys = dict.fromkeys(c.source for of in policies for j in of.judging for c in (j.by.rule.cite, *j.by.rule.also))
    keys |= dict.fromkeys(said.cite.source for said in told if said.cite)
    keys |= dict.fromkeys(side.cite.source for one in conflicts_of(facts.code) for side in one.sides)
    return (every[key] for key in keys if key in every)
