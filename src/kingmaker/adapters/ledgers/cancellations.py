"""The wish that a run end: obeyed within seconds by whoever conducts it, at once where nobody does."""

from dataclasses import asdict

import sqlalchemy as sa

from kingmaker.adapters.ledgers import centre_tables, leases
from kingmaker.adapters.ledgers.chain import append, entry_of
from kingmaker.adapters.ledgers.endings import end_run, wish_for
from kingmaker.adapters.ledgers.records import storable
from kingmaker.adapters.ledgers.runs import run_of, run_row
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.errors import RunRefused
from kingmaker.domain.queue import Cancellation
from kingmaker.domain.run import Run, RunReason


class SqlCancellations(SqlState):
    """The cancelling of QueueLedger over SQL."""

    def cancel_run(self, run: int, *, by: str, why: str) -> Run:
        """Wishing again is harmless: the first wish stays."""
        now = self.now()
        with writing(self.engine) as connection:
            row = run_row(connection, run, locked=True)
            state = run_of(row).state
            if state.is_over():
                raise RunRefused(
                    f"the run is {state.value}: there is nothing to cancel",
                    where=f"run {run}",
                    remedy="`kingmaker rollback` takes back what a run put in force.",
                )
            if wish_for(connection, run) is None:
                _wish(connection, Cancellation(run=run, by=storable(by), why=storable(why), at=now))
            if not leases.is_held(row, now):
                end_run(connection, row, RunReason.CANCELLED, why, now)
            return run_of(run_row(connection, run))

    def cancellation(self, run: int) -> Cancellation | None:
        with reading(self.engine) as connection:
            return wish_for(connection, run)


def _wish(connection: sa.Connection, wish: Cancellation) -> None:
    connection.execute(sa.insert(centre_tables.cancellation).values(asdict(wish)))
    entry = entry_of(at=wish.at, by=wish.by, action="cancel asked for", subject=f"run/{wish.run}", why=wish.why)
    append(connection, entry)
