"""What every part of the SQL ledger stands on: the database, the clock and the length of a lease."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa


@dataclass(frozen=True)
class SqlState:
    """`clock` answers with aware datetimes."""

    engine: sa.Engine
    clock: Callable[[], datetime]
    lease_time: timedelta

    def now(self) -> datetime:
        return self.clock().astimezone(UTC)
