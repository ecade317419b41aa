"""Runs the installed ``perdiem`` as a user does, and writes the 837P files that it is given."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judge.to_837 import to_837

PERDIEM = Path(sys.executable).with_name("perdiem")
SHARED = Path(__file__).resolve().parents[3] / "shared"
NO_SHARED = "skipped, because ../shared is not beside the repository"
Claim = dict[str, Any]


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def answers(self) -> list[dict[str, Any]]:
        """Its standard output as JSON lines."""
        return [json.loads(row) for row in self.out.splitlines()]


def perdiem(*words: str | Path, given: bytes | None = None, cwd: Path | None = None, **env: str) -> Done:
    """Run a command; whatever it is asked, it never shows a traceback, and never calls itself defective."""
    done = subprocess.run(
        [PERDIEM, *map(str, words)],
        input=given, stdin=None if given is not None else subprocess.DEVNULL, cwd=cwd, capture_output=True,
        env={**os.environ, "COLUMNS": "120", **env}, timeout=120, check=False,
    )  # fmt: skip
    told = Done(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))
    assert told.status in (0, 1, 2), told.err
    for text in (told.out, told.err):
        assert "Traceback" not in text, text[-2000:]
        assert "a defect in perdiem itself" not in text, text
        assert "Exception ignored" not in text, text
    return told


def write(path: Path, claims: Sequence[Claim]) -> Path:
    """Compact claims as an 837P file."""
    path.write_text(to_837(list(claims)), encoding="utf-8")
    return path


def line(code: str, units: float = 7, first: str = "2024-06-03", last: str = "2024-06-09", mods: str = "", **more: Any) -> Claim:
    """One compact line, a week in June 2024 unless told otherwise."""
    return {"code": code, "units": units, "from": first, "to": last, "mods": mods.split(), "charge": 100, **more}


def claim(name: str, *lines: Claim, **more: Any) -> Claim:
    """One compact claim of a member of its own."""
    return {"id": name, "member": f"M-{name}", "lines": list(lines), **more}


CLEAN = claim("CLEAN", line("S9502"), line("J0690", 84))
SHORT = claim("SHORT", line("S9500"), line("J0696", 20, "2024-06-03", "2024-06-06"))
SUPPLY = claim("SUPPLY", line("S9502"), line("J0690", 84), line("A4222"))
OFFICE = claim("OFFICE", line("S9502"), line("J0690", 84), pos="11")
PENDING = claim("PENDING", line("S9365"), line("B4178"))
ELSEWHERE = claim("ELSEWHERE", line("S9502"), payer={"name": "AETNA", "id": "60054"})
WEEK = [CLEAN, SHORT, SUPPLY, OFFICE, PENDING, ELSEWHERE]
BAD_UNITS = ("SV1*HC:S9502*100*UN*7*", "SV1*HC:S9502*100*UN*SEVEN*")
