"""The coverage page: one HTML file that shows readings beside places, for screen, print and screen reader.

It knows shapes, no policy: shares by kind, stretches of neighbouring words that are alike, and what rules say.
No script, nothing fetched; a kind is told by its name, its mark and its pattern before its colour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby

MARKS = {"rules": "■", "open": "▲", "defines": "◆", "unseeable": "○", "background": "·", "heading": "―"}


@dataclass(frozen=True)
class Share:
    """One kind of tile: what it means, how many there are, their words, and their part of all words."""

    kind: str
    meaning: str
    tiles: int
    words: int
    part: float


@dataclass(frozen=True)
class Stretch:
    """Neighbouring tiles that are alike, shown as one row; ``text`` is empty where no text was at hand."""

    section: str
    first_line: int
    last_line: int
    kind: str
    tiles: int
    words: int
    rules: tuple[str, ...]
    codes: tuple[str, ...]
    because: str
    standing: str
    text: tuple[str, ...]

    @property
    def place(self) -> str:
        """``41`` or ``90–94``: the lines on which its tiles begin."""
        return str(self.first_line) if self.first_line == self.last_line else f"{self.first_line}–{self.last_line}"


@dataclass(frozen=True)
class Said:
    """What a rule says, in its author's words."""

    id: str
    says: str
    reading: str
    doubt: str


@dataclass(frozen=True)
class Page:
    """Everything a coverage report shows."""

    title: str
    source: str
    standing: str
    faults: tuple[str, ...]
    shares: tuple[Share, ...]
    stretches: tuple[Stretch, ...]
    rules: tuple[Said, ...]


# Each colour is read on the ground of its scheme with a contrast of at least 4.5; a test computes it.
LIGHT = {
    "ground": "#ffffff", "ink": "#1b1b1b", "dim": "#555555", "link": "#0b4fb3", "bad": "#a30f0f",
    "rules": "#0b5d3b", "open": "#a30f0f", "defines": "#0b4fb3", "unseeable": "#6b3fa0",
    "background": "#5c5c5c", "heading": "#5c5c5c",
}  # fmt: skip
DARK = {
    "ground": "#161616", "ink": "#ececec", "dim": "#b0b0b0", "link": "#8ab4f8", "bad": "#ff8a80",
    "rules": "#6fd3a0", "open": "#ff8a80", "defines": "#8ab4f8", "unseeable": "#c5a5f0",
    "background": "#b0b0b0", "heading": "#b0b0b0",
}  # fmt: skip

_PATTERNS = {
    "rules": '<rect width="8" height="8" class="fill"/>',
    "open": '<path d="M0 8L4 0L8 8" class="draw"/>',
    "defines": '<path d="M0 0L8 8M0 8L8 0" class="draw"/>',
    "unseeable": '<circle cx="4" cy="4" r="2.2" class="draw"/>',
    "background": '<path d="M0 8L8 0" class="draw"/>',
    "heading": '<path d="M0 4H8" class="draw"/>',
}

_STYLE = """
body { margin: 2rem auto; max-width: 75rem; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
body { background: var(--ground); color: var(--ink); }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; } h3 { font-size: 1rem; margin-bottom: 0; }
a { color: var(--link); } .dim { color: var(--dim); } .bad { color: var(--bad); font-weight: bold; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: var(--dim); }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--dim); }
th[scope=row] { font-weight: normal; white-space: nowrap; } td.n, th.n { text-align: right; white-space: nowrap; }
td.kind { white-space: nowrap; } th.wide { width: 39%; } ul { margin: 0; padding-left: 1.1rem; } p.one { margin: 0 0 .3rem; }
svg .fill { fill: currentColor; } svg .draw { fill: none; stroke: currentColor; stroke-width: 1.4; }
@media (max-width: 40rem) {
  body { margin: .6rem auto; padding: 0 .8rem; overflow-wrap: anywhere; } h1 { font-size: 1.35rem; }
  table, tbody, tr, caption, th[scope=row], td { display: block; } thead { position: absolute; left: -100rem; }
  tr { padding: .5rem 0; border-bottom: 1px solid var(--dim); }
  th[scope=row], td, td.n { border: 0; padding: .1rem 0; text-align: left; }
  th[scope=row] { font-weight: 600; } td::before, th[scope=row]::before { content: attr(data-head) ": "; color: var(--dim); }
  th[scope=row].mark::before { content: none; } td:empty { display: none; }
  td p.one { margin: .2rem 0; } td p.one:first-child { display: inline; }
}
@media print {
  body { max-width: none; margin: 0; font-size: 9pt; } tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
  a { color: inherit; } th, td { padding: .15rem .4rem; } .scroll { overflow: visible; }
}
"""


