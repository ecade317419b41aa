"""One path may be given as it is: its letters are no paths."""

from __future__ import annotations

from pathlib import Path

import pytest

import perdiem
from perdiem.model.errors import PolicyError
from perdiem.store.add import add
from perdiem.store.history import open_history

WEEK = Path("examples/week-23.837").resolve()


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in a folder of its own, where ``.``, a letter of its name, would lead to another one."""
    for name in ("w.837", "other.837"):
        (tmp_path / name).write_bytes(WEEK.read_bytes())
    monkeypatch.chdir(tmp_path)
    return Path("w.837")


def test_one_path_is_one_path_whatever_its_type(beside: Path) -> None:
    wanted = perdiem.read([beside])
    for given in (beside, str(beside), f"./{beside}", (str(beside),)):
        assert perdiem.read(given).claim.equals(wanted.claim)
        assert perdiem.check(given).batch.inputs == wanted.inputs
    assert perdiem.benchmark(str(beside)).claims == perdiem.benchmark([beside]).claims
    assert add(Path("store"), str(beside))["claims"] == wanted.claim.num_rows
    with open_history("store") as history:
        assert history.shas == tuple(sha for _, sha in wanted.inputs)


def test_one_policy_is_one_policy(beside: Path) -> None:
    one, several = (perdiem.check(beside, policy=given) for given in ("bcbstx-cpcp019", ["bcbstx-cpcp019"]))
    assert one.decision.equals(several.decision)
    with pytest.raises(PolicyError, match="no policy 'bcbs'"):
        perdiem.check(beside, policy="bcbs")


def test_what_is_not_there_is_told_once(tmp_path: Path) -> None:
    (problem,) = perdiem.ledger(perdiem.check(str(tmp_path / "xyz")))["problems"]
    assert problem["weight"] == "refused"
