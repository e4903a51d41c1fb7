"""Running the migrations, with Alembic. Loaded by `upgrade` alone, and only for a ledger that is new or older."""

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

MIGRATIONS: Final = Path(__file__).parent / "migrations"


def migrate(connection: sa.Connection, revision: str = "head") -> None:
    """Bring the tables to the revision, within the transaction of this connection."""
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    configuration.attributes["connection"] = connection
    command.upgrade(configuration, revision)
