"""NoticeLedger over SQL: an outbox of messages, one a cause."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

import sqlalchemy as sa

from kingmaker.adapters.ledgers import centre_tables, tables
from kingmaker.adapters.ledgers.chain import queue
from kingmaker.adapters.ledgers.records import storable
from kingmaker.adapters.ledgers.runs import run_of
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.notice import Notice, NoticeKind, Occurrence
from kingmaker.domain.run import Run, RunReason, RunState

_table = centre_tables.notice
_notice = centre_tables.notice.c
_FAILURES = tuple(reason.value for reason in RunReason if reason.to_state() is RunState.FAILED)


class SqlNotices(SqlState):
    """NoticeLedger over SQL. Whoever raises one holds the head of the audit chain, so that one cause is one notice."""

    def raise_notice(self, occurrence: Occurrence, *, quiet: timedelta, counted: bool = True) -> Notice | None:
        now = self.now()
        with writing(self.engine) as connection:
            queue(connection)
            standing = _newest(connection, occurrence.cause)
            if standing is None:
                return _insert(connection, occurrence, now, due_at=now)
            if _knows(standing, occurrence.run):
                return None
            quiet_until = standing["raised_at"] + quiet
            if standing["due_at"] is None and quiet_until <= now:
                return _insert(connection, occurrence, now, due_at=now)
            if counted and standing["due_at"] is not None and standing["attempts"] == 0:
                _count(connection, standing, occurrence)
            elif counted:
                _insert(connection, occurrence, now, due_at=max(now, quiet_until))
            return None

    def take_notices(self, *, lease: timedelta, limit: int = 20) -> list[Notice]:
        now = self.now()
        due = sa.select(_table).where(_notice.due_at <= now).order_by(_notice.number).limit(limit)
        with writing(self.engine) as connection:
            rows = list(connection.execute(due.with_for_update(skip_locked=True)).mappings())
            taken = sa.update(_table).where(_notice.number.in_([row["number"] for row in rows]))
            connection.execute(taken.values(due_at=now + lease, attempts=_notice.attempts + 1))
            return [_of(row, attempts=row["attempts"] + 1) for row in rows]

    def notice_told(
        self, number: int, *, reached: Sequence[str] = (), detail: str = "", retry_at: datetime | None = None
    ) -> None:
        is_told = retry_at is None and not detail
        values = {
            "reached": json.dumps(list(reached)),
            "detail": storable(detail),
            "due_at": retry_at,
            "told_at": self.now() if is_told else None,
        }
        with writing(self.engine) as connection:
            waits = (_notice.number == number, _notice.told_at.is_(None))
            connection.execute(sa.update(_table).where(*waits).values(values))

    def notices(self, *, pipeline: str | None = None, limit: int = 50, before: int | None = None) -> list[Notice]:
        query = sa.select(_table).order_by(_notice.number.desc()).limit(limit)
        if pipeline is not None:
            query = query.where(_notice.pipeline == pipeline)
        if before is not None:
            query = query.where(_notice.number < before)
        with reading(self.engine) as connection:
            return [_of(row) for row in connection.execute(query).mappings()]

    def untold_verdicts(self, *, since: datetime) -> list[Run]:
        told = sa.select(_notice.run).where(_notice.kind == NoticeKind.VERDICT.value, _notice.run.is_not(None))
        query = (
            sa.select(tables.run)
            .join(tables.verdict, tables.verdict.c.run == tables.run.c.number)
            .where(tables.run.c.reason == RunReason.VERDICT_REACHED.value, tables.run.c.ended_at >= since)
            .where(tables.run.c.number.not_in(told))
        )
        return self._runs(query)

    def untold_failures(self, *, since: datetime) -> list[Run]:
        later = sa.select(_notice.number).where(
            _notice.kind == NoticeKind.FAULT.value,
            _notice.pipeline == tables.run.c.pipeline,
            _notice.run >= tables.run.c.number,
        )
        failed = (tables.run.c.reason.in_(_FAILURES), tables.run.c.ended_at >= since)
        return self._runs(sa.select(tables.run).where(*failed, ~later.exists()))

    def _runs(self, query: "sa.Select[tuple[object, ...]]") -> list[Run]:
        with reading(self.engine) as connection:
            return [run_of(row) for row in connection.execute(query.order_by(tables.run.c.number)).mappings()]


def _newest(connection: sa.Connection, cause: str) -> sa.RowMapping | None:
    query = sa.select(_table).where(_notice.cause == cause).order_by(_notice.number.desc()).limit(1)
    return connection.execute(query).mappings().one_or_none()


def _knows(standing: sa.RowMapping | None, run: int | None) -> bool:
    """Whether this run, or a later one, raised it."""
    return standing is not None and run is not None and standing["run"] is not None and standing["run"] >= run


def _count(connection: sa.Connection, standing: sa.RowMapping, occurrence: Occurrence) -> None:
    said = {"run": occurrence.run, "title": storable(occurrence.title), "text": storable(occurrence.text)}
    counted = sa.update(_table).where(_notice.number == standing["number"])
    connection.execute(counted.values(said | {"count": standing["count"] + 1}))


def _insert(connection: sa.Connection, occurrence: Occurrence, now: datetime, *, due_at: datetime) -> Notice:
    values = {name: storable(said) if isinstance(said, str) else said for name, said in asdict(occurrence).items()}
    values |= {"raised_at": now, "due_at": due_at, "count": 1, "attempts": 0, "reached": "[]", "detail": ""}
    inserted = connection.execute(sa.insert(_table).values(values)).inserted_primary_key
    assert inserted is not None
    return _of(connection.execute(sa.select(_table).where(_notice.number == inserted[0])).mappings().one())


def _of(row: sa.RowMapping, **changed: int) -> Notice:
    values = {str(name): value for name, value in row.items() if name != "due_at"}
    reached = tuple(json.loads(row["reached"]))
    return Notice(**values | {"kind": NoticeKind(row["kind"]), "reached": reached} | changed)
