"""The harness runs from end to end on a few claims, and writes what it should, wherever its numbers lie."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from figures.child import Ran
from figures.figure import Goal, figure, pairs
from figures.plot import plot
from figures.ratios import _scaled

ROOT = Path(__file__).resolve().parents[2]


def test_the_harness_writes_its_results(tmp_path: Path) -> None:
    """One test, for it takes many processes: workers of the tests would each run the harness for themselves."""
    out = tmp_path / "results"
    command = [sys.executable, str(ROOT / "benchmarks" / "run.py"), "--quick", "--out", str(out)]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == ""  # progress goes to standard error
    every_figure_is_there(out)
    the_page_is_well_formed(out)
    the_picture_is_svg(out)
    no_machine_or_path_is_named(out)
    versions_stand_beside_the_numbers(out)


def told(results: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((results / "results.json").read_text("utf-8"))
    return found


def every_figure_is_there(results: Path) -> None:
    figures = told(results)["figures"]
    names = {one["name"] for one in figures}
    peers = ("pyx12 segment reader", "pyx12 full validation")
    assert {f"{what} vs {peer}" for what in ("parse to tables", "end to end") for peer in peers} <= names
    assert {"parse to tables: time / bytes.split", "end to end: time / bytes.split", "end to end vs plain Python objects"} <= names
    assert {"memory, parse to tables", "memory, end to end", "first answer", "one claim, p50", "one claim, p99"} <= names
    assert all(0 < one["least"] <= one["value"] <= one["greatest"] for one in figures)
    assert all(one["runs"] >= 1 and one["how"] for one in figures)


def the_page_is_well_formed(results: Path) -> None:
    lines = (results / "RESULTS.md").read_text("utf-8").splitlines()
    for before, line in pairwise(lines):
        if before.startswith("|") and line.startswith("|"):
            assert before.count("|") == line.count("|"), line
    for title in ("Parse to tables", "End to end", "One claim, first answer", "Memory", "Claims a second", "Machine and versions"):
        assert f"## {title}" in lines


def the_picture_is_svg(results: Path) -> None:
    picture = ElementTree.parse(results / "results.svg").getroot()
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(picture.findall("{*}rect")) >= 6


def no_machine_or_path_is_named(results: Path) -> None:
    written = "".join(path.read_text("utf-8") for path in results.iterdir())
    assert {path.name for path in results.iterdir()} == {"RESULTS.md", "results.json", "results.svg"}
    for private in (str(ROOT), str(Path.home()) + "/", "/tmp"):
        assert private not in written
    assert not re.search(rf"(?<!\w){re.escape(socket.gethostname())}(?!\w)", written)


def versions_stand_beside_the_numbers(results: Path) -> None:
    machine = told(results)["machine"]
    assert machine["pyx12"] == version("pyx12")
    assert {"perdiem", "duckdb", "pyarrow", "python", "cores", "memory GB"} <= set(machine)


def ran(seconds: float, **more: float) -> Ran:
    return Ran(seconds, seconds, seconds, 1.0, dict(more))


def test_pairs_alternate() -> None:
    order: list[str] = []

    def one(name: str) -> Ran:
        order.append(name)
        return ran(1 if name == "ours" else 2)

    made = pairs(lambda: one("ours"), lambda: one("peer"), 3)
    assert order == ["ours", "peer", "peer", "ours", "ours", "peer"]
    assert all((mine.seconds, other.seconds) == (1, 2) for mine, other in made)


def test_fixed_costs_are_not_scaled() -> None:
    assert _scaled(ran(3.0, fixed=1.0), 10) == 21.0
    assert _scaled(ran(3.0), 10) == 30.0


def test_goals() -> None:
    assert Goal("", "", 60).reached(60)
    assert not Goal("", "", 60).reached(59)
    assert Goal("", "", 1.5, below=True).reached(1.4)
    assert not Goal("", "", 10.5, below=True, above=9.5).reached(9)
    told = figure("a", 1, "x", [3.0, 1.0, 2.0], "so", Goal("1x", "2x", 2)).as_json()
    assert (told["value"], told["least"], told["greatest"], told["reached"], told["reach"]) == (2.0, 1.0, 3.0, True, "2x")


def test_the_picture_takes_any_numbers() -> None:
    ElementTree.fromstring(plot([("a & b", 10, 1.0)]))
    assert plot([("a", 10, 1.0), ("a", 100, 2.0)]).count("<rect") == 1
