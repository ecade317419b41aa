"""Files that survive a crash: one writer at a time, what is written flushed, and a file replaced in one step.

And what is left of a change that fails: no folder that it made, and an error that says which place takes no more.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from errno import EDQUOT, EFBIG, EIO, ENOSPC
from pathlib import Path
from typing import TextIO

FULL = frozenset({ENOSPC, EDQUOT, EFBIG, EIO})
"""Numbers of the errors by which a place takes no more bytes; mostly they do not say which place."""
TEMPORARY = "the folder for temporary files"
_LOCK = ".lock"


@contextmanager
def writing(where: str) -> Iterator[None]:
    """An error of the block because a place takes no more bytes tells this place, in its ``filename``, unless it tells one."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL and error.filename is None:
            error.filename = where
        raise


@contextmanager
def made(folder: Path) -> Iterator[bool]:
    """A folder that is there within the block, and whether the block made it; if so it is gone again where it stays empty."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield bool(missing)
    finally:
        with suppress(OSError):  # the first that holds something, and so do those above it
            for place in missing:
                place.rmdir()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One change of a folder at a time, where the system has file locks; made where it is missing, and no longer than needed."""
    with made(folder) as new:
        try:
            import fcntl
        except ImportError:
            yield
            return
        with _lock(folder / _LOCK, lambda lock: fcntl.flock(lock, fcntl.LOCK_EX)):
            try:
                yield
            finally:
                if new and [path.name for path in folder.iterdir()] == [_LOCK]:
                    (folder / _LOCK).unlink()


def _lock(file: Path, wait: Callable[[TextIO], object]) -> TextIO:
    """The lock, held; one that its holder removed meanwhile, with the folder, is made anew."""
    while True:
        with suppress(FileNotFoundError):
            file.parent.mkdir(parents=True, exist_ok=True)
            lock = file.open("w")
            wait(lock)
            if os.path.samestat(os.fstat(lock.fileno()), file.stat()):
                return lock


def flush(path: Path) -> None:
    """Wait until the disk has a file, or a folder's names; Windows keeps names without being asked, and lets nobody wait."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)  # Windows waits only for what may be written
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_text(file: Path, text: str) -> None:
    """Replace a file's text in one step."""
    beside = file.with_name(file.name + ".new")
    try:
        with beside.open("w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    flush(file.parent)
