"""results.json: what each section found, with its own day and load, kept as it grows and shown as RESULTS.md and results.svg."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from figures.bench import Bench, Scale
from figures.page import page, speeds
from figures.plot import plot
from figures.rounds import Found, Runs

Told = dict[str, Any]


class Results:
    """The results in a folder: begun anew, or those that lie there with single sections taken anew."""

    def __init__(self, out: Path, begun: Told, machine: Told, earlier: Told | None = None) -> None:
        self.out, self.begun, self.machine = out, begun, machine
        self.told: Told = earlier or {**begun, "machine": machine, "bytes": {}, "sections": {}}

    def keep(self, name: str, bench: Bench, found: Found, took: float, most: float, finished: bool) -> None:
        """Keeps a section, in place of an earlier one of its name; ``most`` is the greatest load seen after a round of it."""
        self.told["sections"][name] = {
            **self.begun,
            "took s": round(took, 1),
            "greatest load": most,
            "finished": finished,
            "scale": asdict(bench.scale),
            "notes": [*bench.notes, *self._other()],
            "figures": [one.as_json() for one in found.figures],
            "runs": _plain(found.runs),
        }
        sizes = {file.name: file.stat().st_size for file in bench.drawn if file.is_file()}
        self.told["bytes"] = dict(sorted({**self.told["bytes"], **sizes}.items()))

    def write(self) -> None:
        """Writes the three files."""
        self.out.mkdir(parents=True, exist_ok=True)
        (self.out / "results.json").write_text(json.dumps(self.told, indent=1) + "\n", "utf-8")
        (self.out / "RESULTS.md").write_text(page(self.told), "utf-8")
        if rows := speeds(self.told):
            (self.out / "results.svg").write_text(plot(rows), "utf-8")

    def _other(self) -> list[str]:
        """What of the machine or its versions is not as in the header, whose run was another."""
        other = [f"{name} {value}" for name, value in self.machine.items() if self.told["machine"].get(name) != value]
        return [f"taken with {', '.join(other)}"] if other else []


def earlier(out: Path) -> Told | None:
    """The results that lie in a folder, if there are any."""
    file = out / "results.json"
    told: Told | None = json.loads(file.read_text("utf-8")) if file.is_file() else None
    return told if told and "sections" in told else None


def scale_of(told: Told, name: str) -> Scale | None:
    """The scale at which a section was taken."""
    section = told["sections"].get(name)
    return Scale(**{**section["scale"], "sizes": tuple(section["scale"]["sizes"])}) if section else None


def _plain(runs: Runs) -> list[Told]:
    return [
        {"what": what, "claims": claims, "seconds": [r.seconds for r in made], "wall": [r.wall for r in made],
         "memory_mb": [r.memory for r in made]}
        for (what, claims), made in runs.items()
    ]  # fmt: skip
