"""Real endpoint processes that follow a real control centre: crowned, rolled back, gone, refused, and what they leave."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from time import monotonic

import pytest
from tests.control_centre.depot.conftest import Publishing
from tests.control_centre.hosting import hosted
from tests.endpoint.process.running import Running, running
from tests.loop.announcing.lender import PIPELINE
from tests.serving.following.waiting import until

from kingmaker.adapters.depots.answers import Site
from kingmaker.adapters.depots.http import HttpDepot
from kingmaker.interfaces.control_centre.app import Centre, build_app
from kingmaker.loop.endpoints import endpoint_reports
from kingmaker.loop.reign import roll_back
from kingmaker.ports.depot import DepotRefused
from kingmaker.serving.journal.reading import read_segments

APPLICANT = {"loan": "L1", "amount": 5.0, "term": 12.0, "purpose": "car"}
Start = Callable[..., AbstractContextManager[Running]]


@pytest.fixture
def start(publishing: Publishing, tmp_path: Path) -> Start:
    """`kingmaker endpoint --from URL`, with the branch's token and the publisher's public key alone."""

    def begin(url: str) -> AbstractContextManager[Running]:
        key = publishing.house.trusted()[0].text
        options = ["--from", url, "--key", key, "--name", "branch-7", "--log", str(tmp_path / "log")]
        return running(tmp_path, *options, environment={"KINGMAKER_DEPOT_TOKEN": "branch"})

    return begin


@pytest.fixture
def centre(publishing: Publishing) -> Iterator[tuple[ExitStack, str]]:
    """The URL of the control centre, and the stack whose closing takes it away."""
    with ExitStack() as standing:
        yield standing, standing.enter_context(hosted(publishing.app))


def answers_with(endpoint: Running, version: str) -> float:
    """Ask until this version answers; how long that took."""
    began = monotonic()
    until(lambda: endpoint.asked("/score", APPLICANT)[1].get("version") == version[:12], 20.0)
    return monotonic() - began


def test_a_new_champion_and_a_roll_back_answer_within_a_second(
    publishing: Publishing, centre: tuple[ExitStack, str], start: Start
) -> None:
    with start(centre[1]) as endpoint:
        assert endpoint.is_ready_in_the_end()["version"] == publishing.versions[0]
        second = publishing.crown(1)
        crowned = answers_with(endpoint, second)
        roll_back(publishing.house, PIPELINE, to=None, by="ann", why="it is worse")
        rolled_back = answers_with(endpoint, publishing.versions[0])
        assert min(crowned, rolled_back) < 1.0, "one of them, for the machine may be busy"
        assert max(crowned, rolled_back) < 5.0
        until(lambda: [one.edition for one in endpoint_reports(publishing.house, PIPELINE)] == [3])
        (report,) = endpoint_reports(publishing.house, PIPELINE)
        assert (report.endpoint, report.behind, report.state, report.is_silent) == ("branch-7", 0, "serving", False)


def test_without_the_control_centre_it_goes_on_and_follows_again_when_it_is_back(
    publishing: Publishing, centre: tuple[ExitStack, str], start: Start
) -> None:
    standing, url = centre
    with start(url) as endpoint:
        endpoint.is_ready_in_the_end()
        standing.close()
        second = publishing.crown(1)
        until(lambda: endpoint.asked("/health/ready")[1]["state"] == "silent")
        assert endpoint.asked("/score", APPLICANT)[1]["version"] == publishing.versions[0][:12]
        with hosted(build_app(Centre(house=publishing.house, doorkeeper=publishing.door)), port=int(url[-5:])):
            answers_with(endpoint, second)


def test_a_revoked_token_is_refused_with_its_reason_and_the_old_model_still_answers(
    publishing: Publishing, centre: tuple[ExitStack, str], start: Start
) -> None:
    with start(centre[1]) as endpoint:
        endpoint.is_ready_in_the_end()
        revoked = publishing.door.known.pop("branch")
        second = publishing.crown(1)
        until(lambda: endpoint.asked("/health/ready")[1]["state"] != "serving")
        status, told = endpoint.asked("/health/ready")
        assert status == 200
        assert "401 Unauthorized: the token is unknown, expired or revoked" in told["why"]
        assert endpoint.asked("/score", APPLICANT)[1]["version"] == publishing.versions[0][:12]
        publishing.door.known["branch"] = revoked
        answers_with(endpoint, second)


def test_every_answer_is_in_the_inbox_once_though_a_segment_was_left_twice(
    publishing: Publishing, centre: tuple[ExitStack, str], start: Start, tmp_path: Path
) -> None:
    inbox = publishing.house.home / "vault" / "inbox" / PIPELINE / "branch-7"
    for round_ in range(2):
        with start(centre[1]) as endpoint:
            endpoint.is_ready_in_the_end()
            for _ in range(3):
                assert endpoint.asked("/score", APPLICANT)[0] == 200
            assert endpoint.leaves() == 0
        segments = sorted(inbox.iterdir())
        assert len(list(read_segments(segments))) == 3 * (round_ + 1)
        shutil.copy(segments[0], tmp_path / "log" / PIPELINE / "branch-7" / segments[0].name)
    assert len(segments) == 2


def test_a_segment_that_is_refused_for_good_does_not_look_like_a_server_that_is_away(
    publishing: Publishing, centre: tuple[ExitStack, str], tmp_path: Path
) -> None:
    depot = HttpDepot(Site(centre[1], token="branch"))
    segment = tmp_path / "segment"
    segment.write_bytes(b"declined")
    depot.leave(f"{PIPELINE}/branch-7/1.jsonl", segment)
    segment.write_bytes(b"approved")
    with pytest.raises(DepotRefused, match="409 Conflict: another segment of that name was left before"):
        depot.leave(f"{PIPELINE}/branch-7/1.jsonl", segment)
