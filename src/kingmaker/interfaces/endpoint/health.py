"""/health/live and /health/ready: whether the process is up, and whether it can answer with a proven model."""

from collections.abc import Callable, Iterable

import msgspec

from kingmaker.interfaces.endpoint.exchange import Exchange
from kingmaker.interfaces.endpoint.router import Router
from kingmaker.serving.following import Following
from kingmaker.serving.readings import Reading
from kingmaker.serving.seat import Seat

LIVE = b'{"live":true}'
LEAVING = "leaving"


class Health:
    """Ready means that a standing is in the seat, however old: an endpoint cut off from its depot goes on answering.

    `following` says how the pointer is being followed.
    """

    def __init__(self, seat: Seat, following: Callable[[], Following]) -> None:
        self._seat = seat
        self._following = following
        self.is_leaving = False

    def add_routes(self, router: Router) -> None:
        router.add("GET", "/health/live", live, probe=True)
        router.add("GET", "/health/ready", self.ready, probe=True)

    @property
    def is_ready(self) -> bool:
        return self._seat.standing is not None and not self.is_leaving

    def ready(self, exchange: Exchange) -> None:
        exchange.answer(200 if self.is_ready else 503, self.told())

    def told(self) -> bytes:
        """What is served and since when, and how following goes, as JSON; `why` is empty while all is well."""
        now = self._following()
        told: dict[str, object] = {
            "ready": self.is_ready,
            "state": LEAVING if self.is_leaving else now.condition,
            "pipeline": now.pipeline,
            "endpoint": now.endpoint,
        }
        if now.version:
            told |= {"version": now.version, "edition": now.edition, "turn": now.turn, "since": now.since}
        told |= {"newest_edition": now.newest, "depot_answered_at": now.contact, "why": now.why}
        told |= {"next_try": now.next_try, "last_failure": now.last_failure}
        return msgspec.json.encode(told)

    def readings(self) -> Iterable[Reading]:
        yield Reading(name="ready", told="1 when scores are answered.", value=float(self.is_ready))
        standing = self._seat.standing
        if standing is not None:
            pointer = standing.pointer
            labels = (("pipeline", pointer.pipeline), ("version", pointer.champion.version[:12]))
            yield Reading(name="serving", told="1 for the version that answers.", value=1.0, labels=labels)


def live(exchange: Exchange) -> None:
    exchange.answer(200, LIVE)
