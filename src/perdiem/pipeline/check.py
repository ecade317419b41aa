"""check: the one way through - read, look up, spread, scope, check, price, decide, answer.

One claim is a batch of one. Everything between reading and answering is columnar: claims are rows of Arrow
tables and of the embedded engine, never objects.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from perdiem.codes.book import Book
from perdiem.formats.intake import read
from perdiem.formats.tabular.header import NOTHING, Asked
from perdiem.model.errors import PolicyError
from perdiem.model.on_file import OnFile
from perdiem.model.schema import Batch
from perdiem.model.several import Paths, several
from perdiem.pipeline.session import Progress, Run, Session
from perdiem.policy.read import Policy, read_policies

__all__ = ["Run", "check", "judge"]


def check(
    paths: Paths,
    *,
    policy: str | Sequence[str] = (),
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
    tables: Asked = NOTHING,
    on_file: OnFile | None = None,
) -> Run:
    """Read claims and judge every line under the policies in force.

    paths: 837P files, tables, folders, globs or ``-``, one or several. tables: how columns are named.
    policy: id or ids of policies that apply whatever the payer. on_file: the papers that are held.
    Raises PolicyError for an unknown id, EngineError where the machine fails.
    """
    forced = several(policy)
    policies = loaded_policies(forced)
    batch = read(paths, stdin=stdin, progress=progress, tables=tables)
    return judge(batch, policies, forced=forced, progress=progress, on_file=on_file)


def loaded_policies(forced: Sequence[str] = ()) -> list[Policy]:
    """Every policy of the library; raises PolicyError where a forced id is none of them."""
    policies = read_policies()
    unknown = sorted(set(forced) - {p.id for p in policies})
    if unknown:
        known = ", ".join(sorted({p.id for p in policies}))
        raise PolicyError("--policy", f"no policy {unknown[0]!r}", f"Loaded policies are {known}")
    return policies


def judge(
    batch: Batch,
    policies: Sequence[Policy],
    *,
    forced: Sequence[str] = (),
    book: Book | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    on_file: OnFile | None = None,
) -> Run:
    """Judge the claims of a batch; the answer depends on nothing but the arguments' contents."""
    with Session(policies, forced=forced, book=book, threads=threads, on_file=on_file) as session:
        return session.judge(batch, progress)
