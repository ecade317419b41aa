"""Files that are whole or not there: written beside their places, and put in place once all of them are finished."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EISDIR
from pathlib import Path

from perdiem.model.durable import FULL, flush


class UnwantedError(Exception):
    """Raised in a block of ``whole``: nothing is put in place, what stood there stays, and nothing has failed."""


_PAIR = 2  # an answer and its record


def home(place: Path) -> Path:
    """Where a file really stands: of a link, what it leads to."""
    return Path(os.path.realpath(place))


def beside(place: Path) -> Path:
    """Where a file is written until it is whole: in its folder under a hidden name, so that nobody reads it as claims."""
    there = home(place)
    return there.with_name(f".{there.name}.part")


@contextmanager
def whole(*places: Path) -> Iterator[list[Path]]:
    """Names to write to; the files are put in place in this order when the block ends, and none of them where it fails.

    Of several the last vouches for the others: what stood in its place is gone before the first of them comes. The disk has
    a file before its name leads there, so that a machine that stops leaves none empty. A pipe or a device is written as it is.
    What fails because a disk is full tells the place, or of more than two their folder.

    Raises IsADirectoryError, before anything is written, where a folder stands in a place.
    """
    for place in places:
        if home(place).is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(place))
    moves = [(beside(place), home(place)) for place in places if not _is_stream(place)]
    vouching = [] if len(places) == 1 or _is_stream(places[-1]) else moves[-1:]
    try:
        yield [place if _is_stream(place) else beside(place) for place in places]
        for part, _ in moves:
            flush(part)
        for _, place in vouching:
            place.unlink(missing_ok=True)
            _flush_names(place.parent)
        _put(moves[: len(moves) - len(vouching)])
        _put(vouching)
    except UnwantedError:
        return
    except OSError as error:
        if error.errno in FULL and error.filename in (None, *(str(part) for part, _ in moves)):
            error.filename = str(places[0] if len(places) <= _PAIR else places[0].parent)
        raise
    finally:
        for part, _ in moves:
            part.unlink(missing_ok=True)


def _put(moves: list[tuple[Path, Path]]) -> None:
    for part, place in moves:
        with suppress(OSError):  # who may read an answer may read the next one, and nobody else
            shutil.copymode(place, part)
        part.replace(place)
    for folder in {place.parent for _, place in moves}:
        _flush_names(folder)


def _flush_names(folder: Path) -> None:
    with suppress(OSError):  # one that may be written and not read, or is of a kind that waits for nothing
        flush(folder)


def _is_stream(place: Path) -> bool:
    return place.exists() and not place.is_file() and not place.is_dir()
