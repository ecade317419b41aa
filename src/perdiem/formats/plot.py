"""Plots of a benchmark as SVG and PNG, each with a title, and in words all that it shows for who cannot see it.

Shape and place carry the meaning, and colour only repeats it: quartiles are a thick bar, the middle four fifths a thin
line, the median a tick; what is expected is a band with an outline. Nothing is fetched and nothing is left to chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from perdiem.model.benchmark import Benchmark, Interval, Measured, Reason, Share, Spread
from perdiem.model.errors import EngineError

MOST = 20
"""Rows of one plot; the rest stand in the tables."""
_INK, _FILL, _BAND, _GRAY = "#1f2933", "#2f6f9f", "#f2d48f", "#7b8794"
_FONT = "DejaVu Sans, Verdana, sans-serif"
_WIDTH, _STEP = 620, 30
_TICKS = [0, 1, 3, *(step * 10**power for power in range(1, 7) for step in (1, 3))]
_CONFIG: dict[str, Any] = {
    "font": _FONT, "background": "white", "padding": 14, "view": {"stroke": None},
    "axis": {"labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal", "labelColor": _INK, "titleColor": _INK,
             "labelLimit": 340, "gridColor": "#e4e7eb", "domainColor": _GRAY, "tickColor": _GRAY},
    "title": {"fontSize": 16, "anchor": "start", "color": _INK, "subtitleFontSize": 13, "subtitleColor": "#52606d",
              "subtitlePadding": 6, "offset": 14, "frame": "group"},
    "text": {"fontSize": 12, "color": _INK},
}  # fmt: skip


@dataclass(frozen=True)
class Plot:
    """One plot: a name for its file, its title, all that it shows in words, and the drawing as a Vega-Lite chart."""

    name: str
    title: str
    instead: str
    chart: dict[str, Any]

    def svg(self) -> str:
        """The drawing as SVG, with title and description inside."""
        drawn = _maker().vegalite_to_svg(self.chart)
        first, _, rest = drawn.partition(">")
        return f"{first}><title>{escape(self.title)}</title><desc>{escape(self.instead)}</desc>{rest}"

    def png(self) -> bytes:
        """The drawing as PNG, sharp at twice its size."""
        made: bytes = _maker().vegalite_to_png(self.chart, scale=2)
        return made


def plots(told: Benchmark) -> list[Plot]:
    """Every plot that has something to show: units by code, denied lines by code, money by reason, and each measure."""
    made = [
        _units(told),
        _denied(told),
        _money(told),
        *(_measure(told, name) for name in dict.fromkeys(m.id for m in told.measures)),
    ]
    return [plot for plot in made if plot is not None]


def _units(told: Benchmark) -> Plot | None:
    uses = [u for u in told.uses if not u.payer and isinstance(u.per_claim, Spread)]
    uses = sorted(uses, key=lambda u: (-_whole(u.lines), u.code))[:MOST]
    rows = [_row(u.code or "all codes", u.per_claim) for u in uses if isinstance(u.per_claim, Spread)]
    title, under = "Units per claim, by code", "tick: median; thick bar: half of the claims; thin line: four fifths"
    return _spread_plot("units-per-claim", title, under, "units on one claim (logarithmic)", rows, None, log=True)


def _measure(told: Benchmark, name: str) -> Plot | None:
    of = [m for m in told.measures if m.id == name]
    of = of[1:] if len(of) == 2 else of  # one payer: his figure is that of all
    if any(isinstance(m.figure, Share) for m in of):
        shares = [(m.payer or "all payers", m.figure) for m in of if isinstance(m.figure, Share)]
        return _share_plot(name, of[0].title, "share of lines", shares)
    rows = [_row(m.payer or "all payers", m.figure) for m in of if isinstance(m.figure, Spread)][:MOST]
    under = "tick: median; thick bar: half of the members; thin line: four fifths"
    return _spread_plot(name, of[0].title, under, _unit(of[0]), rows, of[0].expected)


def _unit(m: Measured) -> str:
    return m.title[0].lower() + m.title[1:]


def _row(label: str, spread: Spread) -> dict[str, Any]:
    cuts = dict(zip(("p10", "p25", "p50", "p75", "p90"), map(float, spread.quantiles), strict=True))
    held = spread.interval
    return {"label": label, **cuts, "n": spread.values,
            "said": f"{held.low} to {held.high}" if isinstance(held, Interval) else "no interval"}  # fmt: skip


def _spread_plot(
    name: str, title: str, under: str, unit: str, rows: list[dict[str, Any]], band: object, *, log: bool = False
) -> Plot | None:
    if not rows:
        return None
    alt = _altair()
    scale = (
        alt.Scale(type="symlog", constant=1, domainMax=1.3 * max(row["p90"] for row in rows))
        if log
        else alt.Scale(zero=True, nice=True)
    )
    axis = alt.Axis(values=_TICKS, format=",d") if log else alt.Axis()
    x, y = alt.X("p10:Q", title=unit, scale=scale, axis=axis), alt.Y("label:N", title=None, sort=[row["label"] for row in rows])
    base = alt.Chart(alt.Data(values=rows)).encode(y=y)
    layers = [
        base.mark_rule(color=_GRAY, strokeWidth=2).encode(x=x, x2="p90:Q"),
        base.mark_bar(color=_FILL, height=14).encode(x=alt.X("p25:Q", scale=scale, title=unit, axis=axis), x2="p75:Q"),
        base.mark_tick(color=_INK, thickness=3, size=22, opacity=1).encode(x=alt.X("p50:Q", scale=scale, title=unit, axis=axis)),
    ]
    if isinstance(band, Interval):
        span = [{"low": float(band.low), "high": float(band.high), "text": f"expected {band.low} to {band.high}"}]
        shade = alt.Chart(alt.Data(values=span))
        layers.insert(0, shade.mark_rect(color=_BAND, stroke=_INK, strokeDash=[4, 3], opacity=0.7).encode(
            x=alt.X("low:Q", scale=scale, title=unit), x2="high:Q"))  # fmt: skip
        under += f"; framed: expected, {band.low} to {band.high}"
    said = "; ".join(
        f"{row['label']}: median {row['p50']:g} ({row['said']}), half between {row['p25']:g} and {row['p75']:g}, n {row['n']:,}"
        for row in rows
    )
    return Plot(name, title, f"{title}. {under}. {said}.", _finished(alt.layer(*layers), title, under, len(rows)))


def _denied(told: Benchmark) -> Plot | None:
    uses = [u for u in told.uses if not u.payer and isinstance(u.denied, Share)]
    uses = sorted(uses, key=lambda u: (-_whole(u.lines), u.code))[:MOST]
    shares = [(u.code or "all codes", u.denied) for u in uses if isinstance(u.denied, Share)]
    return _share_plot("denied", "Lines denied, whole or in part, by code", "share of judged lines", shares)


def _share_plot(name: str, title: str, unit: str, shares: Sequence[tuple[str, Share]]) -> Plot | None:
    if not shares:
        return None
    alt = _altair()
    rows = [
        {"label": label, "value": float(s.value), "low": float(s.interval.low), "high": float(s.interval.high),
         "n": f"{s.part:,} of {s.whole:,}"} for label, s in shares
    ]  # fmt: skip
    axis, scale = alt.Axis(format="%"), alt.Scale(domain=[0, 1])
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("label:N", title=None, sort=[row["label"] for row in rows]))
    layers = [
        base.mark_rule(color=_GRAY, strokeWidth=3).encode(x=alt.X("low:Q", title=unit, axis=axis, scale=scale), x2="high:Q"),
        base.mark_point(color=_FILL, filled=True, size=110, shape="diamond", opacity=1).encode(x=alt.X("value:Q", scale=scale)),
        base.mark_text(align="left", dx=8).encode(x=alt.X("high:Q", scale=scale), text="n:N"),
    ]
    under = "diamond: share; line: 95 % interval"
    said = "; ".join(f"{r['label']}: {r['value']:.1%} ({r['low']:.1%} to {r['high']:.1%}), {r['n']}" for r in rows)
    return Plot(name, title, f"{title}. {under}. {said}.", _finished(alt.layer(*layers), title, under, len(rows)))


def _money(told: Benchmark) -> Plot | None:
    rows = list(_charges(told.reasons))[:MOST]
    if not rows:
        return None
    alt = _altair()
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("label:N", title=None, sort=[row["label"] for row in rows]))
    x = alt.X("charge:Q", title="charge denied, USD", axis=alt.Axis(format=",.0f"))
    layers = [
        base.mark_bar(color=_FILL, height=18).encode(x=x),
        base.mark_text(align="left", dx=5).encode(x=x, text="said:N"),
    ]
    title, under = "What is denied, by reason and rule", "bar: charge at stake, as billed"
    said = "; ".join(f"{row['label']}: {row['said']}" for row in rows)
    return Plot("reasons", title, f"{title}. {under}. {said}.", _finished(alt.layer(*layers), title, under, len(rows)))


def _charges(reasons: Sequence[Reason]) -> Iterator[dict[str, Any]]:
    for r in reasons:
        if not r.payer and isinstance(r.charge, Decimal):
            rule = r.rule.partition("#")[2].partition("@")[0]
            label = " ".join(part for part in (f"{r.group}-{r.carc}", r.rarc, rule) if part)
            yield {
                "label": label,
                "charge": float(r.charge),
                "said": f"${r.charge:,} ({_whole(r.lines):,} line{'' if r.lines == 1 else 's'})",
            }


def _finished(chart: Any, title: str, under: str, rows: int) -> dict[str, Any]:
    alt = _altair()
    sized = chart.properties(width=_WIDTH, height=max(2, rows) * _STEP, title=alt.TitleParams(title, subtitle=under))
    made: dict[str, Any] = sized.configure(**_CONFIG).to_dict(validate=True)
    return made


def _whole(count: object) -> int:
    return count if isinstance(count, int) else 0


def _altair() -> Any:
    try:
        import altair
    except ImportError as error:
        raise _absent() from error
    return altair


def _maker() -> Any:
    try:
        import vl_convert
    except ImportError as error:
        raise _absent() from error
    return vl_convert


def _absent() -> EngineError:
    return EngineError("plots", "the drawer of plots is not installed", "Install it with: pip install 'perdiem[publish]'")
