"""What is on file, for a run: the list read against the papers that perdiem knows, and claims of it that never came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyarrow.compute as pc

from perdiem.formats.on_file import read_on_file
from perdiem.model.on_file import EVERY, OnFile
from perdiem.pipeline.session import Run
from perdiem.policy.documents import documents


def load_on_file(path: Path) -> OnFile:
    """The list at a path. Raises FormatError for a list that cannot be taken, an unknown paper among other things."""
    return read_on_file(path, [document.id for document in documents()])


def watched(runs: Iterable[Run], held: OnFile, tell: Callable[[list[str]], object]) -> Iterator[Run]:
    """The runs as they come; at the end ``tell`` gets the claims of the list that none of them held, if there are any."""
    named = pc.unique(held.rows["claim_id"])
    met: set[str] = {EVERY}
    for run in runs:
        found = pc.index_in(named, run.batch.claim["claim_id"].combine_chunks())
        met.update(named.filter(pc.is_valid(found)).to_pylist())
        yield run
    absent = [claim for claim in named.to_pylist() if claim not in met]
    if absent:
        tell(absent)
