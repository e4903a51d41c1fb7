"""The command line: parse, call the loop, render. Exit code 0 done, 1 unhealthy or not proven, 2 refused with a sentence."""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import click
import typer

from kingmaker import __version__
from kingmaker.domain.errors import KingmakerError
from kingmaker.interfaces.cli import champions, declaring, health, running, scoring, telling
from kingmaker.interfaces.cli.desk import Desk
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.ports.house import House
from kingmaker.settings import Settings

OpenHouse = Callable[[Settings], House]


def build_app(open_house: OpenHouse) -> typer.Typer:
    """The whole command line over the given wiring."""
    app = typer.Typer(
        name="kingmaker",
        help="Retrains a loan-default model and replaces the one in force only when the new one is proven better.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_globals(open_house))
    for room in (declaring, running, telling, champions, scoring, health):
        room.add_commands(app)
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


def run_command_line(open_house: OpenHouse, arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code. No traceback leaves this function for an error a person can mend."""
    command = typer.main.get_command(build_app(open_house))
    try:
        outcome = command.main(args=arguments, prog_name="kingmaker", standalone_mode=False)
    except KingmakerError as error:
        Screen.for_errors(arguments or sys.argv[1:]).error(error)
        return 2
    except click.ClickException as error:
        error.show()
        return 2
    except (KeyboardInterrupt, click.exceptions.Abort):
        return _stopped()
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:
        if os.environ.get("KINGMAKER_DEBUG"):
            raise
        unexpected = KingmakerError(
            f"something unexpected happened ({type(error).__name__}: {error})",
            remedy="Set KINGMAKER_DEBUG=1 to see where; `kingmaker doctor` looks for the usual causes.",
        )
        Screen.for_errors(arguments or sys.argv[1:]).error(unexpected)
        return 2
    return outcome if isinstance(outcome, int) else 0


def _stopped() -> int:
    print("Stopped. Nothing is lost: the same command, or `kingmaker resume`, goes on from here.", file=sys.stderr)
    return 130
