"""Who may do what with runs, by role and by pipeline."""

import pytest
from tests.control_centre.runs.conftest import CALLERS, World

READS = ("runs", "runs/1", "runs/1/events", "runs/1/account", "requests", "requests/1", "faults", "faults?run=1")
CHANGES = (
    ("pipelines/loans/requests", {}, 202),
    ("runs/1/retry", {}, 409),
    ("requests/1/withdraw", {"why": "so"}, 409),
    ("runs/1/cancel", {"why": "so"}, 200),
)
"""With the answer to somebody who may: the run is under way."""
MAY_READ = {"viewer", "operator", "approver", "admin"}
MAY_CHANGE = {"operator", "admin"}


@pytest.mark.parametrize("caller", ["viewer", "operator", "approver", "endpoint", "admin"])
def test_each_role_may_what_it_may_and_nothing_else(world: World, caller: str) -> None:
    world.begin()
    client = world.as_(caller)
    for path in READS:
        answer = client.get(path)
        assert answer.status_code == (200 if caller in MAY_READ else 403), path
    for path, body, status in CHANGES:
        answer = client.post(path, json=body)
        assert answer.status_code == (status if caller in MAY_CHANGE else 403), path
        if caller not in MAY_CHANGE:
            assert answer.json()["code"] == "forbidden"


def test_what_is_outside_of_ones_pipelines_is_as_if_it_were_not_there(world: World) -> None:
    world.begin("loans")
    world.begin("cards")
    lena, carl = world.as_("loans"), world.as_("cards")
    for path in ("runs", "requests", "faults"):
        told = {str(one) for one in carl.get(path).json()}
        assert not any("'loans'" in one for one in told)
    assert [line["run"]["number"] for line in lena.get("runs").json()] == [1]
    assert [line["run"]["number"] for line in carl.get("runs").json()] == [2]
    assert [one["number"] for one in carl.get("requests").json()] == [2]
    for path in ("runs/1", "runs/1/events", "runs/1/account", "requests/1", "faults?run=1", "runs?pipeline=loans"):
        assert carl.get(path).status_code == 404, path
    for path, body, _ in CHANGES:
        assert carl.post(path, json=body).status_code == 404, path
    missing = carl.get("runs/77").json()
    assert carl.get("runs/1").json() == {**missing, "detail": missing["detail"].replace("77", "1")}


def test_nobody_is_told_nothing(world: World) -> None:
    client = world.as_("stranger")
    assert {client.get(path).status_code for path in READS} == {401}
    assert {client.post(path, json=body).status_code for path, body, _ in CHANGES} == {401}
    assert "stranger" not in CALLERS
