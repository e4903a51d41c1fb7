"""FreezeLedger over SQL."""

from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.domain.freeze import Freeze


class SqlFreezes(SqlState):
    """FreezeLedger over SQL."""

    def freeze(self, pipeline: str, *, by: str, why: str) -> Freeze:
        raise NotImplementedError

    def lift_freeze(self, pipeline: str, *, by: str, why: str) -> Freeze:
        raise NotImplementedError

    def frozen(self, pipeline: str) -> Freeze | None:
        raise NotImplementedError

    def freezes(self, pipeline: str) -> list[Freeze]:
        raise NotImplementedError
