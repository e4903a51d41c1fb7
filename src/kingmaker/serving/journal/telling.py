"""What the journal says of itself: numbers to be scraped, and a sentence when something is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kingmaker.serving.journal.place import Place
from kingmaker.serving.journal.tally import Tally
from kingmaker.serving.readings import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalState:
    """`failure` is what is wrong now, or a batch that could not be logged, "" for neither; `dropped` is in rows."""

    on: bool
    path: Path | None
    written: int
    shipped_segments: int
    dropped: int
    pending_bytes: int
    failure: str


def state_of(tally: Tally, place: Place | None) -> JournalState:
    return JournalState(
        on=place is not None,
        path=place.path if place else None,
        written=tally.written,
        shipped_segments=tally.segments_shipped,
        dropped=sum(_dropped(tally).values()),
        pending_bytes=tally.pending_bytes,
        failure=tally.writing_failure or tally.shipping_failure or tally.batch_failure,
    )


def readings_of(tally: Tally, *, on: bool, now: float) -> Iterator[Reading]:
    """`now` is in seconds since 1970."""
    yield Reading(name="journal_on", told="1 when answers are logged", value=float(on))
    if not on:
        return
    yield _counter("journal_written_rows", "Answers written to a segment", tally.written)
    yield _counter("journal_shipped_segments", "Segments the depot has taken", tally.segments_shipped)
    for cause, rows in _dropped(tally).items():
        yield _counter("journal_dropped_rows", "Answers that were not logged, or lost before shipping", rows, cause)
    yield Reading(
        name="journal_waiting_rows", told="Answers not yet in a segment", value=tally.recorded - tally.drained
    )
    yield Reading(name="journal_pending_bytes", told="Bytes that wait to be shipped", value=tally.pending_bytes)
    if tally.last_shipped:
        since = max(0.0, now - tally.last_shipped)
        yield Reading(name="journal_seconds_since_shipped", told="Seconds since a segment was shipped", value=since)


def _dropped(tally: Tally) -> dict[str, int]:
    return {
        "queue": tally.queue,
        "disk": tally.disk,
        "retention": tally.retention,
        "unreadable": tally.unreadable,
    }


def _counter(name: str, told: str, value: float, cause: str = "") -> Reading:
    return Reading(name=name, told=told, value=value, kind="counter", labels=(("cause", cause),) if cause else ())
