"""Standard output, which says of itself that it cannot be written, and what is said where a place takes no more bytes."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from errno import EBADF, EDQUOT, EFBIG, ENOSPC
from pathlib import Path
from typing import Any, TextIO, cast

from perdiem.model.durable import TEMPORARY, writing

OUTPUT = "standard output"
_ROOM = "Make room there, or name a place on another disk"
_FULL = {
    ENOSPC: ("No space left on its disk", _ROOM),
    EDQUOT: ("your share of its disk is used up", _ROOM),
    EFBIG: (
        "it would be too large for the limit on files (ulimit -f) or for its disk",
        "Raise the limit, name a place on another disk, or give less at a time",
    ),
    EBADF: ("it is closed, so nothing can be written there", "Leave it open, or name a file with --out where the command has it"),
}
_WRITABLE = "See that the folder is there and can be written, or name another (PERDIEM_DATA names the data folder)"


class Output:
    """Standard output as it is, but for errors, which tell that they are its; of one that is closed every text is one."""

    def __init__(self, stream: TextIO, *, closed: bool = False) -> None:
        self._stream, self._closed = stream, closed

    def write(self, text: str) -> int:
        """Write a text. Raises OSError that names standard output."""
        with writing(OUTPUT):
            return (self._open() if text else self._stream).write(text)

    def flush(self) -> None:
        """Write what waits. Raises OSError that names standard output."""
        with writing(OUTPUT):
            self._stream.flush()

    @property
    def buffer(self) -> Any:
        """The same for bytes."""
        return self._open().buffer

    def _open(self) -> TextIO:
        if self._closed:
            raise OSError(EBADF, os.strerror(EBADF), OUTPUT)
        return self._stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def prepare() -> None:
    """Make the standard streams UTF-8, and standard output one that says what is wrong with it."""
    closed = sys.stdout is None
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # started without standard streams
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
        else:
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.stdout = cast(TextIO, Output(sys.stdout, closed=closed))


def leave() -> None:
    """Nothing more reaches standard output, not even what waits to be written when the program ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def failed(error: OSError) -> str:
    """What the machine refused, in words for the user: where, what, and what to do."""
    where = Path(str(error.filename)).name if error.filename else "the machine"
    what, do = _FULL.get(error.errno or 0, (error.strerror or "it failed", _WRITABLE))
    if where == TEMPORARY:
        do = do.replace("name a place", "let TMPDIR name one")
    return f"perdiem: {where}: {what}.\n{do}."
