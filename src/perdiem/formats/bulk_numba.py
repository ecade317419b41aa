"""Compiles the functions of the bulk reader, and keeps what was compiled in the user's cache folder.

The folder is that of NUMBA_CACHE_DIR where it is set, else ``perdiem/numba`` in the user's cache; in it, each state
of the sources has its own, for numba itself does not see that a function which another one calls has changed.
Where it cannot be written, every process compiles for itself.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

numba: Any = import_module("numba")  # untyped, so that types are the same where it is not installed
_F = TypeVar("_F", bound=Callable[..., object])


def compiled(function: _F) -> _F:
    """The function, compiled at its first call (or loaded from the cache), and run without the interpreter's lock."""
    return _compiled(function)


def inlined(function: _F) -> _F:
    """The same for a function that another one calls in few places: its code goes there, for a call would have to
    hand over every array in a dozen pieces."""
    return _compiled(function, forceinline=True)


def _compiled(function: _F, **how: bool) -> _F:
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = _FOLDER
    try:
        # _nrt: arrays are only lent, so nothing counts references
        made: _F = numba.njit(cache=True, nogil=True, _nrt=False, **how)(function)
    except (RuntimeError, OSError):  # no folder that can be written
        made = numba.njit(nogil=True, _nrt=False, **how)(function)
    finally:
        numba.config.CACHE_DIR = before
    return made


def _sources() -> str:
    here = Path(__file__)
    digest = hashlib.sha256(numba.__version__.encode())
    for file in sorted(here.parent.glob("bulk*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _user_cache() -> Path:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else Path.home() / "AppData" / "Local") / "perdiem" / "numba"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "perdiem" / "numba"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "perdiem" / "numba"


_FOLDER = str(Path(numba.config.CACHE_DIR or _user_cache()) / _sources())
