"""What a run did is told part by part: trials in pages, the loans it read, what its recipes make of a column."""

import csv
import io
from dataclasses import replace

import pytest
from tests.contracts.ledger_examples import trial
from tests.control_centre.runs.conftest import World
from tests.control_centre.runs.test_listing import event

from kingmaker.domain.run import RunReason, RunState
from kingmaker.domain.trial import TrialEnd


@pytest.fixture
def searched(world: World) -> World:
    """Run 1 with six trials, of which number 6 was lost."""
    _, lease = world.begin()
    for number in range(1, 7):
        found = replace(trial(f"t{number}", number), auc_selection=0.60 + 0.01 * (number % 4), utility=-0.1 * number)
        if number == 6:
            found = replace(found, end=TrialEnd.LOST, utility=None, auc_selection=None)
        if number == 5:
            found = replace(found, spec=replace(found.spec, learner="scorecard", hyperparameters={}))
        world.house.ledger.record_trial(lease, found)
    return world


def numbers(page: dict) -> list[int]:
    return [one["spec"]["number"] for one in page["trials"]]


def test_trials_come_in_pages_in_the_order_that_is_asked_for(searched: World) -> None:
    vera = searched.as_("viewer")
    assert numbers(vera.get("runs/1/trials?limit=2&skip=1").json()) == [2, 3]
    assert numbers(vera.get("runs/1/trials?order=utility&falling=true&limit=3").json()) == [1, 2, 3]
    assert numbers(vera.get("runs/1/trials?order=auc_selection&falling=true").json()) == [3, 2, 1, 5, 4, 6]
    assert numbers(vera.get("runs/1/trials?order=overfit&limit=2").json()) == [3, 2]
    assert numbers(vera.get("runs/1/trials?learner=scorecard").json()) == [5]
    page = vera.get("runs/1/trials?limit=1").json()
    assert (page["learners"], page["ends"]) == ([["scorecard", 1], ["xgboost", 5]], [["fitted", 5], ["lost", 1]])


def test_all_trials_are_one_table(searched: World) -> None:
    answer = searched.as_("viewer").get("runs/1/trials.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert 'filename="run-1-trials.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["number"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert (rows[0]["depth"], rows[4]["depth"], rows[5]["end"], rows[5]["utility"]) == ("3", "", "lost", "")


def test_runs_are_listed_by_their_state(world: World) -> None:
    for reason in (RunReason.STUDIED, RunReason.CANCELLED, RunReason.STAGE_FAILED):
        _, lease = world.begin()
        world.house.ledger.finish_run(lease, reason)
    world.begin()
    vera = world.office("viewer")
    assert {state: [line.run.number for line in vera.runs(state=state)] for state in RunState} == {
        RunState.RUNNING: [4],
        RunState.FINISHED: [1],
        RunState.FAILED: [3],
        RunState.ABANDONED: [2],
    }
    assert world.as_("viewer").get("runs?state=lost").status_code == 422


def test_the_newest_events_are_told_without_those_before_them(world: World) -> None:
    _, lease = world.begin()
    world.house.ledger.tell(lease, [event("a"), event("b"), event("c")])
    told = world.as_("viewer").get("runs/1/events?limit=2&newest=true").json()
    assert [one["text"] for one in told] == ["b", "c"]
    assert [one.text for one in world.office("viewer").events(1, after=2, newest=True)] == ["c"]
