"""Cases: drawn claims that stand beside a policy, each line with what must become of it.

A claim of a case has ``line`` and may say ``id``, ``payer``, ``member``, ``patient``, ``provider``, ``rendering``,
``taxonomy``, ``pos``, ``diagnoses``, ``frequency``, ``original_ref`` and ``file`` (claims of one file stand together; without it
all stand in one). The table ``every_claim`` at the head of the file says any of these but the two numbers and the file for all
claims that do not say otherwise. What neither says is filled in such a way that it decides nothing (one member, one provider, a
first claim), but for ``pos``, which is home. A taxonomy can bring a claim into scope: it is never filled in.

A line is a table: ``{ code, units, days, mods, pos, points, ndc, ndc_quantity, ndc_unit, charge, expect }``.
``days`` is one day or ``first..last``. ``expect`` reads as one would say it: ``pay``, ``deny CO-97 M15``, ``pend``,
``unedited``, ``partial pay 4 deny 3, CO-151 N345``, several reasons as ``deny CO-151 N345 x3; CO-4 N822 x4``
(tests/policy/test_cases.py has the grammar). ``gives`` and ``spares`` name outcomes (``rule.outcome``) that the case must and
must not meet. ``release = { first, last, sections, codes }`` says that a whole HCPCS release of these days is loaded: of the
codes that begin with a letter of ``sections`` it holds those of the code book and ``codes``, and no other.
``on_file = { C1 = ["order", "preparation-notes@2"] }`` is a list of what is on file for the claims it names (by their ``id``),
``@2`` for line 2 alone; an empty list says that nothing is. Releases of other
kinds are drawn for all cases of a file, as ``[[release]]`` with their rows; they hold on days that no other case uses.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import pyarrow as pa

from perdiem.codes.book import LIBRARY, Book
from perdiem.codes.official import CompleteSpan, Life, Official
from perdiem.codes.releases import Release
from perdiem.codes.shapes import SHAPES as RELEASES
from perdiem.model.errors import PolicyError
from perdiem.model.on_file import ON_FILE, OnFile
from perdiem.model.schema import CLAIM, LINE, MODIFIERS, OTHER_PAYER, PROBLEM, REJECTED, Batch, Census, Table
from perdiem.policy.read import Policy

_PROVIDER = "1234567893"

HeldPaper = tuple[str, int | None, str | None]
_MAY_SAY = {"payer", "member", "patient", "provider", "rendering", "taxonomy", "pos", "diagnoses", "frequency"}


@dataclass(frozen=True)
class Case:
    """Some claims of one story, the outcomes they must give and must not give.

    history: earlier claims; an empty tuple says that a history was given and holds nothing, None that none was.
    release: the drawn HCPCS release that is loaded; None where none is. on_file: rows of a list of what is on file (claim,
    line or None, document or None); None where no list is given.
    """

    id: str
    title: str
    gives: tuple[str, ...]
    spares: tuple[str, ...]
    claims: tuple[dict[str, Any], ...]
    history: tuple[dict[str, Any], ...] | None = None
    release: DrawnRelease | None = None
    on_file: tuple[HeldPaper, ...] | None = None

    def book(self, book: Book) -> Book:
        """The code book of the case: this one, with the drawn release in place of any that is loaded."""
        return replace(book, official=self.release.official() if self.release else Official())


@dataclass(frozen=True)
class DrawnRelease:
    """A whole HCPCS release of a case: its days, the first letters of its codes, and codes that the book lacks."""

    first: date
    last: date
    sections: str
    codes: tuple[str, ...] = ()

    def official(self) -> Official:
        """What it says of codes."""
        lives = {code: Life(code, "drawn", self.first) for code in self.codes}
        return Official([lambda: lives], [CompleteSpan(self.first, self.last, self.sections)])


def read_cases(policy: Policy) -> list[Case]:
    """The cases beside a policy file; an empty list where there are none."""
    toml = _toml(policy)
    every = toml.get("every_claim", {})
    strange = sorted(set(every) - _MAY_SAY)
    if strange:
        raise PolicyError(
            f"cases of {policy.name}", f"every_claim knows no {strange[0]!r}", f"It knows {', '.join(sorted(_MAY_SAY))}"
        )
    try:
        return [
            Case(
                id=case["id"],
                title=case["title"],
                gives=tuple(case.get("gives", ())),
                spares=tuple(case.get("spares", ())),
                claims=tuple({**every, **claim} for claim in case["claim"]),
                history=tuple({**every, **claim} for claim in case["history"]) if "history" in case else None,
                release=_release(case),
                on_file=tuple(_held(case["on_file"])) if "on_file" in case else None,
            )
            for case in toml.get("case", ())
        ]
    except KeyError as error:
        raise PolicyError(f"cases of {policy.name}", f"{error} is missing", "See the cases of another policy") from error


def _release(case: dict[str, Any]) -> DrawnRelease | None:
    said = case.get("release")
    return DrawnRelease(said["first"], said["last"], said["sections"], tuple(said.get("codes", ()))) if said else None


def _held(told: dict[str, list[str]]) -> Iterator[HeldPaper]:
    for claim, papers in told.items():
        yield claim, None, None
        for paper, _, line in (entry.partition("@") for entry in papers):
            yield claim, int(line) if line else None, paper


def on_file(held: Sequence[HeldPaper] | None) -> OnFile | None:
    """The list of what is on file that a case draws, if it draws one."""
    if held is None:
        return None
    return OnFile(pa.table(dict(zip(ON_FILE.names, zip(*held, strict=True), strict=True)), ON_FILE))


def read_undrawable(policy: Policy) -> dict[str, str]:
    """Outcomes (``rule.outcome``) that no case can show while the code book is as it is, each with the reason."""
    return dict(_toml(policy).get("undrawable", {}))


def read_drawn(folder: Traversable) -> list[tuple[Release, pa.Table]]:
    """The releases drawn for the cases of a folder, ready for ``codes.keeping.keep``; what a row leaves out is empty."""
    drawn = []
    for row in _toml_of(folder).get("release", ()):
        shape = RELEASES[row["kind"]]
        columns = [[given.get(name) for given in row["rows"]] for name in shape.columns]
        rows = pa.table([pa.array(c, f.type) for c, f in zip(columns, shape.arrow, strict=True)], schema=shape.arrow)
        named = "-".join([row["kind"], row.get("setting", ""), row["effective"].isoformat()])
        given = {key: value for key, value in row.items() if key != "rows"}
        told = Release(id=named, file="cases.toml", sha256=named, fingerprint=f"drawn:{named}", rows=rows.num_rows, **given)
        drawn.append((told, rows))
    return drawn


def _toml(policy: Policy) -> dict[str, Any]:
    """What stands beside a policy; for one that was written from a pattern, what stands beside the pattern."""
    beside = _toml_of(policy.folder, policy.name)
    pattern = LIBRARY.joinpath("policies", *Path(str(policy.folder)).parts[-2:])
    return beside or _toml_of(pattern, policy.name)


def _toml_of(folder: Traversable, name: str = "") -> dict[str, Any]:
    file = folder / "cases.toml"
    if not file.is_file():
        return {}
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"cases of {name or folder.name}", f"not TOML: {error}", "Mend the line it names") from error


def draw(claims: Sequence[dict[str, Any]], payer: str, earlier: bool = False) -> Batch:
    """A batch of drawn claims; what they leave out is filled as the head of this file says.

    payer: the id on a claim that gives neither id nor name. earlier: number claims and lines below zero, as a history's are.
    Claims keep their order; the batch has no problems.
    """
    claim_rows = [_claim(number, claim, payer) for number, claim in enumerate(claims, 1)]
    line_rows = list(_lines(claims))
    for row in (*claim_rows, *line_rows) if earlier else ():
        row["claim_no"] -= len(claim_rows) + 1
        row["line_no"] = row.get("line_no", 0) - len(line_rows) - 1
    cents = sum(int(row["charge"] * 100) for row in claim_rows)
    return Batch(
        _table(CLAIM, claim_rows),
        _table(LINE, line_rows),
        _table(OTHER_PAYER, []),
        _table(PROBLEM, []),
        _table(REJECTED, []),
        Census(len(claim_rows), len(line_rows), cents),
    )


def _claim(number: int, claim: dict[str, Any], payer: str) -> dict[str, Any]:
    patient = claim.get("patient", {})
    name = claim.get("payer_name")
    charge = sum((Decimal(str(line.get("charge", 100))) for line in claim["line"]), Decimal(0))
    return {
        "claim_no": number,
        "claim_id": claim.get("id", f"K{number}"),
        "charge": charge,
        "place": claim.get("pos", "12") or None,
        "frequency": claim.get("frequency", "1"),
        "original_ref": claim.get("original_ref"),
        "payer_qualifier": None if name else "PI",
        "payer_id": None if name else claim.get("payer", payer),
        "payer_name": name,
        "member_id": claim.get("member", "M1"),
        "relation": "19" if patient else "18",
        "last_name": patient.get("last", "DOE"),
        "first_name": patient.get("first", "PAT"),
        "birth_date": patient.get("birth", date(1970, 1, 1)),
        "sex": patient.get("sex", "F"),
        "billing_npi": claim.get("provider", _PROVIDER),
        "billing_taxonomy": claim.get("taxonomy"),
        "rendering_npi": claim.get("rendering"),
        "diagnoses": claim.get("diagnoses", []),
        "source": claim.get("file", "case"),
    }


def _lines(claims: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    line_no = 0
    for number, claim in enumerate(claims, 1):
        for lx, line in enumerate(claim["line"], 1):
            line_no += 1
            first, _, last = line["days"].partition("..")
            mods = dict(zip(MODIFIERS, line.get("mods", "").split(), strict=False))
            yield {
                "line_no": line_no,
                "claim_no": number,
                "lx": lx,
                "qualifier": "HC",
                "code": line["code"],
                **mods,
                "charge": Decimal(str(line.get("charge", 100))),
                "unit_basis": "UN",
                "units": Decimal(str(line.get("units", 1))),
                "place": line.get("pos"),
                "from_date": date.fromisoformat(first),
                "to_date": date.fromisoformat(last or first),
                "pointers": line.get("points", []),
                "ndc": line.get("ndc"),
                "ndc_quantity": Decimal(str(line["ndc_quantity"])) if "ndc_quantity" in line else None,
                "ndc_unit": line.get("ndc_unit"),
            }


def _table(table: Table, rows: list[dict[str, Any]]) -> pa.Table:
    columns = {c.name: pa.array([row.get(c.name) for row in rows], c.type) for c in table.columns}
    return pa.table(columns, schema=table.arrow)
