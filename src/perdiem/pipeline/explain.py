"""explain: one claim as a picture - days across, lines down - and then each finding in a sentence.

A day's cell says by shape what became of it, so that colour is never needed: a per diem that stands shows its
place among the therapies of the day, a drug a square, a denied day a cross, a pending one a question mark.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.codes.register import resting
from perdiem.edits.concurrent import Concurrent
from perdiem.model.errors import FormatError
from perdiem.model.schema import MODIFIERS
from perdiem.pipeline.answer import Answer, answers
from perdiem.pipeline.session import Run

FIRST, DRUG, NURSE, OTHER, DENIED, PENDING, FREE, UNJUDGED = "1", "■", "▲", "□", "✖", "?", "-", "·"

LEGEND = (
    (FIRST, "per diem that stands (a modifier shows its place)"),
    (DRUG, "drug"),
    (NURSE, "nursing"),
    (OTHER, "other line"),
    (DENIED, "denied"),
    (PENDING, "pending"),
    (FREE, "denied, but no unit is billed for it"),
    (UNJUDGED, "not judged"),
)

_ALIKE = 0.7
"""How much of two claim numbers must agree (difflib's ratio) for one to be named for the other."""


@dataclass(frozen=True)
class Row:
    """One line of the picture: its number, code with modifiers, verdict, and one mark for each of its days."""

    line: int
    code: str
    verdict: str
    marks: dict[date, str]


@dataclass(frozen=True)
class Picture:
    """A claim drawn: the days across, its rows, and the answer it was drawn from."""

    answer: Answer
    days: tuple[date, ...]
    rows: tuple[Row, ...]


def explain(run: Run, claim_id: str) -> list[Picture]:
    """Every claim of the run with that CLM01, drawn; raises FormatError where there is none."""
    found = draw(run, claim_id)
    if not found:
        raise not_found(claim_id, run.batch.problem.to_pylist())
    return found


def draw(run: Run, claim_id: str) -> list[Picture]:
    """Every claim of the run with that CLM01, drawn; none where there is none."""
    if claim_id not in run.batch.claim["claim_id"].to_pylist():
        return []
    return [_picture(run, answer) for answer in answers(run) if answer["claim_id"] == claim_id]


def not_found(claim_id: str, problems: list[dict[str, Any]]) -> FormatError:
    """Why a claim cannot be drawn: it was set aside, or is not there."""
    told = [p["problem"] for p in problems if p["claim_id"] == claim_id and p["weight"] == "rejected"]
    what = f"was set aside: {told[0].rstrip('.')}" if told else "is not in these files"
    do = "Mend the claim and give the file again" if told else "perdiem check FILE --all lists the claims"
    return FormatError(f"claim {claim_id}", what, do)


class ClaimNumbers:
    """The claim numbers of the runs that were looked through, kept small, to find those near to one that is not there."""

    def __init__(self) -> None:
        self._kept: list[pa.ChunkedArray] = []

    def add(self, run: Run) -> None:
        """Keep the numbers of a run, of claims set aside too."""
        self._kept += [run.batch.claim["claim_id"], run.batch.rejected["claim_id"].drop_null()]

    def near(self, claim_id: str, most: int = 3) -> list[str]:
        """Up to so many numbers that are most like this one, whatever the case of their letters."""
        sizes = len(claim_id) / 3, len(claim_id) * 3
        alike: dict[str, str] = {}
        for numbers in self._kept:
            long = pc.utf8_length(numbers)
            kept = numbers.filter(pc.and_(pc.greater_equal(long, sizes[0]), pc.less_equal(long, sizes[1])))
            for number in kept.to_pylist():
                alike.setdefault(number.casefold(), number)
        return [alike[match] for match in get_close_matches(claim_id.casefold(), alike, most, _ALIKE)]


def _picture(run: Run, answer: Answer) -> Picture:
    lines = run.batch.line.filter(pc.field("claim_no") == answer["position"]).to_pylist()
    _tell_conflicts(answer)
    rows = [
        Row(said["line"], " ".join([said["code"], *said["modifiers"]]), said["verdict"], dict(_marks(run, line, said)))
        for line, said in zip(lines, answer["lines"], strict=True)
    ]
    days = sorted({day for row in rows for day in row.marks})
    return Picture(answer, tuple(days), tuple(rows))


def _tell_conflicts(answer: Answer) -> None:
    """Add to each finding the conflicts of the register on which its rule rests for this code."""
    for line in answer["lines"]:
        for finding in line["findings"]:
            rule = f"{finding['policy'].partition('@')[0]}#{finding['rule']}"
            told = [c for c in resting(rule, line["code"]) if c.status != "noise"]
            if told:
                finding["conflicts"] = [
                    {"on": line["code"] if c.codes else "", "about": c.about, "followed": c.followed} for c in told
                ]


def _marks(run: Run, line: dict[str, Any], said: Answer) -> Iterator[tuple[date, str]]:
    spans = run.day.filter(pc.field("line_no") == line["line_no"]).to_pylist()
    stands = _standing_mark(run, line)
    first_judged = line["from_date"] + timedelta(days=said["unjudged_days"])
    day = line["from_date"]
    while day <= line["to_date"]:
        span = next((s for s in spans if s["first_day"] <= day <= s["last_day"]), None)
        if day < first_judged or said["verdict"] == "unedited":
            yield day, UNJUDGED
        elif span is None:
            yield day, stands
        else:
            yield day, PENDING if not span["denied"] else DENIED if said["verdict"] != "pay" else FREE
        day += timedelta(days=1)


def _standing_mark(run: Run, line: dict[str, Any]) -> str:
    """What a day of the line shows where it stands: a per diem its place, others their sort."""
    facts = run.book.look_up(line["code"])
    if run.decision.filter(pc.field("line_no") == line["line_no"])["paid_by_day"][0].as_py():
        places = {m for rule in run.compiled.rules if isinstance(rule, Concurrent) for m in (rule.second, rule.third)}
        carried = [line[m] for m in MODIFIERS if line[m] in places]
        return carried[0] if carried else FIRST
    return DRUG if facts.drug_line else NURSE if facts.kind_of == "nursing" else OTHER
