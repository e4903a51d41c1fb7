"""PostgreSQL with the rights that docs/how-to/postgresql.md gives to what runs day and night: the ledger keeps its contract."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from kingmaker.adapters.ledgers import tables
from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.adapters.sql import open_database

from .ledger_alarms_suite import AlarmsContract
from .ledger_companions_suite import CompanionsContract
from .ledger_decisions_suite import ChampionsContract, VerdictsContract, VersionsContract
from .ledger_examples import Clock
from .ledger_looks_suite import LooksContract
from .ledger_replays_suite import ReplaysContract
from .ledger_retention_suite import RetentionContract
from .ledger_runs_suite import RunsContract, StagesContract, TrialsContract
from .postgres_server import Schemas

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "postgresql.md"
APP, READER = "kingmaker_app", "kingmaker_reader"
TAMPERING = re.compile("_edited_|_deleted_")
NEVER_CHANGED = ("audit", "champion_turn", "model_version", "look", "budget_reset", "companion_change", "declared")


class AsTheApp:
    """The tables are the owner's; the ledger is opened by the role with the rights of the page."""

    schemas: Schemas

    @pytest.fixture(autouse=True)
    def _served(self, postgres: Schemas) -> None:
        self.schemas = postgres

    @pytest.fixture(autouse=True)
    def _may_not_tamper(self, request: pytest.FixtureRequest) -> None:
        """The suites that edit rows behind the ledger's back fail at the first try: that is what the rights are for."""
        if TAMPERING.search(request.node.name):
            reason = "the role may not even try"
            request.applymarker(pytest.mark.xfail(raises=sa.exc.ProgrammingError, strict=True, reason=reason))

    def address(self, folder: Path) -> str:
        owner = self.schemas.of(folder)
        SqlLedger.open(owner, clock=Clock()).close()
        grant(owner)
        return as_role(owner, APP)


class TestRuns(AsTheApp, RunsContract): ...


class TestStages(AsTheApp, StagesContract): ...


class TestAlarms(AsTheApp, AlarmsContract): ...


class TestReplays(AsTheApp, ReplaysContract): ...


class TestRetention(AsTheApp, RetentionContract): ...


class TestTrials(AsTheApp, TrialsContract): ...


class TestVersions(AsTheApp, VersionsContract): ...


class TestChampions(AsTheApp, ChampionsContract): ...


class TestCompanions(AsTheApp, CompanionsContract): ...


class TestVerdicts(AsTheApp, VerdictsContract): ...


class TestLooks(AsTheApp, LooksContract): ...


class TestRights(AsTheApp):
    @pytest.mark.parametrize("table", NEVER_CHANGED)
    def test_what_is_history_can_be_neither_changed_nor_deleted(self, table: str, tmp_path: Path):
        engine = open_database(self.address(tmp_path))
        key = tables.metadata.tables[table].primary_key.columns[0].name
        for statement in (f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), engine.begin() as connection:
                connection.execute(sa.text(statement))
        engine.dispose()

    def test_a_reader_sees_everything_but_secrets(self, tmp_path: Path):
        owner = self.schemas.of(tmp_path)
        SqlLedger.open(owner, clock=Clock()).close()
        grant(owner)
        engine = open_database(as_role(owner, READER))
        with engine.begin() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM run")).scalar() == 0
        for table in ("access_token", "person", "login_session"):
            with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), engine.begin() as connection:
                connection.execute(sa.text(f"SELECT * FROM {table}"))
        engine.dispose()


def grant(owner: str) -> None:
    """What the page says, for the schema of the address and the tables that are there."""
    engine = sa.create_engine(owner, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        schema = connection.execute(sa.text("SELECT current_schema()")).scalar_one()
        for role in (APP, READER):
            made = "DO $$ BEGIN CREATE ROLE {0} LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            connection.execute(sa.text(made.format(role)))
        for statement in statements():
            connection.execute(sa.text(statement.replace("SCHEMA public", f"SCHEMA {schema}")))
    engine.dispose()


def statements() -> list[str]:
    blocks = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    found = [one.strip() for block in blocks for one in block.split(";") if one.strip()]
    return [one for one in found if "vault_" not in one]


def as_role(address: str, role: str) -> str:
    return sa.make_url(address).set(username=role).render_as_string(hide_password=False)
