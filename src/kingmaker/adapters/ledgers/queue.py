"""The queue of requests: asked for, listed, withdrawn."""

from datetime import datetime

import sqlalchemy as sa

from kingmaker.adapters.ledgers import tables
from kingmaker.adapters.ledgers.cancellations import SqlCancellations
from kingmaker.adapters.ledgers.centre_tables import queued_request
from kingmaker.adapters.ledgers.chain import append, entry_of
from kingmaker.adapters.ledgers.claims import SqlClaims
from kingmaker.adapters.ledgers.events import SqlEvents
from kingmaker.adapters.ledgers.queueing import enqueue, queued_of
from kingmaker.adapters.ledgers.records import storable
from kingmaker.adapters.ledgers.standings import SqlStandings
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.errors import Conflict, NotFound
from kingmaker.domain.queue import Origin, QueuedRequest, QueueState
from kingmaker.domain.run import Request
from kingmaker.domain.trial import Fault


class SqlQueue(SqlClaims, SqlCancellations, SqlEvents, SqlStandings):
    """QueueLedger over SQL."""

    def ask(self, request: Request, *, key: str, origin: Origin, priority: int = 0) -> QueuedRequest:
        with writing(self.engine) as connection:
            return enqueue(connection, request, key=key, origin=origin, priority=priority, now=self.now())

    def queued(self, number: int) -> QueuedRequest:
        with reading(self.engine) as connection:
            return queued_of(_row(connection, number))

    def queue(
        self, pipeline: str | None = None, *, state: QueueState | None = None, limit: int = 50
    ) -> list[QueuedRequest]:
        query = sa.select(queued_request).order_by(queued_request.c.number.desc()).limit(limit)
        if pipeline is not None:
            query = query.where(queued_request.c.pipeline == pipeline)
        if state is not None:
            query = query.where(queued_request.c.state == state.value)
        with reading(self.engine) as connection:
            return [queued_of(row) for row in connection.execute(query).mappings()]

    def withdraw(self, number: int, *, by: str, why: str) -> QueuedRequest:
        with writing(self.engine) as connection:
            row = _row(connection, number, locked=True)
            if row["state"] == QueueState.STARTED.value:
                raise Conflict(
                    f"the request has become run {row['run']}",
                    where=f"request {number}",
                    remedy="Cancel the run instead.",
                )
            if row["state"] == QueueState.WAITING.value:
                _withdraw(connection, number, by, why, self.now())
            return queued_of(_row(connection, number))

    def all_faults(
        self,
        *,
        pipeline: str | None = None,
        run: int | None = None,
        since: datetime | None = None,
        kind: str | None = None,
        limit: int = 100,
    ) -> list[Fault]:
        fault = tables.fault
        query = sa.select(fault).order_by(fault.c.number.desc()).limit(limit)
        if pipeline is not None:
            query = query.join(tables.run, tables.run.c.number == fault.c.run).where(tables.run.c.pipeline == pipeline)
        if run is not None:
            query = query.where(fault.c.run == run)
        if since is not None:
            query = query.where(fault.c.happened_at >= since)
        if kind is not None:
            query = query.where(fault.c.kind == kind)
        with reading(self.engine) as connection:
            rows = connection.execute(query).mappings()
            return [Fault(**{str(name): value for name, value in row.items() if name != "number"}) for row in rows]


def _row(connection: sa.Connection, number: int, *, locked: bool = False) -> sa.RowMapping:
    query = sa.select(queued_request).where(queued_request.c.number == number)
    row = connection.execute(query.with_for_update(key_share=True) if locked else query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no request {number}", remedy="`kingmaker queue` lists them.")
    return row


def _withdraw(connection: sa.Connection, number: int, by: str, why: str, now: datetime) -> None:
    said = {"state": QueueState.CANCELLED.value, "detail": storable(f"Withdrawn by {by}: {why}")}
    connection.execute(sa.update(queued_request).where(queued_request.c.number == number).values(said))
    entry = entry_of(
        at=now,
        by=by,
        action="request withdrawn",
        subject=f"request/{number}",
        before=QueueState.WAITING.value,
        after=QueueState.CANCELLED.value,
        why=why,
    )
    append(connection, entry)
