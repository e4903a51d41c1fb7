"""Every ledger keeps the whole contract. Another database is another `address`.

PostgreSQL is tried on a server of the tests' own where its programs are installed, or on the one that
KINGMAKER_TEST_POSTGRES names, as `postgresql+psycopg://user@/postgres?host=/run/postgresql`.
"""

from pathlib import Path

import pytest

from .ledger_access_suite import PeopleContract, TokensContract
from .ledger_alarms_suite import AlarmsContract
from .ledger_audit_suite import AuditContract
from .ledger_companions_suite import CompanionsContract
from .ledger_decisions_suite import ChampionsContract, VerdictsContract, VersionsContract
from .ledger_freezes_suite import FreezesContract
from .ledger_looks_suite import LooksContract
from .ledger_notices_suite import NewsContract, NoticesContract
from .ledger_outcomes_suite import OutcomesContract
from .ledger_queue_suite import (
    AskingContract,
    CancellingContract,
    ClaimingContract,
    QueueRacesContract,
)
from .ledger_races_suite import RacesContract
from .ledger_replays_suite import ReplaysContract
from .ledger_retention_suite import RetentionContract
from .ledger_runs_suite import RunsContract, StagesContract, TrialsContract
from .ledger_schedules_suite import DeclarationsContract, PipelinesContract, SchedulesContract
from .ledger_standings_suite import StandingsContract, TellingContract
from .ledger_upgrades_suite import UpgradesContract
from .postgres_server import Schemas


class OnSqlite:
    def address(self, folder: Path) -> str:
        return str(folder / "home" / "ledger.db")


class OnPostgres:
    schemas: Schemas

    @pytest.fixture(autouse=True)
    def _served(self, postgres: Schemas) -> None:
        self.schemas = postgres

    def address(self, folder: Path) -> str:
        return self.schemas.of(folder)


class TestSqliteRuns(OnSqlite, RunsContract): ...


class TestSqliteStages(OnSqlite, StagesContract): ...


class TestSqliteTrials(OnSqlite, TrialsContract): ...


class TestSqliteVersions(OnSqlite, VersionsContract): ...


class TestSqliteChampions(OnSqlite, ChampionsContract): ...


class TestSqliteCompanions(OnSqlite, CompanionsContract): ...


class TestSqliteVerdicts(OnSqlite, VerdictsContract): ...


class TestSqliteLooks(OnSqlite, LooksContract): ...


class TestSqliteTokens(OnSqlite, TokensContract): ...


class TestSqlitePeople(OnSqlite, PeopleContract): ...


class TestSqliteAudit(OnSqlite, AuditContract): ...


class TestSqliteOutcomes(OnSqlite, OutcomesContract): ...


class TestSqliteUpgrades(OnSqlite, UpgradesContract): ...


class TestSqliteAsking(OnSqlite, AskingContract): ...


class TestSqliteClaiming(OnSqlite, ClaimingContract): ...


class TestSqliteCancelling(OnSqlite, CancellingContract): ...


class TestSqliteTelling(OnSqlite, TellingContract): ...


class TestSqliteStandings(OnSqlite, StandingsContract): ...


class TestSqliteQueueRaces(OnSqlite, QueueRacesContract): ...


class TestSqliteRaces(OnSqlite, RacesContract): ...


class TestSqliteDeclarations(OnSqlite, DeclarationsContract): ...


class TestSqliteSchedules(OnSqlite, SchedulesContract): ...


class TestSqlitePipelines(OnSqlite, PipelinesContract): ...


class TestSqliteNotices(OnSqlite, NoticesContract): ...


class TestSqliteNews(OnSqlite, NewsContract): ...


class TestPostgresRuns(OnPostgres, RunsContract): ...


class TestPostgresStages(OnPostgres, StagesContract): ...


class TestPostgresTrials(OnPostgres, TrialsContract): ...


class TestPostgresVersions(OnPostgres, VersionsContract): ...


class TestPostgresChampions(OnPostgres, ChampionsContract): ...


class TestPostgresCompanions(OnPostgres, CompanionsContract): ...


class TestPostgresVerdicts(OnPostgres, VerdictsContract): ...


class TestPostgresLooks(OnPostgres, LooksContract): ...


class TestPostgresTokens(OnPostgres, TokensContract): ...


class TestPostgresPeople(OnPostgres, PeopleContract): ...


class TestPostgresAudit(OnPostgres, AuditContract): ...


class TestPostgresOutcomes(OnPostgres, OutcomesContract): ...


class TestPostgresUpgrades(OnPostgres, UpgradesContract): ...


class TestPostgresAsking(OnPostgres, AskingContract): ...


class TestPostgresClaiming(OnPostgres, ClaimingContract): ...


class TestPostgresCancelling(OnPostgres, CancellingContract): ...


class TestPostgresTelling(OnPostgres, TellingContract): ...


class TestPostgresStandings(OnPostgres, StandingsContract): ...


class TestPostgresQueueRaces(OnPostgres, QueueRacesContract): ...


class TestPostgresRaces(OnPostgres, RacesContract): ...


class TestSqliteFreezes(OnSqlite, FreezesContract): ...


class TestPostgresFreezes(OnPostgres, FreezesContract): ...


class TestPostgresDeclarations(OnPostgres, DeclarationsContract): ...


class TestPostgresSchedules(OnPostgres, SchedulesContract): ...


class TestPostgresPipelines(OnPostgres, PipelinesContract): ...


class TestPostgresNotices(OnPostgres, NoticesContract): ...


class TestPostgresNews(OnPostgres, NewsContract): ...


class TestSqliteRetention(OnSqlite, RetentionContract): ...


class TestPostgresRetention(OnPostgres, RetentionContract): ...


class TestSqliteAlarms(OnSqlite, AlarmsContract): ...


class TestSqliteReplays(OnSqlite, ReplaysContract): ...


class TestPostgresAlarms(OnPostgres, AlarmsContract): ...


class TestPostgresReplays(OnPostgres, ReplaysContract): ...
