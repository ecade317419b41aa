"""Reads everything that is given in chunks of claims, with bounded memory whatever the size of a file.

Small sources go whole to the split-based reader. A large one, or one that comes after many bytes, is surveyed once, then
walked window by window; where numba is installed, the compiled pass reads what is clean. The chunks together are what
``intake.read`` gives.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa

from perdiem.formats import census
from perdiem.formats.bulk.survey import Digested, Interchange, Stream, Survey, opens, survey
from perdiem.formats.bulk.walk import Walk
from perdiem.formats.columns import Rows, Shelf
from perdiem.formats.content import refusal_of
from perdiem.formats.intake import Progress, balance, read_source
from perdiem.formats.source import Source, sources, unreadable
from perdiem.formats.spooled import RefusedError
from perdiem.formats.tabular.header import NOTHING, Asked
from perdiem.formats.tabular.read import find_table
from perdiem.formats.x12 import tell_unread
from perdiem.model.errors import EngineError
from perdiem.model.schema import Batch, Census
from perdiem.model.several import Paths

if TYPE_CHECKING:
    from perdiem.formats.bulk.windows import Pass

LARGE = 5 << 20
"""Bytes from which sources are read in windows: for them the split-based reader takes as long as the pass takes to load."""

WINDOW = 2 << 20
_LEAST = 1 << 16  # bytes of a source or interchange that are worth a window, once the pass is loaded


def read_chunks(
    paths: Paths,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
    claims_per_chunk: int = 50_000,
    *,
    large: int = LARGE,
    window: int = WINDOW,
    compiled: bool = True,
    tables: Asked = NOTHING,
) -> Iterator[Batch]:
    """The claims of ``intake.read``, in batches of at least so many claims but for the last.

    ``claim_no`` and ``line_no`` run on over the batches; each balances with its own census. Problems come when their
    source ends, ``inputs`` with the last batch, which always comes. ``compiled`` false: the split-based reader alone.
    Raises EngineError as ``intake.read`` does, and where a file changes while it is read.
    """
    chunks = _Chunks(claims_per_chunk, window, min(large, _LEAST), compiled)
    inputs: list[tuple[str, str]] = []
    given = 0  # bytes so far
    for source in sources(paths, stdin, large=large):
        chunks.shelf.begin(source.name)
        given += len(source.data)
        if source.path is None and (given < large or len(source.data) < chunks.least):
            inputs.append((source.name, "sha256:" + hashlib.sha256(source.data).hexdigest()))
            chunks.counted = census.add(chunks.counted, read_source(source, chunks.shelf, progress, tables))
        elif (table := find_table(source, tables)) is not None:
            inputs.append((source.name, "sha256:" + table.sha256()))
            for counted in table.windows(chunks.shelf, progress, tables):
                chunks.counted = census.add(chunks.counted, counted)
                if chunks.full():
                    yield chunks.cut()
        else:
            found = _surveyed(source, chunks.shelf)
            sha256 = hashlib.sha256().hexdigest()
            if found is not None:
                stream = Digested(opens(source.path, source.data)(), chunks.beside)
                for walk in _windows(source, found, stream, chunks, progress):
                    if chunks.full() and not walk.open:
                        yield chunks.cut()
                sha256 = stream.sha256()
                given += found.size if source.path else 0
            inputs.append((source.name, "sha256:" + sha256))
        chunks.shelf.begin("")
        if chunks.full():
            yield chunks.cut()
    yield chunks.cut(tuple(inputs))


def read_bulk(paths: Paths, stdin: BinaryIO | None = None, progress: Progress | None = None) -> Batch:
    """All chunks as one batch."""
    chunks = list(read_chunks(paths, stdin, progress))
    counted = Census()
    for chunk in chunks:
        counted = census.add(counted, chunk.census)
    return Batch(
        claim=pa.concat_tables([chunk.claim for chunk in chunks]),
        line=pa.concat_tables([chunk.line for chunk in chunks]),
        other_payer=pa.concat_tables([chunk.other_payer for chunk in chunks]),
        problem=pa.concat_tables([chunk.problem for chunk in chunks]),
        rejected=pa.concat_tables([chunk.rejected for chunk in chunks]),
        census=counted,
        inputs=chunks[-1].inputs,
        cut=chunks[-1].cut,
    )


class _Chunks:
    """The chunk being filled: batches of the three tables of claims, in order; the rest lies on the shelf."""

    def __init__(self, claims: int, window: int, least: int, compiled: bool) -> None:
        self.shelf = Shelf()
        self.counted = Census()
        self.beside = ThreadPoolExecutor(1)  # for what can be done while the pass runs, which holds no lock
        self.window, self.least = window, least
        self._claims, self._compiled = claims, compiled
        self._pass: Pass | None = None
        self._batches: tuple[list[pa.RecordBatch], ...] = ([], [], [])

    def fast(self) -> Pass | None:
        """The compiled pass, None where numba is not installed."""
        if self._pass is None and self._compiled:
            try:
                from perdiem.formats.bulk.windows import Pass
            except ImportError:
                self._compiled = False
            else:
                self._pass = Pass(self.shelf, self.window, self.beside)
        return self._pass

    def gather(self) -> None:
        """Takes what was read since; no claim may be open."""
        shelf = self.shelf
        made: tuple[list[pa.RecordBatch], ...] = ([], [], [])
        if self._pass is not None:
            self._pass.end()
            made = self._pass.hand_over()
        for at, table in enumerate((shelf.claim, shelf.line, shelf.other_payer)):
            self._batches[at].extend(chain(made[at], table.drain()))

    def full(self) -> bool:
        """Whether the chunk has its claims."""
        return self.counted.claims >= self._claims

    def cut(self, inputs: tuple[tuple[str, str], ...] = ()) -> Batch:
        """The chunk, which holds what was counted; the next one begins."""
        self.gather()
        shelf = self.shelf

        def table(rows: Rows, batches: list[pa.RecordBatch]) -> pa.Table:
            return pa.Table.from_batches(batches, schema=rows.table.arrow)

        batch = Batch(
            claim=table(shelf.claim, self._batches[0]),
            line=table(shelf.line, self._batches[1]),
            other_payer=table(shelf.other_payer, self._batches[2]),
            problem=table(shelf.problem, shelf.problem.drain()),
            rejected=table(shelf.rejected, shelf.rejected.drain()),
            census=self.counted,
            inputs=inputs,
            cut=frozenset(shelf.cut),
        )
        balance(batch)
        self.counted, self._batches = Census(), ([], [], [])
        return batch


def _surveyed(source: Source, shelf: Shelf) -> Survey | None:
    try:
        stream = opens(source.path, source.data)()
        try:
            found = survey(stream)
        finally:
            stream.close()
    except (OSError, ValueError) as error:
        shelf.tell(0, "refused", unreadable(error, ""))
        return None
    except RefusedError as refused:
        shelf.tell(0, "refused", str(refused))
        return None
    reason = source.problem or refusal_of(found.start, found.blank, lambda: bool(found.interchanges))
    if reason is not None:
        shelf.tell(0, "refused", reason, held=source.held)
    elif found.unread:
        tell_unread(found.interchanges[0].header.start, shelf)
    return found if reason is None else Survey(found.size, b"", True, False, [])


def _windows(source: Source, found: Survey, stream: Stream, chunks: _Chunks, progress: Progress | None) -> Iterator[Walk]:
    """Reads the source, and after each window lets the caller cut a chunk."""
    ordinal, at = 0, 0
    stamp = _stamp(source)
    try:
        for interchange in found.interchanges:
            _skip(stream, interchange.start - at)
            at, ordinal = interchange.end, ordinal + 1
            for walk, left in _interchange(source, interchange, ordinal, stream, chunks):
                if progress is not None:
                    progress(source.name, interchange.end - left, found.size)
                yield walk
            ordinal += walk.seen
        _skip(stream, found.size - at)
    finally:
        stream.close()
    if _stamp(source) != stamp:
        raise EngineError(source.name, "the file changed while it was read", "Give it again when nothing writes to it")
    if progress is not None and found.interchanges:
        progress(source.name, found.size, found.size)


def _interchange(source: Source, found: Interchange, ordinal: int, stream: Stream, chunks: _Chunks) -> Iterator[tuple[Walk, int]]:
    size, header = chunks.window, found.header
    counting = census.Counting(header)
    left = found.end - found.start

    def ahead() -> Iterator[bytes]:
        again = opens(source.path, source.data)()
        try:
            _skip(again, found.end - left)
            rest = left
            while piece := again.read(min(size, rest)):
                rest -= len(piece)
                yield piece.translate(None, header.line_noise)
        finally:
            again.close()

    fast = chunks.fast() if left >= chunks.least else None
    walk = Walk(found, ordinal, chunks.shelf, fast, ahead)
    chunks.gather()
    if fast is not None:
        fast.interchange(header, walk.control, counting)
    carried = b""
    while True:
        piece = stream.read(min(size, left)) if left else b""
        if left and not piece:
            raise EngineError(source.name, "the file became shorter while it was read", "Give it again when nothing writes to it")
        left -= len(piece)
        data = carried + _bare(piece, header.line_noise)
        stop, closed = walk.held_back(data) if left else (len(data), False)
        walk.take(data, stop, closed)
        if not left:
            walk.finish()
        counted = fast.census() if fast is not None else None
        chunks.counted = census.add(chunks.counted, counted or counting.count(data[:stop]))
        if not walk.open:
            chunks.gather()
        carried = data[stop:]
        yield walk, left
        if not left:
            return


def _bare(piece: bytes, noise: bytes) -> bytes:
    return piece.translate(None, noise) if any(bytes([byte]) in piece for byte in noise) else piece


def _skip(stream: Stream, size: int) -> None:
    while size > 0:
        size -= len(stream.read(min(size, WINDOW))) or size


def _stamp(source: Source) -> tuple[int, int]:
    told = source.path.stat() if source.path else None
    return (told.st_size, told.st_mtime_ns) if told else (0, 0)
