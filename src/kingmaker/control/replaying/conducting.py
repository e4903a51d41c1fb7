"""What happens in the process that does a replay: it claims one, does it in a home of its own, and keeps what it came to.

The process claims by itself, so that it and nobody else holds the lease. A replay that is killed at any moment is gone on with
by the next one, which finds in the replay's home what was finished.
"""

import logging
import os
import shutil
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from kingmaker.control.replaying.ordering import folder_of, order_kept
from kingmaker.control.replaying.pulse import Pulse
from kingmaker.domain.errors import KingmakerError, LeaseLost, StorageUnreachable
from kingmaker.domain.replay import ReplayLease, ReplayRequest
from kingmaker.loop.replaying.crew import OpenHouse
from kingmaker.loop.replaying.replay import replay
from kingmaker.loop.replaying.result import ReplayResult
from kingmaker.ports.house import House
from kingmaker.ports.progress import Silence

_LOG = logging.getLogger(__name__)

UNFINISHED: Final = 1
"""Exit code after a replay that was given back for want of a database; it is claimed again."""
NICE: Final = 10
"""How far it steps back behind runs and answers that want a core at the same time: it gets about a tenth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """`open_home` opens a replay's own home, in any process; `render` makes the page; `workers` steps are done at once."""

    open_home: Callable[[Path], OpenHouse]
    render: Callable[[ReplayResult], str]
    workers: int


def conduct_replay(house: House, means: Means, orders: int) -> int:
    """Claim one replay and do it; nothing when none is due. `orders` is a pipe whose end says that the process go.

    Answers with an exit code. Must be called in the main thread, which SIGINT and SIGTERM interrupt.
    """
    os.nice(NICE)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        claimed = house.ledger.claim_replay(house.holder)
    except KeyboardInterrupt:
        return 0
    if claimed is None:
        return 0
    request, lease = claimed
    _LOG.info("replay %d of %s: taken up for the %d. time", request.number, request.order.pipeline, lease.token)
    return _conduct(house, means, request, lease, orders)


def _conduct(house: House, means: Means, request: ReplayRequest, lease: ReplayLease, orders: int) -> int:
    what = f"replay {request.number} of {request.order.pipeline}"
    try:
        with Pulse(house.ledger, lease, now=house.clock()) as pulse:
            threading.Thread(target=_go_when_told, args=(pulse, orders), name="orders", daemon=True).start()
            result = _replayed(house, means, request, pulse)
            kept = house.vault.put_bytes(msgspec.json.encode(result))
            page = house.vault.put_bytes(means.render(result).encode())
        house.ledger.finish_replay(lease, result=kept, page=page)
        _LOG.info("%s: finished", what)
    except KeyboardInterrupt:
        _interrupted(house, request, lease)
    except LeaseLost as error:
        _LOG.info("%s: %s", what, error.sentence())
    except StorageUnreachable as error:
        _LOG.warning("%s: %s", what, error.sentence())
        with suppress(KingmakerError):
            house.ledger.release_replay(lease)
        return UNFINISHED
    except Exception as error:  # noqa: BLE001 - it is recorded with the replay
        return _failed(house, lease, error)
    return 0


def _replayed(house: House, means: Means, request: ReplayRequest, pulse: Pulse) -> ReplayResult:
    order = order_kept(house, request.order, by=request.requested_by)
    home = folder_of(house.home, request.number)
    return replay(order, means.open_home(home), Silence(), workers=means.workers, told=pulse.hear)


def _interrupted(house: House, request: ReplayRequest, lease: ReplayLease) -> None:
    """Cancelled, or told to go: then the replay is given back, to be gone on with."""
    with suppress(LeaseLost):
        if house.ledger.replay(request.number).cancelled_by:
            house.ledger.fail_replay(lease, detail="")
            shutil.rmtree(folder_of(house.home, request.number), ignore_errors=True)
            _LOG.info("replay %d: cancelled", request.number)
        else:
            house.ledger.release_replay(lease)
            _LOG.info("replay %d: given back, to be gone on with", request.number)


def _failed(house: House, lease: ReplayLease, error: Exception) -> int:
    known = isinstance(error, KingmakerError)
    _LOG.warning("replay %d: %s", lease.replay, error, exc_info=None if known else error)
    detail = error.sentence() if isinstance(error, KingmakerError) else f"{type(error).__name__}: {error}"
    try:
        house.ledger.fail_replay(lease, detail=detail)
    except KingmakerError:
        return UNFINISHED
    return 0


def _go_when_told(pulse: Pulse, orders: int) -> None:
    """Whoever started the process wants it to go, or was killed."""
    while os.read(orders, 4096):
        pass
    pulse.interrupt()
