"""An endpoint's report tells how requests for scores were served, for whoever monitors it."""

from pathlib import Path

import msgspec
from tests.serving.following.waiting import until
from tests.serving.publisher import PIPELINE, Publisher

from kingmaker.interfaces.endpoint.served import served_of
from kingmaker.interfaces.endpoint.tally import BOUNDS, Tally

from .running import APPLICANT, running


def test_requests_for_scores_are_told_by_how_they_ended_and_other_requests_are_not(
    publisher: Publisher, tmp_path: Path
):
    publisher.crown(1)
    with running(tmp_path, "--name", "till-1") as endpoint:
        endpoint.is_ready_in_the_end()
        for applicant in (APPLICANT, APPLICANT, {"loan": "L1", "amount": "much"}):
            endpoint.asked("/score", applicant)
        endpoint.asked("/health/live")
        second = publisher.crown(2)  # which it reports at once
        report = publisher.vault / "endpoints" / PIPELINE / "till-1.json"
        until(lambda: report.exists() and msgspec.json.decode(report.read_bytes())["version"] == second.version)
        told = msgspec.json.decode(report.read_bytes())["service"]
        assert (told["requests"], told["refused"], told["errors"]) == (3, 1, 0)
        assert (sum(told["buckets"]), tuple(told["bounds"])) == (3, BOUNDS)
        assert told["began"]


def test_answers_of_several_routes_are_added_up():
    rows, batches = Tally("/score"), Tally("/invocations")
    for tally, status, seconds in ((rows, 200, 0.0001), (rows, 422, 0.0002), (batches, 503, 7.0)):
        tally.count(status, seconds)
    told = served_of([rows, batches], "a")
    assert (told["requests"], told["refused"], told["errors"]) == (3, 1, 1)
    assert told["buckets"] == [1, 1, *[0] * (len(BOUNDS) - 2), 1]
