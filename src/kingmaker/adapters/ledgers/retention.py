"""RetentionLedger over SQL."""

from datetime import datetime

from kingmaker.adapters.ledgers.state import SqlState


class SqlRetention(SqlState):
    """RetentionLedger over SQL."""

    def digests_in_use(self, *, runs_since: datetime) -> frozenset[str]:
        raise NotImplementedError

    def forget(self, *, before: datetime, limit: int = 1000) -> dict[str, int]:
        raise NotImplementedError