def coverage_page(page: Page) -> str:
    """The page as one HTML file."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: Page) -> Iterator[str]:
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">'
    yield f"<title>{escape(page.title)}</title>\n<style>\n{_colours()}{_STYLE}</style>\n</head>\n<body>\n<main>"
    yield f"<h1>{escape(page.title)}</h1>\n<p>{escape(page.source)}</p>"
    yield f"<p{' class=bad' if page.faults else ''}>{escape(page.standing[:1].upper() + page.standing[1:])}.</p>"
    if page.faults:
        yield "<h2>What is broken</h2>\n<ul>"
        yield from (f"<li>{escape(fault)}</li>" for fault in page.faults)
        yield "</ul>"
    yield from _shares(page)
    ids = {rule.id: f"rule-{number}" for number, rule in enumerate(page.rules, 1)}
    says = {rule.id: rule.says for rule in page.rules}
    for section, stretches in groupby(page.stretches, lambda stretch: stretch.section):
        yield from _section(section, list(stretches), ids, says)
    yield from _rules(page, ids)
    yield "</main>\n</body>\n</html>"


def _colours() -> str:
    light, dark = (" ".join(f"--{name}: {value};" for name, value in scheme.items()) for scheme in (LIGHT, DARK))
    kinds = "\n".join(f".{kind} {{ color: var(--{kind}); }}" for kind in MARKS)
    print_ = f"@media print {{ :root {{ {light} }} }}"
    return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n{print_}\n{kinds}"


def _shares(page: Page) -> Iterator[str]:
    tiles, words = sum(s.tiles for s in page.shares), sum(s.words for s in page.shares)
    yield "<h2>Every word, by what it is</h2>"
    yield from _head(f"{words} words of the source in {tiles} tiles", _SHARES)
    for s in page.shares:
        part = f"{100 * s.part:.1f} %"
        yield _row(_SHARES, _mark(s.kind), escape(s.meaning), str(s.tiles), str(s.words), part, _bar(s))
    yield "</tbody>\n</table>\n</div>"


_SHARES = {"Kind": "mark", "Meaning": "", "Tiles": "n", "Words": "n", "Part": "n", "Bar": ""}
_STRETCHES = {"Line": "", "Is": "kind", "Words": "n", "Our reading": "wide", "The text": "wide"}


def _head(caption: str, columns: dict[str, str]) -> Iterator[str]:
    """A table up to its rows; columns by title, with the class of their cells. Roles are said: on a phone each row is a card."""
    heads = "".join(f'<th role="columnheader" scope="col"{_class(c)}>{title}</th>' for title, c in columns.items())
    yield f'<div class="scroll">\n<table role="table">\n<caption>{caption}</caption>'
    yield f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>\n<tbody role="rowgroup">'


def _row(columns: dict[str, str], *cells: str) -> str:
    """A row of cells that are markup already; the first is its head."""
    made = []
    for at, ((title, c), cell) in enumerate(zip(columns.items(), cells, strict=True)):
        tag, role = ("th", 'role="rowheader" scope="row"') if at == 0 else ("td", 'role="cell"')
        made.append(f'<{tag} {role} data-head="{title}"{_class(c)}>{cell}</{tag}>')
    return f'<tr role="row">{"".join(made)}</tr>'


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def _bar(share: Share) -> str:
    """A bar with the pattern of its kind; the number beside it says the same, so readers of the page aloud skip it."""
    name, width = f"pattern-{escape(share.kind)}", max(2.0, 160 * share.part) if share.words else 0
    shape = f'<pattern id="{name}" width="8" height="8" patternUnits="userSpaceOnUse">{_PATTERNS.get(share.kind, "")}</pattern>'
    return (
        f'<svg class="{escape(share.kind)}" width="162" height="16" viewBox="0 0 162 16" aria-hidden="true" focusable="false">'
        f"<defs>{shape}</defs>"
        f'<rect x="1" y="1" width="{width:.1f}" height="14" fill="url(#{name})" stroke="currentColor"/></svg>'
    )


def _section(section: str, stretches: list[Stretch], ids: dict[str, str], says: dict[str, str]) -> Iterator[str]:
    words, tiles = sum(s.words for s in stretches), sum(s.tiles for s in stretches)
    yield f"<h2>{escape(section)}</h2>"
    yield from _head(f"{words} words in {tiles} tiles", _STRETCHES)
    for s in stretches:
        count = f'<br><span class="dim">{s.tiles} tiles</span>' if s.tiles > 1 else ""
        yield _row(_STRETCHES, s.place, _mark(s.kind) + count, str(s.words), _reading(s, ids, says), _text(s))
    yield "</tbody>\n</table>\n</div>"


def _mark(kind: str) -> str:
    return f'<span class="{escape(kind)}"><span aria-hidden="true">{MARKS.get(kind, "?")}</span> {escape(kind)}</span>'


def _reading(stretch: Stretch, ids: dict[str, str], says: dict[str, str]) -> str:
    parts = [f'<p class="one">{escape(stretch.because)}</p>'] if stretch.because else []
    for rule in stretch.rules:
        parts.append(f'<p class="one"><a href="#{ids[rule]}">{escape(rule)}</a>: {escape(says[rule])}</p>')
    if stretch.codes:
        parts.append(f'<p class="one dim">{"of" if stretch.rules else "describes"} {escape(", ".join(stretch.codes))}</p>')
    return "".join(parts)


def _text(stretch: Stretch) -> str:
    if stretch.standing == "missing":
        return '<span class="bad">missing</span>'
    if not stretch.text:
        return f'<span class="dim">{escape(stretch.standing)}</span>'
    if len(stretch.text) == 1:
        return escape(stretch.text[0])
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in stretch.text) + "</ul>"


def _rules(page: Page, ids: dict[str, str]) -> Iterator[str]:
    yield "<h2>The rules and where they rest</h2>"
    for rule in page.rules:
        places = ", ".join(s.place for s in page.stretches if rule.id in s.rules)
        yield f'<h3 id="{ids[rule.id]}">{escape(rule.id)}</h3>\n<p class="one">{escape(rule.says)}</p>'
        for label, text in (("Reading", rule.reading), ("Doubt", rule.doubt), ("Lines", places)):
            if text:
                yield f'<p class="one dim">{label}: {escape(text)}</p>'
