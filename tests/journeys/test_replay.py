"""A replay of a small lender's past: four policies side by side, nothing of the future, nothing twice, nothing lost."""

import json
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.journeys.book import loans, write_book, write_pipeline
from tests.journeys.console import Console
from tests.journeys.crowd import kill_everybody, wait_until_all_are_gone

DATES = ("--from", "2016-12", "--to", "2018-06", "--every", "6 months")
POLICIES = ("never", "always", "point", "proven")
OPEN = """\
    calibration_slope: [0.0, 9.0]
    max_calibration_error: 9.0
    max_brier_loss: 1.0
    max_month_loss: 1.0
  min_improvement: 0.0
  yearly_error: 0.4
  envelope:
    new_features: true
    max_score_psi: 99
    max_decision_flips: 1
"""
OF_ONE_REPLAY = {"number", "run", "name", "home", "pipeline"}
"""Run numbers are given in the order in which processes ask, and a replay's name is made of its loans."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A finished replay and the console it was typed in."""

    console: Console
    result: Any

    @property
    def policies(self) -> dict[str, Any]:
        return {policy["policy"]: policy for policy in self.result["policies"]}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a stranger with sqlite3 sees in the ledger of replays."""
        with sqlite3.connect(self.console.home / "replays" / "ledger.db") as connection:
            found = connection.execute(query).fetchall()
        connection.close()
        return found


def book_in(folder: Path, frame: pl.DataFrame | None = None) -> Console:
    write_book(folder, loans(9_000) if frame is None else frame, file="loans.parquet")
    file = write_pipeline(folder, file="loans.parquet", learners="scorecard", trials=2, min_bads=40, looks_to_pass=2)
    text, _, _ = file.read_text(encoding="utf-8").partition("    calibration_slope")
    file.write_text(text + OPEN, encoding="utf-8")
    return Console(folder)


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    console = book_in(tmp_path_factory.mktemp("replayed"))
    return Replayed(console, console.does("replay", "book.yaml", *DATES, "--workers", "2"))


def nameless(record: Any) -> Any:
    """A result without what differs between two replays of the same."""
    if isinstance(record, dict):
        return {key: nameless(value) for key, value in record.items() if key not in OF_ONE_REPLAY}
    return [nameless(one) for one in record] if isinstance(record, list) else record


def test_every_policy_starts_with_the_same_champion(replayed: Replayed) -> None:
    first = [replayed.policies[policy]["periods"][0] for policy in POLICIES]
    assert len({json.dumps(one["figures"]) for one in first}) == 1
    assert first[0]["figures"] is not None


def test_never_keeps_its_first_champion_and_always_replaces_it_at_every_date(replayed: Replayed) -> None:
    assert replayed.policies["never"]["promotions"] == 0
    assert replayed.policies["always"]["promotions"] == len(replayed.result["dates"]) - 1
    assert [run["end"] for run in replayed.policies["never"]["runs"]] == ["decided", *["left_out"] * 3]


def test_a_better_challenger_is_found_after_the_shift(replayed: Replayed) -> None:
    never, point = replayed.policies["never"], replayed.policies["point"]
    assert point["promotions"] > 0
    assert point["by_bads"]["auc"] > never["by_bads"]["auc"]


def test_the_proven_rule_promotes_after_a_second_look_a_week_later(replayed: Replayed) -> None:
    proven = replayed.policies["proven"]
    confirming = [run for run in proven["runs"] if run["confirms"]]
    waiting = [run for run in proven["runs"] if run["reason"] == "awaiting_second_look"]
    assert waiting, [run["sentence"] for run in proven["runs"]]
    assert len(confirming) == len(waiting)
    assert {reign["since"] for reign in proven["reigns"][1:]} <= {run["as_of"] for run in confirming}
    assert proven["promotions"] > 0


def test_periods_hold_the_applicants_between_two_dates_and_no_loan_twice(replayed: Replayed) -> None:
    frame = pl.read_parquet(replayed.console.folder / "loans.parquet")
    for period in replayed.result["periods"]:
        after, to = pl.lit(period["after"]).str.to_date(), pl.lit(period["to"]).str.to_date()
        applied = frame.filter((pl.col("applied") > after) & (pl.col("applied") <= to)).height
        assert 0 <= applied - period["rows"] <= 5, "only a customer's second application within a month is left out"


def test_what_policies_share_is_done_once(replayed: Replayed) -> None:
    dates = len(replayed.result["dates"])
    done = dict(replayed.rows("SELECT stage, count(*) FROM stage WHERE NOT reused GROUP BY stage"))
    second_looks = sum(run["confirms"] for run in replayed.policies["proven"]["runs"])
    assert done["extract"] == dates + second_looks
    assert done["prepare"] == dates + second_looks
    assert replayed.rows("SELECT count(*) FROM trial") == [(2 * dates,)]


def test_the_real_home_is_untouched(replayed: Replayed) -> None:
    assert [path.name for path in replayed.console.home.iterdir()] == ["replays"]


def test_the_same_command_again_finds_everything_done(replayed: Replayed) -> None:
    runs = replayed.rows("SELECT count(*) FROM run")
    again = replayed.console.does("replay", "book.yaml", *DATES, "--workers", "1")
    assert again == replayed.result
    assert replayed.rows("SELECT count(*) FROM run") == runs


def test_a_run_of_a_replay_is_explained_like_any_other(replayed: Replayed) -> None:
    run = replayed.policies["always"]["reigns"][1]["run"]
    answer = replayed.console.says("--home", str(replayed.console.home / "replays"), "explain", str(run))
    assert answer.code == 0, answer.err
    assert "replaces at every run" in answer.out


@pytest.mark.slow
def test_loans_of_later_days_change_no_decision_before_them(replayed: Replayed, tmp_path: Path) -> None:
    """The second book ends after the third date: neither later applicants nor later outcomes are there."""
    third = replayed.result["dates"][2]
    day = pl.lit(third).str.to_date()
    known = (
        loans(9_000)
        .filter(pl.col("applied") <= day)
        .with_columns(pl.when(pl.col("went_bad") <= day).then("went_bad").alias("went_bad"))
    )
    console = book_in(tmp_path, known)
    result = console.does(
        "replay", "book.yaml", "--from", "2016-12", "--to", third, "--every", "6 months", "--workers", "2"
    )
    for policy in result["policies"]:
        decided = [decision_of(run) for run in policy["runs"] if run["as_of"] <= third]
        before = [decision_of(run) for run in replayed.policies[policy["policy"]]["runs"] if run["as_of"] <= third]
        assert decided == before


def decision_of(run: Any) -> Any:
    """Without the version's digest: it covers the snapshot's exclusions, which count the rows of later days."""
    return {key: value for key, value in run.items() if key not in {"candidate", "number"}}


@pytest.mark.slow
def test_a_replay_that_is_killed_again_and_again_ends_as_one_that_is_not(replayed: Replayed, tmp_path: Path) -> None:
    console = book_in(tmp_path)
    for patience in (4.0, 9.0, 14.0):
        process = console.start("replay", "book.yaml", *DATES, "--workers", "1")
        if not ends_within(process, patience):
            kill_everybody(console)
            process.communicate()
            wait_until_all_are_gone(console)
    result = console.does("replay", "book.yaml", *DATES, "--workers", "1")
    assert nameless(result) == nameless(replayed.result)


def ends_within(process: "subprocess.Popen[str]", seconds: float) -> bool:
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


@pytest.mark.slow
def test_held_challengers_are_approved_when_the_replay_is_told_to(tmp_path: Path) -> None:
    console = book_in(tmp_path)
    dates = ("--from", "2016-12", "--to", "2017-06", "--every", "6 months")
    approving = console.does("replay", "book.yaml", *dates, "--policies", "manual", "--holds", "approve")
    refusing = console.does("replay", "book.yaml", *dates, "--policies", "manual", "--holds", "refuse")
    assert [policy["holds"] for policy in (*approving["policies"], *refusing["policies"])] == [1, 1]
    assert approving["policies"][0]["promotions"] == 1
    assert approving["policies"][0]["reigns"][1]["sentence"] == "This replay approves every challenger that is held."
    assert refusing["policies"][0]["promotions"] == 0


@pytest.mark.slow
def test_when_the_command_alone_is_killed_its_processes_die_with_it(tmp_path: Path) -> None:
    console = book_in(tmp_path)
    process = console.start("replay", "book.yaml", *DATES, "--workers", "2")
    assert not ends_within(process, 6.0)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    wait_until_all_are_gone(console)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--from", "2016-13", "--to", "2018-06"), "--from '2016-13' is not a day"),
        (("--from", "2016-06", "--to", "2016-07"), "there is no second date between 2016-06-30 and 2016-07-31"),
        (("--from", "2016-06", "--to", "2018-06", "--every", "now and then"), "'now and then' is no distance of dates"),
        (("--from", "2016-06", "--to", "2018-06", "--policies", "never,best"), "--policies does not know 'best'"),
        (("--from", "2016-06", "--to", "2018-06", "--holds", "maybe"), "--holds does not know 'maybe'"),
        (("--from", "2090-06", "--to", "2099-06"), "is still to come"),
        (("--from", "2015-01", "--to", "2015-04", "--every", "month", "--workers", "1"), "gave a first champion"),
    ],
)
def test_what_cannot_be_replayed_is_refused_in_a_sentence(
    refusing: Console, words: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refusing.refuses("replay", "book.yaml", *words)


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    return book_in(tmp_path_factory.mktemp("refusing"))


def test_a_book_without_dates_is_refused(tmp_path: Path) -> None:
    console = book_in(tmp_path)
    file = tmp_path / "book.yaml"
    text = file.read_text(encoding="utf-8").replace("applied_at: applied\n", "")
    file.write_text(text.replace("  observed_at: went_bad\n  horizon: 6 months\n", "  label: region\n  bad: south\n"))
    assert "declares no application date" in console.refuses("replay", "book.yaml", *DATES)
