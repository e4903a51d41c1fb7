"""The duty that monitors every pipeline: reads what endpoints left, begins and ends alarms, and has people told."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl

from kingmaker.control.outcomes import OutcomesRefused, form_of, read_outcomes
from kingmaker.domain.alarm import Alarm, AlarmKind, AlarmLevel, Crossing, MonitorPolicy
from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.monitoring import Monitoring
from kingmaker.domain.notice import NoticeKind, Occurrence, OutcomeFile
from kingmaker.loop.monitor import Monitor
from kingmaker.loop.monitoring.outcomes import HandedIn, newest_of_each
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.pipeline.reading import parse_pipeline
from kingmaker.ports.house import House

_LOG = logging.getLogger(__name__)

READ_EVERY: Final = timedelta(minutes=5)
LOOK_SECONDS: Final = 60.0
"""Endpoints that are silent or behind are looked for so often."""
REMIND: Final = timedelta(days=1)
"""An alarm that lasts is told again after this time."""
MOST_FILES: Final = 1000
OVER: Final = "No reading is beyond the limit any longer."


class MonitoringDuty:
    """A duty. Reads every five minutes; looks at limits and endpoints every minute."""

    name = "monitoring"

    def __init__(self, house: House, policy: MonitorPolicy | None = None) -> None:
        self._house = house
        self._policy = policy or MonitorPolicy()
        self._monitors: dict[str, Monitor] = {}
        self._read: dict[str, Monitoring] = {}
        self._read_at: datetime | None = None

    def tick(self) -> float:
        """One pipeline that cannot be monitored keeps none of the others from it; the first such failure is raised at last."""
        now = self._house.clock()
        is_due = self._read_at is None or not timedelta(0) <= now - self._read_at < READ_EVERY
        failures = [
            error
            for pipeline in self._house.ledger.pipelines()
            if (error := self._look(pipeline, is_due=is_due)) is not None
        ]
        if failures:
            raise failures[0]
        if is_due:
            self._read_at = now
        return LOOK_SECONDS

    def _look(self, pipeline: str, *, is_due: bool) -> KingmakerError | None:
        monitor = self._monitors.setdefault(pipeline, Monitor(self._house, pipeline, self._policy))
        try:
            if is_due or pipeline not in self._read:
                self._read[pipeline] = read_now(self._house, pipeline, monitor)
            settle(self._house, pipeline, monitor.crossings(self._read[pipeline]))
        except KingmakerError as error:
            return error
        return None


def read_now(house: House, pipeline: str, monitor: Monitor) -> Monitoring:
    """Read what is new of a pipeline, outcomes that were handed in too.

    Outcomes that another declaration has made unreadable since are left out: the rest is told all the same.
    """
    kept = house.ledger.outcomes(pipeline, limit=MOST_FILES)
    files = [one for one in kept if house.vault.has(one.file)]  # of some every line was erased
    if not files:
        return monitor.read()
    try:
        return monitor.read(files[0].number, lambda: handed_in(house, pipeline, files))
    except OutcomesRefused as error:
        _LOG.warning("outcomes of %s cannot be read: %s", pipeline, error)
        return monitor.read()


def settle(house: House, pipeline: str, crossings: list[Crossing]) -> list[Alarm]:
    """Begin or renew the alarms of these crossings, end the others, and have people told; those that are open now."""
    kept = [house.ledger.raise_alarm(crossing) for crossing in crossings]
    numbers = {alarm.number for alarm in kept}
    for alarm in house.ledger.alarms(pipeline, only_open=True, limit=MOST_FILES):
        if alarm.number not in numbers:
            house.ledger.end_alarm(alarm.number, why=OVER)
    for alarm in kept:
        if alarm.level is AlarmLevel.ALARM:
            house.ledger.raise_notice(told_of(alarm), quiet=REMIND, counted=False)
    return kept


def told_of(alarm: Alarm) -> Occurrence:
    """One cause for each alarm. A silent endpoint has the cause under which others tell of it too."""
    subject = f" of {alarm.what}" if alarm.what else ""
    is_silence = alarm.kind is AlarmKind.ENDPOINT_SILENT
    cause = f"endpoint/{alarm.pipeline}/{alarm.what}" if is_silence else f"alarm/{alarm.pipeline}/{alarm.number}"
    return Occurrence(
        cause=cause,
        kind=NoticeKind.ALARM,
        pipeline=alarm.pipeline,
        run=None,
        title=f"{alarm.pipeline}: alarm, {alarm.kind.value.replace('_', ' ')}{subject}",
        text=alarm.sentence,
    )


def handed_in(house: House, pipeline: str, files: list[OutcomeFile]) -> HandedIn:
    """Every outcome that was handed in; of a loan the newest."""
    declaration = declaration_of(house, pipeline)
    batches = [
        frame for file in sorted(files, key=lambda one: one.number) for frame in _batches(house, file, declaration)
    ]
    return HandedIn(
        outcomes=newest_of_each(batches), outcome=declaration.outcome, as_of=max(file.at for file in files).date()
    )


def declaration_of(house: House, pipeline: str) -> Pipeline:
    """The newest that was declared here, else the one of the newest run."""
    declared = house.ledger.declared(pipeline)
    if declared is not None:
        return parse_pipeline(declared.text, declared.declared_in)
    newest = house.ledger.runs(pipeline=pipeline, limit=1)[0].request
    return parse_pipeline(newest.declaration, newest.declared_in)


def _batches(house: House, file: OutcomeFile, declaration: Pipeline) -> Iterator[pl.DataFrame]:
    told = pl.lit(file.at.astimezone(UTC).date()).alias("told")
    for batch in read_outcomes(house.vault.fetch(file.file), form_of(file.form), declaration):
        yield batch.with_columns(told)
