"""A publisher, and endpoints that follow it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from time import monotonic

import pytest
from tests.serving.publisher import PIPELINE, Publisher

from kingmaker.adapters.depots.folder import FolderDepot
from kingmaker.bundle.keys import SigningKey
from kingmaker.ports.depot import Depot
from kingmaker.serving.cache import Cache
from kingmaker.serving.follow import Follower
from kingmaker.serving.pace import Pace
from kingmaker.serving.seat import Seat, Standing

from .waiting import until

Start = Callable[..., "Endpoint"]


class Endpoint:
    """A seat and its follower."""

    def __init__(self, depot: Depot, cache: Path, trusted: SigningKey, pace: Pace, name: str) -> None:
        self.seat = Seat()
        self.follower = Follower(self.seat, depot, PIPELINE, (trusted.public,), Cache(cache), endpoint=name, pace=pace)
        self.follower.start()

    @property
    def standing(self) -> Standing:
        assert self.seat.standing is not None
        return self.seat.standing

    @property
    def version(self) -> str:
        return self.seat.standing.champion.version if self.seat.standing else ""

    def serves(self, version: str, seconds: float = 10.0) -> float:
        """Wait until it does; how long that took."""
        began = monotonic()
        until(lambda: self.version == version, seconds, lambda: str(self.follower.state()))
        return monotonic() - began

    def fails(self, code: str, seconds: float = 10.0) -> str:
        """Wait until it tells of that failure; its sentence."""
        until(lambda: self._code() == code, seconds, lambda: str(self.follower.state()))
        failure = self.follower.state().failure
        assert failure is not None
        return failure.what

    def recovers(self, seconds: float = 10.0) -> None:
        """Wait until nothing stands in the way any more."""
        until(lambda: self._code() == "", seconds, lambda: str(self.follower.state()))

    def reading(self, name: str, code: str = "") -> float:
        labels = (("code", code),) if code else ()
        found = [one.value for one in self.follower.readings() if (one.name, one.labels) == (name, labels)]
        return sum(found)

    def _code(self) -> str:
        failure = self.follower.state().failure
        return failure.code if failure else ""


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey.create(tmp_path_factory.mktemp("keys") / "signing.key")


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey.create(tmp_path_factory.mktemp("keys") / "stranger.key")


@pytest.fixture
def publisher(tmp_path: Path, key: SigningKey) -> Publisher:
    return Publisher(tmp_path / "home" / "vault", key)


@pytest.fixture
def start(tmp_path: Path, publisher: Publisher, key: SigningKey) -> Iterator[Start]:
    """Start an endpoint: over the publisher's folder, with a cache of its own, unless told otherwise."""
    with ExitStack() as running:

        def begin(depot: Depot | None = None, *, cache: str = "cache", name: str = "here", **pace: float) -> Endpoint:
            hasty = {"first_delay": 0.05, "longest_delay": 0.2, "absent_delay": 0.05} | pace
            endpoint = Endpoint(
                depot or FolderDepot(publisher.vault.parent, look_seconds=0.02),
                tmp_path / cache,
                key,
                Pace(chance=Random(7), **hasty),  # type: ignore[arg-type]
                name,
            )
            running.callback(endpoint.follower.stop)
            return endpoint

        yield begin
