"""price: judged claims to expected money - what the contract owes, what waits, what was denied, and how each sum comes about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.engine.embedded import Engine
from perdiem.model.schema import MODIFIERS
from perdiem.pipeline.session import Run, claim_tables
from perdiem.pricing.contract import Contract, read_contracts
from perdiem.pricing.price import price_lines
from perdiem.pricing.rates import contract_tables
from perdiem.pricing.stake import find_stakes

Row = dict[str, Any]
MONEY = ("allowed", "pended", "denied", "unedited")
CHARGES = ("pay_charge", "pend_charge", "deny_charge", "unedited_charge")
_PARTS = ("pay", "pend", "deny", "unedited")
_ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Priced:
    """A run with its prices. line: one row per line that bills something (``pricing.price``), in input order; step: the arithmetic
    of each line and part, in the order of its days; stake: what each denial and question puts at stake.
    """

    run: Run
    contracts: tuple[Contract, ...]
    line: pa.Table
    step: pa.Table
    stake: pa.Table


@dataclass
class Totals:
    """Sums over lines (USD): charges by what was decided, expected money by the same, and what is not priced and why.

    expected: the least and the most that the contract pays once the questions are answered.
    """

    lines: int = 0
    charge: Decimal = _ZERO
    charges: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(CHARGES, _ZERO))
    money: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(MONEY, _ZERO))
    unpriced: dict[str, tuple[int, Decimal]] = field(default_factory=dict)

    @property
    def expected(self) -> tuple[Decimal, Decimal]:
        """The range in which the payment lies, of the lines that are priced and judged."""
        return self.money["allowed"], self.money["allowed"] + self.money["pended"]

    def add(self, line: pa.Table) -> None:
        """Add the lines of one priced run."""
        self.lines += line.num_rows
        self.charge += _sum(line["charge"])
        for name in CHARGES:
            self.charges[name] += _sum(line[name])
        for name in MONEY:
            self.money[name] += _sum(line[name])
        lacking = line.filter(pc.is_valid(line["lacks"]))
        for row in lacking.group_by("lacks").aggregate([("charge", "sum"), ("charge", "count")]).to_pylist():
            count, charge = self.unpriced.get(row["lacks"], (0, _ZERO))
            self.unpriced[row["lacks"]] = count + row["charge_count"], charge + row["charge_sum"]

    def told(self) -> Row:
        """The sums as JSON shows them: money as text."""
        least, most = self.expected
        return {
            "lines": self.lines,
            "charge": f"{self.charge:.2f}",
            **{name: f"{value:.2f}" for name, value in (*self.charges.items(), *self.money.items())},
            "expected": [f"{least:.2f}", f"{most:.2f}"],
            "unpriced": [
                {"lacks": why, "lines": count, "charge": f"{charge:.2f}"} for why, (count, charge) in sorted(self.unpriced.items())
            ],
        }


class Pricer:
    """Prices runs by the same contracts one after the other; close it, or use it as a context manager."""

    def __init__(self, contracts: Sequence[Contract], threads: int | None = None, memory: str | None = None) -> None:
        self.contracts = tuple(contracts)
        self._engine = Engine(threads=threads, memory=memory)

    def price(self, run: Run) -> Priced:
        """The prices of every line of a run. Raises FormatError where an imported release is damaged."""
        engine = self._engine
        tables = claim_tables(run.batch, run.book) | contract_tables(self.contracts, run.batch.line["code"].unique().to_pylist())
        tables |= {"decision": run.decision, "judged_day": run.day, "finding_out": run.finding}
        for name, table in (tables | {"outcome": run.compiled.tables["outcome"]}).items():
            engine.load(name, table)
        price_lines(engine)
        find_stakes(engine)
        line = engine.rows("select * from line_price order by line_no")
        step = engine.rows("select * from price_step order by line_no, part, first_day, last_day, amount, share")
        stake = engine.rows("select * from stake order by line_no, effect, rule_no, carc, group_code, rarc")
        return Priced(run, self.contracts, line, step, stake)

    def close(self) -> None:
        """Free the engine's memory."""
        self._engine.close()

    def __enter__(self) -> Pricer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def price(run: Run, contract: str | Path | Sequence[str | Path]) -> Priced:
    """Price a checked run by one contract file, or several.

    Raises FormatError where a contract or its fee schedule is faulty: file, key or row, and what to do.
    """
    files = [contract] if isinstance(contract, str | Path) else contract
    with Pricer(read_contracts([Path(file) for file in files])) as pricer:
        return pricer.price(run)


