"""Putting requests in the queue, inside the transaction of whoever asks: a person, a schedule, the system."""

from dataclasses import asdict, fields
from datetime import datetime

import sqlalchemy as sa

from kingmaker.adapters.ledgers import chain, tables
from kingmaker.adapters.ledgers.centre_tables import queued_request, request_key
from kingmaker.adapters.ledgers.records import storable
from kingmaker.domain.errors import Conflict
from kingmaker.domain.queue import Origin, QueuedRequest, QueueState
from kingmaker.domain.run import Request, RunReason


def enqueue(
    connection: sa.Connection, request: Request, *, key: str, origin: Origin, priority: int, now: datetime
) -> QueuedRequest:
    """What the key became before; else what waits or runs for the same declaration and day; else a new request.

    The key is remembered with whichever it is. Writes the audit entry of a new request and of nothing else.
    Raises Conflict for a key that was used for another request of the pipeline.
    """
    chain.queue(
        connection
    )  # whoever asks waits here: of two that ask the same at once, one is answered with the other's
    key = storable(key)
    known = _by_key(connection, request.pipeline, key)
    if known is not None:
        return _if_the_same(known, request, key)
    row = _unsettled(connection, request) or _insert(connection, request, key, origin, priority, now)
    connection.execute(
        sa.insert(request_key).values(pipeline=request.pipeline, key=key, request=row["number"]),
    )
    return queued_of(row)


def queued_of(row: sa.RowMapping) -> QueuedRequest:
    said = {field.name: row[field.name] for field in fields(Request) if field.name != "key"}
    return QueuedRequest(
        number=row["number"],
        key=row["key"],
        request=Request(key=row["content"], **said),
        origin=Origin(row["origin"]),
        priority=row["priority"],
        asked_at=row["asked_at"],
        state=QueueState(row["state"]),
        run=row["run"],
        detail=row["detail"],
    )


def _by_key(connection: sa.Connection, pipeline: str, key: str) -> sa.RowMapping | None:
    query = (
        sa.select(queued_request)
        .join(request_key, request_key.c.request == queued_request.c.number)
        .where(request_key.c.pipeline == pipeline, request_key.c.key == key)
    )
    return connection.execute(query).mappings().one_or_none()


def _if_the_same(row: sa.RowMapping, request: Request, key: str) -> QueuedRequest:
    if row["content"] != request.key:
        raise Conflict(
            f"the key {key!r} was used for another request of pipeline {request.pipeline}",
            where=f"request {row['number']}",
            remedy="Use a new key for each new request, and the same one only to ask again for the same run.",
        )
    return queued_of(row)


def _unsettled(connection: sa.Connection, request: Request) -> sa.RowMapping | None:
    """The request for the same that waits, or whose run is unfinished."""
    unfinished = sa.or_(
        queued_request.c.state == QueueState.WAITING.value, tables.run.c.reason == RunReason.REQUESTED.value
    )
    query = (
        sa.select(queued_request)
        .join(tables.run, tables.run.c.number == queued_request.c.run, isouter=True)
        .where(queued_request.c.pipeline == request.pipeline, queued_request.c.content == request.key, unfinished)
        .order_by(queued_request.c.number)
        .limit(1)
    )
    return connection.execute(query).mappings().one_or_none()


def _insert(
    connection: sa.Connection, request: Request, key: str, origin: Origin, priority: int, now: datetime
) -> sa.RowMapping:
    run = _under_way(connection, request)
    values = asdict(request) | {
        "key": key,
        "content": request.key,
        "origin": origin.value,
        "priority": priority,
        "asked_at": now,
        "state": (QueueState.WAITING if run is None else QueueState.STARTED).value,
        "run": run,
        "detail": "",
    }
    inserted = connection.execute(sa.insert(queued_request).values(values)).inserted_primary_key
    assert inserted is not None
    entry = chain.entry_of(
        at=now,
        by=request.requested_by,
        action="run asked for",
        subject=f"request/{inserted[0]}",
        after=f"{request.pipeline} as of {request.as_of.isoformat()}, declaration {request.declaration_digest[:12]}",
        why=f"asked by a {origin.value}" if origin is not Origin.PERSON else "",
    )
    chain.append(connection, entry)
    query = sa.select(queued_request).where(queued_request.c.number == inserted[0])
    return connection.execute(query).mappings().one()


def _under_way(connection: sa.Connection, request: Request) -> int | None:
    """The unfinished run of the same, which somebody started by hand."""
    run = tables.run.c
    same = (run.pipeline == request.pipeline, run.key == request.key, run.reason == RunReason.REQUESTED.value)
    found: int | None = connection.execute(sa.select(run.number).where(*same)).scalar_one_or_none()
    return found
