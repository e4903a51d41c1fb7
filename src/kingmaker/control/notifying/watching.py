"""The duty that raises notices of what is new in the ledger and in endpoints' reports; it hooks into nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from kingmaker.control.notifying.wording import endpoint_silent, run_failed, verdict_reached
from kingmaker.domain.notice import Occurrence
from kingmaker.loop.endpoints import endpoint_reports
from kingmaker.ports.house import House

PAUSE: Final = 5.0
LOOK_BACK: Final = timedelta(days=2)
"""What happened longer ago is no news, also to a control centre that is started on an old ledger."""
QUIET: Final = timedelta(hours=1)
"""The same fault is told once in this time, with how often it happened."""
REMIND: Final = timedelta(days=1)
"""An alarm that lasts is told again after this time."""
SILENT: Final = timedelta(minutes=15)
GONE: Final = timedelta(days=1)
"""An endpoint that is silent for longer was taken out of service, or was told of already."""
_EVERY: Final = timedelta(minutes=2)


class Watching:
    """A duty. Verdicts and failed runs are raised once, whichever control centre sees them first; alarms while they last."""

    name = "watching"

    def __init__(self, house: House) -> None:
        self._house = house
        self._looked_at: datetime | None = None

    def tick(self) -> float:
        now = self._house.clock()
        self._raise_news(since=now - LOOK_BACK)
        if self._looked_at is None or not timedelta(0) <= now - self._looked_at < _EVERY:
            self._raise_alarms()
            self._looked_at = now
        return PAUSE

    def _raise_news(self, since: datetime) -> None:
        ledger = self._house.ledger
        for run in ledger.untold_verdicts(since=since):
            recorded = ledger.verdict(run.number)
            assert recorded is not None
            ledger.raise_notice(verdict_reached(run, recorded), quiet=QUIET)
        for run in ledger.untold_failures(since=since):
            ledger.raise_notice(run_failed(run, ledger.faults(run.number)), quiet=QUIET)

    def _raise_alarms(self) -> None:
        for occurrence in self._alarms():
            self._house.ledger.raise_notice(occurrence, quiet=REMIND, counted=False)

    def _alarms(self) -> Iterator[Occurrence]:
        for pipeline in self._house.ledger.pipelines():
            for report in endpoint_reports(self._house, pipeline):
                if (
                    report.age_seconds is not None
                    and SILENT.total_seconds() < report.age_seconds < GONE.total_seconds()
                ):
                    yield endpoint_silent(pipeline, report)
