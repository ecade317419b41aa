"""Parts: the sections of a brief, each from what is known of a code; a section without content says why."""

from __future__ import annotations

from collections.abc import Iterator

from perdiem.codes.book import CodeFacts
from perdiem.codes.official import texts
from perdiem.edits.rule import VALUES, Outcome, fields_as
from perdiem.guide.effects import Speaking, consequences, effects, rules_in_words, speaking
from perdiem.guide.known import Judging, Known
from perdiem.guide.related import APART, bars, relations, shown
from perdiem.guide.speech import EFFECTS, Speech, capital, filled
from perdiem.guide.statements import Statement
from perdiem.model.page import Block, Bullets, Cell, Facts, Gap, Missing, Paragraph, Span, Table, Words, words
from perdiem.policy.standing import BrandStanding

Blocks = tuple[Block, ...]
NO_TEXT = "no text of the library and no source at hand says this of the code"


def told_of(known: Known, facts: CodeFacts, speech: Speech, *parts: str) -> list[tuple[Statement, Words]]:
    """The statements of some parts about a code, each with what it rests on."""
    return [
        (text, words(text.told(facts), *speech.basis(text, known.rules)))
        for text in known.said_of(facts, *parts)
        if not text.payer and speech.tells(text)
    ]


def summary(known: Known, facts: CodeFacts, policies: list[Speaking], speech: Speech) -> Blocks:
    """What the code is, how it is billed, and who of the payers in scope has rules for it."""
    unit = f" It is billed {facts.unit_basis}." if facts.unit_basis.startswith(("per ", "each")) else ""
    named = [of for of in policies if of.policy.payer and of.own]
    if named:
        each: list[str | Span] = [part for of in named for part in (", ", speech.policy(of.policy), f" ({len(of.own)})")][1:]
        who = words("Policies with rules of their own for it, and how many: ", *each, ".")
    else:
        who = words("No loaded policy of a payer has a rule of its own for it.")
    told = [Paragraph(said) for _, said in told_of(known, facts, speech, "summary")]
    return Paragraph(words(f"{capital(facts.descriptor or facts.label)}{unit}")), *told, Paragraph(who)


def payers_in_scope(known: Known, facts: CodeFacts, policies: list[Speaking], speech: Speech) -> Blocks:
    """The payers that sources name, always all of them, and what each loaded policy does to the code."""
    rows: list[tuple[Cell, ...]] = []
    every = speaking(known, facts)  # whichever payer the brief is for
    for brand in known.brands:
        said = [t for t in known.said_of(facts, "payers") if t.payer == brand.brand.id]
        rows.append((words(brand.brand.name), _standing(brand, every, speech, [_stated(t, known, facts, speech) for t in said])))
    table = Table("The payers that the sources name", ("Payer", "What is known"), tuple(rows))
    blocks: list[Block] = [table]
    for of in policies:
        of_any = " (speaks beside other policies)" if not of.policy.payer else ""
        on_request = " (speaks only when asked for)" if of.policy.on_request else ""
        blocks.append(
            Paragraph(words(speech.policy(of.policy), f", {of.policy.title}, {of.policy.drawn_from}{on_request or of_any}:"))
        )
        blocks.append(rules_in_words(of, facts, speech))
    return tuple(blocks)


def _stated(text: Statement, known: Known, facts: CodeFacts, speech: Speech) -> Words:
    return words(text.told(facts), *speech.basis(text, known.rules))


def _standing(brand: BrandStanding, policies: list[Speaking], speech: Speech, said: list[Words]) -> Cell:
    """What is known of a payer: loaded policies that speak of the code, and statements; missing where there is neither."""
    parts: list[str | Span] = []
    for payer in brand.payers:
        mine = [of for of in policies if of.policy in payer.policies]
        for of in mine:
            count = f"{len(of.own)} rule{'' if len(of.own) == 1 else 's'} of its own" if of.own else "in its scope"
            kind = "excerpt" if of.policy.excerpt else "policy"
            parts += ["; ", speech.payer(payer.payer), f": {kind} ", speech.policy(of.policy), f", {count}"]
    if parts:
        parts.append(".")
    for statement in said:
        parts += [" ", *statement]
    if parts:
        return words(*parts[1:])
    loaded = [p.name for payer in brand.payers for p in payer.policies]
    if loaded:
        return Missing(Gap.NOT_IN_SOURCE, f"{', '.join(loaded)} {'says' if len(loaded) == 1 else 'say'} nothing of this code.")
    return Missing(Gap.NO_POLICY, f"no policy of {brand.brand.name} is loaded, and none is guessed: its claims stay unedited.")


