"""Every ledger keeps the whole contract. Another database is another `address`.

PostgreSQL is tried when KINGMAKER_TEST_POSTGRES names a server on which databases may be made, as
`postgresql+psycopg://user@/postgres?host=/run/postgresql`.
"""

import hashlib
import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from .ledger_audit_suite import AuditContract
from .ledger_decisions_suite import ChampionsContract, VerdictsContract, VersionsContract
from .ledger_races_suite import RacesContract
from .ledger_runs_suite import RunsContract, StagesContract, TrialsContract

SERVER = os.environ.get("KINGMAKER_TEST_POSTGRES", "")


class OnSqlite:
    def address(self, folder: Path) -> str:
        return str(folder / "home" / "ledger.db")


@pytest.mark.skipif(not SERVER, reason="KINGMAKER_TEST_POSTGRES names no server")
class OnPostgres:
    def address(self, folder: Path) -> str:
        """A database of the folder's own, made at the first asking."""
        name = "kingmaker_" + hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        engine = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            known = connection.execute(sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
            if known.first() is None:
                connection.execute(sa.text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return sa.make_url(SERVER).set(database=name).render_as_string(hide_password=False)


class TestSqliteRuns(OnSqlite, RunsContract): ...


class TestSqliteStages(OnSqlite, StagesContract): ...


class TestSqliteTrials(OnSqlite, TrialsContract): ...


class TestSqliteVersions(OnSqlite, VersionsContract): ...


class TestSqliteChampions(OnSqlite, ChampionsContract): ...


class TestSqliteVerdicts(OnSqlite, VerdictsContract): ...


class TestSqliteAudit(OnSqlite, AuditContract): ...


class TestSqliteRaces(OnSqlite, RacesContract): ...


class TestPostgresRuns(OnPostgres, RunsContract): ...


class TestPostgresStages(OnPostgres, StagesContract): ...


class TestPostgresTrials(OnPostgres, TrialsContract): ...


class TestPostgresVersions(OnPostgres, VersionsContract): ...


class TestPostgresChampions(OnPostgres, ChampionsContract): ...


class TestPostgresVerdicts(OnPostgres, VerdictsContract): ...


class TestPostgresAudit(OnPostgres, AuditContract): ...


class TestPostgresRaces(OnPostgres, RacesContract): ...
