"""From compact claim dicts to lines, claims and members; who is in scope, who is withdrawn."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

from .words import NO_MODIFIER, Claim, Line, Member

PAYER = {"name": "BLUE CROSS BLUE SHIELD OF TEXAS", "id": "84980"}
PAYER_NAMES = {"blue cross blue shield of texas", "blue cross and blue shield of texas"}


def folded(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold()))


def of_payer(payer: dict[str, str]) -> bool:
    return payer.get("id") == "84980" or folded(payer.get("name", "")) in PAYER_NAMES


def claim_of(at: int, raw: dict[str, Any], earlier: bool = False) -> Claim:
    payer = raw.get("payer", PAYER)
    dependent = raw.get("dependent")
    member: tuple[Any, ...] = (str(raw.get("member", f"M{at + 1:06d}")),)
    if dependent:
        member += tuple(str(dependent[k]).upper() for k in ("last", "first", "birth", "sex"))
    ours = of_payer(payer)
    claim = Claim(
        at=at,
        id=str(raw["id"]),
        of_payer=ours,
        payer="this payer" if ours else f"{payer.get('id')}/{payer.get('name')}",
        npi=raw.get("npi", "1234567893"),
        taxonomy=raw.get("taxonomy", "3336H0001X"),
        member=member,
        frequency=str(raw.get("frequency", "1")),
        original=str(raw.get("original_ref") or ""),
        earlier=earlier,
        file=f"{'history' if earlier else 'batch'} {raw.get('file', '')}",
    )
    claim.lines = [line_of(claim, n, raw, line) for n, line in enumerate(raw["lines"])]
    return claim


def line_of(claim: Claim, n: int, raw: dict[str, Any], line: dict[str, Any]) -> Line:
    first = date.fromisoformat(line["from"])
    return Line(
        claim=claim,
        at=(claim.at, n),
        code=line["code"],
        mods=frozenset(m for m in line.get("mods") or [] if m not in NO_MODIFIER),
        units=Decimal(str(line.get("units", 1))),
        first=first,
        last=date.fromisoformat(line["to"]) if line.get("to") else first,
        pos=line.get("pos") or raw.get("pos", "12") or "",
        ndc=(line.get("ndc") or "").replace("-", ""),
    )


def withdraw(claims: list[Claim]) -> None:
    """A 7 or 8 withdraws what it names (same payer, same billing provider); an 8 itself is no bill.

    That is every claim before it of that id; where there is none, the first after it (of an 8 in another file only) that is no
    7 or 8 naming its own id or this one's.
    """
    for place, one in enumerate(claims):
        if one.frequency not in ("7", "8"):
            continue
        one.withdrawn |= one.frequency == "8"
        named = [(at, c) for at, c in enumerate(claims) if (c.id, c.payer, c.npi) == (one.original, one.payer, one.npi)]
        before = [c for at, c in named if at < place]
        after = [
            c
            for at, c in named
            if at > place
            and (one.frequency == "7" or c.file != one.file)
            and not (c.frequency in ("7", "8") and c.original in (c.id, one.id))
        ]
        for gone in before or after[:1]:
            gone.withdrawn = True


def members(claims: list[Claim], history: bool) -> list[Member]:
    found: dict[tuple[Any, ...], Member] = {}
    for claim in claims:
        if claim.of_payer and not claim.withdrawn:
            found.setdefault(claim.member, Member(history)).lines += claim.lines
    return list(found.values())
