"""Draws docs/pictures/explain.svg from the program's own output, and renews the examples of README.md and every page."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path

from excerpts import all_renewed
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from perdiem.cli.explain import explain_command

HERE = Path(__file__).parent
ROOT = HERE.parent
CLAIM, FILE, WIDTH = "HI-0008", "examples/week-23.837", 104
LAST = "line 6 "  # the picture ends before this line's findings: enough to see how it speaks

_FONT = re.compile(r"\s*@font-face \{\{.*?\}\}", re.DOTALL)  # no font from the network
_FORMAT = _FONT.sub("", CONSOLE_SVG_FORMAT).replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, monospace")

_INK, _LIGHT = (222, 224, 226), (245, 245, 245)
_HUES = [(240, 98, 98), (98, 196, 120), (236, 190, 90), (110, 160, 240), (206, 140, 232), (92, 200, 210)]
_THEME = TerminalTheme((24, 26, 30), _INK, [(40, 42, 46), *_HUES, _INK], [(110, 114, 120), *_HUES, _LIGHT])


class _Terminal(StringIO):
    """Text that says it is a terminal, so that the program speaks in colour."""

    def isatty(self) -> bool:
        return True


@contextmanager
def _terminal(width: int) -> Iterator[None]:
    """The same terminal on every machine: colours, and a fixed width."""
    before = dict(os.environ)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        os.environ.pop(name, None)
    os.environ.update(TERM="xterm-256color", COLUMNS=str(width), LINES="200")
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def explained() -> str:
    """What ``perdiem explain`` says of the claim on a terminal, with its colours."""
    out = _Terminal()
    with _terminal(WIDTH), redirect_stdout(out):
        explain_command([str(ROOT / FILE)], CLAIM)
    return out.getvalue()


def picture() -> str:
    """The SVG: the command, the ledger, the claim drawn, and its first findings."""
    lines = explained().splitlines()
    plain = [Text.from_ansi(line).plain for line in lines]
    end = next((n for n, line in enumerate(plain) if line.startswith(LAST)), len(lines))
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True, color_system="256", legacy_windows=False)
    console.print(Text(f"$ perdiem explain {FILE} --claim {CLAIM}", style="bold"))
    for line in lines[:end]:
        console.print(Text.from_ansi(line))
    console.print(Text("…", style="dim"))
    return console.export_svg(title="perdiem explain", theme=_THEME, code_format=_FORMAT, unique_id="perdiem")


def pages() -> list[Path]:
    """README.md and the pages of docs/, those that hold examples among them."""
    return [ROOT / "README.md", *sorted(HERE.rglob("*.md"))]


def main() -> int:
    (HERE / "pictures").mkdir(exist_ok=True)
    (HERE / "pictures" / "explain.svg").write_text(picture(), encoding="utf-8")
    named = [Path(name).resolve() for name in sys.argv[1:]]
    for page, text in all_renewed(named or pages()).items():
        page.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
