"""Pages: the same content in every way of writing, and no text that turns into anything else."""

from __future__ import annotations

import json
import re
import sys
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from perdiem.formats.page import FORMATS, to_html, to_json, to_markdown, written
from perdiem.formats.page.html import Shell
from perdiem.formats.page.typst import literal, to_pdf, to_typst
from perdiem.model.errors import EngineError
from perdiem.model.page import (
    Block,
    Bullets,
    Facts,
    Figure,
    Gap,
    Missing,
    Page,
    Paragraph,
    Section,
    Span,
    Table,
    Tick,
    Ticks,
    cells,
    plain,
    walk,
    words,
)

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9" height="9"><path d="M0 0H9"/></svg>'
HOSTILE = [
    "<script>alert(1)</script>", "# no heading", "*stars* and _lines_", "$x$ #eval(1)", "a | b", "one\ntwo\r\n\r\n- three",
    "[a](javascript:x)", "`code` ``", "\\ backslash \\n \"quoted\" '", "1. first", "- point", "&amp; &lt;", "| --- |", "~~gone~~",
    "https://a.example/ www.a.example", "]]> --> <!--", "{{ x }} {% y %}", "<svg onload=x>", "#let x = 1", "+ plus", "= title",
]  # fmt: skip

texts = st.one_of(
    st.sampled_from(HOSTILE), st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Co", "Cn")), min_size=1, max_size=40)
).filter(lambda text: bool(Span(text).shown.strip()))
spans = st.builds(
    Span, texts, st.sampled_from(["plain", "code", "strong", "citation"]), st.sampled_from(["", "#here", "https://x.example/a"])
)
told = st.lists(spans, min_size=1, max_size=3).map(tuple)
gaps = st.builds(Missing, st.sampled_from(Gap), texts)
cell = st.one_of(told, gaps)
rows = st.lists(st.tuples(told, cell, cell), min_size=1, max_size=3).map(tuple)
blocks = st.one_of(
    st.builds(Paragraph, told),
    gaps,
    st.builds(Bullets, st.lists(told, min_size=1, max_size=3).map(tuple), st.booleans()),
    st.builds(Table, texts, st.tuples(texts, texts, texts), rows, st.sampled_from([(), (2,)])),
    st.builds(Facts, st.lists(st.tuples(texts, cell), min_size=1, max_size=3).map(tuple)),
    st.builds(Figure, st.just(SVG), texts, texts),
    st.builds(Ticks, st.lists(st.builds(Tick, told, told, told), min_size=1, max_size=2).map(tuple)),
)


def page_of(*some: Block, title: str = "Title", subtitle: str = "Subtitle") -> Page:
    part = Section("part", "A part", some[1:])
    return Page(title, subtitle, date(2026, 1, 1), (Section("one", "One", some[:1], (part,)),), words("foot"))


pages = st.builds(
    lambda some, title, subtitle: page_of(*some, title=title, subtitle=subtitle),
    st.lists(blocks, min_size=1, max_size=4),
    texts,
    texts,
)


def folded(text: str) -> str:
    """Text without white space, which every way of writing may set anew."""
    return re.sub(r"[\s\u200b]+", "", text)


def all_texts(page: Page) -> list[str]:
    """Every text of a page, cell by cell, in the order of reading."""
    found = [page.title, page.subtitle, "As of 2026-01-01"]
    for section in walk(page.sections):
        found.append(section.title)
        for block in section.blocks:
            if isinstance(block, Table):
                found += [block.caption, *block.columns]
            if isinstance(block, Facts):
                found += [term for term, _ in block.pairs]
            if isinstance(block, Figure):
                found.append(block.caption)
            found += [part for one in cells(block) for part in ([one.told] if isinstance(one, Missing) else [s.text for s in one])]
    return [Span(text).shown for text in found]


