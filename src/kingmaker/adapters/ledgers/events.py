"""What runs tell while they work, numbered without gaps in each run."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

import sqlalchemy as sa

from kingmaker.adapters.ledgers import leases, tables
from kingmaker.adapters.ledgers.centre_tables import run_event
from kingmaker.adapters.ledgers.records import storable
from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.queue import RunEvent
from kingmaker.domain.run import Lease, RunReason

ENDED: Final = "ended"


class SqlEvents(SqlState):
    """The events of QueueLedger over SQL."""

    def tell(self, lease: Lease, events: Sequence[RunEvent]) -> None:
        """Append what the run told; `number` and `run` of the events given are ignored. Raises LeaseLost."""
        with writing(self.engine) as connection:
            leases.held(connection, lease)
            append_events(connection, lease.run, events)

    def events(self, run: int, *, after: int = 0, limit: int = 1000, newest: bool = False) -> list[RunEvent]:
        """Those with a number above `after`, in order; of more than `limit` the first, or the `newest`.

        Of a run that is over and of which nothing is kept (any more), its end is told.
        """
        wanted = (run_event.c.run == run, run_event.c.number > after)
        order = run_event.c.number.desc() if newest else run_event.c.number
        query = sa.select(run_event).where(*wanted).order_by(order).limit(limit)
        with reading(self.engine) as connection:
            found = [_event(row) for row in connection.execute(query).mappings()]
            found.sort(key=lambda event: event.number)
            return found or ([] if after else _end_of(connection, run))


def append_events(connection: sa.Connection, run: int, events: Sequence[RunEvent]) -> None:
    """Append to what the run told. The caller has locked the run's row, so that no two writers number at once."""
    newest = sa.select(sa.func.coalesce(sa.func.max(run_event.c.number), 0)).where(run_event.c.run == run)
    number: int = connection.execute(newest).scalar_one()
    rows = [
        asdict(event) | {"run": run, "number": number + place, "text": storable(event.text)}
        for place, event in enumerate(events, start=1)
    ]
    if rows:
        connection.execute(sa.insert(run_event), rows)


def _end_of(connection: sa.Connection, run: int) -> list[RunEvent]:
    """How a run ended that ended before events were kept, or whose events were forgotten."""
    row = connection.execute(sa.select(tables.run).where(tables.run.c.number == run)).mappings().one_or_none()
    if row is None or row["reason"] == RunReason.REQUESTED.value:
        return []
    return [RunEvent(run=run, number=1, at=row["ended_at"], kind=ENDED, stage="", text=row["reason"])]


def _event(row: sa.RowMapping) -> RunEvent:
    return RunEvent(**{str(name): value for name, value in row.items()})
