"""Turns paths into named bytes: files, directories, globs, stdin, and what gzip and zip hold.

Archives are told by content and bounded; no name inside one is ever written to, so it can do no harm. What comes but once,
as standard input or the member of a zip, and is large, stands in a private file for as long as it is read.
What cannot be read is a source with a problem instead of bytes.
"""

from __future__ import annotations

import glob
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from perdiem.formats.archive import GZIP, LIMITS, PACKED, ZIPS, Limits, Unpacking, unpack
from perdiem.formats.spooled import START, Held, RefusedError, held
from perdiem.formats.unread import unread
from perdiem.model.schema import Census
from perdiem.model.several import Paths, several

STDIN = "stdin"
_PIECE = 1 << 20  # bytes taken of a stream at most at a time
_ANSWER = frozenset({"run.json", *(f"{table}.parquet" for table in ("claim", "line", "finding", "problem", "rule"))})
"""The files of a folder that holds an answer of ours as Parquet; the claims stand in its lines, whole."""
_NO_FILE = "This is a device or socket, not a file, so it is not read. Name a file."
_NO_FILE_IN_FOLDER = "This is a pipe, device or socket, not a file, so it is not read. Name it alone if it is a pipe with claims."
_NO_FILES = "The directory holds no files (hidden ones are left out). Name one that does."


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to read: its name as shown to the user, and its bytes or the problem that keeps it from being read.

    ``path`` instead of bytes: a large file, left to be read in pieces, and before the next source is asked for. ``held``: the
    claims that one with a problem seems to hold all the same.
    """

    name: str
    data: bytes = b""
    problem: str | None = None
    path: Path | None = None
    held: Census | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    """A path to open, ``None`` for stdin, and the directory its name is told from; or a problem instead."""

    path: Path | None
    base: str
    problem: str | None = None


def sources(paths: Paths, stdin: BinaryIO | None = None, limits: Limits = LIMITS, large: int | None = None) -> Iterator[Source]:
    """The sources behind the paths, in the order of their names, opened one after another.

    One of at least ``large`` bytes (as they would be unpacked, roughly) is not held but has a path: its own, or that of a
    private file, which is gone once the next source is asked for, or the iterator closed.

    Directories are walked without hidden names and without following linked directories. Names are told from
    the common parent of all paths; one file has its own name, ``-`` is ``stdin``, a zip member ``zip/member``. No two
    sources have one name: a second ``week.837`` is ``week.837 (2)``. Never raises for what a path names.
    """
    entries = [entry for path in dict.fromkeys(several(paths)) for entry in _entries(path)]
    base = _shared_parent([entry.base for entry in entries if entry.base])
    once = {_identity(entry): entry for entry in reversed(entries)}  # a file that two paths lead to is read once
    if not entries:
        yield Source("input", problem="No file was named, so there is nothing to read. Name a file, a directory or -.")
    names = _Names()
    for told, entry in sorted(((_name(entry, base), entry) for entry in once.values()), key=_order):
        name = names.own(_legible(told))
        found = [Source(name, problem=entry.problem)] if entry.problem else _open(name, entry, stdin, limits, large)
        for source in found:
            yield source if source.name == name else replace(source, name=names.own(source.name))


class _Names:
    """Gives each source a name of its own, so that claims and fingerprints can be told apart by it."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def own(self, name: str) -> str:
        """The name, or the first of ``name (2)``, ``name (3)`` ... that nobody has."""
        told = name
        while told in self._next:
            self._next[name] += 1
            told = f"{name} ({self._next[name]})"
        self._next[told] = 1
        return told


def _identity(entry: _Entry) -> str | None:
    """What makes two entries one: where they lead to, all links followed; of stdin nothing."""
    if entry.path is None:
        return None
    try:
        return os.path.realpath(entry.path)
    except (OSError, ValueError):
        return str(entry.path)


def _order(named: tuple[str, _Entry]) -> tuple[str, bool, bool, bytes, str]:
    """By name as it is shown; of one name stdin first, and what cannot be read last."""
    told, entry = named
    return _legible(told), entry.path is not None, bool(entry.problem), os.fsencode(told), str(entry.path)


def _entries(path: str) -> list[_Entry]:
    if path == "-":
        return [_Entry(None, "")]
    place = Path(path)
    try:
        kind = place.stat().st_mode
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        matches = _matches(path) if isinstance(error, FileNotFoundError) else []
        return matches or [_Entry(place, "", unreadable(error, path))]
    if stat.S_ISDIR(kind):
        return _directory(place)
    if stat.S_ISREG(kind) or stat.S_ISFIFO(kind):
        return [_Entry(place, str(_absolute(place).parent))]
    return [_Entry(place, "", _NO_FILE)]


def _matches(pattern: str) -> list[_Entry]:
    if not glob.has_magic(pattern):
        return []
    return [entry for path in sorted(glob.glob(pattern, recursive=True)) for entry in _entries(path)]  # noqa: PTH207


