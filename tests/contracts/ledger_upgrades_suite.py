"""What every ledger owes those who kept one before looks and companions were written down."""

from datetime import date
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from kingmaker.adapters.ledgers import centre_tables, tables
from kingmaker.adapters.ledgers.migration import migrate
from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.adapters.sql import open_database, writing

from .ledger_audit_suite import decide_everything
from .ledger_examples import Clock, LedgerContract, open_run

SINCE_THEN = {
    "look",
    "budget_reset",
    "companion_change",
    *(table.name for table in vars(centre_tables).values() if isinstance(table, sa.Table)),
}


class UpgradesContract(LedgerContract):
    def test_a_ledger_without_looks_keeps_all_it_knows_and_learns_to_look(self, ledger: SqlLedger, tmp_path: Path):
        decide_everything(ledger)
        old = self.address(tmp_path / "old")
        copy_as_it_was(ledger, old)
        upgraded = SqlLedger.open(old, clock=Clock())
        assert upgraded.verify_audit() == ledger.verify_audit()
        assert upgraded.runs() == ledger.runs()
        assert upgraded.history("loans") == ledger.history("loans")
        assert upgraded.verdict(1) == ledger.verdict(1)
        assert (upgraded.looks("loans"), upgraded.budget_resets("loans")) == ([], [])
        terms = {"as_of": date(2026, 3, 1), "artefact": "t", "champion": "b" * 64, "alpha": 0.001}
        assert upgraded.open_look(open_run(upgraded), **terms).number == 1
        assert upgraded.companions("loans") is None
        terms = {"shadows": ["a" * 64], "canary": None, "expected": 0, "by": "ann", "why": "try it"}
        assert upgraded.accompany("loans", **terms).number == 1
        assert upgraded.verify_audit() == ledger.verify_audit() + 2
        upgraded.close()

    def test_an_upgraded_ledger_has_the_tables_of_a_new_one(self, ledger: SqlLedger, tmp_path: Path):
        old = self.address(tmp_path / "old")
        copy_as_it_was(ledger, old)
        upgraded = SqlLedger.open(old, clock=Clock())
        for one in (ledger, upgraded):
            with one.engine.begin() as connection:
                assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
        upgraded.close()


def copy_as_it_was(ledger: SqlLedger, address: str) -> None:
    """The ledger with its rows in the tables of revision 0002."""
    old = open_database(address)
    with ledger.engine.begin() as today, writing(old) as connection:
        migrate(connection, "0002")
        assert SINCE_THEN.isdisjoint(sa.inspect(connection).get_table_names())
        connection.execute(sa.delete(tables.audit_head))
        for table in tables.metadata.sorted_tables:
            rows = [] if table.name in SINCE_THEN else [dict(row) for row in today.execute(sa.select(table)).mappings()]
            if rows:
                connection.execute(sa.insert(table), rows)
        _count_on(connection)
    old.dispose()


def _count_on(connection: sa.Connection) -> None:
    """PostgreSQL's counter of runs does not see rows that bring their number."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT setval('run_number_seq', (SELECT max(number) FROM run) + 1, false)"))
