"""ReplayLedger over SQL: replays asked for, listed, cancelled."""

from collections.abc import Sequence

import sqlalchemy as sa

from kingmaker.adapters.ledgers.centre_tables import replay_request
from kingmaker.adapters.ledgers.chain import append, entry_of, queue
from kingmaker.adapters.ledgers.records import storable
from kingmaker.adapters.ledgers.replay_claims import SqlReplayClaims
from kingmaker.adapters.ledgers.replay_rows import is_left_alone, order_of, over, replay_of, row_of
from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.errors import Conflict, RunRefused
from kingmaker.domain.replay import ReplayOrder, ReplayRequest, ReplayState

_replay = replay_request.c


class SqlReplays(SqlReplayClaims):
    """ReplayLedger over SQL."""

    def ask_replay(self, order: ReplayOrder, *, key: str, by: str) -> ReplayRequest:
        """Whoever asks holds the head of the audit chain, so that two askings with one key are one."""
        key, now = storable(key), self.now()
        with writing(self.engine) as connection:
            queue(connection)
            known = sa.select(replay_request).where(_replay.pipeline == order.pipeline, _replay.key == key)
            row = connection.execute(known).mappings().one_or_none()
            if row is None:
                number = _insert(connection, order, {"key": key, "requested_by": storable(by), "asked_at": now})
                entry = entry_of(at=now, by=by, action="replay asked for", subject=f"replay/{number}")
                append(connection, entry)
                row = row_of(connection, number)
            elif order_of(row) != order:
                raise Conflict(
                    f"the key {key!r} was used for another replay of {order.pipeline}",
                    where=f"replay {row['number']}",
                    remedy="Ask with a new key.",
                )
            return replay_of(row, now)

    def replay(self, number: int) -> ReplayRequest:
        with reading(self.engine) as connection:
            return replay_of(row_of(connection, number), self.now())

    def replays(
        self, pipelines: Sequence[str] | None = None, *, limit: int = 50, before: int | None = None
    ) -> list[ReplayRequest]:
        query = sa.select(replay_request).order_by(_replay.number.desc()).limit(limit)
        if pipelines is not None:
            query = query.where(_replay.pipeline.in_(pipelines))
        if before is not None:
            query = query.where(_replay.number < before)
        with reading(self.engine) as connection:
            return [replay_of(row, self.now()) for row in connection.execute(query).mappings()]

    def cancel_replay(self, number: int, *, by: str, why: str) -> ReplayRequest:
        now = self.now()
        with writing(self.engine) as connection:
            row = row_of(connection, number, locked=True)
            state = ReplayState(row["state"])
            if state.is_over():
                raise RunRefused(f"the replay is {state.value}: there is nothing to cancel", where=f"replay {number}")
            if not row["cancelled_by"]:
                wish = {"cancelled_by": storable(by) or "somebody", "detail": storable(why)}
                connection.execute(sa.update(replay_request).where(_replay.number == number).values(wish))
                row = row_of(connection, number)
            if is_left_alone(row, now):
                over(connection, row, ReplayState.CANCELLED, now)
            return replay_of(row_of(connection, number), now)


def _insert(connection: sa.Connection, order: ReplayOrder, said: dict[str, object]) -> int:
    values = {
        "pipeline": order.pipeline,
        "declaration": order.declaration,
        "first": order.first,
        "last": order.last,
        "every": order.every,
        "dates": order.dates,
        "policies": ",".join(order.policies),
        "holds": order.holds.value,
        "state": ReplayState.WAITING.value,
        "cancelled_by": "",
        "detail": "",
        "token": 0,
    }
    inserted = connection.execute(sa.insert(replay_request).values(values | said)).inserted_primary_key
    assert inserted is not None
    return int(inserted[0])
