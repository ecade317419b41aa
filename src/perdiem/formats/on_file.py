"""The list of what is on file, read strictly from CSV: claim_id, document and, where it is for one line only, line."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa

from perdiem.model.errors import FormatError
from perdiem.model.on_file import EVERY, ON_FILE, OnFile

_COLUMNS = ("claim_id", "document", "line")
_HEAD = "Its first row names the columns claim_id, document and, if need be, line"


def read_on_file(path: Path, known: Collection[str]) -> OnFile:
    """A list of what is on file; ``known`` are the ids of papers. Raises FormatError for anything that it should not say."""
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise FormatError(path.name, "cannot be read", "Name a CSV file") from error
    except UnicodeDecodeError as error:
        raise FormatError(path.name, "is no text in UTF-8", "Save the list as CSV in UTF-8") from error
    rows = list(dict.fromkeys(_rows(text, path.name, known)))
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    table = pa.table([pa.array(c, f.type) for c, f in zip(columns, ON_FILE, strict=True)], schema=ON_FILE)
    return OnFile(table, path.name, hashlib.sha256(raw).hexdigest())


def _rows(text: str, name: str, known: Collection[str]) -> Iterator[tuple[str, int | None, str | None]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [cell.strip().casefold() for cell in next(reader, [])]
        wrong = next((cell for cell in head if cell not in _COLUMNS), None)
        if wrong is not None or not {"claim_id", "document"} <= set(head) or len(set(head)) < len(head):
            raise FormatError(name, "does not begin with the columns of a list of what is on file", _HEAD)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                here = f"{name}, row {reader.line_num}"
                if len(cells) != len(head):
                    raise FormatError(
                        here, f"has {len(cells)} cells, the first row has {len(head)}", "Give each row the same columns"
                    )
                yield _row(dict(zip(head, (cell.strip() for cell in cells), strict=True)), here, known)
    except csv.Error as error:
        raise FormatError(f"{name}, row {reader.line_num}", f"is no CSV: {error}", "Save the list as CSV") from error


def _row(cells: dict[str, str], here: str, known: Collection[str]) -> tuple[str, int | None, str | None]:
    claim, document, line = cells["claim_id"], cells["document"], cells.get("line", "")
    if not claim:
        raise FormatError(
            here, "names no claim", f"Give the claim number, or {EVERY} alone for a list that is whole for every claim"
        )
    if document and document not in known:
        near = get_close_matches(document, known, 1)
        do = f"Did you mean {near[0]}?" if near else f"perdiem checklist CODE shows the papers: {', '.join(sorted(known))}"
        raise FormatError(here, "names no paper that perdiem knows", do)
    if line and not (line.isascii() and line.isdigit() and int(line) > 0):
        raise FormatError(here, "names a line that is no number", "Give the number of the line in its claim, or nothing")
    if (line and not document) or (claim == EVERY and (document or line)):
        raise FormatError(here, "says nothing that can be taken", f"A line needs a paper; {EVERY} stands alone in its row")
    return claim, int(line) if line else None, document or None
