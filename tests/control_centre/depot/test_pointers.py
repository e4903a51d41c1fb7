"""The pointer over HTTP: told once, waited for by many, and by whom."""

import threading
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest
from fastapi.testclient import TestClient
from tests.control_centre.depot.conftest import Publishing
from tests.control_centre.hosting import hosted
from tests.loop.announcing.lender import PIPELINE
from tests.serving.following.waiting import until

from kingmaker.adapters.depots.answers import Site
from kingmaker.adapters.depots.http import HttpDepot
from kingmaker.bundle.pointers import pointer_name, read_pointer

PLACE = f"/champions/{PIPELINE}.json"


def test_it_is_told_as_it_was_signed_with_its_tag(publishing: Publishing, branch: TestClient) -> None:
    answer = branch.get(PLACE)
    assert answer.status_code == 200
    assert answer.content == publishing.house.vault.named(pointer_name(PIPELINE))
    assert read_pointer(answer.content, trusted=publishing.house.trusted(), where="").edition == 1
    assert answer.headers["cache-control"] == "no-cache"


def test_who_has_it_is_told_so(branch: TestClient) -> None:
    tag = branch.get(PLACE).headers["etag"]
    for told in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = branch.get(PLACE, headers={"If-None-Match": told})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)


def test_a_wait_is_applied_and_said_to_be(branch: TestClient) -> None:
    tag = branch.get(PLACE).headers["etag"]
    began = monotonic()
    answer = branch.get(PLACE, headers={"If-None-Match": tag, "Prefer": "respond-async, wait=0.3"})
    assert (answer.status_code, answer.headers["preference-applied"]) == (304, "wait=0.3")
    assert monotonic() - began >= 0.3


@pytest.mark.parametrize("preferred", ["wait=-5", "wait=inf", "wait=soon", "wait", "handling=lenient"])
def test_a_wait_that_is_none_is_answered_at_once(branch: TestClient, preferred: str) -> None:
    tag = branch.get(PLACE).headers["etag"]
    answer = branch.get(PLACE, headers={"If-None-Match": tag, "Prefer": preferred})
    assert answer.status_code == 304
    assert "preference-applied" not in answer.headers


def test_nobody_waits_for_what_is_not_announced(publishing: Publishing) -> None:
    began = monotonic()
    answer = publishing.asked_as("elsewhere").get("/champions/cars.json", headers={"Prefer": "wait=30"})
    assert (answer.status_code, answer.json()["detail"]) == (404, "nothing is announced yet")
    assert monotonic() - began < 5.0


def test_another_pipelines_pointer_is_not_there(publishing: Publishing) -> None:
    assert publishing.asked_as("elsewhere").get(PLACE).status_code == 404
    assert publishing.asked_as("viewer").get(PLACE).status_code == 200
    assert publishing.asked_as("nobody").get(PLACE).status_code == 401


def test_a_hundred_who_wait_hear_of_a_new_champion_at_once_and_hold_no_thread(publishing: Publishing) -> None:
    watch = publishing.app.state.depot.watch
    with hosted(publishing.app) as url, ThreadPoolExecutor(100) as pool:
        depot = HttpDepot(Site(url, token="branch"))
        first = depot.pointer(PIPELINE)
        assert first is not None
        threads = threading.active_count()

        def heard(_: int) -> float:
            assert depot.pointer(PIPELINE, known=first.tag, wait=30.0) is not None
            return monotonic()

        waiting = [pool.submit(heard, number) for number in range(100)]
        until(lambda: watch.waiting == 100, 20.0)
        own_threads = threading.active_count() - threads - 100
        announced = monotonic()
        publishing.crown(1)
        last = max(one.result(10) for one in waiting)
    assert last - announced < 1.5
    assert own_threads < 60, "the pools have 40 and 6, however many wait"
