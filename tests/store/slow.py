"""Adds to a history store and dies, or waits, at the step that it is told: ``python slow.py kill|wait STEP STORE FILE...``.

A step is the number of the file-system call of the store at which the process ends itself (as by SIGKILL).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from perdiem.model import durable
from perdiem.store import add as adding
from perdiem.store import files as parquet

DOINGS = ((parquet.pq, "write_table"), (parquet, "flush"), (adding, "flush"), (durable, "flush"), (adding, "replace_text"),
          (Path, "rename"), (Path, "replace"), (adding.shutil, "rmtree"), (Path, "mkdir"))  # fmt: skip


def main() -> None:
    deed, step, store, *files = sys.argv[1:]
    done = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*words: Any, **named: Any) -> Any:
            nonlocal done
            done += 1
            if deed == "kill" and done == int(step):
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*words, **named)

        return call

    for owner, name in DOINGS:
        setattr(owner, name, counted(getattr(owner, name)))
    told = adding.add(Path(store), files)
    print(done, told["claims"])


if __name__ == "__main__":
    main()
