"""A benchmark as a page: the figures by code and payer, the measures, the reasons of denial, the peers, and how to read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypeVar

from perdiem.model.benchmark import QUANTILES, Benchmark, Interval, Measured, Reason, Share, Spread, Use
from perdiem.model.page import Block, Bullets, Cell, Facts, Figure, Gap, Missing, Page, Paragraph, Section, Span, Table, words

_ALL = "all payers"
_Of = TypeVar("_Of", Use, Measured, Reason)


def benchmark_page(told: Benchmark, drawn: Sequence[tuple[str, Figure]] = ()) -> Page:
    """The page. drawn: the id of the section that a drawing belongs to (``use``, ``reasons`` or ``measures``), and the drawing."""
    several = len({use.payer for use in told.uses} - {""}) > 1
    parts = [
        Section("counted", "What was counted", (_counted(told),)),
        Section("use", "Use by code", (*_use(told, several), *_drawings(drawn, "use"))),
        Section("measures", "Measures", (*_measures(told, several), *_drawings(drawn, "measures")), _readings(told)),
        Section("reasons", "Why units were denied", (*_reasons(told, several), *_drawings(drawn, "reasons"))),
        Section("peers", "Beside Medicare's public figures", tuple(_peers(told))),
        Section("reading", "How to read it", (Bullets(tuple(words(note) for note in told.notes)),)),
    ]
    span = f"{told.first} to {told.last}" if told.first else "no lines"
    return Page("Benchmark of claims", f"Services of {span}, by {' and '.join(told.by) or 'nothing'}", told.last, tuple(parts))


def _each(figures: Sequence[_Of], several: bool) -> list[_Of]:
    """All of them where there are several payers; else each once, under the payer's name where payers are told apart."""
    named = any(figure.payer for figure in figures)
    return [figure for figure in figures if several or bool(figure.payer) == named]


def _drawings(drawn: Sequence[tuple[str, Figure]], section: str) -> Iterable[Figure]:
    return (figure for of, figure in drawn if of == section)


def _counted(told: Benchmark) -> Facts:
    pairs = (("members", told.members), ("claims", told.claims), ("lines", told.lines))
    return Facts((*((name, number(value)) for name, value in pairs), ("charge, USD", money(told.charge))))


def _use(told: Benchmark, several: bool) -> Iterable[Block]:
    uses = _each(told.uses, several)
    if not uses:
        yield Missing(Gap.NO_FILE, "no line of these claims was counted")
        return
    heads = ("code", "payer", "members", "claims", "lines", "units", "charge, USD")
    yield _table(
        "What was billed", heads,
        tuple((words(use.code or "all codes"), words(use.payer or _ALL),
               *_apart(*map(number, (use.members, use.claims, use.lines, use.units)), money(use.charge))) for use in uses),
        numeric=(2, 3, 4, 5, 6),
    )  # fmt: skip
    shown = (("units on one claim", "per_claim"), ("units per member and 30 days", "per_30_days"))
    for caption, name in shown:
        rows = tuple((words(use.code or "all codes"), words(use.payer or _ALL), *_spread(getattr(use, name))) for use in uses)
        yield _table(caption.capitalize(), ("code", "payer", *_SPREAD), rows, numeric=tuple(range(2, 9)))
    yield _table(
        "Lines denied or pended, whole or in part", ("code", "payer", "denied", "95 % interval", "pended", "95 % interval"),
        tuple((words(use.code or "all codes"), words(use.payer or _ALL), *_apart(*_share(use.denied), *_share(use.pended)))
              for use in uses),
        numeric=(2, 3, 4, 5),
    )  # fmt: skip


_SPREAD = ("n", *("median" if cut == 50 else f"{cut} %" for cut in QUANTILES), "95 % interval of the median")


def _spread(figure: Spread | Missing) -> tuple[Cell, ...]:
    if isinstance(figure, Missing):
        return _apart(figure, *[_LEFT] * (len(_SPREAD) - 1))
    return _apart(number(figure.values), *map(number, figure.quantiles), _interval(figure.interval))


_LEFT: Cell = words("–")  # in the same row stands why


def _table(caption: str, columns: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...], numeric: tuple[int, ...]) -> Table:
    """A table whose rows end with the reason of what is missing; where nothing is, it has no column for reasons."""
    if any(row[-1] for row in rows):
        return Table(caption, (*columns, "why a figure is missing"), rows, numeric)
    return Table(caption, columns, tuple(row[:-1] for row in rows), numeric)


