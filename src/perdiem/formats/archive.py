"""Unpacks gzip and zip, told by content, within limits that a bomb cannot pass; no name in an archive is ever written to."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from perdiem.formats.spooled import Held, RefusedError, held

GZIP = b"\x1f\x8b"
ZIPS = (b"PK\x03\x04", b"PK\x05\x06")  # the second of a zip without members
OFFICE = re.compile(rb"PK\x03\x04.{26}(?:\[Content_Types\]\.xml|mimetype|_rels/|docProps/|xl/)", re.S)
"""How a zip begins that is one document of Excel or OpenDocument, not an archive of files."""

PACKED = 8  # times a claim file shrinks at least, when it is packed
_PIECE = 1 << 20  # bytes unpacked at a time
_KNOWN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1  # flag bit of a zip member

_BOMB = "It unpacks to far more than its size: it may be made to fill the machine and is not read. Unpack it by hand."
_LOCKED = "It is locked with a password, so it is not read. Unpack it with the password, and give the files."
_UNKNOWN = "It is packed in a way that is not read here. Unpack it, or pack it as plain zip or gzip."
_BROKEN = "The archive is damaged or cut short, so nothing in it is read. Ask for it again."
_NESTED = "It is an archive inside an archive, which is not opened. Unpack it, and give the files."


@dataclass(frozen=True, slots=True)
class Limits:
    """``total``: bytes one archive may unpack to; beyond ``free`` bytes a member may be at most ``ratio`` to one."""

    total: int = 2 << 30
    free: int = 64 << 20
    ratio: int = 200
    members: int = 10_000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Member:
    """What an archive holds under a name: its bytes, or the file in which they stand, or why it is not read."""

    name: str
    data: bytes = b""
    problem: str | None = None
    path: Path | None = None


def unpack(given: Held, limits: Limits = LIMITS, large: int | None = None) -> Iterator[Member]:
    """What one file holds; a plain file is its own member ``""``, and so is a gzip file that is left to be read in pieces.

    Zip members come in the order of their names, without hidden ones; one of at least ``large`` bytes stands in a private
    file until the next is asked for. An Office document is a plain file.
    """
    start = given.start()
    if start.startswith(ZIPS):
        yield from _unzip(given, limits, large)
    elif start.startswith(GZIP) and given.path is None:
        try:
            unpacked = _gunzip(given.data, limits)
            _no_archive(unpacked)
        except RefusedError as refused:
            yield Member("", problem=str(refused))
        else:
            yield Member("", unpacked)
    else:
        yield Member("", given.data, path=given.path)


def _gunzip(data: bytes, limits: Limits) -> bytes:
    out = bytearray()
    rest = data
    while rest.startswith(GZIP):  # a gzip file may be several, one after another
        stream = zlib.decompressobj(wbits=31)
        pending = rest
        try:
            while not stream.eof:
                piece = stream.decompress(pending, _PIECE)
                if not piece and not stream.eof and not stream.unconsumed_tail:
                    raise RefusedError(_BROKEN)
                out += piece
                pending = stream.unconsumed_tail
                _bound(len(out), len(data), len(out), limits)
        except zlib.error:
            raise RefusedError(_BROKEN) from None
        rest = stream.unused_data
    return bytes(out)


class Unpacking:
    """A gzip file read in pieces, with the answers of ``unpack``: what it would refuse raises RefusedError."""

    def __init__(self, path: Path, limits: Limits = LIMITS) -> None:
        self._file = path.open("rb")
        self._packed = path.stat().st_size
        self._limits = limits
        self._size = 0
        self._pending = self._file.read(_PIECE)
        self._stream = zlib.decompressobj(wbits=31)

    def read(self, size: int, /) -> bytes:
        """At most so many of the next bytes, none at the end."""
        while True:
            if self._stream.eof and not self._next():
                return b""
            if not self._pending:
                self._pending = self._file.read(_PIECE)
            ended = not self._pending
            try:
                piece = self._stream.decompress(self._pending, size)
            except zlib.error:
                raise RefusedError(_BROKEN) from None
            self._pending = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
            if not self._size:
                _no_archive(piece)
            if piece:
                self._size += len(piece)
                _bound(self._size, self._packed, 0, self._limits)  # of a stream little is held, however long it is
                return piece
            if ended and not self._stream.eof:
                raise RefusedError(_BROKEN)

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def _next(self) -> bool:
        """Begins the next of several gzip streams, one after another; what follows them is nothing."""
        if len(self._pending) < len(GZIP):
            self._pending += self._file.read(_PIECE)
        self._stream = zlib.decompressobj(wbits=31) if self._pending.startswith(GZIP) else self._stream
        return not self._stream.eof


def _unzip(given: Held, limits: Limits, large: int | None) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(given.path or io.BytesIO(given.data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, IndexError):
        yield Member("", problem=_BROKEN)
        return
    with archive:
        names = [info.filename for info in archive.infolist()]
        if "[Content_Types].xml" in names or names[:1] == ["mimetype"]:
            yield Member("", given.data, path=given.path)
        elif len(names) > limits.members:
            many = f"The archive has more than {limits.members} members, so it is not read. Unpack it by hand."
            yield Member("", problem=many)
        else:
            yield from _members(archive, limits, large)


def _members(archive: zipfile.ZipFile, limits: Limits, large: int | None) -> Iterator[Member]:
    total = 0
    found = sorted((_shown(info.filename), at) for at, info in enumerate(archive.infolist()) if _wanted(info))
    if not found:
        yield Member("", problem="The archive holds no files, so there are no claims in it. Check how it was made.")
    for name, at in found:
        try:
            with held(_unpacked(archive, archive.infolist()[at], limits, total), large) as member:
                total += member.size
                yield Member(name, member.data, path=member.path)
        except RefusedError as refused:
            yield Member(name, problem=str(refused))
            if str(refused) == _BOMB:
                return


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits, total: int) -> Iterator[bytes]:
    if info.flag_bits & _ENCRYPTED:
        raise RefusedError(_LOCKED)
    if info.compress_type not in _KNOWN:
        raise RefusedError(_UNKNOWN)
    start, size = b"", 0
    try:
        with archive.open(info) as stream:
            while piece := stream.read(_PIECE):
                start, size = start or piece, size + len(piece)
                _bound(size, info.compress_size, total + size, limits)
                yield piece
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        raise RefusedError(_BROKEN) from None
    _no_archive(start)


def _bound(size: int, packed: int, total: int, limits: Limits) -> None:
    if total > limits.total or (size > limits.free and size > limits.ratio * packed):
        raise RefusedError(_BOMB)


def _no_archive(unpacked: bytes) -> None:
    if unpacked.startswith((GZIP, *ZIPS)) and not OFFICE.match(unpacked):
        raise RefusedError(_NESTED)


def _wanted(info: zipfile.ZipInfo) -> bool:
    parts = _shown(info.filename).split("/")
    return not info.is_dir() and parts[0] != "__MACOSX" and not any(part.startswith(".") for part in parts)


def _shown(name: str) -> str:
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    text = "/".join(parts) or "unnamed"
    return "".join(char if char.isprintable() else "?" for char in text).encode("utf-8", "replace").decode("utf-8")
