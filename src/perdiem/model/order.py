"""Orders and what becomes of them: what the prescriber ordered, the lines to bill for it, and what is left to ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from perdiem.model.citation import Citation
from perdiem.model.document import Needed


@dataclass(frozen=True)
class Amount:
    """So much of something: an exact number and its unit as written, such as mg, g, mL, L, units, kcal or mEq."""

    value: Decimal
    unit: str

    def __str__(self) -> str:
        return f"{self.value:f} {self.unit}"


@dataclass(frozen=True)
class Schedule:
    """How often: exactly one of the fields is set.

    hours, days, months: every so many. times: so many times a day. weekdays: 0 is Monday. continuous: without a pause.
    once: a single dose.
    """

    hours: int | None = None
    days: int | None = None
    months: int | None = None
    times: int | None = None
    weekdays: tuple[int, ...] = ()
    continuous: bool = False
    once: bool = False

    @property
    def interval(self) -> int | None:
        """Hours from one dose to the next; None where they are not even."""
        if self.times:
            return 24 // self.times if 24 % self.times == 0 else None
        return self.hours or (24 * self.days if self.days else None)

    @property
    def said(self) -> str:
        """The schedule in words."""
        if self.continuous:
            return "continuous"
        if self.weekdays:
            return "on " + ", ".join(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day] for day in self.weekdays)
        if self.times:
            return f"{self.times} times a day"
        for number, unit in ((self.hours, "hour"), (self.days, "day"), (self.months, "month")):
            if number:
                return f"every {number} {unit}s" if number > 1 else f"every {unit}"
        return "once"


@dataclass(frozen=True)
class Visit:
    """One visit of a nurse: its day, its minutes, and whether it is the first one of an episode (None: not said)."""

    day: date
    minutes: int
    first: bool | None = None


@dataclass(frozen=True)
class Order:
    """What the prescriber ordered for one member; empty where it is not said.

    drug: a name, HCPCS code or therapy word. dose: of one dose, or of a day where the schedule is continuous. rate: an amount
    per hour, in place of a dose. volume: of a day. over: hours that one dose runs. method: gravity, pump, bolus, syringe,
    injection or implanted. first_day and last_day are inclusive; days, months or doses say the length where there is no last day.
    vials: sizes of the single-dose containers at hand. pump: its code and modifiers. attested: the modifier by which the
    supplier vouches for coverage. diagnoses: codes without a point. unclear: it says something that nobody understood, so that
    no units may be counted.
    """

    order_id: str
    drug: str
    member_id: str = ""
    ndc: str = ""
    dose: Amount | None = None
    rate: Amount | None = None
    volume: Amount | None = None
    route: str = ""
    schedule: Schedule | None = None
    over: Decimal | None = None
    method: str = ""
    first_day: date | None = None
    last_day: date | None = None
    days: int | None = None
    months: int | None = None
    doses: int | None = None
    diluent: str = ""
    vials: tuple[Amount, ...] = ()
    multi_dose: bool = False
    payer: str = ""
    place: str = ""
    visits: tuple[Visit, ...] = ()
    pump: tuple[str, ...] = ()
    cartridges: int | None = None
    attested: str = ""
    prescriber_npi: str = ""
    diagnoses: tuple[str, ...] = ()
    unclear: bool = False
    source: str = ""
    row: int = 0


@dataclass(frozen=True)
class Written:
    """An order as it was written: the text of each field by its name, and where it stands; row 0 is the whole source.

    unread: names of what else it says that may change the count and that its reader does not understand. words: the same
    dosage in free text, to be held against the fields.
    """

    fields: dict[str, str]
    source: str = ""
    row: int = 0
    unread: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class SetAside:
    """An order that could not be read: file, row, and why in words for the user."""

    source: str
    row: int
    reason: str


@dataclass(frozen=True)
class CodedLine:
    """One line to bill: the code, its units and days, why, and by which source.

    role: ``per diem``, ``drug``, ``waste``, ``pump``, ``supply`` or ``visit``. units and days are empty where the order does
    not tell them; such a line is a proposal and not complete. days: those on which something is given, inside the span.
    """

    order_id: str
    code: str
    role: str
    why: str
    cite: Citation
    modifiers: tuple[str, ...] = ()
    units: Decimal | None = None
    from_date: date | None = None
    to_date: date | None = None
    place: str = ""
    ndc: str = ""
    member_id: str = ""
    payer: str = ""
    days: tuple[date, ...] = ()
    also: tuple[Citation, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the line can be billed as it stands."""
        return self.units is not None and self.from_date is not None


@dataclass(frozen=True)
class Question:
    """What the order leaves open: whose order, what about, and what is asked."""

    order_id: str
    about: str
    asks: str


@dataclass(frozen=True)
class Remark:
    """What is not billed and why, or what was taken for granted: whose order, what about, in words, by which source."""

    order_id: str
    about: str
    says: str
    cite: Citation | None = None


@dataclass(frozen=True)
class Paper:
    """One paper that lines need, with who asks for it, and their codes."""

    needed: Needed
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Course:
    """When the doses of an order are expected: their times, and the days on which an infusion runs."""

    order_id: str
    times: tuple[datetime, ...] = ()
    days: tuple[date, ...] = ()
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Coded:
    """What became of orders: lines in the order of the orders, courses, questions, remarks, papers, and orders set aside."""

    orders: tuple[Order, ...] = ()
    lines: tuple[CodedLine, ...] = ()
    courses: tuple[Course, ...] = ()
    questions: tuple[Question, ...] = ()
    papers: tuple[Paper, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    remarks: tuple[Remark, ...] = ()
