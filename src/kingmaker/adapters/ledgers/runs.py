"""Runs: opened under a lease, one unfinished run a pipeline, ended once."""

from dataclasses import asdict, fields
from datetime import datetime

import sqlalchemy as sa

from kingmaker.adapters.ledgers import leases, tables
from kingmaker.adapters.ledgers.endings import end_run, wish_for
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.errors import NotFound, RunRefused
from kingmaker.domain.run import Lease, Request, Run, RunReason


class SqlRuns(SqlState):
    """The runs of RunLedger over SQL."""

    def open_run(self, request: Request, holder: str) -> tuple[Run, Lease]:
        now = self.now()
        try:
            with writing(self.engine) as connection:
                row = unfinished_row(connection, request.pipeline)
                if row is not None:
                    leases.refuse_if_held(row, holder, now)
                if row is not None and (row["key"] != request.key or wish_for(connection, row["number"])):
                    why = "A run with newer data or another declaration was asked for."
                    end_run(connection, row, RunReason.SUPERSEDED, why, now)
                    row = None
                row = row or start_run(connection, request, now)
                return run_of(row), leases.take(connection, row, holder, now + self.lease_time)
        except sa.exc.IntegrityError:
            raise RunRefused(
                f"A run of pipeline {request.pipeline} was started by another process at this moment",
                remedy="Wait until it ends, then run again.",
            ) from None

    def resume_run(self, number: int, holder: str) -> tuple[Run, Lease]:
        now = self.now()
        with writing(self.engine) as connection:
            row = run_row(connection, number, locked=True)
            run = run_of(row)
            if run.state.is_over():
                raise RunRefused(f"The run is {run.state}", where=f"run {number}", remedy="Start a new run.")
            leases.refuse_if_held(row, holder, now)
            return run, leases.take(connection, row, holder, now + self.lease_time)

    def renew(self, lease: Lease) -> Lease:
        with writing(self.engine) as connection:
            return leases.prolong(connection, lease, self.now(), self.lease_time)

    def release(self, lease: Lease) -> None:
        with writing(self.engine) as connection:
            if leases.is_in_force(run_row(connection, lease.run, locked=True), lease):
                leases.give_back(connection, lease.run)

    def finish_run(self, lease: Lease, reason: RunReason, *, detail: str = "") -> Run:
        with writing(self.engine) as connection:
            row = leases.held(connection, lease)
            end_run(connection, row, reason, detail, self.now())
            return run_of(run_row(connection, lease.run))

    def run(self, number: int) -> Run:
        with reading(self.engine) as connection:
            return run_of(run_row(connection, number))

    def runs(self, pipeline: str | None = None, *, limit: int = 50) -> list[Run]:
        query = sa.select(tables.run).order_by(tables.run.c.number.desc()).limit(limit)
        if pipeline is not None:
            query = query.where(tables.run.c.pipeline == pipeline)
        with reading(self.engine) as connection:
            return [run_of(row) for row in connection.execute(query).mappings()]

    def under_way(self) -> frozenset[int]:
        now = self.now()
        query = sa.select(tables.run).where(tables.run.c.reason == RunReason.REQUESTED.value)
        with reading(self.engine) as connection:
            rows = connection.execute(query).mappings()
            return frozenset(row["number"] for row in rows if leases.is_held(row, now))

    def pipelines(self) -> list[str]:
        """In alphabetical order."""
        query = sa.select(tables.run.c.pipeline).distinct().order_by(tables.run.c.pipeline)
        with reading(self.engine) as connection:
            return list(connection.execute(query).scalars())


def run_of(row: sa.RowMapping) -> Run:
    return Run(
        number=row["number"],
        request=Request(**{field.name: row[field.name] for field in fields(Request)}),
        reason=RunReason(row["reason"]),
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        detail=row["detail"],
    )


def run_row(connection: sa.Connection, number: int, *, locked: bool = False) -> sa.RowMapping:
    query = sa.select(tables.run).where(tables.run.c.number == number)
    row = connection.execute(query.with_for_update(key_share=True) if locked else query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no run {number}", remedy="`kingmaker runs` lists them.")
    return row


def unfinished_row(connection: sa.Connection, pipeline: str) -> sa.RowMapping | None:
    wanted = (tables.run.c.pipeline == pipeline, tables.run.c.reason == RunReason.REQUESTED.value)
    return (
        connection.execute(sa.select(tables.run).where(*wanted).with_for_update(key_share=True))
        .mappings()
        .one_or_none()
    )


def start_run(connection: sa.Connection, request: Request, now: datetime) -> sa.RowMapping:
    values = asdict(request) | {
        "reason": RunReason.REQUESTED.value,
        "started_at": now,
        "detail": "",
        "token": 0,
    }
    inserted = connection.execute(sa.insert(tables.run).values(values)).inserted_primary_key
    assert inserted is not None
    return run_row(connection, inserted[0])
