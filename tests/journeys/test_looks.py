"""A better challenger passes two looks a week apart; in between, and while the new champion cools down, nobody looks."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.book import AFTER_THE_SHIFT, BEFORE_THE_SHIFT, write_pipeline
from tests.journeys.console import Console
from tests.journeys.crowd import wait_until_all_are_gone
from tests.journeys.journal import PLACE_OF_REFITS
from tests.journeys.listener import listening

DAYS_BEFORE_THE_FIRST_LOOK = "2017-01-03"
DAYS_LATER = "2020-01-03"
A_WEEK_LATER = "2020-01-07"
IN_THE_COOL_DOWN = "2020-02-07"
END_OF_COOL_DOWN = "2020-04-06"
JOURNAL_LEARNER = "tests.journeys.journal:JournalLearner"


def run(console: Console, as_of: str) -> tuple[Any, Any]:
    """The account of a run as of a day, and its verdict."""
    account = console.does("run", "book.yaml", "--as-of", as_of)
    return account, account["recorded"]["verdict"]


def reads_well(console: Console, number: int) -> str:
    """What `explain` says about a run; every other way to read it works too."""
    for command in ("trials", "report"):
        answer = console.says(command, str(number))
        assert answer.code == 0, answer.err
    return " ".join(console.says("explain", str(number)).out.split())


@pytest.fixture(scope="module")
def _waiting(_first: Console, tmp_path_factory: pytest.TempPathFactory) -> Console:
    console = _first.copied_to(tmp_path_factory.mktemp("waiting"))
    write_pipeline(console.folder, learners=JOURNAL_LEARNER, trials=2, looks_to_pass=2)
    console = replace(console, environment={"PYTHONPATH": str(Path(__file__).parents[2])})
    assert run(console, AFTER_THE_SHIFT)[1]["reason"] == "awaiting_second_look"
    return console


@pytest.fixture
def waiting(_waiting: Console, tmp_path_factory: pytest.TempPathFactory) -> Console:
    """Run 1 crowned its version; the challenger of run 2 passed its first look and waits for the second."""
    return _waiting.copied_to(tmp_path_factory.mktemp("copy"))


def test_two_looks_a_week_apart_replace_a_champion_and_nobody_looks_in_between(crowned: Console) -> None:
    a_first_champion_is_left_alone_for_a_week(crowned)
    write_pipeline(crowned.folder, looks_to_pass=2)
    passed = the_first_look_is_passed(crowned)
    a_run_between_looks_trains_and_waits(crowned)
    the_second_look_promotes(crowned, passed)
    the_new_champion_cools_down(crowned)
    assert crowned.does("audit", "verify")["intact"] is True


def a_first_champion_is_left_alone_for_a_week(console: Console) -> None:
    budget = console.does("budget")
    assert (budget["today"], budget["next_look"], budget["alpha"]) == (BEFORE_THE_SHIFT, "2017-01-07", 0.0)
    assert budget["cooling_down_until"] is None
    path = write_pipeline(console.folder, looks_to_pass=2)
    path.write_text(path.read_text(encoding="utf-8").replace("training:\n", "training:\n  seed: 8\n"), encoding="utf-8")
    _, verdict = run(console, DAYS_BEFORE_THE_FIRST_LOOK)
    assert verdict["reason"] == "no_look_due"
    assert "due on 2017-01-07" in verdict["sentence"]
    assert console.does("budget")["looks_taken"] == []


def the_first_look_is_passed(console: Console) -> Any:
    """The account of the run that passed it."""
    account, verdict = run(console, AFTER_THE_SHIFT)
    assert verdict["reason"] == "awaiting_second_look"
    assert verdict["published"] == "refit"
    assert account["version"] is not None
    assert console.does("champion")["turn"] == 1
    budget = console.does("budget")
    assert (budget["waiting"]["run"], budget["waiting"]["due"]) == (account["run"]["number"], A_WEEK_LATER)
    assert (budget["alpha"], budget["spent"], budget["looks"]) == (0.0, pytest.approx(0.0125), 1)
    told = " ".join(console.says("budget").out.split())
    assert "a look today may spend nothing: a challenger waits for its second look" in told
    assert f"the challenger of run 3, at 1.25 % again, from {A_WEEK_LATER} on" in told
    assert "HOLD Passed its first look" in reads_well(console, 3)
    return account


def a_run_between_looks_trains_and_waits(console: Console) -> None:
    before = console.does("budget")
    account, verdict = run(console, DAYS_LATER)
    assert (verdict["reason"], account["version"]) == ("no_look_due", None)
    assert "The challenger of run 3 has passed its first look" in verdict["sentence"]
    assert len(account["trials"]) == 3
    assert console.does("budget") == {**before, "today": DAYS_LATER}
    assert "REJECT The challenger of run 3" in reads_well(console, 4)


def the_second_look_promotes(console: Console, passed: Any) -> None:
    account, verdict = run(console, A_WEEK_LATER)
    assert verdict["reason"] == "proven_better"
    assert "at two looks" in verdict["sentence"]
    assert account["trials"] == []
    tested = [one["selection"]["finalist"] for one in (passed, account)]
    assert tested[0] == tested[1]
    turn = console.does("champion")
    assert (turn["turn"], turn["version"], turn["by"]) == (2, account["version"]["version"], "run 5")
    budget = console.does("budget")
    assert [look["confirms"] for look in budget["looks_taken"]] == [None, 1]
    assert budget["looks_taken"][0]["alpha"] == budget["looks_taken"][1]["alpha"]
    assert (budget["spent"], budget["looks"], budget["waiting"]) == (pytest.approx(0.0125), 1, None)
    told = " ".join(console.says("budget").out.split())
    assert f"nothing is replaced until {END_OF_COOL_DOWN}" in told
    assert f"2 {A_WEEK_LATER} 1.25 %, confirming look 1 5 PROMOTE, proven better" in told
    assert "PROMOTE Proven better at two looks" in reads_well(console, 5)


def the_new_champion_cools_down(console: Console) -> None:
    account, verdict = run(console, IN_THE_COOL_DOWN)
    assert (verdict["reason"], account["version"]) == ("no_look_due", None)
    assert END_OF_COOL_DOWN in verdict["sentence"]
    assert "cool-down" in verdict["sentence"]
    budget = console.does("budget")
    assert (budget["next_look"], budget["cooling_down_until"]) == (END_OF_COOL_DOWN, END_OF_COOL_DOWN)
    assert len(budget["looks_taken"]) == 2
    assert console.does("champion")["turn"] == 2


def killed_while_fitting_again(console: Console, as_of: str) -> Console:
    """A run that is killed when its first fit without a holdout begins: after the look, and before the verdict."""
    journal = console.folder / "refits"
    told = replace(console, environment={**console.environment, PLACE_OF_REFITS: str(journal)})
    with listening(journal) as hear:
        process = told.start("run", "book.yaml", "--as-of", as_of)
        hear(process, 1)
        process.kill()
        process.communicate()
    wait_until_all_are_gone(console)
    return console


def looks_and_verdicts(console: Console) -> tuple[int, int]:
    return console.rows("SELECT count(*) FROM look")[0][0], console.rows("SELECT count(*) FROM verdict")[0][0]


def test_a_run_killed_in_its_look_keeps_it_and_comes_to_the_same_verdict(crowned: Console, waiting: Console) -> None:
    undisturbed = waiting.does("explain", "2")
    console = replace(crowned, environment=waiting.environment)
    write_pipeline(console.folder, learners=JOURNAL_LEARNER, trials=2, looks_to_pass=2)
    killed_while_fitting_again(console, AFTER_THE_SHIFT)
    assert looks_and_verdicts(console) == (1, 1)
    opened = console.does("budget")["looks_taken"]
    account = console.does("resume")
    assert looks_and_verdicts(console) == (1, 2)
    assert console.does("budget")["looks_taken"] == opened
    assert account["recorded"]["verdict"] == undisturbed["recorded"]["verdict"]
    assert console.does("audit", "verify")["intact"] is True


def test_a_run_killed_in_the_second_look_keeps_it_too(waiting: Console) -> None:
    killed_while_fitting_again(waiting, A_WEEK_LATER)
    assert looks_and_verdicts(waiting) == (2, 2)
    assert waiting.does("champion")["turn"] == 1
    account = waiting.does("run", "book.yaml", "--as-of", A_WEEK_LATER)
    assert account["run"]["number"] == 3
    assert account["recorded"]["verdict"]["reason"] == "proven_better"
    assert looks_and_verdicts(waiting) == (2, 3)
    assert waiting.does("champion")["turn"] == 2
    assert waiting.does("audit", "verify")["intact"] is True


def test_whoever_refuses_the_challenger_that_waits_ends_its_wait(waiting: Console) -> None:
    waiting.does("reject", "2", "--why", "the committee knows of a better one")
    budget = waiting.does("budget", "--as-of", A_WEEK_LATER)
    assert budget["waiting"] is None
    assert budget["alpha"] == pytest.approx(0.05 * 7 / 365)


def test_whoever_approves_it_promotes_it_before_its_second_look(waiting: Console) -> None:
    turn = waiting.does("approve", "2", "--why", "the committee has seen enough")
    assert (turn["turn"], turn["reason"]) == (2, "approved")
    budget = waiting.does("budget")
    assert (budget["waiting"], budget["cooling_down_until"]) == (None, "2020-03-30")
