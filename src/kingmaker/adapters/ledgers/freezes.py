"""Freezes of champions: numbered within their pipeline, sealed when they begin and again when they are lifted."""

from dataclasses import asdict, replace

import sqlalchemy as sa

from kingmaker.adapters.ledgers import centre_tables, tables
from kingmaker.adapters.ledgers.chain import append_sealed, entry_of, queue
from kingmaker.adapters.ledgers.records import storable
from kingmaker.adapters.ledgers.seals import seal_of
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.errors import ChampionFrozen, NotFound
from kingmaker.domain.freeze import Freeze

_table = centre_tables.champion_freeze
_freeze = _table.c


class SqlFreezes(SqlState):
    """FreezeLedger over SQL."""

    def freeze(self, pipeline: str, *, by: str, why: str) -> Freeze:
        with writing(self.engine) as connection:
            queue(connection)
            standing = _newest(connection, pipeline)
            if standing is not None and standing.lifted_at is None:
                return standing
            _refuse_unknown(connection, pipeline)
            freeze = Freeze(
                pipeline=pipeline,
                number=standing.number + 1 if standing else 1,
                by=storable(by),
                why=storable(why),
                since=self.now(),
            )
            connection.execute(sa.insert(_table).values(asdict(freeze)))
            entry = entry_of(at=freeze.since, by=by, action="champion frozen", after="frozen", why=why)
            append_sealed(connection, entry, seal_of(connection, _table, pipeline, freeze.number))
            return freeze

    def lift_freeze(self, pipeline: str, *, by: str, why: str) -> Freeze:
        with writing(self.engine) as connection:
            queue(connection)
            standing = in_force(connection, pipeline)
            if standing is None:
                raise NotFound(
                    f"The champion of pipeline {pipeline} is not frozen",
                    where=pipeline,
                    remedy="`kingmaker champion` says what holds now.",
                )
            lifted = replace(standing, lifted_by=storable(by), lifted_why=storable(why), lifted_at=self.now())
            row = (_freeze.pipeline == pipeline, _freeze.number == standing.number)
            connection.execute(sa.update(_table).where(*row).values(asdict(lifted)))
            entry = entry_of(
                at=self.now(), by=by, action="champion freeze lifted", before="frozen", after="not frozen", why=why
            )
            append_sealed(connection, entry, seal_of(connection, _table, pipeline, standing.number))
            return lifted

    def frozen(self, pipeline: str) -> Freeze | None:
        with reading(self.engine) as connection:
            return in_force(connection, pipeline)

    def freezes(self, pipeline: str) -> list[Freeze]:
        query = sa.select(_table).where(_freeze.pipeline == pipeline).order_by(_freeze.number)
        with reading(self.engine) as connection:
            return [_of(row) for row in connection.execute(query).mappings()]


def in_force(connection: sa.Connection, pipeline: str) -> Freeze | None:
    """The freeze in force. Whoever acts on the answer holds the head of the audit chain, as whoever freezes does."""
    newest = _newest(connection, pipeline)
    return newest if newest is not None and newest.lifted_at is None else None


def refuse_if_frozen(connection: sa.Connection, pipeline: str) -> None:
    """Raises ChampionFrozen, saying who froze the champion and why."""
    standing = in_force(connection, pipeline)
    if standing is not None:
        raise ChampionFrozen(
            f"{standing.by} froze the champion of pipeline {pipeline}: {standing.why}",
            where=pipeline,
            remedy="Lift the freeze first: `kingmaker unfreeze --why ...`. A roll-back is possible all the same.",
        )


def _newest(connection: sa.Connection, pipeline: str) -> Freeze | None:
    query = sa.select(_table).where(_freeze.pipeline == pipeline).order_by(_freeze.number.desc()).limit(1)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _of(row)


def _refuse_unknown(connection: sa.Connection, pipeline: str) -> None:
    """A pipeline is known that ran or was declared: it may be frozen before its first champion."""
    for table in (tables.run, centre_tables.declared):
        known = sa.select(table.c.pipeline).where(table.c.pipeline == pipeline).limit(1)
        if connection.execute(known).first() is not None:
            return
    raise NotFound(f"There is no pipeline {pipeline}", remedy="`kingmaker pipelines` lists them.")


def _of(row: sa.RowMapping) -> Freeze:
    return Freeze(**{str(name): value for name, value in row.items()})
