"""What housekeeping does by itself: it sweeps once a day, and says so when the disk is nearly full."""

from datetime import datetime, timedelta
from typing import Final

from kingmaker.control.erasing.afterwards import keep_erased
from kingmaker.control.housekeeping import room_left, sweep
from kingmaker.domain.notice import NoticeKind, Occurrence
from kingmaker.ports.house import House

BY: Final = "housekeeping"
SWEPT_EVERY: Final = timedelta(days=1)
FIRST_SWEEP_AFTER: Final = timedelta(minutes=10)
"""Not at the start: a centre that starts again and again would do nothing else."""
DISK_WATCHED_EVERY: Final = 60.0
TOLD_AGAIN_AFTER: Final = timedelta(hours=12)


class Sweeper:
    """A duty: sweeps once a day, and erases again what arrived late of customers who were erased."""

    name = "sweep"

    def __init__(self, house: House) -> None:
        self._house = house
        self._due: datetime = house.clock() + FIRST_SWEEP_AFTER

    def tick(self) -> float:
        now = self._house.clock()
        if now >= self._due:
            keep_erased(self._house)
            sweep(self._house, by=BY)
            self._due = now + SWEPT_EVERY
        return max(0.0, (self._due - self._house.clock()).total_seconds())


class DiskGuard:
    """A duty: raises the alarm `disk` while there is too little room for a new run."""

    name = "disk"

    def __init__(self, house: House) -> None:
        self._house = house

    def tick(self) -> float:
        room = room_left(self._house)
        if not room.is_enough:
            occurrence = Occurrence(
                cause="disk",
                kind=NoticeKind.ALARM,
                pipeline="",
                run=None,
                title="The disk is nearly full",
                text=f"{room.sentence} No new run starts until some space is free.",
            )
            self._house.ledger.raise_notice(occurrence, quiet=TOLD_AGAIN_AFTER, counted=False)
        return DISK_WATCHED_EVERY
