"""The command line: the same verbs as the library, with errors a person can act on and no traceback."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

import typer

from perdiem import __version__
from perdiem.cli.benchmark import benchmark_command
from perdiem.cli.brief import brief_command
from perdiem.cli.check import check_command, explain_command, replay_command
from perdiem.cli.checklist import checklist_command
from perdiem.cli.codes import codes_app
from perdiem.cli.history import history_app
from perdiem.cli.order import order_command
from perdiem.cli.policy import policy_app
from perdiem.cli.price import price_command
from perdiem.cli.write import write_command
from perdiem.model.errors import PerdiemError

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False,
    help="Judge home-infusion claims against the payer's own policy: paid, denied or to be looked at, and where it says so.",
)  # fmt: skip
app.command("check")(check_command)
app.command("explain")(explain_command)
app.command("checklist")(checklist_command)
app.command("replay")(replay_command)
app.command("price")(price_command)
app.command("write")(write_command)
app.command("order")(order_command)
app.command("brief")(brief_command)
app.command("benchmark")(benchmark_command)
app.add_typer(policy_app, name="policy")
app.add_typer(codes_app, name="codes")
app.add_typer(history_app, name="history")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"perdiem {__version__}")
        raise typer.Exit


@app.callback()
def root(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version.")) -> None:
    """Judge home-infusion claims against the payer's own policy."""


_WRITABLE = "See that the folder is there and can be written, or name another (PERDIEM_DATA names the data folder)."


def main() -> None:
    """Run the command line; exit status 2 for wrong usage or an error, never a traceback."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # started without standard streams
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  (for the life of the program)
        else:
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        try:
            app()
        finally:
            sys.stdout.flush()  # here, where a full disk can still be told
    except PerdiemError as error:
        typer.echo(f"perdiem: {error.where}: {error.what}.\n{error.do}.", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo("perdiem: stopped.", err=True)
        sys.exit(130)
    except BrokenPipeError:  # whoever read the answer has seen enough
        _leave_stdout()
        sys.exit(1)
    except OSError as error:
        _leave_stdout()
        where = f": {Path(str(error.filename)).name}" if error.filename else ""
        typer.echo(f"perdiem: {error.strerror or 'the machine failed'}{where}.\n{_WRITABLE}", err=True)
        sys.exit(2)
    except Exception as error:  # a defect: say where without showing what stood in the claims
        frame = error.__traceback__
        while frame and frame.tb_next:
            frame = frame.tb_next
        place = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "unknown place"
        typer.echo(f"perdiem: a defect in perdiem itself, {type(error).__name__} at {place}.\nPlease report it.", err=True)
        sys.exit(2)


def _leave_stdout() -> None:
    """Nothing more reaches standard output, not even what waits to be written when the program ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
