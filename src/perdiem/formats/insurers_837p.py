"""Writes what other payers stated for a claim and its lines: loops 2320, 2330A, 2330B and 2430 of an 837P.

Source: ASC X12N 005010X222A1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from perdiem.formats.envelope_837p import Segments, amount, day
from perdiem.formats.lines_837p import procedure
from perdiem.formats.provider import Provider
from perdiem.formats.unwritable import Unwritable

Row = Mapping[str, Any]
TURNS = "PSTABCDEFGH"
"""SBR01 in turn: the first payer, the second, and so on to the eleventh."""
_AMOUNTS = ("D", "A8", "EAF")  # in the order in which the guide has them
_REASONS_OF_A_SEGMENT = 6
PAID = "SVD"


class Insurers:
    """The other payers of one claim, in the order in which the claim names them."""

    def __init__(self, provider: Provider, rows: Sequence[Row], faults: Unwritable) -> None:
        self._provider, self._faults = provider, faults
        self._rows: dict[str, list[Row]] = {}
        for row in rows:
            if row["payer_id"] not in provider.insurers:
                faults.add("has amounts of another payer that provider.toml does not describe", now=True)
            if row["amount"] is None:
                faults.add("has an amount of another payer that could not be read")
            self._rows.setdefault(row["payer_id"], []).append(row)
        self.count = len(self._rows)
        if self.count >= len(TURNS):
            faults.add("has more other payers than the guide allows", now=True)

    def write_claim(self, out: Segments, treated: Mapping[str, Any]) -> None:
        """2320 and 2330 of each."""
        for turn, (number, rows) in zip(TURNS, self._rows.items(), strict=False):
            insurer, says = self._provider.insurers[number], self._provider.statements
            out.add("SBR", turn, treated["relation"], None, None, None, None, None, None, insurer.filing)
            own = [row for row in rows if row["line_no"] is None]
            self._adjustments(out, own)
            for kind in _AMOUNTS:
                for row in own:
                    if row["kind"] == kind:
                        out.add("AMT", kind, amount(row["amount"]))
            if any("-" not in row["kind"] and row["kind"] not in _AMOUNTS for row in own):
                self._faults.add("has an amount of another payer of a kind that the guide does not know")
            out.add("OI", None, None, says.benefits, None, None, says.release)
            other_id = self._faults.need(treated["other_member_id"], "other_member_id", 80)
            out.add("NM1", "IL", "1", *treated["holder"], None, None, None, "MI", other_id)
            out.add("NM1", "PR", "2", insurer.name, None, None, None, None, "PI", number)

    def write_line(self, out: Segments, line: Row) -> None:
        """2430 of each payer that stated something for the line."""
        for number, rows in self._rows.items():
            stated = [row for row in rows if row["line_no"] == line["line_no"]]
            if not stated:
                continue
            paid = [row for row in stated if row["kind"] == PAID]
            owed = [row for row in stated if row["kind"] == _AMOUNTS[2]]
            if len(paid) != 1 or len(owed) > 1:
                self._faults.add("has a line for which another payer states no one payment", now=True)
            out.add(PAID, number, amount(paid[0]["amount"]), procedure(out, line), None, amount(line["units"]))
            self._adjustments(out, stated)
            paid_on = self._faults.need(self._provider.insurers[number].paid_on, "paid_on of its other payer in provider.toml")
            if paid_on:
                out.add("DTP", "573", "D8", day(paid_on))
            for row in owed:
                out.add("AMT", _AMOUNTS[2], amount(row["amount"]))

    def _adjustments(self, out: Segments, rows: Sequence[Row]) -> None:
        """CAS: up to six reasons of one group to a segment."""
        groups: dict[str, list[Row]] = {}
        for row in rows:
            if "-" in row["kind"] and row["amount"] is not None:
                groups.setdefault(row["kind"].partition("-")[0], []).append(row)
        for group, found in groups.items():
            for start in range(0, len(found), _REASONS_OF_A_SEGMENT):
                told: list[str | None] = []
                for row in found[start : start + _REASONS_OF_A_SEGMENT]:
                    told += [row["kind"].partition("-")[2], amount(row["amount"]), None]
                out.add("CAS", group, *told)
