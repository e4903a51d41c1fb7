"""ScheduleLedger over SQL."""

from datetime import datetime

from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.domain.queue import QueuedRequest
from kingmaker.domain.run import Request
from kingmaker.domain.schedule import Declared, Schedule


class SqlSchedules(SqlState):
    """ScheduleLedger over SQL."""

    def put_schedule(self, schedule: Schedule) -> Schedule:
        raise NotImplementedError

    def schedule(self, pipeline: str) -> Schedule | None:
        raise NotImplementedError

    def schedules(self) -> list[Schedule]:
        raise NotImplementedError

    def pause_schedule(self, pipeline: str, *, by: str) -> Schedule:
        raise NotImplementedError

    def resume_schedule(self, pipeline: str, *, next_at: datetime, by: str) -> Schedule:
        raise NotImplementedError

    def drop_schedule(self, pipeline: str, *, by: str) -> None:
        raise NotImplementedError

    def fire(
        self, pipeline: str, *, expected: datetime, next_at: datetime, request: Request | None, late: bool = False
    ) -> QueuedRequest | None:
        raise NotImplementedError

    def declare(self, pipeline: str, text: str, *, digest: str, declared_in: str, by: str) -> Declared:
        raise NotImplementedError

    def declared(self, pipeline: str, *, number: int | None = None) -> Declared | None:
        raise NotImplementedError

    def declarations(self, pipeline: str) -> list[Declared]:
        raise NotImplementedError

    def declared_pipelines(self) -> list[str]:
        raise NotImplementedError
