"""Answers: coded orders as the JSON of the contract; days are ISO, units numbers or null, each line with its reason and source."""

from __future__ import annotations

from typing import Any

from perdiem.model.citation import Citation
from perdiem.model.document import Demand
from perdiem.model.order import Coded, CodedLine, Course, Paper, Question, Remark


def as_json(coded: Coded) -> dict[str, Any]:
    """``lines``, ``documents``, ``questions``, ``remarks``, ``calendar`` and ``set_aside`` of coded orders, ready for JSON."""
    return {
        "lines": [_line(line) for line in coded.lines],
        "documents": [_paper(paper) for paper in coded.papers],
        "questions": [_question(question) for question in coded.questions],
        "remarks": [_remark(remark) for remark in coded.remarks],
        "calendar": [_course(course) for course in coded.courses],
        "set_aside": [{"source": one.source, "row": one.row, "reason": one.reason} for one in coded.set_aside],
    }


def _line(line: CodedLine) -> dict[str, Any]:
    found: dict[str, Any] = {
        "order": line.order_id,
        "member_id": line.member_id or None,
        "role": line.role,
        "code": line.code,
        "modifiers": list(line.modifiers),
        "units": int(line.units) if line.units is not None else None,
        "from": line.from_date.isoformat() if line.from_date else None,
        "to": line.to_date.isoformat() if line.to_date else None,
        "pos": line.place or None,
        "why": line.why,
        "cite": _cite(line.cite),
    }
    if line.also:
        found["also"] = [_cite(cite) for cite in line.also]
    return found | ({"ndc": line.ndc} if line.ndc else {})


def _cite(cite: Citation) -> dict[str, Any]:
    found: dict[str, Any] = {"source": cite.source, "section": cite.section}
    return found | ({"line": cite.line, "fingerprint": cite.fingerprint} if cite.line else {})


def _paper(paper: Paper) -> dict[str, Any]:
    document, demands = paper.needed.document, paper.needed.demands
    return {
        "id": document.id,
        "name": document.name,
        "by": document.by,
        "codes": list(paper.codes),
        "asked": [_demand(demand) for demand in demands],
    }


def _demand(demand: Demand) -> dict[str, Any]:
    found = {"of": list(demand.of), "when": demand.when, "says": demand.says, "cite": _cite(demand.cite)}
    return found | ({"condition": demand.condition} if demand.condition else {})


def _question(question: Question) -> dict[str, Any]:
    return {"order": question.order_id, "about": question.about, "asks": question.asks}


def _remark(remark: Remark) -> dict[str, Any]:
    found = {"order": remark.order_id, "about": remark.about, "says": remark.says}
    return found | ({"cite": _cite(remark.cite)} if remark.cite else {})


def _course(course: Course) -> dict[str, Any]:
    return {
        "order": course.order_id,
        "days": [day.isoformat() for day in course.days] if course.times else [],
        "doses": [moment.isoformat(timespec="minutes") for moment in course.times],
    }
