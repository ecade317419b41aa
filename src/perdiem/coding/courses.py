"""Courses: the times at which the doses of an order are expected, and the days on which an infusion runs.

Clock times are assumed around eight in the morning; where an interval divides the day, every day of the course holds all its
doses. Other intervals run on from eight in the morning of the first day, so that a day counts where an infusion starts on it.
An infusion longer than a day counts on every calendar day that it touches.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from dateutil.rrule import DAILY, HOURLY, MONTHLY, rrule

from perdiem.model.order import Course, Order, Question, Schedule

_MORNING = 8  # o'clock
_MONTH_ENDS = 28  # the last day that every month has
_MOST = 20_000  # doses of one order that are counted


def course_of(order: Order) -> tuple[Course, list[Question]]:
    """The course that an order describes, and what it leaves open; without a first day, a length or a schedule it is empty."""
    asks = _open(order)
    if asks or order.schedule is None or order.first_day is None:
        return Course(order.order_id, days=_given_days(order)), [Question(order.order_id, about, what) for about, what in asks]
    last = last_day(order)
    starts = _starts(order.schedule, order.first_day, last, order.doses)
    if not starts:
        what = f"on which day it begins: no dose falls between {order.first_day} and {last}"
        return Course(order.order_id), [Question(order.order_id, "schedule", what)]
    days, assumed = _days(order, starts), _assumed(order.schedule, starts)
    found = []
    if order.over is not None and order.over > 24:
        what = "the start and stop times: an infusion longer than a day counts on each calendar day that it touches"
        found.append(Question(order.order_id, "times", what))
    return Course(order.order_id, tuple(starts), days, assumed), found


def last_day(order: Order) -> date | None:
    """The last day of the course as its length says; None where a number of doses alone says it."""
    if order.last_day is not None or order.first_day is None:
        return order.last_day
    if order.days:
        return order.first_day + timedelta(days=order.days - 1)
    if order.months:
        after: date = order.first_day + relativedelta(months=order.months)
        return after - timedelta(days=1)
    if order.schedule is not None and order.schedule.once:
        return order.first_day
    return None


def _open(order: Order) -> list[tuple[str, str]]:
    asks = []
    if order.schedule is None:
        asks.append(("interval", "how often it is given: no interval is stated"))
    if order.first_day is None:
        asks.append(("first day", "the first day of the course"))
    if not (order.last_day or order.days or order.months or order.doses) and not (order.schedule and order.schedule.once):
        asks.append(("length", "how long the course is: a number of days or doses, or the last day"))
    return asks


def _given_days(order: Order) -> tuple[date, ...]:
    """The first and last day of a course whose schedule is not known."""
    last = last_day(order)
    return (order.first_day, last) if order.first_day and last and order.schedule is None else ()


def _starts(schedule: Schedule, first: date, last: date | None, doses: int | None) -> list[datetime]:
    until = datetime.combine(last, time(23, 59)) if last is not None else None
    most = doses if doses is not None else _MOST
    return [moment for moment, _ in zip(_rule(schedule, first, until), range(most), strict=False)]


def _rule(schedule: Schedule, first: date, until: datetime | None) -> rrule:
    def at(hour: int) -> datetime:
        return datetime.combine(first, time(hour))

    if schedule.months:
        ends = tuple(range(_MONTH_ENDS, first.day + 1)) if first.day > _MONTH_ENDS else (first.day,)
        return rrule(MONTHLY, at(_MORNING), interval=schedule.months, bymonthday=ends, bysetpos=-1, until=until)
    if schedule.weekdays:
        return rrule(DAILY, at(_MORNING), byweekday=schedule.weekdays, until=until)
    if schedule.once:
        return rrule(DAILY, at(_MORNING), count=1)
    if schedule.times and schedule.interval is None:  # uneven: spread from the morning on, an hour apart
        hours = [(_MORNING + spread) % 24 for spread in range(schedule.times)]
        return rrule(DAILY, at(0), byhour=hours, byminute=0, bysecond=0, until=until)
    hours_between = 24 if schedule.continuous else schedule.interval or 24
    begin = _MORNING % hours_between if 24 % hours_between == 0 else _MORNING
    return rrule(HOURLY, at(begin), interval=hours_between, until=until)


def _days(order: Order, starts: list[datetime]) -> tuple[date, ...]:
    if order.over is None or order.over <= 24:
        return tuple(sorted({moment.date() for moment in starts}))
    found = set()
    for moment in starts:
        end = moment + timedelta(hours=float(order.over)) - timedelta(minutes=1)
        found |= {moment.date() + timedelta(days=n) for n in range((end.date() - moment.date()).days + 1)}
    return tuple(sorted(found))


def _assumed(schedule: Schedule, starts: list[datetime]) -> tuple[str, ...]:
    said = [f"the first dose begins at {starts[0]:%H:%M} on {starts[0].date()}"]
    if schedule.times and schedule.times > 1:
        even = f"every {schedule.interval} hours" if schedule.interval else "at uneven hours of each day"
        said.append(f"{schedule.said} is taken as {even}")
    if schedule.continuous:
        said.append("a continuous infusion is taken as one bag or reservoir a day")
    return tuple(said)
