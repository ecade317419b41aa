"""A brief: one page on a code for who bills it, drawn from the rules in force, the code book and the library's texts.

Whatever the library does not hold is missing with its reason; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from perdiem.codes.book import CodeFacts, open_book
from perdiem.guide.effects import Speaking, speaking
from perdiem.guide.known import Known, known
from perdiem.guide.papers import benchmarks, conflicts, documentation, sources
from perdiem.guide.parts import (
    billing,
    clinical,
    denials,
    modifiers,
    overview,
    payers_in_scope,
    questions,
    related,
    summary,
)
from perdiem.guide.speech import Speech
from perdiem.guide.utilisation import benchmark
from perdiem.model.errors import FormatError, PolicyError
from perdiem.model.page import Block, Facts, Missing, Page, Section, Table, words
from perdiem.pipeline.ledger import Account
from perdiem.policy.read import read_policies

Role = Literal["", "biller", "manager", "payer"]
Part = Callable[[Known, CodeFacts, list[Speaking], Speech], tuple[Block, ...]]

_SECTIONS: dict[str, tuple[str, str, Part]] = {
    "summary": ("Summary", "bmp", summary),
    "payers": ("Payers in scope", "bmp", payers_in_scope),
    "overview": ("Billing code overview", "bmp", overview),
    "clinical": ("Clinical context and workflow", "m", clinical),
    "modifiers": ("Modifiers", "bp", modifiers),
    "documentation": ("Documentation", "bp", documentation),
    "billing": ("Billing requirements", "bp", billing),
    "denials": ("Common denial reasons", "bmp", denials),
    "related": ("Related codes", "bmp", related),
    "questions": ("Questions and answers", "b", questions),
    "benchmarks": ("Benchmarks", "mp", benchmarks),
    "conflicts": ("Conflicts and doubts", "mp", conflicts),
    "sources": ("Sources", "bmp", sources),
}
"""The sections in the order of reading: their address, title, and the roles (by first letter) that a cut keeps them for."""

SECTIONS = tuple(_SECTIONS)
ROLES = ("biller", "manager", "payer")


def brief(
    code: str,
    payer: str = "",
    on: date | None = None,
    role: Role = "",
    claims: Path | None = None,
    *,
    account: Account | None = None,
) -> Page:
    """The brief of a code.

    payer: a brand or payer of the library; then only that one's rules. on: the day; by default the last one on which a source
    was read. role: the sections for that reader alone. claims: a file of claims, whose figures fill the benchmarks.
    account: is told of every claim that came in, and of what was set aside and why.
    Raises PolicyError for a code, payer or role that nobody knows, FormatError for claims that cannot be read.
    """
    all_known = known_on(on)
    all_known.facts(code)  # before claims are judged for it
    if claims is not None:
        figures = benchmark([claims], account=account)
        if not figures.read:
            raise FormatError(claims.name, "holds no claim that can be read", "perdiem check FILE says what was set aside, and why")
        all_known = replace(all_known, figures=figures)
    return brief_of(all_known, code, payer, role)


def known_on(on: date | None) -> Known:
    """What is known on a day; read once for the same book and policies."""
    policies = read_policies()
    return _kept(on, open_book().fingerprint, tuple(policy.fingerprint for policy in policies))


@lru_cache(maxsize=4)
def _kept(on: date | None, *marks: object) -> Known:
    return known(on)


def brief_of(all_known: Known, code: str, payer: str = "", role: Role = "", pages: frozenset[str] = frozenset()) -> Page:
    """The brief of a code, from what is known already; ``pages`` are those that it may link to."""
    if role not in ("", *ROLES):
        raise PolicyError("--role", f"no role {role!r}", f"Roles are {', '.join(ROLES)}")
    facts = all_known.facts(code)
    policies = [of for of in speaking(all_known, facts) if _of_payer(all_known, of, payer)]
    only = frozenset(of.policy.id for of in policies) if payer else None
    speech = Speech(all_known.book, pages, only)
    sections = []
    for id_, (title, roles, part) in _SECTIONS.items():
        if not role or role[0] in roles:
            blocks = part(all_known, facts, policies, speech)
            sections.append(Section(id_, title, blocks))
    asked, missing = counted(tuple(sections))
    share = f"{missing} of {asked} facts are not available ({100 * missing // asked} %)."
    foot = words(
        f"{share} Library {all_known.fingerprint}. A listed code is not a covered code; the plan's own documents come first."
    )
    title = f"{facts.code}: {facts.label}"
    named = f"Brief of {'HCPCS' if facts.code[0].isalpha() else 'procedure'} code {facts.code}"
    return Page(title, named + (f" for {payer}" if payer else ""), all_known.on, tuple(sections), foot)


def _of_payer(all_known: Known, of: Speaking, payer: str) -> bool:
    """Whether a policy is that of the payer or brand asked for, or speaks beside it."""
    if not payer:
        return True
    chosen = {p.payer.id for brand in all_known.brands for p in brand.payers if payer in (brand.brand.id, p.payer.id)}
    if not chosen and payer not in {brand.brand.id for brand in all_known.brands}:
        known_ids = sorted(
            {brand.brand.id for brand in all_known.brands} | {p.payer.id for b in all_known.brands for p in b.payers}
        )
        raise PolicyError("--payer", f"the library knows no payer {payer!r}", f"It knows {', '.join(known_ids)}")
    mine = [p for p in all_known.policies if p.payer in chosen]
    return of.policy in mine or any(of.policy.id in p.beside for p in mine)


def counted(sections: tuple[Section, ...]) -> tuple[int, int]:
    """How many facts a brief is asked for, and how many of them are missing.

    Asked are: each fact of a list of facts, each payer in scope, and each other section as a whole.
    """
    asked = missing = 0
    for section in sections:
        listed = [cell for block in section.blocks if isinstance(block, Facts) for _, cell in block.pairs]
        if section.id == "payers":
            listed = [row[-1] for block in section.blocks if isinstance(block, Table) for row in block.rows]
        if listed:
            asked += len(listed)
            missing += sum(isinstance(cell, Missing) for cell in listed)
        else:
            asked += 1
            missing += all(isinstance(block, Missing) for block in section.blocks)
    return asked, missing
