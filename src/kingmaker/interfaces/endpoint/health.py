"""/health/live and /health/ready: whether the process is up, and whether it can answer with a proven model."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from kingmaker.interfaces.endpoint.exchange import Exchange
from kingmaker.interfaces.endpoint.router import Router
from kingmaker.serving.seat import Seat

LIVE = b'{"live":true}'


class Condition(msgspec.Struct, kw_only=True):
    """How the pointer is being followed: `state` in one word, and the newest failure since the last success, if any."""

    state: str
    failure: str = ""
    failed_at: datetime | None = None


class Health:
    """Ready means that a standing is in the seat, however old: an endpoint cut off from its depot goes on answering."""

    def __init__(self, seat: Seat, condition: Callable[[], Condition]) -> None:
        self._seat = seat
        self._condition = condition
        self.leaving = False

    def add_routes(self, router: Router) -> None:
        router.add("GET", "/health/live", live, probe=True)
        router.add("GET", "/health/ready", self.ready, probe=True)

    @property
    def is_ready(self) -> bool:
        return self._seat.standing is not None and not self.leaving

    def ready(self, exchange: Exchange) -> None:
        exchange.answer(200 if self.is_ready else 503, self.told())

    def told(self) -> bytes:
        """What is served and since when, and how following goes, as JSON."""
        condition = self._condition()
        standing = self._seat.standing
        told: dict[str, object] = {"ready": self.is_ready, "state": "leaving" if self.leaving else condition.state}
        if standing is not None:
            pointer = standing.pointer
            told |= {
                "pipeline": pointer.pipeline,
                "version": pointer.champion.version,
                "edition": pointer.edition,
                "turn": pointer.turn,
                "since": pointer.since.astimezone(UTC),
            }
        if condition.failure:
            told |= {"last_failure": condition.failure, "failed_at": condition.failed_at}
        return msgspec.json.encode(told)


def live(exchange: Exchange) -> None:
    exchange.answer(200, LIVE)
