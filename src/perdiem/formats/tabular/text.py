"""Delimited text as a grid: CSV, TSV and their kin, in UTF-8, UTF-16 or Windows-1252."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO

import pyarrow as pa

from perdiem.formats.spooled import RefusedError
from perdiem.formats.tabular import faults
from perdiem.formats.tabular.grid import BATCH, RefusedTableError, batch_of
from perdiem.formats.tabular.header import Asked, Mapping, headed, match, recognised

DELIMITERS = (",", ";", "\t", "|")
_PIECE = 1 << 18
_NUL_SHARE = 4  # in UTF-16 of plain text every second byte is NUL

Opens = Callable[[], BinaryIO]


class TextGrid:
    """A delimited text with its encoding, delimiter and header known."""

    def __init__(self, opens: Opens, encoding: str, delimiter: str, at: int, mapping: Mapping, notes: tuple[str, ...]) -> None:
        self.opens, self.encoding, self.delimiter = opens, encoding, delimiter
        self.first, self.mapping, self.notes = at + 1, mapping, notes

    def batches(self) -> Iterator[pa.RecordBatch]:
        """As Grid.batches says; raises RefusedTableError where quotation marks run rows together."""
        width = len(self.mapping.head)
        with self.text() as text:
            rows = islice(self._rows(text), self.first - 1, None)
            while some := list(islice(rows, BATCH)):
                yield batch_of(some, self.mapping, width)

    def plain(self, fields: Sequence[str]) -> Iterator[Sequence[str]]:
        """As Grid.plain says: split at the delimiter where a line has no quotation mark."""
        at = [self.mapping.at[name] for name in fields]
        with self.text() as text:
            for row in islice(_split(text, self.delimiter), self.first - 1, None):
                yield [row[n] if n < len(row) else "" for n in at]

    def text(self) -> io.TextIOWrapper:
        """The text from its start, line ends as they are."""
        return io.TextIOWrapper(self.opens(), self.encoding, errors="replace", newline="")

    def _rows(self, text: io.TextIOWrapper) -> Iterator[list[str]]:
        reader = csv.reader(text, delimiter=self.delimiter, strict=True)
        number = line = 0
        least = len(self.mapping.head) - 1
        try:
            for number, row in enumerate(reader, 1):
                if reader.line_num - line > 1 and any(_swallowed(cell, self.delimiter, least) for cell in row):
                    raise RefusedTableError(faults.BAD_QUOTES.format(row=number))
                line = reader.line_num
                yield row
        except csv.Error:
            raise RefusedTableError(faults.BAD_QUOTES.format(row=number + 1)) from None


def find_text(opens: Opens, start: bytes, ask: Asked) -> TextGrid | None:
    """The table in a text; None where it has no header of claims.

    Raises UnmatchedError where it is a header with a column missing or doubled, RefusedError as the archive does.
    """
    wide = _utf16(start)
    row = header(start, wide or "utf-8-sig", ask)
    if row is None:
        return None
    delimiter, at, names = row
    encoding = wide or ("utf-8-sig" if _is_utf8(opens()) else "cp1252")
    if encoding == "cp1252":  # the header's own letters too
        delimiter, at, names = header(start, encoding, ask) or row
    notes = (faults.NOT_UTF8,) if encoding == "cp1252" else ()
    return TextGrid(opens, encoding, delimiter, at, match(names, ask), notes)


def header(start: bytes, encoding: str, ask: Asked, least: int = 2) -> tuple[str, int, list[str]] | None:
    """Delimiter, number and cells of the header, where it names at least so many needed columns."""
    text = start.decode(encoding, "replace")
    best: tuple[int, int, str, int, list[str]] | None = None
    for delimiter in DELIMITERS:
        try:
            found = headed(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), ask)
        except csv.Error:
            continue
        if found is None:
            continue
        known = recognised(found[1], ask)
        if best is None or (known, len(found[1])) > best[:2]:
            best = (known, len(found[1]), delimiter, *found)
    return best[2:] if best is not None and best[0] >= least and best[1] > 1 else None


def encoding_of(start: bytes) -> str:
    """The encoding that the first bytes show, to look at a header."""
    return _utf16(start) or "utf-8-sig"


def _utf16(start: bytes) -> str | None:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    nuls = [start[n : 512 + n : 2].count(0) * _NUL_SHARE > len(start[:512]) for n in (0, 1)]
    return "utf-16-be" if nuls[0] and not nuls[1] else "utf-16-le" if nuls[1] and not nuls[0] else None


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with stream:
        try:
            while piece := stream.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        except RefusedError:
            raise
    return True


def _swallowed(cell: str, delimiter: str, least: int) -> bool:
    """Whether a cell of several lines holds what looks like whole rows of the table."""
    return any(line.count(delimiter) >= max(least, 1) for line in cell.splitlines()[1:])


def _split(text: io.TextIOWrapper, delimiter: str) -> Iterator[list[str]]:
    """Records, each split plainly where it has no quotation mark."""
    lines = iter(text)
    for line in lines:
        if '"' in line:
            held = [line]
            while "".join(held).count('"') % 2:
                more = next(lines, None)
                if more is None:
                    break
                held.append(more)
            yield next(csv.reader(held, delimiter=delimiter), [])
        else:
            bare = line.rstrip("\r\n")
            yield bare.split(delimiter) if bare else []
