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
from kingmaker.interfaces.cli.desk import Desk
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.ports.house import House
from kingmaker.settings import Settings

STOPPED = 130
"""128 + SIGINT, as shells count; Typer answers with it for Ctrl-C too."""

OpenHouse = Callable[[Settings], House]


ROOMS = {
    "declaring": ("init", "check", "schema"),
    "running": ("run", "resume"),
    "listing": ("runs",),
    "telling": ("explain", "trials", "report"),
    "champions": ("champion", "history", "versions", "rollback", "approve", "reject"),
    "scoring": ("score",),
    "handing_out": ("export", "keys"),
    "health": ("doctor", "audit"),
}
"""Modules beside this one and the commands they add, in the order in which the help lists them."""


class UsageMistaken(KingmakerError):
    """The command line does not say what the command needs."""

    code = "usage_mistaken"


def command_in(arguments: Sequence[str]) -> str:
    """The word that should name a command; empty without one."""
    words = iter(arguments)
    for word in words:
        if word == "--home":
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""


def rooms_for(command: str) -> tuple[str, ...]:
    """The one room that knows the command; all of them when none does, for the help.

    Only that room is imported: training libraries take seconds to load, and reading who is champion needs none of them.
    """
    return tuple(room for room, commands in ROOMS.items() if command in commands) or tuple(ROOMS)


def build_app(open_house: OpenHouse, rooms: Sequence[str] = tuple(ROOMS)) -> typer.Typer:
    """The command line over the given wiring, with the commands of these rooms."""
    app = typer.Typer(
        name="kingmaker",
        help="Retrains a loan-default model and replaces the one in force only when the new one is proven better.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_globals(open_house))
    for room in rooms:
        import_module(f"kingmaker.interfaces.cli.{room}").add_commands(app)
    return app


def _globals(open_house: OpenHouse) -> Callable[..., None]:
    def options(
        context: typer.Context,
        home: Annotated[
            Path | None,
            typer.Option(help="Folder of ledger, vault and keys; also KINGMAKER_HOME.", show_default=".kingmaker"),
        ] = None,
        version: Annotated[bool, typer.Option("--version", help="Print the version and leave.", is_eager=True)] = False,
    ) -> None:
        if version:
            print(f"kingmaker {__version__}")
            raise typer.Exit
        settings = Settings.from_environment(os.environ)
        context.obj = Desk(settings=replace(settings, home=home) if home else settings, open_house=open_house)

    return options


def run_command_line(open_house: OpenHouse, arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. No traceback leaves this function for an error a person can mend."""
    words = sys.argv[1:] if arguments is None else arguments
    command = typer.main.get_command(build_app(open_house, rooms_for(command_in(words))))
    try:
        outcome = command.main(args=list(words), prog_name="kingmaker", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        outcome = STOPPED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
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
    known = command if len(rooms_for(command)) == 1 else ""
    helped = f"kingmaker {known} --help" if known else "kingmaker --help"
    Screen.for_errors(words).error(UsageMistaken(said, remedy=f"`{helped}` shows what can be said."))
    return 2
