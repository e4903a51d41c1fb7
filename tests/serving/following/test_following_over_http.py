"""An endpoint behind a network that is slow, endless, or away; and what it asks of the server."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from tests.contracts.depot_server import Manners, answering
from tests.serving.publisher import PIPELINE, Publisher

from kingmaker.adapters.depots.answers import Site
from kingmaker.adapters.depots.http import HttpDepot
from kingmaker.bundle.keys import SigningKey
from kingmaker.domain.pointer import Placed
from kingmaker.serving.following import Condition

from .conftest import Endpoint, Start
from .waiting import until


@pytest.fixture
def manners() -> Manners:
    return Manners(spared="/champions/")


@pytest.fixture
def url(publisher: Publisher, manners: Manners) -> Iterator[str]:
    with answering(publisher.vault, manners) as url:
        yield url


@pytest.fixture
def endpoint(publisher: Publisher, url: str, start: Start) -> Endpoint:
    """Serves version 1."""
    first = publisher.crown(1)
    endpoint = start(HttpDepot(Site(url), look_seconds=0.05, grace_seconds=0.5))
    endpoint.serves(first.version)
    return endpoint


def asked_for(manners: Manners, placed: Placed) -> int:
    return sum(path.endswith(placed.archive[2:]) for _, path, _ in manners.asked)


def test_a_new_champion_is_told_to_who_waits_within_a_second(publisher: Publisher, endpoint: Endpoint):
    second = publisher.publish(2)
    publisher.announce(publisher.pointer_to(second))
    assert endpoint.serves(second.version) < 1.0


def test_an_endpoint_that_has_what_it_needs_asks_little(publisher: Publisher, manners: Manners, endpoint: Endpoint):
    until(lambda: any(method == "PUT" for method, _, _ in manners.asked))
    pointers = [path for _, path, _ in manners.asked if path.startswith("/champions/")]
    assert len(pointers) <= 3


def test_a_slow_bundle_leaves_the_old_one_in_the_seat_and_arrives_in_the_end(
    publisher: Publisher, manners: Manners, endpoint: Endpoint
):
    manners.drip = 0.002
    second = publisher.publish(2)
    publisher.announce(publisher.pointer_to(second))
    assert "took too long" in endpoint.fails("depot_unreachable")
    assert endpoint.follower.state().condition is Condition.BEHIND
    manners.drip = 0.0
    endpoint.serves(second.version)
    ranges = [asked for _, path, asked in manners.asked if path.endswith(second.archive[2:])]
    assert ranges[0] == ""
    assert ranges[-1].startswith("bytes=")


def test_an_endless_bundle_is_refused_and_not_kept(
    publisher: Publisher, manners: Manners, endpoint: Endpoint, tmp_path: Path
):
    second = publisher.publish(2)
    manners.longer = 1 << 20
    before = endpoint.seat.standing
    publisher.announce(publisher.pointer_to(second))
    endpoint.fails("tamper_found")
    assert endpoint.seat.standing is before
    assert list((tmp_path / "cache").glob(f"{second.archive}*")) == []
    manners.longer = 0
    endpoint.serves(second.version)


def test_a_bundle_that_was_refused_is_not_fetched_again(
    publisher: Publisher, manners: Manners, endpoint: Endpoint, stranger: SigningKey
):
    refused = publisher.publish(2, stranger)
    publisher.announce(publisher.pointer_to(refused))
    endpoint.fails("bundle_refused")
    told = endpoint.follower.state()
    publisher.write_pointer(b"{}")
    endpoint.fails("pointer_refused")
    assert asked_for(manners, refused) == 1
    assert told.next_try is None


def test_tampered_bytes_are_asked_for_again_at_growing_distance(
    publisher: Publisher, manners: Manners, endpoint: Endpoint
):
    second = publisher.publish(2)
    whole = publisher.place_of(second).read_bytes()
    publisher.place_of(second).write_bytes(whole[::-1])
    began = monotonic()
    publisher.announce(publisher.pointer_to(second))
    until(lambda: endpoint.reading("refusals", "tamper_found") >= 4)
    assert asked_for(manners, second) < 4 + (monotonic() - began) / 0.02
    publisher.place_of(second).write_bytes(whole)
    endpoint.serves(second.version)


def test_the_server_is_away_and_comes_back_at_the_same_place(publisher: Publisher, start: Start, tmp_path: Path):
    first = publisher.crown(1)
    with answering(publisher.vault, Manners()) as url:
        port = int(url.rpartition(":")[2])
        endpoint = start(HttpDepot(Site(url), look_seconds=0.05))
        endpoint.serves(first.version)
    until(lambda: endpoint.follower.state().silence is not None)
    second = publisher.crown(2)
    assert endpoint.version == first.version
    with answering(publisher.vault, Manners(), port=port):
        endpoint.serves(second.version)


def test_a_server_that_tags_every_answer_anew_is_not_asked_without_a_pause(
    publisher: Publisher, manners: Manners, url: str, start: Start
):
    manners.fickle = True
    first = publisher.crown(1)
    endpoint = start(HttpDepot(Site(url), look_seconds=0.01), absent_delay=0.1)
    endpoint.serves(first.version)
    until(lambda: len(manners.asked) > 5)
    asked, began = len(manners.asked), monotonic()
    until(lambda: len(manners.asked) >= asked + 5)
    assert monotonic() - began > 0.3
    assert endpoint.follower.state().condition is Condition.SERVING
    assert endpoint.reading("champion_swaps") == 1


def test_stopping_does_not_wait_for_the_server(endpoint: Endpoint, manners: Manners):
    until(lambda: endpoint.follower.state().contact is not None)
    began = monotonic()
    endpoint.follower.stop()
    assert monotonic() - began < 2.0


def test_a_server_whose_tags_do_not_change_is_found_out(publisher: Publisher, url: str, start: Start):
    """As with tags made of whole seconds and sizes: the pointer is read anew now and then."""
    first = publisher.crown(1)
    path = publisher.vault / "champions" / f"{PIPELINE}.json"

    class Stuck(HttpDepot):
        """Everything it is told is marked the same."""

        def pointer(self, pipeline: str, *, known: str = "", wait: float = 0.0):
            if known:
                self._waiting.for_news(lambda _: None, min(wait, 0.1))
                return None
            marked = super().pointer(pipeline)
            return type(marked)(marked.data, "always") if marked else None

    endpoint = start(Stuck(Site(url)), reread=0.2)
    endpoint.serves(first.version)
    second = publisher.crown(2)
    endpoint.serves(second.version)
    assert path.exists()
