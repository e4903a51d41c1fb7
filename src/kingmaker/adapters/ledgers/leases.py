"""Leases on runs: who may take one, and the check of its token inside every transaction that writes under it."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kingmaker.adapters.ledgers import tables
from kingmaker.adapters.ledgers.holders import is_gone, spoken
from kingmaker.domain.errors import LeaseLost, RunRefused
from kingmaker.domain.run import Lease


def held(connection: sa.Connection, lease: Lease, *, run: int | None = None) -> sa.RowMapping:
    """The run's row, locked until the transaction ends. Raises LeaseLost when the lease (for `run`) is not in force.

    A lease that ran out but that nobody took is still in force: the token decides, not the clock. The lock lets others
    refer to the run (what waits for the audit chain while it does so must not wait for whoever waits for the chain).
    """
    query = sa.select(tables.run).where(tables.run.c.number == lease.run).with_for_update(key_share=True)
    row = connection.execute(query).mappings().one_or_none()
    if row is None or run not in {None, lease.run} or not is_in_force(row, lease):
        raise LeaseLost(
            "The lease is no longer in force, so nothing was recorded",
            where=f"run {lease.run if run is None else run}",
            remedy="Another process has taken the run over or ended it: leave it to that process.",
        )
    return row


def is_in_force(row: sa.RowMapping, lease: Lease) -> bool:
    return bool(row["reason"] == "requested" and row["holder"] == lease.holder and row["token"] == lease.token)


def refuse_if_held(row: sa.RowMapping, holder: str, now: datetime) -> None:
    """Raises RunRefused, naming holder and run, unless the lease is given back, run out, one's own or its holder dead."""
    other: str | None = row["holder"]
    if other == holder or not is_held(row, now):
        return
    seconds = (row["lease_expires_at"] - now).total_seconds()
    raise RunRefused(
        f"Run {row['number']} of pipeline {row['pipeline']} is under way, held by {spoken(str(other))}",
        remedy=f"Wait until it ends; if that process no longer lives, the run is free in {seconds:.0f} s.",
    )


def is_held(row: sa.RowMapping, now: datetime) -> bool:
    """Whether somebody who, as far as can be seen from here, lives has the run's lease."""
    return row["holder"] is not None and row["lease_expires_at"] > now and not is_gone(row["holder"])


def take(connection: sa.Connection, row: sa.RowMapping, holder: str, expires_at: datetime) -> Lease:
    """Lease the run, with a token higher than all before, so that earlier holders can no longer write."""
    lease = Lease(run=row["number"], holder=holder, token=row["token"] + 1, expires_at=expires_at)
    _update(connection, lease.run, holder=holder, token=lease.token, lease_expires_at=expires_at)
    return lease


def prolong(connection: sa.Connection, lease: Lease, now: datetime, lease_time: timedelta) -> Lease:
    """Raises LeaseLost."""
    held(connection, lease)
    _update(connection, lease.run, lease_expires_at=now + lease_time)
    return Lease(run=lease.run, holder=lease.holder, token=lease.token, expires_at=now + lease_time)


def give_back(connection: sa.Connection, run: int) -> None:
    _update(connection, run, holder=None, lease_expires_at=None)


def _update(connection: sa.Connection, run: int, **values: Any) -> None:
    connection.execute(sa.update(tables.run).where(tables.run.c.number == run).values(**values))
