"""The command line: parse, call the loop, render. Exit code 0 done, 1 unhealthy or not proven, 2 refused with a sentence."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from kingmaker import __version__
from kingmaker.domain.errors import KingmakerError
from kingmaker.interfaces.cli.desk import Desk, GoesOn, OpenHouse, OpenSource
from kingmaker.interfaces.cli.rooms import HERE_ONLY, ROOMS, command_in, room_of
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.settings import Settings

STOPPED = 130
"""128 + SIGINT, as shells count; Typer answers with it for Ctrl-C too."""


class UsageMistaken(KingmakerError):
    """The command line does not say what the command needs."""

    code = "usage_mistaken"


def build_app(open_house: OpenHouse, room: str | None = None, open_source: OpenSource | None = None) -> typer.Typer:
    """The command line over the given wiring with the commands of one room; without one, all their names, for the help."""
    app = typer.Typer(
        name="kingmaker",
        help="Retrains a loan-default model and replaces the one in force only when the new one is proven better.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_globals(open_house, open_source))
    if room:
        import_module(f"kingmaker.interfaces.cli.{room}").add_commands(app)
    else:
        _add_names(app)
    return app


def _add_names(app: typer.Typer) -> None:
    for commands in ROOMS.values():
        for name, sentence in commands.items():
            app.command(name, help=sentence)(lambda: None)


def _tell_version(asked: bool) -> None:
    if asked:
        print(f"kingmaker {__version__}")
        raise typer.Exit


def _globals(open_house: OpenHouse, open_source: OpenSource | None) -> Callable[..., None]:
    def options(
        context: typer.Context,
        home: Annotated[
            Path | None,
            typer.Option(help="Folder of ledger, vault and keys; also KINGMAKER_HOME.", show_default=".kingmaker"),
        ] = None,
        server: Annotated[
            str | None,
            typer.Option(
                help="URL of a control centre to speak to instead; also KINGMAKER_SERVER, with KINGMAKER_TOKEN.",
                show_default="none",
            ),
        ] = None,
        version: Annotated[
            bool,
            typer.Option("--version", help="Print the version and leave.", is_eager=True, callback=_tell_version),
        ] = False,
    ) -> None:
        del version
        settings = _addressed(Settings.from_environment(os.environ), home, server)
        if server:
            _refuse_here_only(context.invoked_subcommand or "")
        context.obj = Desk(settings=settings, open_house=open_house, open_source=open_source)

    return options


def _addressed(settings: Settings, home: Path | None, server: str | None) -> Settings:
    """`--server` beats `--home`, and each beats what the environment says."""
    if server:
        return replace(settings, server=server)
    return replace(settings, home=home, server="") if home else settings


def _refuse_here_only(command: str) -> None:
    if command in HERE_ONLY:
        raise UsageMistaken(
            f"`kingmaker {command}` works on this machine, and no control centre can be meant",
            remedy=HERE_ONLY[command],
        )


def run_command_line(
    open_house: OpenHouse, arguments: Sequence[str] | None = None, *, open_source: OpenSource | None = None
) -> int:
    """Run one command and return its exit code. No traceback leaves this function for an error a person can mend."""
    words = sys.argv[1:] if arguments is None else arguments
    command = typer.main.get_command(build_app(open_house, room_of(command_in(words)), open_source))
    try:
        outcome = command.main(args=list(words), prog_name="kingmaker", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        outcome = STOPPED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except GoesOn as left:
        print(left, file=sys.stderr)
        return STOPPED
    except Exception as error:
        if os.environ.get("KINGMAKER_DEBUG") and not isinstance(error, KingmakerError | TyperException):
            raise
        return _refused(error, words)
    if outcome == STOPPED:
        print("Stopped. Nothing is lost: the same command, or `kingmaker resume`, goes on from here.", file=sys.stderr)
    return outcome if isinstance(outcome, int) else 0


def _refused(error: Exception, words: Sequence[str]) -> int:
    if isinstance(error, TyperException):
        return _misused(error, words)
    if not isinstance(error, KingmakerError):
        error = KingmakerError(
            f"something unexpected happened ({type(error).__name__}: {error})",
            remedy="Set KINGMAKER_DEBUG=1 to see where; `kingmaker doctor` looks for the usual causes.",
        )
    Screen.for_errors(words).error(error)
    return 2


def _misused(error: TyperException, words: Sequence[str]) -> int:
    """A command, option or value that does not exist; without any word, or a group's without a command, the help."""
    said = error.format_message()
    if said.startswith("Usage:"):
        print(said, file=sys.stderr)
        return 2
    command = command_in(words)
    helped = f"kingmaker {command} --help" if room_of(command) else "kingmaker --help"
    Screen.for_errors(words).error(UsageMistaken(said, remedy=f"`{helped}` shows what can be said."))
    return 2
