"""Writes docs/worked.md: one claim followed through the eight steps, with the rows that stand there at each step.

The rows come from the program's own steps, run one by one over the file that holds the claim. Only the story and the words
between the tables stand here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from perdiem import answers, check, read
from perdiem.codes.book import open_book
from perdiem.edits.scope import prepare
from perdiem.edits.stages import find, stages
from perdiem.engine.embedded import Engine
from perdiem.model.on_file import ON_FILE
from perdiem.model.schema import FREQUENCIES
from perdiem.pipeline.decide import decide
from perdiem.pipeline.session import Session, claim_tables
from perdiem.policy.compile import compile_policies
from perdiem.policy.read import read_policies

HERE = Path(__file__).parent
FILE, CLAIM = "examples/week-23.837", "HI-0008"
PER_DIEM, SUPPLY = 3, 6  # the lines that are followed: a second therapy billed for too many days, and a set inside the per diem

HEAD = f"""\
# How a verdict is reached

<!-- Written by `python docs/worked.py` from a real run; do not edit. -->

This page follows claim `{CLAIM}` of `{FILE}` through the eight steps. The tables are rows that the program holds at each
step. The story: cefazolin every 8 hours for a week, and ondansetron from Wednesday to Saturday. The biller billed the second
therapy for all seven days, and billed bags, sets and flushes apart.
"""


class Steps:
    """The steps run so far over the claim's file, and the rows of the claim."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.batch = read([HERE.parent / FILE])
        self.book = open_book()
        policies = read_policies()
        self.codes = sorted(set(self.batch.line["code"].to_pylist()))
        self.compiled = compile_policies(policies, self.book, self.codes)
        blanks = [m for m, named in self.book.modifiers.items() if named.kind == "none"]
        small = {
            "blank_modifier": pa.table({"modifier": pa.array(blanks, pa.string())}),
            "withdrawing": pa.table({"frequency": list(FREQUENCIES), "voids": list(FREQUENCIES.values())}),
        }
        with Session(policies, book=self.book) as session:
            doubtful = session.rules.doubtful(self.batch, self.compiled)
        small["on_file"] = ON_FILE.empty_table()  # no list of papers is given
        for name, table in (claim_tables(self.batch, self.book) | self.compiled.tables | small | doubtful).items():
            engine.load(name, table)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Rows of the claim: the query reads ``mine``, its lines, and names them by LX."""
        mine = "with mine as (select l.line_no, l.lx, l.code from line l join claim c using (claim_no) where c.claim_id = ?) "
        return self.engine.rows(mine + query, [CLAIM]).to_pylist()


def page() -> str:
    """The page, made by running the steps."""
    with Engine(threads=1) as engine:
        steps = Steps(engine)
        told = [*_read(steps), *_look_up(steps)]
        kinds = prepare(engine)
        scope = [*_scope(steps)]
        find(engine, kinds)
        told += [*_spread(steps), *scope, *_check(steps)]
        decide(engine, steps.batch.line.num_rows)
        told += [*_price(), *_decide(steps), *_answer()]
    return "\n".join([HEAD, *told]).rstrip() + "\n"


def _read(steps: Steps) -> Iterator[str]:
    yield "## 1. Read\n"
    yield "The file becomes rows. A claim row and its line rows keep their place in the file. What cannot be read becomes a problem"
    yield "with its place, and the next claim goes on.\n"
    claim = steps.engine.rows(f"select claim_id, payer_id, place, frequency, source, segment from claim where claim_id = '{CLAIM}'")
    yield from table(claim.to_pylist())
    yield from table(
        steps.rows(
            "select l.lx, l.code, coalesce(l.mod1, '') as mod1, l.from_date, l.to_date, l.units, l.charge, l.segment"
            " from line l join mine using (line_no) order by lx"
        )
    )


def _look_up(steps: Steps) -> Iterator[str]:
    yield "## 2. Look up\n"
    yield "Each code of the file is looked up once in the code book, with the dates that the book holds. Code sets and pairs of the"
    yield f"policy are worked out for these {len(steps.codes)} codes only.\n"
    codes = [row["code"] for row in steps.rows("select code from mine order by lx")]
    facts = [steps.book.look_up(code) for code in codes]
    rows = []
    for f in facts:
        therapy = steps.book.therapy_of(f.code)
        serves = therapy.family if therapy else ", ".join(f.families)
        rows.append({"code": f.code, "class": f.kind_of, "unit": f.unit_basis, "therapy": serves, "a drug line": f.drug_line})
    yield from table(rows)
    yield "A drug is paired with a per diem where both name one therapy:\n"
    yield from table(
        steps.rows(
            "select distinct p.subject_code as per_diem, p.object_code as drug, p.fit from pair p join rule r using (rule_no)"
            " join mine s on s.code = p.subject_code join mine o on o.code = p.object_code"
            " where r.kind = 'companion' and p.fit = 'own' order by all"
        )
    )


def _spread(steps: Steps) -> Iterator[str]:
    yield "## 3. Spread\n"
    yield "Spans become days, but only where spans leave a question. A per diem that one drug line covers from first to last day is"
    yield f"settled without it. Line {PER_DIEM} is not: its drug begins later and ends earlier. (The program spreads when a rule"
    yield "asks for it, during step 5.)\n"
    per_diem, drugs = _span(steps, PER_DIEM), _drugs(steps)
    days = [per_diem[0] + timedelta(days=n) for n in range((per_diem[1] - per_diem[0]).days + 1)]
    rows = []
    for day in days:
        beside = [f"line {drug['lx']} {drug['code']}" for drug in drugs if drug["from_date"] <= day <= drug["to_date"]]
        rows.append({"line": PER_DIEM, "day": day, "corresponding drug that day": ", ".join(beside) or "none"})
    yield from table(rows)


def _span(steps: Steps, lx: int) -> tuple[date, date]:
    row = steps.rows(f"select l.from_date, l.to_date from line l join mine m using (line_no) where m.lx = {lx}")[0]
    return row["from_date"], row["to_date"]


def _drugs(steps: Steps) -> list[dict[str, Any]]:
    return steps.rows(
        "select distinct o.lx, o.code, l.from_date, l.to_date from mine s join pair p on p.subject_code = s.code"
        f" join mine o on o.code = p.object_code join line l on l.line_no = o.line_no where s.lx = {PER_DIEM} and p.fit = 'own'"
    )


def _scope(steps: Steps) -> Iterator[str]:
    yield "## 4. Scope\n"
    yield "Lines meet rules. The payer on the claim chooses the policy, and the days of the line choose its version. This step is"
    yield "the only place that compares payers and dates.\n"
    told = steps.rows(
        "select m.lx, s.policy_no, s.scope_by, s.first_day, s.last_day, s.paid_by_day"
        " from line_scope s join mine m using (line_no) order by lx"
    )
    policies = list(dict.fromkeys(policy.name for policy in steps.compiled.policy_of))
    yield from table([{**{k: v for k, v in r.items() if k != "policy_no"}, "policy": policies[r["policy_no"] - 1]} for r in told])
    yield "A general policy that stands beside it speaks on the same days, of lines that one of its rules picks.\n"
    yield "Then each rule picks its lines. Rules that a line satisfies at first sight, such as the one on the place of service, are"
    yield f"sifted out. These are left to judge lines {PER_DIEM} and {SUPPLY}:\n"
    met = steps.rows(
        "select s.rule_no, m.lx, s.first_day, s.last_day from subject s join mine m using (line_no)"
        f" where m.lx in ({PER_DIEM}, {SUPPLY}) order by lx, rule_no"
    )
    days = ("first_day", "last_day")
    yield from table([{"lx": r["lx"], **_rule(steps, r["rule_no"]), **{day: r[day] for day in days}} for r in met])


def _rule(steps: Steps, number: int) -> dict[str, Any]:
    rule = steps.compiled.rules[number - 1]
    return {"rule": f"`{rule.id}`", "kind": rule.kind}


def _check(steps: Steps) -> Iterator[str]:
    last = max(kind.stage for stage in stages() for kind in stage)
    yield "## 5. Check\n"
    yield f"One query per kind runs over all rules of that kind, in {last} stages. A kind reads only what earlier stages found."
    yield "What it finds are rows: rule, outcome, line, days. No verdict is given here.\n"
    found = steps.rows(
        "select f.stage, f.rule_no, f.outcome, f.effect, m.lx, f.first_day, f.last_day, o.lx as other_line"
        " from finding f join mine m using (line_no) left join mine o on o.line_no = f.other_line_no order by stage, lx, first_day"
    )
    rows = [
        {"stage": r["stage"], "rule": _rule(steps, r["rule_no"])["rule"], **{k: r[k] for k in r if k not in ("stage", "rule_no")}}
        for r in found
    ]
    yield from table(rows)
    yield "The rules that found nothing on this claim left no row."
    yield ""


def _price() -> Iterator[str]:
    yield "## 6. Price\n"
    yield "Only where a contract is given: `perdiem price` lays units on days and gives each the rate of its day; what step 7"
    yield "decides says which of them are owed ([prices](how-to/pricing.md)). `perdiem check` skips this step: its answer speaks of"
    yield "units, never of money to be paid, and the charge shown is the charge billed.\n"


def _decide(steps: Steps) -> Iterator[str]:
    yield "## 7. Decide\n"
    yield "One fold per line. First the days: on each day a denial beats a question, and the first denying rule in the policy's"
    yield "order speaks.\n"
    judged = steps.rows(
        "select m.lx, j.first_day, j.last_day, j.denied, j.outcome, j.rule_no from judged_span j join mine m using (line_no)"
        " order by lx, first_day"
    )
    for row in judged:
        row["speaks"] = _rule(steps, row.pop("rule_no"))["rule"]
    yield from table(judged)
    yield "Then the units. A per diem is paid by the day: its units go to payable days first, then to days in question, and the"
    yield "rest is denied. Any other line is paid whole. A line on which nothing is denied or asked is paid as it stands, and is"
    yield "not in this table.\n"
    yield from table(
        steps.rows(
            "select m.lx, m.code, t.units, t.calendar_days, t.denied as denied_days, t.pending as pending_days, t.paid_by_day"
            " from folded t join mine m using (line_no) order by lx"
        )
    )
    yield from table(
        steps.rows(
            "select m.lx, d.verdict, d.pay_units, d.deny_units, d.pend_units, d.adjustments"
            " from decision d join mine m using (line_no) order by lx"
        )
    )
    verdict = steps.engine.rows(f"select verdict from claim_decision join claim using (claim_no) where claim_id = '{CLAIM}'")
    yield f"The claim follows from its lines: `{verdict['verdict'][0].as_py()}`. The lines differ, and none pends.\n"


def _answer() -> Iterator[str]:
    yield "## 8. Answer\n"
    yield "The decision gets its words. The policy file holds the sentence, the fix and the doubt; the finding fills in the facts."
    yield f"Line {PER_DIEM} of the answer, as `--format jsonl` writes it (fingerprints shortened):\n"
    run = check([str(HERE.parent / FILE)])
    answer = next(a for a in answers(run) if a["claim_id"] == CLAIM)
    line = next(line for line in answer["lines"] if line["line"] == PER_DIEM)
    text = json.dumps(_short(line), indent=1, ensure_ascii=False)
    yield f"```json\n{text}\n```\n"
    yield "A person reads the same with `perdiem explain`:\n"
    drawn = "![The claim drawn: days across, lines down, and the findings of the first lines](pictures/explain.svg)"
    yield f"[{drawn}](pictures/explain.svg)\n"
    yield "The ledger closes the run: every claim, line and cent that came in is judged, skipped or listed, or the run stops."


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: f"{v[:15]}…" if k == "fingerprint" else _short(v) for k, v in value.items()}
    return [_short(v) for v in value] if isinstance(value, list) else value


def table(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Rows as Markdown; at least one row."""
    yield '<div class="rows" markdown>\n'
    yield "| " + " | ".join(name.replace("_", " ") for name in rows[0]) + " |\n|" + "---|" * len(rows[0])
    for row in rows:
        yield "| " + " | ".join(said(value) for value in row.values()) + " |"
    yield "\n</div>\n"


def said(value: Any) -> str:
    """One value as a reader expects it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, list):
        return "; ".join(f"{' '.join([a['group'] + '-' + a['carc'], *a['rarc']])} for {said(a['units'])}" for a in value)
    return str(value)


def main() -> int:
    (HERE / "worked.md").write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
