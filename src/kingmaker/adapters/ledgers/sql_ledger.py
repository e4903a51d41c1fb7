"""The ledger over SQL: SQLite in one file, and any database whose SQL is standard."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self

from kingmaker.adapters.ledgers.access import SqlAccess
from kingmaker.adapters.ledgers.alarms import SqlAlarms
from kingmaker.adapters.ledgers.audit import SqlAudit
from kingmaker.adapters.ledgers.champions import SqlChampions
from kingmaker.adapters.ledgers.companions import SqlCompanions
from kingmaker.adapters.ledgers.erasures import SqlErasures
from kingmaker.adapters.ledgers.freezes import SqlFreezes
from kingmaker.adapters.ledgers.looks import SqlLooks
from kingmaker.adapters.ledgers.notices import SqlNotices
from kingmaker.adapters.ledgers.outcomes import SqlOutcomes
from kingmaker.adapters.ledgers.overview import SqlOverview
from kingmaker.adapters.ledgers.queue import SqlQueue
from kingmaker.adapters.ledgers.replays import SqlReplays
from kingmaker.adapters.ledgers.retention import SqlRetention
from kingmaker.adapters.ledgers.runs import SqlRuns
from kingmaker.adapters.ledgers.schedules import SqlSchedules
from kingmaker.adapters.ledgers.stages import SqlStages
from kingmaker.adapters.ledgers.trials import SqlTrials
from kingmaker.adapters.ledgers.upgrade import upgrade
from kingmaker.adapters.ledgers.verdicts import SqlVerdicts
from kingmaker.adapters.ledgers.versions import SqlVersions
from kingmaker.adapters.sql import BUSY_SECONDS, open_database

LEASE_TIME: Final = timedelta(seconds=60)


class SqlLedger(
    SqlRuns,
    SqlStages,
    SqlTrials,
    SqlVersions,
    SqlChampions,
    SqlCompanions,
    SqlVerdicts,
    SqlLooks,
    SqlAudit,
    SqlOverview,
    SqlQueue,
    SqlSchedules,
    SqlAccess,
    SqlFreezes,
    SqlNotices,
    SqlOutcomes,
    SqlAlarms,
    SqlReplays,
    SqlRetention,
    SqlErasures,
):
    """The database of record. Safe for several processes and threads; open it anew in a child process."""

    @classmethod
    def open(
        cls,
        url_or_path: str | Path,
        *,
        clock: Callable[[], datetime],
        lease_time: timedelta = LEASE_TIME,
        busy_seconds: float = BUSY_SECONDS,
    ) -> Self:
        """Open, make or upgrade the ledger. `clock` answers with aware datetimes.

        Raises StorageFailed when it cannot be written or comes from a newer version, TamperFound when it is damaged.
        """
        engine = open_database(url_or_path, busy_seconds=busy_seconds)
        upgrade(engine)
        return cls(engine=engine, clock=clock, lease_time=lease_time)

    def close(self) -> None:
        """Close every connection. Idempotent."""
        self.engine.dispose()
