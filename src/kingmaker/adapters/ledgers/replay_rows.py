"""Rows of replays: read as records, and ended."""

from datetime import datetime

import sqlalchemy as sa

from kingmaker.adapters.ledgers import leases
from kingmaker.adapters.ledgers.centre_tables import replay_request
from kingmaker.adapters.ledgers.chain import append, entry_of
from kingmaker.adapters.ledgers.records import from_text, storable
from kingmaker.domain.errors import NotFound
from kingmaker.domain.replay import Holds, ReplayOrder, ReplayProgress, ReplayRequest, ReplayState


def row_of(connection: sa.Connection, number: int, *, locked: bool = False) -> sa.RowMapping:
    """Raises NotFound."""
    query = sa.select(replay_request).where(replay_request.c.number == number)
    row = connection.execute(query.with_for_update() if locked else query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no replay {number}", remedy="`kingmaker replays` lists them.")
    return row


def order_of(row: sa.RowMapping) -> ReplayOrder:
    return ReplayOrder(
        pipeline=row["pipeline"],
        declaration=row["declaration"],
        first=row["first"],
        last=row["last"],
        every=row["every"],
        dates=row["dates"],
        policies=tuple(row["policies"].split(",")),
        holds=Holds(row["holds"]),
    )


def replay_of(row: sa.RowMapping, now: datetime) -> ReplayRequest:
    return ReplayRequest(
        number=row["number"],
        key=row["key"],
        order=order_of(row),
        requested_by=row["requested_by"],
        asked_at=row["asked_at"],
        state=ReplayState(row["state"]),
        progress=from_text(row["progress"], ReplayProgress) if row["progress"] else None,
        is_held=leases.is_held(row, now),
        cancelled_by=row["cancelled_by"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        detail=row["detail"],
        result=row["result"],
        page=row["page"],
    )


def is_left_alone(row: sa.RowMapping, now: datetime) -> bool:
    return not leases.is_held(row, now)


def over(
    connection: sa.Connection,
    row: sa.RowMapping,
    state: ReplayState,
    now: datetime,
    *,
    detail: str = "",
    files: tuple[str, str] | None = None,
) -> None:
    """End the replay whose row is locked, and say so in the audit log. `files` are the digests of result and page.

    One whose end somebody wished for is cancelled, unless it was finished.
    """
    if not state.is_over():
        raise ValueError(f"{state} does not end a replay")
    number, by = row["number"], row["requested_by"]
    if row["cancelled_by"] and state is not ReplayState.FINISHED:
        state, by = ReplayState.CANCELLED, row["cancelled_by"]
        detail = f"Cancelled by {by}: {row['detail']}"
    result, page = files or (None, None)
    ended = {
        "state": state.value,
        "ended_at": now,
        "detail": storable(detail),
        "result": result,
        "page": page,
        "holder": None,
        "lease_expires_at": None,
    }
    connection.execute(sa.update(replay_request).where(replay_request.c.number == number).values(ended))
    entry = entry_of(
        at=now,
        by=by,
        action=f"replay {state.value}",
        subject=f"replay/{number}",
        before=row["state"],
        after=state.value,
        why=detail,
    )
    append(connection, entry)
