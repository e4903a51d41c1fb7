"""Shadows: versions that score what was asked after it has been answered, for the journal alone."""

from asyncio import AbstractEventLoop
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from kingmaker.serving.asked import Asked
from kingmaker.serving.journal.entry import Batch
from kingmaker.serving.lineup import Lane
from kingmaker.serving.marking import mark_shadow
from kingmaker.serving.readings import Reading

MOST_WAITING = 2_048
"""Rows; beyond it the newest go without shadows rather than wait."""


class Records(Protocol):
    """The journal, as shadows see it."""

    def record(self, batch: Batch) -> None: ...


class Shadowing:
    """One thread for all shadows. Everything but the scoring happens on the event loop's thread."""

    def __init__(self, journal: Records, loop: AbstractEventLoop) -> None:
        self._journal = journal
        self._loop = loop
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="score-shadows")
        self._waiting = self._rows = self._dropped = self._failed = 0

    def offer(self, shadows: Sequence[Lane], asked: Sequence[Asked], at: float, rows: int) -> None:
        """Have rows scored by every shadow, unless too many are waiting."""
        if self._waiting and self._waiting + rows > MOST_WAITING:
            self._dropped += rows * len(shadows)
            return
        self._waiting += rows
        self._thread.submit(self._score, shadows, asked, at, rows)

    def close(self) -> None:
        """Let the thread go; what it had not begun is dropped."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def readings(self) -> Iterable[Reading]:
        yield Reading(name="shadow_rows", told="Rows that shadows scored.", value=self._rows, kind="counter")
        yield Reading(
            name="shadow_rows_dropped",
            told="Rows that shadows did not score because they had fallen behind.",
            value=self._dropped,
            kind="counter",
        )
        yield Reading(
            name="shadow_rows_failed",
            told="Rows that shadows could not score, such as for a field of another kind.",
            value=self._failed,
            kind="counter",
        )

    def _score(self, shadows: Sequence[Lane], asked: Sequence[Asked], at: float, rows: int) -> None:
        batches: list[Batch] = []
        failed = 0
        for lane in shadows:
            try:
                batches.append(mark_shadow(lane, asked, at))
            except Exception:  # noqa: BLE001 - a shadow harms nobody
                failed += rows
        self._loop.call_soon_threadsafe(self._record, batches, rows, failed)

    def _record(self, batches: Sequence[Batch], rows: int, failed: int) -> None:
        self._waiting -= rows
        self._failed += failed
        for batch in batches:
            self._rows += len(batch.ids)
            self._journal.record(batch)
