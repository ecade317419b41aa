"""A data folder with every release that the library's cases draw, and the policies that follow from them."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pytest

from perdiem.codes.book import LIBRARY
from perdiem.codes.keeping import keep
from perdiem.policy.cases import read_drawn
from perdiem.policy.ncci import renew
from perdiem.policy.read import Policy, read_policies

_KEPT: list[tempfile.TemporaryDirectory[str]] = []


@cache
def world() -> tuple[Path, list[Policy]]:
    """The folder, and the policies of the library with those generated in it."""
    _KEPT.append(tempfile.TemporaryDirectory(prefix="perdiem-world-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PERDIEM_DATA", _KEPT[0].name)
        folders = [folder for payer in (LIBRARY / "policies").iterdir() if payer.is_dir() for folder in payer.iterdir()]
        keep([drawn for folder in folders if folder.is_dir() for drawn in read_drawn(folder)])
        renew()
        return Path(_KEPT[0].name), read_policies()
