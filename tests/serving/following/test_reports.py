"""An endpoint tells its depot what it serves, and goes on where it cannot."""

import msgspec
from tests.serving.publisher import PIPELINE, Publisher

from kingmaker.serving.following import Condition

from .conftest import Start
from .waiting import until


def test_the_depot_is_told_what_is_served(publisher: Publisher, start: Start):
    first = publisher.crown(1)
    endpoint = start(name="here-1")
    told = publisher.vault / "endpoints" / PIPELINE / "here-1.json"
    until(told.exists)
    second = publisher.crown(2)
    endpoint.serves(second.version)
    until(lambda: msgspec.json.decode(told.read_bytes())["version"] == second.version)
    report = msgspec.json.decode(told.read_bytes())
    assert set(report) == {
        *("endpoint", "pipeline", "version", "edition", "turn", "since", "state", "why", "at", "release")
    }
    assert (report["endpoint"], report["pipeline"], report["edition"], report["turn"]) == ("here-1", PIPELINE, 2, 2)
    assert (report["state"], report["why"]) == ("serving", "")
    assert first.version != second.version


def test_reports_repeat_and_tell_a_failure(publisher: Publisher, start: Start):
    publisher.crown(1)
    start(report=0.1)
    told = publisher.vault / "endpoints" / PIPELINE / "here.json"
    until(told.exists)
    publisher.write_pointer(b"{}")
    until(lambda: msgspec.json.decode(told.read_bytes())["state"] == "behind")
    assert "this is not a pointer" in msgspec.json.decode(told.read_bytes())["why"]


def test_a_depot_that_takes_no_report_is_followed_all_the_same(publisher: Publisher, start: Start):
    (publisher.vault / "endpoints").write_bytes(b"in the way")
    first = publisher.crown(1)
    endpoint = start(report=0.05)
    endpoint.serves(first.version)
    until(lambda: endpoint.reading("report_failures") > 1)
    assert endpoint.follower.state().condition is Condition.SERVING
