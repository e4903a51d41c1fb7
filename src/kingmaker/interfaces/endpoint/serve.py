"""One endpoint from its start to its end: what follows, what answers, what logs, and how it leaves."""

import asyncio
import gc
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from uuid import uuid4

from kingmaker.bundle.keys import PublicKey
from kingmaker.bundle.reasons.explainer import explainer_of
from kingmaker.interfaces.endpoint.health import Health
from kingmaker.interfaces.endpoint.limits import Limits
from kingmaker.interfaces.endpoint.listening import Address, Listener
from kingmaker.interfaces.endpoint.metrics import Metrics
from kingmaker.interfaces.endpoint.news import Tell, tell_news
from kingmaker.interfaces.endpoint.router import Router
from kingmaker.interfaces.endpoint.routes import add_scoring_routes
from kingmaker.interfaces.endpoint.served import served_by
from kingmaker.interfaces.endpoint.tokens import Tokens
from kingmaker.ports.depot import Depot
from kingmaker.sealing.keyring import Keyring
from kingmaker.serving.cache import Cache
from kingmaker.serving.desk import Desk
from kingmaker.serving.explaining import Explaining, Words
from kingmaker.serving.fields import Accepting
from kingmaker.serving.follow import Follower
from kingmaker.serving.journal.journal import Journal
from kingmaker.serving.journal.place import Place
from kingmaker.serving.seat import Seat

try:
    import uvloop
except ImportError:  # not made for Windows
    _new_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
else:
    _new_loop = uvloop.new_event_loop

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What is served, from where, and to whom. Without `log` answers are not logged; `keyring` seals the log."""

    pipeline: str
    name: str
    depot: Depot
    trusted: tuple[PublicKey, ...]
    cache: Path
    log: Path | None = None
    keyring: Keyring | None = None
    words: Path | None = None
    refuse_unknown: bool = False
    address: Address = field(default_factory=Address)
    limits: Limits = field(default_factory=Limits)
    tokens: Tokens = field(default_factory=Tokens)


Announce = Callable[[str], None]
"""Is told the URL as soon as callers are answered there."""


def serve(endpoint: Endpoint, announce: Announce, tell: Tell = lambda _: None) -> None:
    """Serve until SIGTERM or SIGINT; a second one ends the process at once. Raises KingmakerError before it serves.

    `tell` hears of every version that answers, and of what stands in the way of the next.
    """
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(_serve(endpoint, announce, tell))


async def _serve(endpoint: Endpoint, announce: Announce, tell: Tell) -> None:
    asked_to_leave = _signalled()
    explaining = Explaining(explainer_of, Words(endpoint.words))
    place = Place(endpoint.log, endpoint.pipeline, endpoint.name) if endpoint.log else None
    seat, cache, journal = Seat(), Cache(endpoint.cache), Journal(place, endpoint.depot, keyring=endpoint.keyring)
    router = Router()
    follower = Follower(
        seat, endpoint.depot, endpoint.pipeline, endpoint.trusted, cache,
        endpoint=endpoint.name, served=served_by(router, uuid4().hex),
    )  # fmt: skip
    accepting = Accepting(most_rows=endpoint.limits.rows, refuse_unknown=endpoint.refuse_unknown)
    desk = Desk(seat, journal, asyncio.get_running_loop(), explaining=explaining, accepting=accepting)
    health = Health(seat, follower.state)
    listener = Listener(endpoint.address, router, endpoint.limits, endpoint.tokens)
    health.add_routes(router)
    add_scoring_routes(router, desk, health, tokens=bool(endpoint.tokens))
    Metrics(router, {"": (health, listener.wire, follower, journal), "scoring_": (desk,)})
    port = await listener.open()
    follower.start()
    journal.start()
    announce(endpoint.address.url(port))
    gc.freeze()  # what was loaded stays: a full collection has no need to walk it
    news = asyncio.create_task(tell_news(follower.state, tell))
    await asked_to_leave.wait()
    news.cancel()
    ends = monotonic() + endpoint.limits.stop
    health.is_leaving = True
    await listener.close()
    desk.close()
    follower.stop()
    journal.stop(max(1.0, ends - monotonic()))


def _signalled() -> asyncio.Event:
    """Set by the first signal to leave."""
    loop, asked = asyncio.get_running_loop(), asyncio.Event()

    def leave(number: int) -> None:
        if asked.is_set():
            os._exit(128 + number)
        asked.set()

    for number in _SIGNALS:
        loop.add_signal_handler(number, leave, number)
    return asked
