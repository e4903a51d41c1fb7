"""The newest of each pipeline: verdicts, and faults of schedules, in one query for however many pipelines."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from kingmaker.adapters.ledgers import centre_tables, tables

_BEFORE: Final = "fault/"
_AFTER: Final = "/schedule"
"""Around the pipeline, in the cause of the notice that the scheduler raises."""


def newest_judged_of_each(pipelines: Collection[str] | None, each: int) -> sa.Select[tuple[object, ...]]:
    """The columns of a JudgedRun: `each` newest runs with a verdict of these pipelines (None: of all).

    Of each pipeline no more runs are read than are told.
    """
    run, verdict, turn = tables.run.c, tables.verdict.c, tables.champion_turn.c
    first = _first_of_newest(pipelines, each)
    crowned = sa.exists().where(turn.pipeline == run.pipeline, turn.version == verdict.candidate_version)
    return (
        sa.select(
            run.pipeline,
            run.number.label("run"),
            verdict.recorded_at.label("at"),
            verdict.evidence,
            crowned.label("is_in_force"),
        )
        .select_from(first)
        .join(tables.run, sa.and_(run.pipeline == first.c.pipeline, run.number >= first.c.number))
        .join(tables.verdict, verdict.run == run.number)
        .order_by(run.pipeline, run.number)
    )


def _first_of_newest(pipelines: Collection[str] | None, each: int) -> sa.Subquery:
    """By pipeline, the number of the oldest run that is told; 0 where fewer were judged than are wanted."""
    name, run = tables.run.alias("named").c, tables.run.alias("counted")
    judged = sa.select(run.c.number).join(tables.verdict, tables.verdict.c.run == run.c.number)
    oldest = judged.where(run.c.pipeline == name.pipeline).order_by(run.c.number.desc()).offset(each - 1).limit(1)
    query = sa.select(name.pipeline, sa.func.coalesce(oldest.scalar_subquery(), 0).label("number"))
    if pipelines is not None:
        query = query.where(name.pipeline.in_(pipelines))
    return query.group_by(name.pipeline).subquery()


def newest_schedule_faults(connection: sa.Connection) -> dict[str, tuple[datetime, str]]:
    """By pipeline: when its schedule last could not ask for a run, and why."""
    column = centre_tables.notice.c
    caused = sa.and_(column.cause.startswith(_BEFORE), column.cause.endswith(_AFTER))
    newest = sa.select(sa.func.max(column.number)).where(caused).group_by(column.cause)
    query = sa.select(column.pipeline, column.raised_at, column.text).where(column.number.in_(newest))
    return {pipeline: (raised_at, text) for pipeline, raised_at, text in connection.execute(query)}
