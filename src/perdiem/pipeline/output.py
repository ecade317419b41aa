"""output: judged runs written as text, workbook or Parquet, one chunk at a time, with ledger and fingerprints."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perdiem import __version__
from perdiem.formats import report
from perdiem.model.durable import made
from perdiem.model.whole import UnwantedError, whole
from perdiem.pipeline.answer import Answer, answers
from perdiem.pipeline.history import History
from perdiem.pipeline.ledger import Account, problem_told
from perdiem.pipeline.session import Run

TEXT_FORMATS = ("table", "jsonl", "csv")
FORMATS = (*TEXT_FORMATS, "parquet", "xlsx")


@dataclass(frozen=True)
class Written:
    """What was written: the closed ledger, and the record that lets it be written again."""

    ledger: dict[str, Any]
    record: dict[str, Any]


def write_text(
    runs: Iterable[Run], options: dict[str, Any], sink: Callable[[str], object], history: History | None = None
) -> Written:
    """Write runs as table, JSON lines or CSV; ``sink`` takes the text part by part."""
    account, digest, last = Account(), hashlib.sha256(), _Last()

    def told() -> Iterator[Answer]:
        for run in runs:
            account.add(run)
            last.run = run
            yield from answers(run, whole=options["format"] == "csv")

    for part in _parts(told(), options):
        digest.update(part.encode())
        sink(part)
    return Written(_closed(account, history), _record(last.get(), options, "sha256:" + digest.hexdigest(), history))


def files_of(out: Path, format: str) -> list[Path]:
    """The files that an answer is written into; the last is the record of the run."""
    if format != "parquet":
        return [out, Path(f"{out}.run.json")]
    from perdiem.pipeline.export import TABLES  # tables and workbooks load what text needs not wait for

    return [*(out / f"{name}.parquet" for name in TABLES), out / "run.json"]


def write_files(runs: Iterable[Run], options: dict[str, Any], out: Path, history: History | None = None) -> Written:
    """Write runs into a file, or Parquet into a folder, with the record: all of it, or nothing and what stood there stays.

    Nothing, too, where no claim could be read, and none is held by the history.
    """
    if options["format"] == "parquet":
        return write_parquet(runs, options, out, history)
    with whole(*files_of(out, options["format"])) as (answer, record):
        if options["format"] == "xlsx":
            written = write_workbook(runs, options, answer, history)
        else:
            with answer.open("w", encoding="utf-8", newline="") as file:
                written = write_text(runs, options, file.write, history)
        _put(record, written)
    return written


def write_parquet(runs: Iterable[Run], options: dict[str, Any], folder: Path, history: History | None = None) -> Written:
    """Write runs as Parquet tables into a folder, and the record of the run beside them: all of them, or none.

    None, too, where no claim could be read; a folder that was made for them is gone again.
    """
    from perdiem.pipeline.export import TABLES, Export

    account, last = Account(), _Last()
    with made(folder), whole(*files_of(folder, "parquet")) as (*tables, record):
        export = Export(dict(zip(TABLES, tables, strict=True)))
        try:
            for run in runs:
                account.add(run)
                export.add(run)
                last.run = run
            ledger, mark = _closed(account, history), export.close()
        finally:
            export.abandon()
        written = Written(ledger, _record(last.get(), options, mark, history))
        _put(record, written)
    return written


def write_workbook(runs: Iterable[Run], options: dict[str, Any], file: Path, history: History | None = None) -> Written:
    """Write runs as a workbook: worklist, claims, findings, problems and ledger.

    Raises FormatError where the writer of workbooks is not installed, or the lines are more than a sheet holds.
    """
    from perdiem.formats.xlsx import Workbook

    account, last, book = Account(), _Last(), Workbook(file)
    try:
        for run in runs:
            account.add(run)
            last.run = run
            for answer in answers(run, whole=True):
                book.add(answer)
        ledger = _closed(account, history)
        mark = book.close(ledger)
    finally:
        book.abandon()
    return Written(ledger, _record(last.get(), options, mark, history))


def _closed(account: Account, history: History | None) -> dict[str, Any]:
    """The ledger, with what of the history is set aside or doubtful."""
    return account.close() | {"history_problems": [problem_told(row) for row in history.problems] if history else []}


def _parts(told: Iterator[Answer], options: dict[str, Any]) -> Iterator[str]:
    if options["format"] == "jsonl":
        return report.jsonl(told)
    if options["format"] == "csv":
        return report.csv_rows(told)
    return report.table_text(told, options["all"])


def _put(file: Path, written: Written) -> None:
    """Write the record. Raises UnwantedError where no claim came to be answered: an earlier answer is worth more than none."""
    if not written.ledger["judged"] and not written.ledger["skipped"]:
        raise UnwantedError
    file.write_text(json.dumps(written.record, indent=1) + "\n", encoding="utf-8", newline="")


class _Last:
    run: Run | None = None

    def get(self) -> Run:
        assert self.run is not None, "judging yields at least one run"
        return self.run


def _record(run: Run, options: dict[str, Any], output: str, history: History | None) -> dict[str, Any]:
    """Version, options, and the fingerprints of inputs, policies, code book, releases, history and output; no time, no path."""
    policies = {policy.name: policy.fingerprint for policy in run.compiled.policy_of}
    earlier = hashlib.sha256(" ".join(history.shas).encode()).hexdigest() if history else None
    return {
        "perdiem": __version__,
        "options": options,
        "inputs": [{"name": name, "sha256": mark} for name, mark in run.batch.inputs],
        "policies": dict(sorted(policies.items())),
        "code_book": run.book.shipped,
        "releases": run.book.releases,
        "history": f"sha256:{earlier}" if earlier else None,
        "output": output,
    }
