"""Runs are asked for, retried, withdrawn and cancelled."""

from datetime import timedelta

import pytest
from tests.control_centre.runs.conftest import DECLARATION, World

from kingmaker.domain.errors import Conflict, KingmakerError, NotFound, RunRefused
from kingmaker.domain.queue import QueueState
from kingmaker.domain.run import RunReason


def test_a_run_is_asked_for_as_of_today_in_the_name_of_who_asks(world: World) -> None:
    answer = world.as_("operator").post("pipelines/loans/requests", json={})
    assert answer.status_code == 202
    asked = answer.json()
    assert answer.headers["location"] == f"/api/v1/requests/{asked['number']}"
    assert (asked["state"], asked["origin"], asked["priority"]) == ("waiting", "person", 0)
    request = asked["request"]
    assert (request["pipeline"], request["requested_by"]) == ("loans", "otto")
    assert request["as_of"] == world.house.clock().date().isoformat()
    assert world.as_("viewer").get(f"http://testserver{answer.headers['location']}").json() == asked


def test_asking_twice_with_one_key_is_one_run(world: World) -> None:
    otto = world.as_("operator")
    first, second = (
        otto.post(
            "pipelines/loans/requests",
            json={"as_of": "2025-12-31", "priority": 7},
            headers={"Idempotency-Key": "nightly"},
        )
        for _ in range(2)
    )
    assert first.json() == second.json()
    assert (first.json()["key"], first.json()["priority"]) == ("nightly", 7)
    other = otto.post("pipelines/loans/requests", json={"as_of": "2025-12-30"}, headers={"Idempotency-Key": "nightly"})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")


def test_the_newest_declaration_is_what_is_run(world: World) -> None:
    newer = DECLARATION.format(name="loans").replace("12 months", "6 months")
    place = str(world.house.data / "pipeline.yaml")
    world.house.ledger.declare("loans", newer, digest="e" * 64, declared_in=place, by="root")
    asked = world.office("operator").ask("loans")
    assert (asked.request.declaration, asked.request.declared_in) == (newer, place)


def test_a_day_to_come_an_unknown_pipeline_and_one_only_run_from_files_are_refused(world: World) -> None:
    office = world.office("operator")
    with pytest.raises(RunRefused, match="to come"):
        office.ask("loans", as_of=world.house.clock().date() + timedelta(days=2))
    with pytest.raises(NotFound):
        office.ask("autos")
    run, _ = world.begin()
    with world.house.ledger.engine.begin() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("DELETE FROM declared WHERE pipeline = 'loans'")
    with pytest.raises(Conflict, match="files"):
        office.ask("loans")
    assert office.run(run.number).run == run


def test_what_is_no_request_is_refused_with_the_place_of_the_mistake(world: World) -> None:
    otto = world.as_("operator")
    for body, where in (
        ({"as_of": "yesterday"}, "body.as_of"),
        ({"priority": 101}, "body.priority"),
        ({"priority": "1"}, "body.priority"),
        ({"pipeline": "loans"}, "body.pipeline"),
    ):
        answer = otto.post("pipelines/loans/requests", json=body)
        assert (answer.status_code, answer.json()["where"]) == (422, where)
    answer = otto.post("pipelines/loans/requests", json={}, headers={"Idempotency-Key": "k" * 201})
    assert answer.status_code == 422


def test_a_run_that_is_over_is_asked_for_again_with_its_own_declaration_and_day(world: World) -> None:
    run, lease = world.begin()
    otto = world.as_("operator")
    refused = otto.post(f"runs/{run.number}/retry", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "run_refused")
    world.house.ledger.finish_run(lease, RunReason.STAGE_FAILED, detail="no luck")
    newer = DECLARATION.format(name="loans").replace("12 months", "6 months")
    world.house.ledger.declare("loans", newer, digest="e" * 64, declared_in="/elsewhere.yaml", by="root")
    answer = otto.post(f"runs/{run.number}/retry", json={}, headers={"Idempotency-Key": "again"})
    assert answer.status_code == 202
    again = world.house.ledger.queued(answer.json()["number"])
    assert again.request.declaration == run.request.declaration
    assert (again.request.as_of, again.request.requested_by) == (run.request.as_of, "otto")
    assert otto.post(f"runs/{run.number}/retry", json={}, headers={"Idempotency-Key": "again"}).json() == answer.json()


def test_what_waits_can_be_withdrawn_and_what_runs_can_be_cancelled(world: World) -> None:
    otto = world.as_("operator")
    asked = otto.post("pipelines/cards/requests", json={}).json()
    answer = otto.post(f"requests/{asked['number']}/withdraw", json={"why": "too early"})
    assert (answer.json()["state"], answer.json()["detail"]) == ("cancelled", "Withdrawn by otto: too early")
    run, lease = world.begin("loans", holder="other:machine")
    line = otto.post(f"runs/{run.number}/cancel", json={"why": "wrong file"}).json()
    assert (line["state"], line["cancellation"]["by"], line["cancellation"]["why"]) == (
        "under way",
        "otto",
        "wrong file",
    )
    late = otto.post(f"requests/{asked['number'] + 1}/withdraw", json={"why": "too late"})
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    world.house.ledger.finish_run(lease, RunReason.CANCELLED)
    line = otto.get(f"runs/{run.number}").json()
    assert (line["state"], line["run"]["detail"]) == ("cancelled", "Cancelled by otto: wrong file")
    over = otto.post(f"runs/{run.number}/cancel", json={"why": "again"})
    assert (over.status_code, over.json()["code"]) == (409, "run_refused")


def test_a_run_that_nobody_works_on_is_cancelled_at_once(world: World) -> None:
    run, lease = world.begin()
    world.house.ledger.release(lease)
    assert world.office("operator").cancel(run.number, why="never mind").state == "cancelled"


def test_every_change_is_in_the_audit_log_with_who_and_why(world: World) -> None:
    office = world.office("operator")
    office.withdraw(office.ask("loans").number, why="  too early ")
    run, _ = world.begin()
    office.cancel(run.number, why="wrong file")
    told = [(entry.by, entry.action, entry.why) for entry in world.house.ledger.audit(limit=4)]
    assert told == [
        ("otto", "cancel asked for", "wrong file"),
        ("root", "run asked for", ""),
        ("otto", "request withdrawn", "too early"),
        ("otto", "run asked for", ""),
    ]
    with pytest.raises(KingmakerError, match="reason"):
        office.cancel(run.number, why=" ")
    assert world.office("admin").queue(state=QueueState.STARTED)[0].run == run.number
