"""Bringing a ledger to this version's tables when it is opened, once, however many processes open it."""

from importlib import import_module
from typing import Final

import sqlalchemy as sa

from kingmaker.adapters.sql import reading, writing
from kingmaker.domain.errors import StorageFailed

REVISIONS: Final = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009")
"""The files in `migrations/versions/`, oldest first; a test holds the two equal."""

_UPGRADE_LOCK: Final = 7_106_254_031
"""Any number nobody else uses: PostgreSQL processes queue for it."""
_MARK: Final = "alembic_version"


def upgrade(engine: sa.Engine) -> None:
    """Migrate to the newest tables; nothing is written when they are there. Raises StorageFailed for a newer ledger."""
    with reading(engine) as connection:
        if _is_newest(connection):
            return
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
        if not _is_newest(connection):
            _migrate(connection)


def _migrate(connection: sa.Connection) -> None:
    """Alembic takes half a second to load, and all but a handful of openings have nothing to migrate."""
    import_module("kingmaker.adapters.ledgers.migration").migrate(connection)


def _is_newest(connection: sa.Connection) -> bool:
    current = _revision(connection)
    if current is not None and current not in REVISIONS:
        raise StorageFailed(
            f"The ledger was written by a newer Kingmaker (its tables are {current}, the newest known here {REVISIONS[-1]})",
            where=connection.engine.url.render_as_string(hide_password=True),
            remedy="Install that version of Kingmaker, or name another ledger.",
        )
    return current == REVISIONS[-1]


def _revision(connection: sa.Connection) -> str | None:
    """What the ledger's tables are; None for a database without any."""
    if not sa.inspect(connection).has_table(_MARK):
        return None
    revision: str | None = connection.execute(sa.text(f"SELECT version_num FROM {_MARK}")).scalar()  # noqa: S608 - a constant
    return revision
