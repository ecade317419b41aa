"""Benchmark: what many claims together show - figures by code and payer, measures, reasons of denial, and peers.

Every figure is a value or a :class:`~perdiem.model.page.Missing` with its reason; none is ever blank. A payer of ``""``
stands for all payers, a code of ``""`` for all codes. A member is one person under one payer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from perdiem.model.citation import Citation
from perdiem.model.page import Missing

Count: TypeAlias = int | Missing
Amount: TypeAlias = Decimal | Missing
QUANTILES = (10, 25, 50, 75, 90)
"""Percent of the values that lie at or below the quantile."""


@dataclass(frozen=True)
class Interval:
    """Both ends of a 95 % interval."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Spread:
    """How values are spread: how many there are and of how many members, their quantiles, and the interval of the median."""

    values: int
    members: int
    quantiles: tuple[Decimal, ...]
    interval: Interval | Missing

    @property
    def median(self) -> Decimal:
        """The quantile in the middle."""
        return self.quantiles[QUANTILES.index(50)]


@dataclass(frozen=True)
class Share:
    """So many of so many, as a part of 1 with its interval."""

    part: int
    whole: int
    value: Decimal
    interval: Interval


@dataclass(frozen=True)
class Use:
    """What was billed of one code to one payer. units: as billed. charge: USD. denied, pended: of the lines that were judged."""

    code: str
    payer: str
    members: Count
    claims: Count
    lines: Count
    units: Amount
    charge: Amount
    per_claim: Spread | Missing
    per_30_days: Spread | Missing
    denied: Share | Missing
    pended: Share | Missing


@dataclass(frozen=True)
class Reason:
    """Why units of lines were denied: reason codes, rule, and the charge that hangs on it, USD."""

    group: str
    carc: str
    rarc: str
    rule: str
    payer: str
    members: Count
    lines: Count
    charge: Amount


@dataclass(frozen=True)
class Measured:
    """One measure of the library for one payer: a spread over members or a share of lines, and what is expected."""

    id: str
    title: str
    payer: str
    figure: Spread | Share | Missing
    expected: Interval | Missing
    reading: str
    doubt: str
    cite: Citation | None = None
    source: str = ""


@dataclass(frozen=True)
class Peer:
    """One figure of ours beside the same figure of a public file; ratio: ours over theirs."""

    code: str
    rental: bool
    area: str
    what: str
    ours: Amount
    theirs: Amount
    ratio: Amount


@dataclass(frozen=True)
class Benchmark:
    """All of it. first, last: days of the lines counted. smallest: members fewer than these are not shown.

    uses, reasons and measures each come for all payers, and then for each payer where there are several. against: the public
    release compared with. notes: what to know of the figures. inputs: name and fingerprint of every source.
    read, rejected: claims that were read, and that could not be.
    """

    first: date | None
    last: date | None
    by: tuple[str, ...]
    smallest: int
    members: Count
    claims: Count
    lines: Count
    charge: Amount
    uses: tuple[Use, ...]
    reasons: tuple[Reason, ...]
    measures: tuple[Measured, ...]
    peers: tuple[Peer, ...]
    against: str
    notes: tuple[str, ...]
    inputs: tuple[tuple[str, str], ...]
    read: int
    rejected: int
