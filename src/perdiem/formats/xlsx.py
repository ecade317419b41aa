"""Workbooks out: worklist, claims, findings, problems and ledger, one sheet each, written row by row in bounded memory.

Text is written as text and never as a formula; amounts and days are numbers and dates with a format. Needs
``perdiem[excel]``.
"""

from __future__ import annotations

import gc
import hashlib
import sys
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

from perdiem.formats.report import CSV_COLUMNS, Answer, cited, flat, safe
from perdiem.model.durable import TEMPORARY, writing
from perdiem.model.errors import FormatError

MOST_ROWS = 1_048_576  # of a sheet, its header included
_LONGEST = 32_767  # characters of a cell
_EXACT_DIGITS = 15  # a longer number would lose digits
WORKLIST = ("at_stake", *CSV_COLUMNS)
CLAIMS = ("claim_id", "payer", "member_id", "provider_npi", "source", "position", "verdict", "charge", "at_stake", "lines")
FINDINGS = ("claim_id", "line", "code", "policy", "rule", "effect", "first_day", "last_day", "message", "fix", "asks", "doubt",
            "cite", "section")  # fmt: skip
PROBLEMS = ("source", "counted_in", "segment", "claim_id", "weight", "problem")
SHEETS = {"Worklist": WORKLIST, "Claims": CLAIMS, "Findings": FINDINGS, "Problems": PROBLEMS, "Ledger": ("key", "value")}
_DAYS = frozenset({"from", "to", "first_day", "last_day"})
_MONEY = frozenset({"charge", "at_stake"})
_WIDTHS = {"claim_id": 16, "member_id": 16, "source": 18, "why": 60, "message": 60, "fix": 50, "asks": 40, "cites": 20, "rules": 28,
           "problem": 100, "reasons": 16, "policy": 26, "rule": 26, "doubt": 40, "section": 28, "key": 20, "provider_npi": 13,
           "ndc": 15, "diagnoses": 16, "taxonomy": 13, "original_ref": 14}  # fmt: skip
_PLAIN_WIDTH = 11
_COLOURS = {"pay": "#D9EAD3", "partial": "#FFF2CC", "deny": "#F4CCCC", "pend": "#EAD1DC", "unedited": "#EFEFEF"}
_MADE = datetime.fromtimestamp(0, UTC).replace(tzinfo=None)  # the same claims give the same bytes: no workbook says when


