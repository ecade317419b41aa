"""A file exported anew is told when it is added, and what only looks a little like another is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perdiem.store import add as adding
from perdiem.store.add import add
from pipeline.claims import Claim, claim, line
from pipeline.history import write

WEEK = [claim(line("S9500"), line("J0696", 56), member=f"M{n}") | {"id": f"C{n}"} for n in range(40)]


def other(one: Claim, **told: Any) -> Claim:
    """The claim with something else in its first line."""
    return one | {"lines": [one["lines"][0] | told, *one["lines"][1:]]}


def told(folder: Path, *additions: list[list[Claim]]) -> list[str]:
    """What is said of files added one addition after the other, each file with a control number of its own."""
    said, number = [], 0
    for files in additions:
        paths = []
        for claims in files:
            number += 1
            paths.append(write(folder / f"{number}.837", claims, number))
        problems = add(folder / "store", paths)["problems"]
        assert {problem["weight"] for problem in problems} <= {"warning"}
        said += [f"{problem['source']}: {problem['problem']}" for problem in problems]
    return said


def test_a_file_exported_anew_is_told_with_what_to_do(tmp_path: Path) -> None:
    """Beside claims of its own, its lines in another order, and whether the other was added before or with it."""
    turned = [one | {"lines": one["lines"][::-1]} for one in WEEK]
    extra = [claim(line("S9501"), member=f"N{n}") | {"id": f"D{n}"} for n in range(10)]
    for number, additions in enumerate(([[WEEK], [[*turned, *extra]]], [[WEEK, [*turned, *extra]]])):
        (tmp_path / str(number)).mkdir()
        (said,) = told(tmp_path / str(number), *additions)
        assert said.startswith(
            "2.837: It looks like 1.837 exported anew: 40 of its 50 claims have the same number, charge and days"
        )
        assert said.endswith("make the store again without one of the two.")


@pytest.mark.parametrize(
    "claims",
    [
        [one | {"frequency": "7", "original_ref": one["id"]} for one in WEEK],
        [one | {"id": f"E{one['id']}"} for one in WEEK],
        [one | {"member": f"O{one['member']}"} for one in WEEK],
        [one | {"npi": "1457319893"} for one in WEEK],
        [other(one, charge=333) for one in WEEK],
        [other(one, units=6) for one in WEEK],
        [other(one, code="S9501") for one in WEEK],
        [other(one, to="2024-06-08") for one in WEEK],
        WEEK[:19],
        [*WEEK[:24], *(one | {"id": f"E{n}", "member": f"E{n}"} for n, one in enumerate(WEEK[:25]))],
    ],
    ids=["replaced", "number", "member", "provider", "charge", "units", "code", "days", "few", "less than half"],
)
def test_what_differs_or_is_little_is_not_told(tmp_path: Path, claims: list[Claim]) -> None:
    assert told(tmp_path, [WEEK], [claims]) == []


def test_a_first_file_is_compared_with_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "only", lambda *given: pytest.fail("nothing to compare with"))
    assert told(tmp_path, [WEEK]) == []
