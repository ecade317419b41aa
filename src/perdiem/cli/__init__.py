"""The command line: the same verbs as the library, with errors a person can act on and no traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from perdiem import __version__
from perdiem.cli import streams
from perdiem.cli.wrong_usage import plainly
from perdiem.model.errors import PerdiemError

Command = Callable[..., None] | typer.Typer


def _check() -> Command:
    from perdiem.cli.check import check_command

    return check_command


def _explain() -> Command:
    from perdiem.cli.explain import explain_command

    return explain_command


def _checklist() -> Command:
    from perdiem.cli.checklist import checklist_command

    return checklist_command


def _replay() -> Command:
    from perdiem.cli.replay import replay_command

    return replay_command


def _price() -> Command:
    from perdiem.cli.price import price_command

    return price_command


def _write() -> Command:
    from perdiem.cli.write import write_command

    return write_command


def _order() -> Command:
    from perdiem.cli.order import order_command

    return order_command


def _brief() -> Command:
    from perdiem.cli.brief import brief_command

    return brief_command


def _benchmark() -> Command:
    from perdiem.cli.benchmark import benchmark_command

    return benchmark_command


def _policy() -> Command:
    from perdiem.cli.policy import policy_app

    return policy_app


def _codes() -> Command:
    from perdiem.cli.codes import codes_app

    return codes_app


def _history() -> Command:
    from perdiem.cli.history import history_app

    return history_app


COMMANDS = {
    "check": _check,
    "explain": _explain,
    "checklist": _checklist,
    "replay": _replay,
    "price": _price,
    "write": _write,
    "order": _order,
    "brief": _brief,
    "benchmark": _benchmark,
    "policy": _policy,
    "codes": _codes,
    "history": _history,
}
"""Each command and where it is loaded from, in the order of the help: only the one that is called is imported."""


class _Loaded(Mapping[str, Any]):
    """The commands by name, each imported when it is first asked for."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            command, alone = COMMANDS[name](), typer.Typer(rich_markup_mode="rich", pretty_exceptions_enable=False)
            if isinstance(command, typer.Typer):
                alone.add_typer(command, name=name)
            else:
                alone.command(name)(command)
            self._known |= typer.main.get_group(alone).commands
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class _Commands(TyperGroup):
    """The root of the commands; its help lists them all, and so imports them all."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands: Any = _Loaded()

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: Any) -> Any:
        with plainly():
            return super().invoke(ctx)


app = typer.Typer(
    cls=_Commands, no_args_is_help=True, add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False,
    help="Judge home-infusion claims against the payer's own policy: paid, denied or to be looked at, and where it says so.",
)  # fmt: skip


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"perdiem {__version__}")
        raise typer.Exit


@app.callback()
def root(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version.")) -> None:
    """Judge home-infusion claims against the payer's own policy."""


def main() -> None:
    """Run the command line; exit status 2 for wrong usage or an error, never a traceback."""
    streams.prepare()
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
        streams.leave()
        sys.exit(1)
    except OSError as error:
        streams.leave()
        typer.echo(streams.failed(error), err=True)
        sys.exit(2)
    except Exception as error:  # a defect: say where without showing what stood in the claims
        frame = error.__traceback__
        while frame and frame.tb_next:
            frame = frame.tb_next
        place = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "unknown place"
        typer.echo(f"perdiem: a defect in perdiem itself, {type(error).__name__} at {place}.\nPlease report it.", err=True)
        sys.exit(2)
