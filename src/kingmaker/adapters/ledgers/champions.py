"""The champion pointer: moved by compare-and-swap, with its history and its audit entry in one transaction."""

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from kingmaker.adapters.ledgers import tables
from kingmaker.adapters.ledgers.chain import append_sealed, entry_of, queue
from kingmaker.adapters.ledgers.companions import leave_companions
from kingmaker.adapters.ledgers.freezes import refuse_if_frozen
from kingmaker.adapters.ledgers.records import storable
from kingmaker.adapters.ledgers.seals import seal_of
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.ledgers.versions import is_known
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.champion import ChampionTurn, TurnReason
from kingmaker.domain.errors import ChampionMoved, NotFound

_turn = tables.champion_turn.c


class SqlChampions(SqlState):
    """The pointer of ChampionLedger over SQL."""

    def champion(self, pipeline: str, *, at: datetime | None = None) -> ChampionTurn | None:
        with reading(self.engine) as connection:
            return _in_force(connection, pipeline, at)

    def crown(
        self, pipeline: str, version: str, *, expected_turn: int, reason: TurnReason, by: str, why: str
    ) -> ChampionTurn:
        try:
            with writing(self.engine) as connection:
                queue(connection)
                standing = _in_force(connection, pipeline, None)
                if _is_repeat(standing, version, expected_turn, reason, why):
                    assert standing is not None
                    return standing
                if (standing.turn if standing else 0) != expected_turn:
                    raise _moved(pipeline, expected_turn, standing)
                if reason is not TurnReason.ROLLED_BACK:
                    refuse_if_frozen(connection, pipeline)
                if not is_known(connection, pipeline, version):
                    raise NotFound(f"There is no version {version} of pipeline {pipeline}", remedy="Publish it first.")
                now = self.now()
                turn = ChampionTurn(
                    pipeline=pipeline,
                    turn=expected_turn + 1,
                    version=version,
                    since=max(now, standing.since) if standing else now,
                    reason=reason,
                    by=storable(by),
                    why=storable(why),
                )
                return _move(connection, standing, turn)
        except sa.exc.IntegrityError:
            raise _moved(pipeline, expected_turn, self.champion(pipeline)) from None

    def history(self, pipeline: str) -> list[ChampionTurn]:
        query = sa.select(tables.champion_turn).where(_turn.pipeline == pipeline).order_by(_turn.turn)
        with reading(self.engine) as connection:
            return [_of(row) for row in connection.execute(query).mappings()]


def _in_force(connection: sa.Connection, pipeline: str, at: datetime | None) -> ChampionTurn | None:
    query = sa.select(tables.champion_turn).where(_turn.pipeline == pipeline)
    if at is not None:
        query = query.where(_turn.since <= at)
    row = connection.execute(query.order_by(_turn.turn.desc()).limit(1)).mappings().one_or_none()
    return None if row is None else _of(row)


def _is_repeat(standing: ChampionTurn | None, version: str, expected_turn: int, reason: TurnReason, why: str) -> bool:
    asked = (version, expected_turn + 1, reason, storable(why))
    return standing is not None and asked == (standing.version, standing.turn, standing.reason, standing.why)


def _move(connection: sa.Connection, before: ChampionTurn | None, turn: ChampionTurn) -> ChampionTurn:
    values = asdict(turn) | {"reason": turn.reason.value}
    connection.execute(sa.insert(tables.champion_turn).values(values))
    entry = entry_of(
        at=turn.since,
        by=turn.by,
        action=f"champion {turn.reason.value.replace('_', ' ')}",
        before=before.version if before else "",
        after=turn.version,
        why=turn.why,
    )
    append_sealed(connection, entry, seal_of(connection, tables.champion_turn, turn.pipeline, turn.turn))
    leave_companions(connection, turn)
    return turn


def _moved(pipeline: str, expected: int, standing: ChampionTurn | None) -> ChampionMoved:
    now = f"at turn {standing.turn} ({standing.version[:12]})" if standing else "nowhere: there is no champion yet"
    return ChampionMoved(
        f"The champion of pipeline {pipeline} stands {now}, not at turn {expected}",
        where=pipeline,
        remedy="Compare the challenger with the champion now in force.",
    )


def _of(row: sa.RowMapping) -> ChampionTurn:
    return ChampionTurn(**{str(name): value for name, value in row.items()} | {"reason": TurnReason(row["reason"])})
