"""Claiming: of everything that waits for somebody to work on it, the next under a lease, to one claimer alone."""

from dataclasses import fields
from typing import Final

import sqlalchemy as sa

from kingmaker.adapters.ledgers import leases, tables
from kingmaker.adapters.ledgers.centre_tables import queued_request
from kingmaker.adapters.ledgers.endings import end_run, wish_for
from kingmaker.adapters.ledgers.runs import run_of, run_row, start_run, unfinished_row
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.queue import QueueState
from kingmaker.domain.run import Lease, Request, Run, RunReason

_LOOKED_AT: Final = 50
"""Requests that are tried in one claim: each of them is refused only while another claimer takes it."""


class SqlClaims(SqlState):
    """The claiming of QueueLedger over SQL.

    Looking for work locks nothing, so that many may look often; each taking is a transaction of its own that locks what
    it takes, and looks again whether it still may.
    """

    def claim(self, holder: str, *, give_up_after: int = 50) -> tuple[Run, Lease] | None:
        for number in self._left_alone():
            taken = self._take_up(number, holder, give_up_after)
            if taken is not None:
                return taken
        for number in self._startable():
            taken = self._start_requested(number, holder)
            if taken is not None:
                return taken
        return None

    def _left_alone(self) -> list[int]:
        """Unfinished runs that no live holder has, oldest first."""
        now = self.now()
        query = sa.select(tables.run).where(tables.run.c.reason == RunReason.REQUESTED.value)
        with reading(self.engine) as connection:
            rows = connection.execute(query.order_by(tables.run.c.number)).mappings()
            return [row["number"] for row in rows if not leases.is_held(row, now)]

    def _take_up(self, number: int, holder: str, give_up_after: int) -> tuple[Run, Lease] | None:
        """None when somebody else was first, or when the run has come to its end instead."""
        with writing(self.engine) as connection:
            now = self.now()
            row = run_row(connection, number, locked=True)
            if run_of(row).state.is_over() or leases.is_held(row, now):
                return None
            if wish_for(connection, number) is not None:
                end_run(connection, row, RunReason.CANCELLED, "", now)
                return None
            if row["token"] >= give_up_after:
                why = f"It was taken up {row['token']} times, and whoever worked on it died each time."
                end_run(connection, row, RunReason.GIVEN_UP, why, now)
                return None
            return run_of(row), leases.take(connection, row, holder, now + self.lease_time)

    def _startable(self) -> list[int]:
        """Waiting requests of pipelines without an unfinished run: the higher priority, then the older one first."""
        busy = sa.select(tables.run.c.pipeline).where(tables.run.c.reason == RunReason.REQUESTED.value)
        query = (
            sa.select(queued_request.c.number)
            .where(queued_request.c.state == QueueState.WAITING.value, queued_request.c.pipeline.not_in(busy))
            .order_by(queued_request.c.priority.desc(), queued_request.c.number)
            .limit(_LOOKED_AT)
        )
        with reading(self.engine) as connection:
            return list(connection.execute(query).scalars())

    def _start_requested(self, number: int, holder: str) -> tuple[Run, Lease] | None:
        """None when somebody else takes or withdraws the request, or was first with a run of its pipeline."""
        try:
            with writing(self.engine) as connection:
                now = self.now()
                asked = _waiting(connection, number)
                if asked is None or unfinished_row(connection, asked["pipeline"]) is not None:
                    return None
                row = start_run(connection, _request_of(asked), now)
                _became(connection, number, row["number"])
                return run_of(row), leases.take(connection, row, holder, now + self.lease_time)
        except sa.exc.IntegrityError:
            return None


def _waiting(connection: sa.Connection, number: int) -> sa.RowMapping | None:
    """The request, locked; None also while another transaction has it."""
    query = sa.select(queued_request).where(
        queued_request.c.number == number, queued_request.c.state == QueueState.WAITING.value
    )
    return connection.execute(query.with_for_update(skip_locked=True, key_share=True)).mappings().one_or_none()


def _request_of(row: sa.RowMapping) -> Request:
    said = {field.name: row[field.name] for field in fields(Request) if field.name != "key"}
    return Request(key=row["content"], **said)


def _became(connection: sa.Connection, number: int, run: int) -> None:
    started = {"state": QueueState.STARTED.value, "run": run}
    connection.execute(sa.update(queued_request).where(queued_request.c.number == number).values(started))
