"""order: the one way from orders to lines - fields, courses, drugs, per diems, units, supplies, visits, places of therapies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from perdiem.codes.book import Book, open_book
from perdiem.coding.beside import add_supplies, add_visits
from perdiem.coding.concurrency import place_therapies
from perdiem.coding.entry import read_order
from perdiem.coding.lines import Working, add_drug, add_per_diem, begin, is_whole
from perdiem.model.document import Needed
from perdiem.model.order import Coded, CodedLine, Order, Paper, Question, SetAside, Written
from perdiem.policy.documents import needed


def order(written: Iterable[Written | Order], *, year: int | None = None, book: Book | None = None) -> Coded:
    """Code orders as written, or as orders: lines to bill, what is asked, and the orders that were set aside, each with why.

    year: of days written without one. Raises FormatError where imported releases are damaged.
    """
    orders, asked, aside = list[Order](), list[Question](), list[SetAside]()
    for one in written:
        found = (one, []) if isinstance(one, Order) else read_order(one, year)
        if isinstance(found, SetAside):
            aside.append(found)
            continue
        orders.append(found[0])
        asked += found[1]
    coded = code_orders(orders, book)
    told = {(question.order_id, question.about) for question in asked}
    open_still = [question for question in coded.questions if (question.order_id, question.about) not in told]
    return replace(coded, questions=(*asked, *open_still), set_aside=tuple(aside))


def code_orders(orders: Iterable[Order], book: Book | None = None) -> Coded:
    """Lines, courses and questions of orders, in the order given, which ranks the therapies of a day.

    Orders of one member and payer are seen together; an order without a member is taken with the others of its file. What an
    order does not tell is a question, and its line has no units. Raises FormatError where imported releases are damaged.
    """
    known = book if book is not None else open_book()
    begun = [begin(one, known) for one in orders]
    taken_in = {(_member(w), day) for w in begun if is_whole(w, known) for day in w.course.days}
    for working in begun:
        if not working.fits:
            continue
        add_per_diem(working, known, all((_member(working), day) in taken_in for day in working.course.days))
        add_drug(working, known)
        add_supplies(working, known)
        add_visits(working)
    place_therapies(begun)
    _ask_twice(begun)
    lines = tuple(line for working in begun for line in working.lines)
    return Coded(
        orders=tuple(working.order for working in begun),
        lines=lines,
        courses=tuple(working.course for working in begun),
        questions=tuple(question for working in begun for question in working.questions),
        papers=_papers(lines, known),
        remarks=tuple(remark for working in begun for remark in working.remarks),
    )


def _papers(lines: tuple[CodedLine, ...], book: Book) -> tuple[Paper, ...]:
    """The papers that the lines need, each with who asks for it, in the order in which lines need them first."""
    found = dict[str, tuple[Needed, list[str]]]()
    for code, payer, day, modifiers in dict.fromkeys((x.code, x.payer, x.from_date, x.modifiers) for x in lines):
        for paper in needed(code, payer, day, modifiers=modifiers, book=book):
            before, codes = found.setdefault(paper.document.id, (paper, []))
            demands = tuple(dict.fromkeys((*before.demands, *paper.demands)))
            found[paper.document.id] = Needed(paper.document, demands), [*codes, *({code} - set(codes))]
    return tuple(Paper(paper, tuple(codes)) for paper, codes in found.values())


def _ask_twice(begun: list[Working]) -> None:
    """Ask where two orders of a member give the same drug on the same day: it may be one order, or one in place of the other."""
    seen = dict[tuple[tuple[str, str], str, date], Working]()
    for working in begun:
        for day, code in working.drug.code_on.items():
            other = seen.setdefault((_member(working), code, day), working)
            if other is not working:
                number = other.order.order_id
                working.ask("order", f"whether it stands beside order {number}, or in its place: both give {code} on {day}")
                break


def _member(working: Working) -> tuple[str, str]:
    return working.order.member_id or working.order.source, working.order.payer
