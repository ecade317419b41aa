"""Reads everything that is given into one batch of claims, and holds it against the independent count."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import BinaryIO

import pyarrow.compute as pc

from perdiem.formats import census
from perdiem.formats.claim_837p import read_837p
from perdiem.formats.columns import Shelf
from perdiem.formats.content import refusal
from perdiem.formats.refused import is_837p, set_aside
from perdiem.formats.source import Source, sources
from perdiem.formats.tabular.header import NOTHING, Asked
from perdiem.formats.tabular.read import SAMPLE as TABLE_SAMPLE
from perdiem.formats.tabular.read import find_table
from perdiem.formats.x12 import stretches
from perdiem.model.errors import EngineError
from perdiem.model.schema import Batch, Census
from perdiem.model.several import Paths

Progress = Callable[[str, int, int], None]


def read(paths: Paths, stdin: BinaryIO | None = None, progress: Progress | None = None, tables: Asked = NOTHING) -> Batch:
    """All claims of files, directories, globs and ``-`` (stdin), ordered by source name, ISA, ST and CLM, or by row.

    What cannot be read is a row of ``problem`` or ``rejected``, never an exception; files are told apart by
    content alone. ``tables`` says how their columns are named. ``progress(name, done, total)`` hears
    how many bytes, or rows, of each source are done.
    Raises EngineError where claims, lines and cents read and set aside are not those that the census counts.
    """
    shelf = Shelf()
    counted = Census()
    inputs = []
    for source in sources(paths, stdin):
        shelf.begin(source.name)
        inputs.append((source.name, "sha256:" + hashlib.sha256(source.data).hexdigest()))
        counted = census.add(counted, read_source(source, shelf, progress, tables))
    shelf.begin("")
    batch = Batch(
        claim=shelf.claim.arrow(),
        line=shelf.line.arrow(),
        other_payer=shelf.other_payer.arrow(),
        problem=shelf.problem.arrow(),
        rejected=shelf.rejected.arrow(),
        census=counted,
        inputs=tuple(inputs),
        cut=frozenset(shelf.cut),
    )
    balance(batch)
    return batch


def read_source(source: Source, shelf: Shelf, progress: Progress | None, tables: Asked = NOTHING) -> Census:
    """Reads one source whole, and counts it."""
    if (table := find_table(source, tables)) is not None:
        return reduce(census.add, table.windows(shelf, progress, tables), Census())
    reason = source.problem or refusal(source.data)
    if reason is not None:
        shelf.tell(0, "refused", reason, held=source.held)
        return Census()
    _read_x12(source.name, source.data, shelf, progress)
    return census.count(source.data)


def tally(batch: Batch) -> Census:
    """What the tables of a batch add up to, read and rejected together, in the terms of the census."""
    charges = [pc.sum(table.column("charge")).as_py() or 0 for table in (batch.claim, batch.rejected)]
    return Census(
        claims=batch.claim.num_rows + batch.rejected.num_rows,
        lines=batch.line.num_rows + (pc.sum(batch.rejected.column("lines")).as_py() or 0),
        charge_cents=int(sum(charges) * 100),
    )


def _read_x12(name: str, data: bytes, shelf: Shelf, progress: Progress | None) -> None:
    total = len(data)
    segments = max(total // 20, 1)  # a guess, for the progress alone
    for stretch in stretches(data, shelf):

        def tick(done: int, first: int = stretch.first) -> None:
            if progress is not None:
                progress(name, min(total, total * (first + done) // segments), total)

        if is_837p(stretch, shelf):
            read_837p(stretch, shelf, tick)
        else:
            set_aside(stretch, shelf)
    if progress is not None:
        progress(name, total, total)


def balance(batch: Batch) -> None:
    """Raises EngineError where the tables do not add up to the census."""
    tables = tally(batch)
    if tables != batch.census:
        raise EngineError(
            "the ledger of the input",
            f"{tables.claims} claims, {tables.lines} lines and {tables.charge_cents} cents were read or set aside, but "
            f"{batch.census.claims}, {batch.census.lines} and {batch.census.charge_cents} were counted",
            "No answer is given, for some claim would be missing from it; please report this with the file's structure",
        )


def holds_claims(file: Path) -> bool:
    """Whether a file may hold claims: X12 or a table by its content, or an archive."""
    with file.open("rb") as opened:
        head = opened.read(TABLE_SAMPLE)
    if head.startswith((b"\x1f\x8b", b"PK\x03\x04")) or find_table(Source(file.name, head), NOTHING) is not None:
        return True
    return bool(head) and refusal(head) is None