def overview(known: Known, facts: CodeFacts, policies: list[Speaking], speech: Speech) -> Blocks:
    """The facts of the code: its names, unit, sort, places and days."""
    therapy = known.book.therapy_of(facts.code)
    source = known.book.sources.get(facts.source, {})
    pairs: list[tuple[str, Cell]] = [
        ("Official name", _official(facts)),
        ("Own label", words(facts.label)),
        ("Unit", _or_missing(facts.unit_basis.replace("not stated", ""), "the official name states no unit")),
        ("Service type", _joined(known, facts, speech, "service") or words(f"{facts.kind_of} (class of the code book)")),
        ("Typical sites of service", _joined(known, facts, speech, "sites") or _places(known, policies, speech)),
        ("First day", _or_missing(facts.start.isoformat() if facts.start else "", "no source states when it began")),
        ("Last day", words(facts.end.isoformat() if facts.end else f"none told, as of {known.on}")),
    ]
    if therapy or facts.families:
        pairs.append(("Therapy", words(therapy.family if therapy else ", ".join(facts.families))))
    if facts.routes:
        pairs.append(("Routes", words(", ".join(facts.routes))))
    if facts.note:
        pairs.append(("Note", words(facts.note)))
    pairs.append(("Known from", words(str(source.get("name", facts.source)))))
    return (Facts(tuple(pairs)),)


def _official(facts: CodeFacts) -> Cell:
    if facts.descriptor:
        return words(facts.descriptor)
    own = next(iter(texts(facts.code)), None)
    if own:
        return words(f"{own[2]} (your release {own[1]})")
    if not facts.code[0].isalpha():
        return Missing(Gap.LICENCE, "the name belongs to the American Medical Association and is not shipped.")
    return Missing(
        Gap.NO_FILE, "import the HCPCS release of the day (perdiem codes import) to see it; only names in policies are shipped."
    )


def _or_missing(text: str, why: str) -> Cell:
    return words(text) if text else Missing(Gap.NOT_IN_SOURCE, f"{why}.")


def _joined(known: Known, facts: CodeFacts, speech: Speech, part: str) -> Words:
    told = [said for _, said in told_of(known, facts, speech, part)]
    return tuple(span for n, said in enumerate(told) for span in (*(words(" ") if n else ()), *said))


def _places(known: Known, policies: list[Speaking], speech: Speech) -> Cell:
    """The places that policies allow, where no text says more."""
    parts: list[str | Span] = []
    for of in policies:
        for judging in of.judging:
            allowed = getattr(judging.by.rule, "values", {}).get("allowed", ())
            if getattr(judging.by.rule, "field", "") == "place" and allowed:
                places = ", ".join(f"{place} {known.book.places[place].label}" for place in allowed)
                parts += ["; ", f"{places} ", speech.rule(of.policy, judging.by.rule.id)]
    return words(*parts[1:]) if parts else Missing(Gap.NOT_IN_SOURCE, f"{NO_TEXT}.")


def clinical(known: Known, facts: CodeFacts, policies: list[Speaking], speech: Speech) -> Blocks:
    """Who is treated and why, and what is done, step by step."""
    context = [Paragraph(said) for _, said in told_of(known, facts, speech, "context")]
    steps = [said for _, said in told_of(known, facts, speech, "workflow")]
    if not context and not steps:
        return (Missing(Gap.NOT_IN_SOURCE, f"{NO_TEXT}."),)
    return *context, *([Bullets(tuple(steps), numbered=True)] if steps else [])


def modifiers(known: Known, facts: CodeFacts, policies: list[Speaking], speech: Speech) -> Blocks:
    """The modifiers that texts and rules speak of, with when to use each."""
    use: dict[str, list[Words]] = {}
    for text, said in told_of(known, facts, speech, "modifier"):
        for modifier in text.modifiers:
            use.setdefault(modifier, []).append(said)
    for of in policies:
        for judging in of.judging:
            for modifier, told in _asked_modifiers(judging, facts):
                use.setdefault(modifier, []).append(words(f"{told} ", speech.rule(of.policy, judging.by.rule.id)))
    rows = []
    for modifier, some in sorted(use.items()):
        named = known.book.modifiers.get(modifier)
        joined = tuple(span for n, said in enumerate(dict.fromkeys(some)) for span in (*(words(" ") if n else ()), *said))
        rows.append((words(modifier), words(named.label if named else "not in the code book"), joined))
    if not rows:
        return (Missing(Gap.NOT_IN_SOURCE, "no rule in force and no source speaks of a modifier for it."),)
    return (Table("Modifiers that sources and rules speak of", ("Modifier", "Says", "When to use it"), tuple(rows)),)


