"""Replays under a lease: claimed one at a time, told of, given back, ended."""

from typing import Any

import sqlalchemy as sa

from kingmaker.adapters.ledgers import leases, tables
from kingmaker.adapters.ledgers.centre_tables import replay_request
from kingmaker.adapters.ledgers.chain import queue
from kingmaker.adapters.ledgers.records import to_text
from kingmaker.adapters.ledgers.replay_rows import over, replay_of, row_of
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.errors import LeaseLost
from kingmaker.domain.replay import ReplayLease, ReplayProgress, ReplayRequest, ReplayState
from kingmaker.domain.run import RunReason

_replay = replay_request.c
_OPEN = (ReplayState.WAITING.value, ReplayState.RUNNING.value)


class SqlReplayClaims(SqlState):
    """The claiming of ReplayLedger over SQL. Whoever claims holds the head of the audit chain: nobody else claims then."""

    def replay_is_due(self) -> bool:
        with reading(self.engine) as connection:
            return self._next_replay(connection) is not None

    def claim_replay(self, holder: str, *, give_up_after: int = 20) -> tuple[ReplayRequest, ReplayLease] | None:
        while True:
            with writing(self.engine) as connection:
                queue(connection)
                row = self._next_replay(connection)
                if row is None:
                    return None
                if self._take_up_replay(connection, row, holder, give_up_after):
                    taken = row_of(connection, row["number"])
                    return replay_of(taken, self.now()), _lease(taken)

    def renew_replay(self, lease: ReplayLease) -> ReplayLease:
        with writing(self.engine) as connection:
            _held(connection, lease)
            _update(connection, lease.replay, lease_expires_at=self.now() + self.lease_time)
            return _lease(row_of(connection, lease.replay))

    def tell_replay(self, lease: ReplayLease, progress: ReplayProgress) -> None:
        with writing(self.engine) as connection:
            _held(connection, lease)
            _update(connection, lease.replay, progress=to_text(progress))

    def release_replay(self, lease: ReplayLease) -> None:
        with writing(self.engine) as connection:
            _held(connection, lease)
            _update(connection, lease.replay, holder=None, lease_expires_at=None)

    def finish_replay(self, lease: ReplayLease, *, result: str, page: str) -> ReplayRequest:
        return self._end_replay(lease, ReplayState.FINISHED, files=(result, page))

    def fail_replay(self, lease: ReplayLease, *, detail: str) -> ReplayRequest:
        return self._end_replay(lease, ReplayState.FAILED, detail=detail)

    def _end_replay(self, lease: ReplayLease, state: ReplayState, **said: Any) -> ReplayRequest:
        now = self.now()
        with writing(self.engine) as connection:
            over(connection, _held(connection, lease), state, now, **said)
            return replay_of(row_of(connection, lease.replay), now)

    def _next_replay(self, connection: sa.Connection) -> sa.RowMapping | None:
        """The one to be done now: one at a time, and none begins while somebody conducts a run."""
        now = self.now()
        query = sa.select(replay_request).where(_replay.state.in_(_OPEN)).order_by(_replay.number)
        rows = connection.execute(query).mappings().all()
        if not rows or any(leases.is_held(row, now) for row in rows):
            return None
        begun = next((row for row in rows if row["state"] == ReplayState.RUNNING.value), None)
        if begun is not None:
            return begun
        unfinished = sa.select(tables.run).where(tables.run.c.reason == RunReason.REQUESTED.value)
        is_busy = any(leases.is_held(run, now) for run in connection.execute(unfinished).mappings())
        return None if is_busy else rows[0]

    def _take_up_replay(self, connection: sa.Connection, row: sa.RowMapping, holder: str, give_up_after: int) -> bool:
        """False when it has come to its end instead."""
        now = self.now()
        if row["cancelled_by"]:
            over(connection, row, ReplayState.CANCELLED, now)
            return False
        if row["token"] >= give_up_after:
            why = f"It was taken up {row['token']} times, and whoever worked on it died each time."
            over(connection, row, ReplayState.FAILED, now, detail=why)
            return False
        taken = {
            "state": ReplayState.RUNNING.value,
            "started_at": row["started_at"] or now,
            "holder": holder,
            "token": row["token"] + 1,
            "lease_expires_at": now + self.lease_time,
        }
        _update(connection, row["number"], **taken)
        return True


def _held(connection: sa.Connection, lease: ReplayLease) -> sa.RowMapping:
    """The row, locked. A lease that ran out but that nobody took is still in force: the token decides, not the clock."""
    row = row_of(connection, lease.replay, locked=True)
    in_force = row["state"] == ReplayState.RUNNING.value and row["holder"] == lease.holder
    if not in_force or row["token"] != lease.token:
        raise LeaseLost(
            "the lease is no longer in force, so nothing was recorded",
            where=f"replay {lease.replay}",
            remedy="Another process has taken the replay over or ended it: leave it to that process.",
        )
    return row


def _lease(row: sa.RowMapping) -> ReplayLease:
    return ReplayLease(
        replay=row["number"], holder=row["holder"], token=row["token"], expires_at=row["lease_expires_at"]
    )


def _update(connection: sa.Connection, number: int, **values: Any) -> None:
    connection.execute(sa.update(replay_request).where(_replay.number == number).values(**values))
