"""A run is followed live by server-sent events, whoever conducts it: the ledger is looked at once for all who follow."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx2
import msgspec
import pytest
from tests.control_centre.hosting import hosted
from tests.control_centre.runs.conftest import World

from kingmaker.domain.queue import RunEvent
from kingmaker.domain.run import RunReason
from kingmaker.interfaces.control_centre.app import API

STREAM = {"Accept": "text/event-stream"}


def event(text: str, kind: str = "said") -> RunEvent:
    return RunEvent(run=0, number=0, at=datetime(2026, 3, 1, tzinfo=UTC), kind=kind, stage="train", text=text)


@dataclass
class Follower:
    """Follows a run in a thread of the tests' own; `heard` is what came, `over` when the stream ended."""

    url: str
    headers: dict[str, str]
    heard: list[tuple[str, str, str]] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)
    over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> "Follower":
        threading.Thread(target=self._follow, daemon=True).start()
        return self

    def _follow(self) -> None:
        with httpx2.Client(timeout=30) as client, client.stream("GET", self.url, headers=self.headers) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            for told in httpx2.EventSource(response):
                with self.news:
                    self.heard.append((told.id, told.event, msgspec.json.decode(told.data, type=RunEvent).text))
                    self.news.notify_all()
        self.over.set()

    def hears(self, count: int) -> list[tuple[str, str, str]]:
        with self.news:
            assert self.news.wait_for(lambda: len(self.heard) >= count, timeout=20)
            return list(self.heard)


@dataclass(frozen=True)
class Site:
    world: World
    url: str

    def follow(self, run: int, caller: str = "viewer", **headers: str) -> Follower:
        told = {"Authorization": f"Bearer {caller}", **STREAM, **headers}
        return Follower(f"{self.url}{API}/runs/{run}/events", told).start()

    def get(self, path: str, caller: str = "viewer", **headers: str) -> httpx2.Response:
        return httpx2.get(f"{self.url}{API}/{path}", headers={"Authorization": f"Bearer {caller}", **headers})


@pytest.fixture
def site(world: World) -> Iterator[Site]:
    with hosted(world.app) as url:
        yield Site(world, url)


def test_who_follows_hears_what_was_told_and_what_is_told_until_the_end(site: Site) -> None:
    _, lease = site.world.begin()
    ledger = site.world.house.ledger
    ledger.tell(lease, [event("reading", "stage"), event("1 row")])
    follower = site.follow(lease.run)
    assert follower.hears(2) == [("1", "stage", "reading"), ("2", "said", "1 row")]
    ledger.tell(lease, [event("two\nlines")])
    assert follower.hears(3)[2] == ("3", "said", "two\nlines")
    ledger.finish_run(lease, RunReason.VERDICT_REACHED)
    assert follower.hears(4)[3] == ("4", "ended", "verdict_reached")
    assert follower.over.wait(20)


def test_who_comes_again_goes_on_where_they_were(site: Site) -> None:
    _, lease = site.world.begin()
    ledger = site.world.house.ledger
    ledger.tell(lease, [event("a"), event("b")])
    follower = site.follow(lease.run, **{"Last-Event-ID": "1"})
    assert follower.hears(1) == [("2", "said", "b")]
    ledger.finish_run(lease, RunReason.STUDIED)
    assert follower.hears(2)[1] == ("3", "ended", "studied")
    assert follower.over.wait(20)
    told_all = site.get(f"runs/{lease.run}/events", **STREAM, **{"Last-Event-ID": "3"})
    assert (told_all.status_code, told_all.content) == (204, b"")


def test_a_run_that_is_over_is_told_from_its_first_event_to_its_end(site: Site) -> None:
    _, lease = site.world.begin()
    site.world.house.ledger.tell(lease, [event("a")])
    site.world.house.ledger.finish_run(lease, RunReason.DATA_REFUSED)
    answer = site.get(f"runs/{lease.run}/events", **STREAM)
    assert answer.headers["cache-control"] == "no-store"
    assert [line for line in answer.text.splitlines() if line.startswith(("id", "event"))] == [
        "id: 1",
        "event: said",
        "id: 2",
        "event: ended",
    ]


def test_events_are_told_in_order_however_many_looks_they_take(site: Site) -> None:
    _, lease = site.world.begin()
    site.world.house.ledger.tell(lease, [event(str(number)) for number in range(1, 2_500)])
    site.world.house.ledger.finish_run(lease, RunReason.STUDIED)
    follower = site.follow(lease.run)
    assert follower.over.wait(20)
    assert [int(number) for number, _, _ in follower.heard] == list(range(1, 2_501))


def _threads_beside_the_pool() -> list[threading.Thread]:
    """The pool that answers requests has at most 40: more followers than that hear nothing if each keeps one of them."""
    return [thread for thread in threading.enumerate() if "AnyIO" not in thread.name]


def test_all_who_follow_a_run_share_one_look_and_leave_nothing_behind(site: Site) -> None:
    _, lease = site.world.begin()
    threads = len(_threads_beside_the_pool())
    followers = [site.follow(lease.run) for _ in range(50)]
    site.world.house.ledger.tell(lease, [event("a")])
    for follower in followers:
        follower.hears(1)
    assert site.world.app.state.streams.followed == (lease.run,)
    assert len(_threads_beside_the_pool()) - threads <= 50 + 2, "a thread of the server's for everybody who follows"
    site.world.house.ledger.finish_run(lease, RunReason.STUDIED)
    for follower in followers:
        assert follower.over.wait(20)
    assert site.world.app.state.streams.followed == ()


def test_only_who_may_see_a_run_may_follow_it(site: Site) -> None:
    _, lease = site.world.begin("loans")
    path = f"runs/{lease.run}/events"
    assert site.get(path, "cards", **STREAM).status_code == 404
    assert site.get(path, "endpoint", **STREAM).status_code == 403
    assert site.get(path, "stranger", **STREAM).status_code == 401
    assert site.get("runs/77/events", **STREAM).status_code == 404
