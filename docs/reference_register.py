"""The reference of what documents say against each other, and of the papers that they ask for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from reference_policies import WRITTEN

from perdiem.codes.register import conflicts
from perdiem.codes.texts import read_texts
from perdiem.model.citation import Citation, Source
from perdiem.model.conflict import STATES, Conflict
from perdiem.model.document import ANY, WHEN, Demand
from perdiem.policy.documents import documents


def register_pages() -> dict[str, str]:
    """The register of conflicts and the list of documents, by name of the page."""
    return {"conflicts.md": "\n".join(_conflicts()), "documents.md": "\n".join(_documents())}


def _conflicts() -> Iterator[str]:
    yield f"# Conflicts\n\n{WRITTEN}\n\n`perdiem codes conflicts CODE` tells those about one code.\n"
    yield "The documents that perdiem's rules are read from contradict each other, themselves, and the official code set. Each"
    yield "contradiction was checked against the texts. Wording is ours; `perdiem policy verify --sources DIR` holds every place"
    yield "against your copies. Differences between releases that you imported yourself are told by the same command.\n"
    yield "| status | meaning | conflicts |\n|---|---|---|"
    for state, meaning in STATES.items():
        yield f"| {state} | {meaning} | {sum(c.status == state for c in conflicts())} |"
    for conflict in conflicts():
        yield from _conflict(conflict)
    yield from _sources({side.cite.source for conflict in conflicts() for side in conflict.sides})


def _conflict(conflict: Conflict) -> Iterator[str]:
    yield f"\n## {conflict.id}\n"
    yield f"{', '.join(conflict.codes) or 'No code'}: {conflict.field}, {conflict.about}. Status: {conflict.status}.\n"
    yield "| source | says | where |\n|---|---|---|"
    for side in conflict.sides:
        yield f"| {side.cite.source} | {side.says} | {_place(side.cite)} |"
    yield f"\nFollowed: {conflict.followed}. {conflict.why}"
    if conflict.rules:
        yield f"\nRests on it: {', '.join(f'`{rule}`' for rule in conflict.rules)}"
    if conflict.checked:
        yield f"\nChecked: {conflict.checked}"


def _documents() -> Iterator[str]:
    yield f"# Documents\n\n{WRITTEN}\n\n`perdiem checklist CODE` lists those that one code needs.\n"
    yield "Each paper that a payer or a source asks for. The ids are what a list for `--on-file` names. A reference page binds"
    yield "nobody; where the source only names a paper, what it must hold is not available.\n"
    yield "| id | paper | written or signed by |\n|---|---|---|"
    for document in documents():
        yield f"| [`{document.id}`](#{document.id}) | {document.name} | {document.by} |"
    for document in documents():
        yield f"\n## {document.id}\n"
        yield f"{document.name}. Written or signed by: {document.by}.\n"
        yield "| asked for by | for | when | must hold | where |\n|---|---|---|---|---|"
        yield from (_demand(demand) for demand in document.demands)
    yield from _sources({demand.cite.source for document in documents() for demand in document.demands})


def _demand(demand: Demand) -> str:
    whose = "any payer" if demand.of == (ANY,) else ", ".join(f"`{one}`" for one in demand.of)
    days = f" from {demand.since}" if demand.since > date.min else ""
    days += f" until {demand.until}. {demand.after}" if demand.until < date.max else ""
    codes = ", ".join(f"`{term}`" for term in demand.codes)
    codes += f" with {' or '.join(demand.modifiers)}" if demand.modifiers else ""
    when = WHEN[demand.when] + (f", where {demand.condition}" if demand.condition else "")
    holds = "; ".join(demand.holds) or "not available (not in the sources)"
    return f"| {whose}{days} | {codes} | {when} | {holds} | {demand.cite.source}, {_place(demand.cite)} |"


def _place(cite: Citation) -> str:
    return f"{cite.section}, line {cite.line}" if cite.line else cite.section


def _sources(keys: set[str]) -> Iterator[str]:
    yield "\n## Sources\n"
    yield "| key | text | read |\n|---|---|---|"
    for key, text in read_texts().items():
        if key in keys:
            yield f"| {key} | {text.name} | {_read(text)} |"


def _read(text: Source) -> str:
    return f"{text.read}" if text.sha256 or text.table else "no copy at hand; cited by section"
