"""AlarmLedger over SQL: one open alarm a pipeline, kind and subject, and all that are over."""

from datetime import datetime

import sqlalchemy as sa

from kingmaker.adapters.ledgers import centre_tables
from kingmaker.adapters.ledgers.chain import queue
from kingmaker.adapters.ledgers.records import storable
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.alarm import Alarm, AlarmKind, AlarmLevel, Crossing

_table = centre_tables.alarm
_alarm = _table.c


class SqlAlarms(SqlState):
    """AlarmLedger over SQL. Whoever raises one holds the head of the audit chain, so that one subject has one open alarm."""

    def raise_alarm(self, crossing: Crossing) -> Alarm:
        now = self.now()
        with writing(self.engine) as connection:
            queue(connection)
            open_one = (
                connection.execute(_open(crossing.pipeline, crossing.kind, crossing.what)).mappings().one_or_none()
            )
            if open_one is None:
                return _insert(connection, crossing, now)
            changed = _newest(crossing, _of(open_one), now)
            row = _alarm.number == open_one["number"]
            connection.execute(sa.update(_table).where(row).values(changed))
            return _of(connection.execute(sa.select(_table).where(row)).mappings().one())

    def end_alarm(self, number: int, *, why: str) -> Alarm | None:
        row = (_alarm.number == number, _alarm.until.is_(None))
        with writing(self.engine) as connection:
            ended = connection.execute(sa.update(_table).where(*row).values(until=self.now(), ended=storable(why)))
            if not ended.rowcount:
                return None
            return _of(connection.execute(sa.select(_table).where(_alarm.number == number)).mappings().one())

    def alarms(
        self, pipeline: str | None = None, *, only_open: bool = False, limit: int = 100, before: int | None = None
    ) -> list[Alarm]:
        query = sa.select(_table).order_by(_alarm.number.desc()).limit(limit)
        if pipeline is not None:
            query = query.where(_alarm.pipeline == pipeline)
        if only_open:
            query = query.where(_alarm.until.is_(None))
        if before is not None:
            query = query.where(_alarm.number < before)
        with reading(self.engine) as connection:
            return [_of(row) for row in connection.execute(query).mappings()]


def _open(pipeline: str, kind: AlarmKind, what: str) -> sa.Select[tuple[object, ...]]:
    same = (_alarm.pipeline == pipeline, _alarm.kind == kind.value, _alarm.what == storable(what))
    return sa.select(_table).where(*same, _alarm.until.is_(None))


def _newest(crossing: Crossing, known: Alarm, now: datetime) -> dict[str, object]:
    """The level never falls while an alarm lasts, and its limit goes with it."""
    is_higher = crossing.level is AlarmLevel.ALARM and known.level is AlarmLevel.WATCH
    level = {"level": crossing.level.value, "limit": crossing.limit} if is_higher else {}
    return level | {
        "value": crossing.value,
        "worst": max(known.worst, crossing.value),
        "sentence": storable(crossing.sentence),
        "seen_at": now,
    }


def _insert(connection: sa.Connection, crossing: Crossing, now: datetime) -> Alarm:
    values = {
        "pipeline": crossing.pipeline,
        "kind": crossing.kind.value,
        "what": storable(crossing.what),
        "level": crossing.level.value,
        "value": crossing.value,
        "worst": crossing.value,
        "limit": crossing.limit,
        "sentence": storable(crossing.sentence),
        "since": now,
        "seen_at": now,
        "until": None,
        "ended": "",
    }
    inserted = connection.execute(sa.insert(_table).values(values)).inserted_primary_key
    assert inserted is not None
    return _of(connection.execute(sa.select(_table).where(_alarm.number == inserted[0])).mappings().one())


def _of(row: sa.RowMapping) -> Alarm:
    values = {str(name): value for name, value in row.items()}
    return Alarm(**values | {"kind": AlarmKind(row["kind"]), "level": AlarmLevel(row["level"])})
