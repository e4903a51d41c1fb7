"""Bringing a ledger to this version's tables when it is opened, once, however many processes open it."""

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.errors import StorageFailed

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_UPGRADE_LOCK: Final = 7_106_254_031
"""Any number nobody else uses: PostgreSQL processes queue for it."""


def upgrade(engine: sa.Engine) -> None:
    """Migrate to the newest tables; nothing is written when they are there. Raises StorageFailed for a newer ledger."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    with reading(engine) as connection:
        if _is_newest(connection, scripts):
            return
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
        if not _is_newest(connection, scripts):
            command.upgrade(_configuration(connection), "head")


def _is_newest(connection: sa.Connection, scripts: ScriptDirectory) -> bool:
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        raise StorageFailed(
            f"The ledger was written by a newer Kingmaker (its tables are {current}, the newest known here {max(known)})",
            where=connection.engine.url.render_as_string(hide_password=True),
            remedy="Install that version of Kingmaker, or name another ledger.",
        )
    return current == scripts.get_current_head()


def _configuration(connection: sa.Connection) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    configuration.attributes["connection"] = connection
    return configuration
