"""Each command is found in its room, so that no command loads what it does not need."""

import subprocess
import sys

import pytest
import typer

from kingmaker.interfaces.cli.app import ROOMS, build_app, command_in, rooms_for
from kingmaker.wiring import open_house


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_adds_the_commands_that_are_told_of_it(room: str) -> None:
    command = typer.main.get_command(build_app(open_house, [room]))
    assert tuple(command.commands) == ROOMS[room]


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["champion"], "champion"),
        (["--home", "run", "champion", "--json"], "champion"),
        (["--home=run", "champion"], "champion"),
        (["--help"], ""),
        ([], ""),
    ],
)
def test_the_word_that_names_the_command_is_found_behind_the_options(arguments: list[str], command: str) -> None:
    assert command_in(arguments) == command


def test_an_unknown_word_opens_every_room_for_the_help() -> None:
    assert rooms_for("chmpion") == tuple(ROOMS)
    assert rooms_for("champion") == ("champions",)


def test_reading_who_is_champion_loads_no_training_library() -> None:
    code = "import sys, kingmaker.wiring, kingmaker.interfaces.cli.champions; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"xgboost", "lightgbm", "sklearn", "optuna", "interpret"} & set(loaded)
