"""Lines of one order: the per diem by day, the drug by dose with what is thrown away, and what is asked about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from perdiem.codes.book import Book
from perdiem.coding.amounts import in_unit, times, unit_of
from perdiem.coding.choices import amount_a_day, choices, cited, payer_row, per_diem, unit_citation
from perdiem.coding.courses import course_of
from perdiem.coding.drugs import Drug, find_drug
from perdiem.coding.waste import Filled, fill
from perdiem.model.citation import Citation
from perdiem.model.order import Amount, CodedLine, Course, Order, Question, Remark

PER_DIEM, DRUG, WASTE = "per diem", "drug", "waste"


@dataclass
class Working:
    """One order while it is coded: its course and drug, its lines so far, and what is asked and noted."""

    order: Order
    course: Course
    drug: Drug
    lines: list[CodedLine] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    fits: bool = True  # the route is one by which the drug is given

    def ask(self, about: str, asks: str) -> None:
        """Ask once."""
        question = Question(self.order.order_id, about, asks)
        if question not in self.questions:
            self.questions.append(question)

    def remark(self, about: str, says: str, cite: Citation | None = None) -> None:
        """Say what is not billed, or taken for granted."""
        self.remarks.append(Remark(self.order.order_id, about, says, cite))

    def line(
        self,
        code: str,
        role: str,
        why: str,
        cite: Citation,
        units: Decimal | None,
        days: Sequence[date],
        modifiers: Sequence[str] = (),
        also: Sequence[Citation] = (),
    ) -> None:
        """Add a line over the span of its days; an NDC stands on drug lines only."""
        order = self.order
        ndc = order.ndc if role in (DRUG, WASTE) else ""
        if order.unclear and units is not None:
            units, why = None, f"{order.drug or order.ndc}; its units wait for what is asked"
        first, last = (days[0], days[-1]) if days else (None, None)
        self.lines.append(
            CodedLine(
                order.order_id, code, role, why, cite, tuple(m for m in modifiers if m), units, first, last,
                order.place, ndc, order.member_id, order.payer, tuple(days), tuple(also),
            )
        )  # fmt: skip


def begin(order: Order, book: Book) -> Working:
    """An order with its course and its drug, and the questions that they raise."""
    course, asked = course_of(order)
    drug = find_drug(order, course.days, book)
    working = Working(order, course, drug, questions=asked)
    for about, asks in drug.asks:
        working.ask(about, asks)
    for said in course.assumed:
        working.remark("assumed", said)
    if drug.makers and not order.ndc:
        makers = ", ".join(f"{code} {book.look_up(code).label}" for code in drug.makers)
        working.ask("product", f"whose product is dispensed: {makers} are billed by codes of their own")
    if order.route and drug.routes and "any" not in drug.routes and order.route not in drug.routes:
        working.fits = False
        working.ask("route", f"the route: {order.route} is ordered, and the book knows {' or '.join(drug.routes)} for {drug.name}")
    return working


def add_per_diem(working: Working, book: Book, nutrition: bool) -> None:
    """The per diem of the order's therapy, a unit for each infusion day.

    nutrition: whether the member has a whole therapy that takes this drug in.
    """
    order, drug, row = working.order, working.drug, payer_row(working.order.payer)
    if not row["per_diem"]:
        working.remark("per diem", row["no_per_diem"])
        return
    family = drug.family or (choices()["no_family"] if drug.codes else "")
    if not family:
        return
    if _is_part(drug, book):
        if not nutrition:
            working.ask(
                "therapy", f"which therapy it belongs to: {drug.name} goes into the bag of {family}, and no such order is given"
            )
        return
    found = per_diem(order, family, drug.codes[0] if drug.codes else "", book)
    if len(found) > 1 or not all(choice.fits for choice in found):
        working.ask("therapy", f"{found[0].asks}: {', '.join(f'{c.code} {book.look_up(c.code).label}' for c in found)}")
        return
    for choice in found:
        if choice.asks:
            working.ask("therapy", choice.asks)
        known = order.schedule is not None and bool(working.course.times)
        days = working.course.days
        units = Decimal(len(days)) if known else None
        whole = "" if len(runs(days)) == 1 else " in all"  # days apart become lines of their own
        counted = (
            f"; {len(days)} infusion days{whole}, one unit each" if known else "; its units wait for the interval and the days"
        )
        also = [unit_citation(order.schedule)] if known else []
        working.line(choice.code, PER_DIEM, choice.why + counted, choice.cite, units, days, also=also)


def _is_part(drug: Drug, book: Book) -> bool:
    whole = choices()["parts"].get(drug.family)
    return whole is not None and bool(drug.codes) and book.look_up(drug.codes[0]).kind_of not in whole


def is_whole(working: Working, book: Book) -> bool:
    """Whether the order is a therapy that drugs of other orders may go into."""
    return working.drug.family in choices()["parts"] and not _is_part(working.drug, book)


def add_drug(working: Working, book: Book) -> None:
    """The drug's lines: units of a dose times the doses, and what is thrown away, by runs of days with one code."""
    order, drug, course = working.order, working.drug, working.course
    if not drug.codes:
        if drug.whole_therapy:
            working.ask(
                "product", f"which products are dispensed for {drug.name}: give each as an order of its own, by code or NDC"
            )
        return
    dose = dose_of(order)
    if dose is None and drug.whole_therapy is False:
        working.ask("dose", "the amount of one dose")
    if not course.times:  # of days that nobody knows: one line, without units
        code, facts = drug.codes[0], book.look_up(drug.codes[0])
        cite = Citation(facts.source, f"unit of {code}: {facts.unit_basis}")
        working.line(
            code, DRUG, f"{drug.name}; its units wait for what is asked", cite, None, course.days, _modifiers(working, code, book)
        )
        return
    for run, code in _coded_runs(course.days, drug.code_on):
        basis, facts = unit_of(book.look_up(code).unit_basis), book.look_up(code)
        why, cite = f"{drug.name}", Citation(facts.source, f"unit of {code}: {facts.unit_basis}")
        doses = sum(1 for moment in course.times if moment.date() in set(run))
        filled = fill(dose, basis, () if order.multi_dose else order.vials) if dose is not None and basis is not None else None
        if filled is None or not doses:
            _ask_units(working, code, dose, basis)
            working.line(code, DRUG, f"{why}; its units wait for what is asked", cite, None, run, _modifiers(working, code, book))
            continue
        said = f"{why} {dose} in units of {facts.unit_basis}: {filled.units:f} for each of {doses} dose{'' if doses == 1 else 's'}"
        _add_filled(working, code, filled, doses, run, said, cite, book)


