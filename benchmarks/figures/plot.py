"""results.svg: claims a second of perdiem and its peers, as bars on a logarithmic scale."""

from __future__ import annotations

from math import ceil, floor, log10
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, BAR, GAP, TOP = 1040, 500, 90, 20, 8, 96
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f } .title { font-size: 15px; font-weight: 600 } .small { font-size: 11px }
.ours { fill: #1f6feb } .peer { fill: #8c959f } .line { stroke: #d0d7de; stroke-width: 1 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .line { stroke: #30363d } }
"""
UNDER = (
    "In brackets: the claims of the file that was read.",
    "“The work alone” leaves out the start of the process and its imports; without these words perdiem's end to end has both.",
)
OURS = ("parse", "end to end", "history add")


def plot(rows: list[tuple[str, int, float]]) -> str:
    """The picture of rows (what, claims, seconds), of each thing the largest number of claims, the slowest on top."""
    largest: dict[str, tuple[int, float]] = {}
    for what, claims, took in rows:
        largest[what] = max(largest.get(what, (0, 0.0)), (claims, took))
    bars = sorted((claims / took, what, claims) for what, (claims, took) in largest.items())
    low, high = floor(log10(bars[0][0])), max(ceil(log10(bars[-1][0])), floor(log10(bars[0][0])) + 1)
    height = TOP + len(bars) * (BAR + GAP) + 34

    def across(rate: float) -> float:
        return (log10(rate) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        'aria-label="Claims a second of perdiem and its peers">',
        f"<style>{STYLE}</style>",
        '<text class="title" x="16" y="24">Claims a second (logarithmic scale; perdiem in blue)</text>',
        *(f'<text class="small" x="16" y="{44 + 17 * at}">{escape(line)}</text>' for at, line in enumerate(UNDER)),
    ]
    for power in range(low, high + 1):
        x = LEFT + across(10.0**power)
        parts.append(f'<line class="line" x1="{x:.1f}" y1="{TOP - 12}" x2="{x:.1f}" y2="{height - 28}"/>')
        parts.append(f'<text class="small" x="{x:.1f}" y="{height - 12}" text-anchor="middle">{10**power:,}</text>')
    for at, (rate, what, claims) in enumerate(bars):
        y, kind = TOP + at * (BAR + GAP), "ours" if what.startswith(OURS) else "peer"
        middle = y + BAR - 5
        parts.append(f'<text x="{LEFT - 10}" y="{middle}" text-anchor="end">{escape(what)} ({claims:,})</text>')
        parts.append(f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{max(across(rate), 1):.1f}" height="{BAR}" rx="2"/>')
        parts.append(f'<text x="{LEFT + across(rate) + 8:.1f}" y="{middle}">{rate:,.0f}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
