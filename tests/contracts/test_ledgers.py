"""Every ledger keeps the whole contract. Another database is another `address`."""

from pathlib import Path

from .ledger_audit_suite import AuditContract
from .ledger_decisions_suite import ChampionsContract, VerdictsContract, VersionsContract
from .ledger_races_suite import RacesContract
from .ledger_runs_suite import RunsContract, StagesContract, TrialsContract


class OnSqlite:
    def address(self, folder: Path) -> str:
        return str(folder / "home" / "ledger.db")


class TestSqliteRuns(OnSqlite, RunsContract): ...


class TestSqliteStages(OnSqlite, StagesContract): ...


class TestSqliteTrials(OnSqlite, TrialsContract): ...


class TestSqliteVersions(OnSqlite, VersionsContract): ...


class TestSqliteChampions(OnSqlite, ChampionsContract): ...


class TestSqliteVerdicts(OnSqlite, VerdictsContract): ...


class TestSqliteAudit(OnSqlite, AuditContract): ...


class TestSqliteRaces(OnSqlite, RacesContract): ...
