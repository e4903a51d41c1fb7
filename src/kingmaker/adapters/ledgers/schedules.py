"""ScheduleLedger over SQL: each time of a schedule fires once, however many processes watch the clock."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from kingmaker.adapters.ledgers import centre_tables as tables
from kingmaker.adapters.ledgers.chain import append, entry_of, queue
from kingmaker.adapters.ledgers.declarations import SqlDeclarations
from kingmaker.adapters.ledgers.queueing import enqueue
from kingmaker.adapters.ledgers.records import storable
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.errors import Conflict, NotFound
from kingmaker.domain.queue import Origin, QueuedRequest
from kingmaker.domain.run import Request
from kingmaker.domain.schedule import Schedule

_schedule = tables.schedule.c


class SqlSchedules(SqlDeclarations):
    """ScheduleLedger over SQL. Whoever changes or fires a schedule holds the head of the audit chain: one at a time."""

    def put_schedule(self, schedule: Schedule) -> Schedule:
        with writing(self.engine) as connection:
            queue(connection)
            standing = _row(connection, schedule.pipeline)
            put = replace(schedule, set_by=storable(schedule.set_by), last_at=standing.last_at if standing else None)
            if standing is None:
                connection.execute(sa.insert(tables.schedule).values(_values(put)))
            else:
                _update(connection, put)
            self._note(connection, "schedule set", put.set_by, standing, put)
            return put

    def schedule(self, pipeline: str) -> Schedule | None:
        with reading(self.engine) as connection:
            return _row(connection, pipeline)

    def schedules(self) -> list[Schedule]:
        query = sa.select(tables.schedule).order_by(_schedule.pipeline)
        with reading(self.engine) as connection:
            return [schedule_of(row) for row in connection.execute(query).mappings()]

    def pause_schedule(self, pipeline: str, *, by: str) -> Schedule:
        def paused(standing: Schedule) -> Schedule:
            return standing if standing.is_paused else replace(standing, paused_by=storable(by), next_at=None)

        return self._change("schedule paused", pipeline, by, paused)

    def resume_schedule(self, pipeline: str, *, next_at: datetime, by: str) -> Schedule:
        def resumed(standing: Schedule) -> Schedule:
            return replace(standing, paused_by=None, next_at=next_at) if standing.is_paused else standing

        return self._change("schedule resumed", pipeline, by, resumed)

    def drop_schedule(self, pipeline: str, *, by: str) -> None:
        with writing(self.engine) as connection:
            queue(connection)
            standing = _existing(connection, pipeline)
            connection.execute(sa.delete(tables.schedule).where(_schedule.pipeline == pipeline))
            self._note(connection, "schedule dropped", by, standing, None)

    def fire(
        self, schedule: Schedule, *, next_at: datetime, request: Request | None, time: datetime | None = None
    ) -> QueuedRequest | None:
        moved = sa.update(tables.schedule).where(
            _schedule.pipeline == schedule.pipeline,
            _schedule.next_at == schedule.next_at,
            _schedule.set_at == schedule.set_at,
            _schedule.paused_by.is_(None),
        )
        fired = time or schedule.next_at
        last_at = schedule.last_at if request is None else fired
        with writing(self.engine) as connection:
            queue(connection)
            is_first = connection.execute(moved.values(next_at=next_at, last_at=last_at)).rowcount == 1
            if not is_first or request is None or fired is None:
                return None
            key = f"schedule/{schedule.pipeline}/{fired.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
            try:
                return enqueue(
                    connection, request, key=key, origin=Origin.SCHEDULE, priority=schedule.priority, now=self.now()
                )
            except Conflict:  # it fired for this time before, with another declaration: the clock was set back
                return None

    def _change(self, action: str, pipeline: str, by: str, change: Callable[[Schedule], Schedule]) -> Schedule:
        with writing(self.engine) as connection:
            queue(connection)
            standing = _existing(connection, pipeline)
            changed = change(standing)
            if changed != standing:
                _update(connection, changed)
                self._note(connection, action, by, standing, changed)
            return changed

    def _note(
        self, connection: sa.Connection, action: str, by: str, before: Schedule | None, after: Schedule | None
    ) -> None:
        pipeline = next(one.pipeline for one in (after, before) if one is not None)
        entry = entry_of(
            at=self.now(),
            by=by,
            action=action,
            subject=f"schedule/{pipeline}",
            before=_told(before),
            after=_told(after),
        )
        append(connection, entry)


def _row(connection: sa.Connection, pipeline: str) -> Schedule | None:
    query = sa.select(tables.schedule).where(_schedule.pipeline == pipeline)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else schedule_of(row)


def _existing(connection: sa.Connection, pipeline: str) -> Schedule:
    standing = _row(connection, pipeline)
    if standing is None:
        raise NotFound(
            f"pipeline {pipeline} has no schedule",
            where=pipeline,
            remedy="`kingmaker schedule set` gives it one.",
        )
    return standing


def _update(connection: sa.Connection, schedule: Schedule) -> None:
    connection.execute(
        sa.update(tables.schedule).where(_schedule.pipeline == schedule.pipeline).values(_values(schedule))
    )


def _values(schedule: Schedule) -> dict[str, object]:
    values = asdict(schedule)
    del values["grace"]
    return values | {"grace_seconds": schedule.grace.total_seconds()}


def schedule_of(row: sa.RowMapping) -> Schedule:
    values = {str(name): value for name, value in row.items() if name != "grace_seconds"}
    return Schedule(**values, grace=timedelta(seconds=row["grace_seconds"]))


def _told(schedule: Schedule | None) -> str:
    """As the audit log names it."""
    if schedule is None:
        return ""
    paused = " (paused)" if schedule.is_paused else ""
    return f"{schedule.cron} in {schedule.zone}, grace {schedule.grace}, priority {schedule.priority}{paused}"