class Workbook:
    """A workbook being written; ``close`` finishes it, ``abandon`` lets go of one that is not finished."""

    def __init__(self, file: Path) -> None:
        try:
            from xlsxwriter import Workbook as Writer
        except ImportError:
            do = "Run: pip install 'perdiem[excel]', or write csv"
            raise FormatError("--format xlsx", "needs a writer of workbooks that is not installed", do) from None
        self._book = Writer(str(file), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        self._book.set_properties({"created": _MADE})
        style = self._book.add_format
        self._head = style({"bold": True, "bottom": 1})
        self._day, self._money = style({"num_format": "yyyy-mm-dd"}), style({"num_format": "#,##0.00"})
        self._verdicts = {verdict: style({"bg_color": colour}) for verdict, colour in _COLOURS.items()}
        self._digest = hashlib.sha256()
        self._sheets = {name: self._sheet(name, columns) for name, columns in SHEETS.items()}
        self._rows = dict.fromkeys(SHEETS, 1)
        self._open = True

    def add(self, answer: Answer) -> None:
        """The rows of one whole claim."""
        stakes = [at_stake(line) for line in answer["lines"]]
        with writing(TEMPORARY):  # where sheets stand until the workbook is put together
            self._put("Claims", answer | {"at_stake": sum(stakes, Decimal(0)), "lines": len(stakes)})
            for line, stake in zip(answer["lines"], stakes, strict=True):
                self._put("Worklist", flat(answer, line) | {"at_stake": stake})
                for finding in line["findings"]:
                    self._put("Findings", _finding(answer, line, finding))

    def close(self, ledger: dict[str, Any]) -> str:
        """Finishes the file; gives the fingerprint of its cells.

        What is wrong with the files of a history is no part of it, for the same claims may come from a store the next time.
        """
        for problem in ledger["problems"]:
            self._put("Problems", problem)
        for key, value in (ledger | {f"lines_{k}": v for k, v in ledger["verdicts"].items()}).items():
            if not isinstance(value, list | dict):
                self._put("Ledger", {"key": key, "value": Decimal(value) if key.startswith("charge") else value})
        mark = "sha256:" + self._digest.hexdigest()
        earlier = ledger.get("history_problems", [])
        for problem in earlier:
            self._put("Problems", problem | {"source": f"history {problem['source']}"})
        self._put("Ledger", {"key": "history_problems", "value": len(earlier)})
        for name, columns in SHEETS.items():
            self._sheets[name].autofilter(0, 0, self._rows[name] - 1, len(columns) - 1)
        self._finish()
        return mark

    def abandon(self) -> None:
        """Closes a workbook that could not be finished; nothing where it was."""
        if self._open:
            with suppress(OSError):
                self._finish()

    def _finish(self) -> None:
        from xlsxwriter.exceptions import FileCreateError

        self._open = False
        failed: OSError | None = None
        heard, sys.unraisablehook = sys.unraisablehook, lambda fault: None  # of the archive, which fails again as it is let go
        try:
            self._book.close()
        except FileCreateError as error:  # the machine's own error, in the writer's wrapping
            failed = _anew(error.__context__ or error)
        except OSError as error:
            failed = _anew(error)
        finally:
            if failed is not None:
                gc.collect()  # now, while nobody hears it
            sys.unraisablehook = heard
        if failed is not None:
            raise failed

    def _sheet(self, name: str, columns: tuple[str, ...]) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, _WIDTHS.get(column, _PLAIN_WIDTH))
            sheet.write_string(0, at, column, self._head)
        return sheet

    def _put(self, name: str, row: dict[str, Any]) -> None:
        number = self._rows[name]
        if number >= MOST_ROWS:
            what = f"would have more rows in its sheet {name} than Excel can hold"
            raise FormatError("the workbook", what, "Write csv or parquet, or judge fewer claims at a time")
        self._rows[name] += 1
        cells = [row.get(column) for column in SHEETS[name]]
        self._digest.update(repr((name, [str(cell) for cell in cells])).encode("utf-8", "replace"))
        for at, (column, cell) in enumerate(zip(SHEETS[name], cells, strict=True)):
            self._cell(self._sheets[name], number, at, column, cell)

    def _cell(self, sheet: Any, row: int, at: int, column: str, cell: Any) -> None:
        if cell is None or cell == "":
            return
        if column in _DAYS:
            sheet.write_datetime(row, at, date.fromisoformat(cell), self._day)
        elif column in _MONEY or isinstance(cell, int | float | Decimal):
            number = Decimal(str(cell))
            if len(number.as_tuple().digits) > _EXACT_DIGITS:
                sheet.write_string(row, at, f"{number:f}")
            else:
                sheet.write_number(row, at, number, self._money if column in _MONEY or isinstance(cell, Decimal) else None)
        else:
            sheet.write_string(row, at, safe(str(cell))[:_LONGEST], self._verdicts.get(cell) if column == "verdict" else None)


def _anew(error: BaseException) -> OSError:
    """The same error of the machine, which holds nothing of what failed."""
    return OSError(error.errno, error.strerror, error.filename) if isinstance(error, OSError) else OSError(str(error))


def at_stake(line: Answer) -> Decimal:
    """The charge of the units that are denied or pend, USD to the cent; of all where a line without units is not paid."""
    if line["verdict"] not in ("deny", "pend", "partial"):
        return Decimal("0.00")
    charge, units = Decimal(line["charge"]), Decimal(str(line["units"]))
    held = Decimal(str(line["deny_units"])) + Decimal(str(line["pend_units"]))
    share = held / units if units else Decimal(1)
    return (charge * share).quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def _finding(answer: Answer, line: Answer, finding: Answer) -> dict[str, Any]:
    days = finding["days"]
    return {
        "claim_id": answer["claim_id"], "line": line["line"], "code": line["code"],
        **{key: finding.get(key) for key in ("policy", "rule", "effect", "message", "fix", "asks", "doubt")},
        "first_day": days[0] if days else None, "last_day": days[-1] if days else None,
        "cite": cited(finding["cite"]), "section": finding["cite"]["section"],
    }  # fmt: skip
