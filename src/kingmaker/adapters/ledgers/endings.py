"""How a run ends: once, sealed in the audit chain, told to whoever follows it, and as somebody wished where somebody did."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from kingmaker.adapters.ledgers import centre_tables, leases, tables
from kingmaker.adapters.ledgers.chain import append_sealed, entry_of
from kingmaker.adapters.ledgers.events import ENDED, append_events
from kingmaker.adapters.ledgers.records import storable
from kingmaker.adapters.ledgers.seals import seal_of
from kingmaker.domain.queue import Cancellation, RunEvent
from kingmaker.domain.run import RunReason

_TOO_LATE: Final = frozenset({RunReason.VERDICT_REACHED, RunReason.STUDIED})
"""What was finished before the wish was seen stays finished."""


def wish_for(connection: sa.Connection, run: int) -> Cancellation | None:
    """The wish that the run end; None when nobody has it."""
    query = sa.select(centre_tables.cancellation).where(centre_tables.cancellation.c.run == run)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else Cancellation(**{str(name): value for name, value in row.items()})


def end_run(connection: sa.Connection, row: sa.RowMapping, reason: RunReason, detail: str, now: datetime) -> None:
    """End the run, give its lease back, seal it and tell the end. `row` is the run's, locked.

    A run whose end somebody wished for is cancelled, however it came to its end, unless it was finished.
    """
    if not reason.to_state().is_over():
        raise ValueError(f"{reason} does not end a run")
    number, by = row["number"], row["requested_by"]
    wish = None if reason in _TOO_LATE else wish_for(connection, number)
    if wish is not None:
        reason, detail, by = RunReason.CANCELLED, f"Cancelled by {wish.by}: {wish.why}", wish.by
    ended = {"reason": reason.value, "ended_at": now, "detail": storable(detail)}
    connection.execute(sa.update(tables.run).where(tables.run.c.number == number).values(ended))
    leases.give_back(connection, number)
    entry = entry_of(
        at=now,
        by=by,
        action=f"run {reason.value if wish else reason.to_state().value}",
        before=RunReason.REQUESTED.value,
        after=reason.value,
        why=detail,
    )
    append_sealed(connection, entry, seal_of(connection, tables.run, number))
    append_events(connection, number, [RunEvent(run=number, number=0, at=now, kind=ENDED, stage="", text=reason.value)])
