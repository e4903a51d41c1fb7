"""The endpoints beside a control centre on one machine: one process a pipeline, started again when it ends by itself."""

import logging
from collections.abc import Callable
from contextlib import suppress
from subprocess import Popen, TimeoutExpired
from time import monotonic
from typing import Final

from kingmaker.ports.house import House

_LOG = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
SHORT_LIFE_SECONDS: Final = 10.0
"""One that lived shorter is started again only after as long: a port that is taken will not be free at once."""

StartEndpoint = Callable[[str, int], "Popen[bytes]"]
"""Starts the endpoint of a pipeline on a port; it leaves by itself when its standard input closes."""


class Neighbours:
    """A duty. `first_port` is the first pipeline's, the next ones have the ports behind it; 0: any that is free."""

    name = "endpoints"

    def __init__(self, house: House, start: StartEndpoint, first_port: int) -> None:
        self._house = house
        self._start = start
        self._first = first_port
        self._places: dict[str, int] = {}
        self._living: dict[str, tuple[Popen[bytes], float]] = {}
        self._over = False

    def tick(self) -> float:
        """Start what is missing."""
        for pipeline in self._pipelines():
            self._see_to(pipeline)
        return LOOK_SECONDS

    def stop(self, seconds: float) -> None:
        """Let all of them answer what they were asked, and leave."""
        self._over = True
        processes = [process for process, _ in self._living.values()]
        for process in processes:
            process.terminate()
        deadline = monotonic() + seconds
        for process in processes:
            with suppress(TimeoutExpired):
                process.wait(max(0.1, deadline - monotonic()))
                continue
            process.kill()
            process.wait()

    def _pipelines(self) -> list[str]:
        ledger = self._house.ledger
        return sorted({*ledger.pipelines(), *ledger.declared_pipelines()})

    def _see_to(self, pipeline: str) -> None:
        living = self._living.get(pipeline)
        if self._over or (living is not None and not self._is_due(pipeline, *living)):
            return
        place = self._places.setdefault(pipeline, len(self._places))
        self._living[pipeline] = (self._start(pipeline, self._first + place if self._first else 0), monotonic())

    @staticmethod
    def _is_due(pipeline: str, process: "Popen[bytes]", since: float) -> bool:
        if process.poll() is None:
            return False
        lived = monotonic() - since
        if lived < SHORT_LIFE_SECONDS:
            return False
        _LOG.warning(
            "the endpoint of %s ended by itself (exit code %s), and is started again", pipeline, process.poll()
        )
        return True