def _apart(*cells: Cell) -> tuple[Cell, ...]:
    """Cells of figures, and behind them the reason of what is missing, if any is, so that columns of figures stay narrow."""
    why = next((cell for cell in cells if isinstance(cell, Missing)), words())
    return (*(_LEFT if isinstance(cell, Missing) else cell for cell in cells), why)


def _share(figure: Share | Missing) -> tuple[Cell, Cell]:
    if isinstance(figure, Missing):
        return figure, _LEFT
    low, high = figure.interval.low, figure.interval.high
    return words(f"{figure.value:.1%} ({figure.part:,} of {figure.whole:,})"), words(f"{low:.1%} to {high:.1%}")


def _measures(told: Benchmark, several: bool) -> Iterable[Block]:
    rows = []
    for m in _each(told.measures, several):
        rows.append((words(m.title), words(m.payer or _ALL), *_apart(*_figure(m), _interval(m.expected))))
    yield _table(
        "Measures of the library",
        ("measure", "payer", "n", "figure", "95 % interval", "expected"),
        tuple(rows),
        numeric=(2, 3, 4),
    )


def _figure(m: Measured) -> tuple[Cell, Cell, Cell]:
    match m.figure:
        case Spread():
            return number(m.figure.values), words(f"median {_number(m.figure.median)}"), _interval(m.figure.interval)
        case Share():
            share, interval = _share(m.figure)
            return number(m.figure.whole), share, interval
        case _:
            return _LEFT, m.figure, _LEFT


def _readings(told: Benchmark) -> tuple[Section, ...]:
    """Once for each measure: what it takes for what, on what ground, and the doubt."""
    points = []
    for m in {m.id: m for m in told.measures}.values():
        ground = m.cite.place if m.cite else m.source
        said: list[str | Span] = [Span(f"{m.title}. ", "strong"), m.reading]
        said += [Span(f" [{ground}]", "citation")] if ground else []
        said += [f" Doubt: {m.doubt}"] if m.doubt else []
        points.append(words(*said))
    return (Section("measures-read", "What the measures take for what", (Bullets(tuple(points)),)),)


def _reasons(told: Benchmark, several: bool) -> Iterable[Block]:
    reasons = _each(told.reasons, several)
    if not reasons:
        yield Paragraph(words("No unit of these lines was denied by a policy that is loaded."))
        return
    yield _table(
        "Charge at stake, as billed", ("reason", "rule", "payer", "members", "lines", "charge, USD"),
        tuple((words(" ".join(filter(None, (f"{r.group}-{r.carc}", r.rarc)))), words(Span(r.rule, "code")), words(r.payer or _ALL),
               *_apart(number(r.members), number(r.lines), money(r.charge))) for r in reasons),
        numeric=(3, 4, 5),
    )  # fmt: skip


def _peers(told: Benchmark) -> Iterable[Block]:
    if not told.against:
        words_ = "import Medicare's file of use by geography with perdiem codes import, and name it with --against"
        yield Missing(Gap.NO_FILE, words_)
        return
    yield Paragraph(words(f"Compared with {told.against}. The file counts Medicare's fee-for-service members alone."))
    yield _table(
        "Ours and theirs", ("code", "rented", "figure", "ours", "theirs", "ours over theirs"),
        tuple((words(p.code), words("yes" if p.rental else "no"), words(p.what),
               *_apart(number(p.ours), number(p.theirs), number(p.ratio)))
              for p in told.peers),
        numeric=(3, 4, 5),
    )  # fmt: skip


def _interval(figure: Interval | Missing) -> Cell:
    return figure if isinstance(figure, Missing) else words(f"{_number(figure.low)} to {_number(figure.high)}")


def number(value: int | Decimal | Missing) -> Cell:
    """A number as a cell."""
    return value if isinstance(value, Missing) else words(_number(value))


def money(value: Decimal | Missing) -> Cell:
    """An amount in dollars as a cell."""
    return value if isinstance(value, Missing) else words(f"{value:,.2f}")


def _number(value: int | Decimal) -> str:
    """A number with thousands apart, and no zeros behind the point that say nothing."""
    if isinstance(value, int):
        return f"{value:,}"
    told = f"{value:,f}"
    return told.rstrip("0").rstrip(".") if "." in told else told
