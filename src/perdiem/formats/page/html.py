"""A page as one HTML file: for screen, print and screen reader, light and dark, with nothing fetched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from perdiem.model.page import Block, Missing, Page, Span, one_line, plain


@dataclass(frozen=True)
class Shell:
    """What stands around a page of a publication: links to its other pages, and what only the browser reads.

    here: the address of this page among ``links``. head: elements for the head. script: a program of our own that the
    page works without; it is put inside the page.
    """

    links: tuple[Span, ...] = ()
    here: str = ""
    head: str = ""
    script: str = ""
    before: str = ""


def to_html(page: Page, shell: Shell | None = None) -> str:
    """The page as one HTML document."""
    return _template().render(page=page, shell=shell or Shell(), style=_read("page.css"))


def _kind(block: Block) -> str:
    return type(block).__name__.lower()


def _shown(value: object) -> object:
    return one_line(value) if type(value) is str else value  # markup is a kind of str, and stays as it is


def _read(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8")


@cache
def _template() -> Template:
    made = Environment(
        autoescape=True,
        loader=FunctionLoader(_read),
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"kind": _kind, "plain": plain}
    made.tests["missing"] = lambda cell: isinstance(cell, Missing)
    return made.get_template("page.html")