def _asked_modifiers(judging: Judging, facts: CodeFacts) -> Iterator[tuple[str, str]]:
    """The modifiers that a rule looks at on the line itself, each with what follows."""
    rule = judging.by.rule
    for lines in judging.selectors:
        for modifier in lines.with_modifier:
            yield from ((modifier, _follows(outcome, facts)) for outcome in rule.outcomes.values())
    for f in fields_as(type(rule), VALUES) if rule.kind == "one_modifier" else ():
        for ends, listed in getattr(rule, f.name).items():
            yield from ((modifier, _follows(rule.outcomes.get(ends), facts)) for modifier in listed)
    for name, words_ in (
        ("second", "On the second therapy of the day."),
        ("third", "On the third and every later therapy of the day."),
    ):
        modifier = getattr(rule, name, "")
        if modifier and rule.kind == "concurrent":
            yield modifier, words_


def _follows(outcome: Outcome | None, facts: CodeFacts) -> str:
    """What follows where a line carries a modifier; nothing is said against the one that is allowed of several."""
    if outcome is None:
        return "One of those of which exactly one stands on the line."
    more = outcome.fix or outcome.asks
    told = filled(outcome.message, facts) + (f"; {filled(more, facts)}" if more else "")
    return capital(f"the rule {EFFECTS[outcome.effect]}: {told}")


def billing(known: Known, facts: CodeFacts, policies: list[Speaking], speech: Speech) -> Blocks:
    """What a claim must show: statements, and how the policies' own rules are read."""
    told = [said for _, said in told_of(known, facts, speech, "billing")]
    readings = [
        words(f"{judging.by.rule.reading} ", speech.rule(of.policy, judging.by.rule.id))
        for of in policies
        for judging in of.own
        if judging.by.rule.reading
    ]
    general = [
        words(f"{judging.by.rule.says} ", speech.rule(of.policy, judging.by.rule.id))
        for of in policies
        if of.policy.payer
        for judging in of.judging
        if not judging.own and any(e.judging is judging for e in effects(of, facts))
    ]
    blocks: list[Block] = [Bullets(tuple(told))] if told else []
    if readings:
        blocks += [Paragraph(words("How the rules for this code are read:")), Bullets(tuple(dict.fromkeys(readings)))]
    if general:
        blocks += [Paragraph(words("Asked of every line of such a claim:")), Bullets(tuple(dict.fromkeys(general)))]
    return tuple(blocks) or (Missing(Gap.NO_POLICY, "no policy in force and no text says what a claim with it must show."),)


def denials(known: Known, facts: CodeFacts, policies: list[Speaking], speech: Speech) -> Blocks:
    """Why lines are denied or asked about, and how to prevent it."""
    tables = [consequences(known, facts, policies, speech, effect) for effect in ("deny", "pend")]
    found: list[Block] = [table for table in tables if table]
    if not found:
        return (Missing(Gap.NO_POLICY, "no rule in force denies it or asks about it."),)
    cases = words(
        "A case in the last column is a drawn claim whose answer was written by hand from the policy's text and is tested."
    )
    return *found, Paragraph(cases)


def related(known: Known, facts: CodeFacts, policies: list[Speaking], speech: Speech) -> Blocks:
    """The codes near it."""
    found = relations(known, facts, policies, speech)
    return (
        shown(found, facts, speech) if found else (Missing(Gap.NOT_IN_SOURCE, "no rule and no table joins it with another code."),)
    )


def questions(known: Known, facts: CodeFacts, policies: list[Speaking], speech: Speech) -> Blocks:
    """Questions with their answers."""
    told = [(text.asked(facts), said) for text, said in told_of(known, facts, speech, "question")]
    apart = [relation for relation in bars(known, facts, policies, speech) if relation.name == APART]
    for relation in apart[:1]:
        asks = f"May {facts.code} stand on one day with {relation.codes[0]}?"
        rest: tuple[str | Span, ...] = (
            (" The same holds for ", *speech.codes(relation.codes[1:]), ".") if len(relation.codes) > 1 else ()
        )
        told.append((asks, words("No (", *relation.basis, ").", *rest)))
    if facts.successor:
        told.append((f"What is billed after {facts.code} ended?", words(*speech.codes(facts.successor), " (code book).")))
    if not told:
        return (Missing(Gap.NOT_IN_SOURCE, f"{NO_TEXT}."),)
    return (Facts(tuple(told)),)
