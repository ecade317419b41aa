"""Plots and the ways of writing a benchmark: what is shown is there in words too, and nothing hidden is drawn."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perdiem.formats.figures import COLUMNS, to_csv, to_json
from perdiem.formats.page import written
from perdiem.formats.page.terminal import to_terminal
from perdiem.guide.benchmark_page import benchmark_page
from perdiem.model.benchmark import Benchmark, Interval, Share, Spread
from perdiem.model.page import Figure, Missing, Table, cells, plain, walk, words

from . import claims

GIVEN = claims.drawn(11, 32)
WHY = "why a figure is missing"


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Benchmark:
    """With small groups hidden."""
    return claims.told(tmp_path_factory.mktemp("few"), GIVEN)


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Benchmark:
    """With nothing hidden."""
    return claims.told(tmp_path_factory.mktemp("every"), GIVEN, smallest=1)


def plots(told: Benchmark) -> list[Any]:
    pytest.importorskip("altair", reason="needs perdiem[publish]")
    pytest.importorskip("vl_convert", reason="needs perdiem[publish]")
    from perdiem.formats.plot import plots as drawn

    return drawn(told)


def test_a_plot_says_in_words_what_it_shows(every: Benchmark) -> None:
    drawn = {plot.name: plot for plot in plots(every)}
    assert {"units-per-claim", "denied", "reasons", "second-therapy", "per-diem-days-over-drug-days"} <= drawn.keys()
    for plot in drawn.values():
        root = ET.fromstring(plot.svg())
        held = {child.tag.rpartition("}")[2]: child.text for child in root}
        assert (held["title"], held["desc"]) == (plot.title, plot.instead)
        assert plot.png().startswith(b"\x89PNG")
        assert plot.svg() == plot.svg()
        assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", plot.svg())
    said = drawn["units-per-claim"].instead
    for use in every.uses:
        if not use.payer and isinstance(use.per_claim, Spread):
            assert f"{use.code}: median {float(use.per_claim.median):g}" in said
    denied = {use.code: use.denied for use in every.uses if not use.payer and isinstance(use.denied, Share)}
    assert all(f"{code}: {share.value:.1%}" in drawn["denied"].instead for code, share in denied.items())
    assert "expected, 0 to 1" in drawn["per-diem-days-over-drug-days"].instead


def test_ticks_of_many_units_are_whole_numbers(tmp_path: Path) -> None:
    batch = [(f"C{at}", "P", f"M{at}", [claims.line("A4222", 5 + 300 * at)]) for at in range(12)]
    [drawn] = [plot for plot in plots(claims.told(tmp_path, batch, smallest=1)) if plot.name == "units-per-claim"]
    ticks = [text for text in re.findall(r">([^<>]+)</text>", drawn.svg()) if text[0].isdigit()]
    assert ticks == ["0", "1", "3", "10", "30", "100", "300", "1,000", "3,000"]


def test_what_is_hidden_is_not_drawn(few: Benchmark) -> None:
    hidden = {use.code for use in few.uses if not use.payer and isinstance(use.per_claim, Missing)}
    assert hidden
    for plot in plots(few):
        assert not [code for code in hidden if plot.name in ("units-per-claim", "denied") and code in plot.svg()]


def test_json_has_every_figure_or_its_reason(few: Benchmark, every: Benchmark) -> None:
    for told in (few, every):
        made = json.loads(to_json(told))
        assert len(made["uses"]) == len(told.uses)
        for use, row in zip(told.uses, made["uses"], strict=True):
            if isinstance(use.charge, Missing):
                assert row["charge"] == {"not_available": "too few to show", "why": use.charge.words}
                assert row["per_claim"]["why"]
            else:
                assert row["charge"] == str(use.charge)
    assert "too few" in to_json(few)


def test_csv_has_no_blank_without_a_reason(few: Benchmark, every: Benchmark) -> None:
    for told in (few, every):
        rows = list(csv.DictReader(io.StringIO(to_csv(told))))
        assert tuple(rows[0]) == COLUMNS
        for row in rows:
            assert row["value"] or row["not_available"] or (row["figure"] == "expected" and row["low"])
            assert bool(row["not_available"]) == bool(row["why"])
        charges = {(r["name"], r["payer"]): r["value"] for r in rows if (r["table"], r["figure"]) == ("use", "charge")}
        assert charges == {(u.code, u.payer): "" if isinstance(u.charge, Missing) else str(u.charge) for u in told.uses}


def test_the_page_shows_the_same_everywhere(few: Benchmark, every: Benchmark) -> None:
    for told in (few, every):
        drawn = [("use", Figure(plot.svg(), plot.instead, plot.title)) for plot in plots(told)]
        page = benchmark_page(told, drawn)
        out = io.StringIO()
        to_terminal(page, out)
        shown = {form: written(page, form).decode().replace("\\", "") for form in ("md", "html", "json")} | {
            "table": out.getvalue()
        }
        for use in told.uses:
            if not isinstance(use.charge, Missing):
                for form, text in shown.items():
                    assert f"{use.charge:,.2f}" in text, (form, use.code)
        for block in (block for section in walk(page.sections) for block in section.blocks):
            reasons = isinstance(block, Table) and block.columns[-1] == WHY
            assert all(cell != () for cell in cells(block)) or reasons
            for row in block.rows if isinstance(block, Table) else ():
                figures = row[:-1] if reasons else row
                assert all(cell != () for cell in figures), "a figure is never blank"
                assert (words("–") in figures) == (reasons and isinstance(row[-1], Missing)), "it is there, or the row says why not"
    assert "too few to show" in shown["md"] or told is every


def test_without_a_gap_there_is_no_column_of_reasons_and_thousands_are_apart(every: Benchmark) -> None:
    use = replace(every.uses[0], denied=Share(25609, 702484, Decimal("0.0365"), Interval(Decimal("0.03"), Decimal("0.04"))))
    told = replace(every, uses=(use,))
    use_section = next(section for section in benchmark_page(told).sections if section.id == "use")
    billed, *_, denied = (block for block in use_section.blocks if isinstance(block, Table))
    assert WHY not in billed.columns
    assert all(len(row) == len(billed.columns) for row in billed.rows)
    assert "(25,609 of 702,484)" in "".join(plain(cell) for row in denied.rows for cell in row)
    [drawn] = [plot for plot in plots(told) if plot.name == "denied"]
    assert "25,609 of 702,484" in drawn.instead
    assert "25,609 of 702,484" in drawn.svg()


def test_a_broken_install_says_what_to_install(every: Benchmark, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from perdiem.formats.plot import plots as drawn
    from perdiem.model.errors import EngineError

    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(EngineError, match="not installed"):
        drawn(every)


def test_a_name_that_a_spreadsheet_would_run_is_kept_from_it(tmp_path: Path) -> None:
    batch = [(f"C{at}", "=1+1", f"M{at}", [claims.line("A4222", 5)]) for at in range(12)]
    rows = csv.DictReader(io.StringIO(to_csv(claims.told(tmp_path, batch))))
    assert not [cell for row in rows for cell in row.values() if cell.startswith("=")]
