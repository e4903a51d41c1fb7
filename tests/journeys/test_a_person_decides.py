"""`promote: manual`: the run publishes and waits, and a person approves or refuses once."""

import pytest
from tests.journeys.book import AFTER_THE_SHIFT, BEFORE_THE_SHIFT, write_pipeline
from tests.journeys.console import Console


@pytest.fixture(scope="module")
def _waiting(_first: Console, tmp_path_factory: pytest.TempPathFactory) -> Console:
    console = _first.copied_to(tmp_path_factory.mktemp("waiting"))
    write_pipeline(console.folder, promote="manual")
    answer = console.does("run", "book.yaml", "--as-of", AFTER_THE_SHIFT)
    assert answer["recorded"]["verdict"]["reason"] == "awaiting_approval"
    return console


@pytest.fixture
def waiting(_waiting: Console, tmp_path_factory: pytest.TempPathFactory) -> Console:
    """Run 1 crowned its version; run 2 published one and waits."""
    return _waiting.copied_to(tmp_path_factory.mktemp("copy"))


def test_a_held_run_changes_nothing_until_somebody_approves(waiting: Console) -> None:
    assert waiting.does("champion")["turn"] == 1
    turn = waiting.does("approve", "2", "--why", "the committee has met")
    assert (turn["turn"], turn["reason"], turn["by"]) == (2, "approved", "ada")
    assert turn["version"] == waiting.does("explain", "2")["version"]["version"]
    assert waiting.does("champion") == turn | {"canary": None, "shadows": []}
    assert waiting.does("approve", "2", "--why", "the committee has met") == turn
    assert "approved" in waiting.refuses("reject", "2", "--why", "on second thoughts")
    assert waiting.does("audit", "verify")["intact"] is True


def test_a_rejected_run_stays_rejected(waiting: Console) -> None:
    settled = waiting.does("reject", "2", "--why", "too many young applicants declined")
    assert settled["settlement"]["approved"] is False
    assert "2" in waiting.refuses("approve", "2", "--why", "I disagree")
    assert waiting.does("champion")["turn"] == 1
    assert "Waiting for a person" not in waiting.says("explain", "2").out


def test_an_approval_is_refused_when_the_champion_has_moved(waiting: Console) -> None:
    waiting.does("run", "book.yaml", "--as-of", "2019-11-30")
    waiting.does("approve", "3", "--why", "this one first")
    error = waiting.refuses("approve", "2", "--why", "and then this one")
    assert "turn 1" in error
    assert "turn 2" in error
    assert waiting.does("explain", "2")["recorded"]["settlement"] is None
    assert waiting.does("champion")["turn"] == 2
    assert waiting.does("reject", "2", "--why", "superseded")["settlement"]["approved"] is False


def test_nothing_waits_in_a_run_that_promoted(waiting: Console) -> None:
    assert "run 1" in waiting.refuses("approve", "1", "--why", "once more")
    assert waiting.refuses("reject", "1", "--why", "no")
    assert waiting.does("champion")["turn"] == 1


def test_the_reason_must_be_said(waiting: Console) -> None:
    for command in (["approve", "2"], ["reject", "2"], ["rollback"]):
        assert "reason is empty" in waiting.refuses(*command, "--why", "  ")
    assert waiting.does("explain", "2")["recorded"]["settlement"] is None


def test_a_version_that_waits_can_be_scored_with_by_name(waiting: Console) -> None:
    version = waiting.does("explain", "2")["version"]["version"]
    assert waiting.does("score", "loans.csv", "scores.csv", "--version", version)["version"] == version
    assert waiting.does("explain", "1")["run"]["request"]["as_of"] == BEFORE_THE_SHIFT


def test_a_tested_model_that_the_vault_lost_is_fitted_again_by_the_next_run(waiting: Console) -> None:
    tested = waiting.does("explain", "2")["selection"]["finalist"]
    lost = waiting.home / "vault" / tested["model"][:2] / tested["model"][2:]
    lost.unlink()
    answer = waiting.does("run", "book.yaml", "--as-of", AFTER_THE_SHIFT)
    assert lost.is_file()
    assert answer["selection"]["finalist"] == tested
    assert answer["recorded"]["verdict"]["reason"] == "awaiting_approval"
