"""The harness runs from end to end on a few claims, and writes what it should, wherever its numbers lie."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from figures import rounds as rounds_module
from figures.bench import FULL, QUICK, USUAL, Bench
from figures.child import FailedError, Ran
from figures.figure import Goal, figure
from figures.goals import GROWTH
from figures.page import page, speeds
from figures.plot import plot
from figures.ratios import OBJECTS, SPLIT, VALIDATE, _scaled
from figures.results import Results, earlier, scale_of
from figures.rounds import Found, Ours, Runs, ours, rounds
from figures.sections import SECTIONS, measure

ROOT = Path(__file__).resolve().parents[2]


def test_the_harness_writes_its_results(tmp_path: Path) -> None:
    """One test, for it takes many processes: workers of the tests would each run the harness for themselves."""
    out = tmp_path / "results"
    run("--quick", "--out", str(out))
    every_figure_is_there(out)
    the_page_is_well_formed(out)
    the_picture_is_svg(out)
    no_machine_or_path_is_named(out)
    versions_stand_beside_the_numbers(out)
    one_section_is_taken_anew(out)


def run(*arguments: str) -> None:
    ran = subprocess.run([sys.executable, str(ROOT / "benchmarks" / "run.py"), *arguments], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == ""  # progress goes to standard error


def told(results: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((results / "results.json").read_text("utf-8"))
    return found


def every_figure_is_there(results: Path) -> None:
    sections = told(results)["sections"]
    assert list(sections) == list(SECTIONS)
    assert all(section["finished"] for section in sections.values())
    figures = [one for section in sections.values() for one in section["figures"]]
    names = {one["name"] for one in figures}
    past = "end to end with 1,000 lines of history"
    peers = ("pyx12 segment reader", "pyx12 full validation")
    alone = ("end to end, the work alone", f"{past}, the work alone")
    assert {f"{what} vs {peer}" for what in ("parse to tables", "end to end", *alone) for peer in peers} <= names
    assert {"parse to tables: time / bytes.split", "end to end: time / bytes.split", "end to end vs plain Python objects"} <= names
    assert {"memory, parse to tables", "memory, end to end", "first answer", "one claim, p50", "one claim, p99"} <= names
    assert {f"{past} vs plain Python objects", f"{past}: time / bytes.split", f"memory, {past}"} <= names
    assert {"history add", "history add, seconds", "history add, memory", "history store, on disk"} <= names
    year = "end to end with a year each, 1,000 lines"
    assert {f"{year}, seconds", f"{year} vs pyx12 segment reader", f"memory, {year}"} <= names
    assert all(0 < one["least"] <= one["value"] <= one["greatest"] for one in figures)
    assert all(one["runs"] >= 1 and one["how"] for one in figures)


def the_page_is_well_formed(results: Path) -> None:
    lines = (results / "RESULTS.md").read_text("utf-8").splitlines()
    for before, line in pairwise(lines):
        if before.startswith("|") and line.startswith("|"):
            assert before.count("|") == line.count("|"), line
    for title in ("Parse to tables", "End to end", "One claim, first answer", "Memory", "Claims a second", "Machine and versions"):
        assert f"## {title}" in lines
    assert "## History into a store" in lines
    assert any(re.match(r"Run begun [-\d]+ [:\d]+; load average before it \(1, 5, 15 minutes\) [.\d]+, ", line) for line in lines)


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
    assert len(told(results)["load before"]) == 3
    assert machine["pyx12"] == version("pyx12")
    assert {"perdiem", "duckdb", "pyarrow", "python", "cores", "memory GB"} <= set(machine)


def one_section_is_taken_anew(results: Path) -> None:
    """Only this section changes, at its own scale, with its own day; the results of the rest stay."""
    before = told(results)
    before["day"] = before["sections"]["end"]["day"] = "2026-01-02 03:04"
    (results / "results.json").write_text(json.dumps(before), "utf-8")
    run("--only", "first", "--out", str(results))
    after = told(results)
    assert {name for name in SECTIONS if after["sections"][name] != before["sections"][name]} == {"first"}
    assert after["sections"]["first"]["scale"] == before["sections"]["first"]["scale"]
    assert after["day"] == before["day"] != after["sections"]["first"]["day"]
    assert "Section `first` was taken anew" in (results / "RESULTS.md").read_text("utf-8")


def ran(seconds: float, **more: float) -> Ran:
    return Ran(seconds, seconds, seconds, 1.0, dict(more))


def test_rounds_alternate_with_perdiem_in_the_middle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    order: list[str] = []

    def one(name: str) -> Ran:
        order.append(name)
        return ran(1)

    monkeypatch.setattr(rounds_module, "task", lambda name, file: one(name))
    bench = Bench(replace(QUICK, sizes=(20, 200), slow_pairs=1), tmp_path)
    mine = Ours("ours", lambda claims: one(f"ours {claims}"))
    *_, (made, runs) = rounds(bench, (20, 200), 2, [mine], [VALIDATE], [SPLIT, OBJECTS])
    first = ["validate", "ours 20", "split", "objects", "validate", "ours 200", "split", "objects"]
    second = ["objects", "split", "ours 20", "objects", "split", "ours 200"]  # and no second run of the slow one
    assert order == first + second
    assert [set(done) for done in made[20]] == [
        {"ours", VALIDATE.name, SPLIT.name, OBJECTS.name},
        {"ours", SPLIT.name, OBJECTS.name},
    ]
    assert {key: len(each) for key, each in runs.items()} == {
        ("ours", 20): 2, ("ours", 200): 2, (VALIDATE.name, 20): 2, (SPLIT.name, 20): 2, (SPLIT.name, 200): 2,
        (OBJECTS.name, 20): 2, (OBJECTS.name, 100): 2,
    }  # fmt: skip


def test_an_interrupted_run_leaves_what_it_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(_bench: Bench, _before: Runs) -> Iterator[Found]:
        yield Found([figure("end to end vs a peer", 200, "x", [3.0], "so")], {("end to end", 200): [ran(1)]})
        raise FailedError("out of memory")

    monkeypatch.setitem(SECTIONS, "first", lambda _bench, _before: iter([Found([figure("first answer", 5, "s", [1.0], "so")])]))
    monkeypatch.setitem(SECTIONS, "end", broken)
    with pytest.raises(FailedError):
        measure(Bench(QUICK, tmp_path), results(tmp_path), ("first", "end"), in_place=False)
    sections = told(tmp_path)["sections"]
    assert {name: section["finished"] for name, section in sections.items()} == {"first": True, "end": False}
    assert sections["end"]["figures"][0]["value"] == 3.0
    assert "Section `end` was interrupted" in (tmp_path / "RESULTS.md").read_text("utf-8")
    with pytest.raises(FailedError):  # taken anew, an interrupted section leaves the earlier one
        measure(Bench(replace(QUICK, pairs=9), tmp_path), results(tmp_path, earlier(tmp_path)), ("end",), in_place=True)
    assert told(tmp_path)["sections"]["end"] == sections["end"]
    assert scale_of(told(tmp_path), "end") == QUICK


def results(out: Path, before: dict[str, Any] | None = None) -> Results:
    return Results(out, {"day": "2026-01-02 03:04", "load before": [0.7, 0.2, 0.1]}, {"cores": 2, "duckdb": "1"}, before)


def test_the_page_says_what_a_busy_machine_and_other_versions_were(tmp_path: Path) -> None:
    of = results(tmp_path)
    of.keep("one", Bench(QUICK, tmp_path), Found([figure("one claim, p50", 1, "ms", [1.0], "so")]), 1.0, 0.5, finished=True)
    assert "load average before it (1, 5, 15 minutes) 0.70, 0.20, 0.10 on 2 cores. **The machine was busy" in page(of.told)
    anew = Results(tmp_path, {"day": "2026-01-03 03:04", "load before": [0.0, 0.0, 0.0]}, {"cores": 2, "duckdb": "2"}, of.told)
    anew.keep("one", Bench(QUICK, tmp_path), Found(), 1.0, 0.5, finished=True)
    anew.keep("first", Bench(QUICK, tmp_path), Found([figure("first answer", 1, "s", [1.0], "so")]), 1.0, 0.5, finished=True)
    of.keep("history", Bench(QUICK, tmp_path), Found([figure("history add", 1, "s", [1.0], "so")]), 1.0, 3.5, finished=True)
    assert "Section `history` is noisy: the load rose to 3.5 while it was taken" in page(of.told)
    assert "- taken with duckdb 2" in page(of.told)
    assert "Section `first` was taken anew in a run begun 2026-01-03 03:04; load average before it" in page(of.told)


def test_memory_and_growth_are_drawn_from_the_ratios_runs(tmp_path: Path) -> None:
    bench = Bench(replace(QUICK, sizes=(20, 200)), tmp_path)
    before: Runs = {(one.what, claims): [ran(claims / 10), ran(claims / 5)] for one in ours(bench) for claims in (20, 200)}
    (found,) = SECTIONS["growth"](bench, before)
    assert [one.value for one in found.figures] == [10.0, 10.0, 10.0]
    assert found.runs == {}
    (found,) = SECTIONS["memory"](bench, before)
    assert len(found.figures) == 6


def test_the_history_of_a_scale() -> None:
    assert (USUAL.lines, USUAL.year) == (1_000_000, 10_000)
    assert (FULL.lines, FULL.year) == (10_000_000, 100_000)
    assert replace(USUAL, sizes=(1_000,)).lines == 100_000


def test_fixed_costs_are_not_scaled() -> None:
    assert _scaled(ran(3.0, fixed=1.0), 10) == 21.0
    assert _scaled(ran(3.0), 10) == 30.0


def test_goals() -> None:
    assert Goal("", "", 60).reached(60)
    assert not Goal("", "", 60).reached(59)
    assert Goal("", "", 1.5, below=True).reached(1.4)
    assert not Goal("", "", 1.5, below=True).reached(1.6)
    assert GROWTH.reached(8.85)  # less than ten times the time for ten times the claims
    assert not GROWTH.reached(10.6)
    told = figure("a", 1, "x", [3.0, 1.0, 2.0], "so", Goal("1x", "2x", 2)).as_json()
    assert (told["value"], told["least"], told["greatest"], told["reached"], told["reach"]) == (2.0, 1.0, 3.0, True, "2x")


def test_what_is_committed_was_drawn_from_the_results_beside_it() -> None:
    folder = ROOT / "benchmarks"
    there = told(folder)
    assert page(there) == (folder / "RESULTS.md").read_text("utf-8")
    assert plot(speeds(there)) == (folder / "results.svg").read_text("utf-8")
    growths = [one for one in there["sections"]["growth"]["figures"] if "reached" in one]
    assert growths
    assert all(one["reached"] == GROWTH.reached(one["value"]) for one in growths)


def test_the_results_lead_to_what_holds_the_rest_back() -> None:
    assert "(README.md#what-holds-the-rest-back)" in page(told(ROOT / "benchmarks"))
    assert "\n## What holds the rest back\n" in (ROOT / "benchmarks" / "README.md").read_text("utf-8")


def test_the_picture_says_what_its_words_mean() -> None:
    drawn = plot([("end to end, the work alone", 1000, 1.0)])
    assert "In brackets: the claims of the file" in drawn
    assert "leaves out the start of the process and its imports" in drawn


def test_the_picture_takes_any_numbers() -> None:
    ElementTree.fromstring(plot([("a & b", 10, 1.0)]))
    assert plot([("a", 10, 1.0), ("a", 100, 2.0)]).count("<rect") == 1