def priced_lines(priced: Priced) -> Iterator[Row]:
    """One dict per line that bills something, in input order: what it is, its money, and the arithmetic in ``how``."""
    claims = {row["claim_no"]: row for row in priced.run.batch.claim.select(["claim_no", "claim_id", "source"]).to_pylist()}
    lines = {row["line_no"]: row for row in priced.run.batch.line.to_pylist()}
    units = {row["line_no"]: row for row in priced.run.decision.to_pylist()}
    steps: dict[int, list[Row]] = {}
    for row in priced.step.to_pylist():
        steps.setdefault(row["line_no"], []).append(row)
    for row in priced.line.to_pylist():
        line, claim, decided = lines[row["line_no"]], claims[row["claim_no"]], units[row["line_no"]]
        contract = priced.contracts[row["contract_no"] - 1].id if row["contract_no"] else None
        yield {
            "claim_id": claim["claim_id"], "source": claim["source"], "line": line["lx"], "code": line["code"],
            "modifiers": " ".join(line[m] for m in MODIFIERS if line[m]),
            "from": line["from_date"], "to": line["to_date"], "units": line["units"], "charge": row["charge"],
            "verdict": row["verdict"], **{name: decided[name] for name in ("pay_units", "pend_units", "deny_units")},
            **{name: row[name] for name in MONEY}, "lacks": row["lacks"], "contract": contract,
            "how": arithmetic(steps.get(row["line_no"], []), row),
        }  # fmt: skip


def claim_totals(rows: Iterable[Row]) -> list[Row]:
    """The sums of each claim (USD as text) over its priced lines, and how many lines of it have no price, in input order."""
    found: dict[tuple[str, str], Row] = {}
    for row in rows:
        start = {
            "claim_id": row["claim_id"],
            "source": row["source"],
            "charge": _ZERO,
            **dict.fromkeys(MONEY, _ZERO),
            "unpriced": 0,
        }
        sums = found.setdefault((row["source"], row["claim_id"]), start)
        sums["charge"] += row["charge"]
        sums["unpriced"] += row["lacks"] is not None
        for name in MONEY:
            sums[name] += row[name] or _ZERO
    return list(found.values())


def arithmetic(steps: list[Row], line: Row) -> list[str]:
    """How the money of a line comes about, part by part: what was counted, the rate and its place, the share, and the ceiling."""
    told = []
    for step in sorted(steps, key=lambda step: _PARTS.index(step["part"])):
        if step["lacks"]:
            told.append(f"{step['part']}: {plain(step['units'])} {_named('unit', step['units'])}, {step['lacks']}")
            continue
        share = "" if step["share"] == 1 else f" x {plain(step['share'] * 100)} %"
        count = f"{plain(step['counts'])} {_named(step['unit'], step['counts'])}"
        told.append(f"{step['part']}: {count} x {money(step['amount'])}{share} = {money(step['value'])} [{step['origin']}]")
    if line["at_charge"]:
        told.append("at most the charge")
    return told


def plain(value: Decimal) -> str:
    """A decimal without zeros to spare."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(value: Decimal) -> str:
    """USD with two decimals, or as many as it has."""
    text = plain(value)
    whole, _, cents = text.partition(".")
    return f"{whole}.{cents.ljust(2, '0')}"


def _named(unit: str, count: Decimal) -> str:
    return unit if count == 1 else unit + "s"


def _sum(column: pa.ChunkedArray) -> Decimal:
    found = pc.sum(column.cast(pa.decimal128(38, 2))).as_py()
    return _ZERO if found is None else Decimal(found)
