"""policy list, show, verify and coverage: what is loaded, what it says, and whether it still stands in the text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from perdiem.cli.coverage import coverage_command
from perdiem.codes.book import open_book
from perdiem.codes.register import conflicts
from perdiem.edits.rule import Outcome
from perdiem.model.errors import PolicyError
from perdiem.policy.payers import read_brands
from perdiem.policy.places import verify_library
from perdiem.policy.read import Policy, read_policies
from perdiem.policy.standing import standings
from perdiem.policy.verify import quotes, verify

policy_app = typer.Typer(no_args_is_help=True, help="The loaded policies: list them, read them, verify their citations.")
policy_app.command("coverage")(coverage_command)

UNJUDGED = "A claim of a payer without a policy stays unedited, and so does a line of which an excerpt says nothing."

Sources = Annotated[Path | None, typer.Option(help="Folder with your own copies of the payers' texts.")]


def _console() -> Console:
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else 120, highlight=False)


@policy_app.command("list")
def list_command(
    payers: Annotated[
        bool, typer.Option("--payers", help="By payer instead: those that the reference pages name, and what is loaded of each.")
    ] = False,
) -> None:
    """List the policies that are loaded, with version, effective date and number of rules.

    Examples:

      perdiem policy list

      perdiem policy list --payers
    """
    if payers:
        _list_payers()
        return
    shown = Table(box=None, padding=(0, 1), header_style="bold")
    for column in ("policy", "title", "payer", "version", "effective", "rules", "last read"):
        shown.add_column(column, no_wrap=True)
    for p in read_policies():
        payer = p.payer or ("asked for" if p.on_request else "beside")
        row = (p.id, p.title, payer, p.version, p.effective.isoformat(), str(len(p.rules)), p.read_on.isoformat())
        shown.add_row(*map(escape, row))
    _console().print(shown)


def _list_payers() -> None:
    """Every payer that the pages name: what is loaded of it, or that nothing is."""
    console = _console()
    for standing in standings(read_brands(), read_policies()):
        console.print(f"[bold]{escape(standing.brand.name)}[/]  {standing.state}  (named by {standing.brand.source})")
        for payer in standing.payers:
            console.print(f"  {escape(payer.payer.name)}  {payer.state}", style="" if payer.policies else "dim")
            for policy in payer.policies:
                console.print(f"    {policy.name}  {escape(policy.title)}, {len(policy.rules)} rules")
            for note in payer.payer.notes:
                console.print(f"    note: {escape(note)}", style="dim")
    console.print(UNJUDGED)


@policy_app.command("show")
def show_command(
    policy: Annotated[str, typer.Argument(metavar="ID", help="A policy, or one rule of it as policy#rule.")],
    sources: Sources = None,
) -> None:
    """Show a policy's rules in printed order: what each says, how it is read, what follows, and what is doubted.

    Examples:

      perdiem policy show bcbstx-cpcp019

      perdiem policy show bcbstx-cpcp019#drug-that-day --sources texts/
    """
    wanted, _, rule_id = policy.partition("#")
    found = [p for p in read_policies() if wanted in (p.id, p.name)]
    if not found:
        raise PolicyError("policy show", f"no policy {wanted!r}", "perdiem policy list shows those loaded")
    if rule_id and not any(rule.id == rule_id for p in found for rule in p.rules):
        raise PolicyError("policy show", f"{wanted} has no rule {rule_id!r}", f"perdiem policy show {wanted} lists them")
    for p in found:
        _show(p, rule_id, sources)


def _show(policy: Policy, rule_id: str, sources: Path | None) -> None:
    console = _console()
    console.print(f"[bold]{policy.name}[/]  {escape(policy.title)}, version {policy.version}")
    yields = f"; yields to {', '.join(policy.yields_to)}" if policy.yields_to else ""
    console.print(f"{escape(policy.drawn_from)}; in force from {policy.effective}{yields}")
    for source in policy.sources if len(policy.sources) > 1 else ():
        console.print(f"{source.key}: {escape(source.name)}" + ("" if source.sha256 else " (cited by section; no copy was read)"))
    if policy.note:
        console.print(escape(policy.note))
    cited = quotes(policy, sources)
    for rule in policy.rules:
        if rule_id not in ("", rule.id):
            continue
        console.print(f"\n[bold]{rule.id}[/]  ({rule.kind}) {escape(rule.says)}")
        for label, text in (("reading", rule.reading), ("doubt", rule.doubt)):
            if text:
                console.print(f"  {label}: {escape(text)}")
        for name, outcome in rule.outcomes.items():
            console.print(f"  {name}: {escape(_outcome(outcome))}")
        for citation in (rule.cite, *rule.also):
            words = cited.get(citation.fingerprint)
            console.print(f"  {escape(citation.place)}" + (f": {escape(words)}" if words else ""), style="dim")


def _outcome(outcome: Outcome) -> str:
    codes = " ".join([f"{outcome.group}-{outcome.carc}", *outcome.rarc]) if outcome.carc else ""
    needed = f"needed: {outcome.asks}" if outcome.asks else ""
    return "; ".join(part for part in (f"{outcome.effect} {codes}".strip(), outcome.message, needed) if part)


@policy_app.command("verify")
def verify_command(
    policy: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Policies to verify; default all.")] = None,
    sources: Sources = None,
) -> None:
    """Verify citations, code sets, rules and cases; without the texts a citation is unverified, never passed.

    Rules are also held against each other, and against the payer's other policies: two that answer one situation in
    opposite ways, or of which one asks for what the other forbids, are at war. Without an id, the places that the register
    of conflicts (perdiem codes conflicts) and the documents (perdiem checklist) cite are verified too.

    Exit status: 0 sound, or unverified where no folder is named; 1 a fault was found, or the folder lacks a policy's text;
    2 wrong usage.

    Example:

      perdiem policy verify --sources texts/
    """
    console = _console()
    sound = True
    for verified in verify(policy, sources):
        sound = sound and verified.sound
        counts = ", ".join(f"{n} {what}" for what, n in sorted(verified.citations.items()))
        told = f"{verified.word}; citations: {counts}; rules: {len(verified.policy.rules)}"
        console.print(f"[bold]{verified.policy.name}[/]  {told}")
        for fault in verified.faults:
            place = f"#{fault.rule}" if fault.rule else ""
            console.print(f"  {'fault' if fault.error else 'note'}{' ' + place if place else ''}: {escape(fault.what)}")
        if asked := _open(verified.policy):
            console.print(
                f"  note: its rules rest on {len(asked)} open conflict{'' if len(asked) == 1 else 's'} (perdiem codes conflicts)"
            )
    if not policy:
        sound = _tell_places(console, sources) and sound
    raise typer.Exit(0 if sound else 1)


def _open(policy: Policy) -> list[str]:
    """The conflicts of the register that nobody has settled and that rules of this policy rest on."""
    rules = {f"{policy.id}#{rule.id}" for rule in policy.rules}
    return [conflict.id for conflict in conflicts() if conflict.status == "open" and rules & set(conflict.rules)]


def _tell_places(console: Console, sources: Path | None) -> bool:
    """Whether what the library itself cites stands in the texts."""
    told = verify_library(sources, open_book())
    for one in told:
        counts = ", ".join(f"{n} {what}" for what, n in sorted(one.citations.items()))
        console.print(f"[bold]{one.name}[/]  {one.word}; citations: {counts}; entries: {one.entries}")
        for fault in one.faults:
            console.print(f"  fault: {escape(fault)}")
    return not any(one.faults for one in told)
