"""Published versions."""

from dataclasses import asdict
from typing import Final

import sqlalchemy as sa

from kingmaker.adapters.ledgers import leases, tables
from kingmaker.adapters.ledgers.chain import append_sealed, entry_of
from kingmaker.adapters.ledgers.seals import seal_of
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.champion import ModelVersion
from kingmaker.domain.errors import NotFound
from kingmaker.domain.run import Lease

SHORTEST_PREFIX: Final = 6
_version = tables.model_version.c


class SqlVersions(SqlState):
    """The versions of ChampionLedger over SQL."""

    def add_version(self, lease: Lease, version: ModelVersion) -> None:
        with writing(self.engine) as connection:
            row = leases.held(connection, lease)
            if is_known(connection, version.pipeline, version.version):
                return
            connection.execute(sa.insert(tables.model_version).values(asdict(version)))
            entry = entry_of(at=self.now(), by=row["requested_by"], action="version published", after=version.archive)
            append_sealed(
                connection, entry, seal_of(connection, tables.model_version, version.pipeline, version.version)
            )

    def versions(self, pipeline: str) -> list[ModelVersion]:
        query = sa.select(tables.model_version).where(_version.pipeline == pipeline)
        query = query.order_by(_version.published_at.desc(), _version.run.desc(), _version.version)
        with reading(self.engine) as connection:
            return [_of(row) for row in connection.execute(query).mappings()]

    def version(self, pipeline: str, prefix: str) -> ModelVersion:
        found = [one for one in self.versions(pipeline) if one.version == prefix]
        if not found and len(prefix) >= SHORTEST_PREFIX:
            found = [one for one in self.versions(pipeline) if one.version.startswith(prefix)]
        match found:
            case [version]:
                return version
            case []:
                what = f"There is no version {prefix} of pipeline {pipeline}"
                raise NotFound(
                    what, remedy=f"Name at least {SHORTEST_PREFIX} digits of one that `kingmaker versions` lists."
                )
        what = f"{prefix} is ambiguous: {len(found)} versions of pipeline {pipeline} begin so"
        raise NotFound(what, remedy="Name more digits.")


def is_known(connection: sa.Connection, pipeline: str, version: str) -> bool:
    query = sa.select(_version.version).where(_version.pipeline == pipeline, _version.version == version)
    return connection.execute(query).first() is not None


def _of(row: sa.RowMapping) -> ModelVersion:
    return ModelVersion(**{str(name): value for name, value in row.items()})
