"""Ways of writing a page: Markdown, HTML, PDF and JSON, each with the whole of it."""

from __future__ import annotations

from perdiem.formats.page.html import to_html
from perdiem.formats.page.json import to_json
from perdiem.formats.page.markdown import to_markdown
from perdiem.formats.page.typst import to_pdf
from perdiem.model.page import Page

FORMATS = ("md", "html", "pdf", "json")


def written(page: Page, form: str) -> bytes:
    """The page in one of :data:`FORMATS`, as bytes. Raises EngineError where PDF is asked for and its extra is missing."""
    if form == "pdf":
        return to_pdf(page)
    return {"md": to_markdown, "html": to_html, "json": to_json}[form](page).encode()
