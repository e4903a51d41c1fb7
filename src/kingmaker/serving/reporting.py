"""Telling the depot what is served, in a thread of its own: a depot that does not listen holds nothing up."""

from collections.abc import Callable, Iterable
from threading import Event, Thread

from kingmaker.ports.depot import Depot
from kingmaker.serving.readings import Reading


class Reporter:
    """Reports `told()` when it is nudged, and every `seconds`."""

    def __init__(self, depot: Depot, pipeline: str, endpoint: str, told: Callable[[], bytes], seconds: float) -> None:
        self._depot = depot
        self._pipeline = pipeline
        self._endpoint = endpoint
        self._told = told
        self._seconds = seconds
        self._nudged = Event()
        self._over = Event()
        self._failures = 0
        self._thread = Thread(target=self._run, name="kingmaker-report", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def nudge(self) -> None:
        """There is something new to tell."""
        self._nudged.set()

    def stop(self, seconds: float) -> None:
        """Ends after a report that is under way, waiting at most so long for it."""
        self._over.set()
        self._nudged.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def readings(self) -> Iterable[Reading]:
        told = "Reports of what is served that the depot did not take."
        yield Reading(name="report_failures", told=told, value=self._failures, kind="counter")

    def _run(self) -> None:
        while not self._over.is_set():
            self._nudged.wait(self._seconds)
            self._nudged.clear()
            if self._over.is_set():
                return
            try:
                self._depot.report(self._pipeline, self._endpoint, self._told())
            except Exception:  # noqa: BLE001 - counted; a read-only depot takes no reports, and that is all there is to it
                self._failures += 1
