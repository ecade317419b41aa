"""Replay: a run leaves the fingerprints of all that made its answer, and the answer can be made again.

``run.json`` holds no time and no absolute path: the same inputs and library give the same file.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perdiem import __version__
from perdiem.model.errors import FormatError
from perdiem.pipeline.check import Run, check

RUN_KEYS = ("perdiem", "options", "inputs", "policies", "code_book", "output")


def fingerprint(parts: Iterator[str] | Sequence[str]) -> str:
    """``sha256:`` of text given in parts."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode("utf-8"))
    return "sha256:" + digest.hexdigest()


def run_record(run: Run, options: dict[str, Any], output: str) -> dict[str, Any]:
    """What ``run.json`` says: version, options, and the fingerprints of inputs, policies, code book and output."""
    policies = {policy.name: policy.fingerprint for policy in run.compiled.policy_of}
    return {
        "perdiem": __version__,
        "options": options,
        "inputs": [{"name": name, "sha256": mark} for name, mark in run.batch.inputs],
        "policies": dict(sorted(policies.items())),
        "code_book": run.book.fingerprint,
        "output": output,
    }


def portable(paths: Sequence[str | Path]) -> list[str]:
    """Input paths relative to the folder they share, so that a record names no place of one machine."""
    full = [Path.cwd() / path for path in paths]
    folder = os.path.commonpath([path if path.is_dir() else path.parent for path in full])
    return [Path(os.path.relpath(path, folder)).as_posix() for path in full]


@dataclass(frozen=True)
class Replayed:
    """What replaying found: the differences in words (none: same answer), and the record made now."""

    changes: tuple[str, ...]
    record: dict[str, Any]


def read_run(path: Path) -> dict[str, Any]:
    """A ``run.json``; raises FormatError where it is none."""
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise FormatError(path.name, "cannot be read as the record of a run", "Name the run.json beside an output") from error
    if not isinstance(record, dict) or not set(RUN_KEYS) <= set(record):
        raise FormatError(path.name, "is JSON, but not the record of a run", "Name the run.json beside an output")
    return record


def replay(record: dict[str, Any], inputs: Path, write: Callable[[Run, dict[str, Any]], Iterator[str]]) -> Replayed:
    """Judge the recorded inputs again, found by name under ``inputs``, and say what differs.

    write: renders a run under the recorded options, as when it was first made.
    """
    paths = [inputs / entry for entry in record["options"]["paths"]]
    absent = [path.name for path in paths if not path.exists() and not glob.has_magic(str(path))]
    if absent:
        raise FormatError(absent[0], "is not in the folder of the inputs", "Name their folder with --inputs")
    run = check(paths, policy=record["options"]["policy"])
    now = run_record(run, record["options"], fingerprint(write(run, record["options"])))
    return Replayed(tuple(_differences(record, now)), now)


def _differences(then: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    if then["perdiem"] != now["perdiem"]:
        yield f"perdiem was {then['perdiem']}, is {now['perdiem']}"
    for what, key in (("input", "inputs"), ("policy", "policies")):
        before, after = _marks(then[key]), _marks(now[key])
        for name in sorted(before.keys() | after.keys()):
            if before.get(name) != after.get(name):
                how = "is new" if name not in before else "is gone" if name not in after else "has changed"
                yield f"{what} {name} {how}"
    if then["code_book"] != now["code_book"]:
        yield "the code book has changed"
    if then["output"] != now["output"]:
        yield "the answer differs"


def _marks(entries: Any) -> dict[str, str]:
    return dict(entries) if isinstance(entries, dict) else {entry["name"]: entry["sha256"] for entry in entries}
