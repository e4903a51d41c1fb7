"""Finished stages of runs."""

from dataclasses import asdict

import sqlalchemy as sa

from kingmaker.adapters.ledgers import leases, tables
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.run import Lease, Stage, StageRecord

_in_order = tables.stage.c.number


class SqlStages(SqlState):
    """The stages of RunLedger over SQL."""

    def record_stage(self, lease: Lease, record: StageRecord) -> None:
        """A stage done again replaces its earlier record."""
        earlier = (tables.stage.c.run == record.run, tables.stage.c.stage == record.stage.value)
        with writing(self.engine) as connection:
            leases.held(connection, lease, run=record.run)
            connection.execute(sa.delete(tables.stage).where(*earlier))
            connection.execute(sa.insert(tables.stage).values(asdict(record) | {"stage": record.stage.value}))

    def stages(self, run: int) -> list[StageRecord]:
        query = sa.select(tables.stage).where(tables.stage.c.run == run).order_by(_in_order)
        with reading(self.engine) as connection:
            return [_record(row) for row in connection.execute(query).mappings()]

    def stage_by_key(self, stage: Stage, key: str) -> StageRecord | None:
        wanted = (tables.stage.c.stage == stage.value, tables.stage.c.key == key)
        query = sa.select(tables.stage).where(*wanted).order_by(_in_order.desc()).limit(1)
        with reading(self.engine) as connection:
            row = connection.execute(query).mappings().one_or_none()
            return None if row is None else _record(row)


def _record(row: sa.RowMapping) -> StageRecord:
    values = {str(name): value for name, value in row.items() if name != "number"}
    return StageRecord(**values | {"stage": Stage(row["stage"])})
