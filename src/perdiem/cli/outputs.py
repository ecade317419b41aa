"""What a command reads and what it writes, kept apart before anything is read."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile

import typer

from perdiem.codes.releases import own_policies_folder, releases_folder
from perdiem.formats.intake import holds_claims
from perdiem.model.errors import FormatError
from perdiem.model.whole import beside, home
from perdiem.store import is_store

_Mark = tuple[int, int]


def apart(read: Iterable[str | Path | None], *written: Path | None, folder: Path | None = None) -> None:
    """Refuse outputs that would write over what is read, over each other, into a history store or among what the data folder
    keeps, or that cannot be written.

    read: files, folders and patterns. folder: one that is made where it is missing, and that outputs may stand in.
    """
    inputs = [str(path) for path in read if path is not None]
    if "" in inputs:
        raise FormatError("an empty name", "is no file", "Name a file or folder, or . for this folder")
    outputs = [out for out in written if out is not None]
    for out in outputs if folder is None else [folder, *outputs]:
        if str(out) == "-":
            raise FormatError("-", "is standard output, which is used where no file is named", "Leave the option out")
        there = (home(out), *home(out).parents)
        if any(is_store(place) for place in there):
            raise FormatError(out.name, "would stand in a history store, which holds nothing else", "Name another place")
        if {home(releases_folder()), home(own_policies_folder())} & {*there}:
            what = "would stand among the imported releases or your own policies, in perdiem's data folder"
            raise FormatError(out.name, what, "Name another place")
    _not_read(inputs, outputs)
    if len({home(out) for out in outputs}) < len(outputs):
        named = [home(out) for out in outputs]
        twice = next(out for at, out in enumerate(outputs) if home(out) in named[:at])
        raise FormatError(twice.name, "is named for two of the things that are written", "Name two files")
    if folder is not None:
        _folder_can_be_written(folder)
    for out in outputs:
        _can_be_written(out, folder)


def stdin_once(paths: Sequence[str], history: str | None) -> None:
    """Refuse to read both claims and history from standard input."""
    if history == "-" and "-" in paths:
        raise typer.BadParameter(
            "claims and history cannot both come from standard input; save one of them to a file", param_hint="--history"
        )


def _not_read(inputs: list[str], outputs: list[Path]) -> None:
    there = [(out, file) for out in outputs for file in (out, beside(out)) if file.is_file()]
    named, held = set[_Mark](), set[_Mark]()
    for path in inputs if there else ():
        for mark, alone in _files(path):
            (named if alone else held).add(mark)
    for out, file in there:
        mark = _mark(file)
        if mark in named or (mark in held and _may_hold_claims(file)):  # an answer of last week may be written over
            raise FormatError(out.name, "is one of the inputs, and would be written over", "Name another file")


def _files(path: str) -> Iterator[tuple[_Mark, bool]]:
    """The files behind a name as the disk knows them, and whether they are named one by one, not by their folder."""
    place = Path(path)
    if place.is_dir():
        for where, _, files in os.walk(place):
            for name in files:
                with suppress(OSError):  # what may not be looked at may not be read either
                    yield _mark(Path(where, name)), False
    elif place.exists():
        yield _mark(place), True
    elif glob.has_magic(path):
        for match in glob.glob(path, recursive=True):  # noqa: PTH207 - as the patterns of claims are read
            yield from _files(match)


def _mark(file: Path) -> _Mark:
    told = file.stat()
    return told.st_dev, told.st_ino


def _may_hold_claims(file: Path) -> bool:
    try:
        return holds_claims(file)
    except OSError:
        return True


def _can_be_written(out: Path, folder: Path | None) -> None:
    if out.is_dir():
        raise FormatError(str(out), "is a folder, and a file is to be written there", "Name a file")
    if out.exists() and not out.is_file():
        return  # a pipe or a device
    if not home(out).parent.is_dir():
        if folder is not None and home(out).parent == home(folder):
            return  # it is made
        raise FormatError(str(out.parent), "is no folder, so nothing can be written there", "Make it, or name another")
    if out.exists() and not os.access(out, os.W_OK):
        raise FormatError(out.name, "is protected from being written over", "Name another file, or permit writing to it")
    _try(home(out).parent, out.parent)


def form_of(format: str, out: Path | None, forms: Iterable[str], otherwise: str, what: str) -> str:
    """The form that is asked for; by default the one as which the output ends, else ``otherwise``. what: is written.

    Raises FormatError where there is no such form, or a PDF would be written to standard output.
    """
    ending = out.suffix.removeprefix(".") if out else ""
    form = format or (ending if ending in {*forms} else otherwise)
    if form not in {*forms}:
        raise FormatError("--format", f"no format {form!r} of a {what}", f"Formats are {', '.join(forms)}")
    if form == "pdf" and out is None:
        raise FormatError("--format pdf", "a PDF is no text for a terminal", "Name a file with --out")
    return form


def _folder_can_be_written(folder: Path) -> None:
    place = home(folder)
    while not place.exists():
        place = place.parent
    if not place.is_dir():
        raise FormatError(str(folder), "is not a folder, and cannot become one", "Name another")
    _try(place, folder)


def _try(place: Path, told: Path) -> None:
    """See that files can be made in a folder, by making one that has no name."""
    try:
        with TemporaryFile(dir=place):
            pass
    except OSError as error:
        why = f"is a folder in which nothing can be written: {(error.strerror or 'the system refuses').lower()}"
        raise FormatError(str(told), why, "Name another, or permit writing there") from None
