"""A checklist: the papers that a code, or each claim of a file, needs: who writes them, when, and where it says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from perdiem.codes.book import Book, open_book
from perdiem.codes.texts import read_texts
from perdiem.formats.intake import read
from perdiem.formats.tabular.header import NOTHING, Asked
from perdiem.model.document import ANY, WHEN, Demand, Document, Needed
from perdiem.model.errors import FormatError, PolicyError
from perdiem.model.on_file import EVERY, OnFile
from perdiem.model.page import Block, Bullets, Gap, Missing, Page, Paragraph, Section, Span, Tick, Ticks, words
from perdiem.model.schema import MODIFIERS, Batch
from perdiem.policy.documents import documents, ended, needed
from perdiem.policy.payers import find_payer, read_payers

MOST = 500
"""Claims on one page at most; more are no list to tick off."""

Held = dict[str, set[tuple[str | None, int | None]]]

FOOT = "A reference page binds nobody; a payer's own documents come first. What is not listed here may still be asked for."


@dataclass
class _Paper:
    """One paper of a list: its demands, the lines it is for, and whether it is on file for each of them."""

    document: Document
    demands: dict[Demand, None] = field(default_factory=dict)
    lines: list[tuple[int, bool | None]] = field(default_factory=list)

    @property
    def there(self) -> bool | None:
        """Whether it is on file for all its lines; None where no list speaks of them."""
        told = {there for _, there in self.lines}
        return None if not told or None in told else told == {True}


def checklist(
    what: str | Path,
    payer: str = "",
    on: date | None = None,
    *,
    claims: Sequence[str] = (),
    on_file: OnFile | None = None,
    tables: Asked = NOTHING,
    tell: Callable[[dict[str, Any]], None] | None = None,
) -> Page:
    """The papers for a code, or for the claims of a file.

    payer: the id of a payer or policy; of a claim file, in place of what the claims say. on: the day of service, for a code
    (default today); claims say their own. claims: of the file, only these (CLM01). on_file: what is held; then each paper says
    whether it is there. tell: hears of each problem of the file, as the ledger shapes them.
    Raises PolicyError for a code that nobody knows, FormatError for a file without claims or with too many.
    """
    if Path(what).exists():
        if on is not None:
            raise PolicyError("--on", "claims say their own days", "Leave it out, or name a code")
        batch = read([what], tables=tables)
        if tell is not None:
            for problem in batch.problem.to_pylist():
                tell(problem)
        return _of_claims(Path(what), batch, payer, frozenset(claims), on_file)
    if _names_a_file(str(what)):
        raise FormatError(Path(what).name or str(what), "is no file or folder that is there", "Check the name and the folder")
    if claims or on_file is not None:
        raise FormatError(str(what), "is no file, and only claims have a number and papers on file", "Name a file of claims")
    return _of_code(str(what).strip().upper(), payer, on or date.today())  # noqa: DTZ011  (a reader's own today)


def _names_a_file(what: str) -> bool:
    """Whether a name is that of a file; no code has a slash or a dot."""
    return not {"/", "\\", "."}.isdisjoint(what)


def missing(page: Page) -> int:
    """How many papers of a page are known to be missing."""
    return sum(tick.there is False for tick in _ticks(page))


def _ticks(page: Page) -> Iterator[Tick]:
    for section in page.sections:
        for part in (section, *section.parts):
            yield from (tick for block in part.blocks if isinstance(block, Ticks) for tick in block.rows)


def _of_code(code: str, payer: str, on: date) -> Page:
    book = open_book()
    facts = book.look_up(code)
    if not facts.known and facts.kind_of == "unknown":
        raise PolicyError(f"code {code}", "is no file, and the book does not know it", "perdiem codes search WORD finds codes")
    found = needed(code, payer, on, book=book)
    papers = {(n.document.id, demand.when): _Paper(n.document) for n in found for demand in n.demands}
    for one in found:
        for demand in one.demands:
            papers[one.document.id, demand.when].demands[demand] = None
    sections = [Section(when, title, (_rows(p for (_, w), p in papers.items() if w == when),)) for when, title in _times(papers)]
    if not papers:
        sections.append(Section("none", "Documents", (_nothing(code),)))
    gone = ended(code, payer, on, book=book)
    if gone:
        sections.append(Section("ended", "No longer sent", (Bullets(tuple(_gone(gone))),)))
    of = f"for {payer}" if payer else "for any payer"
    return _page(f"Checklist: {code}", f"{facts.label or facts.kind_of}, {of}", on, sections)


def _times(papers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    used = {when for _, when in papers}
    return ((when, title.capitalize()) for when, title in WHEN.items() if when in used)


def _gone(gone: Iterable[Needed]) -> Iterator[tuple[Span, ...]]:
    for one in gone:
        for demand in one.demands:
            day = f" (asked for until {demand.until}). {demand.after} "
            yield words(Span(one.document.name, "strong"), day, Span(demand.cite.place, "citation"))


def _of_claims(file: Path, batch: Batch, payer: str, wanted: frozenset[str], held: OnFile | None) -> Page:
    book = open_book()
    chosen = [claim for claim in batch.claim.to_pylist() if not wanted or claim["claim_id"] in wanted]
    if not chosen or not wanted <= {claim["claim_id"] for claim in chosen}:
        what = "holds no such claim" if wanted else "holds no claim that can be read"
        raise FormatError(file.name, what, "perdiem check FILE --all lists its claims, and says what was set aside")
    if len(chosen) > MOST:
        raise FormatError(file.name, f"holds {len(chosen)} claims, more than {MOST} on one page", "Choose some with --claim NUMBER")
    numbers = pc.is_in(batch.line["claim_no"], batch.claim["claim_no"].combine_chunks())
    lines: dict[int, list[dict[str, Any]]] = {}
    for line in batch.line.filter(numbers).to_pylist():
        lines.setdefault(line["claim_no"], []).append(line)
    by_claim = _held(held)
    sections = [_claim(n, claim, lines.get(claim["claim_no"], []), payer, by_claim, book) for n, claim in enumerate(chosen, 1)]
    counted = f"{len(chosen)} claim{'' if len(chosen) == 1 else 's'}"
    return _page(f"Checklist: {file.name}", counted + (f", papers on file by {held.name}" if held else ""), None, sections)


def _claim(number: int, claim: dict[str, Any], lines: list[dict[str, Any]], payer: str, held: Held, book: Book) -> Section:
    of = payer or find_payer(read_payers(), claim["payer_qualifier"], claim["payer_id"], claim["payer_name"]) or ""
    papers: dict[str, _Paper] = {}
    for line in lines:
        modifiers = [line[m] for m in MODIFIERS if line[m]]
        for day in dict.fromkeys((line["from_date"], line["to_date"])):
            for one in needed(line["code"], of, day, modifiers=modifiers, book=book):
                paper = papers.setdefault(one.document.id, _Paper(one.document))
                paper.demands |= dict.fromkeys(one.demands)
                if line["lx"] not in [lx for lx, _ in paper.lines]:
                    paper.lines.append((line["lx"], _there(held, claim["claim_id"], line["lx"], one.document.id)))
    ordered = [papers[document.id] for document in documents() if document.id in papers]
    codes = ", ".join(dict.fromkeys(line["code"] for line in lines))
    whose = next((p.name for p in read_payers() if p.id == of), of) or "a payer without papers of its own in the library"
    head = Paragraph(words(f"Billed to {whose}: {codes}."))
    blocks: tuple[Block, ...] = (head, _rows(ordered)) if ordered else (head, _nothing("these lines"))
    return Section(f"claim-{number}", f"Claim {claim['claim_id']}", blocks)


def _held(held: OnFile | None) -> Held:
    """The list by claim: papers, each with its line or None for the whole claim."""
    by_claim: Held = {}
    for row in held.rows.to_pylist() if held else ():
        by_claim.setdefault(row["claim_id"], set()).add((row["document"], row["lx"]))
    return by_claim


def _there(held: Held, claim: str, lx: int, document: str) -> bool | None:
    """Whether a paper is on file for a line; None where the list says nothing of the claim."""
    if claim not in held and EVERY not in held:
        return None
    return not {(document, None), (document, lx)}.isdisjoint(held.get(claim, ()))


def _rows(papers: Iterable[_Paper]) -> Ticks:
    return Ticks(tuple(_tick(paper) for paper in papers))


def _tick(paper: _Paper) -> Tick:
    holds = dict.fromkeys(what for demand in paper.demands for what in demand.holds)
    told = f": {'; '.join(holds)}" if holds else ""
    note = [paper.document.by]
    if paper.lines:
        note.append("; ".join(dict.fromkeys(WHEN[demand.when] for demand in paper.demands)))
    note += dict.fromkeys(f"where {demand.condition}" for demand in paper.demands if demand.condition)
    note += dict.fromkeys(f"with modifier {' or '.join(demand.modifiers)}" for demand in paper.demands if demand.modifiers)
    if not holds:
        note.append(Missing(Gap.NOT_IN_SOURCE, "the source names the paper and not what it must hold").told)
    if paper.lines:
        note.append(f"line{'' if len(paper.lines) == 1 else 's'} {', '.join(str(lx) for lx, _ in paper.lines)}")
        if paper.there is False:
            lacking = ", ".join(str(lx) for lx, there in paper.lines if not there)
            note.append(f"missing for line{'' if ',' not in lacking else 's'} {lacking}")
        elif paper.there:
            note.append("on file")
    asked = [f"{'any payer' if demand.of == (ANY,) else ', '.join(demand.of)}: {demand.cite.place}" for demand in paper.demands]
    source = words(Span("; ".join(dict.fromkeys(asked)), "citation"))
    return Tick(words(Span(paper.document.name, "strong"), told), words("; ".join(note)), source, paper.there)


def _nothing(of: str) -> Missing:
    return Missing(Gap.NOT_IN_SOURCE, f"no source of the library asks for a paper for {of} on these days.")


def _page(title: str, subtitle: str, on: date | None, sections: Sequence[Section]) -> Page:
    named = [f"{key}: {text.name}" for key, text in read_texts().items() if _cites(sections, key)]
    last = (Section("sources", "Sources", (Bullets(tuple(words(name) for name in named)),)),) if named else ()
    return Page(title, subtitle, on, (*sections, *last), words(FOOT))


def _cites(sections: Sequence[Section], key: str) -> bool:
    places = [span.text for tick in _ticks(Page("", "", None, tuple(sections))) for span in tick.source]
    return any(f": {key}, " in place for place in places)
