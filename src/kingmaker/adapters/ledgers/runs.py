"""Runs: opened under a lease, one unfinished run a pipeline, ended once."""

from dataclasses import asdict, fields
from datetime import datetime

import sqlalchemy as sa

from kingmaker.adapters.ledgers import leases, tables
from kingmaker.adapters.ledgers.chain import append_sealed, entry_of
from kingmaker.adapters.ledgers.records import storable
from kingmaker.adapters.ledgers.seals import seal_of
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
                row = _unfinished(connection, request.pipeline)
                if row is not None:
                    leases.refuse_if_held(row, holder, now)
                if row is not None and row["key"] != request.key:
                    why = "A run with newer data or another declaration was asked for."
                    _end(connection, row, RunReason.SUPERSEDED, why, now)
                    row = None
                row = row or _start(connection, request, now)
                return run_of(row), leases.take(connection, row, holder, now + self.lease_time)
        except sa.exc.IntegrityError:
            raise RunRefused(
                f"A run of pipeline {request.pipeline} was started by another process at this moment",
                remedy="Wait until it ends, then run again.",
            ) from None

    def resume_run(self, number: int, holder: str) -> tuple[Run, Lease]:
        now = self.now()
        with writing(self.engine) as connection:
            row = _row(connection, number, locked=True)
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
            if leases.is_in_force(_row(connection, lease.run, locked=True), lease):
                leases.give_back(connection, lease.run)

    def finish_run(self, lease: Lease, reason: RunReason, *, detail: str = "") -> Run:
        with writing(self.engine) as connection:
            row = leases.held(connection, lease)
            _end(connection, row, reason, detail, self.now())
            return run_of(_row(connection, lease.run))

    def run(self, number: int) -> Run:
        with reading(self.engine) as connection:
            return run_of(_row(connection, number))

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


def _row(connection: sa.Connection, number: int, *, locked: bool = False) -> sa.RowMapping:
    query = sa.select(tables.run).where(tables.run.c.number == number)
    row = connection.execute(query.with_for_update() if locked else query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no run {number}", remedy="`kingmaker runs` lists them.")
    return row


def _unfinished(connection: sa.Connection, pipeline: str) -> sa.RowMapping | None:
    wanted = (tables.run.c.pipeline == pipeline, tables.run.c.reason == RunReason.REQUESTED.value)
    return connection.execute(sa.select(tables.run).where(*wanted).with_for_update()).mappings().one_or_none()


def _start(connection: sa.Connection, request: Request, now: datetime) -> sa.RowMapping:
    values = asdict(request) | {
        "reason": RunReason.REQUESTED.value,
        "started_at": now,
        "detail": "",
        "token": 0,
    }
    inserted = connection.execute(sa.insert(tables.run).values(values)).inserted_primary_key
    assert inserted is not None
    return _row(connection, inserted[0])


def _end(connection: sa.Connection, row: sa.RowMapping, reason: RunReason, detail: str, now: datetime) -> None:
    """End the run, give its lease back and seal it in the audit chain."""
    if not reason.to_state().is_over():
        raise ValueError(f"{reason} does not end a run")
    number: int = row["number"]
    ended = {"reason": reason.value, "ended_at": now, "detail": storable(detail)}
    connection.execute(sa.update(tables.run).where(tables.run.c.number == number).values(ended))
    leases.give_back(connection, number)
    entry = entry_of(
        at=now,
        by=row["requested_by"],
        action=f"run {reason.to_state().value}",
        before=RunReason.REQUESTED.value,
        after=reason.value,
        why=detail,
    )
    append_sealed(connection, entry, seal_of(connection, tables.run, number))
