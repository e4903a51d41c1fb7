"""Each command is found in its room, so that no command loads what it does not need."""

import subprocess
import sys

import pytest
import typer

from kingmaker import __version__
from kingmaker.interfaces.cli.app import build_app, run_command_line
from kingmaker.interfaces.cli.rooms import HIDDEN, ROOMS, command_in, room_of
from kingmaker.wiring import open_house

TRAINING = {"xgboost", "lightgbm", "sklearn", "interpret", "pandas", "alembic"}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_adds_the_commands_that_are_told_of_it_and_they_do_what_is_told(room: str) -> None:
    commands = typer.main.get_command(build_app(open_house, room)).commands
    told = {name: command.get_short_help_str(1000) for name, command in commands.items() if not command.hidden}
    assert told == ROOMS[room]
    assert {name for name, command in commands.items() if command.hidden} <= {
        name for name in HIDDEN if HIDDEN[name] == room
    }


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["champion"], "champion"),
        (["--home", "run", "champion", "--json"], "champion"),
        (["--home=run", "champion"], "champion"),
        (["--server", "http://run", "champion"], "champion"),
        (["--help"], ""),
        ([], ""),
    ],
)
def test_the_word_that_names_the_command_is_found_behind_the_options(arguments: list[str], command: str) -> None:
    assert command_in(arguments) == command


def test_a_command_has_one_room_and_an_unknown_word_none() -> None:
    assert room_of("champion") == "champions"
    assert room_of("chmpion") is None
    names = [name for commands in ROOMS.values() for name in commands]
    assert len(names) == len(set(names))


def modules_after(code: str, *words: str) -> set[str]:
    code = f"import sys\ntry:\n    {code}\nfinally:\n    print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    return set(told.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("words", [["--help"], ["--version"], [], ["run", "--help"]])
def test_the_help_and_the_version_load_no_library_for_data_and_no_database(words: list[str]) -> None:
    loaded = modules_after("from kingmaker.__main__ import main; main()", *words)
    assert "kingmaker.interfaces.cli.app" in loaded
    assert not {"numpy", "polars", "sqlalchemy", "onnx", "optuna", "cryptography"} & loaded


def test_no_room_loads_a_training_library() -> None:
    rooms = ", ".join(f"kingmaker.interfaces.cli.{room}" for room in [*ROOMS, "conducting"])
    assert not TRAINING & modules_after(f"import kingmaker.wiring, {rooms}")


SPEAKING = (
    "listing", "asking", "pipelines", "scheduling", "telling", "champions", "freezing", "deploying", "budget", "handing_out",
    "outcomes", "access", "housekeeping", "health", "following", "running", "running_afar",
)  # fmt: skip
OF_THE_LOOP = {"polars", "pyarrow", "sqlalchemy", "duckdb", "pydantic", "optuna", "jinja2", "fastapi", "onnx", "numpy"}


def test_what_speaks_to_a_control_centre_needs_none_of_the_loops_libraries() -> None:
    rooms = ", ".join(f"kingmaker.interfaces.cli.{room}" for room in SPEAKING)
    loaded = modules_after(f"import kingmaker.interfaces.client, {rooms}")
    assert "kingmaker.interfaces.cli.running_afar" in loaded
    assert not (TRAINING | OF_THE_LOOP) & loaded


def test_the_version_is_told_with_or_without_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--version"], ["--version", "champion"]):
        assert run_command_line(open_house, words) == 0
        assert capsys.readouterr().out == f"kingmaker {__version__}\n"
