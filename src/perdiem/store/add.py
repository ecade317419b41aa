"""Adding to a history store: claim files read, laid out and written, whole or not at all, under a lock."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from perdiem.formats.tabular.header import NOTHING, Asked
from perdiem.model.durable import flush, locked, replace_text, writing
from perdiem.model.errors import FormatError
from perdiem.model.schema import LINE
from perdiem.model.several import Paths
from perdiem.pipeline.session import Progress
from perdiem.pipeline.spool import BUCKETS
from perdiem.store.anew import again, anew, only
from perdiem.store.files import put, table
from perdiem.store.gathered import Gathered
from perdiem.store.index import Entry, Index, put_index
from perdiem.store.manifest import INCOMING, MANIFEST, read_manifest, refuse_lost

_ADDITION = re.compile("[0-9a-f]{16}")  # the name of an addition's folder: of a fingerprint, as many digits as are plenty
_WRITERS = 2  # buckets written at a time: while the disk confirms files of one, those of another are made


def add(folder: Path, paths: Paths, progress: Progress | None = None, tables: Asked = NOTHING) -> dict[str, Any]:
    """Add claim files to a store; returns what was added: claims, lines, held (names known already), problems.

    A file without its trailer is refused: its claims would be added twice once the whole file is. A store that was to begin, and
    does not, leaves no folder.
    """
    _refuse_no_store(folder)
    with locked(folder), writing(str(folder)), TemporaryDirectory(prefix="perdiem-history-") as temporary:
        manifest = read_manifest(folder)
        _sweep(folder, manifest)
        gathered = Gathered(Path(temporary), paths, progress, tables)
        known = {entry["sha256"] for addition in manifest["additions"] for entry in addition["inputs"]}
        read = [(name, sha) for name, sha in gathered.inputs if gathered.claims[name]]
        cut = gathered.cut - {name for name, sha in read if sha in known}
        held = sorted(name for name, sha in read if name not in cut and (sha in known or name in gathered.again))
        fresh = [{"name": name, "sha256": sha} for name, sha in read if not {name} & {*cut, *held}]
        refused = [_without_trailer(name, gathered.claims[name]) for name in sorted(cut) if gathered.claims[name]]
        told: dict[str, Any] = {"claims": 0, "lines": 0, "held": held, "problems": gathered.problems + refused}
        if fresh:
            told["problems"] += _anew(folder, manifest["additions"], gathered, [entry["name"] for entry in fresh])
            addition = _write(folder, gathered, fresh)
            if addition["claims"]:
                manifest["additions"].append(addition)
                replace_text(folder / MANIFEST, json.dumps(manifest, indent=1) + "\n")
                told |= {"claims": addition["claims"], "lines": addition["lines"]}
        return told


def _anew(folder: Path, additions: list[dict[str, Any]], gathered: Gathered, fresh: list[str]) -> Iterator[dict[str, Any]]:
    """Rows of ``problem`` for files to be added whose claims another, of the store or beside them, holds too."""
    claims: list[pa.Table] = []
    lines: list[pa.Table] = []
    for bucket in range(BUCKETS) if additions or len(fresh) > 1 else ():
        claim, line = gathered.bucket(bucket)
        claim = claim.filter(pc.is_in(claim["source"], pa.array(fresh, pa.string())))
        last = line.group_by("claim_no").aggregate([("to_date", "max")])["to_date_max"]
        places = {f"{bucket:02d}-{month}" for month in pc.unique(pc.strftime(last, "%Y-%m")).to_pylist()}
        ids = claim["claim_id"].combine_chunks()
        met = [ids] if len(fresh) > 1 else []
        for number, addition in enumerate(additions):
            for entry in Index(folder / addition["id"], bucket, addition["files"], ("claim_id",)).bearing(ids):
                if entry["name"] in places:
                    file = folder / addition["id"] / f"{entry['name']}.claim.parquet"
                    held = only(table(file), table(file.with_name(f"{entry['name']}.line.parquet")), ids, number)
                    met.append(held[0]["claim_id"].combine_chunks())
                    claims.append(held[0])
                    lines.append(held[1])
        if met:
            its = only(claim, line, pa.concat_arrays(met), len(additions))
            claims.append(its[0])
            lines.append(its[1])
    found: Counter[tuple[str, str]] = Counter()
    for number, name, other, count in again(claims, lines):
        found[name, other] += count if number == len(additions) else 0
    yield from anew(found, gathered.claims)


def _without_trailer(name: str, claims: int) -> dict[str, Any]:
    """A row of ``problem`` for a file that is not added."""
    said = (
        f"The file ends without its trailer, so claims of it may be missing, and none of the {claims} that are there is added. "
        "Ask for the whole file, and add that."
    )
    none = dict.fromkeys(("claim_id", "unread", "unread_charge"))
    return {"source": name, "segment": 0, "weight": "refused", "problem": said, "counted_in": "segment", **none}


def _sweep(folder: Path, manifest: dict[str, Any]) -> None:
    """Remove what a crash left: an addition half written, or one that was never named in the manifest."""
    named = {addition["id"] for addition in manifest["additions"]}
    for left in folder.iterdir():
        unnamed = _ADDITION.fullmatch(left.name) and left.name not in named and (folder / MANIFEST).exists()
        if left.is_dir() and (left.name.startswith(INCOMING) or unnamed):
            shutil.rmtree(left, ignore_errors=True)


def _refuse_no_store(folder: Path) -> None:
    """Raises FormatError where a folder holds files of somebody else; hidden files, and what a crash left, are nobody's."""
    if folder.exists() and not folder.is_dir():
        raise FormatError(folder.name, "is a file, so it cannot be a history store", "Name a folder of its own for the store")
    if not folder.is_dir() or (folder / MANIFEST).exists():
        return
    refuse_lost(folder)
    kept = [p.name for p in folder.iterdir() if not p.name.startswith((".", INCOMING)) and p.name != f"{MANIFEST}.new"]
    if kept:
        raise FormatError(folder.name, "holds other files, and is no history store", "Name an empty or a new folder for the store")


