"""brief --claims as a user runs it: claims that cannot be read are never a page without figures."""

from __future__ import annotations

from pathlib import Path

import pytest

import perdiem as verbs
from perdiem.model.errors import FormatError
from perdiem.pipeline.ledger import Account

from .command import perdiem

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.mark.parametrize("given", [b"", b"\x00\x01\xff" * 900, b"name,colour\ndoor,red\n", None])
def test_claims_that_cannot_be_read_are_refused(tmp_path: Path, given: bytes | None) -> None:
    file, out = tmp_path / "bad.837", tmp_path / "page.md"
    if given is not None:
        file.write_bytes(given)
    done = perdiem("brief", "S9500", "--claims", file)
    assert (done.status, done.out) == (2, "")
    assert "refused  bad.837: " in done.err
    assert "bad.837: holds no claim that can be read" in done.err
    assert perdiem("brief", "S9500", "--claims", file, "--out", out).status == 2
    assert not out.exists()


def test_what_was_set_aside_is_told_beside_the_page() -> None:
    done = perdiem("brief", "S9500", "--claims", EXAMPLES / "broken.837")
    assert done.status == 1
    assert "rejected  broken.837, segment 39, claim HI-0092: SV104" in done.err
    assert done.out.startswith("# S9500")
    whole = perdiem("brief", "S9500", "--claims", EXAMPLES / "week-23.837")
    assert (whole.status, whole.err) == (0, "")


def test_the_verb_tells_the_same(tmp_path: Path) -> None:
    account = Account()
    with pytest.raises(FormatError, match="holds no claim that can be read"):
        verbs.brief("S9500", claims=tmp_path / "absent.837", account=account)
    assert [problem["weight"] for problem in account.problems] == ["refused"]
