"""Replay: a run leaves the fingerprints of all that made its answer, and the answer can be made again.

The record (``run.json``) holds no time and no absolute path: the same inputs and library give the same record.
"""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from perdiem.formats.tabular.header import asked
from perdiem.model.errors import FormatError
from perdiem.pipeline.bulk import judge_all
from perdiem.pipeline.check import loaded_policies
from perdiem.pipeline.history import History
from perdiem.pipeline.on_file import load_on_file
from perdiem.pipeline.output import FORMATS, Written, write_parquet, write_text, write_workbook

RUN_KEYS = ("perdiem", "options", "inputs", "policies", "code_book", "history", "output")


def portable(paths: Sequence[str | Path]) -> list[str]:
    """Input paths relative to the folder they share, so that a record names no place of one machine."""
    named = [path for path in paths if str(path) != "-"]
    full = [Path(os.path.normpath(Path.cwd() / path)) for path in named]
    folder = os.path.commonpath([path if path.is_dir() else path.parent for path in full]) if full else ""
    return ["-"] * (len(paths) - len(named)) + [Path(os.path.relpath(path, folder)).as_posix() for path in full]


def read_run(path: Path) -> dict[str, Any]:
    """A ``run.json``; raises FormatError where it is none."""
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise FormatError(path.name, "cannot be read as the record of a run", "Name the run.json beside an output") from error
    if not isinstance(record, dict) or not set(RUN_KEYS) <= set(record) or not _well_formed(record):
        raise FormatError(path.name, "is JSON, but not the record of a run", "Name the run.json beside an output")
    return record


def _well_formed(record: dict[str, Any]) -> bool:
    options, inputs = record["options"], record["inputs"]
    return (
        isinstance(options, dict)
        and all(isinstance(options.get(key), list) and all(isinstance(v, str) for v in options[key]) for key in ("paths", "policy"))
        and isinstance(options.get("all"), bool)
        and all(isinstance(entry, str) for entry in options.get("columns", []))
        and isinstance(options.get("sheet"), str | None)
        and ("on_file" not in options or _named(options["on_file"]))
        and options.get("format") in FORMATS
        and isinstance(inputs, list)
        and all(isinstance(entry, dict) and {"name", "sha256"} <= set(entry) for entry in inputs)
        and isinstance(record["policies"], dict)
        and isinstance(record.get("releases", {}), dict)  # records of before the first release have none
    )


def _named(entry: Any) -> bool:
    return isinstance(entry, dict) and set(entry) == {"name", "sha256"} and all(isinstance(v, str) for v in entry.values())


def replay(record: dict[str, Any], inputs: Path, history: History | None = None) -> tuple[list[str], Written]:
    """Judge the recorded inputs again, found by name under ``inputs``; returns what differs, in words, and what was written.

    Raises FormatError where an input, the history or the list of what is on file is missing.
    """
    options = record["options"]
    if "-" in options["paths"]:
        raise FormatError("standard input", "cannot be read again", "Save the claims to a file and run check on it")
    if record["history"] and history is None:
        raise FormatError("the history", "of that run is needed", "Name it with --history")
    paths = [inputs / entry for entry in options["paths"]]
    listed = [inputs / options["on_file"]["name"]] if "on_file" in options else []
    absent = [path.name for path in [*paths, *listed] if not path.exists() and not glob.has_magic(str(path))]
    if absent:
        raise FormatError(absent[0], "is not in the folder of the inputs", "Name their folder with --inputs")
    tables = asked(options.get("columns", ()), options.get("sheet"))
    papers = load_on_file(listed[0]) if listed else None
    policies, forced = loaded_policies(options["policy"]), options["policy"]
    runs = judge_all(paths, policies, forced=forced, history=history, tables=tables, on_file=papers)
    if options["format"] in ("parquet", "xlsx"):
        with TemporaryDirectory(prefix="perdiem-") as folder:
            if options["format"] == "xlsx":
                written = write_workbook(runs, options, Path(folder) / "answer.xlsx", history)
            else:
                written = write_parquet(runs, options, Path(folder), history)
    else:
        written = write_text(runs, options, lambda part: None, history)
    changed = papers is not None and papers.sha256 != options["on_file"]["sha256"]
    told = ["the list of what is on file has changed"] if changed else []
    return [*told, *_differences(record, written.record)], written


def _differences(then: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    if then["perdiem"] != now["perdiem"]:
        yield f"perdiem was {then['perdiem']}, is {now['perdiem']}"
    for what, key in (("input", "inputs"), ("policy", "policies"), ("code release", "releases")):
        before, after = _marks(then.get(key) or {}), _marks(now[key])
        for name in sorted(before.keys() | after.keys()):
            if before.get(name) != after.get(name):
                how = "is new" if name not in before else "is gone" if name not in after else "has changed"
                yield f"{what} {name} {how}"
    for key, what in (("code_book", "the code book has changed"), ("history", "the history has changed")):
        if then[key] != now[key]:
            yield what
    if then["output"] != now["output"]:
        yield "the answer differs"


def _marks(entries: Any) -> dict[str, str]:
    return dict(entries) if isinstance(entries, dict) else {entry["name"]: entry["sha256"] for entry in entries}
