"""The reference of policies: each with its scope, its rules with readings and doubts, and its coverage."""

from __future__ import annotations

from collections.abc import Iterator

from perdiem.edits.rule import Outcome, Rule
from perdiem.model.citation import Citation
from perdiem.policy.coverage import coverage
from perdiem.policy.payers import read_payers
from perdiem.policy.read import Policy, read_policies
from perdiem.policy.tiles import KINDS, Tile

WRITTEN = "<!-- Written by `python docs/reference.py`; do not edit. -->"


def policy_pages() -> dict[str, str]:
    """The list of policies and one page for each, by name."""
    policies = read_policies()
    pages = {f"policies/{place(policy)}": "\n".join(_policy(policy)) for policy in policies}
    return {"policies/index.md": "\n".join(_list(policies))} | pages


def place(policy: Policy) -> str:
    """The file of a policy's page."""
    return f"{policy.id}-{policy.effective}.md"


def _list(policies: list[Policy]) -> Iterator[str]:
    yield f"# Policies\n\n{WRITTEN}\n"
    yield "These policies are loaded. A claim of any other payer comes back `unedited`. `perdiem policy list --payers` says by"
    yield "payer what is loaded. A policy without a payer speaks when it is asked for by its id.\n"
    yield "| policy | title | payer | version | in force from | rules | words of the source | text last read |"
    yield "|---|---|---|---|---|---|---|---|"
    for p in policies:
        words = coverage(p, None).total if _tiled(p) else ""
        facts = [p.title, _payer(p), p.version, p.effective, len(p.rules), words, p.read_on]
        yield f"| [{p.name}]({place(p)}) | " + " | ".join(map(str, facts)) + " |"


def _payer(policy: Policy) -> str:
    general = "none; asked for by id" if policy.on_request else "none; beside others"
    return next((payer.name for payer in read_payers() if payer.id == policy.payer), general)


def _tiled(policy: Policy) -> bool:
    return (policy.folder / "coverage.toml").is_file()


def _policy(policy: Policy) -> Iterator[str]:
    yield f"# {policy.name}\n\n{WRITTEN}\n"
    yield "Wording on this page is ours. The payer's text is not shipped; a place names its section and line, and"
    yield "`perdiem policy show --sources DIR` puts the payer's own words beside it from your copy.\n"
    yield "| of the policy | |\n|---|---|"
    yield f"| title | {policy.title} |"
    yield f"| payer | {_payer(policy)}{f' (`{policy.payer}`)' if policy.payer else ''} |"
    for number, source in enumerate(policy.sources):
        yield f"| {'further ' if number else ''}source | {source.key}: {source.name} |"
        yield f"| fingerprint of the text | {f'`{source.sha256}`' if source.sha256 else 'none; cited by section'} |"
    yield f"| text last read | {policy.read_on} |"
    yield f"| in force from | {policy.effective} |"
    yield f"| yields to | {', '.join(policy.yields_to) or 'nothing'} |"
    taxonomies = f", or a billing provider of taxonomy {_marked(policy.taxonomies)}" if policy.taxonomies else ""
    yield f"| claims in scope | those with a code of {_marked(policy.claims_with)}{taxonomies} |"
    if policy.excerpt:
        yield f"| excerpt | only lines with a code of {_marked(policy.lines_with)} are judged |"
    yield f"| paid by the day | {f'lines with a code of {_marked(policy.paid_by_day)}' if policy.paid_by_day else 'no line'} |"
    if policy.note:
        yield f"\n**Note.** {policy.note}"
    yield "\n## Coverage\n"
    yield from _coverage(policy) if _tiled(policy) else ["What becomes of each word of the sources is not told yet."]
    yield "\n## Rules\n"
    yield "In the order in which the reason of a denial is chosen.\n"
    for rule in policy.rules:
        yield from _rule(rule)
    yield "## Code sets\n"
    yield "`A..B` is a range, `-` takes codes out again, `@` names a set of the [code book](../code-book.md).\n"
    yield "| set | terms |\n|---|---|"
    yield from (f"| `{name}` | {' '.join(f'`{term}`' for term in terms)} |" for name, terms in policy.codes.items())


def _marked(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _coverage(policy: Policy) -> Iterator[str]:
    covered = coverage(policy, None)
    words = covered.words
    yield "Every word of the source belongs to one tile, and every tile says what it is to this policy.\n"
    yield "| kind | tiles | words | part | meaning |\n|---|---:|---:|---:|---|"
    for kind, meaning in KINDS.items():
        tiles = sum(tile.kind == kind for tile in covered.tiles)
        yield f"| {kind} | {tiles} | {words[kind]} | {100 * words[kind] / covered.total:.1f}&nbsp;% | {meaning} |"
    yield f"| all | {len(covered.tiles)} | {sum(words.values())} | | the source has {covered.total} words |"
    yield "\nWords by section:\n"
    sections = list(dict.fromkeys(tile.cite.section for tile in covered.tiles))
    yield f"| section | {' | '.join(KINDS)} |\n|---|{'---:|' * len(KINDS)}"
    for section in sections:
        counts = [sum(t.cite.words for t in covered.tiles if (t.cite.section, t.kind) == (section, kind)) for kind in KINDS]
        yield f"| {section} | {' | '.join(str(n or '') for n in counts)} |"
    yield from _told("Open", "A claim could show these words broken, and no rule reads them whole yet.", covered.tiles, "open")
    yield from _told("Unseeable", "No claim can show these words.", covered.tiles, "unseeable")


def _told(title: str, lead: str, tiles: tuple[Tile, ...], kind: str) -> Iterator[str]:
    reasons: dict[str, list[Tile]] = {}
    for tile in tiles:
        if tile.kind == kind:
            reasons.setdefault(tile.because, []).append(tile)
    yield f"\n### {title}\n\n{lead}\n\n| lines | words | why |\n|---|---:|---|"
    for because, alike in reasons.items():
        lines = ", ".join(map(str, dict.fromkeys(tile.cite.line for tile in alike)))
        yield f"| {lines} | {sum(tile.cite.words for tile in alike)} | {because} |"


def _rule(rule: Rule) -> Iterator[str]:
    yield f"### {rule.id}\n"
    yield f"{rule.says} Kind: [{rule.kind}](../kinds.md#{rule.kind}).\n"
    if rule.reading:
        yield f"**Reading.** {rule.reading}\n"
    if rule.doubt:
        yield f"**Doubt.** {rule.doubt}\n"
    yield "| outcome | follows | the finding says | fix, or what is asked |\n|---|---|---|---|"
    for name, outcome in rule.outcomes.items():
        yield _outcome(name, outcome)
        if outcome.with_history:
            yield _outcome(f"{name}, with history", outcome.with_history)
    yield f"\nRests on {'; '.join(map(_place, (rule.cite, *rule.also)))}.\n"


def _place(citation: Citation) -> str:
    if not citation.fingerprint:
        return f"{citation.source}: {citation.section} (by section)"
    return f"{citation.source}: {citation.section}, line {citation.line} ({citation.words} words)"


def _outcome(name: str, outcome: Outcome) -> str:
    codes = " ".join([f"{outcome.group}-{outcome.carc}", *outcome.rarc]) if outcome.carc else ""
    told = "; ".join(part for part in (outcome.fix, f"asks: {outcome.asks}" if outcome.asks else "") if part)
    return f"| {name} | {f'{outcome.effect} {codes}'.strip()} | {outcome.message} | {told} |"
