"""The publication: a page for every code, policy and payer, the conflicts, and an index that works with and without scripts.

The same library gives the same bytes: no page bears the time of its making.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path

from perdiem.codes.register import conflicts
from perdiem.formats.page.feed import Entry, feed
from perdiem.formats.page.html import Shell, to_html
from perdiem.formats.page.search import search_field, search_script
from perdiem.guide.brief import brief_of, known_on
from perdiem.guide.known import Known
from perdiem.guide.papers import conflict_table
from perdiem.guide.policy_page import payer_page, policy_page
from perdiem.guide.speech import Speech, page_of_payer, page_of_policy
from perdiem.model.durable import made
from perdiem.model.page import Bullets, Page, Paragraph, Section, Span, Table, words
from perdiem.model.whole import whole
from perdiem.policy.payers import Payer

_LINKS = (Span("Index", link="index.html"), Span("Conflicts and doubts", link="conflicts.html"))


def publish(folder: Path, on: date | None = None) -> int:
    """Write the whole publication into a folder; returns the number of pages.

    on: the day for which it holds; by default the last one on which a source was read. Files of the folder with the same names
    are replaced, all of them or none; others are left alone. Raises PolicyError where a policy or text cannot be used.
    """
    texts = {f"{name}.html": html for name, html in pages(known_on(on))}
    with made(folder), whole(*(folder / name for name in (*texts, "feed.xml"))) as files:
        for file, text in zip(files, (*texts.values(), _feed(known_on(on))), strict=True):
            file.write_text(text, encoding="utf-8", newline="")
    return len(texts)


def pages(known: Known) -> Iterator[tuple[str, str]]:
    """Every page of the publication, by name."""
    payers = [standing.payer for brand in known.brands for standing in brand.payers]
    names = {*known.book.codes, *(page_of_policy(p) for p in known.policies), *(page_of_payer(p) for p in payers)}
    speech = Speech(known.book, frozenset(names))
    yield "index", to_html(_index(known, payers, speech), _shell("index", search_field(_rows(known, payers)), search_script()))
    yield "conflicts", to_html(_conflicts(known, speech), _shell("conflicts"))
    for policy in known.policies:
        yield page_of_policy(policy), to_html(policy_page(known, policy, speech), _shell(page_of_policy(policy)))
    for payer in payers:
        yield page_of_payer(payer), to_html(payer_page(known, payer, speech), _shell(page_of_payer(payer)))
    for code in sorted(known.book.codes):
        yield code, to_html(brief_of(known, code, pages=speech.pages), _shell(code))


def _shell(name: str, before: str = "", script: str = "") -> Shell:
    head = '<link rel="alternate" type="application/atom+xml" href="feed.xml" title="Policies">'
    return Shell(links=_LINKS, here=f"{name}.html", head=head, before=before, script=script)


def _foot(known: Known) -> str:
    return f"Library {known.fingerprint}."


def _rows(known: Known, payers: list[Payer]) -> list[tuple[str, str, str, str]]:
    """What the search looks through: codes, policies, payers."""
    rows = []
    for code, facts in sorted(known.book.codes.items()):
        therapy = known.book.therapy_of(code)
        more = [facts.kind_of, *facts.families, therapy.family if therapy else ""]
        rows.append((code, facts.label, f"{code}.html", " ".join(part for part in more if part)))
    rows += [(p.name, p.title, f"{page_of_policy(p)}.html", p.drawn_from) for p in known.policies]
    return rows + [(p.name, "payer", f"{page_of_payer(p)}.html", p.brand) for p in payers]


def _index(known: Known, payers: list[Payer], speech: Speech) -> Page:
    policies = tuple(
        (words(speech.policy(p)), words(p.title), words(p.drawn_from), words(str(len(p.rules)))) for p in known.policies
    )
    brands = tuple(
        words(f"{brand.brand.name}: ", *[part for s in brand.payers for part in ("; ", speech.payer(s.payer), f" ({s.state})")][1:])
        for brand in known.brands
    )
    sections = [
        Section("payers", "Payers", (Bullets(brands),)),
        Section("policies", "Policies", (Table("Loaded policies", ("Policy", "Title", "Source", "Rules"), policies, (3,)),)),
    ]
    in_order = sorted(known.book.codes.values(), key=lambda facts: (facts.kind_of, facts.code))
    for kind, some in groupby(in_order, key=lambda facts: facts.kind_of):
        rows = tuple(words(speech.code(facts.code), f" {facts.label}") for facts in some)
        sections.append(Section(f"class-{kind.replace(' ', '-')}", f"Codes: {kind}", (Bullets(rows),)))
    subtitle = f"{len(known.book.codes)} codes, {len(known.policies)} policies, {len(payers)} payers"
    return Page("perdiem: what is known before billing", subtitle, known.on, tuple(sections), words(_foot(known)))


def _conflicts(known: Known, speech: Speech) -> Page:
    sections = [
        Section("register", "The register", (conflict_table(conflicts(), "Sources against each other and against the code set"),))
    ]
    for policy in known.policies:
        doubted = [words(f"{rule.doubt} ", speech.rule(policy, rule.id)) for rule in policy.rules if rule.doubt]
        if doubted:
            sections.append(Section(f"doubts-{page_of_policy(policy)}", f"Asked of {policy.name}", (Bullets(tuple(doubted)),)))
    noted = [words(speech.code(f.code), f" {f.note}") for f in known.book.codes.values() if f.note]
    sections.append(Section("notes", "Notes of the code book", (Bullets(tuple(noted)),)))
    about = Paragraph(words("A doubt is what would be asked of the payer: it changes no answer and is always shown."))
    first = Section("about", "What stands here", (about,))
    return Page(
        "Conflicts and doubts",
        "Where sources contradict, and what is asked of the payers",
        known.on,
        (first, *sections),
        words(_foot(known)),
    )


def _feed(known: Known) -> str:
    entries = [
        Entry(
            f"{p.name}, {p.title}", f"{page_of_policy(p)}.html", p.fingerprint, p.read_on, f"{len(p.rules)} rules; {p.drawn_from}"
        )
        for p in sorted(known.policies, key=lambda p: (p.read_on, p.name), reverse=True)
    ]
    return feed("perdiem: policies", known.fingerprint, entries)
