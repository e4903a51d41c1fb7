"""Looks at test windows and resets of the error budget: numbered within their pipeline, written once, sealed."""

from dataclasses import asdict, fields
from datetime import date

import sqlalchemy as sa

from kingmaker.adapters.ledgers import leases, tables
from kingmaker.adapters.ledgers.chain import append_sealed, entry_of, queue
from kingmaker.adapters.ledgers.records import storable
from kingmaker.adapters.ledgers.seals import seal_of
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.errors import NotFound
from kingmaker.domain.look import BudgetReset, Look
from kingmaker.domain.run import Lease

_look = tables.look.c


class SqlLooks(SqlState):
    """BudgetLedger over SQL."""

    def open_look(
        self, lease: Lease, *, as_of: date, artefact: str, champion: str, alpha: float, confirms: int | None = None
    ) -> Look:
        with writing(self.engine) as connection:
            run = leases.held(connection, lease)
            known = connection.execute(sa.select(tables.look).where(_look.run == lease.run)).mappings().one_or_none()
            if known is not None:
                return _look_of(known)
            queue(connection)
            look = Look(
                pipeline=run["pipeline"],
                number=_next_number(connection, tables.look, run["pipeline"]),
                run=lease.run,
                as_of=as_of,
                artefact=artefact,
                champion=champion,
                alpha=float(alpha),
                confirms=confirms,
                at=self.now(),
            )
            _write_look(connection, look, by=run["requested_by"])
            return look

    def looks(self, pipeline: str) -> list[Look]:
        query = sa.select(tables.look).where(_look.pipeline == pipeline).order_by(_look.number)
        with reading(self.engine) as connection:
            return [_look_of(row) for row in connection.execute(query).mappings()]

    def reset_budget(self, pipeline: str, *, as_of: date, by: str, why: str) -> BudgetReset:
        reset = BudgetReset(pipeline=pipeline, as_of=as_of, by=storable(by), why=storable(why), at=self.now())
        with writing(self.engine) as connection:
            ever_ran = sa.select(tables.run.c.number).where(tables.run.c.pipeline == pipeline).limit(1)
            if connection.execute(ever_ran).first() is None:
                raise NotFound(f"No pipeline {pipeline} ever ran", remedy="`kingmaker runs` lists those that did.")
            queue(connection)
            number = _next_number(connection, tables.budget_reset, pipeline)
            connection.execute(sa.insert(tables.budget_reset).values(asdict(reset) | {"number": number}))
            entry = entry_of(at=reset.at, by=by, action="budget reset", after=f"accrues from {as_of}", why=why)
            append_sealed(connection, entry, seal_of(connection, tables.budget_reset, pipeline, number))
        return reset

    def budget_resets(self, pipeline: str) -> list[BudgetReset]:
        column = tables.budget_reset.c
        query = sa.select(tables.budget_reset).where(column.pipeline == pipeline).order_by(column.number)
        with reading(self.engine) as connection:
            return [_reset_of(row) for row in connection.execute(query).mappings()]


def _next_number(connection: sa.Connection, table: sa.Table, pipeline: str) -> int:
    query = sa.select(sa.func.coalesce(sa.func.max(table.c.number), 0)).where(table.c.pipeline == pipeline)
    return int(connection.execute(query).scalar_one()) + 1


def _write_look(connection: sa.Connection, look: Look, *, by: str) -> None:
    if look.confirms is not None:
        _refuse_another_test(connection, look, look.confirms)
    connection.execute(sa.insert(tables.look).values(asdict(look)))
    what = "" if look.confirms is None else f", confirming look {look.confirms}"
    why = f"Run {look.run} as of {look.as_of} tests {look.artefact[:12]} at the level {look.alpha:.3g}{what}"
    entry = entry_of(at=look.at, by=by, action="look opened", after=f"spends {look.spent:.3g}", why=why)
    append_sealed(connection, entry, seal_of(connection, tables.look, look.pipeline, look.number))


def _refuse_another_test(connection: sa.Connection, look: Look, confirmed: int) -> None:
    """A look is free only when it repeats the test of an earlier one: same artefact, same champion, same level."""
    found = sa.select(tables.look).where(_look.pipeline == look.pipeline, _look.number == confirmed)
    row = connection.execute(found).mappings().one_or_none()
    first = None if row is None else _look_of(row)
    if first is None or (first.artefact, first.champion, first.alpha) != (look.artefact, look.champion, look.alpha):
        raise ValueError(
            f"look {look.number} of {look.pipeline} does not repeat look {confirmed}, so it confirms nothing"
        )


def _look_of(row: sa.RowMapping) -> Look:
    return Look(**{str(name): value for name, value in row.items()})


def _reset_of(row: sa.RowMapping) -> BudgetReset:
    return BudgetReset(**{field.name: row[field.name] for field in fields(BudgetReset)})