class Text(HTMLParser):
    """The text of an HTML page, its tags, and labels that are read aloud."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.tags, self.open = "", list[tuple[str, dict[str, str | None]]](), list[str]()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.text += dict(attrs).get("aria-label") or ""
        if tag not in ("meta", "input", "br", "hr"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def markdown_text(source: str) -> Text:
    return Text(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(source))


def typst_texts(source: str) -> str:
    """What the string literals of a Typst document hold."""
    return "".join(re.sub(r"\\(.)", r"\1", found) for found in re.findall(r'"((?:[^"\\]|\\.)*)"', source))


@settings(max_examples=150, deadline=None)
@given(pages)
def test_every_text_is_in_every_rendering(page: Page) -> None:
    html, typst = Text(to_html(page)), typst_texts(to_typst(page))
    read = {"html": html.text, "md": markdown_text(to_markdown(page)).text, "typst": typst, "json": json_texts(page)}
    for form, text in read.items():
        bare = folded(text)
        for one in all_texts(page):
            assert folded(one) in bare, f"{one!r} is not in the {form}"
    assert not html.open


def json_texts(page: Page) -> str:
    def texts_of(thing: object) -> list[str]:
        if isinstance(thing, dict):
            missing = thing.get("missing")
            told_ = [f"Not available ({missing['reason']}): {missing['words']}"] if isinstance(missing, dict) else []
            return told_ + [t for value in thing.values() for t in texts_of(value)]
        if isinstance(thing, list):
            return [t for value in thing for t in texts_of(value)]
        return [str(thing)]

    return "As of " + " ".join(texts_of(json.loads(to_json(page)))) + "As of 2026-01-01"


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, min_size=1, max_size=6))
@example(HOSTILE)
def test_hostile_text_makes_nothing(some: list[str]) -> None:
    """The tags of a page are those of the same page with harmless text, in Markdown as in HTML."""
    harmless = page_of(
        *(Paragraph(words("x")) for _ in some), Table("x", ("x", "x"), tuple((words("x"), words("x")) for _ in some))
    )
    page = page_of(*(Paragraph(words(t)) for t in some), Table(some[0], ("x", "x"), tuple((words(t), words(t)) for t in some)))
    for render in (lambda p: Text(to_html(p)), lambda p: markdown_text(to_markdown(p))):
        assert [tag for tag, _ in render(page).tags] == [tag for tag, _ in render(harmless).tags]


@pytest.mark.parametrize("text", HOSTILE)
def test_typst_takes_text_as_text(text: str) -> None:
    assert typst_texts(literal(text)) == Span(text).shown


def test_pdf_of_every_block_with_hostile_text() -> None:
    pytest.importorskip("typst")
    some = "; ".join(HOSTILE)
    page = page_of(
        Paragraph(words(some, Span(some, "code"), Span(some, "strong", "https://x.example/a"))),
        Missing(Gap.LICENCE, some),
        Bullets((words(some),), numbered=True),
        Table(some, (some, "n"), ((words(some), Missing(Gap.TOO_FEW, some)),), (1,)),
        Facts(((some, words(some)),)),
        Figure(SVG, some, some),
        Ticks((Tick(words(some), words(some), words(some), True),)),
        title=some,
    )
    first = to_pdf(page)
    assert first.startswith(b"%PDF-")
    assert first == to_pdf(page)
    assert b"/StructTreeRoot" in first  # tagged for screen readers


def test_without_the_extra_pdf_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(EngineError, match=r"pip install 'perdiem\[publish\]'"):
        to_pdf(page_of(Paragraph(words("x"))))


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "//evil.example", "https://a b", "vbscript:x"]
)
def test_no_link_leads_to_a_script(link: str) -> None:
    page = page_of(Paragraph((Span("text", link=link),)))
    assert link not in to_html(page)
    assert link not in to_markdown(page)
    assert link not in to_typst(page)


def test_page_is_in_order_for_readers_aloud() -> None:
    page = page_of(Paragraph(words("x")), Table("T", ("a", "b"), ((words("1"), words("2")),)))
    html = Text(to_html(page, Shell(links=(Span("Home", link="index.html"), Span("Here", link="a.html")), here="a.html")))
    names = [tag for tag, _ in html.tags]
    assert all(wanted in names for wanted in ("main", "header", "footer", "nav", "title", "h1"))
    assert ("html", {"lang": "en"}) in html.tags
    assert names.count("h1") == 1
    assert "script" not in names
    levels = [int(tag[1]) for tag in names if re.fullmatch(r"h[1-6]", tag)]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert all(attrs.get("scope") for tag, attrs in html.tags if tag == "th")
    assert ("a", {"class": "skip", "href": "#content"}) in html.tags
    assert ("span", {"aria-current": "page"}) in html.tags


def test_formats_are_written_as_bytes() -> None:
    page = page_of(Paragraph(words("x")))
    assert FORMATS == ("md", "html", "pdf", "json")
    assert written(page, "md").startswith(b"# Title")
    assert written(page, "html").lstrip().startswith(b"<!DOCTYPE html>")
    assert json.loads(written(page, "json"))["title"] == "Title"


def test_a_gap_is_told_with_its_reason() -> None:
    assert plain(Missing(Gap.NO_POLICY, "none of Aetna")) == "Not available (no policy loaded): none of Aetna"