def _write(folder: Path, gathered: Gathered, fresh: list[dict[str, str]]) -> dict[str, Any]:
    incoming = folder / f"{INCOMING}{os.getpid()}"  # made by mkdir, so that the umask says who may read it; the store is locked
    try:
        incoming.mkdir()
        return _laid_out(folder, incoming, gathered, fresh)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)  # nothing where it has its name


def _laid_out(folder: Path, incoming: Path, gathered: Gathered, fresh: list[dict[str, str]]) -> dict[str, Any]:
    names = pa.array([entry["name"] for entry in fresh], pa.string())
    entries: list[Entry] = []
    written: list[pa.Array] = [pa.array([], pa.int64())]
    lines = 0

    def write(bucket: int) -> tuple[list[Entry], list[pa.Array], int]:
        claim, line = gathered.bucket(bucket)
        return _write_bucket(incoming, bucket, claim.filter(pc.is_in(claim["source"], names)), line)

    with ThreadPoolExecutor(_WRITERS) as pool:
        for made, numbers, of_lines in pool.map(write, range(BUCKETS)):
            entries, written, lines = entries + made, written + numbers, lines + of_lines
    claims = sum(map(len, written))
    naming = gathered.naming.filter(pc.is_in(gathered.naming["claim_no"], pa.concat_arrays(written)))
    put(naming, incoming / "naming.parquet")
    identity = hashlib.sha256(" ".join(entry["sha256"] for entry in fresh).encode()).hexdigest()[:16]
    flush(incoming)
    if not (folder / MANIFEST).exists():  # so that an addition without a manifest always tells of a lost one
        replace_text(folder / MANIFEST, json.dumps(read_manifest(folder), indent=1) + "\n")
    incoming.rename(folder / identity)
    flush(folder)
    return {"id": identity, "claims": claims, "lines": lines, "inputs": fresh, "files": entries}


def _write_bucket(folder: Path, bucket: int, claim: pa.Table, line: pa.Table) -> tuple[list[Entry], list[pa.Array], int]:
    """Write a bucket's files by month: their entries in the manifest, the numbers of the claims in them, and how many lines."""
    entries: list[Entry] = []
    written: list[pa.Table] = []
    lines = 0
    last = line.group_by("claim_no").aggregate([("from_date", "min"), ("to_date", "max")])
    month = pc.strftime(last["to_date_max"], "%Y-%m")
    for name in sorted(pc.unique(month).to_pylist()):
        mine = last.filter(pc.equal(month, name))
        picked = _dated(claim.filter(pc.is_in(claim["claim_no"], mine["claim_no"].combine_chunks())), mine)
        its = line.filter(pc.is_in(line["claim_no"], picked["claim_no"].combine_chunks()))
        if picked.num_rows:
            written.append(picked)
            entries.append(_write_files(folder, f"{bucket:02d}-{name}", bucket, picked, its))
            lines += its.num_rows
    if written:
        put_index(written, folder, bucket)
    return entries, [chunk for claims in written for chunk in claims["claim_no"].chunks], lines


def _dated(claim: pa.Table, days: pa.Table) -> pa.Table:
    """Claims with the first and last day of their lines."""
    at = pc.index_in(claim["claim_no"], days["claim_no"].combine_chunks())
    for name, told in (("first_day", "from_date_min"), ("last_day", "to_date_max")):
        claim = claim.set_column(claim.schema.get_field_index(name), name, days[told].take(at))
    return claim


def _write_files(folder: Path, name: str, bucket: int, claim: pa.Table, line: pa.Table) -> Entry:
    put(claim, folder / f"{name}.claim.parquet")
    put(line.cast(LINE.arrow), folder / f"{name}.line.parquet")
    first: date = pc.min(line["from_date"]).as_py()
    last: date = pc.max(line["to_date"]).as_py()
    codes = sorted(line["code"].unique().to_pylist())
    days = {"from": first.isoformat(), "to": last.isoformat()}
    return {"name": name, "bucket": bucket, **days, "claims": claim.num_rows, "codes": codes}
