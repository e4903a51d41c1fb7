"""What happens in a conducting child: it waits, claims one run when it is told to look, conducts it and goes.

The child claims by itself, so that it and nobody else holds the lease: every write of the run is checked against it.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable
from typing import Final

from kingmaker.control.housekeeping import room_left
from kingmaker.control.running.orders import NOTHING, RUN
from kingmaker.control.running.telling import LedgerProgress
from kingmaker.domain.errors import KingmakerError, LeaseLost, RunCancelled
from kingmaker.domain.run import Lease, Run
from kingmaker.loop.conductor import conduct
from kingmaker.loop.heartbeat import PATIENCE_SECONDS, STUCK
from kingmaker.ports.house import House

_LOG = logging.getLogger(__name__)

UNFINISHED: Final = 1
"""Exit code after a run that could not be ended, as on a full disk; it is claimed again."""


def conduct_as_told(house: House, orders: int, answer: Callable[[str], None]) -> int:
    """Claim one run and conduct it. `orders` is a pipe: each byte says that there may be work, its end that the child go.

    Answers with an exit code. Must be called in the main thread, which SIGINT and SIGTERM interrupt.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda _signal, _frame: signal.raise_signal(signal.SIGINT))
    try:
        claimed = _wait_for_work(house, orders, answer)
    except KeyboardInterrupt:
        return 0
    if claimed is None:
        return 0
    run, lease = claimed
    threading.Thread(target=_go_when_told, args=(house, lease, orders), name="orders", daemon=True).start()
    return _conduct(house, run, lease)


def _wait_for_work(house: House, orders: int, answer: Callable[[str], None]) -> tuple[Run, Lease] | None:
    """None when the child is told to go before there was any."""
    while os.read(orders, 4096):
        try:
            claimed = house.ledger.claim(house.holder) if room_left(house).is_enough else None
        except KingmakerError as error:
            _LOG.warning("no work could be claimed: %s", error.sentence())
            claimed = None
        answer(f"{RUN} {claimed[0].number}" if claimed else NOTHING)
        if claimed is not None:
            return claimed
    return None


def _conduct(house: House, run: Run, lease: Lease) -> int:
    progress = LedgerProgress(house.ledger, lease, clock=house.clock)
    what = f"run {run.number} of {run.request.pipeline}"
    _LOG.info("%s: conducted by process %d, taken up for the %d. time", what, os.getpid(), lease.token)
    try:
        ended = conduct(house, run, lease, progress)
    except KeyboardInterrupt:
        _LOG.info("%s: given back, to be gone on with", what)
    except (LeaseLost, RunCancelled) as error:
        _LOG.info("%s: %s", what, error.sentence())
    except Exception as error:  # noqa: BLE001 - recorded with the run where anything could be recorded
        _LOG.warning("%s: %s", what, error, exc_info=None if isinstance(error, KingmakerError) else error)
        return 0 if _is_over(house, run) else UNFINISHED
    else:
        _LOG.info("%s: %s", what, ended.reason.value)
    return 0


def _is_over(house: House, run: Run) -> bool:
    try:
        return house.ledger.run(run.number).state.is_over()
    except KingmakerError:
        return False


def _go_when_told(house: House, lease: Lease, orders: int) -> None:
    """Interrupt the run once the orders end: the runner wants the child to go, or was killed.

    When native code keeps the main thread from hearing it, the lease is given back from here.
    """
    while os.read(orders, 4096):
        pass
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    threading.Event().wait(PATIENCE_SECONDS)
    try:
        house.ledger.release(lease)
    finally:
        os._exit(STUCK)
