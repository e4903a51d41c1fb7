"""What was declared for each pipeline, every text under a number of its own; the newest holds."""

from dataclasses import asdict

import sqlalchemy as sa

from kingmaker.adapters.ledgers import centre_tables as tables
from kingmaker.adapters.ledgers.chain import append_sealed, entry_of, queue
from kingmaker.adapters.ledgers.records import storable
from kingmaker.adapters.ledgers.seals import seal_of
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.errors import Conflict
from kingmaker.domain.schedule import Declared

_declared = tables.declared.c


class SqlDeclarations(SqlState):
    """The declarations of ScheduleLedger over SQL."""

    def declare(
        self, pipeline: str, text: str, *, digest: str, declared_in: str, by: str, expected: int | None = None
    ) -> Declared:
        with writing(self.engine) as connection:
            queue(connection)
            standing = _newest(connection, pipeline)
            if standing is not None and (standing.text, standing.declared_in) == (text, declared_in):
                return standing
            number = standing.number if standing else 0
            if expected not in {None, number}:
                raise _conflict(pipeline, expected, standing)
            now = self.now()
            declared = Declared(
                pipeline=pipeline,
                number=number + 1,
                text=text,
                digest=digest,
                declared_in=declared_in,
                by=storable(by),
                at=max(now, standing.at) if standing else now,
            )
            _write(connection, standing, declared)
            return declared

    def declared(self, pipeline: str, *, number: int | None = None) -> Declared | None:
        with reading(self.engine) as connection:
            return _newest(connection, pipeline, number)

    def declarations(self, pipeline: str) -> list[Declared]:
        query = sa.select(tables.declared).where(_declared.pipeline == pipeline).order_by(_declared.number)
        with reading(self.engine) as connection:
            return [_of(row) for row in connection.execute(query).mappings()]

    def declared_pipelines(self) -> list[str]:
        query = sa.select(_declared.pipeline).distinct().order_by(_declared.pipeline)
        with reading(self.engine) as connection:
            return list(connection.execute(query).scalars())


def _newest(connection: sa.Connection, pipeline: str, number: int | None = None) -> Declared | None:
    query = sa.select(tables.declared).where(_declared.pipeline == pipeline)
    if number is not None:
        query = query.where(_declared.number == number)
    row = connection.execute(query.order_by(_declared.number.desc()).limit(1)).mappings().one_or_none()
    return None if row is None else _of(row)


def _write(connection: sa.Connection, before: Declared | None, declared: Declared) -> None:
    connection.execute(sa.insert(tables.declared).values(asdict(declared)))
    entry = entry_of(
        at=declared.at,
        by=declared.by,
        action="pipeline declared",
        before=before.digest if before else "",
        after=declared.digest,
    )
    append_sealed(connection, entry, seal_of(connection, tables.declared, declared.pipeline, declared.number))


def _conflict(pipeline: str, expected: int | None, standing: Declared | None) -> Conflict:
    now = f"number {standing.number}, by {standing.by}" if standing else "none yet"
    return Conflict(
        f"the newest declaration of pipeline {pipeline} is {now}, not number {expected}",
        where=pipeline,
        remedy="Read the newest, put your change into it, and declare it again.",
    )


def _of(row: sa.RowMapping) -> Declared:
    return Declared(**{str(name): value for name, value in row.items()})
