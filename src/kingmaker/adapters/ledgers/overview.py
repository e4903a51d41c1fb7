"""How pipelines stand: what a list of them shows of each, read in as many queries for fifty of them as for one."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kingmaker.adapters.ledgers import centre_tables, tables
from kingmaker.adapters.ledgers.glances import newest_judged_of_each, newest_schedule_faults
from kingmaker.adapters.ledgers.schedules import schedule_of
from kingmaker.adapters.ledgers.standings import SqlStandings, is_overtaken
from kingmaker.adapters.sql import reading
from kingmaker.domain.champion import ChampionTurn, TurnReason
from kingmaker.domain.freeze import Freeze
from kingmaker.domain.pipeline_standing import JudgedRun, PipelineStanding
from kingmaker.domain.queue import QueueState, RunStanding
from kingmaker.domain.schedule import Schedule
from kingmaker.domain.verdict import Decision, VerdictReason

_HELD = tuple(reason for reason in VerdictReason if reason.to_decision() is Decision.HOLD)


class SqlOverview(SqlStandings):
    """PipelineLedger over SQL."""

    def pipeline_standings(self, pipelines: Collection[str] | None = None) -> list[PipelineStanding]:
        with reading(self.engine) as connection:
            declared, champions = _declared(connection), _champions(connection)
            frozen, schedules = _frozen(connection), _schedules(connection)
            waiting, held = _waiting(connection), _held(connection)
            faults = newest_schedule_faults(connection)
            runs = {one.run.request.pipeline: one for one in self._newest_runs(connection)}
        names = sorted(declared.keys() | runs.keys())
        return [
            PipelineStanding(
                pipeline=name,
                declaration=declared.get(name),
                champion=champions.get(name),
                frozen=frozen.get(name),
                schedule=schedules.get(name),
                newest_run=runs.get(name),
                waiting=waiting.get(name, 0),
                awaiting_decision=len(held.get(name, ())),
                held=tuple(held.get(name, ())),
                schedule_fault=_fault_of(schedules.get(name), faults.get(name)),
            )
            for name in names
            if pipelines is None or name in pipelines
        ]

    def newest_judged(self, pipelines: Collection[str] | None = None, *, each: int = 12) -> list[JudgedRun]:
        with reading(self.engine) as connection:
            rows = connection.execute(newest_judged_of_each(pipelines, each)).mappings()
            return [JudgedRun(**_plain(row)) for row in rows]

    def _newest_runs(self, connection: sa.Connection) -> Sequence[RunStanding]:
        newest = sa.select(sa.func.max(tables.run.c.number)).group_by(tables.run.c.pipeline)
        return self._standings(connection, sa.select(tables.run).where(tables.run.c.number.in_(newest)))


def _declared(connection: sa.Connection) -> dict[str, int]:
    column = centre_tables.declared.c
    query = sa.select(column.pipeline, sa.func.max(column.number)).group_by(column.pipeline)
    return {str(name): int(number) for name, number in connection.execute(query)}


def _champions(connection: sa.Connection) -> dict[str, ChampionTurn]:
    turn = tables.champion_turn
    newest = sa.select(turn.c.pipeline, sa.func.max(turn.c.turn).label("turn")).group_by(turn.c.pipeline).subquery()
    same = sa.and_(turn.c.pipeline == newest.c.pipeline, turn.c.turn == newest.c.turn)
    rows = connection.execute(sa.select(turn).join(newest, same)).mappings()
    return {row["pipeline"]: ChampionTurn(**_plain(row) | {"reason": TurnReason(row["reason"])}) for row in rows}


def _frozen(connection: sa.Connection) -> dict[str, Freeze]:
    table = centre_tables.champion_freeze
    rows = connection.execute(sa.select(table).where(table.c.lifted_at.is_(None))).mappings()
    return {row["pipeline"]: Freeze(**_plain(row)) for row in rows}


def _schedules(connection: sa.Connection) -> dict[str, Schedule]:
    rows = connection.execute(sa.select(centre_tables.schedule)).mappings()
    return {row["pipeline"]: schedule_of(row) for row in rows}


def _waiting(connection: sa.Connection) -> dict[str, int]:
    column = centre_tables.queued_request.c
    waits = column.state == QueueState.WAITING.value
    query = sa.select(column.pipeline, sa.func.count()).where(waits).group_by(column.pipeline)
    return {str(name): int(number) for name, number in connection.execute(query)}


def _held(connection: sa.Connection) -> dict[str, list[int]]:
    """Runs that were held with a version that somebody may still approve. Records are long: few are read."""
    verdict = tables.verdict.c
    query = (
        sa.select(tables.run.c.pipeline, tables.run.c.number)
        .join(tables.run, tables.run.c.number == verdict.run)
        .where(verdict.settled_at.is_(None), verdict.candidate_version.is_not(None), ~is_overtaken())
    )
    open_ones = {number: pipeline for pipeline, number in connection.execute(query)}
    records = sa.select(verdict.run, verdict.record).where(verdict.run.in_(open_ones)).order_by(verdict.run)
    found: dict[str, list[int]] = {}
    for number, record in connection.execute(records):
        if VerdictReason(json.loads(record)["reason"]) in _HELD:
            found.setdefault(open_ones[number], []).append(number)
    return found


def _fault_of(schedule: Schedule | None, fault: tuple[datetime, str] | None) -> str:
    """Why it could not ask, unless it was set anew or has asked since then."""
    if schedule is None or fault is None or fault[0] < (schedule.last_at or schedule.set_at):
        return ""
    return fault[1] if fault[0] >= schedule.set_at else ""


def _plain(row: sa.RowMapping) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}
