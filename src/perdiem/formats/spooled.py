"""Holds bytes for as long as they are read: in memory while they are few, else in a private file that is gone afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import FileIO
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile, mkstemp

_OPENED = Path("/proc/self/fd")
"""Where a system has its open files, a file needs no name to be opened again; so not even a crash can leave it behind."""

START = 4
"""Bytes by which an archive is told."""
_NO_ROOM = (
    "It is too large for memory, and the system's folder for temporary files has no room for it. Make room there, set TMPDIR "
    "to a folder that has, or give it unpacked, as a file."
)


class RefusedError(Exception):
    """Why bytes are not unpacked or held, in words for the user."""


@dataclass(frozen=True, slots=True)
class Held:
    """Bytes as they are, or the file in which they stand."""

    data: bytes = b""
    path: Path | None = None

    @property
    def size(self) -> int:
        """How many bytes."""
        return self.path.stat().st_size if self.path else len(self.data)

    def start(self) -> bytes:
        """The first few, by which an archive is told."""
        if self.path is None:
            return self.data[:START]
        with self.path.open("rb") as file:
            return file.read(START)


@contextmanager
def held(pieces: Iterator[bytes], large: int | None = None) -> Iterator[Held]:
    """The bytes of the pieces until the block ends, in a private file from ``large`` bytes on.

    Raises RefusedError where there is no room for the file; what the pieces raise goes through.
    """
    first: list[bytes] = []
    size = 0
    for piece in pieces:
        first.append(piece)
        size += len(piece)
        if large is not None and size >= large:
            with _spooled(chain(first, pieces)) as path:
                yield Held(path=path)
            return
    yield Held(b"".join(first))


@contextmanager
def _spooled(pieces: Iterable[bytes]) -> Iterator[Path]:
    with ExitStack() as stack:
        try:
            file, path = _made(stack)
        except OSError:
            raise RefusedError(_NO_ROOM) from None
        for piece in pieces:
            _write(file, piece)
        yield path


def _made(stack: ExitStack) -> tuple[FileIO, Path]:
    """A file that only its owner may read, without a name where that can be."""
    if _OPENED.is_dir():
        nameless = stack.enter_context(TemporaryFile(buffering=0))  # noqa: SIM115 - the stack closes it
        return nameless, _OPENED / str(nameless.fileno())
    number, name = mkstemp(dir=stack.enter_context(TemporaryDirectory(prefix="perdiem-")))
    return stack.enter_context(FileIO(number, "w")), Path(name)


def _write(file: FileIO, piece: bytes) -> None:
    rest = memoryview(piece)
    while rest:
        try:
            rest = rest[file.write(rest) :]
        except OSError:
            raise RefusedError(_NO_ROOM) from None
