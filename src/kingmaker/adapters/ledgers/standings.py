"""How runs stand: what a list of runs shows of each, read in as many queries for fifty of them as for one."""

import json
from collections.abc import Sequence

import sqlalchemy as sa

from kingmaker.adapters.ledgers import centre_tables, leases, tables
from kingmaker.adapters.ledgers.runs import run_of
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading
from kingmaker.domain.errors import NotFound
from kingmaker.domain.queue import Cancellation, RunStanding
from kingmaker.domain.run import RunReason, RunState, Stage
from kingmaker.domain.verdict import Decision, VerdictReason


class SqlStandings(SqlState):
    """The standings of QueueLedger over SQL."""

    def standing(self, run: int) -> RunStanding:
        with reading(self.engine) as connection:
            found = self._standings(connection, sa.select(tables.run).where(tables.run.c.number == run))
        if not found:
            raise NotFound(f"There is no run {run}", remedy="`kingmaker runs` lists them.")
        return found[0]

    def standings(
        self,
        pipelines: Sequence[str] | None = None,
        *,
        state: RunState | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> list[RunStanding]:
        query = sa.select(tables.run).order_by(tables.run.c.number.desc()).limit(limit)
        if pipelines is not None:
            query = query.where(tables.run.c.pipeline.in_(pipelines))
        if state is not None:
            reasons = [reason.value for reason in RunReason if reason.to_state() is state]
            query = query.where(tables.run.c.reason.in_(reasons))
        if before is not None:
            query = query.where(tables.run.c.number < before)
        with reading(self.engine) as connection:
            return self._standings(connection, query)

    def _standings(self, connection: sa.Connection, query: sa.Select[tuple[object, ...]]) -> list[RunStanding]:
        rows = connection.execute(query).mappings().all()
        numbers = [row["number"] for row in rows]
        now = self.now()
        stages, verdicts = _newest_stages(connection, numbers), _verdicts(connection, numbers)
        wishes = _wishes(connection, numbers)
        return [
            RunStanding(
                run=run_of(row),
                is_held=leases.is_held(row, now),
                finished_stage=stages.get(row["number"]),
                decision=verdicts.get(row["number"], (None, False))[0],
                awaits_decision=verdicts.get(row["number"], (None, False))[1],
                cancellation=wishes.get(row["number"]),
            )
            for row in rows
        ]


def _newest_stages(connection: sa.Connection, runs: Sequence[int]) -> dict[int, Stage]:
    stage = tables.stage
    query = sa.select(stage.c.run, stage.c.stage).where(stage.c.run.in_(runs)).order_by(stage.c.number)
    return {run: Stage(name) for run, name in connection.execute(query)}


def _verdicts(connection: sa.Connection, runs: Sequence[int]) -> dict[int, tuple[Decision, bool]]:
    """By run: the decision, and whether a person may still approve what was held."""
    verdict = tables.verdict
    is_open = sa.and_(verdict.c.candidate_version.is_not(None), verdict.c.settled_at.is_(None), ~is_overtaken())
    query = (
        sa.select(verdict.c.run, verdict.c.record, is_open)
        .join(tables.run, tables.run.c.number == verdict.c.run)
        .where(verdict.c.run.in_(runs))
    )
    found = {}
    for run, record, open_ in connection.execute(query):
        decision = VerdictReason(json.loads(record)["reason"]).to_decision()
        found[run] = (decision, decision is Decision.HOLD and bool(open_))
    return found


def is_overtaken() -> sa.Exists:
    """Of a verdict joined with its run: the champion that the challenger met has been replaced since."""
    turn, verdict = tables.champion_turn.c, tables.verdict.c
    return sa.exists().where(turn.pipeline == tables.run.c.pipeline, turn.since >= verdict.recorded_at)


def _wishes(connection: sa.Connection, runs: Sequence[int]) -> dict[int, Cancellation]:
    table = centre_tables.cancellation
    rows = connection.execute(sa.select(table).where(table.c.run.in_(runs))).mappings()
    return {row["run"]: Cancellation(**{str(name): value for name, value in row.items()}) for row in rows}
