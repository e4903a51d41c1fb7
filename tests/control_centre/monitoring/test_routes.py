"""Monitoring and alarms over HTTP, by whom, and from which day to which."""

from datetime import timedelta

from tests.loop.announcing.lender import PIPELINE
from tests.loop.monitoring.world import NOON, Applicants, World

from .conftest import Caller

MONITORING = f"/api/v1/pipelines/{PIPELINE}/monitoring"
ALARMS = f"/api/v1/pipelines/{PIPELINE}/alarms"


def test_before_anything_was_read_it_says_so(world: World, caller: Caller):
    told = caller("viewer").get(MONITORING).json()
    assert (told["read_at"], told["days"], told["pipeline"]) == (None, [], PIPELINE)
    assert caller("viewer").get(ALARMS).json() == []


def test_an_operator_has_it_read_now_and_a_viewer_reads_days_and_alarms(world: World, caller: Caller):
    world.log_days(Applicants(shifted=("amount", "term")), days=4)
    assert caller("viewer").post(MONITORING, json={}).status_code == 403
    assert len(caller("operator").post(MONITORING, json={}).json()["days"]) == 4
    day = NOON.date()
    asked = {"from": str(day - timedelta(days=2)), "to": str(day - timedelta(days=1))}
    told = caller("viewer").get(MONITORING, params=asked).json()
    assert [one["day"] for one in told["days"]] == list(asked.values())
    found = caller("viewer").get(ALARMS).json()
    assert [one["what"] for one in found] == ["term", "amount"]
    older = caller("viewer").get(ALARMS, params={"before": found[0]["number"], "limit": 1}).json()
    assert [one["what"] for one in older] == ["amount"]
    assert len(caller("viewer").get(ALARMS, params={"only_open": "true"}).json()) == 2


def test_days_the_wrong_way_round_and_what_is_no_day_are_refused(world: World, caller: Caller):
    asked = {"from": "2026-02-02", "to": "2026-02-01"}
    assert caller("viewer").get(MONITORING, params=asked).status_code == 400
    assert caller("viewer").get(MONITORING, params={"from": "yesterday"}).status_code == 422


def test_it_is_not_told_to_endpoints_nor_outside_of_ones_pipelines(world: World, caller: Caller):
    for name, status in (("branch", 403), ("elsewhere", 404)):
        assert caller(name).get(MONITORING).status_code == status
        assert caller(name).get(ALARMS).status_code == status
        assert caller(name).post(MONITORING, json={}).status_code == status
