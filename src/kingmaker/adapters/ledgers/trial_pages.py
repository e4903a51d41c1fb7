"""A run's trials in pages, ordered and counted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from kingmaker.adapters.ledgers import tables
from kingmaker.adapters.ledgers.records import from_text
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading
from kingmaker.domain.trial import Trial, TrialEnd, TrialOrder, TrialPage

KEPT: Final = (tables.trial.c.record, tables.trial.c.started_at)
"""The record says what was found, the same whenever the trial is fitted; when that was stands beside it."""

_COLUMNS: Final = {
    TrialOrder.NUMBER: tables.trial.c.number,
    TrialOrder.LEARNER: tables.trial.c.learner,
    TrialOrder.END: tables.trial.c.ended,
    TrialOrder.UTILITY: tables.trial.c.utility,
}
"""What the database orders by. The other measures stand in the records alone, which are read for them, all of the run's."""


class SqlTrialPages(SqlState):
    """`page_of_trials` of TrialLedger over SQL."""

    def page_of_trials(
        self,
        run: int,
        *,
        order: TrialOrder = TrialOrder.NUMBER,
        falling: bool = False,
        learner: str | None = None,
        limit: int = 100,
        skip: int = 0,
    ) -> TrialPage:
        query = _of_run(run, *KEPT)
        if learner is not None:
            query = query.where(tables.trial.c.learner == learner)
        column = _COLUMNS.get(order)
        by_number = (tables.trial.c.number, tables.trial.c.key)
        if column is None:
            query = query.order_by(*by_number)
        else:
            known_first = (column.is_(None), column.desc() if falling else column)
            query = query.order_by(*known_first, *by_number).limit(limit).offset(skip)
        with reading(self.engine) as connection:
            found = [trial_of(record, started_at) for record, started_at in connection.execute(query)]
            learners, ends = _counts(connection, run, "learner"), _counts(connection, run, "ended")
        if column is None:
            found = _ordered(found, order, falling=falling)[skip : skip + limit]
        return TrialPage(
            run=run,
            learners=tuple(learners),
            ends=tuple((TrialEnd(end), count) for end, count in ends),
            trials=tuple(found),
        )


def trial_of(record: str, started_at: datetime | None) -> Trial:
    return replace(from_text(record, Trial), started_at=started_at)


def _of_run(run: int, *columns: sa.ColumnElement[Any]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*columns)
        .join(tables.trial_use, tables.trial_use.c.trial == tables.trial.c.key)
        .where(tables.trial_use.c.run == run)
    )


def _counts(connection: sa.Connection, run: int, name: str) -> list[tuple[str, int]]:
    """How many trials have which value of the column, by value."""
    column = tables.trial.c[name]
    query = _of_run(run, column, sa.func.count()).group_by(column).order_by(column)
    return [(str(value), int(count)) for value, count in connection.execute(query)]


def _ordered(trials: Sequence[Trial], order: TrialOrder, *, falling: bool) -> list[Trial]:
    known = [trial for trial in trials if getattr(trial, order.value) is not None]
    unknown = [trial for trial in trials if getattr(trial, order.value) is None]
    sign = -1.0 if falling else 1.0
    return [*sorted(known, key=lambda trial: sign * getattr(trial, order.value)), *unknown]
