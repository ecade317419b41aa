"""Utilisation: what many claims show, by code and payer - the verb ``benchmark``.

Nothing that could point at fewer than ``smallest`` members is shown (:mod:`perdiem.guide.small`), also not by subtraction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from perdiem.formats.tabular.header import NOTHING, Asked
from perdiem.guide.gathered import Gathered, gather
from perdiem.guide.intervals import Looks, share, spread
from perdiem.guide.measures import Measure, Measures, read_measures
from perdiem.guide.peers import Area, area_of, peers
from perdiem.guide.small import Counts, code_follows, hidden_below, unsafe
from perdiem.model.benchmark import Benchmark, Measured, Reason, Share, Spread, Use
from perdiem.model.errors import FormatError
from perdiem.model.page import Gap, Missing
from perdiem.model.several import Paths, several
from perdiem.pipeline.bulk import Sizes, judge_all
from perdiem.pipeline.check import loaded_policies
from perdiem.pipeline.history import History
from perdiem.pipeline.ledger import Account
from perdiem.pipeline.session import Progress, Run

BY = ("code", "payer")
SMALLEST = 11
"""The smallest number of members that is shown: the limit that CMS sets for figures drawn from its own claims."""

Row = dict[str, Any]


def benchmark(
    paths: Paths,
    *,
    by: Sequence[str] = BY,
    first: date | None = None,
    last: date | None = None,
    smallest: int = SMALLEST,
    against: str = "",
    area: str = "",
    policy: str | Sequence[str] = (),
    history: History | None = None,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
    tables: Asked = NOTHING,
    sizes: Sizes | None = None,
    account: Account | None = None,
) -> Benchmark:
    """Judge claims, and tell what they show together.

    paths, policy, tables: as for ``check``. by: which of code and payer are told apart. first, last: only lines that begin
    on these days are counted. smallest: groups of fewer members are not shown. against, area: an imported file of Medicare's
    use by geography, by its id or a beginning of it, and the area in it (the nation where none is named).
    account: is told of every claim that came in, and of what was set aside and why.
    Raises FormatError for an unknown release or area, and for days the wrong way round; PolicyError for an unknown policy.
    """
    if first and last and last < first:
        raise FormatError("benchmark", f"the days end on {last}, before they begin on {first}", "Give them the other way")
    compared = area_of(against, area) if against else None
    forced = several(policy)
    runs = judge_all(
        paths, loaded_policies(forced), forced=forced, history=history, stdin=stdin, progress=progress, tables=tables,
        sizes=sizes or Sizes(),
    )  # fmt: skip
    if account is not None:
        runs = _told(runs, account)
    return benchmark_of(runs, by=by, first=first, last=last, smallest=smallest, compared=compared)


def _told(runs: Iterable[Run], account: Account) -> Iterator[Run]:
    for run in runs:
        account.add(run)
        yield run


def benchmark_of(
    runs: Iterable[Run],
    *,
    by: Sequence[str] = BY,
    first: date | None = None,
    last: date | None = None,
    smallest: int = SMALLEST,
    compared: Area | None = None,
) -> Benchmark:
    """The same of claims that are judged already."""
    measures = read_measures()
    told = tuple(name for name in BY if name in by)
    gathered = gather(runs, measures, told, first or date.min, last or date.max)
    total = gathered.tables["total"].to_pylist()[0]
    few = unsafe((total["members"],), smallest)
    away = Missing(Gap.TOO_FEW, f"fewer than {smallest} members") if few else None
    return Benchmark(
        first=total["first"], last=total["last"], by=told, smallest=smallest,
        members=away or total["members"], claims=away or total["claims"], lines=away or total["lines"],
        charge=away or total["charge"] or Decimal(0),
        uses=tuple(_uses(gathered, smallest)), reasons=tuple(_reasons(gathered, smallest)),
        measures=tuple(_measured(gathered, measures, smallest)),
        peers=peers(gathered.tables["rental"].to_pylist(), compared, measures, smallest, total) if compared else (),
        against=compared.name if compared else "", notes=tuple(_notes(gathered, measures, smallest)), inputs=gathered.inputs,
        read=gathered.judged, rejected=gathered.rejected,
    )  # fmt: skip


def _uses(gathered: Gathered, smallest: int) -> Iterable[Use]:
    uses = _cells(gathered.tables["use"].to_pylist(), "code")
    away = _away(uses, lambda row: (row["members"],), smallest)
    spreads = {name: _spreads(gathered, name, uses, smallest) for name in ("per claim", "per 30 days")}
    shares = {name: _shares(gathered, name, smallest) for name in ("denied", "pended")}
    few = _few(smallest)
    unseen = Missing(Gap.TOO_FEW, "too few members were seen for long enough")
    unjudged = Missing(Gap.NO_POLICY, "no policy judged these lines")
    for code, of_payers in uses.items():
        for payer, row in of_payers.items():
            hide = (code, payer) in away
            figures = [few if hide else row[name] for name in ("members", "claims", "lines", "units", "charge")]
            found = [few if hide else spreads[name].get((code, payer), unseen) for name in spreads]
            parts = [few if hide else shares[name].get((code, payer), unjudged) for name in shares]
            yield Use(code, payer, *figures, *found, *parts)


def _reasons(gathered: Gathered, smallest: int) -> Iterable[Reason]:
    rows = gathered.tables["why"].to_pylist()
    for row in rows:
        row["reason"] = tuple(row[name] or "" for name in ("group_code", "carc", "rarc", "rule"))
    cells = _cells(rows, "reason")
    away = _away(cells, lambda row: (row["members"],), smallest)
    few = _few(smallest)
    made = [
        _reason(reason, payer, few if (reason, payer) in away else None, row)
        for reason, of_payers in cells.items()
        for payer, row in of_payers.items()
    ]
    return sorted(made, key=lambda r: (-r.charge if isinstance(r.charge, Decimal) else 1, r.carc, r.rarc, r.rule, r.payer))


def _reason(reason: tuple[str, str, str, str], payer: str, few: Missing | None, row: Row) -> Reason:
    return Reason(*reason, payer, few or row["members"], few or row["lines"], few or row["charge"])


def _measured(gathered: Gathered, measures: Measures, smallest: int) -> Iterable[Measured]:
    spreads = _spreads(gathered, "measure", {}, smallest)
    shares = _shares(gathered, "measure", smallest)
    uses = _cells(gathered.tables["use"].to_pylist(), "code")
    away = _away(uses, lambda row: (row["members"],), smallest)
    payers = sorted({payer for of in uses.values() for payer in of})
    for m in measures.measures:
        found = shares if m.kind == "share" else spreads
        for payer in payers:
            figure = found.get((m.id, payer), Missing(Gap.NO_FILE, _nothing(m, measures)))
            if payer and (m.id, payer) not in found:
                continue  # that payer has no such lines
            members = {code: uses[code][payer]["members"] for code, p in away if p == payer}
            if code_follows(members, gathered.counted.get(m.id, frozenset()), smallest, lines=m.kind == "share"):
                figure = _few(smallest)
            yield Measured(m.id, m.title, payer, figure, m.expected, m.reading, m.doubt, m.cite, m.source)


def _nothing(m: Measure, measures: Measures) -> str:
    if m.kind == "rate":
        return f"no member with such a line was seen for {measures.observed_at_least} days; give claims of a longer time"
    return "no member of these claims has such lines"


def _spreads(
    gathered: Gathered, figure: str, uses: dict[str, dict[str, Row]], smallest: int
) -> dict[tuple[str, str], Spread | Missing]:
    """The spreads of one figure by key and payer; those of too few members, or from which such a group follows, are missing."""
    counted: dict[str, dict[str, list[tuple[Decimal, int]]]] = {}
    for row in gathered.tables["spread"].to_pylist():  # values ascend
        if row["figure"] == figure:
            counted.setdefault(row["key"], {}).setdefault(row["payer"], []).append((row["value"], row["n"]))
    held = {
        key: {p: uses[key][p]["members"] if figure == "per claim" else sum(n for _, n in of) for p, of in payers.items()}
        for key, payers in counted.items()
    }
    away = hidden_below(
        {key: (of[""],) for key, of in held.items()},
        {key: {p: (n,) for p, n in of.items() if p} for key, of in held.items()},
        smallest,
    )
    few = _few(smallest)
    return {
        (key, p): few if (key, p) in away else spread(values, held[key][p])
        for key, of in counted.items()
        for p, values in of.items()
    }


def _shares(gathered: Gathered, figure: str, smallest: int) -> dict[tuple[str, str], Share | Missing]:
    """The shares of one figure by key and payer, less those from which a small group of members follows."""
    cells = _cells([row for row in gathered.tables["look"].to_pylist() if row["figure"] == figure], "key")
    away = _away(cells, lambda row: (row["members"], row["having"], row["lacking"]), smallest)
    few = _few(smallest)
    names = ("members", "lines", "part", "lines_squared", "part_squared", "product")
    return {
        (key, p): few if (key, p) in away else share(Looks(*(int(row[name]) for name in names)))
        for key, of in cells.items()
        for p, row in of.items()
    }


def _few(smallest: int) -> Missing:
    return Missing(Gap.TOO_FEW, f"fewer than {smallest} members, or kept back for such")


def _cells(rows: Iterable[Row], key: str) -> dict[Any, dict[str, Row]]:
    found: dict[Any, dict[str, Row]] = {}
    for row in rows:
        found.setdefault(row[key], {})[row["payer"]] = row
    return found


def _away(cells: dict[Any, dict[str, Row]], counts: Any, smallest: int) -> set[tuple[Any, str]]:
    totals: dict[Any, Counts] = {key: counts(of[""]) for key, of in cells.items()}
    parts = {key: {p: counts(row) for p, row in of.items() if p} for key, of in cells.items()}
    return hidden_below(totals, parts, smallest)


def _notes(gathered: Gathered, measures: Measures, smallest: int) -> Iterable[str]:
    yield "A member is one person under one payer. Replaced, withdrawn and void claims are left out."
    if gathered.rejected:
        yield f"{gathered.rejected} claims could not be read, and are left out."
    yield (f"Rates per 30 days count members seen for at least {measures.observed_at_least} days, from the first line to the last.")
    yield "Intervals are 95 %: of medians by ranks, of shares by Wilson's formula, both for as many looks as there are members."
    if smallest > 1:
        yield f"Figures of fewer than {smallest} members are not shown, nor others from which they would follow."
    else:
        yield "Figures of single members are shown: this is for your own eyes."
