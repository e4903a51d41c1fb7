"""What a person mistypes is told in one sentence, before anything is written."""

import json
from pathlib import Path

import pytest
from tests.journeys.book import BEFORE_THE_SHIFT
from tests.journeys.console import Console
from tests.journeys.test_refused_data import decided_nothing, edited, small

RUN = ("run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("id: loan", "id: [loan", ["book.yaml:5:9", "YAML"]),
        ("  trials: 1", "  trails: 1", ["book.yaml:13:3", "`trails`", "`trials`"]),
        ("  promote: proven", "  promote: often", ["book.yaml:16:", "often", "proven"]),
        ("[scorecard]", "[scorecrad]", ["`scorecrad`", "`scorecard`"]),
    ],
    ids=["no YAML", "an unknown key", "a wrong value", "an unknown learner"],
)
def test_a_pipeline_file_with_a_mistake_is_refused_before_a_run_begins(
    tmp_path: Path, before: str, after: str, words: list[str]
) -> None:
    console = small(tmp_path)
    edited(tmp_path / "book.yaml", lambda text: text.replace(before, after))
    error = console.refuses(*RUN)
    for word in words:
        assert word in error
    decided_nothing(console, reason=None)


def test_an_error_is_one_document_for_a_program(console: Console) -> None:
    answer = console.says("run", "nowhere.yaml", "--json")
    assert (answer.code, answer.out) == (2, "")
    error = json.loads(answer.err)["error"]
    assert error["code"] == "not_found"
    assert error["where"] == "nowhere.yaml"
    assert "kingmaker init" in error["remedy"]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("run nowhere.yaml", ["nowhere.yaml", "no such pipeline file", "kingmaker init"]),
        ("run book.yaml --as-of yesterday", ["'yesterday'", "YYYY-MM-DD"]),
        ("run book.yaml --as-of 2999-01-01", ["2999-01-01", "still to come"]),
        ("explain 99", ["no run 99", "kingmaker runs"]),
        ("explain ninety", ["--help"]),
        ("champion --pipeline boook", ["'boook'", "book"]),
        ("champion --at noon", ["'noon'", "YYYY-MM-DD"]),
        ("rollback --why x --to abcdef123456", ["abcdef123456"]),
        ("rollback", ["--why", "--help"]),
        ("score nowhere.csv scores.csv", ["nowhere.csv"]),
        ("chmpion", ["champion"]),
    ],
)
def test_a_mistyped_command_is_told_what_to_say(crowned: Console, command: str, words: list[str]) -> None:
    error = crowned.refuses(*command.split())
    for word in words:
        assert word in error
    assert crowned.rows("SELECT count(*) FROM run") == [(1,)]


def test_a_version_that_was_never_in_force_cannot_be_rolled_back_to(crowned: Console) -> None:
    edited(crowned.folder / "book.yaml", lambda text: text.replace("promote: proven", "promote: manual"))
    held = crowned.does("run", "book.yaml", "--as-of", "2019-12-31")["version"]["version"]
    crowned.does("reject", "2", "--why", "no")
    error = crowned.refuses("rollback", "--to", held, "--why", "round the committee")
    assert "never in force" in error
    assert crowned.does("champion")["turn"] == 1


def test_a_reader_that_stops_reading_is_no_error(crowned: Console) -> None:
    process = crowned.start("schema")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait()
