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
    """The columns of a JudgedRun: `each` newest runs with a verdict of these pipelines (None: of all)."""
    run, verdict, turn = tables.run.c, tables.verdict.c, tables.champion_turn.c
    place = sa.func.row_number().over(partition_by=run.pipeline, order_by=run.number.desc()).label("place")
    judged = sa.select(
        run.pipeline,
        run.number.label("run"),
        verdict.recorded_at.label("at"),
        verdict.evidence,
        verdict.candidate_version,
        place,
    ).join(tables.verdict, verdict.run == run.number)
    if pipelines is not None:
        judged = judged.where(run.pipeline.in_(pipelines))
    one = judged.subquery()
    crowned = sa.exists().where(turn.pipeline == one.c.pipeline, turn.version == one.c.candidate_version)
    return (
        sa.select(one.c.pipeline, one.c.run, one.c.at, one.c.evidence, crowned.label("is_in_force"))
        .where(one.c.place <= each)
        .order_by(one.c.pipeline, one.c.run)
    )


def newest_schedule_faults(connection: sa.Connection) -> dict[str, tuple[datetime, str]]:
    """By pipeline: when its schedule last could not ask for a run, and why."""
    column = centre_tables.notice.c
    caused = sa.and_(column.cause.startswith(_BEFORE), column.cause.endswith(_AFTER))
    newest = sa.select(sa.func.max(column.number)).where(caused).group_by(column.cause)
    query = sa.select(column.pipeline, column.raised_at, column.text).where(column.number.in_(newest))
    return {pipeline: (raised_at, text) for pipeline, raised_at, text in connection.execute(query)}
