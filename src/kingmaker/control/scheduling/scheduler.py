"""The duty that fires schedules: each time once, however many control centres watch the clock."""

import logging
from datetime import datetime, timedelta
from typing import Final

from kingmaker.control.declaring import request_for_declared
from kingmaker.control.scheduling.times import newest_time, next_time, zone_of
from kingmaker.domain.errors import KingmakerError, StorageFailed
from kingmaker.domain.notice import NoticeKind, Occurrence
from kingmaker.domain.run import Request
from kingmaker.domain.schedule import Schedule
from kingmaker.ports.house import House

_LOG = logging.getLogger(__name__)

BY: Final = "schedule"
"""Who asks for the runs."""
LONGEST_PAUSE: Final = 30.0
"""Seconds: another control centre may set a schedule meanwhile."""
ON_TIME: Final = timedelta(minutes=2)
"""So late a time may be fired without needing grace: a tick may have waited, or failed and been tried again."""
_QUIET: Final = timedelta(hours=1)


class Scheduler:
    """A duty. Missed times (nobody watched the clock) are one late run, for the newest of them, if that is within its grace."""

    name = "schedules"

    def __init__(self, house: House) -> None:
        self._house = house

    def tick(self) -> float:
        """Fire what is due; answers in how many seconds the next schedule is."""
        now = self._house.clock()
        for schedule in self._house.ledger.schedules():
            if schedule.next_at is not None and schedule.next_at <= now:
                self._see_to(schedule, now)
        coming = [
            one.next_at for one in self._house.ledger.schedules() if one.next_at is not None and one.next_at > now
        ]
        soonest = (min(coming) - self._house.clock()).total_seconds() if coming else LONGEST_PAUSE
        return min(LONGEST_PAUSE, max(0.0, soonest))

    def _see_to(self, schedule: Schedule, now: datetime) -> None:
        """A schedule that cannot be read (its zone is no longer known here) keeps no other from firing."""
        try:
            self._fire(schedule, now)
        except StorageFailed:
            raise
        except KingmakerError as error:
            self._tell(schedule, error)

    def _fire(self, schedule: Schedule, now: datetime) -> None:
        assert schedule.next_at is not None
        newest = newest_time(schedule.cron, schedule.zone, now)
        time = max(schedule.next_at, newest) if newest else schedule.next_at
        next_at = next_time(schedule.cron, schedule.zone, now)
        request = self._request(schedule, time) if now - time <= max(schedule.grace, ON_TIME) else None
        queued = self._house.ledger.fire(schedule, next_at=next_at, request=request, time=time)
        if queued is not None:
            _LOG.info("the schedule of %s fired for %s: request %d", schedule.pipeline, time, queued.number)
        elif request is None:
            _LOG.warning("the schedule of %s passed over %s; it is next due at %s", schedule.pipeline, time, next_at)

    def _request(self, schedule: Schedule, time: datetime) -> Request | None:
        """None, with a notice, when what is declared no longer holds."""
        day = time.astimezone(zone_of(schedule.zone)).date()
        try:
            return request_for_declared(self._house, schedule.pipeline, as_of=day, by=BY)
        except StorageFailed:
            raise
        except KingmakerError as error:
            self._tell(schedule, error)
            return None

    def _tell(self, schedule: Schedule, error: KingmakerError) -> None:
        occurrence = Occurrence(
            cause=f"fault/{schedule.pipeline}/schedule",
            kind=NoticeKind.FAULT,
            pipeline=schedule.pipeline,
            run=None,
            title=f"{schedule.pipeline}: the schedule could not ask for a run",
            text=error.sentence(),
        )
        self._house.ledger.raise_notice(occurrence, quiet=_QUIET, counted=False)