def _ask_units(working: Working, code: str, dose: Amount | None, basis: Amount | None) -> None:
    if dose is None:
        return
    if basis is None:
        working.ask("units", f"the units of {code}: the book states no amount for one unit")
    elif working.order.vials and fill(dose, basis) is not None:
        working.ask("vials", f"the sizes of the containers, in {basis.unit} or what goes into it")
    elif working.course.times:
        working.ask("dose", f"the dose in {basis.unit}, or what goes into it: {dose} cannot be counted in units of {basis}")


def _add_filled(
    working: Working, code: str, filled: Filled, doses: int, run: Sequence[date], said: str, cite: Citation, book: Book
) -> None:
    modifiers, terms = _modifiers(working, code, book), choices()["waste"]
    told = working.order.vials and not working.order.multi_dose
    asked = payer_row(working.order.payer).get("waste") and run[0] >= terms["none_from"] and book.look_up(code).kind_of == "drug"
    if asked and not working.order.vials and not working.order.multi_dose:
        wanted = f"the payer asks for {terms['discarded']} or {terms['none']}"
        working.ask("vials", f"the size of the single-dose containers, or that they hold several doses: {wanted}")
    opened = " and ".join(f"{n} of {size}" for size, n in filled.opened)
    nothing = [terms["none"]] if told and not filled.wasted and run[0] >= terms["none_from"] else []
    why = said + (f"; from {opened}, nothing left" if nothing else "")
    working.line(code, DRUG, why, cite, filled.units * doses, run, [*modifiers, *nothing])
    if filled.wasted and told and run[0] >= terms["discarded_from"]:
        left = f"{filled.wasted:f} units left of {opened} at each of {doses} dose{'' if doses == 1 else 's'}"
        working.line(code, WASTE, left, cited(terms), filled.wasted * doses, run, [*modifiers, terms["discarded"]])
    if told and not payer_row(working.order.payer).get("waste"):
        working.remark("waste", "whether this payer pays for what is thrown away is not known: no loaded policy says")


def _modifiers(working: Working, code: str, book: Book) -> list[str]:
    """Modifiers that a drug line carries whatever is thrown away."""
    order, row, skin = working.order, payer_row(working.order.payer), choices()["under_the_skin"]
    found = [skin["modifier"]] if row.get("under_the_skin") and order.route == "SC" and code in skin["codes"] else []
    if book.look_up(code).kind_of in row.get("no_drug_attest", ()):
        return found
    return [*found, *attested(working)]


def attested(working: Working) -> list[str]:
    """The modifier by which the supplier vouches for coverage, where the payer asks for one; it is asked for, never guessed."""
    order, row = working.order, payer_row(working.order.payer)
    if "attest" not in row or not working.course.days or working.course.days[-1] < row["attest_from"]:
        return []
    if order.attested:
        return [order.attested]
    working.ask("coverage", f"whether the coverage criteria are met: each line carries one of {', '.join(row['attest'])}")
    return []


def dose_of(order: Order) -> Amount | None:
    """The amount of one dose: as stated, by the rate over its hours or the day, or the volume of a day given at once."""
    schedule = order.schedule
    if order.dose is not None:
        return order.dose
    if order.rate is not None and order.over is not None:
        return times(order.rate, order.over)
    if order.rate is not None and schedule is not None and schedule.continuous:
        return amount_a_day(order)
    once_a_day = schedule is not None and (schedule.continuous or (schedule.interval or 0) >= 24)
    return order.volume if order.volume is not None and once_a_day and in_unit(order.volume, "L") else None


def runs(days: Iterable[date]) -> list[list[date]]:
    """Days in order, cut where one does not follow the other."""
    found: list[list[date]] = []
    for day in days:
        if found and found[-1][-1] + timedelta(days=1) == day:
            found[-1].append(day)
        else:
            found.append([day])
    return found


def _coded_runs(days: Sequence[date], code_on: dict[date, str]) -> list[tuple[list[date], str]]:
    """Runs of days that follow each other and take the same code; days without a code are left out."""
    found: list[tuple[list[date], str]] = []
    for run in runs(day for day in days if day in code_on):
        for day in run:
            if found and found[-1][1] == code_on[day] and found[-1][0][-1] + timedelta(days=1) == day:
                found[-1][0].append(day)
            else:
                found.append(([day], code_on[day]))
    return found


def split(line: CodedLine, parts: Sequence[tuple[Sequence[date], tuple[str, ...]]]) -> list[CodedLine]:
    """A per diem line cut into runs of days, each with modifiers of its own and a unit for each day."""
    return [
        replace(
            line,
            units=Decimal(len(days)),
            from_date=days[0],
            to_date=days[-1],
            days=tuple(days),
            modifiers=(*line.modifiers, *added),
        )
        for days, added in parts
    ]
