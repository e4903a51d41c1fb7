"""RetentionLedger over SQL: which files the rows that stay name, and the rows that go."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kingmaker.adapters.ledgers import centre_tables, tables
from kingmaker.adapters.ledgers.records import from_text
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.retention import FilesInUse
from kingmaker.domain.run import RunReason, RunState, Stage
from kingmaker.domain.verdict import Verdict

_run, _use = tables.run.c, tables.trial_use.c
_FINISHED = [reason.value for reason in RunReason if reason.to_state() is RunState.FINISHED]
_OF_PUBLISHED = (Stage.EXTRACT.value, Stage.SELECT.value)

Numbers = sa.Select[tuple[int]]


class SqlRetention(SqlState):
    """RetentionLedger over SQL."""

    def digests_in_use(self, *, runs_since: datetime) -> FilesInUse:
        with reading(self.engine) as connection:
            return FilesInUse(
                documents=frozenset(_documents(connection, runs_since)),
                files=frozenset(_files(connection, runs_since)),
            )

    def forget(self, *, before: datetime, limit: int = 1000, dry: bool = False) -> dict[str, int]:
        doomed = {
            "events": (centre_tables.run_event, _events(before, limit)),
            "notices": (centre_tables.notice, _notices(before, limit)),
            "sessions": (centre_tables.login_session, _sessions(before, limit)),
        }
        gone = {"trials": self._forget_trials(before, limit, dry=dry)}
        for kind, (table, condition) in doomed.items():
            with writing(self.engine) as connection:
                gone[kind] = _counted(connection, table, condition) if dry else _deleted(connection, table, condition)
        return gone

    def _forget_trials(self, before: datetime, limit: int, *, dry: bool) -> int:
        """Trials that nobody uses any more. One that a run takes up at this moment stays: the next call asks again."""
        forgotten = sa.select(_run.number).where(_run.ended_at < before, _run.number.not_in(_kept(before)))
        try:
            with writing(self.engine) as connection:
                if dry:
                    return _counted(connection, tables.trial, _used_by_none_but(forgotten))
                _deleted(connection, tables.trial_use, _use.run.in_(forgotten))
                keys = sa.select(tables.trial.c.key).where(_unused()).limit(limit)
                return _deleted(connection, tables.trial, tables.trial.c.key.in_(keys))
        except sa.exc.IntegrityError:
            return 0


def _recent(since: datetime) -> Numbers:
    """Runs that ended since then or are unfinished, and each pipeline's newest finished one: the next is compared with it."""
    newest = sa.select(sa.func.max(_run.number)).where(_run.reason.in_(_FINISHED)).group_by(_run.pipeline)
    return sa.select(_run.number).where(
        sa.or_(_run.ended_at.is_(None), _run.ended_at >= since, _run.number.in_(newest))
    )


def _published() -> sa.CompoundSelect[tuple[int]]:
    """Runs that published a version, or whose verdict names one."""
    named = sa.select(tables.verdict.c.run).where(tables.verdict.c.candidate_version.is_not(None))
    return sa.union(sa.select(tables.model_version.c.run), named)


def _kept(since: datetime) -> sa.CompoundSelect[tuple[int]]:
    return sa.union(_recent(since), *_published().selects)


def _documents(connection: sa.Connection, since: datetime) -> Iterator[str]:
    stage, verdict = tables.stage.c, tables.verdict.c
    is_of_published = sa.and_(stage.stage.in_(_OF_PUBLISHED), stage.run.in_(_published()))
    yield from connection.execute(
        sa.select(stage.output).where(sa.or_(stage.run.in_(_recent(since)), is_of_published))
    ).scalars()
    yield from connection.execute(sa.select(verdict.evidence).where(verdict.run.in_(_kept(since)))).scalars()


def _files(connection: sa.Connection, since: datetime) -> Iterator[str]:
    yield from connection.execute(sa.select(tables.model_version.c.archive)).scalars()
    yield from connection.execute(sa.select(centre_tables.outcome_file.c.file)).scalars()
    for kept in (centre_tables.replay_request.c.result, centre_tables.replay_request.c.page):
        yield from connection.execute(sa.select(kept).where(kept.is_not(None))).scalars()
    yield from _models(connection, _use.run.in_(_recent(since)))
    told = sa.select(tables.verdict.c.run, tables.verdict.c.record).where(tables.verdict.c.run.in_(_published()))
    for run, record in connection.execute(told).all():
        tested = from_text(record, Verdict).challenger_trial
        yield from _models(connection, sa.and_(_use.run == run, tables.trial.c.number == tested))


def _models(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Iterator[str]:
    joined = tables.trial.join(tables.trial_use, _use.trial == tables.trial.c.key)
    for record in connection.execute(sa.select(tables.trial.c.record).select_from(joined).where(condition)).scalars():
        model = json.loads(record).get("model")
        if model is not None:
            yield str(model)


def _events(before: datetime, limit: int) -> sa.ColumnElement[bool]:
    event = centre_tables.run_event.c
    over = sa.select(_run.number).where(_run.ended_at < before)
    return event.run.in_(sa.select(event.run).where(event.run.in_(over)).distinct().order_by(event.run).limit(limit))


def _notices(before: datetime, limit: int) -> sa.ColumnElement[bool]:
    notice = centre_tables.notice.c
    over = sa.select(notice.number).where(notice.raised_at < before, notice.due_at.is_(None))
    return notice.number.in_(over.order_by(notice.number).limit(limit))


def _sessions(before: datetime, limit: int) -> sa.ColumnElement[bool]:
    session = centre_tables.login_session.c
    return session.digest.in_(sa.select(session.digest).where(session.expires_at < before).limit(limit))


def _unused() -> sa.ColumnElement[bool]:
    return ~sa.exists().where(_use.trial == tables.trial.c.key)


def _used_by_none_but(forgotten: sa.Select[tuple[int]]) -> sa.ColumnElement[bool]:
    return ~sa.exists().where(_use.trial == tables.trial.c.key, _use.run.not_in(forgotten))


def _counted(connection: sa.Connection, table: sa.Table, condition: sa.ColumnElement[bool]) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table).where(condition)).scalar_one())


def _deleted(connection: sa.Connection, table: sa.Table, condition: sa.ColumnElement[bool]) -> int:
    result: sa.CursorResult[Any] = connection.execute(sa.delete(table).where(condition))
    return result.rowcount
