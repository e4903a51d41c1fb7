"""Finished trials under their content key, which runs used them, and faults."""

from dataclasses import asdict, replace

import sqlalchemy as sa

from kingmaker.adapters.ledgers import leases, tables
from kingmaker.adapters.ledgers.records import storable, to_text
from kingmaker.adapters.ledgers.trial_pages import KEPT, SqlTrialPages, trial_of
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.errors import NotFound
from kingmaker.domain.run import Lease
from kingmaker.domain.trial import Fault, Trial


class SqlTrials(SqlTrialPages):
    """TrialLedger over SQL."""

    def record_trial(self, lease: Lease, trial: Trial) -> None:
        values = {
            "key": trial.key,
            "number": trial.spec.number,
            "learner": trial.spec.learner,
            "ended": trial.end.value,
            "utility": trial.utility,
            "record": to_text(replace(trial, started_at=None)),
            "started_at": trial.started_at,
        }
        with writing(self.engine) as connection:
            leases.held(connection, lease)
            _insert_missing(connection, tables.trial, values)
            _insert_missing(connection, tables.trial_use, {"run": lease.run, "trial": trial.key})

    def trial(self, key: str) -> Trial | None:
        with reading(self.engine) as connection:
            row = connection.execute(sa.select(*KEPT).where(tables.trial.c.key == key)).first()
            return None if row is None else trial_of(*row)

    def use_trial(self, lease: Lease, key: str) -> None:
        """Raises NotFound for a trial that was never recorded."""
        with writing(self.engine) as connection:
            leases.held(connection, lease)
            if connection.execute(sa.select(tables.trial.c.key).where(tables.trial.c.key == key)).first() is None:
                raise NotFound("There is no trial with this key", where=key)
            _insert_missing(connection, tables.trial_use, {"run": lease.run, "trial": key})

    def trials(self, run: int) -> list[Trial]:
        query = (
            sa.select(*KEPT)
            .join(tables.trial_use, tables.trial_use.c.trial == tables.trial.c.key)
            .where(tables.trial_use.c.run == run)
            .order_by(tables.trial.c.number, tables.trial.c.key)
        )
        with reading(self.engine) as connection:
            return [trial_of(*row) for row in connection.execute(query)]

    def record_fault(self, lease: Lease, fault: Fault) -> None:
        values = {name: storable(value) if isinstance(value, str) else value for name, value in asdict(fault).items()}
        with writing(self.engine) as connection:
            leases.held(connection, lease, run=fault.run)
            connection.execute(sa.insert(tables.fault).values(values))

    def faults(self, run: int) -> list[Fault]:
        """Oldest first."""
        query = sa.select(tables.fault).where(tables.fault.c.run == run).order_by(tables.fault.c.number)
        with reading(self.engine) as connection:
            return [
                Fault(**{str(name): value for name, value in row.items() if name != "number"})
                for row in connection.execute(query).mappings()
            ]


def _insert_missing(connection: sa.Connection, table: sa.Table, values: dict[str, object]) -> None:
    """Insert unless the primary key is there already, also when another process inserts it at this moment."""
    same = [column == values[column.name] for column in table.primary_key.columns]
    if connection.execute(sa.select(*table.primary_key.columns).where(*same)).first() is not None:
        return
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(table).values(values))
    except sa.exc.IntegrityError:
        if connection.execute(sa.select(*table.primary_key.columns).where(*same)).first() is None:
            raise
