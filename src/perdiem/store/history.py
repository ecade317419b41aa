"""The history store: earlier claims on disk by bucket of members and month, added whole or not at all.

A store is a folder: ``manifest.json`` names the additions, each a folder of Parquet files. An addition is written
beside them, flushed to disk, renamed into place, and only then named in the manifest, which is itself replaced in
one step. So a crash leaves the store as it was; what a crash left behind is swept up by the next addition. A file
that the store holds already, by its bytes, is not added again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from perdiem.formats.tabular.header import NOTHING, Asked
from perdiem.model.errors import FormatError
from perdiem.model.schema import LINE
from perdiem.pipeline.history import EARLIER_CLAIM, EARLIER_LINE, PLACED_CLAIM, WHOSE, History, Piece, Window, shas
from perdiem.pipeline.session import Progress
from perdiem.pipeline.spool import BUCKETS
from perdiem.store.files import filled, lines_of, table
from perdiem.store.gathered import NAMING, Gathered
from perdiem.store.index import Index
from perdiem.store.manifest import MANIFEST, read_manifest, refuse_lost


@contextmanager
def open_history(path: str | Path, progress: Progress | None = None, tables: Asked = NOTHING) -> Iterator[History]:
    """The history at a path: a store, or claim files in any readable format (read and laid out for this run only).

    What of the files is set aside or doubtful stands in ``problems`` of the history. Raises FormatError where there is
    nothing to read.
    """
    folder = Path(path)
    if (folder / MANIFEST).is_file():
        yield _from_store(folder)
        return
    refuse_lost(folder)
    with TemporaryDirectory(prefix="perdiem-history-") as temporary:
        gathered = Gathered(Path(temporary), [path], progress, tables)
        if not gathered.claims:
            first = next((p["problem"] for p in gathered.problems), "it holds no claims")
            what = f"no earlier claim could be read from {folder.name or folder}: {first.rstrip('.')}"
            raise FormatError("--history", what, "Name a store or claim files")
        told = tuple(gathered.problems)
        yield History(shas(gathered.inputs), gathered.naming, gathered.pieces, gathered.bearing, told)


def _from_store(folder: Path) -> History:
    additions = read_manifest(folder)["additions"]
    if not additions:
        raise FormatError(
            folder.name, "is a history store that holds no claims yet", "Add files: perdiem history add FILES --store DIR"
        )
    naming = [NAMING.empty_table()]
    for number, addition in enumerate(additions):
        rows = filled(table(folder / addition["id"] / "naming.parquet"), NAMING)
        naming.append(rows.set_column(0, "addition", pa.array([number] * rows.num_rows, pa.int64())).cast(NAMING))

    def pieces(bucket: int, window: Window, lasting: frozenset[str]) -> Iterator[Piece]:
        first, last = window[0].isoformat(), window[1].isoformat()
        for number, addition in enumerate(additions):
            index = Index(folder / addition["id"], bucket, addition["files"], WHOSE.names)
            for entry in index.entries:
                near = entry["from"] <= last and entry["to"] >= first
                lasts = not lasting.isdisjoint(entry.get("codes", lasting))
                if near or lasts:
                    file = folder / addition["id"] / entry["name"]
                    yield Piece(number, index.of(entry), lasts, partial(_read, file, None if near else lasting))

    def bearing(numbers: pa.Array) -> Iterator[tuple[int, pa.Table]]:
        for number, addition in enumerate(additions):
            for bucket in range(BUCKETS):
                for entry in Index(folder / addition["id"], bucket, addition["files"], ("claim_id",)).bearing(numbers):
                    file = folder / addition["id"] / f"{entry['name']}.claim.parquet"
                    yield number, filled(table(file, EARLIER_CLAIM), PLACED_CLAIM)

    held = [(entry["name"], entry["sha256"]) for addition in additions for entry in addition["inputs"]]
    return History(shas(held), pa.concat_tables(naming), pieces, bearing)


def _read(file: Path, codes: frozenset[str] | None, wanted: pa.Array) -> tuple[pa.Table, pa.Table]:
    """The claims of a pair of files with the lines of some codes or all; of near ones only the row groups that hold them."""
    claim, line = (file.with_name(f"{file.name}.{kind}.parquet") for kind in ("claim", "line"))
    numbers = sorted(wanted.to_pylist()) if codes is None else None
    lines = table(line, EARLIER_LINE, numbers) if codes is None else lines_of(line, codes, EARLIER_LINE)
    return filled(table(claim, EARLIER_CLAIM, numbers), PLACED_CLAIM), filled(lines, LINE.arrow)