def _directory(top: Path) -> list[_Entry]:
    base = str(_absolute(top))
    found: list[_Entry] = []
    problems: list[_Entry] = []

    def tell(error: OSError) -> None:
        problems.append(_Entry(Path(error.filename or top), base, unreadable(error, "")))

    for where, folders, files in os.walk(top, onerror=tell):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        passed = _ANSWER - {"line.parquet"} if set(files) >= _ANSWER else frozenset()
        for name in sorted(set(files) - passed):
            if not name.startswith("."):
                found.append(_file(Path(where, name), base))
    if not found and not problems:
        problems.append(_Entry(top, base, _NO_FILES))
    return found + problems


def _file(path: Path, base: str) -> _Entry:
    """A name of a folder that is no folder; what cannot be looked at, or is a pipe that nobody may ever write to, is not opened."""
    try:
        kind = path.stat().st_mode
    except OSError as error:
        return _Entry(path, base, unreadable(error, ""))
    return _Entry(path, base, None if stat.S_ISREG(kind) else _NO_FILE_IN_FOLDER)


def _open(name: str, entry: _Entry, stdin: BinaryIO | None, limits: Limits, large: int | None) -> Iterator[Source]:
    try:
        with _given(entry, stdin, large) as given:
            for member in unpack(given, limits, large):
                told = f"{name}/{member.name}" if member.name else name
                yield _told(Source(told, member.data, member.problem, member.path), limits)
    except (OSError, ValueError) as error:
        yield Source(name, problem=unreadable(error, ""))
    except RefusedError as refused:
        yield Source(name, problem=str(refused))


@contextmanager
def _given(entry: _Entry, stdin: BinaryIO | None, large: int | None) -> Iterator[Held]:
    """What a path leads to: a large file where it is, what can be read but once and is large in a private file."""
    if entry.path is not None and stat.S_ISREG(entry.path.stat().st_mode):
        in_pieces = large is not None and _is_large(Held(path=entry.path), large)
        yield Held(path=entry.path) if in_pieces else Held(entry.path.read_bytes())
        return
    with nullcontext(stdin or standard_input()) if entry.path is None else entry.path.open("rb") as stream:
        if large is None:
            yield Held(stream.read())
            return
        take = partial(getattr(stream, "read1", stream.read), _PIECE)  # what is there: the keyboard is heeded between any two
        start = b""
        while len(start) < START and (piece := take()):
            start += piece
        pieces = chain((start,), iter(take, b"") if len(start) >= START else ())  # whose end was told is not asked again
        with held(pieces, large // PACKED if start.startswith((GZIP, *ZIPS)) else large) as given:
            yield given


def standard_input() -> BinaryIO:
    """Standard input as bytes; empty where the program was started without one."""
    return sys.stdin.buffer if sys.stdin else BytesIO()


def _told(source: Source, limits: Limits) -> Source:
    """The source with its refusal, where it holds claims and no ISA; what cannot be unpacked is told when it is read."""
    if source.problem is not None:
        return source
    stream = _stream(source, limits)
    try:
        refusal = unread(stream)
    except RefusedError:
        return source
    finally:
        stream.close()
    return source if refusal is None else replace(source, problem=refusal.why, held=refusal.held)


def _stream(source: Source, limits: Limits) -> BinaryIO | Unpacking:
    if source.path is None:
        return BytesIO(source.data)
    packed = Held(path=source.path).start().startswith(GZIP)
    return Unpacking(source.path, limits) if packed else source.path.open("rb")


def _is_large(file: Held, large: int) -> bool:
    return file.size * PACKED >= large and (file.start().startswith((GZIP, *ZIPS)) or file.size >= large)


def unreadable(error: OSError | ValueError, path: str) -> str:
    """Why a file cannot be read, in words for the user."""
    if isinstance(error, FileNotFoundError):
        if glob.has_magic(path):
            return "No file matches this pattern, so nothing was read for it. Check the folder and the pattern."
        return "There is no such file or directory, so nothing was read for it. Check the name and the folder."
    if isinstance(error, PermissionError):
        return "Reading is not permitted, so its claims are missing here. Ask for read access, or copy it."
    return "The system cannot read it, so its claims are missing here. Check the disk and the name."


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - links stay as named


def _shared_parent(bases: list[str]) -> str:
    try:
        return os.path.commonpath(bases) if bases else ""
    except ValueError:  # different drives
        return ""


def _name(entry: _Entry, base: str) -> str:
    if entry.path is None:
        return STDIN
    told = entry.path.name or "."
    if entry.base and base:
        relative = Path(os.path.relpath(_absolute(entry.path), base)).as_posix()
        told = relative if relative != "." else _absolute(entry.path).name
    return told


def _legible(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
