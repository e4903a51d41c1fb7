"""Runs, requests, faults and events are listed: newest first, in pages, and in as few questions to the ledger as for one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from tests.contracts.ledger_examples import fault, stage, verdict
from tests.control_centre.runs.conftest import World

from kingmaker.domain.queue import RunEvent
from kingmaker.domain.run import RunReason, Stage

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def event(text: str) -> RunEvent:
    return RunEvent(run=0, number=0, at=NOW, kind="said", stage="train", text=text)


def test_a_line_says_how_a_run_stands(world: World) -> None:
    run, lease = world.begin(holder="other:machine")
    ledger, vera = world.house.ledger, world.as_("viewer")

    def told() -> tuple[str, str, str | None, bool]:
        [line] = vera.get("runs").json()
        return line["state"], line["stage"], line["decision"], line["awaits_decision"]

    assert told() == ("under way", "extract", None, False)
    ledger.record_stage(lease, stage(run.number, Stage.EXTRACT))
    assert told() == ("under way", "prepare", None, False)
    ledger.record_verdict(lease, verdict(), evidence="e" * 64, candidate_version="a" * 64)
    ledger.record_stage(lease, stage(run.number, Stage.PUBLISH))
    ledger.release(lease)
    assert told() == ("unfinished", "publish", "hold", True)
    _, lease = ledger.resume_run(run.number, "again")
    ledger.finish_run(lease, RunReason.VERDICT_REACHED)
    assert told() == ("finished", "publish", "hold", True)
    ledger.settle(run.number, approved=False, by="anna", why="no")
    assert told() == ("finished", "publish", "hold", False)


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        (RunReason.DATA_REFUSED, "failed"),
        (RunReason.GIVEN_UP, "failed"),
        (RunReason.SUPERSEDED, "abandoned"),
        (RunReason.STUDIED, "finished"),
        (RunReason.CANCELLED, "cancelled"),
    ],
)
def test_how_a_run_ended_is_told_in_words(world: World, reason: RunReason, state: str) -> None:
    _, lease = world.begin()
    world.house.ledger.finish_run(lease, reason)
    assert world.office("viewer").runs()[0].state == state


def test_runs_are_listed_in_pages(world: World) -> None:
    for number in range(5):
        _, lease = world.begin("loans" if number % 2 else "cards")
        world.house.ledger.finish_run(lease, RunReason.STUDIED)
    vera = world.as_("viewer")
    assert [line["run"]["number"] for line in vera.get("runs?limit=2").json()] == [5, 4]
    assert [line["run"]["number"] for line in vera.get("runs?limit=2&before=4").json()] == [3, 2]
    assert [line["run"]["number"] for line in vera.get("runs?pipeline=loans").json()] == [4, 2]
    assert vera.get("runs?limit=0").status_code == vera.get("runs/0").status_code == 422
    assert vera.get("runs/9").json()["code"] == "not_found"


def test_ten_runs_are_listed_with_as_few_questions_as_five(world: World) -> None:
    counts = []
    for _ in range(2):
        for _ in range(5):
            run, lease = world.begin()
            world.house.ledger.record_stage(lease, stage(run.number))
            world.house.ledger.record_verdict(lease, verdict(), evidence="e" * 64, candidate_version=None)
            world.house.ledger.finish_run(lease, RunReason.VERDICT_REACHED)
        with questions(world) as asked:
            world.office("viewer").runs(limit=10)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 6


@contextmanager
def questions(world: World) -> Iterator[list[str]]:
    """What the ledger asks its database in the block."""
    asked: list[str] = []
    engine = world.house.ledger.engine  # type: ignore[attr-defined]

    def hear(_connection, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    sa.event.listen(engine, "before_cursor_execute", hear)
    yield asked
    sa.event.remove(engine, "before_cursor_execute", hear)


def test_requests_are_listed_by_pipeline_and_state(world: World) -> None:
    world.begin("loans")
    world.office("operator").ask("cards")
    vera = world.as_("viewer")
    assert [one["number"] for one in vera.get("requests").json()] == [2, 1]
    assert [one["number"] for one in vera.get("requests?state=waiting").json()] == [2]
    assert [one["number"] for one in vera.get("requests?pipeline=loans").json()] == [1]
    assert vera.get("requests?state=lost").status_code == 422


def test_faults_are_found_by_run_kind_and_time(world: World) -> None:
    ledger = world.house.ledger
    for pipeline in ("loans", "cards"):
        run, lease = world.begin(pipeline)
        ledger.record_fault(lease, replace(fault(run.number), happened_at=NOW))
        later = NOW + timedelta(hours=run.number)
        ledger.record_fault(lease, replace(fault(run.number), kind="lost", happened_at=later))
    vera = world.as_("viewer")
    assert [(one["run"], one["kind"]) for one in vera.get("faults").json()][:2] == [(2, "lost"), (1, "lost")]
    assert [one["kind"] for one in vera.get("faults?run=1").json()] == ["lost", "raised"]
    assert [one["run"] for one in vera.get("faults?kind=lost&pipeline=loans").json()] == [1]
    assert [one["run"] for one in vera.get("faults", params={"since": "2026-03-01T01:30:00"}).json()] == [2]
    assert vera.get("faults?run=1&pipeline=cards").json() == []
    assert len(vera.get("faults?limit=3").json()) == 3


def test_events_are_read_from_where_one_was(world: World) -> None:
    run, lease = world.begin()
    world.house.ledger.tell(lease, [event("a"), event("b"), event("c")])
    vera = world.as_("viewer")
    assert [one["text"] for one in vera.get("runs/1/events").json()] == ["a", "b", "c"]
    assert [one["text"] for one in vera.get("runs/1/events?after=1&limit=1").json()] == ["b"]
    assert vera.get(f"runs/{run.number + 1}/events").status_code == 404


def test_what_is_known_of_a_run_is_told_whole(world: World) -> None:
    run, _ = world.begin()
    account = world.as_("viewer").get(f"runs/{run.number}/account").json()
    assert (account["run"]["number"], account["under_way"], account["stages"]) == (run.number, True, [])
