"""Opening a database and speaking to it in transactions, with every refusal of the database said as a sentence."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import exc

from kingmaker.domain.errors import StorageFailed, StorageUnreachable, TamperFound

BUSY_SECONDS: Final = 30.0
_WRITING: Final = "kingmaker_writing"
_AWAY: Final = ("08", "57P")
"""SQL states of lost connections and of servers that are stopped or started; none at all when nobody listens."""


def open_database(address: str | Path, *, busy_seconds: float = BUSY_SECONDS) -> sa.Engine:
    """An engine for a database URL or the path of an SQLite file, which is made with its folder when it is missing.

    A transaction that another process keeps out waits up to `busy_seconds`. Raises StorageFailed.
    """
    text = str(address)
    url = sa.make_url(text) if "://" in text else sa.URL.create("sqlite", database=text)
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, pool_pre_ping=True)
    engine = sa.create_engine(url, connect_args={"timeout": busy_seconds})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    with speaking_to(engine):
        _switch_to_wal(engine)
    return engine


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction that sees one state of the database. Raises TamperFound for values nobody could have written."""
    try:
        with speaking_to(engine), engine.begin() as connection:
            yield connection
    except (ValueError, TypeError) as error:
        raise TamperFound(
            f"A row holds a value that Kingmaker never writes ({error})",
            where=engine.url.render_as_string(hide_password=True),
            remedy="Find out who changed the database, and restore it from a backup.",
        ) from error


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction that may write; SQLite admits one at a time, from its first statement on."""
    with speaking_to(engine), engine.execution_options(**{_WRITING: True}).begin() as connection:
        yield connection


@contextmanager
def speaking_to(engine: sa.Engine) -> Iterator[None]:
    """Turn what the database refuses into StorageFailed, and a damaged file into TamperFound.

    Broken constraints and mistakes in statements pass: the caller knows what they mean, or there is a bug to be seen.
    """
    place = engine.url.render_as_string(hide_password=True)
    try:
        yield
    except (exc.IntegrityError, exc.ProgrammingError):
        raise
    except (exc.DBAPIError, exc.TimeoutError, sqlite3.Error) as error:
        raise _as_sentence(error, place) from error
    except OSError as error:
        raise StorageFailed(
            f"The database's folder could not be used: {error.strerror or error}",
            where=place,
            remedy="Free space or correct the permissions, then run again.",
        ) from error


def _as_sentence(error: Exception, place: str) -> StorageFailed | TamperFound:
    cause = error.orig if isinstance(error, exc.DBAPIError) else error
    said = str(cause).partition("\n")[0]
    if _is_away(error):
        return StorageUnreachable(
            f"The database does not answer ({said})",
            where=place,
            remedy="Nothing was recorded; what was going on is gone on with once it answers.",
        )
    match getattr(cause, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return TamperFound("The database file is damaged", where=place, remedy="Restore it from a backup.")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            what, remedy = "Another process keeps the database locked", "End that process or wait, then run again."
        case sqlite3.SQLITE_FULL:
            what, remedy = "The disk is full, and nothing was recorded", "Free space, then run again."
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            what, remedy = f"The database cannot be written ({said})", "Correct the permissions, then run again."
        case _:
            what, remedy = f"The database refused ({said})", "Put it right, then run again: nothing was recorded."
    return StorageFailed(what, where=place, remedy=remedy)


def _is_away(error: Exception) -> bool:
    """A server that refuses connections, is shutting down, starting up, or was lost in the middle of a transaction."""
    if not isinstance(error, exc.DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", "")
    return error.connection_invalidated or (
        isinstance(error, exc.OperationalError) and (state is None or state.startswith(_AWAY))
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Transactions begin when we say so. FULL, not NORMAL: a power cut must not take back a promotion already announced."""
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=FULL")


def _begin_sqlite(connection: sa.Connection) -> None:
    """A writer takes the write lock first: one that reads before it writes could be refused without waiting."""
    immediate = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _switch_to_wal(engine: sa.Engine) -> None:
    """Readers and the writer no longer wait for one another. The switch stays in the file, so it is made once.

    SQLite refuses it at once while another process writes, so the processes queue for a lock on the folder.
    """
    folder = Path(engine.url.database or "").parent
    if engine.url.query.get("uri"):
        return
    folder.mkdir(parents=True, exist_ok=True)
    with _folder_lock(folder):
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode")
            if cursor.fetchone() != ("wal",):
                cursor.execute("PRAGMA journal_mode=WAL")
        finally:
            connection.close()


@contextmanager
def _folder_lock(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
